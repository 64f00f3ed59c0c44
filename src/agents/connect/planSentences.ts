import { l10n } from 'vscode';
import { agentNames } from '../agent';
import type { AgentPlan } from './agentConnections';
import type { ConnectableId } from './connectable';
import { isChange } from './filePlan';
import type { FilePlan, PlanFault } from './filePlan';

/** What is to be said about the files that stay as they are, a sentence for each. */
export function planNotes({ id, files }: AgentPlan): string[] {
  return files.flatMap((file) => [
    ...(file.fault ? [faultSentence(id, file.fault, file.path)] : []),
    ...(file.left?.includes('notify')
      ? [
          l10n.t(
            'Your notify program in {0} stays. Codex takes only one, so its turns are told by the hooks alone.',
            file.path,
          ),
        ]
      : []),
  ]);
}

function faultSentence(id: ConnectableId, fault: PlanFault, path: string): string {
  const name = agentNames[id];
  switch (fault) {
    case 'damaged':
      return l10n.t('{0} is not changed: it cannot be read as it is written now.', path);
    case 'comments':
      return l10n.t(
        '{0} is not changed: it contains comments, and {1} then ignores every hook in it. Remove the comments first.',
        path,
        name,
      );
    case 'taken':
      return l10n.t('{0} is not changed: something else stands where ours would go.', path);
    case 'notText':
      return l10n.t('{0} is not changed: it is not a text in UTF-8.', path);
    case 'noAccess':
      return l10n.t('{0} is not changed: it cannot be read or written.', path);
    case 'noTarget':
      return l10n.t('{0} is not changed: it is a link that leads nowhere.', path);
    case 'changedByHand':
      return l10n.t(
        '{0} was changed by hand. What names b24push there is left: take it out yourself.',
        path,
      );
  }
}

/** What the user must do still, once an agent is connected. */
export function nextSteps({ id, files }: AgentPlan): string {
  const name = agentNames[id];
  const restart = l10n.t('{0} takes it up with its next session.', name);
  if (id !== 'codex' || !files.some((file) => file.path.endsWith('hooks.json') && isOurs(file))) {
    return restart;
  }
  return `${restart} ${l10n.t('It will ask whether to trust the new hooks: only then it tells that it waits for you.')}`;
}

function isOurs(file: FilePlan): boolean {
  return isChange(file) || file.receipt !== undefined;
}

import { l10n } from 'vscode';
import type { QuickPickItem } from 'vscode';
import { counted } from '../../common/counted';
import type { Messages } from '../../common/messages';
import { askChoice } from '../../common/quickStep';
import type { QuickInputs } from '../../common/quickStep';
import { agentNames } from '../agent';
import type { AgentConnections, AgentPlan, ConnectionState } from './agentConnections';
import type { ConnectableId } from './connectable';
import { isChange } from './filePlan';
import type { PlanPreview } from './planPreview';
import { nextSteps, planNotes } from './planSentences';

export interface ConnectAgentsDeps {
  connections: Pick<AgentConnections, 'list' | 'plan' | 'carryOut'>;
  preview: Pick<PlanPreview, 'show' | 'close'>;
  /** The user's home folder: paths below it are shown from there. */
  home: string;
  inputs: QuickInputs;
  messages: Messages;
}

interface AgentItem extends QuickPickItem {
  id: ConnectableId;
  state: ConnectionState;
}

interface StepItem extends QuickPickItem {
  step: AgentPlan['direction'] | 'write' | 'stop';
}

/** The command "Connect Coding Agents": shows what would be written to the files of an agent, and writes it after a yes. */
export async function connectAgents(deps: ConnectAgentsDeps): Promise<void> {
  for (;;) {
    const agent = await askAgent(deps);
    if (!agent) {
      return;
    }
    const direction = await askDirection(deps, agent);
    if (direction === 'cancelled') {
      return;
    }
    if (direction !== 'back' && (await change(deps, agent.id, direction)) !== 'back') {
      return;
    }
  }
}

function titleOf(): string {
  return l10n.t('Connect Coding Agents');
}

async function askAgent({ connections, inputs }: ConnectAgentsDeps) {
  const agents = await connections.list();
  const items: AgentItem[] = agents
    .sort((a, b) => Number(a.state === 'notFound') - Number(b.state === 'notFound'))
    .map(({ id, state }) => ({
      ...{ id, state, label: agentNames[id], description: stateWord(state) },
    }));
  const answer = await askChoice(inputs, {
    ...{ title: titleOf(), step: 1, totalSteps: 2, canGoBack: false, items },
    placeholder: l10n.t('Which agent may tell you when it has finished or needs you?'),
  });
  return answer.kind === 'next' ? answer.value : undefined;
}

function stateWord(state: ConnectionState): string {
  switch (state) {
    case 'connected':
      return l10n.t('connected');
    case 'partly':
      return l10n.t('connected in part');
    case 'notConnected':
      return l10n.t('not connected');
    case 'notFound':
      return l10n.t('not found on this machine');
  }
}

/** Only one that is connected in part can go either way. */
async function askDirection(
  { inputs }: ConnectAgentsDeps,
  { id, state }: AgentItem,
): Promise<AgentPlan['direction'] | 'back' | 'cancelled'> {
  if (state !== 'partly') {
    return state === 'connected' ? 'disconnect' : 'connect';
  }
  const items: StepItem[] = [
    { step: 'connect', label: l10n.t('Add What Is Missing') },
    { step: 'disconnect', label: l10n.t('Take Out What Is There') },
  ];
  const answer = await askChoice(inputs, {
    ...{ title: titleOf(), step: 1, totalSteps: 2, canGoBack: true, items },
    placeholder: agentNames[id],
  });
  if (answer.kind !== 'next') {
    return answer.kind;
  }
  return answer.value.step === 'connect' ? 'connect' : 'disconnect';
}

/** Shows and asks again when a file was changed while its user looked at the plan. */
async function change(
  deps: ConnectAgentsDeps,
  id: ConnectableId,
  direction: AgentPlan['direction'],
): Promise<'back' | 'done'> {
  const { connections, messages } = deps;
  for (;;) {
    const plan = await connections.plan(id, direction);
    if (!plan.files.some(isChange)) {
      messages.inform(planNotes(plan).join(' ') || l10n.t('There is nothing to change.'));
      return 'done';
    }
    const answer = await askToWrite(deps, plan);
    if (answer !== 'write') {
      return answer;
    }
    const result = await connections.carryOut(plan);
    if (result.kind === 'done') {
      messages.inform(doneSentence(plan));
      return 'done';
    }
    if (result.why !== 'changed') {
      messages.inform(l10n.t('{0} could not be written. What was written is kept.', result.path));
      return 'done';
    }
    messages.inform(
      l10n.t('{0} was changed by another program meanwhile. Look at it once more.', result.path),
    );
  }
}

async function askToWrite(
  { inputs, preview, home }: ConnectAgentsDeps,
  plan: AgentPlan,
): Promise<'write' | 'back' | 'done'> {
  const files = plan.files.filter(isChange);
  const name = agentNames[plan.id];
  const isConnecting = plan.direction === 'connect';
  const title = isConnecting
    ? l10n.t('What Is Added for {0}', name)
    : l10n.t('What Is Taken Out for {0}', name);
  const items: StepItem[] = [
    {
      step: 'write',
      label: isConnecting
        ? counted(l10n.t('Write {0} File|Write {0} Files'), files.length)
        : counted(l10n.t('Change {0} File Back|Change {0} Files Back'), files.length),
      detail: files.map(({ path }) => fromHome(path, home)).join(', '),
    },
    { step: 'stop', label: l10n.t('Leave Everything as It Is'), detail: planNotes(plan).join(' ') },
  ];
  await preview.show(title, files);
  try {
    const answer = await askChoice(inputs, {
      ...{ title: titleOf(), step: 2, totalSteps: 2, canGoBack: true, items },
      placeholder: l10n.t('The editor behind shows exactly what is written. Nothing else changes.'),
    });
    if (answer.kind === 'back') {
      return 'back';
    }
    return answer.kind === 'next' && answer.value.step === 'write' ? 'write' : 'done';
  } finally {
    await preview.close(title);
  }
}

/** Two paths must fit in one line: "~/.claude/settings.json". */
function fromHome(path: string, home: string): string {
  const isBelow = path.startsWith(home) && /^[\\/]/u.test(path.slice(home.length));
  return isBelow ? `~${path.slice(home.length)}` : path;
}

function doneSentence(plan: AgentPlan): string {
  const name = agentNames[plan.id];
  const notes = planNotes(plan);
  return plan.direction === 'connect'
    ? [l10n.t('{0} is connected.', name), nextSteps(plan), ...notes].join(' ')
    : [l10n.t('{0} is not connected any more.', name), ...notes].join(' ');
}

import { l10n } from 'vscode';
import type { Account, Accounts } from '../accounts/account';
import type { Messages } from '../common/messages';
import { plainLabel, plainText } from '../common/plainText';
import { askChoice, askLine } from '../common/quickStep';
import type { QuickInputs, StepPlace } from '../common/quickStep';
import { GroupsSettingFault } from '../people/groups';
import type { GroupTarget, SavedGroups } from '../people/groups';
import { isMixedList } from '../people/pastedList';
import type { Audience } from '../people/recipient';
import type { RecipientPicker } from '../people/recipientPicker';

export interface SaveGroupDeps {
  accounts: Pick<Accounts, 'current' | 'get' | 'signIn'>;
  /** The recipients and the account of the draft in the form. */
  written: () => { accountId: string | undefined } & Audience;
  picker: Pick<RecipientPicker, 'pick'>;
  groups: Pick<SavedGroups, 'has' | 'save'>;
  /** True if a folder is open and the workspace is trusted. */
  hasWorkspace: () => boolean;
  inputs: QuickInputs;
  messages: Messages;
}

/** A longer name cannot be read in a list. */
const nameAtMost = 60;

/** The command "Save Recipients as Group…" asks for recipients (if none are chosen in the form), a name and a place. */
export async function saveGroup(deps: SaveGroupDeps): Promise<void> {
  const { accounts, groups, messages } = deps;
  const draft = deps.written();
  const account =
    (draft.accountId === undefined ? undefined : await accounts.get(draft.accountId)) ??
    (await accounts.current()) ??
    (await accounts.signIn());
  const audience = account && (await askAudience(deps, account, draft));
  const name = audience && (await askName(deps));
  const target = name && (await askTarget(deps));
  if (!target) {
    return;
  }
  try {
    if (groups.has(account.host, name, target) && !(await mayReplace(deps, name))) {
      return;
    }
    await groups.save(account.host, name, audience, target);
  } catch (error) {
    if (error instanceof GroupsSettingFault) {
      messages.inform(
        l10n.t(
          'The group was not saved: the setting bitrix24Push.groups contains something that is not a group. Correct it in the settings first.',
        ),
      );
      return;
    }
    throw error;
  }
  messages.inform(l10n.t('The group “{0}” was saved.', plainText(name, nameAtMost)));
}

async function askAudience(
  { picker }: SaveGroupDeps,
  account: Account,
  draft: Audience,
): Promise<Audience | undefined> {
  if (draft.people.length + draft.departments.length > 0) {
    return draft;
  }
  const picked = await picker.pick({ ...frame(1), account, chosen: [] });
  return picked.how === 'next'
    ? { people: picked.recipients, departments: picked.departments }
    : undefined;
}

async function askName({ inputs }: SaveGroupDeps): Promise<string | undefined> {
  const result = await askLine(inputs, {
    ...frame(2),
    value: '',
    placeholder: l10n.t('Release team'),
    prompt: () => l10n.t('The name of the group in lists'),
    validate: (value) => nameIssue(value.trim()),
  });
  return result.kind === 'next' ? result.value.trim() : undefined;
}

async function askTarget(deps: SaveGroupDeps): Promise<GroupTarget | undefined> {
  if (!deps.hasWorkspace()) {
    return 'user';
  }
  const items: { label: string; description: string; target: GroupTarget }[] = [
    {
      label: `$(root-folder) ${l10n.t('Workspace settings')}`,
      description: l10n.t('shared with the team'),
      target: 'workspace',
    },
    {
      label: `$(account) ${l10n.t('User settings')}`,
      description: l10n.t('only for you, in every workspace'),
      target: 'user',
    },
  ];
  const result = await askChoice(deps.inputs, {
    ...frame(3),
    items,
    placeholder: l10n.t('Where to save the group?'),
  });
  return result.kind === 'next' ? result.value.target : undefined;
}

async function mayReplace({ messages }: SaveGroupDeps, name: string): Promise<boolean> {
  const replace = l10n.t('Replace');
  const answer = await messages.ask({
    message: l10n.t(
      'A group named “{0}” already exists. Replace its people and departments?',
      plainText(plainLabel(name), nameAtMost),
    ),
    answers: [replace],
  });
  return answer === replace;
}

function frame(step: number): StepPlace {
  return { title: l10n.t('Save Recipients as Group'), step, totalSteps: 3, canGoBack: false };
}

function nameIssue(name: string): string | undefined {
  if (name === '') {
    return l10n.t('A group needs a name.');
  }
  if (name.length > nameAtMost) {
    return l10n.t('The name is too long: {0} characters at most.', nameAtMost);
  }
  return isMixedList(name) || !/[\p{L}\p{N}]/u.test(name)
    ? l10n.t(
        'The name needs letters and no commas, so that it cannot be mistaken for a list or an id.',
      )
    : undefined;
}

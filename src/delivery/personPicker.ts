import { setTimeout } from 'node:timers/promises';
import { l10n, QuickPickItemKind } from 'vscode';
import type { QuickPickItem, window } from 'vscode';
import type { Account } from '../accounts/account';
import { DisposableStore } from '../common/dispose';
import type { Log } from '../common/log';
import { plainLabel } from '../common/plainText';
import { parseIds } from '../people/peopleSearch';
import type { PeopleSearch } from '../people/peopleSearch';
import type { RecentRecipients } from '../people/recentRecipients';
import type { Recipient } from '../people/recipient';
import { recipientName } from '../people/recipientName';

export interface PersonPickerDeps {
  people: Pick<PeopleSearch, 'prepare' | 'local' | 'search'>;
  recents: Pick<RecentRecipients, 'list' | 'last'>;
  inputs: Pick<typeof window, 'createQuickPick'>;
  log: Log;
  /** How long typing must pause before the portal is asked, ms. Tests set it. */
  delayMs?: number;
}

interface PersonItem extends QuickPickItem {
  person?: Recipient;
}

/**
 * Asks the user for one person: a recipient of the last push, a recent one, or one found by name or id. Resolves with
 * undefined if the user cancels.
 */
export async function pickPerson(
  { people, recents, inputs, log, delayMs = 200 }: PersonPickerDeps,
  account: Account,
): Promise<Recipient | undefined> {
  const own = new DisposableStore();
  const pick = own.add(inputs.createQuickPick<PersonItem>());
  let search = new AbortController();
  own.add({ dispose: () => search.abort() });

  const show = (found: readonly Recipient[]): void => {
    pick.items = found.map(itemOf);
    pick.activeItems = pick.items.slice(0, 1);
  };
  const update = async (query: string): Promise<void> => {
    search.abort();
    const { signal } = (search = new AbortController());
    pick.busy = false;
    if (query.trim() === '') {
      pick.items = proposals(account, recents);
      return;
    }
    const ids = parseIds(query);
    const known = ids.length > 0 ? ids.map((id) => ({ id })) : people.local(account.id, query);
    show(known ?? []);
    if (known && known.length > 0) {
      return;
    }
    try {
      await setTimeout(delayMs, undefined, { signal });
      pick.busy = true;
      const { hits } = await people.search(account.id, query, signal);
      signal.throwIfAborted();
      show(hits);
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      log.info(`People could not be looked up on ${account.host}: ${String(error)}`);
    }
    pick.busy = false;
  };

  try {
    pick.title = l10n.t('Why Didn’t It Arrive?');
    pick.placeholder = l10n.t('Who did not get a push from {0}? Name or id', account.host);
    pick.matchOnDescription = true;
    pick.onDidChangeValue((query) => void update(query));
    void update('');
    const chosen = new Promise<Recipient | undefined>((resolve) => {
      pick.onDidHide(() => resolve(undefined));
      pick.onDidAccept(() => {
        const person = pick.activeItems[0]?.person;
        if (person) {
          resolve(person);
        }
      });
    });
    pick.show();
    people.prepare(account.id);
    return await chosen;
  } finally {
    own.dispose();
  }
}

function proposals(
  account: Account,
  recents: Pick<RecentRecipients, 'list' | 'last'>,
): PersonItem[] {
  const taken = new Set<number>();
  const section = (label: string, list: readonly Recipient[]): PersonItem[] => {
    const fresh = list.filter(({ id }) => !taken.has(id) && taken.add(id));
    return fresh.length > 0
      ? [{ label, kind: QuickPickItemKind.Separator }, ...fresh.map(itemOf)]
      : [];
  };
  return [
    ...section(l10n.t('the last push'), recents.last(account.id)),
    ...section(l10n.t('recent'), recents.list(account.id)),
    ...section(l10n.t('Me'), [{ id: account.userId, name: account.userName }]),
  ];
}

function itemOf(person: Recipient): PersonItem {
  const { id, name, position } = person;
  return {
    label: plainLabel(recipientName(person)),
    description: name ? [plainLabel(position ?? ''), `#${id}`].filter(Boolean).join(' · ') : '',
    // The portal also matches spellings that VS Code's filter would hide.
    alwaysShow: true,
    person,
  };
}

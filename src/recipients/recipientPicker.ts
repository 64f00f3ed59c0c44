import { QuickInputButtons, QuickPickItemKind, l10n } from 'vscode';
import type { QuickPick, QuickPickItem, window } from 'vscode';
import type { Account } from '../accounts/account';
import { DisposableStore } from '../common/dispose';
import type { Log } from '../common/log';
import { plainLabel } from '../common/plainLabel';
import { scopeName } from '../common/scopeName';
import { parseIds } from './peopleSearch';
import type { IdsResolved, PeopleSearch, PersonHit } from './peopleSearch';
import type { RecentRecipients } from './recentRecipients';
import type { Recipient } from './recipient';
import { recipientName } from './recipientName';
import { recipientRows, stillMeant } from './recipientRows';
import type { RecipientRow } from './recipientRows';

/** The part of VS Code's window that makes quick inputs. */
export type QuickInputs = Pick<typeof window, 'createQuickPick' | 'createInputBox'>;

export interface RecipientPickerDeps {
  people: Pick<PeopleSearch, 'prepare' | 'local' | 'search' | 'resolveIds'>;
  recents: Pick<RecentRecipients, 'list' | 'last'>;
  inputs: QuickInputs;
  /** One sentence for what went wrong while looking for people. */
  describeError: (error: unknown, account: Account) => string;
  log: Log;
  /** Pause in typing before the portal is asked, ms. */
  delayMs?: number;
}

export interface PickRequest {
  account: Account;
  chosen: readonly Recipient[];
  title: string;
  step: number;
  totalSteps: number;
  canGoBack: boolean;
}

/** How a step was left, with what was chosen until then. */
export interface Picked {
  how: 'next' | 'back' | 'cancel';
  recipients: Recipient[];
}

interface RowItem extends QuickPickItem {
  row?: RecipientRow;
}

/** Chooses people in a native quick pick: the directory, or else the portal, is searched as one types. */
export class RecipientPicker {
  readonly #deps: RecipientPickerDeps;

  constructor(deps: RecipientPickerDeps) {
    this.#deps = deps;
  }

  async pick(request: PickRequest): Promise<Picked> {
    const session = new PickSession(this.#deps, request);
    try {
      return await session.run();
    } finally {
      session.dispose();
    }
  }
}

class PickSession {
  readonly #deps: RecipientPickerDeps;
  readonly #request: PickRequest;
  readonly #pick: QuickPick<RowItem>;
  readonly #own = new DisposableStore();
  #chosen: Recipient[];
  #hits: PersonHit[] = [];
  /** The hits come best first. */
  #ranked = false;
  #resolved: IdsResolved | undefined;
  /** Why nobody can be found by name. */
  #hint: string | undefined;
  #search: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unticking: NodeJS.Timeout | undefined;

  constructor(deps: RecipientPickerDeps, request: PickRequest) {
    this.#deps = deps;
    this.#request = request;
    this.#chosen = [...request.chosen];
    this.#pick = this.#own.add(deps.inputs.createQuickPick<RowItem>());
  }

  run(): Promise<Picked> {
    const pick = this.#pick;
    pick.title = this.#request.title;
    pick.step = this.#request.step;
    pick.totalSteps = this.#request.totalSteps;
    pick.placeholder = l10n.t(
      'Name, position or id of a colleague on {0}',
      this.#request.account.host,
    );
    pick.canSelectMany = true;
    pick.matchOnDescription = true;
    pick.keepScrollPosition = true;
    pick.ignoreFocusOut = true;
    pick.buttons = this.#request.canGoBack ? [QuickInputButtons.Back] : [];

    return new Promise<Picked>((resolve) => {
      const leave = (how: Picked['how']): void => {
        resolve({ how, recipients: this.#chosen });
      };
      this.#own.add(pick.onDidTriggerButton(() => leave('back')));
      this.#own.add(pick.onDidHide(() => leave('cancel')));
      this.#own.add(pick.onDidChangeValue(() => this.#typed()));
      this.#own.add(pick.onDidChangeSelection((items) => this.#ticked(items)));
      this.#own.add(
        pick.onDidAccept(() => {
          this.#chosen = peopleOf(pick.selectedItems);
          if (this.#chosen.length === 0 && !pick.busy) {
            // Nothing ticked: Enter means the line that it is on, as in any other list.
            this.#chosen = peopleOf(pick.activeItems.slice(0, 1));
          }
          if (this.#chosen.length > 0) {
            leave('next');
          }
        }),
      );
      this.#draw();
      pick.show();
      this.#deps.people.prepare(this.#request.account.id);
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#unticking);
    this.#search?.abort();
    this.#own.dispose();
  }

  /**
   * VS Code tells of an empty selection between new lines and their ticks. Believing that would lose people when
   * an answer of the portal arrives just then: fewer ticks count when they stay.
   */
  #ticked(items: readonly RowItem[]): void {
    clearTimeout(this.#unticking);
    const people = peopleOf(items);
    const ids = new Set(people.map(({ id }) => id));
    if (this.#chosen.every(({ id }) => ids.has(id))) {
      this.#chosen = people;
    } else {
      this.#unticking = setTimeout(() => (this.#chosen = people), 50);
    }
  }

  #typed(): void {
    const query = this.#pick.value;
    clearTimeout(this.#timer);
    this.#search?.abort();
    this.#search = undefined;
    this.#hint = undefined;
    this.#resolved = undefined;
    const areIds = parseIds(query).length > 0;
    const known = this.#deps.people.local(this.#request.account.id, query);
    // A line that no longer fits what is typed must not be taken by a quick Enter.
    this.#hits = known ?? stillMeant(this.#hits, query);
    this.#ranked = known !== undefined;
    // Whom the directory does not know, the portal may: somebody new for example.
    const mustAsk = query.trim() !== '' && (areIds || this.#hits.length === 0 || !known);
    this.#pick.busy = mustAsk && !areIds;
    this.#draw();
    if (mustAsk) {
      this.#timer = setTimeout(() => void this.#ask(query), this.#deps.delayMs ?? 200);
    }
  }

  async #ask(query: string): Promise<void> {
    const { people, describeError, log } = this.#deps;
    const { account } = this.#request;
    const search = new AbortController();
    this.#search = search;
    const ids = parseIds(query);
    try {
      this.#pick.busy = ids.length === 0;
      const found =
        ids.length > 0
          ? await people.resolveIds(account.id, ids, search.signal)
          : await people.search(account.id, query, search.signal);
      if (search.signal.aborted) {
        return;
      }
      if (isResolved(found)) {
        this.#resolved = found;
      } else {
        this.#hits = found.hits;
        this.#ranked = found.ranked ?? false;
      }
      this.#hint =
        found.missingScope && ids.length === 0
          ? l10n.t(
              'Names cannot be searched: the application lacks the permission {0}. Type ids instead.',
              scopeName(found.missingScope),
            )
          : undefined;
    } catch (error) {
      if (search.signal.aborted) {
        return;
      }
      log.warn(`People could not be looked up on ${account.host}: ${String(error)}`);
      this.#hint = describeError(error, account);
    }
    this.#pick.busy = false;
    this.#draw();
  }

  #draw(): void {
    const { account } = this.#request;
    const rows = recipientRows({
      query: this.#pick.value,
      chosen: this.#chosen,
      me: { id: account.userId, name: account.userName },
      last: this.#deps.recents.last(account.id),
      recent: this.#deps.recents.list(account.id),
      hits: this.#hits,
      ranked: this.#ranked,
      resolved: this.#resolved,
    });
    const items: RowItem[] = [];
    let section: string | undefined;
    for (const row of rows) {
      const next = sectionOf(row);
      if (next !== section) {
        section = next;
        items.push({ label: next, kind: QuickPickItemKind.Separator });
      }
      items.push(itemOf(row));
    }
    if (this.#hint !== undefined) {
      items.push({ label: `$(info) ${plainLabel(this.#hint)}`, alwaysShow: true });
    }
    clearTimeout(this.#unticking);
    this.#pick.items = items;
    this.#pick.selectedItems = items.filter(({ row }) => row?.kind === 'chosen');
    this.#pick.activeItems = items.filter(({ row }) => row && row.kind !== 'chosen').slice(0, 1);
  }
}

function isResolved(found: object): found is IdsResolved {
  return 'unknown' in found;
}

function peopleOf(items: readonly RowItem[]): Recipient[] {
  const people = new Map<number, Recipient>();
  for (const one of items.flatMap(({ row }) => row?.people ?? [])) {
    people.set(one.id, one);
  }
  return [...people.values()];
}

function sectionOf(row: RecipientRow): string {
  switch (row.kind) {
    case 'chosen':
      return l10n.t('chosen');
    case 'last':
    case 'me':
    case 'recent':
      return l10n.t('recent');
    case 'ids':
    case 'found':
      return l10n.t('found');
  }
}

/** Bitrix24 matches other fields and alphabets than VS Code's filter would: nothing that it found is hidden. */
function itemOf(row: RecipientRow): RowItem {
  const names = plainLabel(row.people.map(recipientName).join(', '));
  const item: RowItem = { label: names, alwaysShow: true, row };
  const [one] = row.people;
  switch (row.kind) {
    case 'me':
      item.label = `$(account) ${l10n.t('Me')}`;
      item.description = names;
      break;
    case 'last':
      item.label = `$(history) ${l10n.t('Same as last time')}`;
      item.description = names;
      break;
    case 'ids':
      item.label =
        row.people.length === 1
          ? l10n.t('Send to id {0}', one?.id ?? 0)
          : l10n.t('Send to ids {0}', row.people.map(({ id }) => id).join(', '));
      item.description = troubleOf(row) ?? (row.people.some(({ name }) => name) ? names : '');
      break;
    case 'chosen':
    case 'recent':
    case 'found':
      if (one?.name) {
        item.description = [plainLabel(one.position ?? ''), `#${one.id}`]
          .filter(Boolean)
          .join(' · ');
      }
      break;
  }
  return item;
}

function troubleOf({ trouble, people }: RecipientRow): string | undefined {
  switch (trouble) {
    case 'unknown':
      return people.length === 1
        ? l10n.t('nobody found with this id')
        : l10n.t('nobody found with some of these ids');
    case 'inactive':
      return people.length === 1 ? l10n.t('was dismissed') : l10n.t('some were dismissed');
    case undefined:
      return undefined;
  }
}

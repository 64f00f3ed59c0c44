import { l10n } from 'vscode';
import type { QuickPick } from 'vscode';
import type { Account } from '../accounts/account';
import { DisposableStore } from '../common/dispose';
import type { Log } from '../common/log';
import type { QuickInputs, StepPlace } from '../common/quickStep';
import { scopeName } from '../common/scopeName';
import type { Departments } from './departments/departments';
import type { DepartmentTree } from './departments/departmentTree';
import type { Directories } from './directory/directories';
import type { SavedGroups } from './groups';
import type { ListMatch, ListMatcher } from './listMatcher';
import { parseIds } from './peopleSearch';
import type { IdsResolved, PeopleSearch } from './peopleSearch';
import { PickerHints } from './pickerHints';
import { itemsOf } from './pickerItems';
import {
  isNoRecipient,
  isSameLine,
  isSureLine,
  kindOf,
  leads,
  recipientRows,
  stillMeant,
  treeAtMost,
} from './pickerRows';
import type { RecipientRow } from './pickerRows';
import { notFoundByName, ReadingIndicator } from './readingIndicator';
import { nobodyFound, portalPauses } from './searchSentences';
import type { RecentRecipients } from './recentRecipients';
import { audienceOf, covers } from './recipient';
import type { DepartmentRecipient, Recipient } from './recipient';
import { areOld, TickSafeLines, rowsOf } from './tickSafeLines';
import type { RowItem } from './tickSafeLines';

export interface RecipientPickerDeps {
  people: Pick<PeopleSearch, 'prepare' | 'local' | 'known' | 'matchOf' | 'search' | 'resolveIds'>;
  directories: Pick<Directories, 'onDidChange' | 'onDidProgress' | 'reading' | 'read' | 'stop'>;
  recents: Pick<RecentRecipients, 'list' | 'last'>;
  departments: Pick<Departments, 'of' | 'count'>;
  groups: Pick<SavedGroups, 'list'>;
  lists: Pick<ListMatcher, 'match'>;
  /** Says in a few words why a push may not reach somebody; undefined if nothing is known against it. */
  hints: (accountId: string, id: number) => string | undefined;
  /** Asks the portal for what {@link hints} then knows. Never rejects. */
  askHints: (accountId: string, ids: readonly number[], signal: AbortSignal) => Promise<unknown>;
  inputs: QuickInputs;
  /** Describes in one sentence what went wrong while people were looked up. */
  describeError: (error: unknown, account: Account) => string;
  log: Log;
  /** How long the user must pause typing before the portal is asked, ms; default 200. */
  delayMs?: number;
}

export interface PickRequest extends StepPlace {
  account: Account;
  chosen: readonly Recipient[];
  departments?: readonly DepartmentRecipient[];
}

/** How the picker was closed, and what was chosen. */
export interface Picked {
  how: 'next' | 'back' | 'cancel';
  recipients: Recipient[];
  departments: DepartmentRecipient[];
}

/** Chooses people, departments and groups in a native quick pick. */
export class RecipientPicker {
  readonly #deps: RecipientPickerDeps;

  constructor(deps: RecipientPickerDeps) {
    this.#deps = deps;
  }

  async pick(request: PickRequest): Promise<Picked> {
    const session = new PickerSession(this.#deps, request);
    return await session.run().finally(() => session.dispose());
  }
}

/** The portal is not asked more often than this while it pauses requests. */
const minimalWaitMs = 1_000;

/** What was found for the query. */
interface Found {
  /** Best first. */
  hits: readonly Recipient[];
  resolved?: IdsResolved;
  list?: ListMatch;
  /** Why somebody cannot be found. */
  whyNot?: string | undefined;
}

/** One quick pick of recipients, from opening to closing. */
class PickerSession {
  readonly #deps: RecipientPickerDeps;
  readonly #request: PickRequest;
  readonly #delayMs: number;
  readonly #pick: QuickPick<RowItem>;
  readonly #lines: TickSafeLines;
  readonly #reading: ReadingIndicator;
  readonly #hints: PickerHints;
  readonly #own = new DisposableStore();
  readonly #leaving = new AbortController();
  #chosen: ReturnType<typeof audienceOf>;
  /** The lines that were ticked when VS Code last reported it. */
  #ticks: readonly RecipientRow[] = [];
  #tree: DepartmentTree | undefined;
  #isBrowsing = false;
  #found: Found = { hits: [] };
  #query = '';
  #search: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unticking: NodeJS.Timeout | undefined;
  /** True while the portal is asked about the query. */
  #isAsking = false;

  constructor(deps: RecipientPickerDeps, request: PickRequest) {
    const { account, chosen, departments = [] } = request;
    this.#deps = deps;
    this.#request = request;
    this.#delayMs = deps.delayMs ?? 200;
    this.#chosen = { people: [...chosen], departments: [...departments] };
    this.#pick = this.#own.add(deps.inputs.createQuickPick<RowItem>());
    this.#lines = new TickSafeLines(this.#pick);
    this.#hints = this.#own.add(
      new PickerHints({
        hint: (id) => deps.hints(account.id, id),
        ask: (ids, signal) => deps.askHints(account.id, ids, signal),
        delayMs: this.#delayMs,
        redraw: () => this.#draw(this.#activeRow),
      }),
    );
    this.#reading = new ReadingIndicator({
      ...deps,
      request,
      pick: this.#pick,
      tell: (whyNot) => {
        if (!this.#leaving.signal.aborted) {
          this.#found = { ...this.#found, whyNot };
          this.#draw(this.#activeRow);
        }
      },
    });
  }

  run(): Promise<Picked> {
    const pick = this.#pick;
    const { account } = this.#request;
    const { people, directories } = this.#deps;
    pick.step = this.#request.step;
    pick.totalSteps = this.#request.totalSteps;
    pick.placeholder = l10n.t('Name, department, group, e-mail or id on {0}', account.host);
    pick.canSelectMany = true;
    pick.matchOnDescription = true;
    pick.keepScrollPosition = true;
    pick.ignoreFocusOut = true;
    this.#reading.show(false);

    return new Promise<Picked>((resolve) => {
      const leave = (how: Picked['how']): void => {
        const { people: recipients, departments } = this.#chosen;
        resolve({ how, recipients, departments });
      };
      this.#own.add(
        pick.onDidTriggerButton((button) => {
          if (!this.#reading.pressed(button)) {
            if (this.#isBrowsing) {
              this.#browse(false);
            } else {
              leave('back');
            }
          }
        }),
      );
      this.#own.add(directories.onDidChange((id) => id === account.id && this.#refreshed()));
      this.#own.add(
        directories.onDidProgress((id) => id === account.id && this.#reading.show(this.#isAsking)),
      );
      this.#own.add(pick.onDidHide(() => leave('cancel')));
      this.#own.add(pick.onDidChangeValue(() => this.#typed()));
      this.#own.add(pick.onDidChangeSelection((items) => this.#ticked(items)));
      this.#own.add(
        pick.onDidAccept(() => {
          if (this.#accept()) {
            leave('next');
          }
        }),
      );
      this.#draw();
      pick.show();
      people.prepare(account.id);
      void this.#readDepartments();
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#unticking);
    this.#search?.abort();
    this.#leaving.abort();
    this.#own.dispose();
  }

  get #activeRow(): RecipientRow | undefined {
    return rowsOf(this.#pick.activeItems.slice(0, 1))[0];
  }

  /** Handles Enter. Returns true if the picker can be closed. */
  #accept(): boolean {
    const pick = this.#pick;
    const active = this.#activeRow;
    if (active && leads(active)) {
      this.#browse(active.kind === 'departments');
      return false;
    }
    const isList = kindOf(pick.value) === 'list';
    if (isList && this.#isAsking) {
      return false;
    }
    // An event about lines that have just been replaced may lack ticks of the new ones.
    const ticked: RecipientRow[] = areOld(pick.selectedItems)
      ? [{ kind: 'chosen', ...this.#chosen, isChosen: true }]
      : rowsOf(pick.selectedItems);
    // Enter chooses the active line if it is a typed list, or if nothing is ticked.
    const isMeant = active?.kind === 'list' || active?.kind === 'ids' || ticked.length === 0;
    const alsoLine = active && isMeant && !(ticked.length === 0 && this.#isAsking) ? [active] : [];
    const rows = [...ticked, ...alsoLine.filter((row) => !ticked.includes(row))];
    this.#choose(rows);
    const unmatched = this.#found.list?.unmatched ?? [];
    if (isList && unmatched.length > 0 && rows.some(({ kind }) => kind === 'list')) {
      // Entries that were not found stay in the input, so that the user can correct them.
      pick.value = unmatched.map(({ text }) => text).join(', ');
      this.#typed();
      return false;
    }
    return this.#isAnyChosen;
  }

  get #isAnyChosen(): boolean {
    return this.#chosen.people.length + this.#chosen.departments.length > 0;
  }

  /**
   * Handles a change of ticks. VS Code reports an empty selection between new lines and their ticks, and people would
   * be lost if an answer of the portal arrives just then. So fewer ticks count only if they stay for a moment.
   */
  #ticked(items: readonly RowItem[]): void {
    clearTimeout(this.#unticking);
    const rows = rowsOf(items);
    const fresh = rows.filter((row) => !row.isChosen && !this.#ticks.includes(row));
    const [leading] = fresh.filter(leads);
    this.#ticks = rows;
    const ticked = audienceOf(rows);
    const isNobodyTicked = items.some(({ row, before }) => !before && (!row || isNoRecipient(row)));
    const take = (): void => {
      this.#choose(rows);
      if (areOld(items) || isNobodyTicked) {
        // The lines drawn meanwhile do not show this tick, or a line that stands for nobody shows one.
        this.#draw(this.#activeRow);
      }
    };
    // With others beside it, the line was ticked by the box for all lines, and nobody meant to open its list.
    if (leading && fresh.length === 1) {
      this.#browse(leading.kind === 'departments');
    } else if (!covers(ticked, this.#chosen)) {
      this.#unticking = setTimeout(take, 50);
    } else if (!covers(this.#chosen, ticked) || isNobodyTicked) {
      take();
    }
  }

  #choose(rows: readonly RecipientRow[]): void {
    const { people, departments } = audienceOf(rows);
    const known = ({ id }: Recipient) => this.#deps.people.known(this.#request.account.id, id);
    this.#chosen = {
      people: people.map((one) => (one.name === undefined ? { ...one, ...known(one) } : one)),
      departments: departments.map((one) => ({
        ...one,
        name: one.name ?? this.#tree?.get(one.id)?.name,
      })),
    };
  }

  #browse(isBrowsing: boolean): void {
    this.#isBrowsing = isBrowsing;
    this.#pick.value = '';
    this.#typed();
    this.#draw();
  }

  async #readDepartments(): Promise<void> {
    const { departments, log } = this.#deps;
    const { signal } = this.#leaving;
    try {
      this.#tree = await departments.of(this.#request.account.id, signal);
      if (!signal.aborted && this.#tree.size > 0) {
        this.#draw(this.#activeRow);
      }
    } catch (error) {
      if (!signal.aborted) {
        log.warn(`The departments could not be read: ${String(error)}`);
      }
    }
  }

  #typed(): void {
    const query = this.#pick.value;
    if (query === this.#query) {
      return;
    }
    this.#query = query;
    clearTimeout(this.#timer);
    this.#search?.abort();
    if (query !== '') {
      this.#isBrowsing = false;
    }
    const kind = kindOf(query);
    const known = kind === 'list' ? [] : this.#deps.people.local(this.#request.account.id, query);
    // A line that no longer fits what is typed must not be taken by a quick Enter.
    const hits = known ?? stillMeant(this.#found.hits, query);
    this.#found = { hits };
    // The portal may know people who are not in the directory, somebody new for example.
    const mustAsk = kind === 'ids' || (kind !== 'none' && (hits.length === 0 || !known));
    this.#asking(mustAsk && kind !== 'ids');
    this.#draw();
    if (mustAsk) {
      this.#timer = setTimeout(() => void this.#ask(query), this.#delayMs);
    }
  }

  /** Asks the portal. `again` is true for the same query, where the active line stays active. */
  async #ask(query: string, again = false): Promise<void> {
    const { describeError, log } = this.#deps;
    const { account } = this.#request;
    this.#search = new AbortController();
    const { signal } = this.#search;
    this.#asking(kindOf(query) !== 'ids');
    const found = await this.#lookUp(query, signal).catch((error: unknown) => {
      const whyNot = describeError(error, account);
      if (!signal.aborted) {
        log.warn(`People could not be looked up on ${account.host}: ${String(error)}`);
      }
      return { whyNot };
    });
    if (!signal.aborted) {
      this.#found = { ...this.#found, ...found };
      this.#asking(false);
      this.#draw(again ? this.#activeRow : undefined);
    }
  }

  async #lookUp(query: string, signal: AbortSignal): Promise<Partial<Found>> {
    const { people, lists } = this.#deps;
    const { id } = this.#request.account;
    const kind = kindOf(query);
    if (kind === 'ids') {
      return { resolved: await people.resolveIds(id, parseIds(query), signal) };
    }
    if (kind === 'list') {
      const list = await lists.match(id, query, signal);
      const whyNot =
        list.missingScope &&
        l10n.t(
          'Not everybody can be found: the application lacks the permission {0}.',
          scopeName(list.missingScope),
        );
      return { list, whyNot };
    }
    const { hits, missingScope, pausedUntil } = await people.search(id, query, signal);
    if (pausedUntil !== undefined) {
      const waitMs = Math.max(minimalWaitMs, pausedUntil - Date.now());
      this.#timer = setTimeout(() => void this.#ask(query, true), waitMs);
      return { whyNot: portalPauses(this.#request.account.host, pausedUntil) };
    }
    return { hits, whyNot: missingScope && notFoundByName(missingScope) };
  }

  #asking(isAsking: boolean): void {
    this.#isAsking = isAsking;
    this.#reading.show(isAsking);
  }

  /** Searches the directory again after it was replaced. The active line stays active. */
  #refreshed(): void {
    const query = this.#query;
    const kind = kindOf(query);
    if (kind === 'list' && (this.#found.list?.unmatched.length ?? 0) > 0) {
      void this.#ask(query, true);
    }
    const known = kind === 'name' ? this.#deps.people.local(this.#request.account.id, query) : [];
    if (known && known.length > 0) {
      clearTimeout(this.#timer);
      this.#search?.abort();
      this.#found = { hits: known };
      this.#asking(false);
    }
    this.#draw(this.#activeRow);
  }

  /** Draws all lines. `stay` is the line that remains active. */
  #draw(stay?: RecipientRow): void {
    const { recents, departments, hints, people, groups } = this.#deps;
    const { account } = this.#request;
    const [tree, isBrowsing] = [this.#tree, this.#isBrowsing];
    const rows = recipientRows({
      ...this.#found,
      query: this.#query,
      matchOf: (hit) => people.matchOf(account.id, this.#query, hit),
      chosen: this.#chosen,
      me: { id: account.userId, name: account.userName },
      last: recents.last(account.id),
      recent: recents.list(account.id),
      groups: groups.list(account.host),
      tree,
      isBrowsing,
    });
    const details = {
      tree,
      count: (one: DepartmentRecipient) => departments.count(account.id, one),
      hint: (id: number) => hints(account.id, id),
      nameOf: (id: number) => people.known(account.id, id)?.name,
    };
    const isNobody =
      kindOf(this.#query) === 'name' &&
      !this.#isAsking &&
      !this.#found.whyNot &&
      rows.every(({ isChosen }) => isChosen);
    const isCut = isBrowsing && (tree?.size ?? 0) > treeAtMost;
    const items = itemsOf(rows, details, [
      isNobody && nobodyFound(this.#query.trim()),
      isCut && l10n.t('There are more departments. Type to find the others.'),
      this.#found.whyNot,
    ]);
    clearTimeout(this.#unticking);
    // Once something is chosen, Enter closes the picker, so a line that opens another list must not be active.
    const isOffered = (row: RecipientRow) =>
      !row.isChosen && row.kind !== 'back' && !(this.#isAnyChosen && row.kind === 'departments');
    const first = items.find(({ row }) => row && isOffered(row));
    const sure = first?.row && isSureLine(first.row) ? first : undefined;
    const same = stay && items.find(({ row }) => row && isSameLine(row, stay));
    this.#lines.draw(items, same ?? sure);
    this.#hints.load(rows);
  }
}

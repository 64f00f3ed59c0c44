import { QuickPickItemKind, l10n } from 'vscode';
import type { QuickPick } from 'vscode';
import { DisposableStore } from '../common/dispose';
import { plainLabel } from '../common/plainText';
import { scopeName } from '../common/scopeName';
import type { DepartmentTree } from './departments/departmentTree';
import type { ListMatch } from './listMatcher';
import { isMixedList } from './pastedList';
import { parseIds } from './peopleSearch';
import type { IdsResolved, PersonHit } from './peopleSearch';
import { areOld, TickSafeLines, rowsOf } from './tickSafeLines';
import type { RowItem } from './tickSafeLines';
import { itemOf, sectionOf } from './pickerItems';
import { ReadingIndicator } from './readingIndicator';
import type { DepartmentRecipient, Recipient } from './recipient';
import type { Picked, PickRequest, RecipientPickerDeps } from './pickerDeps';
import { PickerHints } from './pickerHints';
import { matchesFor, treeAtMost } from './pickerMatches';
import { audienceOf, isCovered, isSameLine, recipientRows, stillMeant } from './pickerRows';
import type { RecipientRow } from './pickerRows';

/** One quick pick of recipients, from opening to closing. */
export class PickerSession {
  readonly #deps: RecipientPickerDeps;
  readonly #request: PickRequest;
  readonly #pick: QuickPick<RowItem>;
  readonly #lines: TickSafeLines;
  readonly #reading: ReadingIndicator;
  readonly #hints: PickerHints;
  readonly #own = new DisposableStore();
  readonly #leaving = new AbortController();
  #chosen: Recipient[];
  #departments: DepartmentRecipient[];
  #tree: DepartmentTree | undefined;
  #isBrowsing = false;
  #hits: PersonHit[] = [];
  /** True if the hits come best first. */
  #ranked = false;
  #resolved: IdsResolved | undefined;
  #list: ListMatch | undefined;
  /** Why nobody can be found by name. */
  #whyNotFound: string | undefined;
  #query = '';
  #search: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unticking: NodeJS.Timeout | undefined;
  /** True while the portal is asked about the query. */
  #isAsking = false;

  constructor(deps: RecipientPickerDeps, request: PickRequest) {
    this.#deps = deps;
    this.#request = request;
    this.#chosen = [...request.chosen];
    this.#departments = [...(request.departments ?? [])];
    this.#pick = this.#own.add(deps.inputs.createQuickPick<RowItem>());
    this.#lines = new TickSafeLines(this.#pick);
    this.#hints = this.#own.add(
      new PickerHints(deps, request.account.id, () => this.#draw(this.#activeRow)),
    );
    this.#reading = new ReadingIndicator({
      ...deps,
      request,
      pick: this.#pick,
      tell: (hint) => {
        if (!this.#leaving.signal.aborted) {
          this.#whyNotFound = hint;
          this.#draw(this.#activeRow);
        }
      },
    });
  }

  run(): Promise<Picked> {
    const pick = this.#pick;
    const { account } = this.#request;
    const { people } = this.#deps;
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
        resolve({ how, recipients: this.#chosen, departments: this.#departments });
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
      this.#own.add(people.onDidChange((id) => id === account.id && this.#refreshed()));
      this.#own.add(
        people.onDidProgress((id) => id === account.id && this.#reading.show(this.#isAsking)),
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
    if (active?.kind === 'departments' || active?.kind === 'back') {
      this.#browse(active.kind === 'departments');
      return false;
    }
    const isList = this.#asList(pick.value);
    if (isList && this.#isAsking) {
      return false;
    }
    // An event about lines that have just been replaced may lack ticks of the new ones.
    const chosen = { people: this.#chosen, departments: this.#departments };
    const ticked: RecipientRow[] = areOld(pick.selectedItems)
      ? [{ kind: 'chosen', ...chosen, isChosen: true }]
      : rowsOf(pick.selectedItems);
    // Enter chooses the active line if it is a typed list, or if nothing is ticked.
    const isMeant = active?.kind === 'list' || active?.kind === 'ids' || ticked.length === 0;
    const alsoLine = active && isMeant && !(ticked.length === 0 && this.#isAsking) ? [active] : [];
    const rows = [...ticked, ...alsoLine.filter((row) => !ticked.includes(row))];
    this.#choose(rows);
    const unmatched = this.#list?.unmatched ?? [];
    if (isList && unmatched.length > 0 && rows.some(({ kind }) => kind === 'list')) {
      // Entries that were not found stay in the input, so that the user can correct them.
      pick.value = unmatched.map(({ text }) => text).join(', ');
      this.#typed();
      return false;
    }
    return this.#chosen.length + this.#departments.length > 0;
  }

  /**
   * Handles a change of ticks. VS Code reports an empty selection between new lines and their ticks, and people would
   * be lost if an answer of the portal arrives just then. So fewer ticks count only if they stay for a moment.
   */
  #ticked(items: readonly RowItem[]): void {
    clearTimeout(this.#unticking);
    const rows = rowsOf(items);
    const leading = rows.find(({ kind }) => kind === 'departments' || kind === 'back');
    const { people, departments } = audienceOf(rows);
    const isMore =
      this.#chosen.every(({ id }) => people.some((one) => one.id === id)) &&
      this.#departments.every((one) => departments.some((other) => isCovered(one, other)));
    const isAny =
      people.length > this.#chosen.length ||
      departments.some((one) => !this.#departments.some((other) => isCovered(other, one)));
    const take = (): void => {
      this.#choose(rows);
      if (areOld(items)) {
        // The lines drawn meanwhile do not show this tick.
        this.#draw();
      }
    };
    if (leading) {
      this.#browse(leading.kind === 'departments');
    } else if (!isMore) {
      this.#unticking = setTimeout(take, 50);
    } else if (isAny) {
      take();
    }
  }

  #choose(rows: readonly RecipientRow[]): void {
    const { account } = this.#request;
    const { people, departments } = audienceOf(rows);
    this.#chosen = people.map((one) =>
      one.name === undefined ? (this.#deps.people.known(account.id, one.id) ?? one) : one,
    );
    this.#departments = departments.map((one) => ({
      ...one,
      name: one.name ?? this.#tree?.get(one.id)?.name,
    }));
  }

  #browse(isBrowsing: boolean): void {
    this.#isBrowsing = isBrowsing;
    this.#pick.value = '';
    this.#typed();
    this.#draw();
  }

  async #readDepartments(): Promise<void> {
    const { departments, log } = this.#deps;
    try {
      this.#tree = await departments.of(this.#request.account.id, this.#leaving.signal);
      if (!this.#leaving.signal.aborted && this.#tree.size > 0) {
        this.#draw(this.#activeRow);
      }
    } catch (error) {
      if (!this.#leaving.signal.aborted) {
        log.warn(`The departments could not be read: ${String(error)}`);
      }
    }
  }

  /** Is the query a list? Ids alone are not, because they have a line of their own. */
  #asList(query: string): boolean {
    return parseIds(query).length === 0 && isMixedList(query);
  }

  #typed(): void {
    const query = this.#pick.value;
    if (query === this.#query) {
      return;
    }
    this.#query = query;
    clearTimeout(this.#timer);
    this.#search?.abort();
    this.#search = undefined;
    this.#whyNotFound = undefined;
    this.#resolved = undefined;
    this.#list = undefined;
    if (query !== '') {
      this.#isBrowsing = false;
    }
    const areIds = parseIds(query).length > 0;
    const isList = this.#asList(query);
    const known = isList ? [] : this.#deps.people.local(this.#request.account.id, query);
    // A line that no longer fits what is typed must not be taken by a quick Enter.
    this.#hits = known ?? stillMeant(this.#hits, query);
    this.#ranked = known !== undefined;
    // The portal may know people who are not in the directory, somebody new for example.
    const mustAsk = query.trim() !== '' && (areIds || this.#hits.length === 0 || !known);
    this.#asking(mustAsk && !areIds);
    this.#draw();
    if (mustAsk) {
      this.#timer = setTimeout(() => void this.#ask(query, isList), this.#deps.delayMs ?? 200);
    }
  }

  /** Asks the portal. `again` is true for the same query, where the active line stays active. */
  async #ask(query: string, isList: boolean, again = false): Promise<void> {
    const { people, lists, describeError, log } = this.#deps;
    const { account } = this.#request;
    const search = new AbortController();
    const { signal } = search;
    this.#search = search;
    const ids = parseIds(query);
    try {
      this.#asking(ids.length === 0);
      if (isList) {
        const list = await lists.match(account.id, query, signal);
        if (signal.aborted) {
          return;
        }
        this.#list = list;
        this.#whyNotFound =
          list.missingScope &&
          l10n.t(
            'Not everybody can be found: the application lacks the permission {0}.',
            scopeName(list.missingScope),
          );
      } else if (ids.length > 0) {
        const resolved = await people.resolveIds(account.id, ids, signal);
        if (signal.aborted) {
          return;
        }
        this.#resolved = resolved;
      } else {
        const found = await people.search(account.id, query, signal);
        if (signal.aborted) {
          return;
        }
        this.#hits = found.hits;
        this.#ranked = found.ranked ?? false;
        this.#whyNotFound =
          found.missingScope &&
          l10n.t(
            'People cannot be found by name: the application lacks the permission {0}. Type ids instead.',
            scopeName(found.missingScope),
          );
      }
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      log.warn(`People could not be looked up on ${account.host}: ${String(error)}`);
      this.#whyNotFound = describeError(error, account);
    }
    this.#asking(false);
    this.#draw(again ? this.#activeRow : undefined);
  }

  #asking(isAsking: boolean): void {
    this.#isAsking = isAsking;
    this.#reading.show(isAsking);
  }

  /** Searches the directory again after it was replaced. The active line stays active. */
  #refreshed(): void {
    const { people } = this.#deps;
    const query = this.#query;
    if (this.#asList(query)) {
      if ((this.#list?.unmatched.length ?? 0) > 0) {
        void this.#ask(query, true, true);
      }
    } else if (query.trim() !== '' && parseIds(query).length === 0) {
      const known = people.local(this.#request.account.id, query) ?? [];
      if (known.length > 0) {
        clearTimeout(this.#timer);
        this.#search?.abort();
        this.#hits = known;
        this.#ranked = true;
        this.#whyNotFound = undefined;
        this.#asking(false);
      }
    }
    this.#draw(this.#activeRow);
  }

  /** Draws all lines. `stay` is the line that remains active. */
  #draw(stay?: RecipientRow): void {
    const { recents, departments, hints } = this.#deps;
    const { account } = this.#request;
    const rows = recipientRows({
      query: this.#query,
      chosen: this.#chosen,
      chosenDepartments: this.#departments,
      me: { id: account.userId, name: account.userName },
      last: recents.last(account.id),
      recent: recents.list(account.id),
      hits: this.#hits,
      ranked: this.#ranked,
      resolved: this.#resolved,
      list: this.#list,
      ...matchesFor({
        query: this.#query.trim(),
        isBrowsing: this.#isBrowsing,
        tree: this.#tree,
        groups: this.#deps.groups.list(account.host),
        hits: this.#hits,
      }),
    });
    const items: RowItem[] = [];
    let section: string | undefined;
    for (const row of rows) {
      const next = sectionOf(row);
      if (next !== section) {
        section = next;
        items.push({ label: next, kind: QuickPickItemKind.Separator });
      }
      items.push(
        itemOf(row, {
          tree: this.#tree,
          count: (one) => departments.count(account.id, one),
          hint: (id) => hints(account.id, id),
          nameOf: (id) => this.#deps.people.known(account.id, id)?.name,
        }),
      );
    }
    const isCut = this.#isBrowsing && (this.#tree?.size ?? 0) > treeAtMost;
    const more = isCut && l10n.t('There are more departments. Type to find the others.');
    for (const hint of [more, this.#whyNotFound]) {
      if (hint) {
        if (items.length === 0) {
          items.push({ label: '', kind: QuickPickItemKind.Separator });
        }
        items.push({ label: `$(info) ${plainLabel(hint)}`, alwaysShow: true });
      }
    }
    clearTimeout(this.#unticking);
    // Once something is chosen, Enter closes the picker, so a line that opens another list must not be active.
    const isChosen = this.#chosen.length + this.#departments.length > 0;
    const leads = (row: RecipientRow) =>
      row.kind === 'back' || (isChosen && row.kind === 'departments');
    const first = items.find(({ row }) => row && !row.isChosen && !leads(row));
    this.#lines.draw(
      items,
      (stay && items.find(({ row }) => row && isSameLine(row, stay))) ?? first,
    );
    this.#hints.load(rows);
  }
}

import type { DepartmentTree } from './departments/departmentTree';
import { isBeginningOf } from './directory/words';
import { audienceOfGroup } from './groups';
import type { SavedGroup } from './groups';
import type { ListMatch, UnmatchedEntry } from './listMatcher';
import { isMixedList } from './pastedList';
import { parseIds } from './peopleSearch';
import type { IdsResolved } from './peopleSearch';
import { departmentMatch, inRankOrder, isSure, nameMatch } from './ranking';
import type { Match, PersonMatch } from './ranking';
import type { Audience, DepartmentRecipient, Recipient } from './recipient';

/** One line of the picker. A tick chooses its people and departments; some lines open another list instead. */
export interface RecipientRow {
  kind:
    | 'chosen'
    | 'ids'
    | 'list'
    | 'unmatched'
    | 'last'
    | 'me'
    | 'recent'
    | 'group'
    | 'department'
    | 'found'
    /** `departments` opens the tree of departments, `back` returns from it. */
    | 'departments'
    | 'back';
  people: readonly Recipient[];
  departments?: readonly DepartmentRecipient[];
  /** True if the line is drawn with a tick. */
  isChosen?: boolean;
  /** For `ids`: why some of them would get no push. */
  trouble?: 'unknown' | 'inactive' | undefined;
  group?: SavedGroup;
  /** For a department in the tree: the number of departments above it. */
  depth?: number;
  unmatched?: UnmatchedEntry;
  /** How it meets the query, and by what else than its name; absent for what is offered without one. */
  match?: Match;
  by?: string | undefined;
}

export interface RowsInput {
  query: string;
  chosen: Audience;
  me: Recipient;
  /** The people of the last push. */
  last: readonly Recipient[];
  recent: readonly Recipient[];
  /** The people found for this query, best first. */
  hits: readonly Recipient[];
  /** How the query meets one of the hits. */
  matchOf: (hit: Recipient) => PersonMatch;
  /** All groups of the portal. */
  groups: readonly SavedGroup[];
  /** undefined until the departments are known. */
  tree: DepartmentTree | undefined;
  /** True while the user looks through the tree of departments. */
  isBrowsing: boolean;
  /** The result for a query that is a list. */
  list?: ListMatch | undefined;
  /** What the portal knows about the ids typed. */
  resolved?: IdsResolved | undefined;
}

/** If more people than this are chosen, they share one line. */
const chosenAtMost = 20;
/** How many departments are shown beside people. */
const departmentsAtMost = 5;
/** How many departments of the tree are shown; the others are found by name. */
export const treeAtMost = 1000;

/** The picker's lines, best first. Chosen recipients stay on top, whatever is typed. */
export function recipientRows(input: RowsInput): RecipientRow[] {
  const { query, chosen, tree, hits } = input;
  if (input.isBrowsing && tree) {
    return treeRows(tree, chosen);
  }
  const rows = chosenRows(chosen);
  const taken = new Set(chosen.people.map(({ id }) => id));
  const ids = parseIds(query);
  if (ids.length > 0) {
    const open = ids.filter((id) => !taken.has(id));
    return open.length > 0 ? [...rows, idsRow(open, input.resolved)] : rows;
  }
  if (input.list) {
    return [...rows, ...listRows(input.list, chosen, taken)];
  }
  if (query.trim() === '') {
    return [...rows, ...firstRows(input, taken)];
  }
  const people = hits
    .filter(({ id }) => !taken.has(id))
    .map((hit) => ({ ...row('found', [hit]), ...input.matchOf(hit) }));
  const groups = input.groups.flatMap((group) => {
    const match = nameMatch(query, group.name);
    return match ? [{ ...groupRow(group), match }] : [];
  });
  const departments = departmentsFor(query.trim(), tree, chosen);
  return [...rows, ...inRankOrder(people, groups, departments)];
}

/** May Enter choose the line without the user having moved to it? */
export function isSureLine({ match }: RecipientRow): boolean {
  return match === undefined || isSure({ match });
}

/** What is offered before anything is typed. */
function firstRows(input: RowsInput, taken: Set<number>): RecipientRow[] {
  const { last, recent, me, groups, tree } = input;
  const again = last.filter(({ id }) => !taken.has(id));
  const isOneLine = again.length > 1 && again.length === last.length;
  return [
    ...(isOneLine ? [row('last', again)] : peopleRows('recent', again, taken)),
    ...peopleRows('me', [me], taken),
    ...groups.map(groupRow),
    ...(tree && tree.size > 0 ? [row('departments')] : []),
    ...peopleRows('recent', recent, taken),
  ];
}

function listRows(list: ListMatch, chosen: Audience, taken: Set<number>): RecipientRow[] {
  const people = list.people.filter(({ id }) => !taken.has(id));
  const departments = list.departments.filter((one) => !isAmong(chosen, one));
  const found =
    people.length + departments.length > 0 ? [{ ...row('list', people), departments }] : [];
  return [
    ...found,
    ...list.unmatched.flatMap((unmatched) => {
      const { candidates = [], departments: alike = [] } = unmatched;
      const offered = peopleRows('found', candidates, taken);
      return [{ ...row('unmatched'), unmatched }, ...offered, ...departmentRows(alike, chosen)];
    }),
  ];
}

function treeRows(tree: DepartmentTree, chosen: Audience): RecipientRow[] {
  const shown = tree.inTreeOrder().slice(0, treeAtMost);
  const ids = new Set(shown.map(({ department }) => department.id));
  const others = chosen.departments.filter(({ id, reach }) => reach === 'direct' || !ids.has(id));
  return [
    ...chosenRows({ ...chosen, departments: others }),
    row('back'),
    ...shown.map(({ department: { id, name }, depth }) => {
      const department: DepartmentRecipient = { id, name, reach: 'tree' };
      return { ...departmentRow(department), depth, isChosen: isAmong(chosen, department) };
    }),
  ];
}

function chosenRows({ people, departments }: Audience): RecipientRow[] {
  const lines = people.length > chosenAtMost ? [people] : people.map((one) => [one]);
  return [
    ...departments.map((one) => ({ ...row('chosen'), departments: [one], isChosen: true })),
    ...lines.map((some) => ({ ...row('chosen', some), isChosen: true })),
  ];
}

/** A line for each person who has none yet. */
function peopleRows(
  kind: RecipientRow['kind'],
  people: readonly Recipient[],
  taken: Set<number>,
): RecipientRow[] {
  return people.flatMap((one) => {
    const isNew = !taken.has(one.id);
    taken.add(one.id);
    return isNew ? [row(kind, [one])] : [];
  });
}

/** The departments that a query means, best first, each with its sub-departments and without. */
function departmentsFor(query: string, tree: DepartmentTree | undefined, chosen: Audience) {
  const found = query.length > 1 ? (tree?.search(query, departmentsAtMost) ?? []) : [];
  return found.flatMap(({ id, name }) => {
    const hasMore = (tree?.children(id).length ?? 0) > 0;
    const reaches = hasMore ? (['tree', 'direct'] as const) : (['tree'] as const);
    const match = departmentMatch(query, tree?.path(id) ?? [name]);
    const recipients = reaches.map((reach) => ({ id, name, reach }));
    return departmentRows(recipients, chosen).map((one) => ({ ...one, match }));
  });
}

function departmentRows(
  departments: readonly DepartmentRecipient[],
  chosen: Audience,
): RecipientRow[] {
  return departments.filter((one) => !isAmong(chosen, one)).map(departmentRow);
}

function departmentRow(one: DepartmentRecipient): RecipientRow {
  return { ...row('department'), departments: [one] };
}

function groupRow(group: SavedGroup): RecipientRow {
  return { ...row('group'), ...audienceOfGroup(group), group };
}

function row(kind: RecipientRow['kind'], people: readonly Recipient[] = []): RecipientRow {
  return { kind, people };
}

function isAmong(chosen: Audience, { id, reach }: DepartmentRecipient): boolean {
  return chosen.departments.some((one) => one.id === id && one.reach === reach);
}

/** The earlier hits that also match a longer query; shown until the portal answers it. */
export function stillMeant(hits: readonly Recipient[], query: string): Recipient[] {
  return hits.filter(({ name = '', position = '' }) => isBeginningOf(query, `${name} ${position}`));
}

function idsRow(ids: readonly number[], resolved: IdsResolved | undefined): RecipientRow {
  const known = new Map(resolved?.hits.map((hit) => [hit.id, hit]));
  const isIn = (list: readonly number[] | undefined) => ids.some((id) => list?.includes(id));
  return {
    kind: 'ids',
    people: ids.map((id) => known.get(id) ?? { id }),
    trouble: isIn(resolved?.unknown)
      ? 'unknown'
      : isIn(resolved?.inactive)
        ? 'inactive'
        : undefined,
  };
}

/** Do both rows stand for the same line of the list, even if they were made at different times? */
export function isSameLine(a: RecipientRow, b: RecipientRow): boolean {
  const key = ({ kind, people, departments = [], group }: RecipientRow): string =>
    JSON.stringify([kind, people.map(({ id }) => id), departments, group?.name]);
  return key(a) === key(b);
}

/** A line that opens another list. */
export function leads({ kind }: RecipientRow): boolean {
  return kind === 'departments' || kind === 'back';
}

export function isNoRecipient({ people, departments = [] }: RecipientRow): boolean {
  return people.length + departments.length === 0;
}

/** What a query is. Ids alone are no list, because they have a line of their own. */
export function kindOf(query: string): 'none' | 'ids' | 'list' | 'name' {
  if (query.trim() === '') {
    return 'none';
  }
  if (parseIds(query).length > 0) {
    return 'ids';
  }
  return isMixedList(query) ? 'list' : 'name';
}

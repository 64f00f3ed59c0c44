import type { SavedGroup } from './groups';
import type { ListMatch, UnmatchedEntry } from './listMatcher';
import { parseIds } from './peopleSearch';
import type { IdsResolved, PersonHit } from './peopleSearch';
import type { DepartmentRecipient, Recipient } from './recipient';

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
  people: Recipient[];
  departments?: DepartmentRecipient[];
  /** True if the line is drawn with a tick. */
  isChosen?: boolean;
  /** For `ids`: why some of them would get no push. */
  trouble?: 'unknown' | 'inactive' | undefined;
  group?: SavedGroup;
  /** For a department in the tree: the number of departments above it. */
  depth?: number;
  unmatched?: UnmatchedEntry;
}

export interface RowsInput {
  query: string;
  chosen: readonly Recipient[];
  chosenDepartments?: readonly DepartmentRecipient[];
  me: Recipient | undefined;
  /** The people of the last push. */
  last: readonly Recipient[];
  recent: readonly Recipient[];
  /** The people found for this query. */
  hits: readonly PersonHit[];
  /** True if the hits come best first. */
  ranked?: boolean;
  /** The groups found for this query, or all groups if it is empty. */
  groups?: readonly SavedGroup[];
  /** The departments found for this query, best first. */
  departments?: readonly DepartmentRecipient[];
  /** True if the query means the departments rather than the people. */
  departmentsFirst?: boolean;
  /** True if the portal has departments that the user may look through. */
  hasDepartments?: boolean;
  /** The whole tree, while the user looks through it. */
  tree?: readonly { department: DepartmentRecipient; depth: number }[] | undefined;
  /** The result for a query that is a list. */
  list?: ListMatch | undefined;
  /** What the portal knows about the ids typed. */
  resolved: IdsResolved | undefined;
}

/** If more people than this are chosen, they share one line. */
const chosenAtMost = 20;

/** The picker's lines, best first. Chosen recipients stay on top, whatever is typed. */
export function recipientRows(input: RowsInput): RecipientRow[] {
  const taken = new Set(input.chosen.map(({ id }) => id));
  const chosenDepartments = input.chosenDepartments ?? [];
  const isTaken = (one: DepartmentRecipient): boolean =>
    chosenDepartments.some(({ id, reach }) => id === one.id && reach === one.reach);
  const rows = chosenRows(input);
  const add = (kind: RecipientRow['kind'], people: readonly Recipient[]): void => {
    for (const one of people) {
      if (!taken.has(one.id)) {
        taken.add(one.id);
        rows.push({ kind, people: [one] });
      }
    }
  };
  const addDepartments = (departments = input.departments): void => {
    const open = departments?.filter((one) => !isTaken(one)) ?? [];
    rows.push(...open.map((one) => departmentRow(one)));
  };
  const addGroups = (): void => {
    for (const group of input.groups ?? []) {
      rows.push({
        kind: 'group',
        people: group.people.map((id) => ({ id })),
        departments: group.departments,
        group,
      });
    }
  };

  if (input.tree) {
    return [...rows, ...treeRows(input.tree, isTaken)];
  }
  const ids = parseIds(input.query);
  if (ids.length > 0) {
    const open = ids.filter((id) => !taken.has(id));
    if (open.length > 0) {
      rows.push(idsRow(open, input.resolved));
    }
    return rows;
  }
  if (input.list) {
    const { people, departments, unmatched } = input.list;
    const open = people.filter(({ id }) => !taken.has(id));
    const openDepartments = departments.filter((one) => !isTaken(one));
    if (open.length + openDepartments.length > 0) {
      rows.push({ kind: 'list', people: open, departments: openDepartments });
    }
    for (const one of unmatched) {
      rows.push({ kind: 'unmatched', people: [], unmatched: one });
      if (one.why === 'ambiguous') {
        add('found', one.candidates ?? []);
        addDepartments(one.departments);
      }
    }
    return rows;
  }
  if (input.query.trim() !== '') {
    addGroups();
    if (input.departmentsFirst) {
      addDepartments();
    }
    add('found', input.ranked ? input.hits : ranked(input.hits, input.query));
    if (!input.departmentsFirst) {
      addDepartments();
    }
    return rows;
  }
  const again = input.last.filter(({ id }) => !taken.has(id));
  if (again.length > 1 && again.length === input.last.length) {
    rows.push({ kind: 'last', people: again });
  } else {
    add('recent', again);
  }
  add('me', input.me ? [input.me] : []);
  addGroups();
  if (input.hasDepartments) {
    rows.push({ kind: 'departments', people: [] });
  }
  add('recent', input.recent);
  return rows;
}

function chosenRows({ chosen, chosenDepartments = [], tree }: RowsInput): RecipientRow[] {
  const shown = new Set(tree?.map(({ department: { id, reach } }) => `${id} ${reach}`));
  const together: Recipient[][] =
    chosen.length > chosenAtMost ? [[...chosen]] : chosen.map((one) => [one]);
  return [
    ...chosenDepartments
      .filter(({ id, reach }) => !shown.has(`${id} ${reach}`))
      .map((one): RecipientRow => ({ ...departmentRow(one), kind: 'chosen', isChosen: true })),
    ...together.map((people): RecipientRow => ({ kind: 'chosen', people, isChosen: true })),
  ];
}

function treeRows(
  tree: NonNullable<RowsInput['tree']>,
  isChosen: (one: DepartmentRecipient) => boolean,
): RecipientRow[] {
  return [
    { kind: 'back', people: [] },
    ...tree.map(({ department, depth }) => ({
      ...departmentRow(department),
      depth,
      isChosen: isChosen(department),
    })),
  ];
}

function departmentRow(one: DepartmentRecipient): RecipientRow {
  return { kind: 'department', people: [], departments: [one] };
}

/** The earlier hits that also match a longer query; shown until the portal answers it. */
export function stillMeant(hits: readonly PersonHit[], query: string): PersonHit[] {
  const words = fold(query).split(/\s+/u).filter(Boolean);
  return hits.filter(({ name = '', position = '' }) => {
    const own = fold(`${name} ${position}`).split(/\s+/u);
    return words.every((word) => own.some((one) => one.startsWith(word)));
  });
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

/** Sorts hits as VS Code sorts matches, so that Enter chooses the first line. */
function ranked(hits: readonly PersonHit[], query: string): PersonHit[] {
  const wanted = fold(query.trim());
  const rank = ({ name = '' }: PersonHit): number => {
    const own = fold(name);
    return own.startsWith(wanted) ? 0 : own.includes(wanted) ? 1 : 2;
  };
  const order = new Intl.Collator(undefined, { numeric: true });
  return hits.toSorted(
    (a, b) => rank(a) - rank(b) || order.compare(a.name ?? '', b.name ?? '') || a.id - b.id,
  );
}

function fold(text: string): string {
  return text.toLocaleLowerCase().replaceAll('ё', 'е');
}

/** All people and departments of the rows, each once. A department with its sub-departments covers its direct members. */
export function audienceOf(rows: readonly RecipientRow[]): {
  people: Recipient[];
  departments: DepartmentRecipient[];
} {
  const people = new Map<number, Recipient>();
  const departments = new Map<string, DepartmentRecipient>();
  for (const row of rows) {
    for (const one of row.people) {
      if (people.get(one.id)?.name === undefined) {
        people.set(one.id, one);
      }
    }
    for (const one of row.departments ?? []) {
      departments.set(`${one.id} ${one.reach}`, one);
    }
  }
  return {
    people: [...people.values()],
    departments: [...departments.values()].filter(
      ({ id, reach }) => reach === 'tree' || !departments.has(`${id} tree`),
    ),
  };
}

/** Do both rows stand for the same line of the list, even if they were made at different times? */
export function isSameLine(a: RecipientRow, b: RecipientRow): boolean {
  const key = ({ kind, people, departments = [], group }: RecipientRow): string =>
    JSON.stringify([kind, people.map(({ id }) => id), departments, group?.name]);
  return key(a) === key(b);
}

/** Is everybody of department `a` among those of `b`? */
export function isCovered(a: DepartmentRecipient, b: DepartmentRecipient): boolean {
  return a.id === b.id && (a.reach === b.reach || b.reach === 'tree');
}

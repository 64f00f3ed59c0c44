import { isVisibleTo, matchesWords } from '../staffIndex';
import type { Person } from '../staff';
import { PhpArray, toBool, toInt, toText, type PhpValue } from '../php';
import { RestError } from '../restError';
import type { PortalState } from '../portalState';
import { filterValues, MOVING_FIELDS, USER_FIELDS } from './userFields';
import { filterTest, parseFilterKey, wantedTexts, type FilterCondition } from './userFilter';

/** A request of user.get or user.search. */
export interface UserQuery {
  conditions: readonly FilterCondition[];
  /** true for user.search, in which some filter fields mean something else. */
  isSearch: boolean;
  sort: PhpValue | undefined;
  order: PhpValue | undefined;
}

const WITHOUT_OPERATOR: ReadonlySet<string> = new Set(['HAS_DEPARTAMENT', 'NAME_SEARCH', 'FIND']);
const EXACT_BY_DEFAULT: ReadonlySet<string> = new Set(['USER_TYPE', 'ACTIVE']);
const NAME_FIELDS: ReadonlySet<string> = new Set([
  'NAME',
  'LAST_NAME',
  'SECOND_NAME',
  'WORK_POSITION',
  'UF_DEPARTMENT_NAME',
]);

/** @returns the names that a filter may have, without their operators. */
export function filterNames(fields: readonly string[], isSearch: boolean): ReadonlySet<string> {
  const always = ['IS_ONLINE', 'HAS_DEPARTAMENT', 'NAME_SEARCH', 'EXTERNAL_AUTH_ID'];
  const search = isSearch ? ['FIND', 'UF_DEPARTMENT_NAME', 'CONFIRM_CODE'] : [];
  return new Set([...fields, ...always, ...search]);
}

/**
 * Reads a filter; fields that the caller may not see are ignored, as the server does.
 * @param fields the fields that the caller's scope shows; a filter may name these and a few more.
 */
export function readFilter(
  filter: PhpArray,
  fields: readonly string[],
  isSearch: boolean,
): FilterCondition[] {
  const allowed = filterNames(fields, isSearch);
  const conditions = [...filter]
    .map(([key, value]) => ({ ...parseFilterKey(key), value }))
    .filter(({ field }) => allowed.has(field))
    .map(({ operator, field, value }) => ({
      field,
      operator: WITHOUT_OPERATOR.has(field)
        ? ''
        : operator === '' && EXACT_BY_DEFAULT.has(field)
          ? '='
          : operator,
      value: prepareValue(field, value),
    }));
  // With FIND or NAME_SEARCH, conditions on name fields are ignored.
  const hasFind = conditions.some(({ field }) => isWordSearch(field));
  return hasFind
    ? conditions.filter(({ field, operator }) => !(operator === '' && NAME_FIELDS.has(field)))
    : conditions;
}

function isWordSearch(field: string): boolean {
  return field === 'FIND' || field === 'NAME_SEARCH';
}

/** Converts a value. `ACTIVE` and `IS_ONLINE` are true for all but "N" and what PHP takes for false, so also for "false". */
function prepareValue(field: string, value: PhpValue): PhpValue {
  if (field === 'ID') {
    return value instanceof PhpArray && value.size > 0
      ? PhpArray.list(Array.from(value.values(), toInt))
      : toInt(value);
  }
  if (field === 'ACTIVE' || field === 'IS_ONLINE') {
    return toBool(value) && value !== 'N' ? 'Y' : 'N';
  }
  return value;
}

/** A part of a list, described by two places so that a page of a long list needs no copy. */
export interface Stretch {
  people: readonly Person[];
  /** Place of the first person. */
  from: number;
  /** Place after the last person. */
  to: number;
}

/** Selects everybody whom the caller may see and who meets the conditions, in the requested order. */
export function selectPeople(portal: PortalState, caller: Person, query: UserQuery): Stretch {
  const order = readOrder(query);
  const { conditions } = query;
  const byIds = conditions.find(({ field, operator }) => field === 'ID' && isExact(operator));
  if (byIds !== undefined) {
    // The server shows administrators everybody when they filter by ID.
    const unrestricted = caller.admin && byIds.operator === '';
    const rest = testOf(portal, without(conditions, byIds), query.isSearch);
    const found = peopleWithIds(portal, byIds).filter(
      (person) => (unrestricted || isVisibleTo(caller, person)) && rest(person),
    );
    return whole(inOrder(portal, found, order));
  }

  // Some programs read pages by "ID above the last one". The other conditions are the same for each page,
  // so the list for them is kept and only the range of ids is applied anew.
  const isRange = ({ field, operator }: FilterCondition) =>
    field === 'ID' && /^[<>]=?$/.test(operator);
  const lasting = conditions.filter((condition) => !isRange(condition));
  const make = () => inOrder(portal, findVisible(portal, caller, lasting, query.isSearch), order);
  const isMoving = [order.field, ...lasting.map(({ field }) => field)].some((field) =>
    MOVING_FIELDS.has(field),
  );
  const people = isMoving
    ? make()
    : portal.staffIndex.list(keyOf(caller, lasting, query.isSearch, order), make);
  const ranges = conditions.filter(isRange);
  return ranges.length === 0 ? whole(people) : withinRanges(people, ranges, order);
}

function whole(people: readonly Person[]): Stretch {
  return { people, from: 0, to: people.length };
}

/** Applies ranges of ids. @param people sorted by `order` */
function withinRanges(
  people: readonly Person[],
  ranges: readonly FilterCondition[],
  order: Order,
): Stretch {
  // A range with a list of values is met when one of them is.
  const values = ({ value }: FilterCondition) => wantedTexts(value).map(Number);
  const least = ranges.flatMap((range) => {
    if (range.operator === '>') {
      return [Math.min(...values(range)) + 1];
    }
    return range.operator === '>=' ? [Math.min(...values(range))] : [];
  });
  const most = ranges.flatMap((range) => {
    if (range.operator === '<') {
      return [Math.max(...values(range)) - 1];
    }
    return range.operator === '<=' ? [Math.max(...values(range))] : [];
  });
  const [from, to] = [Math.max(...least, -Infinity), Math.min(...most, Infinity)];
  if (order.field !== 'ID') {
    return whole(people.filter(({ id }) => id >= from && id <= to));
  }
  const [begins, ends] =
    order.direction === 1
      ? [({ id }: Person) => id >= from, ({ id }: Person) => id > to]
      : [({ id }: Person) => id <= to, ({ id }: Person) => id < from];
  const first = firstPlace(people, begins);
  return { people, from: first, to: Math.max(first, firstPlace(people, ends)) };
}

/** Finds the first place whose person passes the test, by binary search: nobody before passes, everybody after does. */
function firstPlace(people: readonly Person[], test: (person: Person) => boolean): number {
  let [low, high] = [0, people.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const person = people[middle];
    if (person !== undefined && test(person)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

function isExact(operator: string): boolean {
  return operator === '' || operator === '=' || operator === '@';
}

function without(
  conditions: readonly FilterCondition[],
  met: FilterCondition | undefined,
): FilterCondition[] {
  return conditions.filter((condition) => condition !== met);
}

function peopleWithIds(portal: PortalState, { value }: FilterCondition): Person[] {
  const ids = new Set(wantedTexts(value).map(Number));
  return [...ids]
    .sort((a, b) => a - b)
    .flatMap((id) => {
      const person = portal.people.get(id);
      return person === undefined ? [] : [person];
    });
}

/** Finds the people whom the caller may see and who meet the conditions, sorted by id. */
function findVisible(
  portal: PortalState,
  caller: Person,
  conditions: readonly FilterCondition[],
  isSearch: boolean,
): readonly Person[] {
  const { staffIndex } = portal;
  const words = conditions.find(({ field }) => isWordSearch(field));
  const members = conditions.find(
    ({ field, operator, value }) =>
      field === 'UF_DEPARTMENT' &&
      isExact(operator) &&
      wantedTexts(value).every((id) => /^[1-9]\d*$/.test(id)),
  );
  const [candidates, met] =
    words !== undefined
      ? ([staffIndex.find(toText(words.value)), words] as const)
      : members !== undefined
        ? ([staffIndex.membersOf(wantedTexts(members.value).map(Number)), members] as const)
        : ([staffIndex.byId, undefined] as const);
  const test = testOf(portal, without(conditions, met), isSearch);
  return candidates.filter((person) => isVisibleTo(caller, person) && test(person));
}

function testOf(
  portal: PortalState,
  conditions: readonly FilterCondition[],
  isSearch: boolean,
): (person: Person) => boolean {
  const tests = conditions.map((condition) => conditionTest(portal, condition, isSearch));
  return (person) => tests.every((test) => test(person));
}

function conditionTest(
  portal: PortalState,
  condition: FilterCondition,
  isSearch: boolean,
): (person: Person) => boolean {
  const { field, operator, value } = condition;
  const text = toText(value);
  if (isWordSearch(field)) {
    const found = new Set(portal.staffIndex.find(text));
    return (person) => found.has(person);
  }
  if (field === 'HAS_DEPARTAMENT') {
    return (person) => text !== 'Y' || person.departments.length > 0;
  }
  if (isSearch && operator === '' && NAME_FIELDS.has(field)) {
    if (text === '') {
      return () => true;
    }
    return remembering(
      (person) =>
        field === 'UF_DEPARTMENT_NAME'
          ? portal.staffIndex.departmentNames(person)
          : filterValues(portal, person, field).join(' '),
      (have) => matchesWords(have, text),
    );
  }
  const test = filterTest(condition);
  if (NAME_FIELDS.has(field)) {
    return remembering(
      (person) => filterValues(portal, person, field)[0] ?? '',
      (have) => test([have]),
    );
  }
  return (person) => test(filterValues(portal, person, field));
}

/** Caches results by text, because many people have the same names. */
function remembering(
  textOf: (person: Person) => string,
  test: (text: string) => boolean,
): (person: Person) => boolean {
  const known = new Map<string, boolean>();
  return (person) => {
    const text = textOf(person);
    let met = known.get(text);
    if (met === undefined) {
      met = test(text);
      known.set(text, met);
    }
    return met;
  };
}

interface Order {
  field: string;
  direction: 1 | -1;
}

/** Reads the order, which counts only when both SORT and ORDER are given. */
function readOrder({ sort, order }: UserQuery): Order {
  if (!toBool(sort) || !toBool(order)) {
    return { field: 'ID', direction: 1 };
  }
  const field = toText(sort).toUpperCase();
  if (!USER_FIELDS.includes(field)) {
    throw new RestError(
      'ERROR_CORE',
      `Unknown field definition \`${toText(sort)}\` (${toText(sort)}) for \\Bitrix\\Intranet\\User Entity.`,
    );
  }
  return { field, direction: toText(order).toUpperCase() === 'DESC' ? -1 : 1 };
}

/** Sorts people. @param people sorted by id */
function inOrder(
  portal: PortalState,
  people: readonly Person[],
  { field, direction }: Order,
): readonly Person[] {
  if (field === 'ID') {
    return direction === 1 ? people : people.toReversed();
  }
  // Comparing texts by a collator is slow, so each different text is compared once.
  const textOf = (person: Person) => filterValues(portal, person, field).join(' ');
  const collator = new Intl.Collator('en', { sensitivity: 'base' });
  const texts = [...new Set(people.map(textOf))].sort((a, b) => collator.compare(a, b));
  const ranks = new Map<string, number>();
  let rank = 0;
  for (const [place, text] of texts.entries()) {
    if (place > 0 && collator.compare(texts[place - 1] ?? '', text) !== 0) {
      rank++;
    }
    ranks.set(text, rank);
  }
  return people
    .map((person) => ({ person, rank: ranks.get(textOf(person)) ?? 0 }))
    .sort((a, b) => direction * (a.rank - b.rank || a.person.id - b.person.id))
    .map(({ person }) => person);
}

function keyOf(
  caller: Person,
  conditions: readonly FilterCondition[],
  isSearch: boolean,
  order: Order,
): string {
  const plain = conditions.map(({ field, operator, value }) => [
    operator + field,
    wantedTexts(value),
    toBool(value),
  ]);
  return JSON.stringify([caller.id, isSearch, plain, order.field, order.direction]);
}

import { departmentNames, isVisibleTo, matchesWords, searchText } from '../directory';
import type { Person } from '../people';
import { PhpArray, toBool, toInt, toText, type PhpValue } from '../php';
import type { Json } from '../phpJson';
import { RestError } from '../restError';
import { bitrixDate } from '../time';
import type { World } from '../world';
import { answer, PAGE_SIZE, type Answer, type Call, type MethodTable } from './method';
import { matchesFilter, parseFilterKey, type FilterCondition } from './userFilter';

const SCOPES = ['user', 'user_basic', 'user_brief'];

export const userMethods: MethodTable = {
  'user.current': { scopes: SCOPES, run: userCurrent },
  'user.get': { scopes: SCOPES, run: userGet },
  'user.search': { scopes: SCOPES, run: userGet },
};

/** What each scope shows, in the order of the answer. Bitrix24: rest/lib/api/user.php. */
const USER_FIELDS =
  'ID XML_ID ACTIVE NAME LAST_NAME SECOND_NAME TITLE EMAIL LAST_LOGIN DATE_REGISTER TIME_ZONE IS_ONLINE TIMESTAMP_X LAST_ACTIVITY_DATE PERSONAL_GENDER PERSONAL_BIRTHDAY PERSONAL_PHOTO PERSONAL_MOBILE WORK_PHONE WORK_POSITION UF_EMPLOYMENT_DATE UF_DEPARTMENT UF_PHONE_INNER USER_TYPE'.split(
    ' ',
  );
const BASIC_FIELDS =
  'ID XML_ID ACTIVE NAME LAST_NAME SECOND_NAME TITLE EMAIL WORK_PHONE WORK_POSITION IS_ONLINE TIME_ZONE TIMESTAMP_X DATE_REGISTER LAST_ACTIVITY_DATE PERSONAL_GENDER PERSONAL_BIRTHDAY PERSONAL_PHOTO PERSONAL_MOBILE UF_DEPARTMENT UF_PHONE_INNER UF_EMPLOYMENT_DATE USER_TYPE'.split(
    ' ',
  );
const BRIEF_FIELDS =
  'ID XML_ID ACTIVE NAME LAST_NAME SECOND_NAME TITLE IS_ONLINE TIME_ZONE TIMESTAMP_X DATE_REGISTER PERSONAL_GENDER PERSONAL_BIRTHDAY PERSONAL_PHOTO WORK_POSITION LAST_ACTIVITY_DATE UF_EMPLOYMENT_DATE UF_DEPARTMENT UF_PHONE_INNER USER_TYPE'.split(
    ' ',
  );

function fieldsFor(scopes: readonly string[]): string[] {
  if (scopes.includes('user')) return USER_FIELDS;
  return scopes.includes('user_basic') ? BASIC_FIELDS : BRIEF_FIELDS;
}

function pick(row: Readonly<Record<string, Json>>, fields: readonly string[]): Json {
  const entries = fields.map((field) => [field, row[field]] as const);
  return Object.fromEntries(
    entries.flatMap(([field, value]) => (value === undefined ? [] : [[field, value]])),
  );
}

/** A row of user.get; what is null is left out, and dates that are objects in PHP come as `{}`. */
function userRow(world: World, person: Person): Record<string, Json> {
  const photo = world.photoOf(person);
  return {
    ID: String(person.id),
    ACTIVE: person.active,
    NAME: person.firstName,
    LAST_NAME: person.lastName,
    SECOND_NAME: '',
    EMAIL: person.email,
    LAST_LOGIN: bitrixDate(world.now()),
    DATE_REGISTER: '2024-07-15T00:00:00+00:00',
    TIME_ZONE: '',
    IS_ONLINE: isOnline(person) ? 'Y' : 'N',
    TIMESTAMP_X: {},
    LAST_ACTIVITY_DATE: {},
    PERSONAL_GENDER: person.gender,
    PERSONAL_BIRTHDAY: '',
    ...(photo === '' ? {} : { PERSONAL_PHOTO: photo }),
    PERSONAL_MOBILE: person.mobile,
    WORK_PHONE: '',
    WORK_POSITION: person.position,
    UF_EMPLOYMENT_DATE: '',
    UF_DEPARTMENT: [...person.departments],
    USER_TYPE: userType(person),
  };
}

function isOnline(person: Person): boolean {
  return person.presence !== 'offline';
}

function userType(person: Person): string {
  return person.extranet ? 'extranet' : 'employee';
}

function userCurrent({ world, caller }: Call): Answer {
  const row = userRow(world, caller.person);
  row['LAST_ACTIVITY_DATE'] = bitrixDate(world.now()).slice(0, 19).replace('T', ' ');
  const hidden = new Set(['TIMESTAMP_X', 'USER_TYPE']);
  return answer(
    pick(
      row,
      fieldsFor(caller.scopes).filter((field) => !hidden.has(field)),
    ),
  );
}

/** user.get, and user.search, which differs in what some filter fields mean. */
function userGet(call: Call): Answer {
  const { world, caller, start } = call;
  const params = call.params.withUpperCaseKeys();
  const isSearch = call.method === 'user.search';
  const fields = fieldsFor(caller.scopes);

  const nested = params.get('FILTER');
  const given = nested instanceof PhpArray ? nested.withUpperCaseKeys() : params;
  const conditions = readFilter(given, filterableFields(fields, isSearch));

  // An administrator who asks for ids sees everybody.
  const unrestricted = caller.person.admin && conditions.some((c) => c.operator + c.field === 'ID');
  const found = [...world.people.values()].filter(
    (person) =>
      (unrestricted || isVisibleTo(caller.person, person)) &&
      conditions.every((condition) => matches(world, person, condition, isSearch)),
  );
  const sorted = sortPeople(world, found, params.get('SORT'), params.get('ORDER'));

  const offset = Math.max(0, start);
  const page = sorted.slice(offset, offset + PAGE_SIZE);
  const shown = selectFields(fields, params.get('SELECT'));
  const result = page.map((person) => pick(userRow(world, person), shown));
  if (result.length === 0) return answer([]);
  if (start === -1) return { result, total: 0 };
  const end = offset + result.length;
  return { result, total: sorted.length, ...(end < sorted.length ? { next: end } : {}) };
}

/** Fields that a filter may name; others are ignored without a word. */
function filterableFields(fields: readonly string[], isSearch: boolean): Set<string> {
  const always = ['IS_ONLINE', 'HAS_DEPARTAMENT', 'NAME_SEARCH', 'EXTERNAL_AUTH_ID'];
  const search = isSearch ? ['FIND', 'UF_DEPARTMENT_NAME', 'CONFIRM_CODE'] : [];
  return new Set([...fields, ...always, ...search]);
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

function readFilter(filter: PhpArray, allowed: ReadonlySet<string>): FilterCondition[] {
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
  // A search by FIND or NAME_SEARCH is a search by nothing else among the names.
  const hasFind = conditions.some(({ field }) => field === 'FIND' || field === 'NAME_SEARCH');
  return hasFind
    ? conditions.filter(({ field, operator }) => !(operator === '' && NAME_FIELDS.has(field)))
    : conditions;
}

/** `ACTIVE` and `IS_ONLINE` are yes for everything but PHP's false and "N": also for "false". */
function prepareValue(field: string, value: PhpValue): PhpValue {
  if (field === 'ID') {
    return value instanceof PhpArray && value.size > 0
      ? PhpArray.list(Array.from(value.values(), toInt))
      : toInt(value);
  }
  if (field === 'ACTIVE' || field === 'IS_ONLINE')
    return toBool(value) && value !== 'N' ? 'Y' : 'N';
  return value;
}

function matches(
  world: World,
  person: Person,
  condition: FilterCondition,
  isSearch: boolean,
): boolean {
  const { field, operator, value } = condition;
  const text = toText(value);
  if (field === 'FIND' || field === 'NAME_SEARCH') {
    return matchesWords(searchText(world, person), text);
  }
  if (field === 'HAS_DEPARTAMENT') return text !== 'Y' || person.departments.length > 0;
  if (isSearch && operator === '' && NAME_FIELDS.has(field)) {
    if (text === '') return true;
    const searched = field === 'UF_DEPARTMENT_NAME' ? departmentNames(world, person) : null;
    return matchesWords(searched ?? filterValues(world, person, field).join(' '), text);
  }
  return matchesFilter(filterValues(world, person, field), condition);
}

/** What a person has in a field, as the database compares it. */
function filterValues(world: World, person: Person, field: string): string[] {
  if (field === 'ACTIVE') return [person.active ? 'Y' : 'N'];
  const value = userRow(world, person)[field];
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [''];
}

function sortPeople(
  world: World,
  people: readonly Person[],
  sort: PhpValue | undefined,
  order: PhpValue | undefined,
): Person[] {
  if (!toBool(sort) || !toBool(order)) return people.toSorted((a, b) => a.id - b.id);
  const field = toText(sort).toUpperCase();
  if (!USER_FIELDS.includes(field)) {
    throw new RestError(
      'ERROR_CORE',
      `Unknown field definition \`${toText(sort)}\` (${toText(sort)}) for \\Bitrix\\Intranet\\User Entity.`,
    );
  }
  const direction = toText(order).toUpperCase() === 'DESC' ? -1 : 1;
  const keyOf = (person: Person) => filterValues(world, person, field).join(' ');
  return people.toSorted((a, b) => {
    const byField =
      field === 'ID'
        ? a.id - b.id
        : keyOf(a).localeCompare(keyOf(b), 'en', { sensitivity: 'base' });
    return direction * (byField === 0 ? a.id - b.id : byField);
  });
}

function selectFields(fields: readonly string[], select: PhpValue | undefined): string[] {
  if (!(select instanceof PhpArray) || select.size === 0) return [...fields];
  const wanted = new Set(Array.from(select.values(), toText));
  if (wanted.has('*')) return [...fields];
  return fields.filter(
    (field) => wanted.has(field) || (wanted.has('UF_*') && field.startsWith('UF_')),
  );
}

import { PhpArray, phpDate, type PhpValue, toText } from '../php';
import { answer, PAGE_SIZE, type Answer, type Call, type MethodTable } from './method';
import { fieldsFor, userRow } from './userFields';
import { readFilter, selectPeople } from './userQuery';

const SCOPES = ['user', 'user_basic', 'user_brief'];

export const userMethods: MethodTable = {
  'user.current': { scopes: SCOPES, run: userCurrent },
  'user.get': { scopes: SCOPES, run: userGet },
  'user.search': { scopes: SCOPES, run: userGet },
};

function userCurrent({ portal, caller }: Call): Answer {
  const hidden = new Set(['TIMESTAMP_X', 'USER_TYPE']);
  const fields = fieldsFor(caller.scopes).filter((field) => !hidden.has(field));
  const row = userRow(portal, caller.person, fields);
  row['LAST_ACTIVITY_DATE'] = phpDate(portal.now()).slice(0, 19).replace('T', ' ');
  return answer(row);
}

/** Answers user.get and user.search, in which some filter fields mean something else. Source: docs/bitrix24.md, section 6; rest/lib/api/user.php. */
function userGet(call: Call): Answer {
  const { portal, caller, start } = call;
  const params = call.params.withUpperCaseKeys();
  const isSearch = call.method === 'user.search';
  const fields = fieldsFor(caller.scopes);

  const nested = params.get('FILTER');
  const given = nested instanceof PhpArray ? nested.withUpperCaseKeys() : params;
  const { people, from, to } = selectPeople(portal, caller.person, {
    conditions: readFilter(given, fields, isSearch),
    isSearch,
    sort: params.get('SORT'),
    order: params.get('ORDER'),
  });

  const total = to - from;
  const offset = Math.max(0, start);
  const page = people.slice(from + offset, Math.min(from + offset + PAGE_SIZE, to));
  const shown = selectFields(fields, params.get('SELECT'));
  const result = page.map((person) => userRow(portal, person, shown));
  if (result.length === 0) {
    return answer([]);
  }
  if (start === -1) {
    return { result, total: 0 };
  }
  const end = offset + result.length;
  return { result, total, ...(end < total ? { next: end } : {}) };
}

function selectFields(fields: readonly string[], select: PhpValue | undefined): string[] {
  if (!(select instanceof PhpArray) || select.size === 0) {
    return [...fields];
  }
  const wanted = new Set(Array.from(select.values(), toText));
  if (wanted.has('*')) {
    return [...fields];
  }
  return fields.filter(
    (field) => wanted.has(field) || (wanted.has('UF_*') && field.startsWith('UF_')),
  );
}

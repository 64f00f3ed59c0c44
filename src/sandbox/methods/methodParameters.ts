import { PhpArray } from '../php';
import type { Caller } from './method';
import { fieldsFor } from './userFields';
import { parseFilterKey } from './userFilter';
import { filterNames } from './userQuery';

/** Says whether a method reads a parameter of this name. */
type Reads = (name: string) => boolean;

/** Most methods read names in any letter case, because the server turns them to upper case first. */
function anyCase(names: string): Reads {
  const known = new Set(names.split(' '));
  return (name) => known.has(name.toUpperCase());
}

function exactly(names: string): Reads {
  const known = new Set(names.split(' '));
  return (name) => known.has(name);
}

const nothing: Reads = () => false;
const NOTIFY = anyCase('USER_ID TO MESSAGE MESSAGE_OUT TAG SUB_TAG ATTACH');

/** The parameters of each method. Source: docs/bitrix24.md, sections 3 and 5 to 9. */
const READ: Readonly<Record<string, Reads>> = {
  batch: anyCase('HALT CMD'),
  profile: nothing,
  'user.admin': nothing,
  'app.info': nothing,
  'server.time': nothing,
  scope: anyCase('FULL'),
  methods: anyCase('SCOPE FULL'),
  'method.get': exactly('name'),
  'pull.application.push.add': anyCase('USER_ID TEXT AVATAR'),
  'pull.application.event.add': anyCase('USER_ID MODULE_ID COMMAND PARAMS'),
  'pull.application.config.get': anyCase('CACHE REOPEN'),
  'user.current': nothing,
  'department.get': departmentParameter,
  'department.fields': nothing,
  'im.user.get': anyCase('ID AVATAR_HR'),
  'im.user.list.get': anyCase('ID AVATAR_HR RESULT_TYPE'),
  'im.search.user.list': anyCase('FIND BUSINESS AVATAR_HR OFFSET LIMIT'),
  'im.notify.personal.add': NOTIFY,
  'im.notify.system.add': NOTIFY,
  'im.notify.delete': anyCase('ID TAG SUB_TAG'),
};

/** department.get reads its order in any letter case, but its filters in upper case only. */
function departmentParameter(name: string): boolean {
  return DEPARTMENT_FILTER(name) || ORDER(name);
}

const ORDER = anyCase('SORT ORDER');
const DEPARTMENT_FILTER = exactly('FILTER ID NAME SORT PARENT UF_HEAD');

/** A webhook has no application of its own, and names the owner of its tags. */
const WEBHOOK_READS: Readonly<Record<string, Reads>> = {
  'im.notify.personal.add': anyCase('CLIENT_ID'),
  'im.notify.system.add': anyCase('CLIENT_ID'),
  'im.notify.delete': anyCase('CLIENT_ID'),
};

/**
 * Finds what is no parameter of the method, which a real portal ignores in silence.
 * @param params the parameters without the token and `start`
 * @returns the names as they were sent; none for a method whose parameters are not known here
 */
export function unreadParameters(method: string, params: PhpArray, caller: Caller): string[] {
  if (method === 'user.get' || method === 'user.search') {
    return unreadFilters(method, params, caller);
  }
  const reads = Object.hasOwn(READ, method) ? READ[method] : undefined;
  if (reads === undefined) {
    return [];
  }
  const alsoReads = caller.clientId === null ? WEBHOOK_READS[method] : undefined;
  return [...params.keys()].filter((name) => !reads(name) && !(alsoReads?.(name) ?? false));
}

const USER_OPTIONS = anyCase('SORT ORDER FILTER ADMIN_MODE SELECT IMAGE_RESIZE');

/** FILTER replaces all filters beside it. Fields that the caller's scope does not show are ignored as well. */
function unreadFilters(method: string, params: PhpArray, caller: Caller): string[] {
  const fields = filterNames(fieldsFor(caller.scopes), method === 'user.search');
  const isFilter = (name: string) => fields.has(parseFilterKey(name.toUpperCase()).field);
  const nested = params.withUpperCaseKeys().get('FILTER');
  const isOutside: Reads = nested instanceof PhpArray ? nothing : isFilter;
  const outside = [...params.keys()].filter((name) => !USER_OPTIONS(name) && !isOutside(name));
  const inside =
    nested instanceof PhpArray ? [...nested.keys()].filter((name) => !isFilter(name)) : [];
  return [...outside, ...inside.map((name) => `FILTER[${name}]`)];
}

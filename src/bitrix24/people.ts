import * as v from 'valibot';
import { isObject } from './answer';
import { Bitrix24Error } from './errors';
import type { CallControl, PortalClient } from './portalClient';

/** A colleague as `user.get` and `user.search` tell of them. */
export interface Person {
  id: number;
  firstName: string;
  lastName: string;
  /** Patronymic; absent when empty. */
  secondName?: string;
  /** First and last name; the e-mail address or `#ID` when both are empty. */
  name: string;
  position?: string | undefined;
  /** Absolute http(s) address. */
  photo?: string | undefined;
  /** false: dismissed. */
  active: boolean;
  /** Department ids. */
  departments: number[];
  /** `employee`, `extranet`, `email`; absent in some answers. */
  type?: string | undefined;
}

/** Who the token belongs to. */
export interface Profile {
  id: number;
  administrator: boolean;
  firstName: string;
  lastName: string;
  name: string;
  photo?: string | undefined;
}

/** Rows per page, fixed by Bitrix24. */
export const pageSize = 50;

/** Bitrix24: profile; needs no scope. An inactive user (an empty answer) is told as `authorization_error`. */
export async function profile(client: PortalClient, options: CallControl = {}): Promise<Profile> {
  const { result } = await client.call(
    'profile',
    {},
    { ...options, schema: v.union([profileRow, v.tuple([])]) },
  );
  if (Array.isArray(result)) {
    throw new Bitrix24Error({
      kind: 'server',
      phase: 'answered',
      code: 'authorization_error',
      description: 'The user is not active on this portal',
    });
  }
  return {
    id: result.ID,
    administrator: result.ADMIN,
    firstName: result.NAME,
    lastName: result.LAST_NAME,
    name: fullName(result),
    photo: result.PERSONAL_PHOTO,
  };
}

/** Bitrix24: scope. The scopes that the application really has; needs none itself. */
export async function scopes(client: PortalClient, options: CallControl = {}): Promise<string[]> {
  const { result } = await client.call('scope', {}, { ...options, schema: rows });
  return result.filter((scope) => typeof scope === 'string');
}

/** Bitrix24: user.search. Active people whose name, position or department matches; the first 50. */
export async function searchPeople(
  client: PortalClient,
  query: string,
  options: CallControl = {},
): Promise<Person[]> {
  const find = query.trim();
  if (find === '') {
    return [];
  }
  // A real boolean: Bitrix24 lists dismissed people too unless told otherwise.
  const { result } = await client.call(
    'user.search',
    { FIND: find, ACTIVE: true },
    { ...options, schema: rows },
  );
  return readPeople(result).filter((person) => person.active);
}

/** Bitrix24: user.get. Dismissed people come with `active: false`; unknown ids are absent. */
export async function peopleByIds(
  client: PortalClient,
  ids: readonly number[],
  options: CallControl = {},
): Promise<Person[]> {
  const wanted = [...new Set(ids)].filter((id) => Number.isSafeInteger(id) && id > 0);
  const people: Person[] = [];
  for (let start = 0; start < wanted.length; start += pageSize) {
    const params = { FILTER: { ID: wanted.slice(start, start + pageSize) } };
    const { result } = await client.call('user.get', params, { ...options, schema: rows });
    people.push(...readPeople(result));
  }
  return people;
}

export const positiveInteger = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,15}$/))]),
  v.transform(Number),
  v.safeInteger(),
  v.minValue(1),
);
export const flag = v.pipe(
  v.union([v.boolean(), v.picklist(['Y', 'N', '1', '0', 'true', 'false'])]),
  v.transform((value) => value === true || value === 'Y' || value === '1' || value === 'true'),
);
export const text = v.fallback(v.optional(v.pipe(v.string(), v.trim()), ''), '');
const photo = v.fallback(
  v.optional(v.pipe(v.string(), v.regex(/^https?:\/\//i), v.url())),
  undefined,
);

const profileRow = v.object({
  ID: positiveInteger,
  ADMIN: v.fallback(v.optional(flag, false), false),
  NAME: text,
  LAST_NAME: text,
  PERSONAL_PHOTO: photo,
});

const personRow = v.object({
  ID: positiveInteger,
  ACTIVE: v.fallback(v.optional(flag, true), true),
  NAME: text,
  LAST_NAME: text,
  SECOND_NAME: text,
  EMAIL: text,
  WORK_POSITION: text,
  PERSONAL_PHOTO: photo,
  UF_DEPARTMENT: v.fallback(v.optional(v.array(positiveInteger), []), []),
  USER_TYPE: text,
});

/** PHP writes a list with gaps as an object. */
export const rows = v.pipe(
  v.custom<object>((value) => Array.isArray(value) || isObject(value), 'a list'),
  v.transform((value): unknown[] => Object.values(value)),
);

/** A row that cannot be read is left out rather than hiding all the others. */
export function readPeople(list: readonly unknown[]): Person[] {
  return list.flatMap((row) => {
    const parsed = v.safeParse(personRow, row);
    if (!parsed.success) {
      return [];
    }
    const person = parsed.output;
    return [
      {
        id: person.ID,
        firstName: person.NAME,
        lastName: person.LAST_NAME,
        ...(person.SECOND_NAME ? { secondName: person.SECOND_NAME } : {}),
        name: fullName(person),
        position: person.WORK_POSITION || undefined,
        photo: person.PERSONAL_PHOTO,
        active: person.ACTIVE,
        departments: person.UF_DEPARTMENT,
        type: person.USER_TYPE || undefined,
      },
    ];
  });
}

function fullName(row: { ID: number; NAME: string; LAST_NAME: string; EMAIL?: string }): string {
  return `${row.NAME} ${row.LAST_NAME}`.trim() || row.EMAIL || `#${row.ID}`;
}

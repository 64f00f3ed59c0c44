import type { Person } from '../staff';
import type { Json } from '../phpJson';
import { phpDate } from '../php';
import type { PortalState } from '../portalState';

/** The fields that each scope shows, in the order of the answer. Source: docs/bitrix24.md, section 6; rest/lib/api/user.php. */
export const USER_FIELDS =
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

export function fieldsFor(scopes: readonly string[]): string[] {
  if (scopes.includes('user')) {
    return USER_FIELDS;
  }
  return scopes.includes('user_basic') ? BASIC_FIELDS : BRIEF_FIELDS;
}

type ReadField = (person: Person, portal: PortalState) => Json | undefined;

/** The value of each field in user.get. A field that would be null in the database is undefined here and left out. */
const READERS: Readonly<Record<string, ReadField>> = {
  ID: (person) => String(person.id),
  ACTIVE: (person) => person.active,
  NAME: (person) => person.firstName,
  LAST_NAME: (person) => person.lastName,
  SECOND_NAME: (person) => person.secondName ?? '',
  EMAIL: (person) => person.email,
  LAST_LOGIN: (_, portal) => phpDate(portal.now()),
  DATE_REGISTER: () => '2024-07-15T00:00:00+00:00',
  TIME_ZONE: () => '',
  IS_ONLINE: (person) => (person.presence === 'offline' ? 'N' : 'Y'),
  // The server writes PHP's date objects as `{}`.
  TIMESTAMP_X: () => ({}),
  LAST_ACTIVITY_DATE: () => ({}),
  PERSONAL_GENDER: (person) => person.gender,
  PERSONAL_BIRTHDAY: () => '',
  PERSONAL_PHOTO: (person, portal) => (person.hasPhoto ? portal.photoOf(person) : undefined),
  PERSONAL_MOBILE: (person) => person.mobile,
  WORK_PHONE: () => '',
  WORK_POSITION: (person) => person.position,
  UF_EMPLOYMENT_DATE: () => '',
  UF_DEPARTMENT: (person) => person.departments,
  USER_TYPE: (person) => (person.extranet ? 'extranet' : 'employee'),
};

/** Fields whose values change with the clock, so that sorted lists cannot be kept. */
export const MOVING_FIELDS: ReadonlySet<string> = new Set(['LAST_LOGIN']);

/** Makes a row of user.get. */
export function userRow(
  portal: PortalState,
  person: Person,
  fields: readonly string[],
): Record<string, Json> {
  const row: Record<string, Json> = {};
  for (const field of fields) {
    const value = READERS[field]?.(person, portal);
    if (value !== undefined) {
      row[field] = value;
    }
  }
  return row;
}

/** @returns the values of a field in the form in which the database compares them. */
export function filterValues(
  portal: PortalState,
  person: Person,
  field: string,
): readonly string[] {
  const value = READERS[field]?.(person, portal);
  if (typeof value === 'string') {
    return [value];
  }
  if (typeof value === 'boolean') {
    return [value ? 'Y' : 'N'];
  }
  return Array.isArray(value) ? value.map(String) : [''];
}

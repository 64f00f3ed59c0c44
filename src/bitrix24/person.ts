import * as v from 'valibot';
import { flag, idList, photo, positiveInteger, readRows, text } from './rows';

/** A colleague as `user.get` and `user.search` tell of them. */
export interface Person {
  id: number;
  firstName: string;
  lastName: string;
  /** Patronymic; absent when empty. */
  secondName?: string | undefined;
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

export const personRow = v.pipe(
  v.object({
    ID: positiveInteger,
    ACTIVE: v.fallback(v.optional(flag, true), true),
    NAME: text,
    LAST_NAME: text,
    SECOND_NAME: text,
    EMAIL: text,
    WORK_POSITION: text,
    PERSONAL_PHOTO: photo,
    UF_DEPARTMENT: idList,
    USER_TYPE: text,
  }),
  v.transform((row): Person => ({
    id: row.ID,
    firstName: row.NAME,
    lastName: row.LAST_NAME,
    secondName: row.SECOND_NAME || undefined,
    name: `${row.NAME} ${row.LAST_NAME}`.trim() || row.EMAIL || `#${row.ID}`,
    position: row.WORK_POSITION || undefined,
    photo: row.PERSONAL_PHOTO,
    active: row.ACTIVE,
    departments: row.UF_DEPARTMENT,
    type: row.USER_TYPE || undefined,
  })),
);

export function readPeople(list: readonly unknown[]): Person[] {
  return readRows(personRow, list);
}

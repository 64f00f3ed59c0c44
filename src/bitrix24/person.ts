import * as v from 'valibot';

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
export const photo = v.fallback(
  v.optional(v.pipe(v.string(), v.regex(/^https?:\/\//i), v.url())),
  undefined,
);

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

/** First and last name; the e-mail address or `#ID` when both are empty. */
export function fullName(row: {
  ID: number;
  NAME: string;
  LAST_NAME: string;
  EMAIL?: string;
}): string {
  return `${row.NAME} ${row.LAST_NAME}`.trim() || row.EMAIL || `#${row.ID}`;
}

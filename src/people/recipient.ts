/** A person to send to, with what a list shows of them. */
export interface Recipient {
  /** Positive integer, unique on the portal. */
  id: number;
  /** Full name; absent when only the id is known. */
  name?: string | undefined;
  position?: string | undefined;
  /** Absolute http(s) address. */
  photo?: string | undefined;
  /** The group of the workspace's settings by which they were chosen. A push to such a group always asks. */
  workspaceGroup?: string | undefined;
}

/** A department to send to. Its people are asked for at the moment of sending. */
export interface DepartmentRecipient {
  id: number;
  name?: string | undefined;
  /** `tree`: with sub-departments. `direct`: without them, only the department's direct members. */
  reach: 'tree' | 'direct';
  /** The name of the group, if a group of the workspace's settings brought the department. */
  workspaceGroup?: string | undefined;
}

/** The people and departments that the user chose for a push. */
export interface Audience {
  people: readonly Recipient[];
  departments: readonly DepartmentRecipient[];
}

/** The same in lists of its own. */
export interface ChosenAudience {
  people: Recipient[];
  departments: DepartmentRecipient[];
}

/** Joins people and departments, each once. A department with its sub-departments covers its direct members. */
export function audienceOf(parts: readonly Partial<Audience>[]): ChosenAudience {
  const people = new Map<number, Recipient>();
  const departments = new Map<string, DepartmentRecipient>();
  for (const part of parts) {
    for (const one of part.people ?? []) {
      const known = people.get(one.id);
      people.set(one.id, known?.name === undefined ? { ...known, ...one } : { ...one, ...known });
    }
    for (const one of part.departments ?? []) {
      const key = `${one.id} ${one.reach}`;
      departments.set(key, { ...departments.get(key), ...one });
    }
  }
  return {
    people: [...people.values()],
    departments: [...departments.values()].filter(
      ({ id, reach }) => reach === 'tree' || !departments.has(`${id} tree`),
    ),
  };
}

/** Does `all` contain everybody of `some`? */
export function covers(all: Audience, some: Audience): boolean {
  const ids = new Set(all.people.map(({ id }) => id));
  return (
    some.people.every(({ id }) => ids.has(id)) &&
    some.departments.every((one) =>
      all.departments.some(
        ({ id, reach }) => id === one.id && (reach === 'tree' || reach === one.reach),
      ),
    )
  );
}

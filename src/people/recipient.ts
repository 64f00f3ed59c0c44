/** A person to send to, with what a list shows of them. */
export interface Recipient {
  /** Positive integer, unique on the portal. */
  id: number;
  /** Full name; absent when only the id is known. */
  name?: string | undefined;
  position?: string | undefined;
  /** Absolute http(s) address. */
  photo?: string | undefined;
}

/** A department to send to. Its people are asked for at the moment of sending. */
export interface DepartmentRecipient {
  /** The department's id. */
  id: number;
  name?: string | undefined;
  /** `tree`: with sub-departments. `direct`: without them, only the department's direct members. */
  reach: 'tree' | 'direct';
}

/** The people and departments that the user chose for a push. */
export interface Audience {
  people: readonly Recipient[];
  departments: readonly DepartmentRecipient[];
}

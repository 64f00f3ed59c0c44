/** Someone to send to, with what a list needs to draw them. */
export interface Recipient {
  /** Positive integer, unique on the portal. */
  id: number;
  /** Full name; absent when only the id is known. */
  name?: string | undefined;
  position?: string | undefined;
  /** Absolute http(s) address. */
  photo?: string | undefined;
}

/** A department to send to. Who that is, is asked again at the moment of sending. */
export interface DepartmentRecipient {
  /** Of the department, not of a person. */
  id: number;
  name?: string | undefined;
  /** `tree`: its people and those of all departments below it; `direct`: only its own. */
  reach: 'tree' | 'direct';
}

/** Whom a push goes to, as it was chosen. */
export interface Audience {
  people: readonly Recipient[];
  departments: readonly DepartmentRecipient[];
}

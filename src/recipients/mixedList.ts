import type { DepartmentRecipient, Recipient } from './recipient';

export { isMixedList, splitMixedList } from './listEntries';

/** Whom a pasted list means. */
export interface ListMatch {
  /** Each once, in the order of the list. */
  people: Recipient[];
  /** Each once. */
  departments: DepartmentRecipient[];
  /** What cannot be sent to, in the order and the words of the list. */
  unmatched: UnmatchedEntry[];
  /** This permission of the application would help to find more. */
  missingScope?: 'user' | 'user_basic' | undefined;
}

export interface UnmatchedEntry {
  text: string;
  /** `ambiguous`: several people or departments are called so. `inactive`: was dismissed. */
  why: 'unknown' | 'ambiguous' | 'noScope' | 'inactive';
  /** Of `ambiguous`: whom it may mean, the likeliest first, a few. */
  candidates?: Recipient[] | undefined;
}

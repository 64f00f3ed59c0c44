/** Someone to send to, with what the form needs to draw them. */
export interface Recipient {
  /** Positive integer, unique on the portal. */
  id: number;
  /** Full name; absent when only the id is known. */
  name?: string | undefined;
  position?: string | undefined;
  /** Absolute http(s) address. */
  photo?: string | undefined;
}

/** A push that is being written. */
export interface Draft {
  /** Account to send from; undefined means the current one. */
  accountId: string | undefined;
  recipients: Recipient[];
  text: string;
  /** http(s) address, or '' for none. */
  avatar: string;
}

export const emptyDraft: Draft = { accountId: undefined, recipients: [], text: '', avatar: '' };

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

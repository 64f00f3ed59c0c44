/** One of the things that `npm run faults` proves. */
export interface Proof {
  name: string;
  /** Rejects only when the proof itself could not be carried out. */
  readonly run: (options: ProofOptions) => Promise<ProofReport>;
}

export interface ProofOptions {
  /** As CI runs it: every kind of case once. */
  short: boolean;
  /** One line for whoever waits. */
  readonly say: (line: string) => void;
}

export interface ProofReport {
  /** How many cases were tried. */
  cases: number;
  /** A table for people, its columns in the order of `columns`. */
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** One sentence each; empty when everything holds. */
  failures: readonly string[];
  /** For the JSON alone. */
  details?: unknown;
}

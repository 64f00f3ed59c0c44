import type { SetupResult } from '../accounts/setupCheck';
import type { Outcome } from '../push/outcome';
import type { Problem } from './problem';

/** What a sentence may mention. */
export interface About {
  /** The portal's host. */
  host?: string | undefined;
  /** The scope that was needed, when the caller knows it. */
  scope?: string | undefined;
  /** A push waits: the sentence says that its text is kept. */
  draftKept?: boolean | undefined;
}

/** The problem behind any error or failed outcome; undefined where there is none (accepted, cancelled). */
export function problemOf(_what: Outcome | Error, _about?: About): Problem | undefined {
  throw new Error('not built yet');
}

/** One sentence for the setup check: ready, or what is missing with its fix. */
export function problemOfSetup(_result: SetupResult, _about: About): Problem {
  throw new Error('not built yet');
}

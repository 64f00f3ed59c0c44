import { benches as pacing } from './pacing.bench';
import { benches as people } from './people.bench';
import { benches as plan } from './plan.bench';

export interface Bench {
  /** Ends with its unit, unless it is a count. */
  name: string;
  /** For the README. */
  what: string;
  /** In the same unit. */
  atMost: number;
  /** The median of at least seven runs. */
  run: () => Promise<number>;
}

/** The figures of the README. */
export const benches: readonly Bench[] = [...people, ...plan, ...pacing];

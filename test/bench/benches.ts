import { benches as pacing } from './pacing.bench';
import { benches as firstUse } from './firstUse.bench';
import { benches as form } from './form.bench';
import { benches as overhead } from './overhead.bench';
import { benches as ownCalls } from './ownCalls.bench';
import { benches as people } from './people.bench';
import { benches as plan } from './plan.bench';
import { benches as program } from './program.bench';
import { benches as sending } from './sending.bench';
import { benches as size } from './size.bench';
import type { sdkName } from './stage';
import { benches as start } from './start.bench';
import { benches as tokens } from './tokens.bench';

export interface Bench {
  /** Ends with its unit, unless it is a count. */
  name: string;
  /** The sentence that docs/figures.md has for it. */
  what: string;
  /** In the same unit. */
  atMost: number;
  /** The median of at least seven runs. */
  run: () => Promise<number>;
  /** Who else does it, measured in the same way; text where it came to no end, e.g. `> 30000`. */
  peer?: { name: typeof sdkName; run: () => Promise<number | string> };
}

/** The figures of docs/figures.md. */
export const benches: readonly Bench[] = [
  ...start,
  ...firstUse,
  ...form,
  ...size,
  ...overhead,
  ...program,
  ...pacing,
  ...sending,
  ...tokens,
  ...people,
  ...plan,
  ...ownCalls,
];

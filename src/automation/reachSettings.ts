import * as v from 'valibot';
import type { NewNotice } from './notice';
import { parseQuietHours } from './quietHours';
import type { QuietHours } from './quietHours';

/** The settings bitrix24Push.reachMe.*, as far as they say when a push is due. */
export interface ReachSettings {
  longerThanMs: number;
  agentsLongerThanMs: number;
  awayAfterMs: number;
  quietHours: QuietHours | undefined;
}

/** Seconds; anything else counts as the default. */
function seconds(byDefault: number) {
  return v.pipe(
    v.fallback(v.pipe(v.number(), v.minValue(0), v.maxValue(24 * 60 * 60)), byDefault),
    v.transform((value) => value * 1000),
  );
}

const schema = v.object({
  longerThan: seconds(60),
  agentsLongerThan: seconds(30),
  awayAfter: seconds(60),
  quietHours: v.fallback(v.string(), ''),
});

/** Reads the settings by their names behind `reachMe.`. */
export function readReachSettings(get: (name: string) => unknown): ReachSettings {
  const names = Object.keys(schema.entries);
  const read = v.parse(schema, Object.fromEntries(names.map((name) => [name, get(name)])));
  return {
    longerThanMs: read.longerThan,
    agentsLongerThanMs: read.agentsLongerThan,
    awayAfterMs: read.awayAfter,
    quietHours: parseQuietHours(read.quietHours),
  };
}

/** True if the thing was over too soon to tell of it. A thing whose start nobody saw took long enough. */
export function isShort(
  { origin, result, durationMs, isAskedFor, minimumMs }: NewNotice,
  { longerThanMs, agentsLongerThanMs }: ReachSettings,
): boolean {
  if (isAskedFor || durationMs === undefined || result === 'waits' || result === 'said') {
    return false;
  }
  const least = minimumMs ?? (origin === 'agent' ? agentsLongerThanMs : longerThanMs);
  return origin !== 'tool' && durationMs < least;
}

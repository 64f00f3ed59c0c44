import type { PushToConfirm } from './confirmSend';
import type { Repetition } from './earlierPushes';
import type { Push, PushSource } from './push';
import type { Claim } from './pushStore';
import type { SendOptions } from './sendOptions';

/** What the pipeline knows of a push that is asked for. */
export interface Request extends SendOptions, Repetition {
  /** The push that it carries on: who asked for it, and what it tells of, stay with it. */
  from?: Pick<Push, 'askedBy' | 'scheduled' | 'things'> | undefined;
  /** The one of them that its user acts on. */
  claim?: Claim | undefined;
  /** When it shall leave, Unix ms; absent for at once. */
  at?: number | undefined;
}

/** A push that may leave. `known`: earlier ones that are no reason to ask any more. */
export interface Wanted {
  kind: 'wanted';
  push: PushToConfirm;
  known: Set<string>;
}

/** Where a push comes from, for its record. */
export function cameFrom({
  origin,
  consent,
  from,
  scheduled = from?.scheduled,
}: Request): PushSource {
  const askedBy = askedByOf({ consent, from });
  const things = consent?.kind === 'standing' ? consent.things : from?.things;
  return { origin, askedBy, scheduled, things };
}

/** Who asked for a push, or for the one that it carries on: whoever retries it is asked once more. */
export function askedByOf({
  consent,
  from,
}: Pick<Request, 'consent' | 'from'>): string | undefined {
  return consent?.kind === 'asked' ? consent.by : from?.askedBy;
}

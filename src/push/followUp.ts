import { onlyTo, toPeople } from './draft';
import type { Draft } from './draft';
import type { Outcome, PartlyOutcome } from './outcome';

/** What an outcome leaves to do; each undefined when it would go to nobody. */
export interface FollowUps {
  /** To those who certainly did not get it: refused, and not sent. */
  rest: Draft | undefined;
  /** To those who may have got it. Never sent without the user's decision about them. */
  unknown: Draft | undefined;
}

export function followUps(
  draft: Draft,
  { refused, notSent, unknown, people }: PartlyOutcome,
): FollowUps {
  const resolved = people ? toPeople(draft, people) : draft;
  return {
    rest: toAny(resolved, [...refused.map(({ id }) => id), ...notSent]),
    unknown: toAny(resolved, unknown),
  };
}

/** As {@link followUps}, for any outcome that was not accepted for everybody. */
export function leftOf(draft: Draft, outcome: Outcome): FollowUps {
  switch (outcome.kind) {
    case 'partly':
      return followUps(draft, outcome);
    case 'unknown':
      return { rest: undefined, unknown: draft };
    case 'accepted':
      return { rest: undefined, unknown: undefined };
    case 'refused':
    case 'notSent':
    case 'invalid':
    case 'cancelled':
      return { rest: draft, unknown: undefined };
  }
}

function toAny(draft: Draft, ids: readonly number[]): Draft | undefined {
  return ids.length === 0 ? undefined : onlyTo(draft, ids);
}

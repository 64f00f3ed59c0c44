import { Bitrix24Error } from '../bitrix24/errors';
import type { CallControl, PortalClient } from '../bitrix24/portalClient';
import type { Wait } from '../bitrix24/rateLimiter';
import { addPush, addPushes } from '../bitrix24/push';
import type { PushStatus } from '../bitrix24/push';
import { cancelledError } from '../bitrix24/abort';
import type { SendProgress } from './outcome';
import type { PlannedPush, PushPlan } from './plan';

export interface SendPlanInput {
  client: PortalClient;
  plan: PushPlan;
  avatar: string;
  /**
   * Notes that a request, by its place in the plan, is about to go to these people; rejects when that is not
   * possible, and then it is not sent.
   */
  note: (wire: readonly number[], request: number) => Promise<void>;
  /** Notes what became of it; must not reject. */
  noteFates?: ((fates: RequestFates, request: number) => Promise<void>) | undefined;
  /** Any error as one that says how far it came. */
  errorOf: (error: unknown) => Bitrix24Error;
  signal?: AbortSignal | undefined;
  onWait?: ((wait: Wait | undefined) => void) | undefined;
  onProgress?: ((progress: SendProgress) => void) | undefined;
}

/** What became of the people of one request; all others of it got it. */
export interface RequestFates {
  refused: { id: number; code: string }[];
  unknown: number[];
  notSent: number[];
}

/** Person by person; each id is in exactly one of the lists. */
export interface Sent {
  accepted: number[];
  refused: { id: number; error: Bitrix24Error }[];
  notSent: number[];
  unknown: number[];
  /** Why not everybody got it. */
  error?: Bitrix24Error;
}

/** While the portal works on one request, the next one travels. */
const atOnce = 2;
const overTime = 'OPERATION_TIME_LIMIT';

/**
 * Sends each request once: the first alone, since what is wrong with the account shows there, then two at a time.
 * It stops where going on would be wrong or useless: at a request of unknown fate, at one that was refused as a
 * whole or for all its people by the same code, at one that never reached the portal, and when the user cancels.
 * What is on the wire then is heard out, and what still waits for its turn is not sent.
 * Those whose command was turned away by OPERATION_TIME_LIMIT get it in another request, once the wait is over.
 */
export async function sendPlan(input: SendPlanInput): Promise<Sent> {
  const { client, plan, avatar, note, errorOf, signal, onProgress } = input;
  const sent: Sent = { accepted: [], refused: [], notSent: [], unknown: [] };
  const total = plan.summary.people;
  const tellProgress = (): void => {
    const accepted = sent.accepted.length;
    const failed = sent.refused.length;
    const unknown = sent.unknown.length;
    onProgress?.({ accepted, failed, unknown, left: total - accepted - failed - unknown, total });
  };
  const tellWait = waitsOf(input.onWait);
  const single = plan.requests.length === 1;
  const stopped = new AbortController();
  const leaving = AbortSignal.any([stopped.signal, ...(signal ? [signal] : [])]);
  let stop: Bitrix24Error | undefined;
  const stopFor = (error: Bitrix24Error): void => {
    // Of two that stop it, the one that leaves somebody in doubt says why.
    if (!stop || (error.phase === 'noAnswer' && stop.phase !== 'noAnswer')) {
      stop = error;
    }
    stopped.abort();
  };
  const send = async (
    request: readonly PlannedPush[],
    place: number,
    again = false,
  ): Promise<void> => {
    let fates: readonly PushStatus[] | Bitrix24Error;
    const onWait = (wait: Wait | undefined): void => tellWait(place, wait);
    // While it waits for its turn it is not on the wire.
    const beforeLeaving = () => note(idsOf(request), place);
    // Others that are small go before one of many.
    const patient = { signal: leaving, hearOut: true, lane: 'mass' } as const;
    const control: CallControl = { onWait, beforeLeaving, ...(single ? { signal } : patient) };
    try {
      fates = await sendOne(client, request, avatar, control);
    } catch (error) {
      const known = errorOf(error);
      fates = single || !known.is(overTime) ? known : known.with({ phase: 'notSent' });
    } finally {
      onWait(undefined);
    }
    const met = fatesOf(request, fates);
    const repeats = met.later.length > 0 && !again && !met.stop && !leaving.aborted;
    const held = signal?.aborted ? cancelledError() : met.held;
    const reason = met.stop ?? (met.held && !repeats ? held : undefined);
    if (reason) {
      stopFor(reason);
    }
    const [refusal] = met.refused;
    if (refusal) {
      sent.error ??= refusal.error;
    }
    sent.accepted.push(...met.accepted);
    sent.refused.push(...met.refused);
    sent.unknown.push(...met.unknown);
    sent.notSent.push(...(repeats ? [] : met.notSent));
    const refused = met.refused.map(({ id, error: { code } }) => ({ id, code }));
    await input.noteFates?.({ refused, unknown: met.unknown, notSent: met.notSent }, place);
    tellProgress();
    if (repeats) {
      await send(met.later, place, true);
    }
  };

  const left = plan.requests.entries();
  /** false: there is nothing more to send. */
  const sendNext = async (): Promise<boolean> => {
    const next = stop ? undefined : left.next();
    if (!next || next.done) {
      return false;
    }
    const [place, request] = next.value;
    if (signal?.aborted) {
      stopFor(cancelledError());
      sent.notSent.push(...idsOf(request));
      return false;
    }
    await send(request, place);
    return true;
  };
  const sendOn = async (): Promise<void> => {
    try {
      while (await sendNext());
    } catch (error) {
      stopFor(errorOf(error));
      throw error;
    }
  };
  await sendNext();
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, sendOn));
  for (const lane of lanes) {
    if (lane.status === 'rejected') {
      throw lane.reason;
    }
  }
  for (const [, request] of left) {
    sent.notSent.push(...idsOf(request));
  }
  return { ...sent, ...((stop ?? sent.error) && { error: stop ?? sent.error }) };
}

function idsOf(request: readonly PlannedPush[]): number[] {
  return request.flatMap(({ ids }) => ids);
}

/** Several requests may wait at once: what is told is the wait that ends first. */
function waitsOf(onWait: SendPlanInput['onWait']): (place: number, wait: Wait | undefined) => void {
  const waits = new Map<number, Wait>();
  let told: Wait | undefined;
  return (place, wait) => {
    if (wait) {
      waits.set(place, wait);
    } else {
      waits.delete(place);
    }
    const [first] = [...waits.values()].sort((a, b) => a.until - b.until);
    if (first !== told) {
      told = first;
      onWait?.(first);
    }
  };
}

async function sendOne(
  client: PortalClient,
  request: readonly PlannedPush[],
  avatar: string,
  control: CallControl,
): Promise<PushStatus[]> {
  const pushes = request.map(({ ids, text }) => ({ userIds: ids, text, avatar }));
  const [first] = pushes;
  if (first && pushes.length === 1) {
    await addPush(client, first, control);
    return [{ kind: 'accepted' }];
  }
  return await addPushes(client, pushes, control);
}

interface Met extends Omit<Sent, 'error'> {
  /** The rest must not, or need not, be tried. */
  stop?: Bitrix24Error | undefined;
  /** May be sent again once the wait that `held` asks for is over. Their people are in `notSent`. */
  later: PlannedPush[];
  held?: Bitrix24Error | undefined;
}

/** What became of the people of one request. */
function fatesOf(
  request: readonly PlannedPush[],
  fates: readonly PushStatus[] | Bitrix24Error,
): Met {
  const met: Met = { accepted: [], refused: [], notSent: [], unknown: [], later: [] };
  if (fates instanceof Bitrix24Error) {
    const ids = idsOf(request);
    if (fates.phase === 'answered') {
      met.refused.push(...ids.map((id) => ({ id, error: fates })));
    } else {
      met[fates.phase === 'noAnswer' ? 'unknown' : 'notSent'].push(...ids);
    }
    return { ...met, stop: fates };
  }
  request.forEach((push, index) => {
    const { ids } = push;
    const fate = fates[index];
    if (fate?.kind === 'accepted') {
      met.accepted.push(...ids);
    } else if (fate?.kind === 'refused') {
      met.refused.push(...ids.map((id) => ({ id, error: fate.error })));
    } else if (fate?.kind === 'notSent') {
      met.notSent.push(...ids);
      met.later.push(push);
      met.held = fate.error;
    } else {
      met.unknown.push(...ids);
    }
  });
  const doubt = fates.find((fate) => fate.kind === 'unknown');
  const [first] = fates;
  const stop =
    doubt?.error ??
    (first?.kind === 'refused' &&
    fates.every((fate) => fate.kind === 'refused' && fate.error.is(first.error.code))
      ? first.error
      : undefined);
  return { ...met, stop };
}

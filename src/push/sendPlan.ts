import { Bitrix24Error } from '../bitrix24/errors';
import type { CallControl, PortalClient, Wait } from '../bitrix24/portalClient';
import { addPush, addPushes } from '../bitrix24/push';
import type { PushFate } from '../bitrix24/push';
import type { SendProgress } from './outcome';
import type { PlannedPush, PushPlan } from './plan';

export interface SendPlanInput {
  client: PortalClient;
  plan: PushPlan;
  avatar: string;
  /** Notes what is about to go on the wire; rejects when that is not possible, and then it is not sent. */
  note: (step: PushProgress) => Promise<void>;
  /** Notes what became of it; must not reject. */
  noteFates?: ((fates: RequestFates) => Promise<void>) | undefined;
  now: () => number;
  /** Any error as one that says how far it came. */
  errorOf: (error: unknown) => Bitrix24Error;
  signal?: AbortSignal | undefined;
  onWait?: ((wait: Wait | undefined) => void) | undefined;
  onProgress?: ((progress: SendProgress) => void) | undefined;
}

/** Ids of the plan's people; the others were not reached yet, or refused. */
export interface PushProgress {
  accepted: number[];
  /** Of the request whose answer is awaited. */
  wire: number[];
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

/**
 * Sends one request after the other, each once. It stops where going on would be wrong or useless: at a request
 * of unknown fate, at one that was refused as a whole or for all its people by the same code, at one that never
 * reached the portal, and when the user cancels. What was on the wire then is heard out.
 */
export async function sendPlan(input: SendPlanInput): Promise<Sent> {
  const { client, plan, avatar, note, now, errorOf, signal, onWait, onProgress } = input;
  const sent: Sent = { accepted: [], refused: [], notSent: [], unknown: [] };
  const total = plan.summary.people;
  const tellProgress = (): void => {
    const accepted = sent.accepted.length;
    const failed = sent.refused.length;
    const unknown = sent.unknown.length;
    onProgress?.({ accepted, failed, unknown, left: total - accepted - failed - unknown, total });
  };
  let stopped = false;
  for (const request of plan.requests) {
    const wire = request.flatMap(({ ids }) => ids);
    if (!stopped && signal?.aborted) {
      stopped = true;
      sent.error = cancelledError();
    }
    if (stopped) {
      sent.notSent.push(...wire);
      continue;
    }
    let fates: readonly PushFate[] | Bitrix24Error;
    try {
      await note({ accepted: [...sent.accepted], wire });
      fates =
        plan.requests.length === 1
          ? await sendOne(client, request, avatar, { signal, onWait })
          : await withPatience({ signal, onWait, now }, (control) =>
              // Others that are small go first.
              sendOne(client, request, avatar, { ...control, lane: 'mass' }),
            );
    } catch (error) {
      fates = errorOf(error);
    } finally {
      onWait?.(undefined);
    }
    const [refused, unknown, notSent] = [sent.refused, sent.unknown, sent.notSent].map(
      ({ length }) => length,
    );
    stopped = sort(sent, request, fates);
    await input.noteFates?.({
      refused: sent.refused.slice(refused).map(({ id, error: { code } }) => ({ id, code })),
      unknown: sent.unknown.slice(unknown),
      notSent: sent.notSent.slice(notSent),
    });
    tellProgress();
  }
  return sent;
}

async function sendOne(
  client: PortalClient,
  request: readonly PlannedPush[],
  avatar: string,
  control: CallControl,
): Promise<PushFate[]> {
  const pushes = request.map(({ ids, text }) => ({ userIds: ids, text, avatar }));
  const [first] = pushes;
  if (first && pushes.length === 1) {
    await addPush(client, first, control);
    return [{ kind: 'accepted' }];
  }
  return await addPushes(client, pushes, control);
}

/** True when the rest must not, or need not, be tried. */
function sort(
  sent: Sent,
  request: readonly PlannedPush[],
  fates: readonly PushFate[] | Bitrix24Error,
): boolean {
  if (fates instanceof Bitrix24Error) {
    sent.error = fates;
    const ids = request.flatMap((push) => push.ids);
    if (fates.phase === 'answered') {
      sent.refused.push(...ids.map((id) => ({ id, error: fates })));
    } else {
      sent[fates.phase === 'noAnswer' ? 'unknown' : 'notSent'].push(...ids);
    }
    return true;
  }
  request.forEach(({ ids }, index) => {
    const fate = fates[index];
    if (fate?.kind === 'accepted') {
      sent.accepted.push(...ids);
    } else if (fate?.kind === 'refused') {
      sent.error ??= fate.error;
      sent.refused.push(...ids.map((id) => ({ id, error: fate.error })));
    } else {
      sent.unknown.push(...ids);
    }
  });
  const doubt = fates.find((fate) => fate.kind === 'unknown');
  const [first] = fates;
  const cause =
    doubt?.error ??
    (first?.kind === 'refused' &&
    fates.every((fate) => fate.kind === 'refused' && fate.error.is(first.error.code))
      ? first.error
      : undefined);
  if (cause) {
    sent.error = cause;
  }
  return cause !== undefined;
}

/**
 * Cancelling ends a pause at once, but lets a request that is on the wire be answered: breaking it off would
 * leave up to fifty people in doubt to save nobody anything.
 */
async function withPatience<T>(
  { signal, onWait, now }: Pick<SendPlanInput, 'signal' | 'onWait' | 'now'>,
  work: (control: CallControl) => Promise<T>,
): Promise<T> {
  const inner = new AbortController();
  let until = 0;
  const abort = (): void => {
    if (now() < until) {
      inner.abort(signal?.reason);
    }
  };
  signal?.addEventListener('abort', abort);
  try {
    return await work({
      signal: inner.signal,
      onWait: (wait) => {
        until = wait.until;
        onWait?.(wait);
        if (signal?.aborted) {
          abort();
        }
      },
    });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function cancelledError(): Bitrix24Error {
  return new Bitrix24Error({ kind: 'cancelled', phase: 'notSent', code: 'CANCELLED' });
}

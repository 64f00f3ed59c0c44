import type { Bitrix24Error } from '../bitrix24/errors';
import type { CallControl, PortalClient } from '../bitrix24/portalClient';
import type { Wait } from '../bitrix24/rateLimiter';
import { addNotifications } from '../bitrix24/notification';
import { addPush, addPushes, statusOfError } from '../bitrix24/push';
import type { PushStatus } from '../bitrix24/push';
import { cancelledError } from '../bitrix24/abort';
import type { PlannedPush, PushPlan } from './plan';
import type { Answers, RecordWriter } from './recordWriter';
import { asBitrix24Error } from './unexpectedError';

/** How far a push with several requests has come, in people. */
export interface SendProgress {
  accepted: number;
  /** Not sent yet. */
  left: number;
  /** Refused. */
  failed: number;
  /** Sent, and no answer came. */
  unknown: number;
  total: number;
}

/** How the user follows a push on its way, and stops it. */
export interface SendHooks {
  signal?: AbortSignal | undefined;
  /** Called when a pause that the portal asked for begins, and with undefined when it is over. */
  onWait?: ((wait: Wait | undefined) => void) | undefined;
  /** Called after each request of a push that takes several. */
  onProgress?: ((progress: SendProgress) => void) | undefined;
}

export interface SendPlanInput extends SendHooks {
  client: PortalClient;
  plan: PushPlan;
  avatar: string;
  /** Present for notifications: the tag of the one in this person's bell. */
  tagOf?: ((userId: number) => string) | undefined;
  /** Each request is recorded before it leaves, and once more with its answer. */
  record: Pick<RecordWriter, 'sending' | 'answered'>;
  /** Host of the portal. */
  host: string;
}

/** While the portal works on one request, the next one travels. */
const requestsAtOnce = 2;

/**
 * Sends each request of a plan once: the first alone, because what is wrong with the account shows there, then two
 * at a time. It stops where going on would be wrong or useless: at a request that got no answer, at one that was
 * refused as a whole or for all its people by the same code, at one that never reached the portal, and when the user
 * cancels. What is on the wire then is heard out, and what still waits for its turn is not sent. People whose command
 * was turned away by OPERATION_TIME_LIMIT get it in another request, once the wait is over.
 *
 * Resolves to the reason why not everybody got it; the record says who did. Rejects for a mistake of ours.
 */
export async function sendPlan(input: SendPlanInput): Promise<Bitrix24Error | undefined> {
  return await new PlanSender(input).sendAll();
}

class PlanSender {
  readonly #input: SendPlanInput;
  readonly #isSingle: boolean;
  readonly #open: Iterator<[number, readonly PlannedPush[]]>;
  readonly #stopped = new AbortController();
  /** Aborted when what still waits for its turn must not leave. */
  readonly #mayNotLeave: AbortSignal;
  readonly #progress: SendProgress;
  /** The requests that wait, by their numbers. */
  readonly #waiting = new Set<number>();
  /** Why no further request is sent. */
  #stop: Bitrix24Error | undefined;
  /** The first refusal of a command that did not stop the rest. */
  #refusal: Bitrix24Error | undefined;

  constructor(input: SendPlanInput) {
    const { plan, signal } = input;
    const total = plan.summary.people;
    this.#input = input;
    this.#isSingle = plan.requests.length === 1;
    this.#open = plan.requests.entries();
    this.#mayNotLeave = AbortSignal.any([this.#stopped.signal, ...(signal ? [signal] : [])]);
    this.#progress = { accepted: 0, left: total, failed: 0, unknown: 0, total };
  }

  async sendAll(): Promise<Bitrix24Error | undefined> {
    await this.#sendNext();
    const lanes = await Promise.allSettled(
      Array.from({ length: requestsAtOnce }, () => this.#sendOn()),
    );
    for (const lane of lanes) {
      if (lane.status === 'rejected') {
        throw lane.reason;
      }
    }
    return this.#stop ?? this.#refusal;
  }

  async #sendOn(): Promise<void> {
    try {
      while (await this.#sendNext()) {
        // One request after the other.
      }
    } catch (error) {
      this.#stopFor(asBitrix24Error(error, 'noAnswer', this.#input.host));
      throw error;
    }
  }

  /** Resolves to false when there is nothing more to send. */
  async #sendNext(): Promise<boolean> {
    const next = this.#stop ? undefined : this.#open.next();
    if (!next || next.done) {
      return false;
    }
    if (this.#input.signal?.aborted) {
      this.#stopFor(cancelledError());
      return false;
    }
    const [number, request] = next.value;
    const again = await this.#send(request, number);
    if (again.length > 0) {
      await this.#send(again, number, true);
    }
    return true;
  }

  /** Resolves to the commands that the portal had no time for and that are to be sent once more. */
  async #send(
    request: readonly PlannedPush[],
    number: number,
    isSecondTry = false,
  ): Promise<readonly PlannedPush[]> {
    const { signal, record } = this.#input;
    const outcome = outcomeOf(request, await this.#request(request, number));
    const isRepeated =
      outcome.later.length > 0 && !isSecondTry && !outcome.stop && !this.#mayNotLeave.aborted;
    const held = signal?.aborted ? cancelledError() : outcome.held;
    const reason = outcome.stop ?? (outcome.held && !isRepeated ? held : undefined);
    if (reason) {
      this.#stopFor(reason);
    }
    this.#refusal ??= outcome.refusal;
    await record.answered(outcome.answers, number);
    this.#tellProgress(request, outcome.answers);
    return isRepeated ? outcome.later : [];
  }

  /** The answer to each push of a request. `failed`: the error that holds for the request as a whole. */
  async #request(
    request: readonly PlannedPush[],
    number: number,
  ): Promise<{ statuses: readonly PushStatus[]; failed?: Bitrix24Error }> {
    const { signal, record, host } = this.#input;
    const control: CallControl = {
      onWait: (wait) => this.#tellWait(number, wait),
      // While it waits for its turn it is not on the wire.
      beforeLeaving: () => record.sending(idsOf(request), number),
      // So that the next window knows, if this one ends in the pause.
      notCarriedOut: () =>
        record.answered({ refused: [], unknown: [], notSent: idsOf(request) }, number),
      // Small pushes of other senders go before a request of many.
      ...(this.#isSingle ? { signal } : { signal: this.#mayNotLeave, hearOut: true, lane: 'mass' }),
    };
    try {
      return { statuses: await this.#post(request, control) };
    } catch (error) {
      const status = statusOfError(asBitrix24Error(error, 'noAnswer', host));
      return { statuses: request.map(() => status), failed: status.error };
    } finally {
      this.#tellWait(number, undefined);
    }
  }

  /** One exchange by the plan's way. */
  async #post(
    request: readonly PlannedPush[],
    control: CallControl,
  ): Promise<readonly PushStatus[]> {
    const { client, avatar, tagOf } = this.#input;
    if (tagOf) {
      const each = request.flatMap(({ ids, text }) =>
        ids.map((userId) => ({ userId, text, tag: tagOf(userId) })),
      );
      return await addNotifications(client, each, control);
    }
    const pushes = request.map(({ ids, text }) => ({ userIds: ids, text, avatar }));
    const [first] = pushes;
    if (first && pushes.length === 1) {
      await addPush(client, first, control);
      return [{ kind: 'accepted' }];
    }
    return await addPushes(client, pushes, control);
  }

  /** A wait is over for the user once no request waits any more. */
  #tellWait(number: number, wait: Wait | undefined): void {
    if (wait) {
      this.#waiting.add(number);
    }
    if (wait || (this.#waiting.delete(number) && this.#waiting.size === 0)) {
      this.#input.onWait?.(wait);
    }
  }

  #stopFor(error: Bitrix24Error): void {
    // Of two reasons to stop, the one that leaves somebody in doubt is told.
    if (!this.#stop || (error.phase === 'noAnswer' && this.#stop.phase !== 'noAnswer')) {
      this.#stop = error;
    }
    this.#stopped.abort();
  }

  #tellProgress(request: readonly PlannedPush[], { refused, unknown, notSent }: Answers): void {
    const progress = this.#progress;
    const accepted = idsOf(request).length - refused.length - unknown.length - notSent.length;
    progress.accepted += accepted;
    progress.failed += refused.length;
    progress.unknown += unknown.length;
    progress.left -= accepted + refused.length + unknown.length;
    this.#input.onProgress?.({ ...progress });
  }
}

interface RequestOutcome {
  answers: Answers;
  /** Why the rest of the plan must not, or need not, be tried. */
  stop: Bitrix24Error | undefined;
  refusal: Bitrix24Error | undefined;
  /** Pushes that may be sent again once the wait that `held` asks for is over. Their people are `notSent`. */
  later: PlannedPush[];
  held: Bitrix24Error | undefined;
}

function outcomeOf(
  request: readonly PlannedPush[],
  { statuses, failed }: { statuses: readonly PushStatus[]; failed?: Bitrix24Error },
): RequestOutcome {
  const answers: Answers = { refused: [], unknown: [], notSent: [] };
  const doubt = statuses.find((status) => status.kind === 'unknown');
  const outcome: RequestOutcome = {
    ...{ answers, stop: failed ?? doubt?.error ?? refusalOfAll(statuses) },
    ...{ refusal: undefined, later: [], held: undefined },
  };
  for (const [index, push] of request.entries()) {
    const status = statuses[index];
    if (status?.kind === 'refused') {
      const { error } = status;
      outcome.refusal ??= error;
      answers.refused.push(...push.ids.map((id) => ({ id, code: error.code })));
    } else if (status?.kind === 'notSent') {
      answers.notSent.push(...push.ids);
      outcome.later.push(push);
      outcome.held = status.error;
    } else if (status?.kind !== 'accepted') {
      answers.unknown.push(...push.ids);
    }
  }
  return outcome;
}

/** The error that every push of a request was refused with; undefined when they differ. */
function refusalOfAll(answers: readonly PushStatus[]): Bitrix24Error | undefined {
  const [first] = answers;
  const isSame =
    first?.kind === 'refused' &&
    answers.every((answer) => answer.kind === 'refused' && answer.error.is(first.error.code));
  return isSame ? first.error : undefined;
}

function idsOf(request: readonly PlannedPush[]): number[] {
  return request.flatMap(({ ids }) => ids);
}

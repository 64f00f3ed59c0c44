import * as v from 'valibot';
import { Bitrix24Error } from './errors';
import type { CallControl, PortalClient } from './portalClient';
import { canTravelInBatch, statusOfError, withoutAnswer } from './push';
import type { PushStatus } from './push';
import { batchSize } from './restBatch';
import type { CommandOutcome } from './restBatch';

/** A text for one person's bell. docs/bitrix24.md, section 9. */
export interface NotificationRequest {
  userId: number;
  /** BB codes in it are shown as format; nothing keeps them literal. */
  text: string;
  /**
   * A new notification removes the application's older ones with the same tag, also out of other people's bells. So
   * each person needs a tag of their own.
   */
  tag: string;
}

const addMethod = 'im.notify.personal.add';
const deleteMethod = 'im.notify.delete';

/** The id of the notification, or `false` for one that was not made. */
const addResult = v.union([v.pipe(v.number(), v.safeInteger(), v.minValue(1)), v.literal(false)]);

/**
 * Puts up to 50 notifications into bells, in one request: a plain call for one, a batch for several. Their statuses
 * come in the order of the requests; `refused` with the code NOT_ADDED stands for the answer `false`. Throws
 * Bitrix24Error where the request as a whole failed; its phase then holds for all of them.
 */
export async function addNotifications(
  client: PortalClient,
  requests: readonly NotificationRequest[],
  options: CallControl = {},
): Promise<PushStatus[]> {
  const [first] = requests;
  if (first && requests.length === 1) {
    const { result } = await client.call(addMethod, paramsOf(first), {
      ...{ ...options, schema: addResult },
    });
    return [statusOfResult(result)];
  }
  checkBatch(requests.map(({ text }) => text));
  const commands = requests.map((request) => ({ method: addMethod, params: paramsOf(request) }));
  return (await client.batch(commands, options)).map(statusOf);
}

/**
 * Takes the notifications with these tags, at most 50, out of all bells. Resolves to an error for each tag that failed,
 * in their order. The portal answers the same for a tag that it has none of. docs/bitrix24.md, section 9.
 */
export async function deleteNotifications(
  client: PortalClient,
  tags: readonly string[],
  options: CallControl = {},
): Promise<(Bitrix24Error | undefined)[]> {
  checkBatch(tags);
  const commands = tags.map((tag) => ({ method: deleteMethod, params: { TAG: tag } }));
  return (await client.batch(commands, options)).map((outcome) => {
    const isDone = outcome.kind === 'answered' && outcome.result === true;
    return isDone ? undefined : errorOf(outcome);
  });
}

function paramsOf({ userId, text, tag }: NotificationRequest) {
  return { USER_ID: userId, MESSAGE: text, TAG: tag };
}

function checkBatch(texts: readonly string[]): void {
  if (texts.length > batchSize || texts.some((text) => !canTravelInBatch(text))) {
    throw new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code: 'NOT_FOR_BATCH' });
  }
}

function statusOf(outcome: CommandOutcome): PushStatus {
  if (outcome.kind !== 'answered') {
    return statusOfError(errorOf(outcome));
  }
  const { success, output } = v.safeParse(addResult, outcome.result);
  return success ? statusOfResult(output) : statusOfError(errorOf(outcome));
}

function statusOfResult(result: v.InferOutput<typeof addResult>): PushStatus {
  return result === false
    ? {
        kind: 'refused',
        error: new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'NOT_ADDED' }),
      }
    : { kind: 'accepted' };
}

function errorOf(outcome: CommandOutcome): Bitrix24Error {
  switch (outcome.kind) {
    case 'failed':
      return outcome.error;
    case 'answered':
      return withoutAnswer('UNEXPECTED_ANSWER').error;
    case 'notRun':
    case 'unknown':
      return withoutAnswer('NO_ANSWER').error;
  }
}

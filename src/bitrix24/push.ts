import * as v from 'valibot';
import { avatarAddress } from './avatarAddress';
import { isBlank } from './blankText';
import { batchSize } from './restBatch';
import type { CommandOutcome } from './restBatch';
import { Bitrix24Error } from './errors';
import type { CallControl, PortalClient } from './portalClient';

/** One text for many people: one call, however many they are. */
export interface PushRequest {
  /** Positive integers. */
  userIds: readonly number[];
  text: string;
  /** http(s) address; '' or absent for none. */
  avatar?: string | undefined;
}

export type PushFault =
  | { code: 'NO_RECIPIENTS' }
  | { code: 'BAD_RECIPIENT'; value: number }
  | { code: 'TEXT_EMPTY' }
  /** PHP takes "0" for no text. */
  | { code: 'TEXT_ZERO' }
  | { code: 'AVATAR_NOT_HTTP' };

const method = 'pull.application.push.add';

/**
 * Lists everything that is wrong with a push before it leaves the machine.
 * Mistakes in recipients and avatar are caught here because the portal answers `true` to them all.
 * docs/bitrix24.md, section 5.
 */
export function checkPush(request: PushRequest): PushFault[] {
  const faults: PushFault[] = [];
  if (request.userIds.length === 0) {
    faults.push({ code: 'NO_RECIPIENTS' });
  }
  for (const id of new Set(request.userIds)) {
    if (!Number.isSafeInteger(id) || id < 1) {
      faults.push({ code: 'BAD_RECIPIENT', value: id });
    }
  }
  if (isBlank(request.text)) {
    faults.push({ code: 'TEXT_EMPTY' });
  } else if (request.text === '0') {
    faults.push({ code: 'TEXT_ZERO' });
  }
  if (avatarAddress(request.avatar) === undefined) {
    faults.push({ code: 'AVATAR_NOT_HTTP' });
  }
  return faults;
}

/**
 * Calls pull.application.push.add. Resolves when the push was accepted, which is not delivery.
 * Throws Bitrix24Error; its phase tells whether the push may have been accepted. Anything but the documented
 * `true` counts as "may have been".
 */
export async function addPush(
  client: PortalClient,
  request: PushRequest,
  options: CallControl = {},
): Promise<void> {
  await client.call(method, paramsOf(request), { ...options, schema: v.literal(true) });
}

/** The delivery status of one push, as far as the portal tells it. */
export type PushStatus =
  | { kind: 'accepted' }
  /** The portal answered with an error; nobody got the push. */
  | { kind: 'refused'; error: Bitrix24Error }
  /** The push was not carried out, and may be sent again; not before `error.retryAt`, if that is set. */
  | { kind: 'notSent'; error: Bitrix24Error }
  /** The push may have been accepted. */
  | { kind: 'unknown'; error: Bitrix24Error };

/**
 * Sends up to 50 different pushes in one batch. Their statuses come in the order of the pushes. Throws Bitrix24Error where the request as a whole failed; its phase then holds for all of them.
 * Equal pushes would become one per person: the caller unites them.
 */
export async function addPushes(
  client: PortalClient,
  requests: readonly PushRequest[],
  options: CallControl = {},
): Promise<PushStatus[]> {
  const garbled = requests.some(({ text, avatar }) => !canTravelInBatch(text, avatar));
  if (requests.length > batchSize || garbled) {
    throw new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code: 'NOT_FOR_BATCH' });
  }
  const commands = requests.map((request) => {
    const params = paramsOf(request);
    // A list as JSON text, since PHP limits the variables of a query. docs/bitrix24.md, section 3.
    return { method, params: { ...params, USER_ID: JSON.stringify(params.USER_ID) } };
  });
  return (await client.batch(commands, options)).map(statusOf);
}

/** False for a text that a batch would take for a reference to an earlier result. docs/bitrix24.md, section 3. */
export function canTravelInBatch(text: string, avatar = ''): boolean {
  return !hasReference(text) && !hasReference(avatar);
}

/** Looks for `$result…[` in each word, in a time that grows with the text and no faster. */
function hasReference(text: string): boolean {
  return text.split(/\s+/).some((word) => {
    const at = word.search(/\$(?:result|next|total|time|error)/i);
    return at !== -1 && word.includes('[', at);
  });
}

/** Codes of a failure inside the server, which do not tell how far it came. docs/bitrix24.md, section 2. */
const internal = [
  'INTERNAL_SERVER_ERROR',
  'ERROR_UNEXPECTED_ANSWER',
  'ERROR_CORE',
  'UNKNOWN_ERROR',
];

function statusOf(outcome: CommandOutcome): PushStatus {
  switch (outcome.kind) {
    case 'answered':
      return outcome.result === true ? { kind: 'accepted' } : withoutAnswer('UNEXPECTED_ANSWER');
    case 'failed':
      return statusOfError(outcome.error);
    case 'notRun':
    case 'unknown':
      return withoutAnswer('NO_ANSWER');
  }
}

/** The status of a push whose command, or whose request as a whole, ended in this error. */
export function statusOfError(error: Bitrix24Error): Exclude<PushStatus, { kind: 'accepted' }> {
  if (error.phase === 'notSent' || error.is('OPERATION_TIME_LIMIT')) {
    return { kind: 'notSent', error: error.with({ phase: 'notSent' }) };
  }
  return error.phase === 'noAnswer' || error.is(...internal)
    ? { kind: 'unknown', error: error.with({ phase: 'noAnswer' }) }
    : { kind: 'refused', error };
}

/** The status after an answer that does not tell what became of the push. */
export function withoutAnswer(code: string): Extract<PushStatus, { kind: 'unknown' }> {
  const error = new Bitrix24Error({ kind: 'notJson', phase: 'noAnswer', code });
  return { kind: 'unknown', error };
}

function paramsOf(request: PushRequest): { USER_ID: number[]; TEXT: string; AVATAR?: string } {
  const [fault] = checkPush(request);
  if (fault !== undefined) {
    throw new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code: fault.code });
  }
  const avatar = avatarAddress(request.avatar);
  return {
    USER_ID: [...new Set(request.userIds)],
    TEXT: request.text,
    ...(avatar ? { AVATAR: avatar } : {}),
  };
}

/**
 * Sends a push to nobody: it notifies no one, and throws what a real one would throw (no name, no rights, no scope).
 * No other call tells this before a push is sent (docs/bitrix24.md, section 5).
 */
export async function probePush(client: PortalClient, options: CallControl = {}): Promise<void> {
  await client.call(
    method,
    { USER_ID: 0, TEXT: 'Setup check' },
    { ...options, schema: v.literal(true) },
  );
}

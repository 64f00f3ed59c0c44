import * as v from 'valibot';
import { avatarAddress } from './avatarAddress';
import { batchSize } from './batch';
import type { CommandOutcome } from './batch';
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
 * Everything that is wrong with a push before it leaves the machine.
 * Mistakes in recipients and avatar are caught here because Bitrix24 answers `true` to them all.
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
  if (request.text.trim() === '') {
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
 * Bitrix24: pull.application.push.add. Resolves when the push was accepted, which is not delivery.
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

/** What became of one push of several. */
export type PushFate =
  | { kind: 'accepted' }
  /** Bitrix24 answered with an error; nobody got it. */
  | { kind: 'refused'; error: Bitrix24Error }
  /** OPERATION_TIME_LIMIT: it was not carried out, and may be sent again once `error.retryAt` has come. */
  | { kind: 'notSent'; error: Bitrix24Error }
  /** It may have been accepted. */
  | { kind: 'unknown'; error: Bitrix24Error };

/**
 * Bitrix24: batch of pull.application.push.add: up to 50 different texts in one request. Fates come in the order
 * of the pushes. Throws Bitrix24Error where the request as a whole failed; its phase then holds for all of them.
 * Equal pushes would become one per person: the caller unites them.
 */
export async function addPushes(
  client: PortalClient,
  requests: readonly PushRequest[],
  options: CallControl = {},
): Promise<PushFate[]> {
  const garbled = requests.some(({ text, avatar }) => !canTravelInBatch(text, avatar));
  if (requests.length > batchSize || garbled) {
    throw new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code: 'NOT_FOR_BATCH' });
  }
  const commands = requests.map((request) => {
    const params = paramsOf(request);
    // As JSON text: PHP reads no more than a limited number of variables (often 1,000) from a query string.
    return { method, params: { ...params, USER_ID: JSON.stringify(params.USER_ID) } };
  });
  return (await client.batch(commands, options)).map(fateOf);
}

/** Bitrix24 would replace what looks like a reference to an earlier command's answer by a part of that answer. */
export function canTravelInBatch(text: string, avatar = ''): boolean {
  return !reference.test(text) && !reference.test(avatar);
}

const reference = /\$(?:result|next|total|time|error)\S*\[/i;

/** What a server says when something broke in it: not how far it had come. */
const internal = [
  'INTERNAL_SERVER_ERROR',
  'ERROR_UNEXPECTED_ANSWER',
  'ERROR_CORE',
  'UNKNOWN_ERROR',
];

function fateOf(outcome: CommandOutcome): PushFate {
  switch (outcome.kind) {
    case 'answered':
      return outcome.result === true ? { kind: 'accepted' } : unknown('UNEXPECTED_ANSWER');
    case 'failed':
      if (outcome.error.is('OPERATION_TIME_LIMIT')) {
        return { kind: 'notSent', error: outcome.error.with({ phase: 'notSent' }) };
      }
      return outcome.error.is(...internal)
        ? unknown(outcome.error.code, outcome.error)
        : { kind: 'refused', error: outcome.error };
    case 'notRun':
    case 'unknown':
      return unknown('NO_ANSWER');
  }
}

function unknown(code: string, cause?: Bitrix24Error): PushFate {
  const error = new Bitrix24Error({ kind: 'notJson', phase: 'noAnswer', code, cause });
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
    TEXT: wellFormed(request.text),
    ...(avatar ? { AVATAR: avatar } : {}),
  };
}

/**
 * A push to nobody: it notifies no one, and throws what a real one would throw (no name, no rights, no scope).
 * The one way to learn beforehand, since no method returns the application's name.
 */
export async function probePush(client: PortalClient, options: CallControl = {}): Promise<void> {
  await client.call(
    method,
    { USER_ID: 0, TEXT: 'Setup check' },
    { ...options, schema: v.literal(true) },
  );
}

/** Half of a surrogate pair would make the whole request unreadable for PHP. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

import * as v from 'valibot';
import { avatarAddress } from './avatarAddress';
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
  const [fault] = checkPush(request);
  if (fault !== undefined) {
    throw new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code: fault.code });
  }
  const avatar = avatarAddress(request.avatar);
  const params = {
    USER_ID: [...new Set(request.userIds)],
    TEXT: wellFormed(request.text),
    ...(avatar ? { AVATAR: avatar } : {}),
  };
  await client.call(method, params, { ...options, schema: v.literal(true) });
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

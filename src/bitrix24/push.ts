import type { CallControl, PortalClient } from './portalClient';

export interface PushRequest {
  /** Positive integers. */
  userIds: number[];
  text: string;
  /** http(s) address; '' or absent for none. */
  avatar?: string | undefined;
}

export type PushFault =
  | { code: 'NO_RECIPIENTS' }
  | { code: 'BAD_RECIPIENT'; value: number }
  | { code: 'TEXT_EMPTY' }
  | { code: 'TEXT_ZERO' }
  | { code: 'AVATAR_NOT_HTTP' };

/** Everything that is wrong with a push before it leaves the machine. */
export function checkPush(request: PushRequest): PushFault[] {
  throw new Error(`not written yet ${String(request)}`);
}

/** Resolves when Bitrix24 accepted the push, which is not delivery. Throws Bitrix24Error. */
export function addPush(client: PortalClient, request: PushRequest, options?: CallControl): Promise<void> {
  throw new Error(`not written yet ${String(client)}${String(request)}${String(options)}`);
}

/** A push to nobody: notifies no one and throws what a real one would throw. */
export function probePush(client: PortalClient, options?: CallControl): Promise<void> {
  throw new Error(`not written yet ${String(client)}${String(options)}`);
}

import { Bitrix24Error } from '../bitrix24/errors';
import { profile, scopes } from '../bitrix24/profile';
import type { PortalClient } from '../bitrix24/portalClient';
import { probePush } from '../bitrix24/push';

/**
 * The first thing that is missing, in the order in which Bitrix24 checks a push (docs/bitrix24.md, section 5).
 */
export type SetupResult =
  | {
      kind: 'ready';
      /** False without a scope for users: then colleagues can only be chosen by id. */
      people: boolean;
    }
  | { kind: 'missingScope'; scope: string }
  | { kind: 'notAdministrator' }
  /** Bitrix24 or the network said no; EMPTY_APP_NAME among others. */
  | { kind: 'refused'; error: Bitrix24Error };

const peopleScopes = ['user', 'user_basic', 'user_brief'];

/** Asks the portal whether a push would be accepted, without sending one to anybody. Rejects only when cancelled. */
export async function checkSetup(client: PortalClient, signal?: AbortSignal): Promise<SetupResult> {
  try {
    const granted = await scopes(client, { signal });
    if (!granted.includes('pull')) {
      return { kind: 'missingScope', scope: 'pull' };
    }
    const { administrator } = await profile(client, { signal });
    if (!administrator) {
      return { kind: 'notAdministrator' };
    }
    await probePush(client, { signal });
    return { kind: 'ready', people: granted.some((scope) => peopleScopes.includes(scope)) };
  } catch (error) {
    if (error instanceof Bitrix24Error && error.kind !== 'cancelled') {
      return { kind: 'refused', error };
    }
    throw error;
  }
}

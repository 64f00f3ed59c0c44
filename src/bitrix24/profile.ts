import * as v from 'valibot';
import { Bitrix24Error } from './errors';
import { personRow } from './person';
import type { Person } from './person';
import type { CallControl, PortalClient } from './portalClient';
import { flag, rows } from './rows';

/** The user whom the token belongs to. */
export interface Profile extends Pick<Person, 'id' | 'name' | 'photo'> {
  administrator: boolean;
}

const administratorRow = v.object({ ADMIN: v.fallback(v.optional(flag, false), false) });

/**
 * Calls profile, which needs no scope. An inactive user gets an empty answer, which is thrown as `authorization_error`.
 * docs/bitrix24.md, section 6.
 */
export async function profile(client: PortalClient, options: CallControl = {}): Promise<Profile> {
  const { result } = await client.call(
    'profile',
    {},
    { ...options, schema: v.union([v.intersect([personRow, administratorRow]), v.tuple([])]) },
  );
  if (Array.isArray(result)) {
    throw new Bitrix24Error({
      kind: 'server',
      phase: 'answered',
      code: 'authorization_error',
      description: 'The user is not active on this portal',
    });
  }
  const { id, name, photo, ADMIN: administrator } = result;
  return { id, name, photo, administrator };
}

/** Calls scope, which needs none itself: the scopes that the application really has. docs/bitrix24.md, section 2. */
export async function scopes(client: PortalClient, options: CallControl = {}): Promise<string[]> {
  const { result } = await client.call('scope', {}, { ...options, schema: rows });
  return result.filter((scope) => typeof scope === 'string');
}

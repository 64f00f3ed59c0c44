import * as v from 'valibot';
import { Bitrix24Error } from './errors';
import { flag, fullName, photo, positiveInteger, text } from './person';
import type { CallControl, PortalClient } from './portalClient';
import { rows } from './rows';

/** The user whom the token belongs to. */
export interface Profile {
  id: number;
  administrator: boolean;
  firstName: string;
  lastName: string;
  name: string;
  photo?: string | undefined;
}

const profileRow = v.object({
  ID: positiveInteger,
  ADMIN: v.fallback(v.optional(flag, false), false),
  NAME: text,
  LAST_NAME: text,
  PERSONAL_PHOTO: photo,
});

/**
 * Calls profile, which needs no scope. An inactive user gets an empty answer, which is thrown as `authorization_error`.
 * docs/bitrix24.md, section 6.
 */
export async function profile(client: PortalClient, options: CallControl = {}): Promise<Profile> {
  const { result } = await client.call(
    'profile',
    {},
    { ...options, schema: v.union([profileRow, v.tuple([])]) },
  );
  if (Array.isArray(result)) {
    throw new Bitrix24Error({
      kind: 'server',
      phase: 'answered',
      code: 'authorization_error',
      description: 'The user is not active on this portal',
    });
  }
  return {
    id: result.ID,
    administrator: result.ADMIN,
    firstName: result.NAME,
    lastName: result.LAST_NAME,
    name: fullName(result),
    photo: result.PERSONAL_PHOTO,
  };
}

/** Calls scope, which needs none itself: the scopes that the application really has. docs/bitrix24.md, section 2. */
export async function scopes(client: PortalClient, options: CallControl = {}): Promise<string[]> {
  const { result } = await client.call('scope', {}, { ...options, schema: rows });
  return result.filter((scope) => typeof scope === 'string');
}

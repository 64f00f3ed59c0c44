import type { Bitrix24Error } from '../bitrix24/errors';
import type { PortalClient } from '../bitrix24/portalClient';

/** What the setup check found; the first thing missing decides. */
export type SetupResult =
  | { kind: 'ready'; /** false: colleagues can only be chosen by id. */ people: boolean }
  | { kind: 'notAdministrator' }
  | { kind: 'missingScope'; scope: 'pull' }
  /** Bitrix24 or the network said no; EMPTY_APP_NAME among others. */
  | { kind: 'refused'; error: Bitrix24Error };

export function checkSetup(_client: PortalClient): Promise<SetupResult> {
  throw new Error('not built yet');
}

import { Bitrix24Error } from '../bitrix24/errors';
import type { Phase } from '../bitrix24/errors';

/**
 * Any error as one that says how far a push came. Errors of the protocol and of accounts say it themselves; anything
 * else is a mistake of ours, told as INTERNAL_ERROR with `phase`.
 */
export function asBitrix24Error(error: unknown, phase: Phase, host?: string): Bitrix24Error {
  if (error instanceof Bitrix24Error) {
    return error;
  }
  return new Bitrix24Error({
    ...{ kind: 'invalid', phase, code: 'INTERNAL_ERROR' },
    description: error instanceof Error ? error.message : String(error),
    ...{ host, cause: error },
  });
}

import { accountId } from '../accounts/storedAccount';
import type { TokenStore } from '../accounts/tokenStore';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';

/** Deletes everything stored about the people of a portal when its account is removed. */
export function forgetPeopleWithAccount(
  store: Pick<TokenStore, 'onDidChange'>,
  keepers: readonly { forget(accountId: string): Promise<void> }[],
  log: Log,
): Disposable {
  return store.onDidChange(({ before, after }) => {
    if (before && !after) {
      const id = accountId(before);
      Promise.all(keepers.map((keeper) => keeper.forget(id))).catch((error: unknown) => {
        log.error(`People of a removed account could not be forgotten: ${String(error)}`);
      });
    }
  });
}

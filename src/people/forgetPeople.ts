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
  return store.onDidChange(({ removed }) => {
    const accounts = removed.map(accountId);
    Promise.all(
      keepers.flatMap((keeper) => accounts.map((account) => keeper.forget(account))),
    ).catch((error: unknown) => {
      log.error(`People of a removed account could not be forgotten: ${String(error)}`);
    });
  });
}

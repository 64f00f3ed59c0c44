import { accountId } from '../accounts/storedAccount';
import type { TokenStore } from '../accounts/tokenStore';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';

/** Deletes everything stored about the people of a portal when its account is removed. */
export function forgetPeopleWithAccount(
  store: Pick<TokenStore, 'onDidChange'>,
  keepers: () => Promise<readonly { forget(accountId: string): Promise<void> }[]>,
  log: Log,
): Disposable {
  const forget = async (accounts: readonly string[]): Promise<void> => {
    const all = await keepers();
    await Promise.all(all.flatMap((keeper) => accounts.map((account) => keeper.forget(account))));
  };
  return store.onDidChange(({ removed }) => {
    if (removed.length > 0) {
      forget(removed.map(accountId)).catch((error: unknown) => {
        log.error(`People of a removed account could not be forgotten: ${String(error)}`);
      });
    }
  });
}

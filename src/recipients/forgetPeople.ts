import { accountId } from '../accounts/vault';
import type { Vault } from '../accounts/vault';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';

/** With an account goes everything that is kept about the people of its portal. */
export function forgetPeopleWithAccount(
  vault: Pick<Vault, 'onDidChange'>,
  keepers: readonly { forget(accountId: string): Promise<void> }[],
  log: Log,
): Disposable {
  return vault.onDidChange(({ removed }) => {
    for (const keeper of keepers) {
      for (const stored of removed) {
        keeper.forget(accountId(stored)).catch((error: unknown) => {
          log.error(`People of a removed account could not be forgotten: ${String(error)}`);
        });
      }
    }
  });
}

import type { Account, Accounts } from '../accounts/account';

/** The account that a push of a file goes from: the one in use if it is on the portal that the file names. */
export async function accountOfPush(
  portal: string | undefined,
  accounts: Pick<Accounts, 'current' | 'list'>,
): Promise<Account | undefined> {
  const current = await accounts.current();
  if (portal === undefined) {
    return current;
  }
  const host = portal
    .replace(/^https?:\/\//iu, '')
    .replace(/\/.*$/su, '')
    .toLowerCase();
  return current?.host === host
    ? current
    : (await accounts.list()).find((account) => account.host === host);
}

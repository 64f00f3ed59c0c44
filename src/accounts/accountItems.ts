import { l10n, QuickPickItemKind } from 'vscode';
import type { QuickPickItem } from 'vscode';
import { plainLabel } from '../common/plainText';
import { shownHost } from './account';
import type { Account } from './account';

export type AccountItem = QuickPickItem & { account?: Account };

export const separator: AccountItem = { label: '', kind: QuickPickItemKind.Separator };

/** The lines to choose an account from: each portal once, with who is signed in there and whether they may send. */
export function accountItems(accounts: readonly Account[], current?: Account): AccountItem[] {
  const hosts = new Set(accounts.map(({ host }) => host));
  if (hosts.size === accounts.length) {
    return accounts.map((account) => ({
      ...itemOf(account, current),
      label: plainLabel(shownHost(account)),
      description: [plainLabel(account.userName), rightOf(account)].filter(Boolean).join(' · '),
    }));
  }
  return [...hosts].flatMap((host) => {
    const there = accounts.filter((account) => account.host === host);
    const label = plainLabel(there[0] === undefined ? host : shownHost(there[0]));
    return [
      { label, kind: QuickPickItemKind.Separator },
      ...there.map((one) => itemOf(one, current)),
    ];
  });
}

function itemOf(account: Account, current: Account | undefined): AccountItem {
  return {
    label: plainLabel(account.userName),
    description: rightOf(account),
    ...(account.id === current?.id ? { detail: l10n.t('Current') } : {}),
    account,
  };
}

function rightOf({ administrator }: Account): string {
  if (administrator === undefined) {
    return '';
  }
  return administrator
    ? l10n.t('administrator')
    : l10n.t('not an administrator, so cannot send pushes');
}

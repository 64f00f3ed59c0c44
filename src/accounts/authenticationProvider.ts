import type { Disposable } from '../common/dispose';
import type { Bitrix24Accounts } from './bitrix24Accounts';

/** Puts the accounts into VS Code's Accounts menu. Reads nothing until VS Code asks. */
export function registerAuthenticationProvider(_accounts: Bitrix24Accounts): Disposable {
  throw new Error('not built yet');
}

import { l10n } from 'vscode';
import { plainText } from './plainText';

/** Returns a permission's name in Bitrix24's form for applications, with the scope's code, which no language changes. */
export function scopeName(scope: string): string {
  switch (scope) {
    case 'pull':
      return 'Pull&Push (pull)';
    case 'user':
    case 'user_basic':
    case 'user_brief':
      return `${l10n.t('Users')} (${scope})`;
    case 'department':
      return `${l10n.t('Company structure')} (${scope})`;
    case 'im':
      return `${l10n.t('Chat and notifications')} (${scope})`;
    default:
      return plainText(scope, 60);
  }
}

import { l10n } from 'vscode';
import type { Recipient } from './recipient';

/** How a recipient is called in a sentence: by name, else by id. */
export function recipientName({ id, name }: Recipient): string {
  return name || l10n.t('id {0}', id);
}

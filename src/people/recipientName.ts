import { l10n } from 'vscode';
import type { DepartmentRecipient, Recipient } from './recipient';

/** How a recipient is called in a sentence: by name, else by id. */
export function recipientName({ id, name }: Recipient): string {
  return name || l10n.t('id {0}', id);
}

/** How a department is called in a sentence. */
export function departmentName({ id, name }: Pick<DepartmentRecipient, 'id' | 'name'>): string {
  return name || l10n.t('department {0}', id);
}

import { l10n } from 'vscode';
import type { DepartmentRecipient, Recipient } from './recipient';

/** A recipient's name for sentences; their id if the name is not known. */
export function recipientName({ id, name }: Recipient): string {
  return name || l10n.t('id {0}', id);
}

/** A department's name for sentences; its id if the name is not known. */
export function departmentName({ id, name }: Pick<DepartmentRecipient, 'id' | 'name'>): string {
  return name || l10n.t('department {0}', id);
}

import { l10n } from 'vscode';
import { plainText } from '../common/plainText';

const lengthAtMost = 60;

/** The name of whoever asked for a push, as it is shown. It is what the program, agent or extension calls itself. */
export function callerName(askedBy: string): string {
  return plainText(askedBy, lengthAtMost) || l10n.t('A program');
}

/** A line of a message that says who asked. */
export function callerLine(askedBy: string): string {
  return l10n.t('Requested by “{0}”', callerName(askedBy));
}

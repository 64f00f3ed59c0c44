import { l10n } from 'vscode';
import type { Placeholder, TextMode } from '../push/personalText';
import type { BuiltInVariable, HeaderName } from './pushFile';

/** What a header is for. */
export function headerMeaning(name: HeaderName): string {
  switch (name) {
    case 'to':
      return l10n.t(
        'Whom the push goes to, with commas between: me, names, ids, e-mail addresses, group:Name, department:Name.',
      );
    case 'portal':
      return l10n.t(
        'The portal from which the push goes, such as acme.bitrix24.com. Without it, the account in use sends it.',
      );
    case 'avatar':
      return l10n.t('The address of a picture that is shown with the push.');
    case 'mode':
      return l10n.t(
        'personal (also without this header): placeholders such as {0} are filled in for each person. literal: braces are sent as they are.',
        '{name}',
      );
  }
}

export function modeMeanings(): [TextMode, string][] {
  return [
    [
      'personal',
      l10n.t('Placeholders such as {0} are filled in for each person.', '{name|colleague}'),
    ],
    ['literal', l10n.t('Braces are sent as they are.')],
  ];
}

/** What a variable stands for that nobody has to define. */
export function builtInMeaning(name: BuiltInVariable | 'input:'): string {
  switch (name) {
    case 'date':
      return l10n.t('The date when the push is sent.');
    case 'time':
      return l10n.t('The time when the push is sent.');
    case 'file':
      return l10n.t('The file in the editor that was used last.');
    case 'branch':
      return l10n.t('The current branch in Git.');
    case 'tag':
      return l10n.t('The last tag in Git.');
    case 'selection':
      return l10n.t('The text that is selected in the editor that was used last.');
    case 'input:':
      return l10n.t('Asks this question when the push is sent; the answer stands in the text.');
  }
}

/** What a placeholder is filled in with. */
export function placeholderMeaning(name: Placeholder): string {
  switch (name) {
    case 'name':
      return l10n.t('The first name of each person.');
    case 'last_name':
      return l10n.t('The last name of each person.');
    case 'full_name':
      return l10n.t('The first and last name of each person.');
    case 'position':
      return l10n.t('The position of each person.');
    case 'department':
      return l10n.t('The department of each person.');
  }
}

import { env, l10n } from 'vscode';
import { fillIn, pluralForm } from './plural';

/** A number as VS Code's language writes it, such as `4,566`. */
export function formatNumber(value: number): string {
  return new Intl.NumberFormat(env.language).format(value);
}

/**
 * A sentence about a number of things. `sentence` is translated and holds its plural forms (see `pluralForm`); `{0}`
 * becomes the count, `{1}` and so on the other values.
 */
export function counted(
  sentence: string,
  count: number,
  ...values: readonly (string | number)[]
): string {
  return fillIn(
    pluralForm(sentence, count, new Intl.PluralRules(env.language)),
    [count, ...values].map((value) => (typeof value === 'number' ? formatNumber(value) : value)),
  );
}

/** For example "1 person" or "4,566 people". */
export function countOfPeople(count: number): string {
  return counted(l10n.t('{0} person|{0} people'), count);
}

/** For example "1 department" or "12 departments". */
export function countOfDepartments(count: number): string {
  return counted(l10n.t('{0} department|{0} departments'), count);
}

/** The first `atMost` names, and how many more there are: "Anna, Oleg and 3 more". */
export function firstNames(names: readonly string[], atMost: number): string {
  const first = names.slice(0, atMost).join(', ');
  const more = names.length - atMost;
  return more > 0 ? l10n.t('{0} and {1} more', first, formatNumber(more)) : first;
}

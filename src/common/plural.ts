/**
 * Picks the form of a sentence for a count. A translated sentence holds its plural forms separated by `|`: one and
 * other, as in English, or one, few and many, as in Russian.
 */
export function pluralForm(sentence: string, count: number, rules: Intl.PluralRules): string {
  const forms = sentence.split('|');
  const category = rules.select(count);
  const index = category === 'one' ? 0 : category === 'few' && forms.length > 2 ? 1 : -1;
  return forms.at(index) ?? sentence;
}

/** Fills in `{0}`, `{1}`, … as text; a placeholder without a value stays as it is. */
export function fillIn(sentence: string, values: readonly string[]): string {
  return sentence.replace(/\{(\d+)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
}

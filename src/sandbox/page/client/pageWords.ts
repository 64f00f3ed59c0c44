/** Runs in the browser and in the sandbox. Says the sentences of the pages in one language. */
export class PageWords {
  /** "en" or "ru". */
  readonly language: string;
  /** By the English sentence; a sentence that is not in it stays English. */
  readonly translations: Readonly<Record<string, string>>;

  constructor(language: string, translations: Readonly<Record<string, string>>) {
    this.language = language;
    this.translations = translations;
  }

  /** @param english a sentence with places `{0}`, `{1}` … for the values */
  text(english: string, ...values: readonly (string | number)[]): string {
    return this.#fill(this.translations[english] ?? english, values);
  }

  /** @param english the forms of a sentence with the number in `{0}`, e.g. "{0} phone|{0} phones" */
  count(english: string, count: number): string {
    const forms = (this.translations[english] ?? english).split('|');
    const rule = new Intl.PluralRules(this.language).select(count);
    const form = rule === 'one' ? forms[0] : rule === 'few' ? forms.at(1) : forms.at(-1);
    return this.#fill(form ?? '', [this.number(count)]);
  }

  number(value: number): string {
    return value.toLocaleString(this.language);
  }

  /** Dates in English have the day before the month, as on the portal. */
  date(time: number | string, options: Intl.DateTimeFormatOptions = {}): string {
    const locale = this.language === 'en' ? 'en-GB' : this.language;
    return new Date(time).toLocaleDateString(locale, options);
  }

  #fill(sentence: string, values: readonly (string | number)[]): string {
    return sentence.replace(/\{(\d)\}/g, (place, index) => String(values[Number(index)] ?? place));
  }
}

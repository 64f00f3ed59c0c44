import { fillIn, pluralForm } from '../common/plural';
import type { FormStringKey } from '../form/formStrings';

/** The page's sentences, numbers and times in the language of the host. */
export class Words {
  readonly #locale: string;
  readonly #strings: Record<string, string>;
  /** Formats made once: making one takes longer than all that it writes at a key. */
  readonly #numbers: Intl.NumberFormat;
  readonly #plurals: Intl.PluralRules;

  constructor(locale: string, strings: Record<string, string>) {
    this.#locale = locale;
    this.#strings = strings;
    this.#numbers = new Intl.NumberFormat(locale);
    this.#plurals = new Intl.PluralRules(locale);
  }

  /** The sentence of that key, with `{0}`, `{1}`… filled in. */
  text(key: FormStringKey, ...values: readonly (string | number)[]): string {
    return this.#fill(this.#strings[key] ?? key, values);
  }

  /** The sentence in its plural form for `count`, which is also `{0}`. */
  plural(key: FormStringKey, count: number, ...values: readonly (string | number)[]): string {
    const sentence = pluralForm(this.#strings[key] ?? key, count, this.#plurals);
    return this.#fill(sentence, [count, ...values]);
  }

  number(value: number): string {
    return this.#numbers.format(value);
  }

  /** `at`: Unix ms. Written as the host writes times. */
  time(at: number, seconds = false): string {
    const timeStyle = seconds ? 'medium' : 'short';
    return new Intl.DateTimeFormat(this.#locale, { timeStyle }).format(at);
  }

  /** `at`: Unix ms. With 24 hours, as the lock screen of a phone is drawn. */
  clock(at: number): string {
    return new Intl.DateTimeFormat(this.#locale, {
      ...({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const),
    }).format(at);
  }

  /** `at`: Unix ms. */
  date(at: number): string {
    return new Intl.DateTimeFormat(this.#locale, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
    }).format(at);
  }

  #fill(sentence: string, values: readonly (string | number)[]): string {
    return fillIn(
      sentence,
      values.map((value) => (typeof value === 'number' ? this.number(value) : value)),
    );
  }
}

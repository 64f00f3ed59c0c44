import { fillIn, pluralForm } from '../common/plural';
import type { FormStringKey } from '../form/formStrings';

/** The page's sentences and its ways to write numbers and times; all come from the host's language. */
export class Words {
  readonly #locale: string;
  readonly #strings: Record<string, string>;

  constructor(locale: string, strings: Record<string, string>) {
    this.#locale = locale;
    this.#strings = strings;
  }

  text(key: FormStringKey, ...values: readonly (string | number)[]): string {
    return this.#fill(this.#strings[key] ?? key, values);
  }

  /** The form for this number; the number itself is `{0}`. */
  plural(key: FormStringKey, count: number, ...values: readonly (string | number)[]): string {
    const sentence = pluralForm(this.#strings[key] ?? key, count, this.#locale);
    return this.#fill(sentence, [count, ...values]);
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.#locale).format(value);
  }

  /** Unix ms as a clock of 24 hours shows it: short, and never in doubt. */
  time(at: number, seconds = false): string {
    return new Intl.DateTimeFormat(this.#locale, {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(seconds ? { second: '2-digit' } : {}),
    }).format(at);
  }

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

import type { FormStringKey } from '../form/formStrings';
import type { Words as Sentence } from '../form/protocol';

/** The page's sentences, numbers and times in the language of the host. */
export class Words {
  readonly #locale: string;
  readonly #strings: Record<string, Sentence>;
  readonly #plural: Intl.PluralRules;

  constructor(locale: string, strings: Record<string, Sentence>) {
    this.#locale = locale;
    this.#strings = strings;
    this.#plural = new Intl.PluralRules(locale);
  }

  /** The sentence of that key, with `{0}`, `{1}`… filled in. */
  text(key: FormStringKey, ...values: readonly (string | number)[]): string {
    const sentence = this.#strings[key] ?? key;
    const pattern = typeof sentence === 'string' ? sentence : sentence.other;
    return fill(
      pattern,
      values.map((value) => this.#write(value)),
    );
  }

  /** The sentence in its plural form for `count`, which is also `{0}`. */
  plural(key: FormStringKey, count: number, ...values: readonly (string | number)[]): string {
    const sentence = this.#strings[key] ?? key;
    const all = [count, ...values].map((value) => this.#write(value));
    if (typeof sentence === 'string') {
      return fill(sentence, all);
    }
    const rule = this.#plural.select(count);
    return fill(
      rule === 'one' || rule === 'few' || rule === 'many' ? sentence[rule] : sentence.other,
      all,
    );
  }

  number(value: number): string {
    return this.#write(value);
  }

  /** `at`: Unix ms. Always with 24 hours, because that is short and needs no AM or PM. */
  time(at: number, seconds = false): string {
    return new Intl.DateTimeFormat(this.#locale, {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(seconds ? { second: '2-digit' } : {}),
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

  #write(value: string | number): string {
    return typeof value === 'number' ? new Intl.NumberFormat(this.#locale).format(value) : value;
  }
}

function fill(pattern: string, values: readonly string[]): string {
  return pattern.replace(/\{(\d+)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
}

/** A piece of markup whose data was escaped when it was made; only `html` makes one. */
export class Html {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

type HtmlValue = Html | string | number | false | null | readonly Html[];

/** Markup from a template: every value is escaped, unless it is markup itself. Attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(
    strings.reduce((done, part, index) => done + toSource(values[index - 1] ?? null) + part),
  );
}

/** Text that stands for itself between tags and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function toSource(value: HtmlValue): string {
  if (value === null || value === false) {
    return '';
  }
  if (value instanceof Html) {
    return value.source;
  }
  if (typeof value === 'string' || typeof value === 'number') {
    return escapeHtml(String(value));
  }
  return value.map((item) => item.source).join('');
}

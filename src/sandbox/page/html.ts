/** Markup in which all data is escaped already. */
export class Html {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

type HtmlValue = Html | string | number | false | null | readonly Html[];

/** Makes markup from a template. It escapes every value that is not markup itself; attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(
    strings.reduce((done, part, index) => done + toSource(values[index - 1] ?? null) + part),
  );
}

/** Escapes a text for use between tags and inside quoted attributes. */
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

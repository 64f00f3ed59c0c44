/**
 * Texts that greet each person by name. In a `personal` text `{name}` stands for a fact about the person,
 * `{name|colleague}` says what to write where the fact is missing, and `{{` and `}}` are braces.
 * A `literal` text (a selection, a file, a link) is sent as it is, braces and all.
 *
 * Works in the form's page too: no VS Code and no Node.js here.
 */

export type TextMode = 'literal' | 'personal';

export const placeholders = ['name', 'last_name', 'full_name', 'position', 'department'] as const;
export type Placeholder = (typeof placeholders)[number];

/** Each placeholder, and how it may be written in Russian. */
export const placeholderWords: readonly (readonly [Placeholder, string])[] = [
  ['name', 'имя'],
  ['last_name', 'фамилия'],
  ['full_name', 'полное имя'],
  ['position', 'должность'],
  ['department', 'отдел'],
];

/** What a text may say about someone. Facts that are blank count as missing. */
export interface TextPerson {
  /** Positive integer, unique on the portal. */
  id: number;
  firstName?: string | undefined;
  lastName?: string | undefined;
  /** Full name, where first and last name are not known apart. */
  name?: string | undefined;
  position?: string | undefined;
  /** Name of the person's (first) department. */
  department?: string | undefined;
}

/** What is wrong with a personal text, and where: UTF-16 units from the beginning of the text. */
export interface TemplateFault {
  /** `PLACEHOLDER_OPEN`: a brace without its partner. */
  code: 'PLACEHOLDER_UNKNOWN' | 'PLACEHOLDER_OPEN';
  offset: number;
  length: number;
}

/** What stands between the literal parts of a text. */
export interface Blank {
  placeholder: Placeholder;
  /** What to write where the fact is missing; undefined: nothing. */
  fallback: string | undefined;
}

/** A text, read once and filled in for many. */
export interface Template {
  /** In order. A fault's stretch of text stands among them as it was written. */
  parts: readonly (string | Blank)[];
  faults: readonly TemplateFault[];
  /** False: everybody gets the same text. */
  personal: boolean;
}

/** What is read as more than itself in a personal text: doubled braces, placeholders and single braces. */
const bracesOfTemplate = /\{\{|\}\}|\{[^{}]*\}|[{}]/g;

/** Never throws: what cannot be understood is among the faults. */
export function parseTemplate(text: string, mode: TextMode): Template {
  if (mode === 'literal') {
    return { parts: text === '' ? [] : [text], faults: [], personal: false };
  }
  const parts: (string | Blank)[] = [];
  const faults: TemplateFault[] = [];
  let literal = '';
  let at = 0;
  const endLiteral = (): void => {
    if (literal !== '') {
      parts.push(literal);
      literal = '';
    }
  };
  for (const { 0: written, index } of text.matchAll(bracesOfTemplate)) {
    literal += text.slice(at, index);
    at = index + written.length;
    const blank = readBlank(written.slice(1, -1));
    if (blank) {
      endLiteral();
      parts.push(blank);
    } else if (written === '{{' || written === '}}') {
      literal += written.charAt(0);
    } else {
      const code = written.length === 1 ? 'PLACEHOLDER_OPEN' : 'PLACEHOLDER_UNKNOWN';
      faults.push({ code, offset: index, length: written.length });
      literal += written;
    }
  }
  literal += text.slice(at);
  endLiteral();
  return { parts, faults, personal: parts.some((part) => typeof part !== 'string') };
}

/** The text as this person gets it; without a person, as somebody of whom nothing is known would. */
export function fillTemplate(template: Template, person?: TextPerson): string {
  let text = '';
  for (const part of template.parts) {
    text +=
      typeof part === 'string' ? part : (factOf(part.placeholder, person) ?? part.fallback ?? '');
  }
  return text;
}

/**
 * The place in a text that a place in its filled version comes from; inside of what was filled in, the place of the
 * opening brace. Both are UTF-16 offsets.
 */
export function offsetInTemplate(
  text: string,
  mode: TextMode,
  person: TextPerson | undefined,
  filledOffset: number,
): number {
  let at = 0;
  let filled = 0;
  for (const { 0: written, index } of mode === 'literal' ? [] : text.matchAll(bracesOfTemplate)) {
    filled += index - at;
    if (filled > filledOffset) {
      return index - (filled - filledOffset);
    }
    const { length } = fillTemplate(parseTemplate(written, mode), person);
    if (filled + length > filledOffset) {
      return index;
    }
    filled += length;
    at = index + written.length;
  }
  return at + filledOffset - filled;
}

/** Facts that the text asks for, that this person lacks, and that have no fallback: their places stay empty. */
export function missingFacts(template: Template, person: TextPerson): Placeholder[] {
  return template.parts.flatMap((part) =>
    typeof part !== 'string' &&
    part.fallback === undefined &&
    factOf(part.placeholder, person) === undefined
      ? [part.placeholder]
      : [],
  );
}

/** No more of what is known of these people than the text asks for; undefined for a text that asks for nothing. */
export function askedFacts(
  template: Template,
  people: readonly TextPerson[] | undefined,
): TextPerson[] | undefined {
  const asked = placeholdersOf(template);
  const isNamed = asked.includes('full_name');
  return asked.length === 0
    ? undefined
    : people?.map(({ id, firstName, lastName, name, position, department }) => ({
        id,
        ...((isNamed || asked.includes('name')) && { firstName }),
        ...((isNamed || asked.includes('last_name')) && { lastName }),
        ...(isNamed && { name }),
        ...(asked.includes('position') && { position }),
        ...(asked.includes('department') && { department }),
      }));
}

/** Which facts a text asks for, each once, in the order of {@link placeholders}. */
export function placeholdersOf(template: Template): Placeholder[] {
  return placeholders.filter((name) =>
    template.parts.some((part) => typeof part !== 'string' && part.placeholder === name),
  );
}

/** undefined when it is not known. */
export function factOf(
  placeholder: Placeholder,
  person: TextPerson | undefined,
): string | undefined {
  switch (placeholder) {
    case 'name':
      return known(person?.firstName);
    case 'last_name':
      return known(person?.lastName);
    case 'full_name':
      return known(`${person?.firstName ?? ''} ${person?.lastName ?? ''}`) ?? known(person?.name);
    case 'position':
      return known(person?.position);
    case 'department':
      return known(person?.department);
  }
}

function known(fact: string | undefined): string | undefined {
  return fact?.trim() || undefined;
}

/** `name` or `name|colleague`, without the braces. */
function readBlank(inner: string): Blank | undefined {
  const bar = inner.indexOf('|');
  const name = bar < 0 ? inner : inner.slice(0, bar);
  const found = placeholderWords.find((words) => words.includes(name));
  return found && { placeholder: found[0], fallback: bar < 0 ? undefined : inner.slice(bar + 1) };
}

import type { TextMode } from '../push/personalText';
import { builtInVariables } from './pushFile';
import type { FileVariable, PushFile, Span, Written } from './pushFile';

/** A `{{…}}` of a file. */
export interface VariableUse extends Span {
  /** Between the braces, trimmed. */
  name: string;
}

/** The text of a push with its variables filled in. */
export interface ReadText {
  /** The text of a draft in the push's mode; lines end with `\n`. */
  text: string;
  /** Uses that nothing is known for. They stand in `text` as they were written, and such a push is not sent. */
  unknown: readonly VariableUse[];
  /** The offset in the file that this offset of `text` comes from; inside a value, the offset of its `{{`. */
  sourceOf: (offset: number) => number;
}

/** Values of variables by name; undefined: not known. */
export type VariableValues = (name: string) => string | undefined;

/** A backslash before them keeps the braces as text. */
const use = /\\?\{\{([^{}\r\n]*)\}\}/gu;
/** `### ` in a text is written with a backslash. */
const escapedHeading = /^\\(?=\\*###(?:\s|$))/u;

/** Every `{{…}}` that stands for a variable. */
export function variableUses({ text, start }: Written): VariableUse[] {
  return [...text.matchAll(use)].flatMap(({ 0: written, 1: name = '', index }) =>
    written.startsWith('\\')
      ? []
      : [{ name: name.trim(), start: start + index, end: start + index + written.length }],
  );
}

/** What `{{input:…}}` asks; undefined for another variable. */
export function questionOf(name: string): string | undefined {
  return /^input:(.*)$/su.exec(name)?.[1]?.trim();
}

/**
 * Values of the file's own variables. A value may name variables above its own, and built-in ones. `known`: values of
 * those that the file does not define.
 */
export function fileValues(
  { variables }: Pick<PushFile, 'variables'>,
  known: VariableValues = () => undefined,
): VariableValues {
  const values = new Map<string, string | undefined>();
  const get: VariableValues = (name) => (values.has(name) ? values.get(name) : known(name));
  for (const { name, value } of variables) {
    const uses = variableUses(value);
    const isKnown = uses.every((one) => get(one.name) !== undefined);
    values.set(name.text, isKnown ? readText(value, 'literal', get).text : undefined);
  }
  return get;
}

/** Where the variable is defined in the file, if it is. */
export function definitionOf(file: PushFile, name: string): FileVariable | undefined {
  return file.variables.find((one) => one.name.text === name);
}

/** Is this the name of something that is only known when the push is sent or previewed? */
export function isBuiltIn(name: string): boolean {
  return builtInVariables.some((one) => one === name) || questionOf(name) !== undefined;
}

/**
 * Fills in the variables. Values are text: in a personal text their braces are doubled, so that nothing in them
 * becomes a placeholder.
 */
export function readText(written: Written, mode: TextMode, values: VariableValues): ReadText {
  const pieces: { at: number; source: number; isValue: boolean }[] = [];
  const unknown: VariableUse[] = [];
  let text = '';
  const add = (piece: string, source: number, isValue: boolean) => {
    if (piece !== '') {
      pieces.push({ at: text.length, source, isValue });
      text += piece;
    }
  };
  for (const { 0: line, index } of written.text.matchAll(/[^\r\n]+|\r\n|\r|\n/gu)) {
    const start = written.start + index;
    if (/^[\r\n]/u.test(line)) {
      add('\n', start, true);
      continue;
    }
    let at = escapedHeading.test(line) ? 1 : 0;
    for (const { 0: braces, 1: name = '', index: found } of line.matchAll(use)) {
      add(line.slice(at, found), start + at, false);
      at = found + braces.length;
      const value = values(name.trim());
      const source = start + found;
      if (braces.startsWith('\\')) {
        add(asText(braces.slice(1), mode), source, true);
      } else if (value === undefined) {
        unknown.push({ name: name.trim(), start: source, end: source + braces.length });
        add(asText(braces, mode), source, true);
      } else {
        add(asText(value, mode), source, true);
      }
    }
    add(line.slice(at), start + at, false);
  }
  const sourceOf = (offset: number) => {
    const piece = pieces.findLast(({ at }) => at <= offset);
    return piece ? piece.source + (piece.isValue ? 0 : offset - piece.at) : written.start;
  };
  return { text, unknown, sourceOf };
}

function asText(value: string, mode: TextMode): string {
  const unified = value.replace(/\r\n?/gu, '\n');
  return mode === 'personal' ? unified.replace(/[{}]/gu, '$&$&') : unified;
}

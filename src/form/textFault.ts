import type { IssueView } from './protocol';

/** A fault that has a place in the text: a placeholder that is none, or a brace without its partner. */
export interface TextFault {
  code: string;
  /** UTF-16 units of the text as a textarea holds it. */
  start: number;
  end: number;
  /** The text at that place, shortened. */
  written: string;
  /** Line and column count from 1; the column counts characters. */
  line: number;
  column: number;
}

/** undefined: the issue is about the text as a whole. */
export function textFaultOf(issue: IssueView | undefined, text: string): TextFault | undefined {
  if (issue?.offset === undefined || issue.offset > text.length) {
    return undefined;
  }
  const { code, offset, length = 0 } = issue;
  const before = asInTextarea(text.slice(0, offset));
  const written = asInTextarea(text.slice(offset, offset + length));
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return {
    code,
    start: before.length,
    end: before.length + written.length,
    written: shortened(written),
    line: before.split('\n').length,
    column: Array.from(line).length + 1,
  };
}

/** A textarea turns every line break into \n. */
export function asInTextarea(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}

const shownAtMost = 40;

function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length > shownAtMost ? `${characters.slice(0, shownAtMost).join('')}…` : text;
}

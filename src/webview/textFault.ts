import { placeholders } from '../compose/writtenText';
import type { IssueView } from '../compose/protocol';
import type { Words } from './words';

/** A fault that has a place in the text: a placeholder that is none, or a brace without its partner. */
export interface TextFault {
  code: string;
  /** UTF-16 units of the text as a textarea holds it. */
  start: number;
  end: number;
  written: string;
  /** Both from 1; the column counts characters. */
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
    written,
    line: before.split('\n').length,
    column: Array.from(line).length + 1,
  };
}

const shownAtMost = 40;

export function faultSentence(fault: TextFault, words: Words): string {
  const { code, line, column } = fault;
  if (code === 'PLACEHOLDER_OPEN') {
    return words.text('issueBrace', fault.written, line, column);
  }
  const characters = Array.from(fault.written);
  const written =
    characters.length > shownAtMost
      ? `${characters.slice(0, shownAtMost).join('')}…`
      : fault.written;
  return words.text('issuePlaceholder', written, line, column, placeholders.join(', '));
}

/** A textarea turns every line break into \n. */
export function asInTextarea(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}

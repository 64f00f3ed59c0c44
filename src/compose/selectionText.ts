/** A selected range of a document, lines counted from 0 as editors do. */
export interface SelectedRange {
  startLine: number;
  endLine: number;
  /** Column where it ends. */
  endCharacter: number;
  text: string;
}

/** Selections as one text, literally, in document order; only line ends are unified. */
export function joinSelections(ranges: readonly SelectedRange[]): string {
  return ranges
    .map(({ text }) => text.replace(/\r\n?/gu, '\n'))
    .reduce((all, text) => (all === '' || all.endsWith('\n') ? all + text : `${all}\n${text}`), '');
}

/** Lines for people, from 1: `41-43`, `41`, `41-43, 50`. */
export function lineLabel(ranges: readonly SelectedRange[]): string {
  const parts = ranges.map(({ startLine, endLine, endCharacter }) => {
    // A selection that ends before the first column of a line shows nothing of that line.
    const last = endCharacter === 0 && endLine > startLine ? endLine - 1 : endLine;
    return last === startLine ? `${startLine + 1}` : `${startLine + 1}-${last + 1}`;
  });
  return [...new Set(parts)].join(', ');
}

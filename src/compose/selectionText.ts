/** A selected range of a document. Lines count from 0, as in the editor's API. */
export interface SelectedRange {
  startLine: number;
  endLine: number;
  /** The column in which the range ends, from 0. */
  endCharacter: number;
  text: string;
}

/** Joins selections into one text, in document order. Only line ends are changed: all become `\n`. */
export function joinSelections(ranges: readonly SelectedRange[]): string {
  return ranges
    .map(({ text }) => text.replace(/\r\n?/gu, '\n'))
    .reduce((all, text) => (all === '' || all.endsWith('\n') ? all + text : `${all}\n${text}`), '');
}

/** The selected lines for people to read, counted from 1: `41-43`, `41`, `41-43, 50`. */
export function lineLabel(ranges: readonly SelectedRange[]): string {
  const parts = ranges.map(({ startLine, endLine, endCharacter }) => {
    // A selection that ends before the first column of a line shows nothing of that line.
    const last = endCharacter === 0 && endLine > startLine ? endLine - 1 : endLine;
    return last === startLine ? `${startLine + 1}` : `${startLine + 1}-${last + 1}`;
  });
  return [...new Set(parts)].join(', ');
}

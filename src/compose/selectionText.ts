/** A selected range of a document. Lines count from 0, as in the editor's API. */
export interface SelectedRange {
  startLine: number;
  endLine: number;
  /** The column in which the range ends, from 0. */
  endCharacter: number;
  text: string;
}

/** Joins selections into one text, in document order. Only line ends are changed: all become `\n`. */
export function joinSelections(ranges: readonly Pick<SelectedRange, 'text'>[]): string {
  return ranges
    .map(({ text }) => text.replace(/\r\n?/gu, '\n'))
    .reduce((all, text) => (all === '' || all.endsWith('\n') ? all + text : `${all}\n${text}`), '');
}

const partsAtMost = 4;

/** The selected lines for people to read, counted from 1: `41-43`, `41`, `41-43, 50`, and of many `1, 3, 5, … 99`. */
export function lineLabel(ranges: readonly SelectedRange[]): string {
  const lines = ranges
    .map(({ startLine, endLine, endCharacter }) => ({
      first: startLine,
      // A selection that ends before the first column of a line shows nothing of that line.
      last: endCharacter === 0 && endLine > startLine ? endLine - 1 : endLine,
    }))
    .sort((a, b) => a.first - b.first);
  const joined: typeof lines = [];
  for (const { first, last } of lines) {
    const before = joined.at(-1);
    if (before && first <= before.last + 1) {
      before.last = Math.max(before.last, last);
    } else {
      joined.push({ first, last });
    }
  }
  const parts = joined.map(({ first, last }) =>
    first === last ? `${first + 1}` : `${first + 1}-${last + 1}`,
  );
  return parts.length > partsAtMost
    ? `${parts.slice(0, partsAtMost - 1).join(', ')}, … ${parts.at(-1)}`
    : parts.join(', ');
}

/**
 * The name of an output channel, from the path of its document: `extension-output-publisher.name-#1-Git`, or
 * `publisher.name.Bitrix24 Push.log` for a log. Undefined for what has no name that a person knows.
 */
export function outputChannelName(path: string): string | undefined {
  const name = path.split('/').at(-1) ?? '';
  return (
    /^extension-output-.+?-#\d+-(.+)$/.exec(name)?.[1] ??
    /^[\w-]+\.[\w-]+\.(.+?)(?:\.log)?$/.exec(name)?.[1]
  );
}

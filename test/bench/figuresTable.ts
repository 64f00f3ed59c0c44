import type { Bench } from './benches';

const begin = '<!-- figures: npm run bench -- --write -->';
const end = '<!-- /figures -->';

const columns = ['Figure', 'What', 'At most', 'Measured', 'The SDK'];
const none = '–';

/** By name; what the SDK takes by name and `.sdk`, as text where it came to no end. */
export type Figures = Readonly<Record<string, number | string>>;

export const peerKey = (name: string) => `${name}.sdk`;

/** The page with these figures in the table between its two marks; others stay. Throws where a mark is missing. */
export function withFigures(
  page: string,
  benches: readonly Pick<Bench, 'name' | 'what' | 'atMost'>[],
  figures: Figures,
): string {
  const [from, to] = marksIn(page);
  const measured = new Map(
    rowsIn(page)?.map(([name, , , ours, theirs]) => [name?.replaceAll('`', ''), { ours, theirs }]),
  );
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [
    row(columns),
    row(columns.map(() => '---')),
    ...benches.map(({ name, what, atMost }) => {
      const { ours, theirs } =
        figures[name] === undefined
          ? (measured.get(name) ?? {})
          : { ours: figures[name], theirs: figures[peerKey(name)] };
      return row([`\`${name}\``, what, String(atMost), String(ours ?? ''), String(theirs ?? none)]);
    }),
  ].join('\n');
  return `${page.slice(0, from)}\n\n${table}\n\n${page.slice(to)}`;
}

/** The rows between the marks: name, what, at most, measured, the SDK's or `–`. */
export function figuresIn(page: string): string[][] {
  const rows = rowsIn(page);
  if (!rows) {
    throw new Error('The table of figures has another head');
  }
  return rows;
}

/** undefined where the table has another head. */
function rowsIn(page: string): string[][] | undefined {
  const [from, to] = marksIn(page);
  const [head, line, ...rows] = page
    .slice(from, to)
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => text.slice(2, -2).split(' | '));
  return String(head) === String(columns) && line?.every((cell) => cell === '---') === true
    ? rows
    : undefined;
}

/** Where the first mark ends and the second begins. */
function marksIn(page: string): [from: number, to: number] {
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end);
  if (from < begin.length || to < from) {
    throw new Error(`The page of figures lacks ${begin} or ${end}`);
  }
  return [from, to];
}

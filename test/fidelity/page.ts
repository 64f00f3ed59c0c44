import { sources, testsOf, type Entry, type Source, type Topic } from './entries';

const MEANINGS: Readonly<Record<Source, string>> = {
  recorded: 'seen in a request, an answer or a live test that somebody published',
  source: 'read in the published code of the server, or of an official SDK',
  docs: 'stated in the documentation of Bitrix24',
  assumed: 'follows from the above, or is the careful choice where nothing is known',
  own: 'belongs to the sandbox alone, such as its control API: no portal has it, so it claims nothing of Bitrix24',
};

/** Writes docs/fidelity.md. */
export function fidelityPage(topics: readonly Topic[]): string {
  const entries = topics.flatMap((topic) => topic.entries);
  return `${[
    '# How far the sandbox can be trusted',
    `Every behaviour of [the sandbox portal](../src/sandbox/README.md) is listed here, with the place where it can be looked up and the test that holds it. \`npm run fidelity\` writes this page from \`test/fidelity/entries\`. It fails when a test is missing or skipped, when the code of the sandbox has a refusal, status, limit, lifetime or method without an entry, and when the check of an entry is gone from the code. The unit tests ask the same, and whether this page is up to date.`,
    'Files of the server are named as below `bitrix/modules`; the sources themselves are listed in [bitrix24.md](bitrix24.md).',
    countsBySource(entries),
    countsByTopic(topics),
    ...topics.map(topicTable),
  ].join('\n\n')}\n`;
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function countOf(entries: readonly Entry[], source: Source): string {
  return String(entries.filter((entry) => entry.source === source).length);
}

/** The table of all sources with their numbers and meanings. */
export function countsBySource(entries: readonly Entry[]): string {
  const rows = sources.map((source) => [source, countOf(entries, source), MEANINGS[source]]);
  return table(['Source', 'Behaviours', 'Meaning'], [...rows, ['all', String(entries.length), '']]);
}

function countsByTopic(topics: readonly Topic[]): string {
  const rows = topics.map(({ name, entries }) => [
    `[${titleOf(name)}](#${name})`,
    ...sources.map((source) => countOf(entries, source)),
    String(entries.length),
  ]);
  return table(['Topic', ...sources, 'all'], rows);
}

const titleOf = (name: string) => name.replaceAll('-', ' ');

function topicTable({ name, entries }: Topic): string {
  const rows = entries.map((entry) => [
    `\`${entry.id}\``,
    `${plain(entry.what)}${saidIn(entry)}`,
    entry.source,
    plain(entry.where),
    testsOf(entry).map(plain).join('<br>'),
  ]);
  return `## ${titleOf(name)}\n\n${table(['Id', 'What', 'Source', 'Where', 'Test'], rows)}`;
}

/** The checks of an entry as they stand in the code, without the file. */
function saidIn({ checks = [] }: Entry): string {
  return checks.map((name) => `<br>\`${code(name.replace(/^\S+: /, ''))}\``).join('');
}

/** A vertical line would end the cell of a table, also within code. */
const code = (text: string) => text.replaceAll('`', '´').replaceAll('|', '\\|');

/** Keeps Markdown and HTML from reading anything into a sentence. */
function plain(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[|\\*[\]]/g, '\\$&');
}

import { testsOf, type Entry, type Topic } from './entries';
import type { Check } from './sandboxChecks';
import { splitTest, type Titles } from './titles';

/** What entries, checks and tests are compared with each other. */
export interface Compared {
  topics: readonly Topic[];
  checks: readonly Check[];
  titles: Titles;
}

/** Compares entries, the code's checks and the tests that exist. @returns a sentence for each thing that does not fit. */
export function problemsIn({ topics, checks, titles }: Compared): string[] {
  const entries = topics.flatMap((topic) => topic.entries);
  return [
    ...repeatedIds(entries),
    ...missingTests(entries, titles),
    ...goneChecks(entries, checks),
    ...unheldChecks(entries, checks),
  ];
}

function repeatedIds(entries: readonly Entry[]): string[] {
  const seen = new Set<string>();
  return entries.flatMap(({ id }) => {
    const repeated = seen.has(id);
    seen.add(id);
    return repeated ? [`${id}: two entries have this id.`] : [];
  });
}

function missingTests(entries: readonly Entry[], titles: Titles): string[] {
  const users = new Map<string, string[]>();
  for (const entry of entries) {
    for (const test of testsOf(entry)) {
      users.set(test, [...(users.get(test) ?? []), entry.id]);
    }
  }
  return Array.from(users, ([test, ids]) => {
    const { file, title } = splitTest(test);
    const known = titles.running.get(file) ?? new Set();
    if (known.has(title)) {
      return '';
    }
    if (titles.skipped.get(file)?.has(title) === true) {
      return `${ids.join(', ')}: skipped test: ${test}`;
    }
    const nearest = nearestTo(title, known);
    const hint = nearest === undefined ? '' : `\n    Nearest: ${file} › ${nearest}`;
    return `${ids.join(', ')}: no such test: ${test}${hint}`;
  }).filter((problem) => problem !== '');
}

/** @returns the title that shares most words with the given one. */
function nearestTo(title: string, known: Iterable<string>): string | undefined {
  const words = new Set(title.split(' '));
  const shared = (one: string) => one.split(' ').filter((word) => words.has(word)).length;
  return [...known].sort((a, b) => shared(b) - shared(a))[0];
}

function goneChecks(entries: readonly Entry[], checks: readonly Check[]): string[] {
  const known = new Set(checks.map(({ name }) => name));
  return entries.flatMap(({ id, checks: held = [] }) =>
    held
      .filter((name) => !known.has(name))
      .map((name) => `${id}: its check is not in src/sandbox any more: ${name}`),
  );
}

/** @returns the checks that no entry names. */
export function checksWithoutEntry(
  entries: readonly Entry[],
  checks: readonly Check[],
): readonly Check[] {
  const held = new Set(entries.flatMap((entry) => entry.checks ?? []));
  return checks.filter(({ name }) => !held.has(name));
}

function unheldChecks(entries: readonly Entry[], checks: readonly Check[]): string[] {
  return checksWithoutEntry(entries, checks).map(
    ({ name, place }) =>
      `src/sandbox/${place}: no entry has this check: ${name}\n` +
      `    Add to the "checks" of an entry in test/fidelity/entries: ${JSON.stringify(name)}`,
  );
}

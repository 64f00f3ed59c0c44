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
    ...entries.flatMap((entry) => missingTests(entry, titles)),
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

function missingTests(entry: Entry, titles: Titles): string[] {
  return testsOf(entry).flatMap((test) => {
    const { file, title } = splitTest(test);
    if (titles.running.get(file)?.has(title) === true) {
      return [];
    }
    const why =
      titles.skipped.get(file)?.has(title) === true
        ? 'is skipped'
        : titles.running.has(file)
          ? 'does not exist'
          : 'is in a file that does not exist or has no tests';
    return [`${entry.id}: its test ${why}: ${test}`];
  });
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

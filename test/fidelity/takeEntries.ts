import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatted, parseEntries, readTopics, testsOf, type Entry } from './entries';
import type { Places } from './fidelity';
import type { Check } from './sandboxChecks';
import { splitTest, titlesOf, type Titles } from './titles';
import { checksWithoutEntry } from './verdict';

/**
 * Takes in entries that were written apart from the others, into a topic of the file's name. Titles may be short or
 * have blanks for ` › `: where exactly one test fits, its full title replaces them. A check that no entry has goes
 * to the entry whose words name its code or method, if exactly one does.
 * @param file a list of entries as in the folder, `checks` left out
 * @param find finds the titles of tests; by default it asks mocha.
 * @returns what it did, and what is left to do by hand
 */
export async function takeEntries(
  { root, entries: folder }: Places,
  file: string,
  checks: readonly Check[],
  find = titlesOf,
): Promise<string> {
  const name = path.basename(file, '.json');
  const target = path.join(folder, `${name}.json`);
  const before = existsSync(target) ? parseEntries(target, readFileSync(target, 'utf8')) : [];
  const others = readTopics(folder).filter((topic) => topic.name !== name);
  const known = others.flatMap((topic) => topic.entries);

  const given = withFiles(root, JSON.parse(readFileSync(file, 'utf8')));
  const read = parseEntries(file, JSON.stringify(given));
  const titles = await find(
    root,
    read.flatMap(testsOf).map((test) => splitTest(test).file),
  );
  const full = read.map((entry) => withFullTitles(entry, titles));
  const taken = new Map([...before, ...full].map((entry) => [entry.id, entry]));
  const free = checksWithoutEntry([...known, ...taken.values()], checks);
  const claimed = claim([...taken.values()], free);
  writeFileSync(target, await formatted(claimed));
  const left = checksWithoutEntry([...known, ...claimed], checks).length;
  return `${file}: ${String(full.length)} entries taken into ${name}.json; ${String(left)} checks have no entry yet.`;
}

/** Gives each test its file as a path below test/unit. */
function withFiles(root: string, entries: unknown): unknown {
  const files = readdirSync(path.join(root, 'test/unit'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll(path.sep, '/'))
    .filter((name) => name.endsWith('.test.ts'));
  const mend = (test: unknown): unknown => {
    if (typeof test !== 'string') {
      return Array.isArray(test) ? test.map(mend) : test;
    }
    const [given = '', ...titles] = test.split(/\s*›\s*/);
    const wanted = given.replace(/^(?:\.\/)?test\/unit\//, '');
    const [only, ...more] = files.filter((file) => file === wanted || file.endsWith(`/${wanted}`));
    return [only !== undefined && more.length === 0 ? only : wanted, ...titles].join(' › ');
  };
  return Array.isArray(entries)
    ? entries.map((entry: unknown) =>
        typeof entry === 'object' && entry !== null && 'test' in entry
          ? { ...entry, test: mend(entry.test) }
          : entry,
      )
    : entries;
}

function withFullTitles(entry: Entry, titles: Titles): Entry {
  const full = testsOf(entry).map((test) => {
    const { file, title } = splitTest(test);
    const all = [...(titles.running.get(file) ?? [])];
    const fitting = all.includes(title) ? [] : all.filter((one) => one.includes(title));
    const [only, ...more] = fitting;
    return only !== undefined && more.length === 0 ? `${file} › ${only}` : test;
  });
  return { ...entry, test: full.length === 1 ? (full[0] ?? '') : full };
}

/** Gives each free check to the one entry whose id or sentence names its code, method or constant. */
function claim(entries: readonly Entry[], free: readonly Check[]): Entry[] {
  const claimed = new Map<Entry, string[]>();
  for (const { name } of free) {
    const words = keyWords(name);
    const [only, ...more] = entries.filter(({ id, what }) =>
      words.some((word) => wordsOf(`${id} ${what}`).has(word)),
    );
    if (only !== undefined && more.length === 0) {
      claimed.set(only, [...(claimed.get(only) ?? []), name]);
    }
  }
  return entries.map((entry) => {
    const checks = [...(entry.checks ?? []), ...(claimed.get(entry) ?? [])];
    return checks.length === 0 ? entry : { ...entry, checks };
  });
}

/** Words such as `NO_AUTH_FOUND` and `user.get`, without the full stop of a sentence. */
function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.split(/[^\w.-]+/).map((word) => word.replace(/\.$/, '')));
}

/** The words by which a sentence would name a check: its code, method or reason. */
function keyWords(name: string): string[] {
  const said = name.replace(/^\S+: /, '').replace(/ ×\d+$/, '');
  const named = /^(?:method|reason) (\S+)/.exec(said)?.[1];
  if (named !== undefined) {
    return [named];
  }
  return said.split(' | ').filter((part) => /^[A-Za-z]\w*_\w+$/.test(part));
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';

const run = promisify(execFile);

const Report = v.object({
  tests: v.array(v.object({ file: v.string(), fullTitle: v.string() })),
  pending: v.array(v.object({ file: v.string(), fullTitle: v.string() })),
});

/** The tests that really exist. */
export interface Titles {
  /** Full titles by file (below test/unit), as mocha joins them: with blanks. */
  readonly running: ReadonlyMap<string, ReadonlySet<string>>;
  /** The same for tests that are skipped. */
  readonly skipped: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Asks mocha for the titles of all tests in these files, without running one.
 * @param root of the repository
 * @param files below `folder`; files that do not exist are left out
 * @param folder of the tests, below the root
 */
export async function titlesOf(
  root: string,
  files: readonly string[],
  folder = 'test/unit',
): Promise<Titles> {
  const known = [...new Set(files)].filter((file) => existsSync(path.join(root, folder, file)));
  if (known.length === 0) {
    return { running: new Map(), skipped: new Map() };
  }
  const { stdout } = await run(
    process.execPath,
    [
      '--import',
      'tsx',
      path.join('node_modules', 'mocha', 'bin', 'mocha.js'),
      '--dry-run',
      '--reporter',
      'json',
      ...known.map((file) => path.join(folder, file)),
    ],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  );
  const { tests, pending } = v.parse(Report, JSON.parse(stdout));
  const byFile = (list: readonly { file: string; fullTitle: string }[]) => {
    const titles = new Map<string, Set<string>>();
    for (const { file, fullTitle } of list) {
      const name = path.relative(path.join(root, folder), file).replaceAll(path.sep, '/');
      titles.set(name, (titles.get(name) ?? new Set()).add(fullTitle));
    }
    return titles;
  };
  const skipped = byFile(pending);
  const running = byFile(tests);
  for (const [file, titles] of skipped) {
    titles.forEach((title) => running.get(file)?.delete(title));
  }
  return { running, skipped };
}

/** Splits `FILE › SUITE › TEST` into the file and the title as mocha joins it. */
export function splitTest(test: string): { file: string; title: string } {
  const [file = '', ...titles] = test.split(' › ');
  return { file, title: titles.join(' ') };
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readTopics, testsOf, type Topic } from './entries';
import { fidelityPage } from './page';
import { sandboxChecks, type Check } from './sandboxChecks';
import { splitTest, titlesOf } from './titles';
import { problemsIn } from './verdict';

/** The places of the repository that are compared. */
export interface Places {
  root: string;
  entries: string;
  sandbox: string;
  page: string;
}

export function placesIn(root: string): Places {
  return {
    root,
    entries: path.join(root, 'test', 'fidelity', 'entries'),
    sandbox: path.join(root, 'src', 'sandbox'),
    page: path.join(root, 'docs', 'fidelity.md'),
  };
}

export interface Fidelity {
  topics: readonly Topic[];
  checks: readonly Check[];
  /** What does not fit, a sentence each. */
  problems: readonly string[];
  /** The text that docs/fidelity.md should have. */
  page: string;
  isPageUpToDate: boolean;
}

/**
 * Compares the entries with the code of the sandbox and with the tests that exist. Runs no test.
 * @param find finds the titles of tests; by default it asks mocha.
 */
export async function fidelityOf(places: Places, find = titlesOf): Promise<Fidelity> {
  const topics = readTopics(places.entries);
  const checks = sandboxChecks(places.sandbox);
  const files = topics
    .flatMap((topic) => topic.entries)
    .flatMap(testsOf)
    .map((test) => splitTest(test).file);
  const titles = await find(places.root, files);
  const page = fidelityPage(topics);
  return {
    topics,
    checks,
    problems: problemsIn({ topics, checks, titles }),
    page,
    isPageUpToDate: textOf(places.page) === page,
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

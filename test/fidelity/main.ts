import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readTopics, testsOf } from './entries';
import { fidelityPage } from './page';
import { sandboxChecks } from './sandboxChecks';
import { takeEntries } from './takeEntries';
import { splitTest, titlesOf } from './titles';
import { problemsIn } from './verdict';

/**
 * Compares the entries with the code and the tests of the sandbox, and writes docs/fidelity.md.
 *   npm run fidelity                     writes the page; fails where something does not fit
 *   npm run fidelity -- --check          writes nothing, and fails also where the page is out of date
 *   npm run fidelity -- --take FILE…     first takes in entries that were written elsewhere
 */
const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(import.meta.dirname, 'entries');
const page = path.join(root, 'docs', 'fidelity.md');

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean' }, take: { type: 'boolean' } },
  allowPositionals: true,
});
const say = (text: string) => process.stdout.write(`${text}\n`);

const checks = sandboxChecks(path.join(root, 'src', 'sandbox'));
if (values.take === true) {
  for (const file of positionals) {
    say(await takeEntries(root, folder, file, checks));
  }
}
const topics = readTopics(folder);
const entries = topics.flatMap((topic) => topic.entries);
const titles = await titlesOf(
  root,
  entries.flatMap(testsOf).map((test) => splitTest(test).file),
);
const problems = problemsIn({ topics, checks, titles });
const text = fidelityPage(topics);
if (values.check !== true) {
  writeFileSync(page, text);
} else if (readFileSync(page, 'utf8') !== text) {
  problems.push('docs/fidelity.md is out of date: npm run fidelity writes it.');
}
problems.forEach(say);
const [counts] = text.split('\n\n').slice(3);
say(`\n${counts ?? ''}\n`);
say(
  `${entries.length} behaviours, ${checks.length} checks in the code, ${problems.length} problems.`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fidelityOf, placesIn } from './fidelity';
import { mendEntries } from './mendEntries';
import { countsBySource } from './page';
import { sandboxChecks } from './sandboxChecks';
import { takeEntries } from './takeEntries';

/**
 * Compares the entries with the code and the tests of the sandbox, and writes docs/fidelity.md.
 *   npm run fidelity                     writes the page; fails where something does not fit
 *   npm run fidelity -- --check          writes nothing, and fails also where the page is out of date
 *   npm run fidelity -- --take FILE…     first takes in entries that were written apart from the others
 *   npm run fidelity -- --mend           first follows checks that moved to another file
 */
const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean' }, take: { type: 'boolean' }, mend: { type: 'boolean' } },
  allowPositionals: true,
});
const places = placesIn(path.resolve(import.meta.dirname, '../..'));
const say = (text: string) => process.stdout.write(`${text}\n`);

if (values.mend === true) {
  (await mendEntries(places, sandboxChecks(places.sandbox))).forEach(say);
}
// New entries are taken in last: a check that moved belongs to the entry that had it.
for (const file of values.take === true ? positionals : []) {
  say(await takeEntries(places, file, sandboxChecks(places.sandbox)));
}
const { topics, checks, problems, page, isPageUpToDate } = await fidelityOf(places);
problems.forEach(say);
const isStale = values.check === true && !isPageUpToDate;
if (isStale) {
  say('docs/fidelity.md is out of date: npm run fidelity writes it.');
} else if (!isPageUpToDate) {
  writeFileSync(places.page, page);
}
const entries = topics.flatMap((topic) => topic.entries);
say(`\n${countsBySource(entries)}\n`);
say(`${checks.length} checks in src/sandbox, ${problems.length} problems.`);
process.exitCode = problems.length > 0 || isStale ? 1 : 0;

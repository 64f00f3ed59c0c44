import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatted, readTopics, type Entry } from './entries';
import type { Places } from './fidelity';
import type { Check } from './sandboxChecks';
import { checksWithoutEntry } from './verdict';

/**
 * Follows checks that moved: where the check of an entry is gone and exactly one check without an entry says the
 * same in another file or another number of times, the entry gets that one. Checks that say something new are left,
 * since somebody has to look at their source.
 * @returns what it did, a line for each
 */
export async function mendEntries(places: Places, checks: readonly Check[]): Promise<string[]> {
  const topics = readTopics(places.entries);
  const entries = topics.flatMap((topic) => topic.entries);
  const known = new Set(checks.map(({ name }) => name));
  const free = checksWithoutEntry(entries, checks).map(({ name }) => name);
  const movedTo = (gone: string): string => {
    const [only, ...more] = free.filter((name) => saidIn(name) === saidIn(gone));
    return only !== undefined && more.length === 0 ? only : gone;
  };
  const done: string[] = [];
  for (const { name, entries: held } of topics) {
    const mended = held.map((entry): Entry => {
      const before = entry.checks ?? [];
      const after = before.map((check) => (known.has(check) ? check : movedTo(check)));
      if (before.every((check, place) => check === after[place])) {
        return entry;
      }
      done.push(`${entry.id}: its check is now ${after.join(', ')}`);
      return { ...entry, checks: [...new Set(after)] };
    });
    writeFileSync(path.join(places.entries, `${name}.json`), await formatted(mended));
  }
  return done;
}

/** What a check says, without its file and its number of places. */
const saidIn = (name: string) => name.replace(/^\S+: /, '').replace(/ ×\d+$/, '');

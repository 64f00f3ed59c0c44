import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import * as v from 'valibot';

/** Where a behaviour of the sandbox comes from; `docs/fidelity.md` explains each to its readers. */
export const sources = ['recorded', 'source', 'docs', 'assumed', 'own'] as const;
export type Source = (typeof sources)[number];

const Text = v.pipe(v.string(), v.trim(), v.nonEmpty());

/** A test, as `FILE › FULL TITLE`: the file below test/unit, and the titles of its suites and its own with ` › ` between. */
const Test = v.pipe(Text, v.regex(/^\S+\.test\.ts › \S/, 'is not "FILE.test.ts › TITLE"'));

const EntrySchema = v.strictObject({
  /** Words with dots between; it never changes, so that others can refer to it. */
  id: v.pipe(Text, v.regex(/^\w+(?:[.-]\w+)*$/)),
  /** One or two sentences: what the sandbox does. */
  what: Text,
  source: v.picklist(sources),
  /** Where the source can be looked up. */
  where: Text,
  /** The tests that fail when the behaviour changes. */
  test: v.union([Test, v.pipe(v.array(Test), v.nonEmpty())]),
  /** The checks in the code that it covers, as `sandboxChecks` names them; none for what is no single check. */
  checks: v.exactOptional(v.pipe(v.array(Text), v.nonEmpty())),
});

/** A behaviour of the sandbox, as the files in `entries` hold it. */
export type Entry = v.InferOutput<typeof EntrySchema>;

/** The entries of one file, which is one topic. */
export interface Topic {
  name: string;
  entries: readonly Entry[];
}

/** @throws Error that names the wrong field, with `name` in front. */
export function parseEntries(name: string, json: string): Entry[] {
  const result = v.safeParse(v.array(EntrySchema), JSON.parse(json));
  if (result.success) {
    return result.output;
  }
  const [issue] = result.issues;
  throw new Error(`${name}: ${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
}

/** Reads all topics of a folder, by name. */
export function readTopics(folder: string): Topic[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      name: path.basename(file, '.json'),
      entries: parseEntries(file, readFileSync(path.join(folder, file), 'utf8')),
    }));
}

export const testsOf = ({ test }: Entry): readonly string[] =>
  typeof test === 'string' ? [test] : test;

/** Writes entries as `npm run format` would. */
export function formatted(entries: readonly Entry[]): Promise<string> {
  return format(JSON.stringify(entries), { parser: 'json', printWidth: 100 });
}

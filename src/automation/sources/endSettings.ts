import * as v from 'valibot';
import type { Log } from '../../common/log';
import type { EndSettings } from './endNotice';
import { parseRules } from './rules';

const which = v.picklist(['all', 'failed', 'off']);

const schema = v.object({
  tasks: v.fallback(which, 'all'),
  commands: v.fallback(which, 'off'),
  debugging: v.fallback(v.boolean(), false),
  longerThan: v.fallback(v.pipe(v.number(), v.minValue(0)), 60),
  commandLine: v.fallback(v.boolean(), false),
});

/** Reads the settings by their names behind `reachMe.`. Anything else than what they may be counts as the default. */
export function readEndSettings(
  get: (name: string) => unknown,
  log: Pick<Log, 'warn'>,
): EndSettings {
  const names = Object.keys(schema.entries);
  const read = v.parse(schema, Object.fromEntries(names.map((name) => [name, get(name)])));
  const { longerThan, ...others } = read;
  return { ...others, longerThanMs: longerThan * 1_000, rules: parseRules(get('rules'), log) };
}

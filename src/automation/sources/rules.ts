import * as v from 'valibot';
import type { Log } from '../../common/log';
import type { EndedThing } from './endedThing';

/** What the user wants to hear of some tasks. */
export interface Rule {
  matches: (task: Pick<EndedThing, 'name' | 'source' | 'folder'>) => boolean;
  failedOnly: boolean;
  /** Takes the place of the setting reachMe.longerThan. */
  longerThanMs: number | undefined;
  /** With placeholders, see {@link fillRuleText}. */
  text: string | undefined;
}

const schema = v.strictObject({
  name: v.optional(v.pipe(v.string(), v.nonEmpty()), '*'),
  folder: v.optional(v.pipe(v.string(), v.nonEmpty()), '*'),
  result: v.optional(v.picklist(['failed', 'any']), 'any'),
  longerThan: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(7 * 24 * 60 * 60))),
  text: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(1_000))),
});

/** Reads the setting reachMe.rules. A rule with a fault is left out, and the log says where the fault is. */
export function parseRules(value: unknown, log: Pick<Log, 'warn'>): Rule[] {
  if (!Array.isArray(value)) {
    if (value !== undefined && value !== null) {
      log.warn('The setting reachMe.rules is not a list: no rule is used.');
    }
    return [];
  }
  return value.flatMap((entry: unknown, index) => {
    const parsed = v.safeParse(schema, entry);
    if (!parsed.success) {
      const where = v.getDotPath(parsed.issues[0]);
      const of = where === null ? '' : ` (${where})`;
      log.warn(`Rule ${index + 1} of reachMe.rules is not used: it is not understood${of}.`);
      return [];
    }
    const { name, folder, result, longerThan, text } = parsed.output;
    const [isName, isFolder] = [matcher(name), matcher(folder)];
    return {
      matches: (task) =>
        (isName(task.name) ||
          (task.source !== undefined && isName(`${task.source}: ${task.name}`))) &&
        isFolder(task.folder ?? ''),
      failedOnly: result === 'failed',
      longerThanMs: longerThan === undefined ? undefined : longerThan * 1_000,
      text: text === '' ? undefined : text,
    };
  });
}

/** `*` stands for any text; everything else for itself. */
function matcher(pattern: string): (text: string) => boolean {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (text) => expression.test(text);
}

export type RuleValues = Record<'name' | 'result' | 'duration' | 'folder' | 'exitCode', string>;

/** Fills in {name}, {result}, {duration}, {folder} and {exitCode}; any other braces stay as they are. */
export function fillRuleText(text: string, values: RuleValues): string {
  const known = new Map<string, string>(Object.entries(values));
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => known.get(key) ?? whole);
}

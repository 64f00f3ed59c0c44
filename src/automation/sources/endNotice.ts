import type { NewNotice, NoticeResult } from '../notice';
import { hasFailed } from './endedThing';
import type { EndedThing } from './endedThing';
import { fillRuleText } from './rules';
import type { Rule } from './rules';

/** The settings bitrix24Push.reachMe.*, as far as they say which ends are told. */
export interface EndSettings {
  tasks: Which;
  commands: Which;
  debugging: boolean;
  rules: readonly Rule[];
  longerThanMs: number;
  /** Command lines may be told; the secret check comes later. */
  commandLine: boolean;
}

export type Which = 'all' | 'failed' | 'off';

/** Words for a rule's text, in the user's language. */
export interface EndWords {
  result: (result: NoticeResult) => string;
  duration: (ms: number) => string;
}

/** Returns what is told of an end; undefined for one that its user does not want to hear of. */
export function endNotice(
  thing: EndedThing,
  settings: EndSettings,
  words: EndWords,
  isAskedFor: boolean,
): NewNotice | undefined {
  const rule =
    thing.origin === 'task' ? settings.rules.find(({ matches }) => matches(thing)) : undefined;
  const durationMs = thing.startedAt === undefined ? undefined : thing.endedAt - thing.startedAt;
  const minimumMs = rule?.longerThanMs ?? settings.longerThanMs;
  if (!isAskedFor) {
    const isShort = durationMs !== undefined && durationMs < minimumMs;
    if (isShort || !isWanted(thing, rule, settings)) {
      return undefined;
    }
  }
  const { origin, name, folder, code } = thing;
  const result = hasFailed(thing) ? 'failed' : 'ended';
  const notice = {
    ...{ origin, result, at: thing.endedAt, name, durationMs, folder },
    exitCode: code === 0 ? undefined : code,
  } satisfies NewNotice;
  return {
    ...notice,
    ...(rule?.longerThanMs === undefined ? {} : { minimumMs }),
    ...(isAskedFor ? { isAskedFor } : {}),
    words:
      rule?.text === undefined
        ? commandLineOf(thing, settings)
        : ruleText(rule.text, notice, words),
  };
}

function isWanted(thing: EndedThing, rule: Rule | undefined, settings: EndSettings): boolean {
  if (rule) {
    return !rule.failedOnly || hasFailed(thing);
  }
  switch (thing.origin) {
    case 'task':
      return isAmong(settings.tasks, thing);
    case 'terminal':
      return isAmong(settings.commands, thing);
    case 'debug':
      return settings.debugging;
  }
}

/** An end without a code is one that its user brought about, or nothing is known of it. */
function isAmong(which: Which, thing: EndedThing): boolean {
  return which === 'all' ? thing.code !== undefined : which === 'failed' && hasFailed(thing);
}

function commandLineOf({ commandLine }: EndedThing, settings: EndSettings): string | undefined {
  return settings.commandLine ? commandLine : undefined;
}

function ruleText(text: string, notice: NewNotice, words: EndWords): string {
  return fillRuleText(text, {
    name: notice.name,
    result: words.result(notice.result),
    duration: notice.durationMs === undefined ? '' : words.duration(notice.durationMs),
    folder: notice.folder ?? '',
    exitCode: String(notice.exitCode ?? ''),
  });
}

import * as v from 'valibot';
import type { Notice } from './notice';

const words = v.optional(v.string());

const noticeSchema = v.object({
  id: v.string(),
  at: v.number(),
  origin: v.picklist(['task', 'terminal', 'debug', 'program', 'agent', 'tool']),
  result: v.picklist(['ended', 'failed', 'stopped', 'waits', 'said']),
  name: v.string(),
  exitCode: v.optional(v.number()),
  durationMs: v.optional(v.number()),
  folder: words,
  words: words,
  isAskedFor: v.optional(v.boolean()),
  key: words,
  thread: words,
  askedBy: words,
});

const fileShape = v.object({ version: v.literal(1), notice: noticeSchema });
const content = v.pipe(v.string(), v.parseJson(), fileShape);

export function noticeContent(notice: Notice): string {
  return JSON.stringify({ version: 1, notice } satisfies v.InferInput<typeof fileShape>);
}

/** Returns undefined for what cannot be understood. */
export function parseNotice(text: string): Notice | undefined {
  const parsed = v.safeParse(content, text);
  return parsed.success ? parsed.output.notice : undefined;
}

/** What is kept where only outcomes are: no name and no words. */
export function redactedNotice({ id, at, origin, result, exitCode, durationMs }: Notice): Notice {
  return { id, at, origin, result, name: '', exitCode, durationMs };
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Seen } from './redactor';
import { RequestSchema } from './requests';

/** What the sandbox is told about the portal, so that both are asked in the same state. */
export const StateSchema = v.strictObject({
  scopes: v.exactOptional(v.array(v.string())),
  /** Whether the one who signed in is an administrator. */
  admin: v.exactOptional(v.boolean()),
  /** Whether the one who signed in has a photo. */
  photo: v.exactOptional(v.boolean()),
  /** false: the application has no name, and pushes are refused with EMPTY_APP_NAME. */
  named: v.exactOptional(v.boolean()),
  /** `strict`: a code, or a replaced refresh token, works once; `source`: again. */
  policy: v.exactOptional(v.picklist(['strict', 'source'])),
});
export type RecordedState = v.InferOutput<typeof StateSchema>;

const SeenSchema: v.GenericSchema<Seen> = v.lazy(() =>
  v.union([
    v.null(),
    v.boolean(),
    v.number(),
    v.string(),
    v.array(SeenSchema),
    v.record(v.string(), SeenSchema),
  ]),
);

const AnswerSchema = v.strictObject({
  status: v.nullable(v.number()),
  headers: v.record(v.string(), v.string()),
  kind: v.picklist(['json', 'arrival', 'html', 'text', 'empty', 'nobody']),
  body: v.exactOptional(SeenSchema),
});

const StepSchema = v.strictObject({
  id: v.string(),
  /** Why the step was left out. */
  skipped: v.exactOptional(v.string()),
  state: v.exactOptional(StateSchema),
  exchanges: v.array(v.strictObject({ request: RequestSchema, answer: AnswerSchema })),
});
export type RecordedStep = v.InferOutput<typeof StepSchema>;

const RecordingSchema = v.strictObject({
  version: v.literal(1),
  /** The day, e.g. 2026-11-27. */
  day: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/)),
  /** Who answered: a real portal, or a sandbox on this computer. */
  against: v.picklist(['portal', 'sandbox']),
  /** What was learnt of the open questions, by their ids in docs/bitrix24.md. */
  answers: v.record(v.string(), v.string()),
  steps: v.array(StepSchema),
});
export type Recording = v.InferOutput<typeof RecordingSchema>;

/** Reads a recording. @throws Error that names what is wrong with it. */
export async function readRecording(file: string): Promise<Recording> {
  const parsed = v.safeParse(RecordingSchema, JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`${file}: ${v.getDotPath(issue) ?? ''} ${issue.message}`);
  }
  return parsed.output;
}

/**
 * Writes a recording after a last look for everything that must not be in it: whatever is found there becomes
 * `<removed>`.
 * @returns how many of these values were found, which is a mistake of the redactor.
 */
export async function writeRecording(
  file: string,
  recording: Recording,
  secrets: readonly string[],
): Promise<number> {
  const escaped = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
  let text = JSON.stringify(recording, undefined, 2);
  const found = escaped.filter((secret) => text.includes(secret));
  for (const secret of found.sort((a, b) => b.length - a.length)) {
    text = text.replaceAll(secret, '<removed>');
  }
  v.assert(RecordingSchema, JSON.parse(text));
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${text}\n`);
  return found.length;
}

import * as v from 'valibot';
import { isObject, readError } from './answer';
import { Bitrix24Error } from './errors';
import { phpQuery } from './phpQuery';

export interface BatchCommand {
  method: string;
  params: Record<string, unknown>;
  /** Its parameters name earlier results on purpose, see {@link resultOf}. Never for what a user typed. */
  refersBack?: boolean;
}

/** The outcome of one command; outcomes come in the order of the commands. */
export type CommandOutcome =
  | { kind: 'answered'; result: unknown; total?: number | undefined; next?: number | undefined }
  | { kind: 'failed'; error: Bitrix24Error }
  /** Not reached because `halt` stopped the batch at an earlier command. */
  | { kind: 'notRun' }
  /** The answer does not mention it. It may have been carried out. */
  | { kind: 'unknown' };

/** Commands that a batch takes. docs/bitrix24.md, section 3. */
export const batchSize = 50;

/**
 * The `batch` method's parameters. Keys are our own, because PHP turns a run of numbers into a list.
 * Throws Bitrix24Error (kind `invalid`) for what a batch would garble.
 */
export function batchParams(
  commands: readonly BatchCommand[],
  halt: boolean,
): Record<string, unknown> {
  if (commands.length > batchSize) {
    throw invalid('BATCH_TOO_LONG', `A batch takes ${batchSize} commands`);
  }
  const cmd = commands.map(({ method, params, refersBack }, index) => {
    // The portal would replace it by a part of an earlier result, also in the middle of a text.
    if (refersBack !== true && JSON.stringify(params).includes('$result[')) {
      throw invalid('BATCH_REFERENCE', 'A text with "$result[" cannot travel in a batch');
    }
    return [commandKey(index), `${method}?${phpQuery(params)}`] as const;
  });
  return { halt: halt ? 1 : 0, cmd: Object.fromEntries(cmd) };
}

/** An empty PHP array is `[]` even where keys are meant. */
const byKey = v.fallback(v.optional(v.record(v.string(), v.unknown()), {}), {});

/** `result` of a `batch` answer. */
export const batchResult = v.object({
  result: byKey,
  result_error: byKey,
  result_total: byKey,
  result_next: byKey,
  result_time: byKey,
});

/** Sorts the answer by command. Nothing is taken for done that the answer does not name. */
export function readBatch(
  answer: v.InferOutput<typeof batchResult>,
  commands: readonly BatchCommand[],
  halt: boolean,
): CommandOutcome[] {
  let stopped = false;
  return commands.map((_, index): CommandOutcome => {
    const name = commandKey(index);
    if (Object.hasOwn(answer.result_error, name)) {
      stopped = halt;
      if ((answer.result[name] ?? undefined) !== undefined) {
        // It says both, which tells nothing.
        return { kind: 'unknown' };
      }
      return { kind: 'failed', error: commandError(answer.result_error[name]) };
    }
    if (Object.hasOwn(answer.result, name)) {
      return {
        kind: 'answered',
        result: answer.result[name],
        total: count(answer.result_total[name]),
        next: count(answer.result_next[name]),
      };
    }
    return { kind: stopped ? 'notRun' : 'unknown' };
  });
}

/** Stands for a part of what an earlier command of the same batch answers, e.g. `$result[c0][49][ID]`. */
export function resultOf(command: number, ...path: readonly (string | number)[]): string {
  return `$result[${commandKey(command)}]${path.map((step) => `[${step}]`).join('')}`;
}

function commandError(value: unknown): Bitrix24Error {
  const { code = 'UNKNOWN_ERROR', description } = readError(isObject(value) ? value : {});
  return new Bitrix24Error({ kind: 'server', phase: 'answered', code, description });
}

/** Names a command in the request and in the answer. */
export function commandKey(index: number): string {
  return `c${index}`;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function invalid(code: string, description: string): Bitrix24Error {
  return new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code, description });
}

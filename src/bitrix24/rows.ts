import * as v from 'valibot';
import { isObject } from './answer';
import { Bitrix24Error } from './errors';
import type { CallControl, PortalClient } from './portalClient';
import { batchSize } from './restBatch';
import type { BatchCommand, CommandOutcome } from './restBatch';

/** Rows per page, fixed by the portal. docs/bitrix24.md, section 6. */
export const pageSize = 50;

/** A list of rows. PHP writes a list with gaps as an object. */
export const rows = v.pipe(
  v.custom<object>((value) => Array.isArray(value) || isObject(value), 'a list'),
  v.transform((value): unknown[] => Object.values(value)),
);

/** An id, as a number or a string. */
export const positiveInteger = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.trim(), v.regex(/^\d{1,15}$/))]),
  v.transform(Number),
  v.safeInteger(),
  v.minValue(1),
);

/** Yes and no in all the ways that Bitrix24 and PHP write them; an empty text is PHP's `false` as text. */
export const flag = v.pipe(
  v.union([
    v.boolean(),
    v.picklist([0, 1]),
    v.pipe(v.string(), v.toLowerCase(), v.picklist(['y', 'n', '1', '0', 'true', 'false', ''])),
  ]),
  v.transform((value) => [true, 1, 'y', '1', 'true'].includes(value)),
);

/** A text, or a number that PHP made of one; anything else, such as `false` and `null`, is empty. */
export const text = v.fallback(
  v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(String), v.trim()), ''),
  '',
);

export const photo = v.fallback(
  v.optional(v.pipe(v.string(), v.regex(/^https?:\/\//i), v.url())),
  undefined,
);
/**
 * Several ids. PHP writes a list with gaps as an object, one id alone without a list, and none as `false`; what is no id
 * is left out.
 */
export const idList = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) =>
      readRows(positiveInteger, isObject(value) ? Object.values(value) : [value].flat()),
    ),
  ),
  [],
);

/** Reads rows. One that cannot be read is left out rather than hiding all the others. */
export function readRows<T>(row: v.GenericSchema<unknown, T>, list: readonly unknown[]): T[] {
  return list.flatMap((one) => {
    const parsed = v.safeParse(row, one);
    return parsed.success ? [parsed.output] : [];
  });
}

/** The rows that a command of a batch brought. Throws Bitrix24Error where it brought none. */
export function rowsOf(outcome: CommandOutcome | undefined): unknown[] {
  if (outcome?.kind === 'failed') {
    throw outcome.error;
  }
  const list = v.safeParse(rows, outcome?.kind === 'answered' ? outcome.result : undefined);
  if (!list.success) {
    throw new Bitrix24Error({ kind: 'notJson', phase: 'noAnswer', code: 'UNEXPECTED_ANSWER' });
  }
  return list.output;
}

/** Sends any number of commands, fifty in a request, and gives each outcome with the place of its command. */
export async function* inBatches(
  client: Pick<PortalClient, 'batch'>,
  commands: readonly BatchCommand[],
  options: CallControl,
): AsyncGenerator<[place: number, outcome: CommandOutcome]> {
  for (let start = 0; start < commands.length; start += batchSize) {
    const outcomes = await client.batch(commands.slice(start, start + batchSize), options);
    for (const [index, outcome] of outcomes.entries()) {
      yield [start + index, outcome];
    }
  }
}

import * as v from 'valibot';
import type { Person } from '../../bitrix24/person';
import type { PeoplePosition } from '../../bitrix24/peopleByPage';

/**
 * An unfinished directory: the people read so far. Its file has lines of JSON: a head, then for each request its people
 * and the position after it. A line that is incomplete, because the process ended, is left out.
 */
export interface Reading {
  /** Unix ms. */
  startedAt: number;
  total: number | undefined;
  people: Person[];
  position: PeoplePosition;
  /** True if everybody was read. */
  isComplete: boolean;
}

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const firstLine = v.object({
  format: v.literal(1),
  startedAt: v.number(),
  total: v.optional(count),
});
const personRow = v.strictTuple([
  id,
  v.string(),
  v.string(),
  v.string(),
  v.string(),
  v.string(),
  v.string(),
  v.array(id),
]);
const pageLine = v.object({
  position: v.object({ after: count, rows: count, by: v.picklist(['id', 'offset']) }),
  people: v.array(personRow),
  isComplete: v.boolean(),
});

export function firstLineOf({ startedAt, total }: Pick<Reading, 'startedAt' | 'total'>): string {
  return `${JSON.stringify({ format: 1, startedAt, total })}\n`;
}

/** A line for one request: the people that it returned, and the position after it. */
export function pageLineOf(
  people: readonly Person[],
  { position, isComplete }: Pick<Reading, 'position' | 'isComplete'>,
): string {
  const rows = people.map((one): v.InferOutput<typeof personRow> => [
    one.id,
    one.firstName,
    one.lastName,
    one.secondName ?? '',
    one.position ?? '',
    one.photo ?? '',
    one.type ?? '',
    one.departments,
  ]);
  return `${JSON.stringify({ position, isComplete, people: rows })}\n`;
}

/** Returns undefined if the first line cannot be read. */
export function parseReading(text: string): Reading | undefined {
  const [head = '', ...lines] = text.split('\n');
  const first = v.safeParse(firstLine, parse(head));
  if (!first.success) {
    return undefined;
  }
  const { startedAt, total } = first.output;
  const people: Person[] = [];
  let position: PeoplePosition = { after: 0, rows: 0, by: 'id' };
  let isComplete = false;
  for (const line of lines) {
    const page = v.safeParse(pageLine, parse(line));
    if (!page.success) {
      break;
    }
    ({ position, isComplete } = page.output);
    people.push(...page.output.people.map(personOf));
  }
  return { startedAt, total, people, position, isComplete };
}

function personOf(row: v.InferOutput<typeof personRow>): Person {
  const [id, firstName, lastName, secondName, position, photo, type, departments] = row;
  return {
    id,
    firstName,
    lastName,
    ...(secondName ? { secondName } : {}),
    name: `${firstName} ${lastName}`.trim() || `#${id}`,
    position: position || undefined,
    photo: photo || undefined,
    active: true,
    departments,
    type: type || undefined,
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

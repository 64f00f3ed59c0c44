import * as v from 'valibot';
import type { Person } from '../../bitrix24/person';
import { firstPosition } from '../../bitrix24/peopleByPage';
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
  format: v.literal(2),
  startedAt: v.number(),
  total: v.optional(count),
});
const text = v.string();
const person = v.object({
  id,
  firstName: text,
  lastName: text,
  secondName: v.optional(text),
  position: v.optional(text),
  photo: v.optional(text),
  type: v.optional(text),
  departments: v.array(id),
});
const pageLine = v.object({
  position: v.object({ after: count, rows: count, by: v.picklist(['id', 'offset']) }),
  people: v.array(person),
  isComplete: v.boolean(),
});

export function newReading(startedAt: number): Reading {
  return { startedAt, total: undefined, people: [], position: firstPosition, isComplete: false };
}

export function firstLineOf({ startedAt, total }: Pick<Reading, 'startedAt' | 'total'>): string {
  return `${JSON.stringify({ format: 2, startedAt, total })}\n`;
}

/** A line for one request: the people that it returned, and the position after it. */
export function pageLineOf(
  people: readonly Person[],
  { position, isComplete }: Pick<Reading, 'position' | 'isComplete'>,
): string {
  // Parsing keeps the fields of `person` alone: no e-mail address that stands for a name.
  const rows = people.map((one) => v.parse(person, one));
  return `${JSON.stringify({ position, isComplete, people: rows })}\n`;
}

/** Returns undefined if the first line cannot be read. */
export function parseReading(text: string): Reading | undefined {
  const [head = '', ...lines] = text.split('\n');
  const first = v.safeParse(firstLine, parse(head));
  if (!first.success) {
    return undefined;
  }
  const reading = { ...newReading(first.output.startedAt), total: first.output.total };
  for (const line of lines) {
    const page = v.safeParse(pageLine, parse(line));
    if (!page.success) {
      break;
    }
    reading.position = page.output.position;
    reading.isComplete = page.output.isComplete;
    reading.people.push(...page.output.people.map(personOf));
  }
  return reading;
}

/** The person with the fields that are kept. Without a name they are called `#ID`, as no e-mail address is kept. */
export function personOf(kept: v.InferOutput<typeof person>): Person {
  const name = `${kept.firstName} ${kept.lastName}`.trim() || `#${kept.id}`;
  return { ...kept, name, active: true };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

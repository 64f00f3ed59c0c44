import * as v from 'valibot';
import { batchSize, resultOf } from './batch';
import type { BatchCommand, CommandOutcome } from './batch';
import { Bitrix24Error } from './errors';
import { pageSize, readPeople, rows } from './people';
import type { Person } from './people';
import type { CallControl, PortalClient } from './portalClient';

/** Where reading everybody stands. */
export interface PeoplePosition {
  /** The last id read: people who come or go meanwhile move nobody to another page. */
  after: number;
  /** Rows read. */
  rows: number;
  /** Some portals overlook a filter by `>ID`: there rows are skipped by number. */
  by: 'id' | 'offset';
}

export interface PeoplePages {
  /** Active people, by ascending id. */
  people: Person[];
  /** Where to go on; absent when these were the last. */
  next?: PeoplePosition;
  /** All active people whom the caller may see; only where Bitrix24 counted. */
  total?: number;
}

/** Nothing else is asked for, so that nothing else travels. */
const fields = [
  'ID',
  'NAME',
  'LAST_NAME',
  'SECOND_NAME',
  'WORK_POSITION',
  'UF_DEPARTMENT',
  'PERSONAL_PHOTO',
  'USER_TYPE',
  'ACTIVE',
];

/** Bitrix24: user.get. The first page of everybody, with their number. Throws Bitrix24Error. */
export async function firstPeople(
  client: Pick<PortalClient, 'call'>,
  options: CallControl = {},
): Promise<PeoplePages> {
  const { result, total } = await client.call('user.get', peopleQuery({}, 0), {
    ...options,
    schema: rows,
  });
  const people = readPeople(result);
  const start: PeoplePosition = { after: 0, rows: 0, by: 'id' };
  // A short page may be one that the portal thinned out: only the count or an empty page ends the list.
  const isAll = result.length === 0 || (total !== undefined && result.length >= total);
  return {
    people: people.filter(({ active }) => active),
    ...(isAll ? {} : { next: advance(start, people, result.length) }),
    ...(total === undefined ? {} : { total }),
  };
}

/**
 * Bitrix24: user.get, up to 50 pages in one `batch`: 2,500 people in one request. Each page begins after the last
 * id of the page before it, by a reference that the server resolves, and nothing is counted (`start: -1`).
 * Throws Bitrix24Error, also when the first command failed; what came before a later failure is given.
 */
export async function morePeople(
  client: Pick<PortalClient, 'batch'>,
  position: PeoplePosition,
  pages: number,
  options: CallControl = {},
): Promise<PeoplePages> {
  const count = Math.max(1, Math.min(batchSize, pages));
  const commands = Array.from({ length: count }, (_, page) => command(position, page));
  const outcomes = await client.batch(commands, { ...options, halt: true });

  const people: Person[] = [];
  let at = position;
  for (const [index, outcome] of outcomes.entries()) {
    const list = listOf(outcome, index === 0);
    if (list === undefined) {
      break;
    }
    if (list.length === 0) {
      return { people };
    }
    const { after } = at;
    const later = readPeople(list).filter(({ id }) => id > after);
    if (at.by === 'id' && later.length === 0) {
      // The portal overlooked the filter and began again.
      at = { ...at, by: 'offset' };
      break;
    }
    people.push(...later.filter(({ active }) => active));
    at = advance(at, later, list.length);
    if (list.length < pageSize) {
      // Nothing for the next page's reference to name.
      break;
    }
  }
  return { people, next: at };
}

/** Parameters of user.get: a page of active people, as lean as it gets, by ascending id. */
export function peopleQuery(
  filter: Record<string, unknown>,
  start: number,
): Record<string, unknown> {
  return {
    SORT: 'ID',
    ORDER: 'ASC',
    FILTER: { ACTIVE: true, ...filter },
    SELECT: fields,
    start,
  };
}

function command({ after, rows: read, by }: PeoplePosition, page: number): BatchCommand {
  if (by === 'offset') {
    return { method: 'user.get', params: peopleQuery({}, read + page * pageSize) };
  }
  const from = page === 0 ? after : resultOf(page - 1, pageSize - 1, 'ID');
  return { method: 'user.get', params: peopleQuery({ '>ID': from }, -1), refersBack: page > 0 };
}

function advance(at: PeoplePosition, people: readonly Person[], count: number): PeoplePosition {
  return { ...at, after: people.at(-1)?.id ?? at.after, rows: at.rows + count };
}

/** The rows of a page; undefined when it was not answered but pages before it were. */
function listOf(outcome: CommandOutcome, isFirst: boolean): unknown[] | undefined {
  const list = outcome.kind === 'answered' ? v.safeParse(rows, outcome.result) : undefined;
  if (list?.success) {
    return list.output;
  }
  if (!isFirst) {
    return undefined;
  }
  if (outcome.kind === 'failed') {
    throw outcome.error;
  }
  throw new Bitrix24Error({
    kind: 'notJson',
    phase: 'noAnswer',
    code: 'UNEXPECTED_ANSWER',
    description: 'The batch does not answer its first command',
  });
}

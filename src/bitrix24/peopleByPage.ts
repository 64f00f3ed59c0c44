import * as v from 'valibot';
import { readPeople } from './person';
import type { Person } from './person';
import type { CallControl, PortalClient } from './portalClient';
import { batchSize, resultOf } from './restBatch';
import type { BatchCommand } from './restBatch';
import { pageSize, rows, rowsOf } from './rows';

/** How far the reading of everybody has come. */
export interface PeoplePosition {
  /** The last id read: people who come or go meanwhile move nobody to another page. */
  after: number;
  /** Rows read. */
  rows: number;
  /** `offset` for a portal that ignores a filter by `>ID`: its rows are skipped by number. */
  by: 'id' | 'offset';
}

export interface PeoplePages {
  /** Active people, by ascending id. */
  people: Person[];
  /** The position to go on from; absent when these were the last. */
  next?: PeoplePosition;
  /** The number of all active people whom the caller may see, if the portal counted. */
  total?: number;
}

/** The only fields that are asked for, so that no other personal data travels. */
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

/** Reads the first page of everybody with user.get, and their number. Throws Bitrix24Error. */
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
 * Reads up to 50 pages of everybody in one batch of user.get: 2,500 people in one request. Each page begins after the last
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
    if (index > 0 && (outcome.kind !== 'answered' || !v.is(rows, outcome.result))) {
      // The pages before it are worth keeping.
      break;
    }
    const list = rowsOf(outcome);
    if (list.length === 0) {
      return { people };
    }
    const { after } = at;
    const later = readPeople(list).filter(({ id }) => id > after);
    if (at.by === 'id' && later.length === 0) {
      // The portal ignored the filter and began again.
      at = { ...at, by: 'offset' };
      break;
    }
    people.push(...later.filter(({ active }) => active));
    at = advance(at, later, list.length);
    if (list.length < pageSize) {
      // The next page's reference names no row.
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

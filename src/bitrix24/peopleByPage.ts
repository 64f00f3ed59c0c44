import type { Person } from './person';
import { readPeople } from './person';
import type { CallControl, PortalClient } from './portalClient';
import { batchSize, resultOf } from './restBatch';
import type { BatchCommand, CommandOutcome } from './restBatch';
import { pageSize, rowsOf } from './rows';

/** How far the reading of people by ascending id has come. */
export interface PeoplePosition {
  /** The last id read: people who come or go meanwhile move nobody to another page. */
  after: number;
  /** Rows read. */
  rows: number;
  /** `offset` for a portal that ignores a filter by `>ID`: its rows are skipped by number. */
  by: 'id' | 'offset';
}

export const firstPosition: PeoplePosition = { after: 0, rows: 0, by: 'id' };

export interface PeoplePages {
  /** Active people, by ascending id. */
  people: Person[];
  /** The position to go on from; absent when these were the last. */
  next?: PeoplePosition;
  /** The number of all active people whom the caller may see; only with the first page, if the portal counted. */
  total?: number | undefined;
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

/** A part of the departments, whose people are read page by page. */
interface Share {
  departments: number[];
  position: PeoplePosition;
  total?: number | undefined;
  isDone?: boolean;
}

/** A command with more departments would meet PHP's limit of variables. docs/bitrix24.md, section 3. */
const departmentsAtOnce = 50;

/**
 * Reads the first page of everybody, or up to 50 more pages, in one batch of user.get: 2,500 people in one request.
 * Throws Bitrix24Error, also when the first command failed; what came before a later failure is given.
 */
export async function peopleByPage(
  client: Pick<PortalClient, 'batch'>,
  position: PeoplePosition,
  pages: number,
  options: CallControl = {},
): Promise<PeoplePages> {
  const count = position.rows === 0 ? 1 : Math.max(1, Math.min(batchSize, pages));
  const commands = Array.from({ length: count }, (_, page) => command({}, position, page, page));
  const [first, ...later] = await client.batch(commands, { ...options, halt: true });
  let page = takePage(first, position);
  const { total, people } = page;
  for (const outcome of later) {
    if (page.isLast) {
      break;
    }
    try {
      page = takePage(outcome, page.position);
    } catch {
      // The pages before it are worth keeping.
      break;
    }
    people.push(...page.people);
  }
  const isEnd = page.isEmpty || page.position.rows >= (total ?? Infinity);
  return { people, total, ...(!isEnd && { next: page.position }) };
}

/**
 * Reads the active people who are directly in one of these departments, each once, with batches of user.get: the
 * first pages with their totals in one request, then up to 2,500 people in each. Throws Bitrix24Error.
 * docs/bitrix24.md, section 6.
 */
export async function peopleInDepartments(
  client: Pick<PortalClient, 'batch'>,
  departments: readonly number[],
  options: CallControl = {},
): Promise<Person[]> {
  const wanted = new Set(departments);
  const ids = [...wanted];
  let open: Share[] = [];
  for (let at = 0; at < ids.length; at += departmentsAtOnce) {
    open.push({ departments: ids.slice(at, at + departmentsAtOnce), position: firstPosition });
  }
  const found = new Map<number, Person>();
  while (open.length > 0) {
    const pages = open
      .flatMap((share) => Array.from({ length: pagesLeft(share) }, (_, page) => ({ share, page })))
      .slice(0, batchSize);
    const commands = pages.map(({ share, page }, place) =>
      command({ UF_DEPARTMENT: share.departments }, share.position, page, place),
    );
    const outcomes = await client.batch(commands, options);
    const stopped = new Set<Share>();
    for (const [place, { share }] of pages.entries()) {
      if (stopped.has(share)) {
        continue;
      }
      const { people, position, total, isEmpty, isLast } = takePage(
        outcomes[place],
        share.position,
      );
      share.total ??= total;
      share.position = position;
      share.isDone = isEmpty || position.rows >= (share.total ?? Infinity);
      if (share.isDone || isLast) {
        stopped.add(share);
      }
      // A portal that ignores the filter must not turn a push to a department into one to everybody.
      people
        .filter((person) => person.departments.some((id) => wanted.has(id)))
        .forEach((person) => found.set(person.id, person));
    }
    open = open.filter(({ isDone }) => !isDone);
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
}

function pagesLeft({ position: { rows }, total = Infinity }: Share): number {
  return rows === 0 ? 1 : Math.max(1, Math.min(batchSize, Math.ceil((total - rows) / pageSize)));
}

/**
 * A page of active people who meet the filter, by ascending id. `page` counts from the position; `place` is the command's
 * in its batch. Pages after the first begin after the last id of the page before, by a reference that the server
 * resolves, and nothing is counted (`start: -1`).
 */
function command(
  filter: Record<string, unknown>,
  { after, rows, by }: PeoplePosition,
  page: number,
  place: number,
): BatchCommand {
  const query = (more: Record<string, unknown>, start: number) => ({
    SORT: 'ID',
    ORDER: 'ASC',
    FILTER: { ACTIVE: true, ...filter, ...more },
    SELECT: fields,
    start,
  });
  if (by === 'offset' || rows === 0) {
    return { method: 'user.get', params: query({}, rows + page * pageSize) };
  }
  const from = page === 0 ? after : resultOf(place - 1, pageSize - 1, 'ID');
  return { method: 'user.get', params: query({ '>ID': from }, -1), refersBack: page > 0 };
}

/** Moves on by a page. `isLast`: the pages after it in this batch say nothing. Throws Bitrix24Error. */
function takePage(outcome: CommandOutcome | undefined, position: PeoplePosition) {
  const list = rowsOf(outcome);
  const later = readPeople(list).filter(
    ({ id }) => position.by === 'offset' || id > position.after,
  );
  const isEmpty = list.length === 0;
  // Later pages are not counted, and a portal says 0 then.
  const isCounted = position.rows === 0 && outcome?.kind === 'answered';
  const total = isCounted ? outcome.total : undefined;
  if (!isEmpty && later.length === 0 && position.by === 'id') {
    // The portal ignored where to begin, and began again.
    return {
      people: [],
      position: { ...position, by: 'offset' as const },
      total,
      isEmpty,
      isLast: true,
    };
  }
  return {
    people: later.filter(({ active }) => active),
    position: {
      ...position,
      after: Math.max(position.after, ...later.map(({ id }) => id)),
      rows: position.rows + list.length,
    },
    total,
    isEmpty,
    // A short page may be one that the portal thinned out, but the next one cannot refer to its last row.
    isLast: list.length < pageSize,
  };
}

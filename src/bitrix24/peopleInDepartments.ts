import { peopleQuery } from './peopleByPage';
import { readPeople } from './person';
import type { Person } from './person';
import type { CallControl, PortalClient } from './portalClient';
import { batchSize, resultOf } from './restBatch';
import type { BatchCommand, CommandOutcome } from './restBatch';
import { pageSize, rowsOf } from './rows';

/** A command with more departments would meet PHP's limit of variables. docs/bitrix24.md, section 3. */
const departmentsAtOnce = 50;

/** A part of the departments, whose people are read page by page. */
interface Share {
  departments: readonly number[];
  /** The last id read: people who come or go meanwhile move nobody to another page. */
  after: number;
  /** Rows read. */
  rows: number;
  /** The number of all rows, if the portal counted them. */
  total?: number | undefined;
  /** True for a portal that ignores a filter by `>ID`: its rows are skipped by number. */
  byOffset: boolean;
  isDone: boolean;
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
  const wanted = new Set(departments.filter((id) => Number.isSafeInteger(id) && id > 0));
  const ids = [...wanted];
  const shares: Share[] = [];
  for (let at = 0; at < ids.length; at += departmentsAtOnce) {
    const some = ids.slice(at, at + departmentsAtOnce);
    shares.push({ departments: some, after: 0, rows: 0, byOffset: false, isDone: false });
  }
  const found = new Map<number, Person>();
  for (let open = shares; open.length > 0; open = open.filter(({ isDone }) => !isDone)) {
    const pages = open
      .flatMap((share) => Array.from({ length: pagesLeft(share) }, (_, page) => ({ share, page })))
      .slice(0, batchSize);
    const commands = pages.map(({ share, page }, at) => command(share, page, at));
    const outcomes = await client.batch(commands, options);
    const stopped = new Set<Share>();
    for (const [at, { share }] of pages.entries()) {
      if (!stopped.has(share)) {
        const { people, isLast } = take(share, outcomes[at]);
        if (isLast) {
          stopped.add(share);
        }
        // A portal that ignores the filter must not turn a push to a department into one to everybody.
        people
          .filter((person) => person.active && person.departments.some((id) => wanted.has(id)))
          .forEach((person) => found.set(person.id, person));
      }
    }
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
}

function pagesLeft({ rows: read, total }: Share): number {
  if (read === 0) {
    return 1;
  }
  return total === undefined ? batchSize : Math.max(1, Math.ceil((total - read) / pageSize));
}

/** `page` counts from where the share stands; `at`: of the command in its batch. */
function command(share: Share, page: number, at: number): BatchCommand {
  const ofShare = { UF_DEPARTMENT: share.departments };
  if (share.byOffset || share.rows === 0) {
    const start = share.rows + page * pageSize;
    return { method: 'user.get', params: peopleQuery(ofShare, start) };
  }
  const from = page === 0 ? share.after : resultOf(at - 1, pageSize - 1, 'ID');
  const params = peopleQuery({ ...ofShare, '>ID': from }, -1);
  return { method: 'user.get', params, refersBack: page > 0 };
}

/** Moves the share on by a page. `isLast`: the pages after it in this batch say nothing. */
function take(
  share: Share,
  outcome: CommandOutcome | undefined,
): { people: Person[]; isLast: boolean } {
  const list = rowsOf(outcome);
  const people = readPeople(list);
  if (list.length === 0) {
    share.isDone = true;
    return { people, isLast: true };
  }
  const last = Math.max(0, ...people.map(({ id }) => id));
  if (!share.byOffset && last <= share.after) {
    // The portal ignored where to begin, and began again.
    share.byOffset = true;
    return { people: [], isLast: true };
  }
  if (share.rows === 0 && outcome?.kind === 'answered') {
    share.total = outcome.total;
  }
  share.after = Math.max(share.after, last);
  share.rows += list.length;
  share.isDone = share.total !== undefined && share.rows >= share.total;
  // A short page may be one that the portal thinned out, but the next one cannot refer to its last row.
  return { people, isLast: share.isDone || list.length < pageSize };
}

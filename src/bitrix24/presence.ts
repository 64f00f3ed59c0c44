import * as v from 'valibot';
import { Bitrix24Error } from './errors';
import type { CallControl, PortalClient } from './portalClient';
import { batchSize } from './restBatch';
import { flag, pageSize, positiveInteger, rows, text } from './rows';

/** One person's state as the portal tells it, as far as it bears on delivery. Absent fields were not told. */
export interface DeliveryFact {
  id: number;
  /** First and last name; absent when both are empty. */
  name?: string | undefined;
  /** No person has this id; `likely` where only the chat was asked, which may also hide somebody. */
  unknown?: 'certain' | 'likely' | undefined;
  /** false: dismissed. */
  active?: boolean | undefined;
  extranet?: boolean | undefined;
  /** Somewhere; where is told by the times below. */
  online?: boolean | undefined;
  /** Unix ms, like the following; null: never. */
  activityAt?: number | null | undefined;
  mobileAt?: number | null | undefined;
  desktopAt?: number | null | undefined;
  /** The desktop app is open and nobody touches the computer. */
  idle?: boolean | undefined;
}

export type DeliveryScope = 'user' | 'im';

/** Ids in one im.user.list.get. The documentation names no limit. */
const chatSize = 100;

const userFields = [
  'ID',
  'ACTIVE',
  'NAME',
  'LAST_NAME',
  'IS_ONLINE',
  'LAST_ACTIVITY_DATE',
  'USER_TYPE',
];

interface Command {
  scope: DeliveryScope;
  ids: number[];
  method: string;
  params: Record<string, unknown>;
}

/**
 * Reads who people are and when they were active, with batches of user.get (scope `user`, `user_basic` or
 * `user_brief`) and im.user.list.get (scope `im`): some 1,600 people a request. docs/bitrix24.md, section 8. Scopes of
 * `without` are known to be missing and not tried. Returns facts by id, without people of whom nothing could be learned,
 * and the scopes that would tell more. Throws Bitrix24Error if nothing was learned for another reason.
 */
export async function readPresence(
  client: Pick<PortalClient, 'batch'>,
  ids: readonly number[],
  { without = [], ...control }: CallControl & { without?: readonly DeliveryScope[] } = {},
): Promise<{ facts: Map<number, DeliveryFact>; missing: DeliveryScope[] }> {
  const wanted = [...new Set(ids)];
  const missing = new Set(without);
  const users = new Map<number, DeliveryFact>();
  const chat = new Map<number, DeliveryFact>();
  let learned = false;
  let trouble: Bitrix24Error | undefined;

  let rest = commandsFor(wanted);
  for (;;) {
    rest = rest.filter(({ scope }) => !missing.has(scope));
    const commands = rest.splice(0, batchSize);
    if (commands.length === 0) {
      break;
    }
    const outcomes = await client.batch(commands, control);
    for (const [index, { scope, ids: asked }] of commands.entries()) {
      const outcome = outcomes[index];
      if (outcome?.kind === 'answered') {
        const into = scope === 'user' ? users : chat;
        const isUnderstood = readFacts(scope, outcome.result, asked, into);
        learned ||= isUnderstood;
      } else if (outcome?.kind === 'failed' && outcome.error.is('insufficient_scope')) {
        missing.add(scope);
      } else {
        trouble ??= outcome?.kind === 'failed' ? outcome.error : undefined;
      }
    }
  }
  if (wanted.length > 0 && !learned && missing.size < 2) {
    throw (
      trouble ??
      new Bitrix24Error({ kind: 'notJson', phase: 'noAnswer', code: 'UNEXPECTED_ANSWER' })
    );
  }
  return { facts: unite(wanted, users, chat), missing: [...missing] };
}

/** Commands for 100 people stand together, so that the first half of a long list is complete if the rest fails. */
function commandsFor(ids: readonly number[]): Command[] {
  const commands: Command[] = [];
  for (let start = 0; start < ids.length; start += chatSize) {
    const some = ids.slice(start, start + chatSize);
    for (let page = 0; page < some.length; page += pageSize) {
      const asked = some.slice(page, page + pageSize);
      const params = { FILTER: { ID: asked }, SELECT: userFields };
      commands.push({ scope: 'user', ids: asked, method: 'user.get', params });
    }
    // A list as JSON text, since PHP limits the variables of a query. docs/bitrix24.md, section 3.
    const params = { ID: JSON.stringify(some) };
    commands.push({ scope: 'im', ids: some, method: 'im.user.list.get', params });
  }
  return commands;
}

/** `{}` is how user.get writes a date; absent is unknown; nothing at all is never. */
const time = v.fallback(
  v.optional(
    v.pipe(
      v.union([v.string(), v.literal(false), v.null()]),
      v.transform((value) => (value ? Date.parse(value) : null)),
      v.union([v.null(), v.pipe(v.number(), v.safeInteger())]),
    ),
  ),
  undefined,
);
const maybe = v.fallback(v.optional(flag), undefined);

const userRow = v.pipe(
  v.object({
    ID: positiveInteger,
    ACTIVE: maybe,
    NAME: text,
    LAST_NAME: text,
    IS_ONLINE: maybe,
    LAST_ACTIVITY_DATE: time,
    USER_TYPE: text,
  }),
  v.transform((row): DeliveryFact => ({
    id: row.ID,
    name: `${row.NAME} ${row.LAST_NAME}`.trim() || undefined,
    active: row.ACTIVE,
    online: row.IS_ONLINE,
    extranet: row.USER_TYPE === '' ? undefined : row.USER_TYPE === 'extranet',
    activityAt: row.LAST_ACTIVITY_DATE,
  })),
);

const chatRow = v.pipe(
  v.object({
    id: positiveInteger,
    name: text,
    active: maybe,
    extranet: maybe,
    bot: maybe,
    last_activity_date: time,
    mobile_last_date: time,
    desktop_last_date: time,
    idle: time,
  }),
  v.transform(({ id, name, active, extranet, bot, idle, ...row }): DeliveryFact => ({
    id,
    ...(bot && { unknown: 'certain' as const }),
    name: name || undefined,
    active,
    extranet,
    activityAt: row.last_activity_date,
    mobileAt: row.mobile_last_date,
    desktopAt: row.desktop_last_date,
    idle: idle === undefined ? undefined : idle !== null,
  })),
);

/** False for an answer that is no list of people. */
function readFacts(
  scope: DeliveryScope,
  result: unknown,
  asked: readonly number[],
  into: Map<number, DeliveryFact>,
): boolean {
  const list = v.safeParse(rows, result);
  if (!list.success) {
    return false;
  }
  let isWhole = true;
  for (const one of list.output) {
    const fact = v.safeParse(scope === 'user' ? userRow : chatRow, one);
    if (fact.success) {
      into.set(fact.output.id, fact.output);
    } else {
      // The chat writes null or false for ids that nobody has.
      isWhole &&= scope === 'im' && (one === null || one === false);
    }
  }
  // A row that cannot be read may be anybody's: then nobody is called unknown.
  for (const id of isWhole ? asked : []) {
    if (!into.has(id)) {
      into.set(id, { id, unknown: scope === 'user' ? 'certain' : 'likely' });
    }
  }
  return true;
}

/** user.get decides who exists, but does not show everybody to each account; the chat knows the times. */
function unite(
  ids: readonly number[],
  users: ReadonlyMap<number, DeliveryFact>,
  chat: ReadonlyMap<number, DeliveryFact>,
): Map<number, DeliveryFact> {
  const facts = new Map<number, DeliveryFact>();
  for (const id of ids) {
    const told = [users.get(id), chat.get(id)].filter((fact) => fact !== undefined);
    const known = told.filter(({ unknown }) => !unknown);
    const [first, second] = known.length > 0 ? known : told.slice(0, 1);
    if (first && second) {
      const more = Object.entries(second).filter(([, value]) => value !== undefined);
      facts.set(id, { ...first, ...Object.fromEntries(more), name: first.name ?? second.name });
    } else if (first) {
      facts.set(id, first);
    }
  }
  return facts;
}

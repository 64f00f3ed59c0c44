import * as v from 'valibot';
import { isObject } from './answer';
import { Bitrix24Error } from './errors';
import { flag, positiveInteger, text } from './person';
import type { CallControl, PortalClient } from './portalClient';
import { batchSize } from './restBatch';
import type { CommandOutcome } from './restBatch';
import { pageSize, rows } from './rows';

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

export interface DeliveryFindings {
  /** By id. People of whom nothing could be learned are absent. */
  facts: Map<number, DeliveryFact>;
  /** Scopes that would tell more. */
  missing: DeliveryScope[];
}

export interface DeliveryFactsOptions extends CallControl {
  /** Scopes known to be missing: they are not tried. */
  without?: readonly DeliveryScope[];
}

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
 * `user_brief`) and im.user.list.get (scope `im`): some 1,600 people a request. docs/bitrix24.md, section 8. Learns what it can where a scope is missing; throws Bitrix24Error when nothing was learned
 * for another reason.
 */
export async function readPresence(
  client: Pick<PortalClient, 'batch'>,
  ids: readonly number[],
  { without = [], ...control }: DeliveryFactsOptions = {},
): Promise<DeliveryFindings> {
  const wanted = [...new Set(ids)].filter((id) => Number.isSafeInteger(id) && id > 0);
  const missing = new Set(without);
  const users = new Map<number, DeliveryFact>();
  const chat = new Map<number, DeliveryFact>();
  let learned = false;
  let trouble: Bitrix24Error | undefined;

  const all = commandsFor(wanted);
  for (let at = 0; at < all.length;) {
    const commands: Command[] = [];
    for (; at < all.length && commands.length < batchSize; at++) {
      const command = all[at];
      if (command && !missing.has(command.scope)) {
        commands.push(command);
      }
    }
    if (commands.length === 0) {
      break;
    }
    const outcomes = await client.batch(commands, control);
    for (const [index, { scope, ids: asked }] of commands.entries()) {
      const outcome = outcomes[index];
      if (outcome?.kind === 'answered') {
        const understood =
          scope === 'user' ? readUsers(outcome, asked, users) : readChat(outcome, asked, chat);
        learned ||= understood;
      } else if (outcome?.kind === 'failed' && outcome.error.is('insufficient_scope')) {
        missing.add(scope);
      } else {
        trouble ??= outcome?.kind === 'failed' ? outcome.error : undefined;
      }
    }
  }
  const complete = (['user', 'im'] as const).every((scope) => missing.has(scope));
  if (wanted.length > 0 && !learned && !complete) {
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

const userRow = v.object({
  ID: positiveInteger,
  ACTIVE: maybe,
  NAME: text,
  LAST_NAME: text,
  IS_ONLINE: maybe,
  LAST_ACTIVITY_DATE: time,
  USER_TYPE: text,
});

const chatRow = v.object({
  id: positiveInteger,
  name: text,
  active: maybe,
  extranet: maybe,
  bot: maybe,
  last_activity_date: time,
  mobile_last_date: time,
  desktop_last_date: time,
  idle: time,
});

type Answered = Extract<CommandOutcome, { kind: 'answered' }>;

/** False for an answer that is no list of people. */
function readUsers(
  { result }: Answered,
  asked: readonly number[],
  into: Map<number, DeliveryFact>,
): boolean {
  const list = v.safeParse(rows, result);
  if (!list.success) {
    return false;
  }
  let whole = true;
  for (const one of list.output) {
    const row = v.safeParse(userRow, one);
    if (!row.success) {
      whole = false;
      continue;
    }
    const { ID: id, NAME, LAST_NAME, ACTIVE: active, IS_ONLINE: online, USER_TYPE } = row.output;
    into.set(id, {
      id,
      name: `${NAME} ${LAST_NAME}`.trim() || undefined,
      active,
      online,
      extranet: USER_TYPE === '' ? undefined : USER_TYPE === 'extranet',
      activityAt: row.output.LAST_ACTIVITY_DATE,
    });
  }
  // A row that cannot be read may be anybody's: then nobody is called unknown.
  for (const id of whole ? asked : []) {
    if (!into.has(id)) {
      into.set(id, { id, unknown: 'certain' });
    }
  }
  return true;
}

/** An object by id or a list, with null or nothing for ids that nobody has. */
function readChat(
  { result }: Answered,
  asked: readonly number[],
  into: Map<number, DeliveryFact>,
): boolean {
  if (!Array.isArray(result) && !isObject(result)) {
    return false;
  }
  let whole = true;
  for (const one of Object.values(result)) {
    const row = v.safeParse(chatRow, one);
    if (!row.success) {
      whole &&= one === null || one === false;
      continue;
    }
    const { id, name, active, extranet, bot, idle } = row.output;
    into.set(id, {
      id,
      ...(bot && { unknown: 'certain' as const }),
      name: name || undefined,
      active,
      extranet,
      activityAt: row.output.last_activity_date,
      mobileAt: row.output.mobile_last_date,
      desktopAt: row.output.desktop_last_date,
      idle: idle === undefined ? undefined : idle !== null,
    });
  }
  for (const id of whole ? asked : []) {
    if (!into.has(id)) {
      into.set(id, { id, unknown: 'likely' });
    }
  }
  return true;
}

/** user.get decides who exists; the chat knows the times. */
function unite(
  ids: readonly number[],
  users: ReadonlyMap<number, DeliveryFact>,
  chat: ReadonlyMap<number, DeliveryFact>,
): Map<number, DeliveryFact> {
  const facts = new Map<number, DeliveryFact>();
  for (const id of ids) {
    const user = users.get(id);
    const other = chat.get(id);
    if (!user || !other) {
      const only = user ?? other;
      if (only) {
        facts.set(id, only);
      }
    } else if (other.unknown) {
      facts.set(id, user);
    } else if (user.unknown) {
      // A person whom user.get does not show to this account may still exist.
      facts.set(id, other);
    } else {
      const told = Object.entries(other).filter(([, value]) => value !== undefined);
      facts.set(id, { ...user, ...Object.fromEntries(told), name: user.name ?? other.name });
    }
  }
  return facts;
}

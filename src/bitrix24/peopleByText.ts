import * as v from 'valibot';
import { readPeople } from './person';
import type { Person } from './person';
import type { CallControl, PortalClient } from './portalClient';
import type { BatchCommand } from './restBatch';
import { inBatches, pageSize, rows, rowsOf } from './rows';

/** Calls user.search: active people whose name, position or department matches; the first 50. */
export async function searchPeople(
  client: PortalClient,
  query: string,
  options: CallControl = {},
): Promise<Person[]> {
  // A real boolean: Bitrix24 lists dismissed people too unless told otherwise.
  const { result } = await client.call(
    'user.search',
    { FIND: query, ACTIVE: true },
    { ...options, schema: rows },
  );
  return readPeople(result).filter((person) => person.active);
}

export interface FoundPeople {
  /** By e-mail address in lower case: everybody who has it, the dismissed too. */
  byEmail: Map<string, Person[]>;
  /** By name as asked: active people; not `isAll` when more match than are given. */
  byName: Map<string, { people: Person[]; isAll: boolean }>;
  /** Without `user` or `user_basic` nobody can be found by e-mail, and without any of `user*` nobody at all. */
  lacks: Set<'email' | 'name'>;
}

/** Several accounts may share an address, and a page must hold them all. */
const emailsACommand = pageSize / 2;

/**
 * Finds people by e-mail address (user.get) and by name (user.search): up to 1,250 addresses or 50 names in one batch.
 * Throws Bitrix24Error. docs/bitrix24.md, section 6.
 */
export async function findPeople(
  client: Pick<PortalClient, 'batch'>,
  { emails, names }: { emails: readonly string[]; names: readonly string[] },
  options: CallControl = {},
): Promise<FoundPeople> {
  const found: FoundPeople = { byEmail: new Map(), byName: new Map(), lacks: new Set() };
  const addresses = [...new Set(emails.map((email) => email.toLowerCase()))];
  const questions: {
    command: BatchCommand;
    kind: 'email' | 'name';
    take(list: unknown[]): void;
  }[] = [];
  for (let at = 0; at < addresses.length; at += emailsACommand) {
    const some = addresses.slice(at, at + emailsACommand);
    questions.push({
      kind: 'email',
      command: {
        method: 'user.get',
        params: { FILTER: { '=EMAIL': some }, SELECT: [...fields, 'EMAIL'] },
      },
      take: (list) => takeByEmail(found, some, list),
    });
  }
  for (const name of new Set(names)) {
    questions.push({
      kind: 'name',
      command: { method: 'user.search', params: { FIND: name, ACTIVE: true } },
      take: (list) => {
        const people = readPeople(list).filter(({ active }) => active);
        found.byName.set(name, { people, isAll: list.length < pageSize });
      },
    });
  }
  const commands = questions.map(({ command }) => command);
  for await (const [place, outcome] of inBatches(client, commands, options)) {
    const question = questions[place];
    if (outcome.kind === 'failed' && outcome.error.is('insufficient_scope')) {
      found.lacks.add(question?.kind ?? 'name');
    } else {
      question?.take(rowsOf(outcome));
    }
  }
  return found;
}

const fields = ['ID', 'ACTIVE', 'NAME', 'LAST_NAME', 'WORK_POSITION', 'PERSONAL_PHOTO'];
const withEmail = v.object({ EMAIL: v.pipe(v.string(), v.trim(), v.toLowerCase()) });

/** Without the scope for addresses, the portal ignores the filter and gives everybody, without an address. */
function takeByEmail(found: FoundPeople, asked: readonly string[], list: unknown[]): void {
  for (const row of list) {
    const address = v.safeParse(withEmail, row);
    if (!address.success) {
      found.lacks.add('email');
      return;
    }
    const { EMAIL: email } = address.output;
    if (asked.includes(email)) {
      found.byEmail.set(email, [...(found.byEmail.get(email) ?? []), ...readPeople([row])]);
    }
  }
}

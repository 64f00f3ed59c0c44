import * as v from 'valibot';
import { batchSize } from './batch';
import type { BatchCommand } from './batch';
import { Bitrix24Error } from './errors';
import { pageSize, readPeople, rows } from './people';
import type { Person } from './people';
import type { CallControl, PortalClient } from './portalClient';

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
 * Bitrix24: batch of user.get by EMAIL and of user.search, some 50 names or 1,250 addresses in a request. Throws
 * Bitrix24Error.
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
  for (let at = 0; at < questions.length; at += batchSize) {
    const some = questions.slice(at, at + batchSize);
    const outcomes = await client.batch(
      some.map(({ command }) => command),
      options,
    );
    for (const [index, outcome] of outcomes.entries()) {
      const question = some[index];
      if (outcome.kind === 'failed') {
        if (!outcome.error.is('insufficient_scope')) {
          throw outcome.error;
        }
        found.lacks.add(question?.kind ?? 'name');
        continue;
      }
      const page = v.safeParse(rows, outcome.kind === 'answered' ? outcome.result : undefined);
      if (!page.success) {
        throw new Bitrix24Error({ kind: 'notJson', phase: 'noAnswer', code: 'UNEXPECTED_ANSWER' });
      }
      question?.take(page.output);
    }
  }
  return found;
}

const fields = ['ID', 'ACTIVE', 'NAME', 'LAST_NAME', 'WORK_POSITION', 'PERSONAL_PHOTO'];
const withEmail = v.object({ EMAIL: v.pipe(v.string(), v.trim(), v.toLowerCase()) });

/** Where the scope hides addresses, Bitrix24 overlooks the filter and gives everybody, without an address. */
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

import * as v from 'valibot';
import { batchSize } from './batch';
import { Bitrix24Error } from './errors';
import { pageSize, peopleByIds, readPeople, rows } from './people';
import type { Person } from './people';
import type { CallControl, PortalClient } from './portalClient';

/**
 * Bitrix24: batch of user.get, for up to 2,500 people a request. As {@link peopleByIds}: dismissed people come with
 * `active: false`; unknown ids are absent. Throws Bitrix24Error.
 */
export async function manyPeopleByIds(
  client: PortalClient,
  ids: readonly number[],
  options: CallControl = {},
): Promise<Person[]> {
  if (ids.length <= pageSize) {
    return peopleByIds(client, ids, options);
  }
  const wanted = [...new Set(ids)].filter((id) => Number.isSafeInteger(id) && id > 0);
  const people: Person[] = [];
  for (let start = 0; start < wanted.length; start += pageSize * batchSize) {
    const some = wanted.slice(start, start + pageSize * batchSize);
    const commands = Array.from({ length: Math.ceil(some.length / pageSize) }, (_, page) => ({
      method: 'user.get',
      params: { FILTER: { ID: some.slice(page * pageSize, (page + 1) * pageSize) } },
    }));
    for (const outcome of await client.batch(commands, options)) {
      if (outcome.kind === 'failed') {
        throw outcome.error;
      }
      const page = v.safeParse(rows, outcome.kind === 'answered' ? outcome.result : undefined);
      if (!page.success) {
        throw new Bitrix24Error({ kind: 'notJson', phase: 'noAnswer', code: 'UNEXPECTED_ANSWER' });
      }
      people.push(...readPeople(page.output));
    }
  }
  return people;
}

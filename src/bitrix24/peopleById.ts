import { readPeople } from './person';
import type { Person } from './person';
import type { CallControl, PortalClient } from './portalClient';
import { inBatches, pageSize, rows, rowsOf } from './rows';

/**
 * Reads people by their ids with user.get: up to 50 in one call, else in batches of up to 2,500. Dismissed people come
 * with `active: false`; unknown ids are absent. Throws Bitrix24Error. docs/bitrix24.md, section 6.
 */
export async function peopleByIds(
  client: PortalClient,
  ids: readonly number[],
  options: CallControl = {},
): Promise<Person[]> {
  const wanted = [...new Set(ids)];
  const pages = Array.from({ length: Math.ceil(wanted.length / pageSize) }, (_, page) => ({
    FILTER: { ID: wanted.slice(page * pageSize, (page + 1) * pageSize) },
  }));
  const [only] = pages;
  if (only && pages.length === 1) {
    const { result } = await client.call('user.get', only, { ...options, schema: rows });
    return readPeople(result);
  }
  const people: Person[] = [];
  const commands = pages.map((params) => ({ method: 'user.get', params }));
  for await (const [, outcome] of inBatches(client, commands, options)) {
    people.push(...readPeople(rowsOf(outcome)));
  }
  return people;
}

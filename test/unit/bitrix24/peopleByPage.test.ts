import assert from 'node:assert/strict';
import { firstPosition, peopleByPage } from '../../../src/bitrix24/peopleByPage';
import type { PeoplePosition } from '../../../src/bitrix24/peopleByPage';
import { testClient } from '../../support/testClient';
import { failureOf, FakeClock, FakeTokens, json, ScriptedTransport, type Step } from './support';

const connect = (...steps: Step[]) => {
  const transport = new ScriptedTransport(...steps);
  return {
    transport,
    client: testClient({ transport, tokens: new FakeTokens(), clock: new FakeClock() }),
  };
};
const row = (id: number, more: object = {}) => ({
  ID: String(id),
  ACTIVE: true,
  NAME: `N${id}`,
  ...more,
});
const page = (from: number, count = 50) => Array.from({ length: count }, (_, at) => row(from + at));
const batch = (result: unknown, errors: unknown = [], totals: unknown = []) =>
  json({ result: { result, result_error: errors, result_total: totals, result_next: [] } });
const start: PeoplePosition = { after: 50, rows: 50, by: 'id' };
const ids = (people: readonly { id: number }[]) => people.map(({ id }) => id);

describe('the first page of everybody', () => {
  const first = (result: unknown, total?: number) => {
    const totals = total === undefined ? [] : { c0: total };
    return connect(batch(result === undefined ? [] : { c0: result }, [], totals));
  };
  const read = async (result: unknown, total?: number) =>
    await peopleByPage(first(result, total).client, firstPosition, 50);

  it('asks for active people by id and only for what a list needs, and tells their number', async () => {
    const { client, transport } = first(page(1), 120);
    const { people, next, total } = await peopleByPage(client, firstPosition, 50);
    assert.deepEqual(ids(people), ids(page(1).map(({ ID }) => ({ id: Number(ID) }))));
    assert.deepEqual({ next, total }, { next: start, total: 120 });
    const { cmd } = transport.bodies[0] as { cmd: Record<string, string> };
    const [command = '', ...more] = Object.values(cmd);
    assert.deepEqual(more, []);
    const [method, query] = command.split('?');
    assert.equal(method, 'user.get');
    assert.deepEqual(
      [...new URLSearchParams(query).values()],
      [
        ...['ID', 'ASC', '1', 'ID', 'NAME', 'LAST_NAME', 'SECOND_NAME', 'WORK_POSITION'],
        ...['UF_DEPARTMENT', 'PERSONAL_PHOTO', 'USER_TYPE', 'ACTIVE', '0'],
      ],
    );
  });

  it('is the last when it has everybody, and when there is nobody', async () => {
    assert.equal((await read(page(1, 12), 12)).next, undefined);
    // Bitrix24 leaves `total` out of an empty answer.
    assert.deepEqual(await read([]), { people: [], total: undefined });
  });

  it('is not the last for being short: the portal may have thinned it out', async () => {
    assert.deepEqual((await read(page(1, 49), 90)).next, { after: 49, rows: 49, by: 'id' });
  });

  it('leaves out dismissed people whom a portal lists all the same', async () => {
    const { people } = await read([row(1), row(2, { ACTIVE: false }), row(3)], 3);
    assert.deepEqual(ids(people), [1, 3]);
  });

  it('tells a missing scope by its code', async () => {
    const error = { error: 'insufficient_scope', error_description: '' };
    const refused = connect(batch([], { c0: error })).client;
    const failure = await failureOf(peopleByPage(refused, firstPosition, 1));
    assert.ok(failure.is('insufficient_scope'));
  });
});

describe('more people', () => {
  it('come in one request, each page after the last id of the page before', async () => {
    const { client, transport } = connect(batch({ c0: page(51), c1: page(101), c2: page(151, 7) }));
    const { people, next } = await peopleByPage(client, start, 3);
    assert.equal(people.length, 107);
    assert.deepEqual(next, { after: 157, rows: 157, by: 'id' });
    const { halt, cmd } = transport.bodies[0] as { halt: number; cmd: Record<string, string> };
    assert.equal(halt, 1);
    const asked = Object.values(cmd).map((command) => new URLSearchParams(command.split('?')[1]));
    assert.deepEqual(
      asked.map((params) => [params.get('FILTER[>ID]'), params.get('start')]),
      [
        ['50', '-1'],
        ['$result[c0][49][ID]', '-1'],
        ['$result[c1][49][ID]', '-1'],
      ],
    );
    assert.ok(asked.every((params) => params.get('FILTER[ACTIVE]') === '1'));
  });

  it('are at most 2,500 in one request', async () => {
    const { client, transport } = connect(batch({ c0: page(51) }));
    await peopleByPage(client, start, 1000);
    assert.equal(Object.keys(transport.bodies[0]?.['cmd'] as object).length, 50);
  });

  it('end with an empty page, as a list or as an object', async () => {
    for (const empty of [[], {}]) {
      const { client } = connect(batch({ c0: page(51), c1: empty, c2: page(1) }));
      const { people, next } = await peopleByPage(client, start, 3);
      assert.equal(people.length, 50);
      assert.equal(next, undefined);
    }
  });

  it('leave what a short page makes of the references after it', async () => {
    // A reference that leads nowhere asks for everybody after id 1.
    const { client } = connect(batch({ c0: page(51, 49), c1: page(2), c2: page(2) }));
    const { people, next } = await peopleByPage(client, start, 3);
    assert.equal(people.length, 49);
    assert.deepEqual(next, { after: 99, rows: 99, by: 'id' });
  });

  it('go on by number where the portal overlooks the filter', async () => {
    const { client } = connect(batch({ c0: page(1), c1: page(1) }));
    const { people, next } = await peopleByPage(client, start, 2);
    assert.deepEqual(people, []);
    assert.deepEqual(next, { after: 50, rows: 50, by: 'offset' });

    const second = connect(batch({ c0: page(51), c1: page(101, 20), c2: [] }));
    const more = await peopleByPage(second.client, { ...start, by: 'offset' }, 3);
    assert.deepEqual([more.people.length, more.next?.rows], [70, 120]);
    const { cmd } = second.transport.bodies[0] as { cmd: Record<string, string> };
    assert.deepEqual(
      Object.values(cmd).map((command) => new URLSearchParams(command.split('?')[1]).get('start')),
      ['50', '100', '150'],
    );
  });

  it('are given up to the command that failed; when that is the first, it is the error', async () => {
    const error = { error: 'OPERATION_TIME_LIMIT', error_description: 'blocked' };
    const later = await peopleByPage(
      connect(batch({ c0: page(51) }, { c1: error })).client,
      start,
      3,
    );
    assert.deepEqual([later.people.length, later.next?.after], [50, 100]);
    const first = connect(batch([], { c0: error })).client;
    assert.equal((await failureOf(peopleByPage(first, start, 3))).code, 'OPERATION_TIME_LIMIT');
    const silent = connect(batch([])).client;
    assert.equal((await failureOf(peopleByPage(silent, start, 3))).code, 'UNEXPECTED_ANSWER');
  });
});

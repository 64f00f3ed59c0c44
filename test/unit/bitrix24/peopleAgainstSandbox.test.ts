import assert from 'node:assert/strict';
import * as v from 'valibot';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';
import { searchPeople } from '../../../src/bitrix24/peopleByText';
import type { BatchCommand } from '../../../src/bitrix24/restBatch';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import type { Transport } from '../../../src/bitrix24/transport';
import { departments } from '../../../src/bitrix24/departments';
import { peopleByIds } from '../../../src/bitrix24/peopleById';
import { firstPosition, peopleByPage } from '../../../src/bitrix24/peopleByPage';
import type { PeoplePages } from '../../../src/bitrix24/peopleByPage';
import { startSandbox, type Sandbox, type SandboxUser } from '../../../src/sandbox';
import { sandboxClient } from '../../support/sandboxClient';
import { failureOf, FakeClock } from './support';

describe('Looking people up, against a sandbox of 3,000', () => {
  const count = 3_000;
  const network = nodeFetchTransport({ userAgent: 'test/1' });
  /** Bodies of the answers, as they came. */
  const answers: string[] = [];
  const keeping: Transport = {
    send: async (request) => {
      const response = await network.send(request);
      answers.push(response.body);
      return response;
    },
  };
  let sandbox: Sandbox;
  let client: PortalClient;

  before(async () => {
    const clock = new FakeClock();
    sandbox = await startSandbox({ people: count, now: () => clock.now() });
    client = await sandboxClient(sandbox, clock, { transport: keeping });
  });
  after(() => sandbox.close());
  beforeEach(async () => {
    await sandbox.reset();
    sandbox.patchState({ bucket: { size: 0 } });
    answers.length = 0;
  });

  const everybody = (): SandboxUser[] =>
    sandbox.users(Array.from({ length: count }, (_, at) => at + 1));
  /** Whom person 1 certainly sees. */
  const colleagues = (): number[] =>
    everybody()
      .filter(({ active, extranet, departments: at }) => active && !extranet && at.length > 0)
      .map(({ id }) => id);
  const anything = v.unknown();
  const call = (method: string, params: Record<string, unknown> = {}) =>
    client.call(method, params, { schema: anything });
  const asked = (method: string) =>
    sandbox.snapshot().requests.filter((request) => request.method === method);
  const rawBatch = () => {
    const shape = v.object({ result: v.looseObject({ result: anything, result_error: anything }) });
    return v.parse(shape, JSON.parse(answers.at(-1) ?? '')).result;
  };

  /** Reads everybody, three pages a request; `between` runs after each request. */
  async function readAll(between: (soFar: PeoplePages, at: number) => void): Promise<number[]> {
    let pages = await peopleByPage(client, firstPosition, 1);
    const ids = pages.people.map(({ id }) => id);
    for (let at = 0; pages.next; at += 1) {
      between(pages, at);
      pages = await peopleByPage(client, pages.next, 3);
      ids.push(...pages.people.map(({ id }) => id));
    }
    return ids;
  }

  describe('pages', () => {
    it('bring everybody once, by ascending id', async () => {
      const ids = await readAll(() => {});
      assert.deepEqual(
        ids,
        [...new Set(ids)].sort((a, b) => a - b),
      );
      assert.deepEqual(
        colleagues().filter((id) => !ids.includes(id)),
        [],
      );
      const people = new Map(everybody().map((user) => [user.id, user]));
      assert.ok(ids.every((id) => people.get(id)?.active));
    });

    it('neither miss nor repeat anybody when others are dismissed or taken on meanwhile', async () => {
      const before = new Set(colleagues());
      const dismissed = everybody().filter(
        ({ active, departments: at }) => !active && at.length > 0,
      );
      const takenOn = dismissed.at(-1)?.id ?? 0;
      const early = dismissed.find(({ id }) => id > 12)?.id ?? 0;
      assert.ok(early > 0 && takenOn > 2_500, 'somebody to take on at either end');
      let leaving: number[] = [];
      const ids = await readAll(({ people }, at) => {
        if (at === 1) {
          // People of pages that were read: everybody after them moves up.
          leaving = people.slice(0, 30).map(({ id }) => id);
          sandbox.patchState({
            users: [
              ...leaving.map((id) => ({ id, active: false })),
              { id: early, active: true },
              { id: takenOn, active: true },
            ],
          });
        }
      });
      assert.equal(leaving.length, 30);
      assert.equal(new Set(ids).size, ids.length, 'nobody twice');
      assert.deepEqual(
        [...before].filter((id) => !ids.includes(id)),
        [],
      );
      assert.ok(ids.includes(takenOn), 'who came before their page was read is there');
    });

    it('of departments make one tree', async () => {
      const all = await departments(client);
      const { total = 0 } = await call('department.get');
      assert.ok(total > 50, `${total} departments are more than a page`);
      assert.equal(all.length, total);
      const ids = new Set(all.map(({ id }) => id));
      assert.equal(ids.size, total);
      const tops = all.filter(({ parent }) => parent === undefined);
      assert.equal(tops.length, 1);
      assert.ok(all.every(({ parent }) => parent === undefined || ids.has(parent)));
    });

    it('of 120 ids come in one batch, unknown ids left out', async () => {
      const wanted = [...Array.from({ length: 119 }, (_, at) => at + 1), 999_999];
      const found = await peopleByIds(client, wanted);
      assert.deepEqual(
        found.map(({ id }) => id).sort((a, b) => a - b),
        wanted.slice(0, 119),
      );
      assert.equal(asked('batch').length, 1);
    });
  });

  describe('nobody at all', () => {
    it('is an empty list without a total', async () => {
      const { result, total } = await call('user.get', { FILTER: { ID: 999_999 } });
      assert.deepEqual([result, total], [[], undefined]);
      assert.match(answers.at(-1) ?? '', /"result":\[\]/);
      assert.doesNotMatch(answers.at(-1) ?? '', /"total"/);
    });

    it('is nobody to whoever asks for it', async () => {
      assert.deepEqual(await searchPeople(client, 'nobody-of-that-name'), []);
      assert.deepEqual(await peopleByIds(client, [999_999]), []);
      const ids = Array.from({ length: 60 }, (_, at) => 900_000 + at);
      assert.deepEqual(await peopleByIds(client, ids), []);
    });

    it('after the last id ends the reading', async () => {
      assert.deepEqual(await peopleByPage(client, { after: count, rows: count, by: 'id' }, 5), {
        people: [],
        total: undefined,
      });
    });

    it('to be read is told as complete', async () => {
      // Someone from outside who shares no group with anybody.
      const outside = everybody().find(({ extranet, active }) => extranet && active)?.id ?? 0;
      const clock = new FakeClock();
      const lonely = await sandboxClient(sandbox, clock, { user: outside });
      const { people, next } = await peopleByPage(lonely, firstPosition, 1);
      assert.ok(people.length < 50);
      assert.equal(next, undefined);
    });
  });

  describe('ACTIVE', () => {
    const activeOf = async (value: unknown): Promise<boolean[]> => {
      const { result } = await call('user.get', { FILTER: { ID: [1, 4], ACTIVE: value } });
      const rows = v.parse(v.array(v.object({ ACTIVE: v.boolean() })), result);
      return rows.map(({ ACTIVE }) => ACTIVE);
    };

    it('is yes by any word but N, "false" too; a real false is no', async () => {
      assert.deepEqual(await activeOf('false'), [true]);
      assert.deepEqual(await activeOf('Y'), [true]);
      assert.deepEqual(await activeOf(true), [true]);
      assert.deepEqual(await activeOf(false), [false]);
      assert.deepEqual(await activeOf('N'), [false]);
      const { result } = await call('user.get', { FILTER: { ID: [1, 4] } });
      assert.equal(
        v.parse(v.array(anything), result).length,
        2,
        'dismissed people too unless told',
      );
    });

    it('is sent as a real boolean, and the dismissed stay away', async () => {
      const found = await searchPeople(client, 'Лавров');
      assert.ok(found.every(({ active }) => active));
      const sent = [...asked('user.search')].map(({ params }) => JSON.stringify(params));
      assert.equal(sent.length, 1);
      for (const params of sent) {
        assert.match(params, /"ACTIVE":true/);
      }
    });

    it('in a batch, where everything is text, still means active', async () => {
      const { people } = await peopleByPage(client, firstPosition, 1);
      assert.equal(people[0]?.id, 1);
      assert.equal(people.length, 50);
      assert.ok(people.every(({ active, id }) => active && id !== 4));
    });
  });

  const methods: [method: string, params: Record<string, unknown>, scopes: string[]][] = [
    ['user.get', { FILTER: { ID: 1 } }, ['user', 'user_basic', 'user_brief']],
    ['user.search', { FIND: 'Петрова' }, ['user', 'user_basic', 'user_brief']],
    ['department.get', { ID: 1 }, ['department']],
    ['im.user.list.get', { ID: [1] }, ['im']],
    ['im.search.user.list', { FIND: 'Петрова' }, ['im']],
  ];
  const allScopes = ['pull', 'user', 'user_basic', 'user_brief', 'department', 'im'];

  describe('a missing scope', () => {
    for (const [method, params, scopes] of methods) {
      it(`of ${method} is told by its code, alone and in a batch`, async () => {
        sandbox.patchState({ scopes: allScopes.filter((scope) => !scopes.includes(scope)) });
        const error = await failureOf(call(method, params));
        assert.deepEqual(
          [error.kind, error.phase, error.is('insufficient_scope')],
          ['server', 'answered', true],
        );
        const commands = [
          { method: 'profile', params: {} },
          { method, params },
        ];
        const [who, what] = await client.batch(commands);
        assert.equal(who?.kind, 'answered');
        assert.ok(what?.kind === 'failed' && what.error.is('insufficient_scope'));
      });

      for (const scope of scopes) {
        it(`of ${method} is none when ${scope} is there alone`, async () => {
          sandbox.patchState({ scopes: [scope] });
          assert.match(JSON.stringify((await call(method, params)).result), /"(id|ID)"/i);
        });
      }
    }

    it('of profile does not exist', async () => {
      sandbox.patchState({ scopes: [] });
      assert.match(JSON.stringify((await call('profile')).result), /"ID":"1"/);
    });

    const lookups: [what: string, lookUp: () => Promise<unknown>][] = [
      ['searching', () => searchPeople(client, 'Петрова')],
      ['asking by id', () => peopleByIds(client, [1])],
      ['asking by many ids', () => peopleByIds(client, Array.from(Array(60).keys()))],
      ['the first page', () => peopleByPage(client, firstPosition, 1)],
      ['more pages', () => peopleByPage(client, { after: 50, rows: 50, by: 'id' }, 2)],
      ['departments', () => departments(client)],
    ];
    for (const [what, lookUp] of lookups) {
      it(`ends ${what} with that code`, async () => {
        sandbox.patchState({ scopes: ['pull', 'im'] });
        assert.ok((await failureOf(lookUp())).is('insufficient_scope'));
      });
    }
  });

  describe('a batch', () => {
    const good: BatchCommand = { method: 'user.get', params: { FILTER: { ID: 1 } } };
    const nobody: BatchCommand = { method: 'user.get', params: { FILTER: { ID: 999_999 } } };
    const bad: BatchCommand = { method: 'im.search.user.list', params: { FIND: 'x' } };

    it('without errors has a list where errors would stand by key', async () => {
      const [outcome] = await client.batch([good]);
      assert.deepEqual(rawBatch().result_error, []);
      assert.ok(!Array.isArray(rawBatch().result));
      assert.equal(outcome?.kind, 'answered');
    });

    it('with nothing but errors has a list where results would stand by key', async () => {
      const outcomes = await client.batch([bad, bad]);
      assert.deepEqual(rawBatch().result, []);
      assert.ok(!Array.isArray(rawBatch().result_error));
      assert.deepEqual(
        outcomes.map((outcome) => outcome.kind === 'failed' && outcome.error.code),
        ['FIND_SHORT', 'FIND_SHORT'],
      );
    });

    it('tells an empty list from a list, and an object by id from either', async () => {
      const byId: BatchCommand = { method: 'im.user.list.get', params: { ID: [1, 999_999] } };
      const outcomes = await client.batch([nobody, good, byId]);
      const results = outcomes.map((outcome) =>
        outcome.kind === 'answered' ? outcome.result : undefined,
      );
      assert.deepEqual(results[0], []);
      assert.equal(v.parse(v.array(anything), results[1]).length, 1);
      assert.deepEqual(Object.keys(v.parse(v.record(v.string(), anything), results[2])), [
        '1',
        '999999',
      ]);
    });

    it('names the error of each command, in order', async () => {
      sandbox.patchState({ scopes: ['pull', 'user', 'im'] });
      const outcomes = await client.batch([
        bad,
        good,
        { method: 'department.get', params: {} },
        { method: 'im.user.list.get', params: { ID: [0] } },
        { method: 'no.such.method', params: {} },
        { method: 'pull.application.push.add', params: { USER_ID: [1], TEXT: '' } },
        { method: 'batch', params: {} },
        nobody,
      ]);
      assert.deepEqual(
        outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.error.code : outcome.kind)),
        [
          'FIND_SHORT',
          'answered',
          'insufficient_scope',
          'INVALID_FORMAT',
          'ERROR_METHOD_NOT_FOUND',
          'TEXT_ERROR',
          'ERROR_BATCH_METHOD_NOT_ALLOWED',
          'answered',
        ],
      );
      assert.ok(
        outcomes.every(
          (outcome) => outcome.kind !== 'failed' || outcome.error.phase === 'answered',
        ),
      );
    });

    it('that stops at the first error says what was not run', async () => {
      const outcomes = await client.batch([good, bad, good], { halt: true });
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['answered', 'failed', 'notRun'],
      );
    });
  });
});

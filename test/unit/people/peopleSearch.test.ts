import assert from 'node:assert/strict';
import { cancelledError } from '../../../src/bitrix24/abort';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { CallControl, PortalClient } from '../../../src/bitrix24/portalClient';
import type { Account } from '../../../src/accounts/account';
import { silentLog } from '../../support/silentLog';
import { PeopleSearch, parseIds } from '../../../src/people/peopleSearch';
import { noDirectories } from '../../support/noDirectories';

describe('typed ids', () => {
  for (const [text, ids] of [
    ['17', [17]],
    [' #17 ', [17]],
    ['3, 5; 7', [3, 5, 7]],
    ['3\n5\t7 3', [3, 5, 7]],
    ['0', []],
    ['3, 0', []],
    ['-5', []],
    ['1.5', []],
    ['1e3', []],
    ['99999999999999999999', []],
    ['Ivan 3', []],
    ['', []],
    [' ,; ', []],
  ] as const) {
    it(`${JSON.stringify(text)} means ${JSON.stringify(ids)}`, () => {
      assert.deepEqual(parseIds(text), ids);
    });
  }
});

describe('the search for people', () => {
  const account = { id: 'acme:1', userId: 1, userName: 'Anna', host: 'acme.example' } as Account;
  const rows: Record<string, unknown>[] = [
    {
      ID: '3',
      NAME: 'Иван',
      LAST_NAME: 'Сидоров',
      WORK_POSITION: 'CTO',
      ACTIVE: true,
      EMAIL: 'i@acme.example',
    },
    { ID: '4', NAME: '', LAST_NAME: '', ACTIVE: true },
    { ID: '5', NAME: 'Gone', LAST_NAME: 'Away', ACTIVE: false },
  ];
  const { signal } = new AbortController();
  let calls: { method: string; params: Record<string, unknown> }[];
  let fail: Bitrix24Error | undefined;
  let pausedUntil: number;
  let waitUntil: number;

  beforeEach(() => {
    calls = [];
    fail = undefined;
    pausedUntil = 0;
    waitUntil = 0;
  });

  it('asks nothing while the portal pauses requests, and says until when (trial 9.4)', async () => {
    pausedUntil = 5_000;
    const found = await people().search(account.id, 'иван', signal);
    assert.deepEqual(found, { hits: [], pausedUntil: 5_000 });
    assert.deepEqual(calls, []);
  });

  it('does not wait for a portal that begins to pause requests (trial 9.4)', async () => {
    waitUntil = 7_000;
    const found = await people().search(account.id, 'иван', signal);
    assert.deepEqual(found, { hits: [], pausedUntil: 7_000 });
    assert.equal(calls.length, 1);
  });

  const people = () =>
    new PeopleSearch({
      ...noDirectories,
      accounts: {
        client: () =>
          Promise.resolve({
            pausedUntil: () => Promise.resolve(pausedUntil),
            call: (method: string, params: Record<string, unknown>, options: CallControl) => {
              calls.push({ method, params });
              if (waitUntil > 0) {
                return new Promise((_, reject) => {
                  options.signal?.addEventListener('abort', () => reject(cancelledError()));
                  options.onWait?.({ until: waitUntil, code: 'QUERY_LIMIT_EXCEEDED' });
                });
              }
              return fail ? Promise.reject(fail) : Promise.resolve({ result: rows });
            },
          } as unknown as PortalClient),
      },
      log: silentLog,
    });

  it('gives active people with what a list draws and no more', async () => {
    assert.deepEqual(await people().search(account.id, ' иван ', signal), {
      hits: [
        { id: 3, name: 'Иван Сидоров', position: 'CTO', photo: undefined },
        { id: 4, name: undefined, position: undefined, photo: undefined },
      ],
    });
  });

  it('puts names that begin with the query first, then goes by alphabet', async () => {
    rows.push({ ID: '7', NAME: 'Олег', LAST_NAME: 'Иванов' }, { ID: '8', NAME: 'Иван' });
    const { hits } = await people().search(account.id, 'иван', signal);
    rows.splice(-2);
    assert.deepEqual(
      hits.map(({ id }) => id),
      [8, 3, 7, 4],
    );
  });

  it('asks nothing for nothing', async () => {
    assert.deepEqual(await people().search(account.id, '  ', signal), { hits: [] });
    assert.deepEqual(await people().resolveIds(account.id, [], signal), {
      hits: [],
      unknown: [],
      inactive: [],
    });
    assert.deepEqual(calls, []);
  });

  it('tells ids of nobody and of dismissed people apart', async () => {
    const { hits, unknown, inactive } = await people().resolveIds(account.id, [3, 5, 99], signal);
    assert.deepEqual(
      hits.map(({ id }) => id),
      [3, 4, 5],
    );
    assert.deepEqual([unknown, inactive], [[99], [5]]);
  });

  it('names the scope that would help when people may not be looked up', async () => {
    fail = new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'insufficient_scope' });
    assert.deepEqual(await people().search(account.id, 'ivan', signal), {
      hits: [],
      missingScope: 'user',
    });
    assert.deepEqual(await people().resolveIds(account.id, [3], signal), {
      hits: [],
      unknown: [],
      inactive: [],
      missingScope: 'user',
    });
  });

  it('does not hide any other trouble', async () => {
    fail = new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'OVERLOAD_LIMIT' });
    await assert.rejects(people().search(account.id, 'ivan', signal), fail);
  });
});

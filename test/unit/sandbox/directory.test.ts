import assert from 'node:assert/strict';
import * as v from 'valibot';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { twelvePeople } from '../../../src/sandbox/staff';
import { Client, refusal, type HttpAnswer } from './client';

const Rows = v.array(v.looseObject({ ID: v.string() }));

const ids = (answer: HttpAnswer) =>
  v.parse(Rows, answer.json['result']).map(({ ID }) => Number(ID));

describe('sandbox: people and departments', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  it('profile', async () => {
    assert.deepEqual((await client.json('profile')).json['result'], {
      ID: '1',
      ADMIN: true,
      NAME: 'Анна',
      LAST_NAME: 'Петрова',
      PERSONAL_GENDER: 'F',
      TIME_ZONE: '',
      PERSONAL_PHOTO: `${sandbox.info.portal}/sandbox/photo/1.svg`,
    });
    const other = await Client.signedIn(sandbox, 2);
    assert.equal((await other.json('user.admin')).json['result'], false);
  });

  it('scope, method.get and methods', async () => {
    sandbox.patchState({ scopes: ['user'], forgetTokens: true });
    assert.deepEqual((await client.json('scope')).json['result'], ['user']);
    const full = (await client.json('scope', { full: true })).json['result'];
    assert.ok(Array.isArray(full) && full.includes('pull'));
    const known = await client.json('method.get', { name: 'pull.application.push.add' });
    assert.deepEqual(known.json['result'], { isExisting: true, isAvailable: false });
    const unread = await client.json('method.get', { NAME: 'profile' });
    assert.deepEqual(unread.json['result'], { isExisting: false, isAvailable: false });
    const methods = (await client.json('methods')).json['result'];
    assert.ok(Array.isArray(methods));
    assert.deepEqual(
      [methods.includes('user.get'), methods.includes('department.get')],
      [true, false],
    );
  });

  describe('user.get', () => {
    it('writes a row as the portal does', async () => {
      const [row] = v.parse(Rows, (await client.json('user.get', { ID: 7 })).json['result']);
      assert.ok(row !== undefined);
      assert.equal(row.ID, '7');
      assert.equal(row['ACTIVE'], true);
      assert.deepEqual(row['LAST_ACTIVITY_DATE'], {});
      assert.deepEqual(row['UF_DEPARTMENT'], [7]);
      assert.equal(row['USER_TYPE'], 'employee');
      assert.equal('XML_ID' in row, false);
      const [plain] = v.parse(Rows, (await client.json('user.get', { ID: 4 })).json['result']);
      assert.equal(plain !== undefined && 'PERSONAL_PHOTO' in plain, false);
    });

    it('shows everybody, dismissed people too, unless asked', async () => {
      const all = await client.json('user.get');
      assert.equal(all.json['total'], 12);
      assert.equal('next' in all.json, false);
      assert.ok(!ids(await client.json('user.get', { FILTER: { ACTIVE: true } })).includes(4));
      assert.deepEqual(ids(await client.json('user.get', { filter: { active: 'N' } })), [4]);
      assert.deepEqual(ids(await client.json('user.get', { ACTIVE: false })), [4]);
      assert.ok(!ids(await client.json('user.get', { ACTIVE: 'false' })).includes(4));
    });

    const filters: [params: Record<string, unknown>, found: number[]][] = [
      [{ ID: '2' }, [2]],
      [{ ID: [2, '3', 99] }, [2, 3]],
      [{ FILTER: { '!ID': 1, '<ID': 4 } }, [2, 3]],
      [{ FILTER: { NAME: 'Ол%' } }, [4, 10, 12]],
      [{ FILTER: { '%LAST_NAME': 'ров' } }, [1, 2, 4, 10]],
      [{ FILTER: { '=NAME': 'maria' } }, [3]],
      [{ FILTER: { '@NAME': ['Emma', 'Liam'] } }, [8, 11]],
      [{ FILTER: { USER_TYPE: 'extranet' } }, [8]],
      [{ FILTER: { UF_DEPARTMENT: 3 } }, [2, 10, 11]],
      [{ FILTER: { UF_DEPARTMENT: [4, 7] } }, [3, 7]],
      [{ FILTER: { NAME_SEARCH: 'петр' } }, [1]],
      [{ FILTER: { IS_ONLINE: 'Y' } }, [3, 5, 6, 10, 11]],
      [{ FILTER: { UNKNOWN_FIELD: 'x', ID: 5 } }, [5]],
      // A filter replaces what stands beside it.
      [{ ID: 1, FILTER: { ID: 2 } }, [2]],
    ];
    for (const [params, found] of filters) {
      it(`finds by ${JSON.stringify(params)}`, async () => {
        assert.deepEqual(ids(await client.json('user.get', params)), found);
      });
    }

    it('sorts only when told both by what and how', async () => {
      const byName = await client.json('user.get', { SORT: 'NAME', ORDER: 'DESC', ACTIVE: true });
      assert.deepEqual(ids(byName).slice(0, 3), [9, 12, 10]);
      assert.equal(ids(await client.json('user.get', { SORT: 'NAME' }))[0], 1);
      assert.equal((await client.json('user.get', { SORT: 'X', ORDER: 'ASC' })).status, 400);
    });

    it('selects fields', async () => {
      const answer = await client.json('user.get', { ID: 1, SELECT: ['ID', 'NAME'] });
      assert.deepEqual(answer.json['result'], [{ ID: '1', NAME: 'Анна' }]);
    });

    it('has no total when it finds nobody', async () => {
      const answer = await client.json('user.get', { NAME: 'xyz' });
      assert.deepEqual(Object.keys(answer.json), ['result', 'time']);
      assert.deepEqual(answer.json['result'], []);
    });

    it('hides what the scope hides', async () => {
      const fields = async (scope: string) => {
        sandbox.patchState({ scopes: [scope], forgetTokens: true });
        const [row] = v.parse(Rows, (await client.json('user.get', { ID: 1 })).json['result']);
        return Object.keys(row ?? {});
      };
      const [user, basic, brief] = [
        await fields('user'),
        await fields('user_basic'),
        await fields('user_brief'),
      ];
      assert.ok(user.includes('EMAIL') && user.includes('LAST_LOGIN'));
      assert.ok(basic.includes('EMAIL') && !basic.includes('LAST_LOGIN'));
      assert.ok(!brief.includes('EMAIL') && !brief.includes('PERSONAL_MOBILE'));
      sandbox.patchState({ scopes: ['pull'], forgetTokens: true });
      assert.equal((await client.json('user.get')).json['error'], 'insufficient_scope');
    });

    it('shows extranet people to those who share a group with them, and administrators by id', async () => {
      const [maria, olesya, emma] = [
        await Client.signedIn(sandbox, 3),
        await Client.signedIn(sandbox, 10),
        await Client.signedIn(sandbox, 8),
      ];
      assert.deepEqual(ids(await maria.json('user.get', { ID: 8 })), [8]);
      assert.deepEqual(ids(await olesya.json('user.get', { ID: 8 })), []);
      assert.deepEqual(ids(await emma.json('user.get')), [1, 2, 3, 8]);
      const john = await Client.signedIn(sandbox, 5);
      assert.ok(!ids(await john.json('user.get')).includes(8));
      assert.deepEqual(ids(await john.json('user.get', { ID: 8 })), [8]);
    });
  });

  describe('user.search', () => {
    const searches: [params: Record<string, unknown>, found: number[]][] = [
      [{ FIND: 'ива' }, [2]],
      [{ FIND: 'Петрова Анна' }, [1]],
      [{ FIND: 'designer' }, [3]],
      [{ FIND: 'разработка' }, [2, 10, 11]],
      [{ FILTER: { FIND: 'ол', ACTIVE: true } }, [10, 12]],
      [{ NAME: 'Ол', LAST_NAME: 'Лав' }, [4]],
      [{ UF_DEPARTMENT_NAME: 'бухг' }, [7]],
      [{ FIND: 'ива', NAME: 'Анна' }, [2]],
      [{ FIND: 'xyz' }, []],
    ];
    for (const [params, found] of searches) {
      it(`finds by ${JSON.stringify(params)}`, async () => {
        assert.deepEqual(ids(await client.json('user.search', params)), found);
      });
    }
  });

  it('user.current', async () => {
    const { result } = v.parse(
      v.object({ result: v.looseObject({ ID: v.string(), LAST_ACTIVITY_DATE: v.string() }) }),
      (await client.json('user.current')).json,
    );
    assert.equal(result.ID, '1');
    assert.match(result.LAST_ACTIVITY_DATE, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal('USER_TYPE' in result, false);
  });

  describe('department.get', () => {
    it('lists the tree from the top', async () => {
      const answer = await client.json('department.get');
      assert.deepEqual(ids(answer), [1, 2, 3, 4, 5, 6, 7]);
      assert.equal(answer.json['total'], 7);
      const [top, it] = v.parse(Rows, answer.json['result']);
      assert.deepEqual(top, { ID: '1', NAME: 'Acme', SORT: 500, UF_HEAD: '1' });
      assert.deepEqual(it, { ID: '2', NAME: 'IT', SORT: 100, PARENT: '1', UF_HEAD: '5' });
    });

    it('filters by exact upper-case names, also inside FILTER', async () => {
      assert.deepEqual(ids(await client.json('department.get', { PARENT: 1 })), [2, 4, 5, 7]);
      assert.deepEqual(
        ids(await client.json('department.get', { FILTER: { ID: ['3', 6] } })),
        [3, 6],
      );
      assert.equal(ids(await client.json('department.get', { parent: 1 })).length, 7);
      assert.deepEqual(ids(await client.json('department.get', { UF_HEAD: 5 })), [2]);
    });

    it('sorts by lower-case sort; the upper-case one filters as well', async () => {
      const sorted = await client.json('department.get', { sort: 'ID', order: 'desc' });
      assert.deepEqual(ids(sorted), [7, 6, 5, 4, 3, 2, 1]);
      const filtered = await client.json('department.get', { SORT: 'ID' });
      assert.deepEqual([filtered.json['result'], filtered.json['total']], [[], 0]);
    });
  });

  describe('im', () => {
    it('im.search.user.list', async () => {
      const short = await client.json('im.search.user.list', { FIND: 'a' });
      assert.equal(refusal(short), '400 | FIND_SHORT | Too short a search phrase.');
      const found = await client.json('im.search.user.list', { FIND: 'ол', LIMIT: 1 });
      assert.deepEqual(Object.keys(found.json['result'] ?? {}), ['10']);
      assert.deepEqual([found.json['total'], found.json['next']], [2, 1]);
      const none = await client.json('im.search.user.list', { FIND: 'xyz' });
      assert.deepEqual(none.json['result'], []);
    });

    it('im.user.get and im.user.list.get', async () => {
      const self = await client.json('im.user.get');
      assert.match(
        JSON.stringify(self.json['result']),
        /^\{"id":1,"active":true,"name":"Анна Петрова"/,
      );
      const list = await client.json('im.user.list.get', { ID: '[2,99]' });
      assert.deepEqual(Object.keys(list.json['result'] ?? {}), ['2', '99']);
      const rows = await client.json('im.user.list.get', { ID: [2, 99], RESULT_TYPE: 'array' });
      assert.ok(Array.isArray(rows.json['result']) && rows.json['result'].length === 1);
      assert.equal(
        refusal(await client.json('im.user.list.get', { ID: 'x' })),
        '400 | INVALID_FORMAT | A wrong format for the ID field is passed',
      );
      assert.equal(
        refusal(await client.json('im.user.get', { ID: 99 })),
        '400 | USER_NOT_EXISTS | User is not exists',
      );
    });
  });

  it('draws photos', async () => {
    const answer = await fetch(`${sandbox.info.portal}/sandbox/photo/1.svg`);
    assert.equal(answer.headers.get('content-type'), 'image/svg+xml; charset=utf-8');
    assert.match(await answer.text(), />АП<\/text>/);
    assert.equal((await fetch(`${sandbox.info.portal}/sandbox/photo/99.svg`)).status, 404);
  });
});

describe('sandbox: lists of many people', () => {
  it('come in pages of 50', async () => {
    const sandbox = await startSandbox({
      staff: () => {
        const { people, departments } = twelvePeople();
        const many = Array.from({ length: 120 }, (_, i) => ({
          ...people[0],
          ...people[i % 3],
          id: i + 1,
        }));
        return {
          people: v.parse(v.array(v.custom<(typeof people)[0]>((p) => p !== null)), many),
          departments,
        };
      },
    });
    try {
      const client = await Client.signedIn(sandbox);
      const page = async (start: unknown) => {
        const { json } = await client.json('user.get', { start });
        const rows = json['result'];
        return [Array.isArray(rows) ? rows.length : -1, json['next'], json['total']];
      };
      assert.deepEqual(await page(0), [50, 50, 120]);
      assert.deepEqual(await page('50'), [50, 100, 120]);
      assert.deepEqual(await page(100), [20, undefined, 120]);
      assert.deepEqual(await page(10), [50, 60, 120]);
      assert.deepEqual(await page(-1), [50, undefined, 0]);
      assert.deepEqual(await page(500), [0, undefined, undefined]);
    } finally {
      await sandbox.close();
    }
  });
});

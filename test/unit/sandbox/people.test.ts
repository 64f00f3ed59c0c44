import assert from 'node:assert/strict';
import { get } from 'node:http';
import * as v from 'valibot';
import { generateStaff, DEPARTMENT_LEVELS } from '../../../src/sandbox/generatedStaff';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { twelvePeople, type Department, type Person } from '../../../src/sandbox/staff';
import { ask, Client, refusal, type HttpAnswer } from './client';

const PEOPLE = 3000;
const PUSH = 'pull.application.push.add';

const Rows = v.array(v.looseObject({ ID: v.string() }));
const Page = v.object({
  result: Rows,
  total: v.optional(v.number()),
  next: v.optional(v.number()),
});
const Batch = v.object({
  result: v.object({
    result: v.union([v.array(Rows), v.record(v.string(), Rows)]),
    result_error: v.union([v.array(v.unknown()), v.record(v.string(), v.unknown())]),
    result_total: v.union([v.array(v.number()), v.record(v.string(), v.number())]),
    result_next: v.union([v.array(v.number()), v.record(v.string(), v.number())]),
  }),
});

const idsOf = (rows: v.InferOutput<typeof Rows>) => rows.map(({ ID }) => Number(ID));
const page = (answer: HttpAnswer) => v.parse(Page, answer.json);

describe('sandbox: a crowd', () => {
  const { people, departments } = generateStaff(PEOPLE, 7);

  it('is the same for the same seed, and another one for another', () => {
    assert.deepEqual(generateStaff(PEOPLE, 7), { people, departments });
    const other = generateStaff(PEOPLE, 8);
    assert.notDeepEqual(other.people.slice(12), people.slice(12));
    assert.notDeepEqual(other.departments.slice(7), departments.slice(7));
  });

  it('begins with the twelve, or with fewer of them', () => {
    const twelve = twelvePeople();
    assert.deepEqual(people.slice(0, 12), twelve.people);
    assert.deepEqual(departments.slice(0, 7), twelve.departments);
    const three = generateStaff(3, 7);
    assert.deepEqual(three.people, twelve.people.slice(0, 3));
    assert.deepEqual(
      three.departments.map(({ head }) => head),
      [1, null, 2, 3, null, null, null],
    );
    assert.equal(generateStaff(13, 7).people.length, 13);
  });

  it('has departments ten levels deep with heads who work there', () => {
    const byId = new Map(departments.map((department) => [department.id, department]));
    const level = (department: Department): number => {
      const above = byId.get(department.parent ?? 0);
      return above === undefined ? 1 : 1 + level(above);
    };
    assert.equal(Math.max(...departments.map(level)), DEPARTMENT_LEVELS);
    assert.equal(
      Math.max(...generateStaff(13, 1).departments.map(level)) <= DEPARTMENT_LEVELS,
      true,
    );
    const grown = departments.slice(7);
    assert.ok(grown.some(({ head }) => head !== null));
    for (const { id, head } of grown) {
      if (head !== null) {
        assert.ok(people[head - 1]?.departments.includes(id), String(id));
      }
    }
  });

  it('has everything that may matter to a push or to a search', () => {
    const some: Record<string, (person: Person) => boolean> = {
      ё: ({ lastName }) => lastName.includes('ё'),
      'a woman with a Russian surname': ({ gender, lastName }) =>
        gender === 'F' && lastName.endsWith('ова'),
      'a man with a second name': ({ secondName = '' }) => secondName.endsWith('ич'),
      'an English name': ({ firstName, lastName }) => /^[a-z]+$/i.test(firstName + lastName),
      'an English position': ({ position }) => /^[a-z ]+$/i.test(position),
      'a Russian position': ({ position }) => /^[а-яё ]+$/i.test(position),
      dismissed: ({ active }) => !active,
      extranet: ({ extranet, departments }) => extranet && departments.length === 0,
      'no device': ({ device }) => device === 'none',
      'push off': ({ push }) => !push,
      browser: ({ presence }) => presence === 'browser',
      desktop: ({ presence }) => presence === 'desktop',
      desktopIdle: ({ presence }) => presence === 'desktopIdle',
      mobile: ({ presence }) => presence === 'mobile',
      'never on a phone': ({ lastMobileDays }) => lastMobileDays === null,
      'not for 14 days': ({ lastMobileDays }) => (lastMobileDays ?? 0) > 14,
      absent: ({ absentDays }) => (absentDays ?? 0) > 0,
      'two departments': ({ departments }) => departments.length === 2,
      'no photo': ({ hasPhoto }) => !hasPhoto,
    };
    for (const [what, test] of Object.entries(some)) {
      assert.ok(people.slice(12).some(test), what);
    }
    const names = people.map(({ firstName, secondName, lastName }) =>
      [firstName, secondName, lastName].join(' '),
    );
    assert.ok(new Set(names).size < names.length, 'people of the same name');
    assert.equal(new Set(people.map(({ email }) => email)).size, PEOPLE);
    for (const { email } of people) {
      assert.match(email, /^[a-z0-9.]+@acme\.example$/);
    }
  });
});

describe('sandbox: a large portal', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox({ people: PEOPLE, seed: 7 });
  });
  beforeEach(async () => {
    await sandbox.reset();
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  const { people } = generateStaff(PEOPLE, 7);
  const [anna] = people;
  const visible = people.filter(
    ({ id, departments, sharesGroupWith }) =>
      departments.length > 0 || sharesGroupWith.includes(anna?.id ?? 0) || id === anna?.id,
  );
  const active = visible.filter((person) => person.active).map(({ id }) => id);

  it('is read in pages, also from the middle', async () => {
    const first = page(await client.json('user.get'));
    assert.deepEqual([first.result.length, first.total, first.next], [50, visible.length, 50]);
    const rest = visible.length % 50 || 50;
    const last = page(await client.json('user.get', { start: visible.length - rest }));
    assert.deepEqual(
      [last.result.length, last.total, last.next],
      [rest, visible.length, undefined],
    );
    const middle = page(await client.json('user.get', { start: 1007 }));
    assert.deepEqual(
      idsOf(middle.result),
      visible.slice(1007, 1057).map(({ id }) => id),
    );
    const beyond = await client.json('user.get', { start: 1_000_000 });
    assert.deepEqual(Object.keys(beyond.json), ['result', 'time']);
    assert.deepEqual(beyond.json['result'], []);
  });

  it('gives 2,500 people for one batch of 50 pages', async () => {
    const cmd = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [
        `page${String(i)}`,
        `user.get?FILTER[ACTIVE]=true&start=${String(i * 50)}`,
      ]),
    );
    const { result } = v.parse(Batch, (await client.json('batch', { cmd })).json);
    const ids = Object.values(result.result).flatMap(idsOf);
    assert.deepEqual(ids, active.slice(0, 2500));
    assert.ok(Object.values(result.result_total).every((total) => total === active.length));
    assert.equal(Object.values(result.result_next).at(-1), active.length > 2500 ? 2500 : undefined);
  });

  it('is read by ids above the last one, each page from the page before', async () => {
    const command = (i: number) => {
      const after = i === 0 ? '0' : `$result[${String(i - 1)}][49][ID]`;
      return `user.get?SORT=ID&ORDER=ASC&start=-1&FILTER[ACTIVE]=1&FILTER[%3EID]=${after}`;
    };
    const cmd = Array.from({ length: 50 }, (_, i) => command(i));
    const { result } = v.parse(Batch, (await client.json('batch', { cmd })).json);
    assert.deepEqual(Object.values(result.result).flatMap(idsOf), active.slice(0, 2500));
    assert.ok(Object.values(result.result_total).every((total) => total === 0));
    assert.deepEqual(result.result_next, []);
  });

  const ranges: [filter: Record<string, unknown>, from: number, to: number][] = [
    [{ '>ID': 100, '<ID': 103 }, 101, 102],
    [{ '>=ID': 100, '<=ID': 103 }, 100, 103],
    [{ '>ID': 102, '<=ID': 101 }, 0, -1],
  ];
  for (const [filter, from, to] of ranges) {
    it(`finds by ${JSON.stringify(filter)} in every order`, async () => {
      const expected = visible.map(({ id }) => id).filter((id) => id >= from && id <= to);
      for (const [SORT, ORDER] of [
        ['', ''],
        ['ID', 'ASC'],
        ['ID', 'DESC'],
        ['EMAIL', 'ASC'],
      ]) {
        const answer = page(await client.json('user.get', { FILTER: filter, SORT, ORDER }));
        const ids = idsOf(answer.result);
        if (SORT === 'ID' && ORDER === 'DESC') {
          ids.reverse();
        }
        assert.deepEqual(SORT === 'EMAIL' ? ids.sort((a, b) => a - b) : ids, expected);
      }
    });
  }

  it('takes whatever is not PHP-false or "N" for active', async () => {
    const total = async (ACTIVE: unknown) =>
      page(await client.json('user.get', { FILTER: { ACTIVE } })).total;
    for (const yes of [true, 'Y', 1, '1', 'false', 'yes']) {
      assert.equal(await total(yes), active.length, JSON.stringify(yes));
    }
    for (const no of [false, 'N', 0, '0', '']) {
      assert.equal(await total(no), visible.length - active.length, JSON.stringify(no));
    }
    const not = page(await client.json('user.get', { FILTER: { '!ACTIVE': true } }));
    assert.equal(not.total, visible.length - active.length);
  });

  it('knows direct members of departments, without those below', async () => {
    const direct = (ids: number[]) =>
      visible.filter((person) => person.departments.some((id) => ids.includes(id)));
    for (const ids of [[3], [8, 9, 10], [3, 99_999]]) {
      const { total, result } = page(
        await client.json('user.get', { FILTER: { UF_DEPARTMENT: ids } }),
      );
      assert.equal(total, direct(ids).length);
      assert.deepEqual(
        idsOf(result),
        direct(ids)
          .slice(0, 50)
          .map(({ id }) => id),
      );
    }
  });

  it('finds the same by the index as by looking at everybody', async () => {
    const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const names = new Map(generateStaff(PEOPLE, 7).departments.map(({ id, name }) => [id, name]));
    for (const find of ['ив', 'менеджер мос', 'anna', 'sales man', 'ёл', 'и и', '!', 'zzz']) {
      const expected = visible.filter((person) => {
        const { firstName, lastName, position, departments } = person;
        const text = [firstName, lastName, position, ...departments.map((id) => names.get(id))];
        return words(find).every((wanted) =>
          words(text.join(' ')).some((word) => word.startsWith(wanted)),
        );
      });
      const found = page(await client.json('user.search', { FIND: find }));
      assert.deepEqual(
        [found.total, idsOf(found.result)],
        [expected.length || undefined, expected.slice(0, 50).map(({ id }) => id)],
        find,
      );
    }
  });

  it('forgets nothing and nobody when people change', async () => {
    const before = page(await client.json('user.get', { FILTER: { ACTIVE: true } })).total ?? 0;
    const [id = 0] = active.slice(2000);
    const answer = await client.control('PATCH', '/state', {
      users: [{ id, active: false, lastName: 'Неповторимая', departments: [3] }],
    });
    assert.equal(answer.status, 200);
    assert.equal(page(await client.json('user.get', { ACTIVE: true })).total, before - 1);
    assert.deepEqual(idsOf(page(await client.json('user.search', { FIND: 'неповт' })).result), [
      id,
    ]);
    const members = page(
      await client.json('user.get', { FILTER: { UF_DEPARTMENT: 3, '>=ID': id, '<=ID': id } }),
    );
    assert.deepEqual(idsOf(members.result), [id]);
    assert.equal(
      (await client.control('PATCH', '/state', { users: [{ id: 99_999 }] })).status,
      400,
    );
  });

  it('department.get comes in pages, from the top', async () => {
    const { departments } = generateStaff(PEOPLE, 7);
    const seen = new Set<number>();
    for (let start = 0; start < departments.length; start += 50) {
      const answer = page(await client.json('department.get', { start }));
      assert.equal(answer.total, departments.length);
      assert.equal(answer.next, start + 50 < departments.length ? start + 50 : undefined);
      for (const row of answer.result) {
        const parent = row['PARENT'];
        assert.ok(
          parent === undefined || seen.has(Number(parent)),
          `${row.ID} is below its parent`,
        );
        seen.add(Number(row.ID));
      }
    }
    assert.equal(seen.size, departments.length);
  });

  it('im.user.list.get and im.search.user.list tell when the mobile app was used', async () => {
    const never = people.find((p) => p.lastMobileDays === null && p.presence !== 'mobile');
    const long = people.find((p) => (p.lastMobileDays ?? 0) > 14 && p.presence !== 'mobile');
    const away = people.find((p) => (p.absentDays ?? 0) > 0);
    assert.ok(never !== undefined && long !== undefined && away !== undefined);
    const ID = [never.id, long.id, away.id, 99_999];
    const User = v.looseObject({
      mobile_last_date: v.union([v.string(), v.literal(false)]),
      absent: v.union([v.string(), v.literal(false)]),
    });
    const users = v.parse(
      v.record(v.string(), v.nullable(User)),
      (await client.json('im.user.list.get', { ID })).json['result'],
    );
    assert.deepEqual(
      Object.keys(users),
      [...new Set(ID)].map(String).sort((a, b) => +a - +b),
    );
    assert.equal(users[String(never.id)]?.mobile_last_date, false);
    const date = users[String(long.id)]?.mobile_last_date;
    assert.ok(typeof date === 'string' && Date.now() - Date.parse(date) > 14 * 86_400_000);
    const back = users[String(away.id)]?.absent;
    assert.ok(typeof back === 'string' && Date.parse(back) > Date.now());
    assert.equal(users['99999'], null);

    const found = await client.json('im.search.user.list', { FIND: 'ан', LIMIT: 500, OFFSET: 50 });
    assert.equal(Object.keys(found.json['result'] ?? {}).length, 50);
    assert.equal(found.json['next'], 100);
    const byHand = page(await client.json('user.search', { FIND: 'ан', ACTIVE: true }));
    assert.equal(found.json['total'], byHand.total);
  });

  describe('its control API', () => {
    const many = Array.from({ length: 2000 }, (_, i) => i + 500);

    it('describes some people, counts all, and gives the others when asked', async () => {
      sandbox.patchState({ users: [{ id: 2345, admin: true }] });
      await client.json(PUSH, { USER_ID: [2999], TEXT: 'hi' });
      const { state } = sandbox.snapshot();
      assert.equal(state.peopleCount, PEOPLE);
      assert.ok(state.users.length <= 200);
      const ids = state.users.map(({ id }) => id);
      for (const id of [1, 12, 60, 2345, 2999]) {
        assert.ok(ids.includes(id), String(id));
      }
      assert.equal(ids.includes(2998), false);

      const asked = await client.control('GET', '/users?ids=2998,1,77777,x');
      const users = v.parse(v.array(v.looseObject({ id: v.number() })), asked.json['users']);
      assert.deepEqual(
        users.map(({ id }) => id),
        [2998, 1],
      );
      assert.deepEqual(
        sandbox.users([2998, 1]).map(({ id }) => id),
        [2998, 1],
      );
    });

    it('finds people as the filter box does', async () => {
      const expected = people.filter(
        ({ firstName, lastName, position, active }) =>
          `${firstName} ${lastName} ${position}`.toLowerCase().includes('ова') && !active,
      );
      const find = encodeURIComponent('ОВА dismissed');
      const { json } = await client.control('GET', `/users?most=2&find=${find}`);
      assert.equal(json['matching'], expected.length);
      const users = v.parse(v.array(v.looseObject({ id: v.number() })), json['users']);
      assert.deepEqual(
        users.map(({ id }) => id),
        expected.slice(0, 2).map(({ id }) => id),
      );
    });

    it('keeps pushes whole in GET /pushes, and tells those to some people when asked', async () => {
      await client.json(PUSH, { USER_ID: [...many, 99_999], TEXT: 'to many' });
      await client.json(PUSH, { USER_ID: [1], TEXT: 'to Anna' });
      const Pushes = v.array(v.object({ text: v.string(), recipients: v.array(v.number()) }));
      const all = v.parse(Pushes, (await client.control('GET', '/pushes')).json['list']);
      assert.deepEqual(all[0]?.recipients, [...many, 99_999]);
      const { delivered = [], deferred = [], dropped = [] } = sandbox.snapshot().pushes[0] ?? {};
      assert.equal(delivered.length + deferred.length + dropped.length, 2001);
      const some = await client.control('GET', '/pushes?users=600,601,2');
      assert.deepEqual(
        v.parse(Pushes, some.json['list']).map(({ recipients }) => recipients),
        [[600, 601]],
      );
    });

    it('streams excerpts with counts', async () => {
      sandbox.patchState({ bucket: { size: 0 } });
      for (let i = 0; i < 60; i++) {
        await client.json(PUSH, { USER_ID: [1], TEXT: String(i) });
      }
      await client.json(PUSH, { USER_ID: [...many, 99_999], TEXT: 'to many' });
      const event = await firstEvent(`${sandbox.info.control}/events`);
      const { state, pushes, requests } = v.parse(Live, JSON.parse(event));
      assert.equal(pushes.length, 50);
      assert.ok(requests.length <= 60);
      const last = pushes.at(-1);
      assert.ok(last !== undefined);
      assert.deepEqual([last.counts.recipients, last.counts.unknown], [2001, 1]);
      const described = state.users.map(({ id }) => id);
      assert.ok(last.recipients.includes(500));
      assert.ok(last.recipients.every((id) => described.includes(id)));
      const unknown = last.dropped.filter(({ reason }) => reason === 'unknown');
      assert.deepEqual(
        unknown.map(({ id }) => id),
        [99_999],
      );
      assert.match(JSON.stringify(requests.at(-1)), /and 1981 more/);
      assert.ok(event.length < 300_000, 'what everybody did does not travel');
    });
  });

  it('asks who signs in with a box that finds people', async () => {
    const { clientId } = sandbox.info;
    const all = await client.authorize({ client_id: clientId, state: 's"&' });
    assert.equal(all.text.match(/<li data-user-id/g)?.length, 60);
    assert.match(all.text, /name="sandbox_find"/);
    assert.match(all.text, /name="state" value="s&#34;&#38;"/);
    const someone = people[2500];
    const find = `${someone?.lastName ?? ''} 2501`;
    const found = await client.authorize({ client_id: clientId, state: 's', sandbox_find: find });
    const links = [...found.text.matchAll(/href="([^"]*sandbox_user=\d+)"/g)];
    if (someone?.active === true) {
      assert.deepEqual(
        links.map(([, href]) => href),
        [`?client_id=${clientId}&#38;state=s&#38;sandbox_user=2501`],
      );
    }
    assert.match(found.text, /data-user-id="2501"/);
  });

  it('draws photos of everybody', async () => {
    const photo = await ask(`${sandbox.info.portal}/sandbox/photo/${String(PEOPLE)}.svg`);
    assert.equal(photo.status, 200);
    assert.match(photo.text, /^<svg /);
  });
});

const Live = v.object({
  state: v.object({ users: v.array(v.object({ id: v.number() })) }),
  pushes: v.array(
    v.object({
      recipients: v.array(v.number()),
      dropped: v.array(v.object({ id: v.number(), reason: v.string() })),
      counts: v.object({ recipients: v.number(), unknown: v.number() }),
    }),
  ),
  requests: v.array(v.unknown()),
});

/** `data` of the first event of a stream. */
function firstEvent(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (!text.endsWith('\n\n')) {
          return;
        }
        resolve(text.replace(/^data: /, ''));
        request.destroy();
      });
      response.on('error', () => {});
    });
    request.on('error', reject);
  });
}

describe('sandbox: what each scope opens', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox();
    sandbox.patchState({ bucket: { size: 0 } });
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  const everything = ['pull', 'user', 'user_basic', 'user_brief', 'department', 'im', 'mobile'];
  const people = ['user', 'user_basic', 'user_brief'];
  const methods: [method: string, query: string, scopes: string[]][] = [
    ['user.current', '', people],
    ['user.get', 'ID=1', people],
    ['user.search', 'FIND=ан', people],
    ['department.get', '', ['department']],
    ['department.fields', '', ['department']],
    ['im.user.get', '', ['im']],
    ['im.user.list.get', 'ID[]=1', ['im']],
    ['im.search.user.list', 'FIND=ан', ['im']],
    [PUSH, 'USER_ID=1&TEXT=hi', ['pull']],
  ];
  for (const [method, query, scopes] of methods) {
    it(`${method} needs ${scopes.join(' or ')}`, async () => {
      const batched = async () => {
        const cmd = { asked: `${method}?${query}`, free: 'user.admin' };
        const { json } = await client.json('batch', { cmd });
        return v.parse(
          v.object({
            result: v.union([v.array(v.never()), v.record(v.string(), v.unknown())]),
            result_error: v.union([v.array(v.never()), v.record(v.string(), v.unknown())]),
          }),
          json['result'],
        );
      };
      for (const scope of scopes) {
        sandbox.patchState({ scopes: [scope], forgetTokens: true });
        assert.equal((await client.form(method, query)).status, 200, scope);
        const { result, result_error } = await batched();
        assert.deepEqual([Object.keys(result), result_error], [['asked', 'free'], []]);
      }
      sandbox.patchState({
        scopes: everything.filter((scope) => !scopes.includes(scope)),
        forgetTokens: true,
      });
      assert.equal(
        refusal(await client.form(method, query)),
        '401 | insufficient_scope | The request requires higher privileges than provided by the access token',
      );
      assert.deepEqual(await batched(), {
        result: { free: true },
        result_error: { asked: { error: 'insufficient_scope', error_description: '' } },
      });
    });
  }

  it('a batch answers with lists or with objects, as the keys fall', async () => {
    sandbox.patchState({ scopes: ['user', 'department'], forgetTokens: true });
    const results = async (...cmd: string[]) => {
      const { json } = await client.json('batch', { cmd });
      return v.parse(
        v.looseObject({
          result: v.unknown(),
          result_error: v.unknown(),
          result_total: v.unknown(),
        }),
        json['result'],
      );
    };
    const none = await results('im.user.get', 'nope');
    assert.deepEqual(none.result, []);
    assert.ok(Array.isArray(none.result_error));
    const second = await results('im.user.get', 'user.get?ID=1');
    assert.deepEqual(Object.keys(second.result ?? {}), ['1']);
    assert.ok(!Array.isArray(second.result) && Array.isArray(second.result_error));
    assert.deepEqual(second.result_total, { 1: 1 });
    const first = await results('user.get?ID=1', 'im.user.get');
    assert.ok(Array.isArray(first.result) && !Array.isArray(first.result_error));
    assert.deepEqual(first.result_total, [1]);
    // Nobody found: no total under that key either.
    const nobody = await results('user.get?ID=99', 'department.get');
    assert.deepEqual(nobody.result_total, { 1: 7 });
  });
});

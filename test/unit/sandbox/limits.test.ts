import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { mock } from 'node:test';
import * as v from 'valibot';
import type { RecordedPush, RecordedRequest } from '../../../src/sandbox/controlApi';
import { excerptOf, shortened } from '../../../src/sandbox/excerpt';
import { generateStaff } from '../../../src/sandbox/generatedStaff';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { PhpArray } from '../../../src/sandbox/php';
import { decodeJson } from '../../../src/sandbox/phpJson';
import { parseQuery } from '../../../src/sandbox/phpParams';
import { makeIdentity, PortalState } from '../../../src/sandbox/portalState';
import { StaffIndex } from '../../../src/sandbox/staffIndex';
import { ask, Client } from './client';

const PUSH = 'pull.application.push.add';

describe('sandbox: limits', () => {
  let sandbox: Sandbox;
  let client: Client;
  let time: number;

  before(async () => {
    time = Date.now();
    sandbox = await startSandbox({ people: 1200, seed: 3, now: () => time });
  });
  beforeEach(async () => {
    await sandbox.reset();
    sandbox.patchState({ bucket: { size: 0 } });
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  describe('of PHP', () => {
    it('a name in a query may have 64 indexes, and is dropped with more', () => {
      assert.deepEqual([...parseQuery(`a${'[x]'.repeat(64)}=1`).keys()], ['a']);
      assert.deepEqual([...parseQuery(`a${'[x]'.repeat(65)}=1`).keys()], []);
    });

    it('JSON may be 512 levels deep', () => {
      const levels = (count: number) => '['.repeat(count) + ']'.repeat(count);
      assert.ok(decodeJson(levels(512)) instanceof PhpArray);
      assert.equal(decodeJson(levels(513)), null);
    });

    it('a port of an avatar ends at 65535', async () => {
      for (const [port, arrives] of [
        ['65535', 'http://example.com:65535/'],
        ['65536', ''],
      ] as const) {
        await client.json(PUSH, { USER_ID: 1, TEXT: 'x', AVATAR: `http://example.com:${port}/` });
        assert.equal(sandbox.snapshot().pushes.at(-1)?.avatar, arrives);
      }
    });
  });

  describe('of the portal', () => {
    it('a body of more than 16 MiB breaks the connection', async () => {
      const blank = (bytes: number) => ask(client.url('profile'), { body: ' '.repeat(bytes) });
      assert.equal((await blank(16 * 1024 * 1024)).status, 401);
      await assert.rejects(blank(16 * 1024 * 1024 + 1));
    });

    it('idle connections stay open for 75 seconds', async () => {
      const answer = await fetch(client.url('profile'));
      await answer.text();
      assert.equal(answer.headers.get('keep-alive'), 'timeout=75');
    });

    it('the operating time is counted anew after 600 seconds', async () => {
      const { text } = await client.json('profile');
      const resetAt = Number(/"operating_reset_at":(\d+)/.exec(text)?.[1]);
      assert.equal(resetAt, Math.floor(time / 1000) + 600);
    });

    it('a channel lives 43,205 seconds', async () => {
      const { text } = await client.json('pull.application.config.get');
      const [, start = '', end = ''] = /"start":"([^"]+)","end":"([^"]+)"/.exec(text) ?? [];
      assert.equal((Date.parse(end) - Date.parse(start)) / 1000, 43_205);
    });

    it('im.search.user.list wants two characters, gives 10 people, and 50 at most', async () => {
      const found = async (params: Record<string, unknown>) => {
        const { json } = await client.json('im.search.user.list', { FIND: 'ан', ...params });
        return Object.keys(json['result'] ?? {}).length;
      };
      assert.deepEqual(
        [await found({}), await found({ LIMIT: 50 }), await found({ LIMIT: 51 })],
        [10, 50, 50],
      );
      const one = await client.json('im.search.user.list', { FIND: 'я' });
      assert.equal(one.json['error'], 'FIND_SHORT');
      assert.equal((await client.json('im.search.user.list', { FIND: ' ян ' })).status, 200);
    });

    it('im.user.get tells idle since 15 minutes, and activity a day ago', async () => {
      sandbox.patchState({
        users: [
          { id: 1, presence: 'desktopIdle', device: 'ios' },
          { id: 2, presence: 'offline', lastMobileDays: 3 },
        ],
      });
      const whole = Math.floor(time / 1000) * 1000;
      const at = (field: string, text: string) =>
        (whole - Date.parse(new RegExp(`"${field}":"([^"]+)"`).exec(text)?.[1] ?? '')) / 1000;
      const idle = await client.json('im.user.get', { ID: 1 });
      assert.equal(at('idle', idle.text), 15 * 60);
      const offline = await client.json('im.user.get', { ID: 2 });
      assert.equal(at('last_activity_date', offline.text), 24 * 3600);
      assert.equal(at('mobile_last_date', offline.text), 3 * 24 * 3600);
    });

    it('the name of an application and its handler have 1,000 characters at most', async () => {
      const form = (title: string) =>
        ask(`${sandbox.info.portal}/devops/edit/application/7/`, {
          body: new URLSearchParams([
            ['TITLE', title],
            ['APPLICATION_URL_HANDLER', 'http://localhost:1/'],
            ['SCOPE[]', 'pull'],
          ]).toString(),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        });
      const text = 'The title and the paths can have 1000 characters at most.';
      assert.ok((await form('n'.repeat(1001))).text.includes(text));
      assert.ok(!(await form('n'.repeat(1000))).text.includes(text));
      assert.equal(sandbox.snapshot().state.appName.length, 1000);
    });

    it('a webhook belongs to the first user and has four scopes', async () => {
      const profile = await ask(`${sandbox.info.webhook}/profile`);
      assert.match(profile.text, /^\{"result":\{"ID":"1"/);
      const scope = await ask(`${sandbox.info.webhook}/scope`);
      assert.deepEqual(scope.json['result'], ['pull', 'user', 'department', 'im']);
    });

    it('tokens and codes have 70 hexadecimal digits, and fit one purpose', async () => {
      const code = await client.code();
      for (const token of [code, client.tokens.access_token, client.tokens.refresh_token]) {
        assert.match(token, /^[0-9a-f]{70}$/);
      }
      assert.equal((await ask(`${client.url('profile')}?auth=${code}`)).status, 401);
    });
  });

  describe('of the control API', () => {
    const status = async (path: string, body: unknown) => {
      const method = path === '/state' ? 'PATCH' : 'POST';
      return (await client.control(method, path, body)).status;
    };

    it('a name has 1,000 characters at most', async () => {
      assert.equal(await status('/state', { appName: 'n'.repeat(1000) }), 200);
      assert.equal(await status('/state', { appName: 'n'.repeat(1001) }), 400);
    });

    it('the status of a fault lies between 200 and 599', async () => {
      const fault = (code: number) =>
        status('/faults', { method: 'x', action: 'status', status: code });
      const statuses = [199, 200, 599, 600];
      assert.deepEqual(await Promise.all(statuses.map(fault)), [400, 200, 200, 400]);
    });

    it('a huge answer has 2 GiB at most', async () => {
      const fault = (bytes: number) => status('/faults', { method: 'x', action: 'huge', bytes });
      assert.deepEqual([await fault(2 ** 31), await fault(2 ** 31 + 1)], [200, 400]);
    });

    it('at most 1,000 people are found at once, 60 unless told', async () => {
      const found = async (query: string) => {
        const { json } = await client.control('GET', `/users?${query}`);
        const { users } = json;
        return Array.isArray(users) ? users.length : -1;
      };
      assert.deepEqual([await found('most=5000'), await found('')], [1000, 60]);
    });

    it('an event has the last 60 requests and the last 50 pushes', async () => {
      for (let i = 0; i < 61; i++) {
        await client.json(PUSH, { USER_ID: 1, TEXT: String(i) });
      }
      const request = get(`${sandbox.info.control}/events`);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.setEncoding('utf8');
      let text = '';
      for await (const chunk of response) {
        text += String(chunk);
        if (text.endsWith('\n\n')) {
          break;
        }
      }
      const { requests, pushes } = v.parse(
        v.object({
          requests: v.array(v.looseObject({ params: v.looseObject({ TEXT: v.string() }) })),
          pushes: v.array(v.looseObject({ text: v.string() })),
        }),
        JSON.parse(text.replace(/^data: /, '')),
      );
      assert.deepEqual([requests.length, requests[0]?.params.TEXT], [60, '1']);
      assert.deepEqual([pushes.length, pushes[0]?.text], [50, '11']);
    });

    it('everybody is described in a portal of 200, and the first 60 of more', () => {
      const described = (people: number) => portalOf(people).state().users.length;
      assert.equal(described(200), 200);
      const administrators = generateStaff(201, 1).people.filter(
        ({ id, admin }) => admin && id > 60,
      );
      assert.equal(described(201), 60 + administrators.length);
    });

    it('remembers the last 2,000 requests and 20,000 pushes', () => {
      const portal = portalOf(12);
      for (let id = 1; id <= 2001; id++) {
        portal.recordRequest({ ...request, id });
      }
      for (let at = 1; at <= 20_001; at++) {
        portal.recordPush({ ...push, request: at });
      }
      assert.deepEqual([portal.requests.length, portal.requests[0]?.id], [2000, 2]);
      assert.deepEqual([portal.pushes.length, portal.pushes[0]?.request], [20_000, 2]);
    });

    it('cuts a push to more than 100 people, and keeps 20 unknown ids', () => {
      const to = (count: number) => {
        const recipients = Array.from({ length: count }, (_, i) => i + 1);
        const dropped = recipients.map((id) => ({ id, reason: 'unknown' as const }));
        return excerptOf({ ...push, id: 1, time: '', recipients, dropped }, (id) => id === 50);
      };
      assert.equal(to(100).recipients.length, 100);
      assert.deepEqual(to(101).recipients, [50]);
      assert.equal(to(101).dropped.length, 21);
    });

    it('cuts lists after 20 items and texts after 1,000 characters', () => {
      const cut = (value: unknown) => shortened({ ...request, params: { value } }).params;
      const twenty = Array.from({ length: 20 }, (_, i) => i);
      assert.deepEqual(cut(twenty), { value: twenty });
      assert.deepEqual(cut([...twenty, 20]), { value: [...twenty, '… and 1 more'] });
      assert.deepEqual(cut('a'.repeat(1000)), { value: 'a'.repeat(1000) });
      assert.deepEqual(cut('a'.repeat(1001)), {
        value: `${'a'.repeat(1000)}… and 1 characters more`,
      });
    });

    it('keeps 12 sorted lists, the least recently used of which goes first', () => {
      const { people, departments } = generateStaff(20, 1);
      const index = new StaffIndex(
        new Map(people.map((one) => [one.id, one])),
        new Map(departments.map((one) => [one.id, one])),
      );
      const made: string[] = [];
      const use = (key: string) =>
        index.list(key, () => {
          made.push(key);
          return people;
        });
      const keys = Array.from({ length: 12 }, (_, i) => String(i));
      keys.forEach(use);
      use('0');
      use('one more');
      made.length = 0;
      use('0');
      use('1');
      assert.deepEqual(made, ['1']);
    });
  });
});

describe('sandbox: what happens by the clock', () => {
  afterEach(() => {
    mock.timers.reset();
  });

  /** The sandbox and a stream of its events, under a clock that the test moves. */
  async function streaming(now: () => number) {
    mock.timers.enable({ apis: ['setInterval'] });
    const sandbox = await startSandbox({ now });
    const request = get(`${sandbox.info.control}/events`);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.setEncoding('utf8');
    await once(response, 'data');
    const close = async () => {
      request.destroy();
      await sandbox.close();
    };
    return { sandbox, response, close };
  }

  it('a stream of events says every 15 seconds that it is still there', async () => {
    const { response, close } = await streaming(Date.now);
    try {
      const next = once(response, 'data');
      mock.timers.tick(15_000);
      assert.deepEqual(await next, [': still here\n\n']);
    } finally {
      await close();
    }
  });

  it('a deferred push is looked for every second', async () => {
    let time = Date.now();
    const { sandbox, response, close } = await streaming(() => time);
    try {
      const client = await Client.signedIn(sandbox);
      await client.json(PUSH, { USER_ID: 6, TEXT: 'later' });
      time += 15_000;
      let text = '';
      response.on('data', (chunk: string) => (text += chunk));
      mock.timers.tick(1000);
      while (!text.includes('"delivered":[6]')) {
        await once(response, 'data');
      }
    } finally {
      await close();
    }
  });

  it('a slow answer comes in ten pieces a second', async () => {
    const sandbox = await startSandbox();
    try {
      const client = await Client.signedIn(sandbox);
      sandbox.addFaults({ method: 'scope', action: 'slow', bytesPerSecond: 1000 });
      mock.timers.enable({ apis: ['setTimeout'] });
      const request = get(`${client.url('scope')}?auth=${client.tokens.access_token}`);
      const answered = once(request, 'response');
      // The pause before the first byte is over at once.
      const ticks = setInterval(() => {
        mock.timers.tick(0);
      }, 1);
      const [response] = (await answered) as [IncomingMessage];
      clearInterval(ticks);
      const [piece] = (await once(response, 'data')) as [Buffer];
      assert.equal(piece.length, 100);
      const next = once(response, 'data');
      mock.timers.tick(100);
      const [another] = (await next) as [Buffer];
      assert.equal(another.length, 100);
      request.destroy();
    } finally {
      mock.timers.reset();
      await sandbox.close();
    }
  });
});

const push: Omit<RecordedPush, 'id' | 'time'> = {
  request: 1,
  senderId: 1,
  appName: 'x',
  clientId: 'x',
  text: 'x',
  avatar: '',
  recipients: [],
  delivered: [],
  deferred: [],
  dropped: [],
  shown: {
    ios: { text: 'x', cut: false, lost: false },
    android: { text: 'x', cut: false, lost: false },
  },
};

const request: RecordedRequest = {
  id: 1,
  time: '',
  method: 'profile',
  http: 'POST',
  ...{ caller: null, durationMs: 1, answer: '', ignored: [] },
  params: {},
  status: 200,
  error: null,
  note: '',
  fault: null,
};

/** The state of a portal without its listeners. */
function portalOf(people: number): PortalState {
  const origin = 'http://127.0.0.1:1';
  return new PortalState(
    makeIdentity({}),
    { portal: origin, authServer: origin, renamed: origin, control: origin },
    {
      handler: '',
      appName: 'x',
      policy: 'source',
      staff: () => generateStaff(people, 1),
      now: Date.now,
    },
  );
}

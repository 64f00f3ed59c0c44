import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bitrix24Error } from '../../../src/bitrix24/errors';
import { addPush, probePush } from '../../../src/bitrix24/push';
import {
  authorizeUrl,
  authServerOf,
  exchangeCode,
  refreshTokens,
  sameSite,
} from '../../../src/bitrix24/oauth';
import { isKnownAuthServer } from '../../../src/bitrix24/portalAddress';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';
import { parseCallback } from '../../../src/bitrix24/callback';
import { peopleByIds } from '../../../src/bitrix24/peopleById';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { testClient } from '../../support/testClient';
import { pushBudget } from '../../../src/bitrix24/pushSize';
import { profile, scopes } from '../../../src/bitrix24/profile';
import { searchPeople } from '../../../src/bitrix24/peopleByText';
import type { Callback } from '../../../src/bitrix24/callback';
import type { Tokens } from '../../../src/bitrix24/oauth';
import type { TokenSource } from '../../../src/bitrix24/portalClient';
import type { Wait } from '../../../src/bitrix24/rateLimiter';
import { startSandbox, type FaultAction, type Sandbox } from '../../../src/sandbox';
import { failureOf } from './support';

const transport = nodeFetchTransport({
  userAgent: 'test/1',
  connectTimeoutMs: 700,
  answerTimeoutMs: 700,
});

describe('The client against the sandbox', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.close());
  afterEach(() => sandbox.reset());

  const credentials = () => ({
    clientId: sandbox.info.clientId,
    clientSecret: sandbox.info.clientSecret,
  });
  const authServer = () => new URL(sandbox.info.authServer).host;
  const pushes = () => sandbox.snapshot().pushes;
  const requests = (method: string) =>
    sandbox.snapshot().requests.filter((request) => request.method === method);

  /** The browser's part of signing in. */
  async function comeBack(user = 1, state = 'state-1'): Promise<Callback> {
    const url = authorizeUrl(sandbox.info.portal, sandbox.info.clientId, state);
    url.searchParams.set('sandbox_user', String(user));
    const response = await fetch(url, { redirect: 'manual' });
    const callback = parseCallback(response.headers.get('location') ?? '');
    assert.ok(callback, `no code in the answer ${response.status}`);
    return callback;
  }

  async function signIn(user = 1): Promise<Tokens> {
    const { code } = await comeBack(user);
    return exchangeCode(transport, {
      authServer: authServer(),
      credentials: credentials(),
      code,
    });
  }

  /** An account without storage: what src/accounts does, in its simplest form. */
  class Session implements TokenSource {
    current: Tokens;
    refreshes = 0;
    agrees = false;

    constructor(tokens: Tokens) {
      this.current = tokens;
    }

    tokens(): Promise<Tokens> {
      return Promise.resolve(this.current);
    }

    async refreshed(failed: string, signal?: AbortSignal): Promise<Tokens> {
      if (failed === this.current.accessToken) {
        this.refreshes += 1;
        this.current = await refreshTokens(
          transport,
          {
            authServer: authServerOf(this.current) ?? authServer(),
            credentials: credentials(),
            refreshToken: this.current.refreshToken,
          },
          signal,
        );
      }
      return this.current;
    }

    moved(clientEndpoint: string): Promise<Tokens | undefined> {
      if (this.agrees) {
        this.current = { ...this.current, clientEndpoint };
      }
      return Promise.resolve(this.agrees ? this.current : undefined);
    }
  }

  async function connect(
    user = 1,
  ): Promise<{ client: PortalClient; session: Session; waits: Wait[] }> {
    const session = new Session(await signIn(user));
    const clock = {
      now: () => Date.now(),
      sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, { signal }),
    };
    return { client: testClient({ transport, tokens: session, clock }), session, waits: [] };
  }

  describe('signing in', () => {
    it('gets a code with everything that the redirect carries', async () => {
      const callback = await comeBack(1, 'a-state');
      assert.equal(callback.state, 'a-state');
      assert.equal(callback.domain, new URL(sandbox.info.portal).host);
      assert.ok(callback.scopes?.includes('pull'));
      assert.match(callback.memberId ?? '', /^[0-9a-f]{32}$/);
      assert.ok(isKnownAuthServer(callback.serverDomain ?? '', callback.domain));
    });

    it('trades it for tokens of that portal and user', async () => {
      const { memberId } = await comeBack();
      const tokens = await signIn(5);
      assert.equal(tokens.memberId, memberId);
      assert.equal(tokens.userId, 5);
      assert.ok(sameSite(tokens.clientEndpoint, sandbox.info.portal));
      assert.equal(authServerOf(tokens), authServer());
    });

    it('posts and never needs the documented GET', async () => {
      await signIn();
      assert.deepEqual(
        requests('oauth.token').map(({ http }) => http),
        ['POST'],
      );
    });

    it('falls back to GET where the form is refused', async () => {
      sandbox.addFaults({
        method: 'oauth.token',
        action: 'status',
        status: 400,
        error: 'invalid_request',
      });
      assert.ok((await signIn()).accessToken);
      assert.deepEqual(
        requests('oauth.token').map(({ http }) => http),
        ['POST', 'GET'],
      );
    });

    const exchangeWith = (changes: { code?: string; clientId?: string; clientSecret?: string }) =>
      exchangeCode(transport, {
        authServer: authServer(),
        credentials: { ...credentials(), ...changes },
        code: changes.code ?? 'f00d'.repeat(17),
      });
    const refusals: [
      what: string,
      changes: Parameters<typeof exchangeWith>[0],
      code: string,
      status: number,
    ][] = [
      ['a junk code', {}, 'invalid_grant', 400],
      ['a wrong secret', { clientSecret: 'wrong' }, 'invalid_client', 400],
      [
        'an unknown application',
        { clientId: 'local.00000000000000.00000000' },
        'wrong_client',
        200,
      ],
    ];
    for (const [what, changes, code, status] of refusals) {
      it(`tells ${what} as ${code}`, async () => {
        const error = await failureOf(exchangeWith(changes));
        assert.deepEqual(
          [error.kind, error.phase, error.code, error.httpStatus],
          ['server', 'answered', code, status],
        );
      });
    }

    it('tells a code that is older than 30 seconds', async () => {
      const { code } = await comeBack();
      sandbox.patchState({ clockOffset: 31 });
      assert.ok((await failureOf(exchangeWith({ code }))).is('expired_token'));
    });

    it('tells a code that was used before, where the server takes it once', async () => {
      sandbox.patchState({ policy: 'strict' });
      const { code } = await comeBack();
      await exchangeWith({ code });
      assert.ok((await failureOf(exchangeWith({ code }))).is('invalid_grant'));
    });

    it('ends when the authorization server hangs', async () => {
      sandbox.addFaults({ method: 'oauth.token', action: 'hang', when: 'before' });
      assert.equal((await failureOf(signIn())).kind, 'timeout');
    });
  });

  for (const policy of ['source', 'strict'] as const) {
    describe(`an expired token, policy ${policy}`, () => {
      beforeEach(() => sandbox.patchState({ policy }));

      it('is refreshed once, and the push arrives once', async () => {
        const { client, session } = await connect();
        sandbox.patchState({ clockOffset: 3601 });
        await addPush(client, { userIds: [1], text: 'Hi' });
        assert.equal(session.refreshes, 1);
        assert.equal(pushes().length, 1);
        assert.equal(requests('pull.application.push.add').length, 2);
      });

      it('is refreshed again an hour later, by the newest refresh token', async () => {
        const { client, session } = await connect();
        sandbox.patchState({ clockOffset: 3601 });
        await probePush(client);
        sandbox.patchState({ clockOffset: 7300 });
        await probePush(client);
        assert.equal(session.refreshes, 2);
      });

      it('whose refresh token has expired too asks for a new sign-in, and nothing is sent', async () => {
        const { client } = await connect();
        sandbox.patchState({ clockOffset: 181 * 24 * 3600 });
        const error = await failureOf(addPush(client, { userIds: [1], text: 'Hi' }));
        assert.ok(error.is('expired_token', 'invalid_grant'));
        assert.equal(error.phase, 'answered');
        assert.equal(pushes().length, 0);
      });

      it('whose refresh gets no answer leaves the push not sent', async () => {
        const { client } = await connect();
        sandbox.patchState({ clockOffset: 3601 });
        sandbox.addFaults({ method: 'oauth.token', action: 'hang', when: 'after' });
        const error = await failureOf(addPush(client, { userIds: [1], text: 'Hi' }));
        assert.deepEqual([error.kind, error.phase], ['timeout', 'notSent']);
        assert.equal(pushes().length, 0);
      });
    });
  }

  describe('people', () => {
    it('knows who is signed in, and with which scopes', async () => {
      const { client } = await connect(2);
      const { id, administrator, name } = await profile(client);
      assert.deepEqual([id, administrator], [2, false]);
      assert.equal(name, sandbox.info.users.find((user) => user.id === 2)?.name);
      assert.ok((await scopes(client)).includes('pull'));
      assert.equal((await profile((await connect(1)).client)).administrator, true);
    });

    it('finds colleagues by name, the dismissed left out', async () => {
      const { client } = await connect();
      assert.deepEqual(
        (await searchPeople(client, 'сидоров')).map(({ id }) => id),
        [2],
      );
      assert.deepEqual(
        (await searchPeople(client, 'Kowal')).map(({ id }) => id),
        [3],
      );
      assert.deepEqual(await searchPeople(client, 'Лавров'), []);
      assert.deepEqual(await searchPeople(client, 'nobody-of-that-name'), []);
    });

    it('reads them by id, the dismissed too', async () => {
      const { client } = await connect();
      const found = await peopleByIds(client, [4, 1, 99_999]);
      assert.deepEqual(
        found.map(({ id, active }) => ({ id, active })).sort((one, other) => one.id - other.id),
        [
          { id: 1, active: true },
          { id: 4, active: false },
        ],
      );
    });
  });

  describe('a push', () => {
    it('arrives with text, avatar and recipients as they were meant', async () => {
      const { client } = await connect();
      const text = 'Привет, <b>"мир"</b> &\n👩‍👩‍👧‍👦 0';
      await addPush(client, { userIds: [2, 1, 2], text, avatar: 'https://example.com/a.png' });
      assert.deepEqual(
        pushes().map((push) => ({
          recipients: push.recipients,
          text: push.text,
          avatar: push.avatar,
        })),
        [{ recipients: [2, 1], text, avatar: 'https://example.com/a.png' }],
      );
    });

    it('to nobody notifies nobody', async () => {
      const { client } = await connect();
      await probePush(client);
      assert.deepEqual(
        pushes().flatMap((push) => push.recipients),
        [],
      );
    });

    for (const letters of ['a', 'я', '😀', '👩‍👩‍👧‍👦', '<', '/', 'line\n', '"да" & \\']) {
      it(`of ${JSON.stringify(letters)} that the budget lets pass is not cut, a longer one is`, async () => {
        const { client } = await connect();
        const appName = 'Local application';
        sandbox.patchState({ appName });
        const input = {
          appName,
          avatar: 'https://example.com/a.png',
          clientId: sandbox.info.clientId,
        };
        const long = pushBudget({ ...input, text: letters.repeat(4500 / letters.length) });
        const longest = { ios: long.ios.shown, android: long.android.shown };
        for (const [platform, shown] of Object.entries(longest)) {
          for (const text of [
            shown,
            shown + letters.repeat(Math.ceil(shown.length / letters.length / 10)),
          ]) {
            await addPush(client, { userIds: [1], text, avatar: input.avatar });
            const told = pushBudget({ ...input, text });
            const push = pushes().find((recorded) => recorded.text === text);
            assert.ok(push);
            const cut = platform === 'ios' ? push.shown.ios.cut : push.shown.android.cut;
            assert.equal(cut, platform === 'ios' ? !told.ios.fits : !told.android.fits);
            assert.equal(cut, text !== shown);
          }
        }
      });
    }

    it('in a batch arrives command by command, and the bad one is named', async () => {
      const { client } = await connect();
      const command = (TEXT: string) => ({
        method: 'pull.application.push.add',
        params: { USER_ID: [1], TEXT },
      });
      const outcomes = await client.batch([command('one & only'), command('0'), command('три')]);
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['answered', 'failed', 'answered'],
      );
      assert.ok(outcomes[1]?.kind === 'failed' && outcomes[1].error.is('TEXT_ERROR'));
      assert.deepEqual(
        pushes()
          .map(({ text }) => text)
          .sort(),
        ['one & only', 'три'],
      );
    });

    const refusals: [what: string, change: () => void, code: string, user?: number][] = [
      [
        'an application without a name',
        () => sandbox.patchState({ appName: '' }),
        'EMPTY_APP_NAME',
      ],
      ['someone who is no administrator', () => {}, 'ACCESS_ERROR', 2],
      [
        'a missing scope',
        () => sandbox.patchState({ scopes: ['user_brief'] }),
        'insufficient_scope',
      ],
      ['an unpaid portal', () => sandbox.patchState({ paid: false }), 'PAYMENT_REQUIRED'],
      ['an overloaded portal', () => sandbox.patchState({ overloaded: true }), 'OVERLOAD_LIMIT'],
      ['a deleted portal', () => sandbox.patchState({ deleted: true }), 'PORTAL_DELETED'],
      [
        'a dismissed sender',
        () => sandbox.patchState({ users: [{ id: 1, active: false }] }),
        'authorization_error',
      ],
      [
        'a sender without access',
        () => sandbox.patchState({ users: [{ id: 2, appAccess: false }] }),
        'user_access_error',
        2,
      ],
      [
        'an application that is blocked for ten minutes',
        () => sandbox.patchState({ operationLimitUntil: Date.now() + 600_000 }),
        'OPERATION_TIME_LIMIT',
      ],
    ];
    for (const statuses of ['source', 'documented'] as const) {
      for (const [what, change, code, user] of refusals) {
        it(`of ${what} is refused: ${code} (statuses as ${statuses})`, async () => {
          const { client } = await connect(user);
          sandbox.patchState({ statuses });
          change();
          const error = await failureOf(addPush(client, { userIds: [1], text: 'Hi' }));
          assert.deepEqual([error.kind, error.phase], ['server', 'answered']);
          assert.ok(error.is(code), error.code);
          assert.equal(pushes().length, 0);
        });
      }
    }

    it('waits for a full bucket visibly and arrives once', async () => {
      const { client, waits } = await connect();
      sandbox.patchState({ bucket: { size: 50, drain: 2, level: 50 } });
      await addPush(
        client,
        { userIds: [1], text: 'Hi' },
        { onWait: (wait) => waits.push(...(wait ? [wait] : [])) },
      );
      assert.deepEqual(
        waits.map(({ code }) => code),
        ['QUERY_LIMIT_EXCEEDED'],
      );
      assert.equal(pushes().length, 1);
    });

    it('follows a renamed portal after a yes, and not without', async () => {
      const { client, session } = await connect();
      sandbox.patchState({ renamedTo: new URL(sandbox.info.renamedPortal).host });
      const refused = await failureOf(addPush(client, { userIds: [1], text: 'Hi' }));
      assert.deepEqual([refused.kind, refused.phase], ['redirect', 'notSent']);
      assert.equal(pushes().length, 0);
      session.agrees = true;
      await addPush(client, { userIds: [1], text: 'Hi' });
      assert.equal(session.current.clientEndpoint, `${sandbox.info.renamedPortal}/rest/`);
      assert.equal(pushes().length, 1);
    });
  });

  describe('when the network or the portal fails', () => {
    type Told = Pick<Bitrix24Error, 'phase'> & Partial<Pick<Bitrix24Error, 'kind'>>;
    const failures: [
      what: string,
      fault: FaultAction,
      told: Told | 'accepted',
      carriedOut: number,
    ][] = [
      ['cut before', { action: 'cut', when: 'before' }, { phase: 'noAnswer', kind: 'reset' }, 0],
      ['cut after', { action: 'cut', when: 'after' }, { phase: 'noAnswer', kind: 'reset' }, 1],
      [
        'hang before',
        { action: 'hang', when: 'before' },
        { phase: 'noAnswer', kind: 'timeout' },
        0,
      ],
      ['hang after', { action: 'hang', when: 'after' }, { phase: 'noAnswer', kind: 'timeout' }, 1],
      ['HTML with 200', { action: 'html' }, { phase: 'noAnswer', kind: 'notJson' }, 1],
      ['HTML with 504', { action: 'html', status: 504 }, { phase: 'noAnswer', kind: 'notJson' }, 1],
      ['cut JSON', { action: 'truncate' }, { phase: 'noAnswer', kind: 'notJson' }, 1],
      ['result false', { action: 'resultFalse' }, { phase: 'noAnswer', kind: 'notJson' }, 0],
      [
        'one byte a second',
        { action: 'slow', bytesPerSecond: 1 },
        { phase: 'noAnswer', kind: 'timeout' },
        1,
      ],
      ['a late answer', { action: 'slow', delayMs: 100 }, 'accepted', 1],
      [
        '500 with a code',
        { action: 'status', status: 500 },
        { phase: 'noAnswer', kind: 'server' },
        0,
      ],
      [
        '502 HTML',
        { action: 'status', status: 502, body: '<h1>Bad gateway</h1>' },
        { phase: 'noAnswer', kind: 'notJson' },
        0,
      ],
      [
        '503 HTML',
        { action: 'status', status: 503, body: '<h1>Busy</h1>' },
        { phase: 'noAnswer', kind: 'notJson' },
        0,
      ],
      [
        '403 HTML',
        { action: 'status', status: 403, body: '<h1>No</h1>' },
        { phase: 'answered', kind: 'notJson' },
        0,
      ],
      ['407', { action: 'status', status: 407, body: '' }, { phase: 'notSent', kind: 'proxy' }, 0],
      [
        '400 with a code',
        { action: 'status', status: 400, error: 'X' },
        { phase: 'answered', kind: 'server' },
        0,
      ],
      [
        '307 elsewhere',
        {
          action: 'status',
          status: 307,
          body: '',
          headers: { location: 'https://evil.example/rest/' },
        },
        { phase: 'notSent', kind: 'redirect' },
        0,
      ],
      [
        '503 limit',
        { action: 'status', status: 503, error: 'QUERY_LIMIT_EXCEEDED' },
        'accepted',
        1,
      ],
    ];
    for (const [what, fault, told, carriedOut] of failures) {
      it(`${what}: one push at most, and told as it is`, async () => {
        const { client } = await connect();
        sandbox.addFaults({ method: 'pull.application.push.add', ...fault });
        const done = addPush(client, { userIds: [1], text: 'Hi' });
        if (told === 'accepted') {
          await done;
        } else {
          const { phase, kind } = await failureOf(done);
          assert.deepEqual({ phase, kind }, told);
        }
        assert.equal(pushes().length, carriedOut);
      });
    }

    it('a portal that is down: not sent', async () => {
      const { client } = await connect();
      sandbox.addFaults({ method: '*', action: 'refuse', times: 0 });
      // The port closes a moment after the fault is set.
      let error = await failureOf(addPush(client, { userIds: [1], text: 'Hi' }));
      for (let tries = 0; error.kind !== 'refused' && tries < 20; tries += 1) {
        error = await failureOf(addPush(client, { userIds: [1], text: 'Hi' }));
      }
      assert.deepEqual([error.kind, error.phase], ['refused', 'notSent']);
      assert.equal(pushes().length, 0);
      await sandbox.clearFaults();
    });
  });
});

import { testLimiter } from '../../support/testClient';
import assert from 'node:assert/strict';
import type { Question } from '../../../src/common/messages';
import { silentLog } from '../../support/silentLog';
import { systemClock } from '../../../src/common/clock';
import { Bitrix24Accounts } from '../../../src/accounts/bitrix24Accounts';
import { Bitrix24AuthenticationProvider } from '../../../src/accounts/authenticationProvider';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';
import { isLoopback } from '../../../src/bitrix24/portalAddress';
import type { Transport } from '../../../src/bitrix24/transport';
import { profile } from '../../../src/bitrix24/profile';
import { probePush } from '../../../src/bitrix24/push';
import { startSandbox } from '../../../src/sandbox';
import type { Sandbox } from '../../../src/sandbox';
import { MemoryMemento } from '../../support/memoryMemento';
import { MemorySecrets } from '../../support/memorySecrets';
import { ScriptedDialogs } from '../../support/scriptedDialogs';
import type { ScriptLine } from '../../support/scriptedDialogs';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tokenStore } from '../../support/tokenStores';

describe('accounts', () => {
  const folder = temporaryFolder();
  let sandbox: Sandbox;
  const transport = nodeFetchTransport({ userAgent: 'test' });
  const limiter = testLimiter({ clock: systemClock });

  before(async () => {
    sandbox = await startSandbox({ policy: 'strict' });
  });
  after(() => sandbox.close());
  beforeEach(() => sandbox.reset());

  async function redirectOf(authorizeUrl: string, user: number): Promise<string> {
    const url = new URL(authorizeUrl);
    url.searchParams.set('sandbox_user', String(user));
    return (await transport.send({ method: 'GET', url })).headers.get('location') ?? '';
  }

  function setUp(
    script: ScriptLine[] = [],
    secrets = new MemorySecrets(),
    network: Transport = transport,
  ) {
    const globalState = new MemoryMemento();
    const dialogs = new ScriptedDialogs(...script);
    const store = tokenStore(folder(), { secrets });
    const questions: Question[] = [];
    const accounts = new Bitrix24Accounts({
      store,
      globalState,
      transport: network,
      clock: systemClock,
      log: silentLog,
      openExternal: () => Promise.resolve(true),
      messages: {
        ask: (question) => {
          questions.push(question);
          return Promise.resolve(question.answers[0]);
        },
      },
      limiter,
      dialogs,
      signInPort: () => 0,
    });
    const provider = new Bitrix24AuthenticationProvider({
      store,
      signIn: (options) => accounts.signIn(options),
      signOut: (id) => accounts.signOut(id),
    });
    const events: unknown[] = [];
    accounts.onDidChange(() => events.push('changed'));
    provider.onDidChangeSessions(({ added = [], removed = [], changed = [] }) =>
      events.push({
        added: added.map(({ account }) => account.label),
        removed: removed.map(({ account }) => account.label),
        changed: changed.length,
      }),
    );
    const signIn = (user: number) =>
      accounts.signInDirectly({
        portal: sandbox.info.portal,
        credentials: {
          clientId: sandbox.info.clientId,
          clientSecret: sandbox.info.clientSecret,
        },
        integrationId: 1,
        obtainCallback: (url) => redirectOf(url, user),
      });
    return { secrets, globalState, dialogs, store, accounts, provider, questions, events, signIn };
  }

  const host = () => new URL(sandbox.info.portal).host;

  it('signs in directly, stores one secret, and is seen in the Accounts menu', async () => {
    const { accounts, provider, signIn, secrets, events, globalState } = setUp();
    const anna = await signIn(1);
    const sessions = await provider.getSessions(undefined);
    assert.deepEqual(
      {
        anna,
        current: await accounts.current(),
        keys: [...secrets.values.keys()],
        sessions: sessions.map(({ id, account, scopes }) => [id, account, scopes.includes('pull')]),
        events,
      },
      {
        anna: {
          id: anna.id,
          portal: sandbox.info.portal,
          host: host(),
          userId: 1,
          userName: 'Анна Петрова',
          administrator: true,
          clientId: sandbox.info.clientId,
          integrationId: 1,
          senderName: undefined,
          ...{ isSandbox: true, mayNotify: true },
        },
        current: anna,
        keys: [`account.v1:${anna.id}`],
        sessions: [[anna.id, { id: anna.id, label: `Анна Петрова (SANDBOX ${host()})` }, true]],
        events: [
          'changed',
          { added: [`Анна Петрова (SANDBOX ${host()})`], removed: [], changed: 0 },
          'changed',
        ],
      },
    );
    const secretParts = Object.values(
      (JSON.parse([...secrets.values.values()][0]!) as { tokens: Record<string, string> }).tokens,
    );
    const open = JSON.stringify([anna, [...globalState.values], events]);
    for (const secret of [sandbox.info.clientSecret, secretParts[0]!, secretParts[1]!]) {
      assert.ok(secret.length > 20 && !open.includes(secret));
    }
  });

  describe('on the sandbox', () => {
    /** A transport that writes down the hosts that requests really left for, and loses those to other computers. */
    function watched() {
      const hosts = new Set<string>();
      const watching: Transport = {
        send: (request) => {
          hosts.add(request.url.hostname);
          return isLoopback(request.url.host)
            ? transport.send(request)
            : Promise.reject(new Error('This must not leave.'));
        },
      };
      return { hosts, watching };
    }

    it('reach no real host: not by call, refresh, rename or what a server names', async () => {
      const { hosts, watching } = watched();
      const { accounts, store, signIn, questions } = setUp([], new MemorySecrets(), watching);
      const { id } = await signIn(1);
      const call = async () => profile(await accounts.client(id));
      await call();

      // A server that names another one, or a damaged secret.
      await store.change(id, (one) => {
        const tokens = { ...one!.tokens, serverEndpoint: 'https://oauth.bitrix.info/rest/' };
        return { ...one!, tokens };
      });
      sandbox.patchState({ clockOffset: 3_700 });
      await assert.rejects(call(), { code: 'SANDBOX_ONLY', phase: 'notSent' });
      sandbox.patchState({ clockOffset: 0 });
      sandbox.addFaults({
        ...{ method: 'profile', action: 'status', status: 302, body: '' },
        headers: { location: 'https://acme.bitrix24.com/rest/profile' },
      });
      await assert.rejects(call(), { code: 'SANDBOX_ONLY', phase: 'notSent' });
      await store.change(id, (one) => {
        const tokens = { ...one!.tokens, clientEndpoint: 'https://acme.bitrix24.com/rest/' };
        return { ...one!, tokens };
      });
      await assert.rejects(call(), { code: 'SANDBOX_ONLY', phase: 'notSent' });
      assert.deepEqual([[...hosts], questions], [['127.0.0.1'], []]);
    });

    it('are made by signing in directly only on this computer', async () => {
      const { hosts, watching } = watched();
      const { accounts, secrets } = setUp([], new MemorySecrets(), watching);
      const { clientId, clientSecret } = sandbox.info;
      const signingIn = accounts.signInDirectly({
        portal: 'https://acme.bitrix24.com',
        credentials: { clientId, clientSecret },
        obtainCallback: (url) => Promise.resolve(url),
      });
      await assert.rejects(signingIn, { code: 'SANDBOX_ONLY' });
      assert.deepEqual([[...hosts], [...secrets.values]], [[], []]);
    });

    it('are recognised when somebody signs in to it by hand', async () => {
      const script: ScriptLine[] = [
        ['portal', sandbox.info.portal],
        ['clientId', sandbox.info.clientId],
        ['clientSecret', sandbox.info.clientSecret],
        ['answer', (wait) => redirectOf(wait.authorizeUrl, 1)],
      ];
      const { accounts } = setUp(script);
      const account = await accounts.signIn();
      assert.equal(account?.isSandbox, true);
    });
  });

  it('refuses an answer with another state, or none', async () => {
    const { accounts, secrets } = setUp();
    const sign = (change: (address: string) => string) =>
      accounts.signInDirectly({
        portal: sandbox.info.portal,
        credentials: { clientId: sandbox.info.clientId, clientSecret: sandbox.info.clientSecret },
        obtainCallback: async (url) => change(await redirectOf(url, 1)),
      });
    await assert.rejects(
      sign((address) => address.replace(/state=[^&]+/, 'state=x')),
      {
        code: 'SIGN_IN_STATE',
      },
    );
    await assert.rejects(
      sign((address) => address.replace(/state=[^&]+/, '')),
      {
        code: 'SIGN_IN_STATE',
      },
    );
    await assert.rejects(
      sign(() => 'http://localhost/'),
      { code: 'SIGN_IN_NO_CODE' },
    );
    assert.deepEqual([...secrets.values], []);
  });

  it('keeps several users apart; the last one signed in is current', async () => {
    const { accounts, signIn, provider } = setUp();
    const anna = await signIn(1);
    const ivan = await signIn(2);
    assert.equal((await accounts.current())?.id, ivan.id);
    await accounts.select(anna.id);
    assert.deepEqual(
      [(await accounts.current())?.id, (await accounts.list()).map(({ id }) => id).sort()],
      [anna.id, [anna.id, ivan.id].sort()],
    );
    const one = await provider.getSessions(undefined, { account: { id: ivan.id, label: '' } });
    assert.deepEqual(
      one.map(({ id }) => id),
      [ivan.id],
    );
    assert.equal((await profile(await accounts.client(ivan.id))).id, 2);
    assert.equal((await profile(await accounts.client(anna.id))).id, 1);
  });

  it('finds sessions by scopes in any order', async () => {
    const { provider, signIn } = setUp();
    await signIn(1);
    const found = async (scopes: string[]) => (await provider.getSessions(scopes)).length;
    assert.deepEqual(
      [
        await found([]),
        await found(['user', 'pull']),
        await found(['pull', 'user']),
        await found(['crm']),
      ],
      [1, 1, 1, 0],
    );
  });

  it('reads sessions without network or questions, and an accounts menu costs one read', async () => {
    const { provider, secrets, questions } = setUp();
    const before = sandbox.snapshot().requests.length;
    assert.deepEqual(await provider.getSessions(undefined), []);
    assert.deepEqual(
      [secrets.calls, questions, sandbox.snapshot().requests.length - before],
      [['keys'], [], 0],
    );
  });

  it('renews an expired token without a word and sends once', async () => {
    const { accounts, signIn, secrets, provider, events } = setUp();
    const anna = await signIn(1);
    const [before] = await provider.getSessions(undefined);
    events.length = 0;
    sandbox.patchState({ clockOffset: 3601 });
    const client = await accounts.client(anna.id);
    await Promise.all([probePush(client), probePush(client), profile(client)]);
    const [after] = await provider.getSessions(undefined);
    const calls = sandbox
      .snapshot()
      .requests.map(({ method, error }) => `${method} ${error ?? ''}`);
    assert.deepEqual(
      {
        refreshes: calls.filter((call) => call === 'oauth.token ').length,
        stored: [...secrets.values.values()][0]?.includes(after?.accessToken ?? '-'),
        sameSession: before?.id === after?.id && before?.accessToken !== after?.accessToken,
        events,
      },
      // The sign-in's own, and one for all three calls; nobody has to redraw anything.
      {
        refreshes: 2,
        stored: true,
        sameSession: true,
        events: [{ added: [], removed: [], changed: 1 }],
      },
    );
  });

  it('asks before it follows a renamed portal, and keeps the account', async () => {
    const { accounts, signIn, questions } = setUp();
    const anna = await signIn(1);
    const client = await accounts.client(anna.id);
    sandbox.patchState({ renamedTo: new URL(sandbox.info.renamedPortal).host });
    assert.equal((await profile(client)).id, 1);
    const moved = await accounts.get(anna.id);
    assert.deepEqual(
      [moved?.id, moved?.portal, questions.length, questions[0]?.message.includes(host())],
      [anna.id, sandbox.info.renamedPortal, 1, true],
    );
  });

  it('forgets everything at sign-out, in this order: secret, then events', async () => {
    const { accounts, signIn, secrets, globalState, events, provider } = setUp();
    const anna = await signIn(1);
    events.length = 0;
    await provider.removeSession(anna.id);
    assert.deepEqual(
      {
        secrets: [...secrets.values],
        state: [...globalState.values],
        list: await accounts.list(),
        current: await accounts.current(),
        events,
      },
      {
        secrets: [],
        state: [],
        list: [],
        current: undefined,
        events: [
          'changed',
          { added: [], removed: [`Анна Петрова (SANDBOX ${host()})`], changed: 0 },
        ],
      },
    );
    await assert.rejects(accounts.client(anna.id), { code: 'NO_SUCH_ACCOUNT' });
  });

  it('forgets all portals', async () => {
    const { accounts, signIn, secrets, globalState } = setUp();
    await signIn(1);
    await signIn(2);
    secrets.values.set('damaged.v1:x:1', '{');
    await accounts.forgetAll();
    assert.deepEqual([[...secrets.values], [...globalState.values]], [[], []]);
  });

  it("keeps the sender's name and the application's number over a new sign-in", async () => {
    const { accounts, signIn } = setUp();
    const anna = await signIn(1);
    await accounts.update(anna.id, { senderName: 'CI', integrationId: 7 });
    const again = await signIn(1);
    assert.deepEqual([again.senderName, again.integrationId], ['CI', 1]);
    await accounts.update(anna.id, { senderName: undefined });
    assert.equal((await accounts.get(anna.id))?.senderName, undefined);
  });

  it('offers typed keys again after a sign-in that failed, in this window only', async () => {
    const { portal, clientId, clientSecret } = sandbox.info;
    const { accounts, dialogs, secrets } = setUp([
      ['portal', portal],
      ['clientId', clientId],
      ['clientSecret', clientSecret],
      [
        'answer',
        async (wait) => {
          const address = await redirectOf(wait.authorizeUrl, 1);
          sandbox.addFaults({ action: 'html', status: 502, method: 'oauth.token', times: 1 });
          return address;
        },
      ],
      ['portal', portal],
      ['whichApp', { clientId }],
      ['answer', (wait) => redirectOf(wait.authorizeUrl, 1)],
    ]);
    await assert.rejects(accounts.signIn());
    assert.deepEqual([...secrets.values], []);
    assert.equal((await accounts.signIn({ portal }))?.userId, 1);
    assert.ok(dialogs.shown.includes(`2/3 whichApp [${clientId}/]`));
  });

  it('says at once to another extension that the sign-in was cancelled', async () => {
    const { provider } = setUp([['portal', 'cancel']]);
    await assert.rejects(provider.createSession(['pull']), { name: 'Canceled' });
  });

  it('checks the setup and keeps what it learnt', async () => {
    const { accounts, signIn } = setUp();
    const anna = await signIn(1);
    assert.deepEqual(await accounts.checkSetup(anna.id), { kind: 'ready', people: true });
    sandbox.patchState({ users: [{ id: 1, admin: false }] });
    assert.deepEqual(await accounts.checkSetup(anna.id), { kind: 'notAdministrator' });
    assert.equal((await accounts.get(anna.id))?.administrator, false);
  });
});

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runSignIn } from '../../../src/accounts/signInFlow';
import type { SignInFlowDeps, SignInStart } from '../../../src/accounts/signInFlow';
import type { BrowserWait } from '../../../src/accounts/signInDialogs';
import { judgePaste } from '../../../src/accounts/browserAnswer';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';
import { systemClock } from '../../../src/common/clock';
import { silentLog } from '../../support/silentLog';
import { startSandbox } from '../../../src/sandbox';
import type { Sandbox } from '../../../src/sandbox';
import { ScriptedDialogs } from '../../support/scriptedDialogs';
import type { ScriptLine } from '../../support/scriptedDialogs';
import { storedAccount } from '../../support/storedAccounts';
import { until } from '../../support/until';

describe('sign-in flow', () => {
  let port: number;
  let sandbox: Sandbox;
  let clockOffset = 0;
  const transport = nodeFetchTransport({ userAgent: 'test' });

  before(async () => {
    port = await freePort();
    sandbox = await startSandbox({
      handler: `http://localhost:${port}/bitrix24-push`,
      policy: 'strict',
      now: () => Date.now() + clockOffset,
    });
  });
  after(() => sandbox.close());
  beforeEach(async () => {
    clockOffset = 0;
    await sandbox.reset();
  });

  /** Where the portal sends a browser in which this user is signed in. */
  async function redirectOf(authorizeUrl: string, user = 1): Promise<string> {
    const url = new URL(authorizeUrl);
    url.searchParams.set('sandbox_user', String(user));
    const answer = await transport.send({ method: 'GET', url });
    return answer.headers.get('location') ?? '';
  }

  function setUp(script: ScriptLine[], deps: Partial<SignInFlowDeps> = {}) {
    const dialogs = new ScriptedDialogs(...script);
    const opened: string[] = [];
    const typed: unknown[] = [];
    const all: SignInFlowDeps = {
      transport,
      clock: systemClock,
      log: silentLog,
      dialogs,
      openExternal: (url) => {
        opened.push(url);
        return Promise.resolve(true);
      },
      signInPort: () => port,
      knownApps: () => Promise.resolve([]),
      knownHosts: () => Promise.resolve([]),
      unknownApps: new Set(),
      keepTyped: (portal, app) => void typed.push([portal, app]),
      ...deps,
    };
    const run = (start: SignInStart = { at: 'portal' }) => runSignIn(all, start);
    return { dialogs, opened, typed, run };
  }

  const keys = (): ScriptLine[] => [
    ['portal', sandbox.info.portal],
    ['clientId', ` ${sandbox.info.clientId} `],
    ['clientSecret', ` ${sandbox.info.clientSecret}\n`],
  ];
  const tokenCalls = () =>
    sandbox.snapshot().requests.filter(({ method }) => method === 'oauth.token').length;

  it('comes back through the loopback listener by itself', async () => {
    const { dialogs, run, typed } = setUp([...keys(), ['answer', 'wait']], {
      // The browser of somebody who is signed in to the portal.
      openExternal: async (url) => {
        const page = await fetch(await redirectOf(url));
        assert.equal(page.status, 200);
        return true;
      },
    });
    const account = await run();
    const { portal, clientId, clientSecret } = sandbox.info;
    assert.deepEqual(
      {
        account: account && { ...account, tokens: Object.keys(account.tokens).length > 5 },
        endpoint: account?.tokens.clientEndpoint,
        shown: dialogs.shown,
        left: dialogs.left,
        closed: dialogs.closed,
        typed,
        tokenCalls: tokenCalls(),
      },
      {
        account: {
          version: 1,
          portal,
          userId: 1,
          userName: 'Анна Петрова',
          administrator: true,
          integrationId: undefined,
          senderName: undefined,
          scopes: account?.scopes,
          authServer: new URL(sandbox.info.authServer).host,
          app: { clientId, clientSecret },
          tokens: true,
        },
        endpoint: `${portal}/rest/`,
        shown: ['1/4 portal (no way back)', '2/4 clientId', '3/4 clientSecret', '4/4 answer'],
        left: 0,
        closed: 1,
        typed: [[portal, { clientId, clientSecret }]],
        tokenCalls: 1,
      },
    );
    assert.ok(account?.scopes.includes('pull'));
  });

  const pastes: [name: string, take: (redirect: string) => string][] = [
    ['the whole address', (redirect) => redirect],
    [
      'the address in quotes and with a line break',
      (redirect) => ` "${redirect.slice(0, 60)}\n${redirect.slice(60)}" `,
    ],
    ['the query alone', (redirect) => new URL(redirect).search],
    ['the bare code', (redirect) => `  ${new URL(redirect).searchParams.get('code') ?? ''} `],
  ];
  for (const [name, take] of pastes) {
    it(`takes ${name} from the paste box`, async () => {
      const { run } = setUp([
        ...keys(),
        ['answer', async (wait: BrowserWait) => take(await redirectOf(wait.authorizeUrl, 2))],
      ]);
      const account = await run();
      assert.deepEqual(
        [account?.userId, account?.userName, account?.administrator],
        [2, 'Иван Сидоров', false],
      );
    });
  }

  it('says that the port is taken, and the paste box still works', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    try {
      const { run, dialogs } = setUp([
        ...keys(),
        [
          'answer',
          async (wait) => {
            await until(() => dialogs.troubles.length > 0);
            return redirectOf(wait.authorizeUrl);
          },
        ],
      ]);
      assert.equal((await run())?.userId, 1);
      assert.deepEqual(dialogs.troubles, [{ kind: 'portTaken', port }]);
    } finally {
      other.close();
    }
  });

  it('says that the browser was not opened', async () => {
    for (const openExternal of [
      () => Promise.resolve(false),
      () => Promise.reject(new Error('no browser')),
    ]) {
      const { run, dialogs } = setUp(
        [
          ...keys(),
          [
            'answer',
            async (wait) => {
              await until(() => dialogs.troubles.length > 0);
              return redirectOf(wait.authorizeUrl);
            },
          ],
        ],
        { openExternal },
      );
      assert.equal((await run())?.userId, 1);
      assert.deepEqual(dialogs.troubles, [{ kind: 'browserNotOpened' }]);
    }
  });

  it('asks for the key again when it is wrong, then goes on', async () => {
    const take: ScriptLine = ['answer', (wait) => redirectOf(wait.authorizeUrl)];
    const { run, dialogs } = setUp([
      ...keys().slice(0, 2),
      ['clientSecret', 'x'.repeat(50)],
      take,
      ['clientSecret', sandbox.info.clientSecret],
      take,
    ]);
    assert.equal((await run())?.userId, 1);
    assert.deepEqual(dialogs.shown.slice(3), [
      '4/4 answer',
      '3/4 clientSecret !wrongKey',
      '4/4 answer',
    ]);
  });

  it('asks for the application again when Bitrix24 does not know it', async () => {
    const { run, dialogs } = setUp([
      ...keys(),
      [
        'answer',
        async (wait) => {
          const address = await redirectOf(wait.authorizeUrl);
          sandbox.patchState({ app: { registered: false } });
          return address;
        },
      ],
      ['clientId', sandbox.info.clientId],
      ['clientSecret', sandbox.info.clientSecret],
      [
        'answer',
        (wait) => {
          sandbox.patchState({ app: { registered: true } });
          return redirectOf(wait.authorizeUrl);
        },
      ],
    ]);
    assert.equal((await run())?.userId, 1);
    // The id that was refused is not filled in again (trial 6.5).
    assert.equal(dialogs.shown[4], '2/4 clientId !unknownApp');
  });

  it('offers an application that Bitrix24 does not know no more (trial 6.5)', async () => {
    const { portal, clientId, clientSecret } = sandbox.info;
    const gone = { clientId: 'local.gone', clientSecret, userName: 'Anna' };
    const good = { clientId, clientSecret, userName: 'Ivan' };
    const deps = { unknownApps: new Set<string>(), knownApps: () => Promise.resolve([gone, good]) };
    const code = 'abcdef0123456789';
    const first = setUp(
      [
        ['portal', portal],
        ['whichApp', { clientId: 'local.gone' }],
        ['answer', code],
        ['clientId', 'back'],
        ['whichApp', 'cancel'],
      ],
      deps,
    );
    assert.equal(await first.run(), undefined);
    assert.deepEqual(first.dialogs.shown.slice(3), [
      '2/4 clientId !unknownApp',
      `2/3 whichApp [${clientId}/Ivan]`,
    ]);
    const second = setUp(
      [
        ['portal', portal],
        ['whichApp', 'cancel'],
      ],
      deps,
    );
    await second.run();
    assert.equal(second.dialogs.shown[1], `2/3 whichApp [${clientId}/Ivan]`);
    const third = setUp(
      [
        ['portal', portal],
        ['clientId', 'cancel'],
      ],
      { ...deps, knownApps: () => Promise.resolve([gone]) },
    );
    await third.run();
    assert.equal(third.dialogs.shown[1], '2/4 clientId');
  });

  it('takes a new client_id in the box that offers the known ones (trial 6.5)', async () => {
    const { portal, clientId, clientSecret } = sandbox.info;
    const { run, dialogs } = setUp(
      [
        ['portal', portal],
        ['whichApp', { clientId }],
        ['clientSecret', clientSecret],
        ['answer', (wait) => redirectOf(wait.authorizeUrl)],
      ],
      {
        knownApps: () =>
          Promise.resolve([{ clientId: 'local.old', clientSecret: 'x', userName: 'Anna' }]),
      },
    );
    const account = await run();
    assert.equal(account?.app.clientId, clientId);
    assert.deepEqual(dialogs.shown.slice(1), [
      '2/3 whichApp [local.old/Anna]',
      '3/4 clientSecret',
      '4/4 answer',
    ]);
  });

  for (const way of ['listener', 'paste'] as const) {
    it(`ends the wait with the reason when Bitrix24 says no, by ${way} (trial 6.2)`, async () => {
      const refusal = (authorizeUrl: string) => {
        const state = new URL(authorizeUrl).searchParams.get('state') ?? '';
        return `http://localhost:${port}/bitrix24-push?error=access_denied&state=${state}`;
      };
      const { run, dialogs, opened } = setUp(
        [
          ...keys(),
          [
            'answer',
            way === 'paste' ? (wait) => Promise.resolve(refusal(wait.authorizeUrl)) : 'wait',
          ],
          ['answer', 'cancel'],
        ],
        way === 'paste'
          ? {}
          : {
              openExternal: async (url) => {
                const other = refusal(url).replace(/state=.*/, 'state=other');
                assert.equal((await fetch(other)).status, 400);
                assert.equal((await fetch(refusal(url))).status, 200);
                return true;
              },
            },
      );
      assert.equal(await run(), undefined);
      assert.deepEqual(dialogs.shown.slice(3), ['4/4 answer', '4/4 answer !refused']);
      assert.deepEqual([tokenCalls(), opened.length], [0, way === 'paste' ? 1 : 0]);
    });
  }

  it('goes to the application when the browser comes back with wrong_client (trial 6.2)', async () => {
    const { run, dialogs } = setUp([
      ...keys(),
      [
        'answer',
        ({ authorizeUrl }) => {
          const state = new URL(authorizeUrl).searchParams.get('state') ?? '';
          return Promise.resolve(`?error=wrong_client&error_description=x&state=${state}`);
        },
      ],
      ['clientId', 'cancel'],
    ]);
    assert.equal(await run(), undefined);
    assert.equal(dialogs.shown[4], '2/4 clientId !unknownApp');
  });

  it("asks for a portal's zone and takes none by itself (trial 6.4)", async () => {
    const { run, dialogs } = setUp(
      [
        ['portal', 'acme'],
        ['zone', 'back'],
        ['portal', 'Acme/'],
        ['zone', { host: undefined }],
        ['portal', 'acme'],
        ['zone', { host: 'acme.bitrix24.ru' }],
        ['clientId', 'back'],
        ['portal', 'cancel'],
      ],
      { knownHosts: () => Promise.resolve(['zeta.bitrix24.kz']) },
    );
    assert.equal(await run(), undefined);
    assert.deepEqual(dialogs.shown, [
      '1/4 portal (no way back)',
      '1/4 zone [acme,zeta.bitrix24.kz]',
      '1/4 portal [acme] (no way back)',
      '1/4 zone [acme,zeta.bitrix24.kz]',
      '1/4 portal [Acme/] (no way back)',
      '1/4 zone [acme,zeta.bitrix24.kz]',
      '2/4 clientId',
      '1/4 portal [acme.bitrix24.ru] (no way back)',
    ]);
  });

  it('asks for a new answer when the code is too old, without opening the browser by itself', async () => {
    const { run, dialogs, opened } = setUp([
      ...keys(),
      [
        'answer',
        async (wait) => {
          const address = await redirectOf(wait.authorizeUrl);
          clockOffset += 31_000;
          return address;
        },
      ],
      ['answer', (wait) => redirectOf(wait.authorizeUrl)],
    ]);
    assert.equal((await run())?.userId, 1);
    assert.deepEqual(
      { shown: dialogs.shown.slice(3), opened: opened.length },
      { shown: ['4/4 answer', '4/4 answer !codeRefused'], opened: 1 },
    );
  });

  it('asks for a new answer when the code was used', async () => {
    let used = '';
    const first = setUp([
      ...keys(),
      [
        'answer',
        async (wait) =>
          (used = new URL(await redirectOf(wait.authorizeUrl)).searchParams.get('code') ?? ''),
      ],
    ]);
    await first.run();
    const second = setUp([
      ...keys(),
      ['answer', () => Promise.resolve(used)],
      ['answer', 'cancel'],
    ]);
    assert.equal(await second.run(), undefined);
    assert.equal(second.dialogs.shown[4], '4/4 answer !codeRefused');
  });

  it("refuses another portal's answer before any secret leaves", async () => {
    const { run, dialogs } = setUp([...keys(), ['answer', 'wait'], ['answer', 'cancel']], {
      openExternal: async (url) => {
        const address = new URL(await redirectOf(url));
        address.searchParams.set('domain', 'other.bitrix24.com');
        await fetch(address);
        return true;
      },
    });
    assert.equal(await run(), undefined);
    assert.deepEqual([dialogs.shown[4], tokenCalls()], ['4/4 answer !otherPortal', 0]);
  });

  it('refuses tokens whose portal is not the one of the answer', async () => {
    const { run, dialogs } = setUp([
      ...keys(),
      [
        'answer',
        async (wait) =>
          (await redirectOf(wait.authorizeUrl)).replace(
            /member_id=\w+/,
            `member_id=${'f'.repeat(32)}`,
          ),
      ],
      ['answer', 'cancel'],
    ]);
    assert.equal(await run(), undefined);
    assert.equal(dialogs.shown[4], '4/4 answer !otherPortal');
  });

  it('sends the key to no server that is not known', async () => {
    const { run } = setUp([
      ...keys(),
      [
        'answer',
        async (wait) =>
          (await redirectOf(wait.authorizeUrl)).replace(
            /server_domain=[^&]+/,
            'server_domain=evil.example',
          ),
      ],
    ]);
    await assert.rejects(
      run(),
      (error) =>
        error instanceof Bitrix24Error &&
        error.code === 'SIGN_IN_UNKNOWN_SERVER' &&
        error.host === 'evil.example',
    );
    assert.equal(tokenCalls(), 0);
  });

  it('passes on what no step can mend', async () => {
    const { run, dialogs } = setUp([
      ...keys(),
      [
        'answer',
        async (wait) => {
          const address = await redirectOf(wait.authorizeUrl);
          sandbox.patchState({ app: { installed: false } });
          return address;
        },
      ],
    ]);
    await assert.rejects(run(), { code: 'NOT_INSTALLED' });
    assert.equal(dialogs.closed, 1);
  });

  it('can be cancelled at every step, without a request', async () => {
    const all: ScriptLine[] = [...keys(), ['answer', 'cancel']];
    for (let step = 0; step < all.length; step += 1) {
      const { run, dialogs } = setUp([
        ...all.slice(0, step),
        [all[step]![0], 'cancel'] as ScriptLine,
      ]);
      assert.equal(await run(), undefined);
      assert.deepEqual([dialogs.left, dialogs.closed, tokenCalls()], [0, 1, 0]);
    }
  });

  it('can be cancelled while it works', async () => {
    const { run, dialogs } = setUp([
      ...keys(),
      ['answer', (wait) => redirectOf(wait.authorizeUrl)],
    ]);
    dialogs.cancelWork = true;
    assert.equal(await run(), undefined);
  });

  it('lets go of the port when cancelled', async () => {
    const { run } = setUp([...keys(), ['answer', 'cancel']]);
    await run();
    const again = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve, reject) => again.once('listening', resolve).once('error', reject));
    again.close();
  });

  it('goes back step by step and keeps what was typed, except the key', async () => {
    const { run, dialogs } = setUp([
      ...keys(),
      ['answer', 'back'],
      ['clientSecret', 'back'],
      ['clientId', 'back'],
      ['portal', 'cancel'],
    ]);
    await run();
    const { portal, clientId } = sandbox.info;
    assert.deepEqual(dialogs.shown.slice(3), [
      '4/4 answer',
      '3/4 clientSecret',
      `2/4 clientId [${clientId}]`,
      `1/4 portal [${portal}] (no way back)`,
    ]);
  });

  it('offers an application whose keys are stored, and skips two steps with it', async () => {
    const { clientId, clientSecret } = sandbox.info;
    const known = {
      knownApps: () => Promise.resolve([{ clientId, clientSecret, userName: 'Anna' }]),
    };
    const { run, dialogs } = setUp(
      [
        ['portal', sandbox.info.portal],
        ['whichApp', { clientId: undefined }],
        ['clientId', 'back'],
        ['whichApp', { clientId }],
        ['answer', 'back'],
        ['whichApp', { clientId }],
        ['answer', (wait) => redirectOf(wait.authorizeUrl, 2)],
      ],
      known,
    );
    assert.equal((await run())?.userId, 2);
    assert.deepEqual(dialogs.shown, [
      '1/4 portal (no way back)',
      `2/3 whichApp [${clientId}/Anna]`,
      '2/4 clientId',
      `2/3 whichApp [${clientId}/Anna]`,
      '3/3 answer',
      `2/3 whichApp [${clientId}/Anna]`,
      '3/3 answer',
    ]);
  });

  it('signs an account in again with nothing but the browser', async () => {
    const first = await setUp([
      ...keys(),
      ['answer', (wait) => redirectOf(wait.authorizeUrl)],
    ]).run();
    const { run, dialogs } = setUp([['answer', (wait) => redirectOf(wait.authorizeUrl)]]);
    const again = await run({ at: 'browser', account: first });
    assert.deepEqual(
      [
        dialogs.shown,
        again?.tokens.memberId,
        again?.tokens.accessToken !== first?.tokens.accessToken,
      ],
      [['3/3 answer'], first?.tokens.memberId, true],
    );
  });

  it('refuses tokens of another portal for an account that signs in again', async () => {
    const { portal, clientId, clientSecret } = sandbox.info;
    const account = storedAccount({ portal, app: { clientId, clientSecret } });
    const { run, dialogs } = setUp([
      ['answer', (wait) => redirectOf(wait.authorizeUrl)],
      ['answer', 'cancel'],
    ]);
    assert.equal(await run({ at: 'browser', account }), undefined);
    assert.deepEqual(dialogs.shown, ['3/3 answer', '3/3 answer !otherPortal']);
  });

  it('edits the keys of an account from where they are', async () => {
    const { portal, clientId, clientSecret } = sandbox.info;
    const account = storedAccount({ portal, app: { clientId: 'local.old', clientSecret } });
    const { run, dialogs } = setUp([
      ['clientId', clientId],
      ['clientSecret', 'cancel'],
    ]);
    await run({ at: 'credentials', account });
    assert.deepEqual(dialogs.shown, ['2/4 clientId [local.old] (no way back)', '3/4 clientSecret']);
  });

  it("remembers the application's number from a pasted page address", async () => {
    const { run } = setUp([
      ['portal', `${sandbox.info.portal}/devops/edit/application/7/`],
      ...keys().slice(1),
      ['answer', (wait) => redirectOf(wait.authorizeUrl)],
    ]);
    const account = await run();
    assert.deepEqual([account?.portal, account?.integrationId], [sandbox.info.portal, 7]);
  });

  it('asks again for a portal that is no address', async () => {
    const { run, dialogs } = setUp([
      ['portal', 'http://acme.bitrix24.com'],
      ['portal', 'cancel'],
    ]);
    await run();
    assert.equal(dialogs.shown.length, 2);
  });
});

describe('a pasted text', () => {
  const attempt = { portal: 'https://acme.bitrix24.com', state: 'our-state' };
  const address =
    'http://localhost:24042/bitrix24-push?code=abcdef&state=our-state&domain=acme.bitrix24.com';
  const table: [pasted: string, verdict: string][] = [
    [address, 'answer'],
    [`  <${address}>\n`, 'answer'],
    [address.replace('&domain=acme.bitrix24.com', ''), 'answer'],
    [address.replace('acme.', 'ACME.'), 'answer'],
    ['abcdef0123456789', 'bareCode'],
    ['', 'empty'],
    ['   ', 'empty'],
    ['hello, world', 'noCode'],
    ['https://acme.bitrix24.com/', 'noCode'],
    [address.replace('code=abcdef', 'code='), 'noCode'],
    [address.replace('our-state', 'other-state'), 'otherSignIn'],
    [address.replace('&state=our-state', ''), 'otherSignIn'],
    ['code=abcdef', 'otherSignIn'],
    [address.replace('acme.', 'evil.'), 'otherPortal'],
    [address.replace('code=abcdef', 'error=access_denied'), 'refused'],
    ['?error=access_denied&state=our-state', 'refused'],
    ['?error=access_denied&state=other-state', 'otherSignIn'],
    ['?error=access_denied', 'otherSignIn'],
    ['?error=&state=our-state', 'noCode'],
  ];
  for (const [pasted, verdict] of table) {
    it(`${JSON.stringify(pasted)} is ${verdict}`, () => {
      assert.equal(judgePaste(pasted, attempt), verdict);
    });
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

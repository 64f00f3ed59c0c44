import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { authorise } from '../../../src/sandbox/authorisation';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { parseQuery } from '../../../src/sandbox/phpParams';
import { makeIdentity, PortalState } from '../../../src/sandbox/portalState';
import { RestError } from '../../../src/sandbox/restError';
import { twelvePeople } from '../../../src/sandbox/staff';
import { ask, Client, refusal } from './client';

describe('sandbox: refusals', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    sandbox.patchState({ bucket: { size: 0 } });
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  describe('at the authorize address are pages that lead nowhere', () => {
    const page = async (user: string) => {
      const { clientId } = sandbox.info;
      const answer = await client.authorize({ client_id: clientId, sandbox_user: user });
      assert.deepEqual([answer.status, answer.headers.location], [200, undefined]);
      return answer.text;
    };

    it('for somebody who was dismissed or is unknown', async () => {
      for (const user of ['4', '99']) {
        assert.match(await page(user), /This person cannot sign in to the portal\./);
      }
    });

    it('for an unpaid portal', async () => {
      sandbox.patchState({ paid: false });
      assert.match(await page('1'), /PAYMENT_REQUIRED: Payment required/);
    });

    it('for somebody without access to the application, unless they are an administrator', async () => {
      assert.match(
        await page('12'),
        /user_access_error: The user does not have access to the application\./,
      );
      sandbox.patchState({ users: [{ id: 1, appAccess: false }] });
      assert.notEqual(await client.code(1), '');
    });
  });

  it('of the authorization server: methods other than app.info, and an expired token', async () => {
    const { authServer } = sandbox.info;
    const at = (method: string) =>
      ask(`${authServer}/rest/${method}?auth=${client.tokens.access_token}`);
    assert.equal(refusal(await at('profile')), '404 | ERROR_METHOD_NOT_FOUND | Method not found!');
    sandbox.patchState({ clockOffset: 3601 });
    assert.equal(
      refusal(await at('app.info')),
      '401 | expired_token | The access token provided has expired.',
    );
  });

  describe('of a refresh', () => {
    const refresh = (token: string) =>
      client.token({ grant_type: 'refresh_token', refresh_token: token });

    it('leave a refresh token unused', async () => {
      sandbox.patchState({ policy: 'strict', paid: false });
      assert.equal((await refresh(client.tokens.refresh_token)).status, 401);
      sandbox.patchState({ paid: true });
      assert.equal((await refresh(client.tokens.refresh_token)).status, 200);
      assert.equal((await refresh(client.tokens.refresh_token)).status, 400);
    });

    it('do not come with the permissions of the application gone', async () => {
      sandbox.patchState({ scopes: [] });
      assert.equal((await refresh(client.tokens.refresh_token)).status, 200);
    });
  });

  describe('of a webhook', () => {
    const hook = async (method: string) => refusal(await ask(`${sandbox.info.webhook}/${method}`));

    it('name a scope that it lacks', () => {
      const secret = sandbox.info.webhook.split('/').at(-1) ?? '';
      const params = parseQuery(`aplogin=1&ap=${secret}`);
      const call = (scopes: string[]) =>
        authorise(
          portalWith(secret),
          { authorization: undefined, params },
          { scopes, run: () => ({ result: true }) },
        );
      assert.deepEqual(call(['im']).scopes, ['pull', 'user', 'department', 'im']);
      assert.throws(
        () => call(['crm']),
        (error: unknown) => {
          assert.ok(error instanceof RestError);
          const text = 'The request requires higher privileges than provided by the webhook token';
          assert.deepEqual(error.body(), { error: 'insufficient_scope', error_description: text });
          assert.equal(error.status('source'), 401);
          return true;
        },
      );
    });

    it('come when its owner is dismissed, and when the portal is overloaded', async () => {
      sandbox.patchState({ overloaded: true });
      assert.equal(
        await hook('profile'),
        '401 | OVERLOAD_LIMIT | REST API is blocked due to overload.',
      );
      sandbox.patchState({ overloaded: false, users: [{ id: 1, active: false }] });
      assert.equal(await hook('profile'), '401 | authorization_error | Unable to authorize user');
    });

    it('have other statuses in the documentation', async () => {
      sandbox.patchState({ statuses: 'documented', refusals: { httpsRequired: true } });
      assert.equal(await hook('profile'), '400 | INVALID_REQUEST | Https required.');
      sandbox.patchState({ refusals: { httpsRequired: false, webhookBlocked: true } });
      assert.equal(
        await hook('profile'),
        '403 | INVALID_CREDENTIALS | Invalid request credentials',
      );
    });
  });

  describe('by a crash of PHP are HTML with status 500, without a code', () => {
    const crashes: [method: string, params: Record<string, unknown>, note: string][] = [
      ['event.add', { MODULE_ID: ['a'], COMMAND: 'c' }, 'MODULE_ID is an array'],
      ['event.add', { COMMAND: ['a'] }, 'COMMAND is an array'],
      ['push.add', { TEXT: 'x', AVATAR: ['a'] }, 'AVATAR is an array'],
    ];
    for (const [name, params, note] of crashes) {
      it(`pull.application.${name} ${JSON.stringify(params)}`, async () => {
        const answer = await client.json(`pull.application.${name}`, params);
        assert.equal(answer.status, 500);
        assert.match(answer.headers['content-type'] ?? '', /text\/html/);
        assert.equal(answer.text, '<h1>500 Internal Server Error</h1>\n');
        assert.equal(sandbox.snapshot().requests.at(-1)?.note, note);
      });
    }

    it('and take the pushes of the same batch with them', async () => {
      const cmd = {
        sent: 'pull.application.push.add?USER_ID=1&TEXT=hi',
        broken: 'pull.application.event.add?COMMAND[]=a',
      };
      assert.equal((await client.json('batch', { cmd })).status, 500);
      assert.deepEqual(client.recipients(), []);
    });
  });

  it('of im.user.get: no id, and colleagues of whom an extranet user knows nothing', async () => {
    assert.equal(
      refusal(await client.json('im.user.get', { ID: 0 })),
      "400 | ID_EMPTY | User ID can't be empty",
    );
    const emma = await Client.signedIn(sandbox, 8);
    assert.equal((await emma.json('im.user.get', { ID: 2 })).status, 200);
    assert.equal(
      refusal(await emma.json('im.user.get', { ID: 7 })),
      '400 | ACCESS_DENIED | You can request only users who consist of your extranet group',
    );
    const list = await emma.json('im.user.list.get', { ID: [2, 7], RESULT_TYPE: 'array' });
    assert.match(list.text, /^\{"result":\[\{"id":2,[^]*\}\],"time"/);
  });

  it('of user.get: a field that nobody can be sorted by', async () => {
    assert.equal(
      refusal(await client.json('user.get', { SORT: 'salary', ORDER: 'ASC' })),
      '400 | ERROR_CORE | Unknown field definition `salary` (salary) for \\Bitrix\\Intranet\\User Entity.',
    );
  });

  it('of channels: pull.application.config.get and event.add need an application', async () => {
    const text = 'Get access to application config available only for application authorization.';
    for (const method of ['config.get', 'event.add']) {
      const answer = await ask(`${sandbox.info.webhook}/pull.application.${method}?COMMAND=c`);
      assert.equal(refusal(answer), `403 | WRONG_AUTH_TYPE | ${text}`);
    }
  });

  it('of channels: both methods need the scope pull', async () => {
    sandbox.patchState({ scopes: ['user'] });
    client = await Client.signedIn(sandbox);
    for (const method of ['config.get', 'event.add']) {
      const answer = await client.json(`pull.application.${method}`, { COMMAND: 'c' });
      assert.equal(answer.json['error'], 'insufficient_scope');
    }
  });

  it('of a fault without a code are INTERNAL_SERVER_ERROR, in a batch too', async () => {
    const fault = { method: 'profile', action: 'status', status: 500 } as const;
    sandbox.addFaults(fault);
    assert.equal(refusal(await client.json('profile')), '500 | INTERNAL_SERVER_ERROR | ');
    sandbox.addFaults(fault);
    const { text } = await client.json('batch', { cmd: { a: 'profile' } });
    const expected =
      '"result_error":{"a":{"error":"INTERNAL_SERVER_ERROR","error_description":""}}';
    assert.ok(text.includes(expected), text);
  });

  it("of the application's form are sentences", async () => {
    const said = async (fields: Record<string, string>) => {
      const all = {
        TITLE: 'x',
        APPLICATION_URL_HANDLER: 'http://localhost:1/',
        'SCOPE[]': 'pull',
        ...fields,
      };
      const { text } = await ask(`${sandbox.info.portal}/devops/edit/application/7/`, {
        body: new URLSearchParams(all).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      const alert = /role="alert"[^>]*>([^<]*)</.exec(text)?.[1] ?? '';
      return alert.replaceAll('&#34;', '"').trim();
    };
    assert.equal(
      await said({ APPLICATION_URL_HANDLER: '' }),
      'Field "Your handler path" is required.',
    );
    assert.equal(
      await said({ APPLICATION_URL_HANDLER: 'ftp://x/' }),
      'Field "Your handler path" is incorrect.',
    );
    assert.equal(await said({ 'SCOPE[]': '', SCOPE: '' }), 'Assign at least one permission.');
    assert.equal(await said({ TITLE: '' }), 'Required field "Title" is not filled.');
    assert.equal(await said({}), '');
  });

  it('of the control API are sentences', async () => {
    const nothing = await client.control('GET', '/nothing');
    assert.deepEqual(
      [nothing.status, nothing.json['error']],
      [404, "There is no GET /nothing. See the sandbox's README."],
    );
    const foreign = await ask(`${sandbox.info.control}/state`, { headers: { origin: 'null' } });
    assert.deepEqual(
      [foreign.status, foreign.json['error']],
      [403, 'Only programs on this computer and pages of the sandbox may use this.'],
    );
  });

  it('of /sandbox without its slash is a redirect', async () => {
    const answer = await ask(`${sandbox.info.portal}/sandbox`);
    assert.deepEqual([answer.status, answer.headers.location], [301, '/sandbox/']);
  });

  it('by an error of the sandbox itself are JSON with status 500', async () => {
    let isBroken = false;
    const broken = await startSandbox({
      now: () => {
        if (isBroken) {
          throw new Error('planted');
        }
        return Date.now();
      },
    });
    const said = mock.method(process.stderr, 'write', () => true);
    try {
      isBroken = true;
      const answer = await ask(`${broken.info.portal}/rest/profile?auth=secret`);
      assert.equal(refusal(answer), '500 | INTERNAL_SERVER_ERROR | Internal server error');
      const [text] = said.mock.calls.map((call) => String(call.arguments[0]));
      assert.match(text ?? '', /^The sandbox failed to answer \/rest\/profile: Error: planted/);
    } finally {
      said.mock.restore();
      isBroken = false;
      await broken.close();
    }
  });
});

/** The state of a portal without its listeners, whose webhook has this key. */
function portalWith(webhookSecret: string): PortalState {
  const origin = 'http://127.0.0.1:1';
  return new PortalState(
    { ...makeIdentity({}), webhookSecret },
    { portal: origin, authServer: origin, renamed: origin, control: origin },
    { handler: '', appName: 'x', policy: 'source', staff: twelvePeople, now: Date.now },
  );
}

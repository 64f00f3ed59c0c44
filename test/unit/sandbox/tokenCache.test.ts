import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { Client, refusal } from './client';

describe('sandbox: what the portal remembers of a token', () => {
  let sandbox: Sandbox;
  let client: Client;

  const people = async (one = client) => refusal(await one.json('user.get', { ID: 1 }));
  const scopesOf = async (one: Client) => (await one.json('scope')).json['result'];
  const lacksScope =
    '401 | insufficient_scope | The request requires higher privileges than provided by the access token';

  before(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  describe('its scopes', () => {
    it('stay those of its first call when a permission was added, until a new sign-in', async () => {
      sandbox.patchState({ scopes: ['pull'] });
      assert.equal(await people(), lacksScope);
      sandbox.patchState({ scopes: ['pull', 'user'] });
      assert.equal(await people(), lacksScope);
      assert.deepEqual(await scopesOf(client), ['pull']);
      const again = await Client.signedIn(sandbox);
      assert.equal(await people(again), '200');
      assert.deepEqual(await scopesOf(again), ['pull', 'user']);
      assert.equal(await people(), lacksScope);
    });

    it('stay when a permission was taken away, and a refreshed token has the new ones', async () => {
      assert.equal(await people(), '200');
      sandbox.patchState({ scopes: ['pull'] });
      assert.equal(await people(), '200');
      const { json } = await client.token({
        grant_type: 'refresh_token',
        refresh_token: client.tokens.refresh_token,
      });
      client.tokens = { ...client.tokens, access_token: String(json['access_token']) };
      assert.equal(await people(), lacksScope);
    });

    it('are asked for at the first call and not at the sign-in', async () => {
      sandbox.patchState({ scopes: ['pull'] });
      assert.equal(await people(), lacksScope);
      const unused = await Client.signedIn(sandbox);
      sandbox.patchState({ scopes: ['user'] });
      assert.deepEqual(await scopesOf(unused), ['user']);
    });

    it('are asked for anew when the portal forgets its tokens', async () => {
      assert.equal(await people(), '200');
      sandbox.patchState({ scopes: ['pull'], forgetTokens: true });
      assert.equal(await people(), lacksScope);
    });

    it('are explained in the log only where the application has the permission by now', async () => {
      sandbox.patchState({ scopes: ['pull'] });
      await people();
      sandbox.patchState({ scopes: ['pull', 'user'] });
      await people();
      await client.json('batch', { cmd: ['user.get', 'user.search?FIND=a'] });
      const [before, after, ofBatch] = sandbox
        .snapshot()
        .requests.slice(-3)
        .map(({ note }) => note);
      assert.equal(before, '');
      assert.match(after ?? '', /^the portal remembers the permissions/);
      assert.equal(ofBatch, after);
    });
  });

  describe('that its application is installed', () => {
    const notFound = '401 | APPLICATION_NOT_FOUND | Application not found';
    const notInstalled = '401 | ERROR_OAUTH | Application not installed';

    it('makes it find no application after uninstalling, and works again after installing', async () => {
      assert.equal(await people(), '200');
      sandbox.patchState({ app: { installed: false } });
      assert.equal(await people(), notFound);
      sandbox.patchState({ app: { installed: true } });
      assert.equal(await people(), '200');
    });

    it('has to be asked for a token that it does not know, and the refusal is remembered', async () => {
      sandbox.patchState({ app: { installed: false } });
      assert.equal(await people(), notInstalled);
      sandbox.patchState({ app: { installed: true } });
      assert.equal(await people(), notInstalled);
      sandbox.patchState({ forgetTokens: true });
      assert.equal(await people(), '200');
    });
  });

  it('is forgotten after an hour', async () => {
    sandbox.patchState({ app: { installed: false } });
    assert.match(await people(), /ERROR_OAUTH/);
    sandbox.patchState({ app: { installed: true }, clockOffset: 3590 });
    assert.match(await people(), /ERROR_OAUTH/);
    sandbox.patchState({ clockOffset: 3601 });
    assert.match(await people(), /expired_token/);
  });

  it('is forgotten by switches whose news come from the authorization server', async () => {
    assert.equal(await people(), '200');
    const switches = [
      [{ paid: false }, { paid: true }, /PAYMENT_REQUIRED/],
      [{ app: { registered: false } }, { app: { registered: true } }, /invalid_token/],
      [{ refusals: { connection: true } }, { refusals: { connection: false } }, /CONNECTION_ERROR/],
      [{ refusals: { userContext: true } }, { refusals: { userContext: false } }, /ACCESS_DENIED/],
    ] as const;
    for (const [on, off, expected] of switches) {
      sandbox.patchState(on);
      assert.match(await people(), expected);
      sandbox.patchState(off);
      assert.equal(await people(), '200');
    }
  });

  it('is kept by all other switches', async () => {
    assert.equal(await people(), '200');
    sandbox.patchState({ scopes: [], refusals: { plan: false }, app: { installed: true } });
    assert.equal(await people(), '200');
  });
});

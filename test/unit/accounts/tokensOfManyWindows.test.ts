import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { accountId } from '../../../src/accounts/storedAccount';
import { TokenRefresh } from '../../../src/accounts/tokenRefresh';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { HttpRequest, HttpResponse } from '../../../src/bitrix24/transport';
import { silentLog } from '../../support/silentLog';
import { ManualClock } from '../../support/manualClock';
import { MemorySecrets } from '../../support/memorySecrets';
import { secretOf, storedAccount } from '../../support/storedAccounts';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tokenStore } from '../../support/tokenStores';
import { until } from '../../support/until';

const anna = storedAccount();
const annaId = accountId(anna);
const [annaKey] = secretOf(anna);

const json = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: new Map([['content-type', 'application/json']]),
  body: JSON.stringify(body),
});

/** An authorization server that takes each refresh token once. */
class StrictServer {
  readonly requests: HttpRequest[] = [];
  #current = 'canary-refresh-1';
  #number = 1;
  hangs = false;
  /** What the next answers wait for. */
  heldUntil: Promise<void> = Promise.resolve();

  async send(request: HttpRequest): Promise<HttpResponse> {
    this.requests.push(request);
    await Promise.all([setTimeout(5), this.heldUntil]);
    if (this.hangs) {
      await new Promise(() => undefined);
    }
    if (new URLSearchParams(request.body).get('refresh_token') !== this.#current) {
      return json(400, { error: 'invalid_grant' });
    }
    this.#number += 1;
    this.#current = `canary-refresh-${this.#number}`;
    return json(200, {
      access_token: `canary-access-${this.#number}`,
      refresh_token: this.#current,
      expires_in: 3600,
      client_endpoint: 'https://acme.bitrix24.com/rest/',
      server_endpoint: 'https://oauth.bitrix.info/rest/',
      member_id: 'a'.repeat(32),
      user_id: 1,
    });
  }
}

const withCode = (code: string) => (error: unknown) => {
  assert.ok(error instanceof Bitrix24Error, String(error));
  assert.equal(error.code, code);
  return true;
};

describe('windows of one machine', () => {
  let clock: ManualClock;
  let server: StrictServer;
  const opened: { dispose(): void }[] = [];

  beforeEach(() => {
    clock = new ManualClock();
    server = new StrictServer();
  });

  afterEach(() => closeWindows());
  const folder = temporaryFolder();

  const closeWindows = () => opened.splice(0).forEach((item) => item.dispose());

  async function sharedFile(): Promise<string> {
    return path.join(
      folder(),
      (await readdir(folder())).find((name) => name.endsWith('.json'))!,
    );
  }

  function openWindow(secrets: MemorySecrets) {
    const store = tokenStore(folder(), { secrets, clock });
    opened.push(store);
    const tokens = new TokenRefresh({
      accountId: annaId,
      store,
      transport: server,
      clock,
      log: silentLog,
      agreeToMove: () => Promise.resolve(true),
    });
    return { secrets, store, tokens };
  }

  /** Signed in in a first window; what its storage has then. */
  async function signedIn(): Promise<MemorySecrets> {
    const secrets = new MemorySecrets();
    await openWindow(secrets).store.change(annaId, () => anna);
    return secrets;
  }

  const snapshot = (secrets: MemorySecrets) =>
    new MemorySecrets(Object.fromEntries(secrets.values));

  /** On the desktop windows have one storage; in a web host each has what it read when it loaded. */
  const worlds: [what: string, second: (first: MemorySecrets) => MemorySecrets][] = [
    ['with one storage', (first) => first],
    ['with a storage of their own each', snapshot],
  ];

  for (const [what, storageOf] of worlds) {
    describe(what, () => {
      async function twoWindows() {
        const first = await signedIn();
        return [openWindow(first), openWindow(storageOf(first))] as const;
      }

      it('renew once for all their calls, round after round, and nobody is signed out', async () => {
        const windows = await twoWindows();
        for (let round = 1; round <= 5; round += 1) {
          const failed = `canary-access-${round}`;
          const calls = windows.flatMap(({ tokens }) =>
            Array.from({ length: 10 }, () => tokens.refreshed(failed)),
          );
          const seen = (await Promise.all(calls)).map(({ accessToken }) => accessToken);
          assert.deepEqual([...new Set(seen)], [`canary-access-${round + 1}`]);
          assert.equal(server.requests.length, round);
        }
        for (const { tokens } of windows) {
          assert.equal((await tokens.tokens()).accessToken, 'canary-access-6');
        }
      });

      it('use what another has renewed, without asking the server', async () => {
        const [one, other] = await twoWindows();
        await other.store.list();
        await one.tokens.refreshed('canary-access-1');
        assert.equal((await other.tokens.tokens()).accessToken, 'canary-access-2');
        assert.equal(
          (await other.tokens.refreshed('canary-access-1')).refreshToken,
          'canary-refresh-2',
        );
        assert.equal(server.requests.length, 1);
      });

      it('renew nothing before somebody needs it', async () => {
        const windows = await twoWindows();
        for (const { store, tokens } of windows) {
          assert.equal((await store.list()).length, 1);
          await tokens.tokens();
        }
        assert.equal(server.requests.length, 0);
      });

      it('ask once about a refresh token that is dead', async () => {
        const [one, other] = await twoWindows();
        await server.send({
          method: 'POST',
          url: new URL('https://oauth.bitrix.info'),
          body: 'refresh_token=canary-refresh-1',
        });
        server.requests.splice(0);
        for (const { tokens } of [one, other, one]) {
          const calls = Array.from({ length: 5 }, () => tokens.refreshed('canary-access-1'));
          for (const end of await Promise.allSettled(calls)) {
            assert.ok(end.status === 'rejected');
            withCode('invalid_grant')(end.reason);
          }
        }
        assert.equal(server.requests.length, 1);
        // The next window that opens knows it too.
        await assert.rejects(
          openWindow(storageOf(one.secrets)).tokens.refreshed('canary-access-1'),
          withCode('invalid_grant'),
        );
        assert.equal(server.requests.length, 1);
      });

      it('are all signed in again when one is', async () => {
        const [one, other] = await twoWindows();
        await other.store.list();
        await other.store.noteRefusal((await other.store.get(annaId))!, { code: 'invalid_grant' });
        const fresh = { ...anna.tokens, accessToken: 'fresh', refreshToken: 'canary-refresh-1' };
        await one.store.change(annaId, () => ({ ...anna, tokens: fresh }));
        assert.equal((await other.tokens.tokens()).accessToken, 'fresh');
        assert.equal((await other.tokens.refreshed('fresh')).accessToken, 'canary-access-2');
      });

      it('are all signed out when one is, and stay so', async () => {
        const [one, other] = await twoWindows();
        await other.store.list();
        const late = snapshot(one.secrets);
        await one.store.remove(annaId);
        assert.deepEqual(await other.store.list(), []);
        await assert.rejects(other.tokens.tokens(), withCode('NO_SUCH_ACCOUNT'));
        assert.equal(other.secrets.values.has(annaKey), false);
        // A window that wrote all of its old storage back brings nothing back.
        assert.deepEqual(await openWindow(late).store.list(), []);
        assert.equal(late.values.has(annaKey), false);
        // And a new sign-in is a new one.
        await one.store.change(annaId, () => anna);
        assert.equal((await openWindow(snapshot(one.secrets)).store.list()).length, 1);
      });

      it('hear of a sign-out without asking', async function () {
        this.timeout(10_000);
        const [one, other] = await twoWindows();
        await other.store.list();
        const told = new Promise<void>((resolve) => {
          other.store.onDidChange(({ after }) => {
            if (!after) {
              resolve();
            }
          });
        });
        // The watch begins a moment after the first look.
        await setTimeout(300);
        await one.store.remove(annaId);
        await told;
      });

      it('do not bring back what was signed out during a refresh', async () => {
        const [one, other] = await twoWindows();
        await other.store.list();
        let goOn = (): void => undefined;
        server.heldUntil = new Promise((resolve) => (goOn = resolve));
        const renewing = other.tokens.refreshed('canary-access-1');
        renewing.catch(() => undefined);
        await until(() => server.requests.length === 1);
        await one.store.remove(annaId);
        goOn();
        await assert.rejects(renewing, withCode('NO_SUCH_ACCOUNT'));
        assert.equal(other.secrets.values.has(annaKey), false);
      });

      it('end in an error within 15 s when the server hangs, also the one who waits for the other', async () => {
        const [one, other] = await twoWindows();
        server.hangs = true;
        const ends = [one, other].map(({ tokens }) =>
          assert.rejects(tokens.refreshed('canary-access-1'), withCode('REFRESH_TIMEOUT')),
        );
        await until(() => server.requests.length === 1);
        await setTimeout(50);
        clock.advance(14_500);
        await Promise.all(ends);
        assert.equal(server.requests.length, 1);
      });
    });
  }

  describe('of which one holds the lock and does not renew', () => {
    /** A window that has the lock until it is told to let go. */
    async function heldLock() {
      const first = await signedIn();
      const [one, other] = [openWindow(first), openWindow(first)];
      let letGo = () => {};
      const held = new Promise<void>((begun) => {
        const work = () => {
          begun();
          return new Promise<void>((resolve) => (letGo = resolve));
        };
        void one.store.alone(annaId, work, new AbortController().signal);
      });
      await held;
      const done = other.tokens.refreshed('canary-access-1');
      let isOver = false;
      const over = () => void (isOver = true);
      done.then(over, over);
      const passes = async (ms: number) => {
        clock.advance(ms);
        await setTimeout(20);
      };
      await setTimeout(20);
      return { done, passes, isOver: () => isOver, letGo: () => letGo() };
    }

    it('outlast the silence that a lock needs, and renew then (trial 5.2)', async () => {
      const { done, passes, isOver, letGo } = await heldLock();
      await passes(16_000);
      assert.equal(isOver(), false);
      letGo();
      assert.equal((await done).accessToken, 'canary-access-2');
      assert.equal(server.requests.length, 1);
    });

    it('renew in the time that is left when it lets go without a token (trial 5.2)', async () => {
      const { done, passes, letGo } = await heldLock();
      server.hangs = true;
      const ended = assert.rejects(done, withCode('REFRESH_TIMEOUT'));
      await passes(8_000);
      letGo();
      await until(() => server.requests.length === 1);
      await passes(6_000);
      await ended;
    });

    it('say that, not that the server is silent (trial 5.2)', async () => {
      const { done, passes, letGo } = await heldLock();
      const ended = assert.rejects(done, (error: unknown) => {
        assert.ok(error instanceof Bitrix24Error);
        const { kind, code, phase } = error;
        assert.deepEqual([kind, code, phase], ['timeout', 'REFRESH_LOCKED', 'notSent']);
        return true;
      });
      await passes(20_000);
      await ended;
      assert.equal(server.requests.length, 0);
      letGo();
    });
  });

  it('stop using a sign-in that one for another application has replaced', async () => {
    const secrets = await signedIn();
    const [one, other] = [openWindow(secrets), openWindow(snapshot(secrets))];
    await other.store.list();
    const app = { clientId: 'local.other', clientSecret: 'canary-client-secret' };
    await one.store.change(annaId, () => ({ ...anna, app }));
    await assert.rejects(other.tokens.tokens(), withCode('NO_SUCH_ACCOUNT'));
    assert.equal((await one.tokens.tokens()).accessToken, 'canary-access-1');
  });

  it('delete no newer sign-in that their own storage does not show', async () => {
    const old = snapshot(await signedIn());
    const other = openWindow(snapshot(old));
    await other.store.remove(annaId);
    await other.store.change(annaId, () => anna);
    const stale = openWindow(old);
    assert.equal(await stale.store.get(annaId), undefined);
    assert.deepEqual(await stale.store.list(), []);
    // In a web host this would take it from all that load later.
    assert.deepEqual(
      stale.secrets.calls.filter((call) => call.startsWith('delete')),
      [],
    );
    assert.equal((await openWindow(snapshot(other.secrets)).store.list()).length, 1);
    // Signed out there too, nothing of it stays here.
    await other.store.remove(annaId);
    await openWindow(stale.secrets).store.list();
    assert.equal(stale.secrets.values.has(annaKey), false);
  });

  it('leave no secret on the disk in clear', async () => {
    const secrets = await signedIn();
    const { tokens, store } = openWindow(secrets);
    await tokens.refreshed('canary-access-1');
    const { sealKey } = (await store.get(annaId))!.shared;
    const names = await readdir(folder());
    assert.ok(names.some((name) => name.endsWith('.json')));
    for (const name of names) {
      const text = await readFile(path.join(folder(), name), 'utf8');
      for (const secret of ['canary', sealKey, 'acme', 'a'.repeat(32)]) {
        assert.ok(!text.includes(secret) && !name.includes(secret), `${secret} in ${name}`);
      }
    }
  });

  it('keep a new pair that the storage does not take, and store it later', async () => {
    const secrets = await signedIn();
    const other = openWindow(snapshot(secrets));
    const { tokens } = openWindow(secrets);
    await tokens.tokens();
    secrets.broken.store = 'fails';
    await assert.rejects(tokens.refreshed('canary-access-1'), withCode('KEYRING'));
    // Sealed in the shared file, it is not lost to the others meanwhile.
    assert.equal((await other.tokens.tokens()).accessToken, 'canary-access-2');
    secrets.broken = {};
    assert.equal((await tokens.tokens()).accessToken, 'canary-access-2');
    assert.ok(secrets.values.get(annaKey)?.includes('canary-refresh-2'));
    assert.equal(server.requests.length, 1);
  });

  const damage: [what: string, change: (text: string) => string][] = [
    ['half of it is gone', () => '{"half'],
    ['something else is in it', () => '[]'],
    [
      'its seal was tampered with',
      (text) => text.replace(/"sealed":"[^"]{8}/, '"sealed":"AAAAAAAA'),
    ],
    ['its seal is empty', (text) => text.replace(/"sealed":"[^"]*"/, '"sealed":""')],
    ['its number was tampered with', (text) => text.replace('"generation":2', '"generation":9')],
  ];
  for (const [what, change] of damage) {
    it(`do without what is shared when ${what}, and repair it`, async () => {
      const secrets = await signedIn();
      const old = snapshot(secrets);
      await openWindow(secrets).tokens.refreshed('canary-access-1');
      closeWindows();
      const file = await sharedFile();
      const text = await readFile(file, 'utf8');
      assert.notEqual(change(text), text);
      await writeFile(file, change(text));
      const { tokens } = openWindow(secrets);
      assert.equal((await tokens.refreshed('canary-access-2')).accessToken, 'canary-access-3');
      assert.equal((await openWindow(old).tokens.tokens()).accessToken, 'canary-access-3');
    });
  }

  it('tell again what the shared file has lost', async () => {
    const secrets = await signedIn();
    const old = snapshot(secrets);
    const { tokens } = openWindow(secrets);
    await tokens.refreshed('canary-access-1');
    await rm(await sharedFile());
    // What another event has begun to look up may have seen the file still.
    do {
      await tokens.tokens();
    } while (!(await readdir(folder())).some((name) => name.endsWith('.json')));
    const late = openWindow(old);
    assert.equal((await late.tokens.refreshed('canary-access-1')).accessToken, 'canary-access-2');
    assert.equal(server.requests.length, 1);
  });

  it('with a token too old are refused, and helped as soon as one with the right token is there', async () => {
    const secrets = await signedIn();
    const old = snapshot(secrets);
    await openWindow(secrets).tokens.refreshed('canary-access-1');
    closeWindows();
    await rm(await sharedFile());
    const late = openWindow(old);
    // Nobody can tell it the new pair: the server says no.
    await assert.rejects(late.tokens.refreshed('canary-access-1'), withCode('invalid_grant'));
    const { tokens } = openWindow(secrets);
    assert.equal((await tokens.refreshed('canary-access-2')).accessToken, 'canary-access-3');
    assert.equal((await late.tokens.tokens()).accessToken, 'canary-access-3');
  });
});

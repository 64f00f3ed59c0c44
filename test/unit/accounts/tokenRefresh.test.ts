import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StoredAccount } from '../../../src/accounts/storedAccount';
import { TokenRefresh } from '../../../src/accounts/tokenRefresh';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { HttpRequest, HttpResponse, Transport } from '../../../src/bitrix24/transport';
import { silentLog } from '../../support/silentLog';
import { thisProcess } from '../../../src/common/processIdentity';
import { ManualClock } from '../../support/manualClock';
import { MemorySecrets } from '../../support/memorySecrets';
import { secretOf, storedAccount } from '../../support/storedAccounts';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tokenStore } from '../../support/tokenStores';
import { until } from '../../support/until';

const anna = storedAccount();
const annaId = `${'a'.repeat(32)}:1`;
const [annaKey] = secretOf(anna);

type Answer = (request: HttpRequest) => Promise<HttpResponse> | HttpResponse;

const json = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: new Map([['content-type', 'application/json']]),
  body: JSON.stringify(body),
});

const renewed = (changes: Record<string, unknown> = {}) =>
  json(200, {
    access_token: 'canary-access-2',
    refresh_token: 'canary-refresh-2',
    expires_in: 3600,
    scope: 'app',
    client_endpoint: 'https://acme.bitrix24.com/rest/',
    server_endpoint: 'https://oauth.bitrix.info/rest/',
    member_id: 'a'.repeat(32),
    user_id: 1,
    ...changes,
  });

const failed =
  (code: string, phase = 'notSent') =>
  (error: unknown) => {
    assert.ok(error instanceof Bitrix24Error, String(error));
    assert.deepEqual([error.code, error.phase], [code, phase]);
    return true;
  };

describe('the tokens of an account', () => {
  const opened: { dispose(): void }[] = [];
  afterEach(() => opened.splice(0).forEach((store) => store.dispose()));
  const folder = temporaryFolder();

  function setUp(answer: Answer, account: StoredAccount = anna) {
    const secrets = new MemorySecrets(Object.fromEntries([secretOf(account)]));
    const clock = new ManualClock();
    const store = tokenStore(folder(), { secrets, clock });
    opened.push(store);
    const requests: HttpRequest[] = [];
    const transport: Transport = {
      async send(request) {
        requests.push(request);
        return answer(request);
      },
    };
    const questions: [from: string, to: string][] = [];
    const answers = { agree: true };
    const tokens = new TokenRefresh({
      accountId: annaId,
      store,
      transport,
      clock,
      log: silentLog,
      agreeToMove: (asked, origin) => {
        questions.push([asked.portal, origin]);
        return Promise.resolve(answers.agree);
      },
    });
    const stored = () => JSON.parse(secrets.values.get(annaKey) ?? 'null') as StoredAccount | null;
    return { secrets, clock, store, requests, tokens, questions, answers, stored };
  }

  it('are read without network, even when their hour is over', async () => {
    const { tokens, clock, requests } = setUp(() => renewed());
    clock.advance(24 * 3_600_000);
    assert.equal((await tokens.tokens()).accessToken, 'canary-access-1');
    assert.equal(requests.length, 0);
  });

  it('are renewed once however many calls ask, and stored before anybody gets them', async () => {
    let storedAtAnswer: string | undefined;
    const { tokens, requests, stored, secrets } = setUp(() => {
      storedAtAnswer = stored()?.tokens.accessToken;
      return renewed();
    });
    const seen = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { accessToken } = await tokens.refreshed('canary-access-1');
        return [accessToken, stored()?.tokens.accessToken];
      }),
    );
    const [request] = requests;
    assert.deepEqual(
      {
        seen: new Set(seen.map(String)),
        requests: requests.length,
        storedAtAnswer,
        url: request?.url.href,
        body: request?.body,
        writes: secrets.calls.filter((call) => call.startsWith('store')).length,
      },
      {
        seen: new Set(['canary-access-2,canary-access-2']),
        requests: 1,
        storedAtAnswer: 'canary-access-1',
        url: 'https://oauth.bitrix.info/oauth/token/',
        body: 'client_id=local.0123456789abcd.01234567&client_secret=canary-client-secret&grant_type=refresh_token&refresh_token=canary-refresh-1',
        writes: 1,
      },
    );
  });

  it('are asked for once by all calls that join a refresh which fails', async () => {
    const { tokens, requests } = setUp(() => json(500, { error: 'INTERNAL_SERVER_ERROR' }));
    const calls = Array.from({ length: 20 }, () => tokens.refreshed('canary-access-1'));
    for (const call of await Promise.allSettled(calls)) {
      assert.equal(call.status, 'rejected');
    }
    assert.equal(requests.length, 1);
    // The next call tries again.
    await assert.rejects(tokens.refreshed('canary-access-1'));
    assert.equal(requests.length, 2);
  });

  it('are renewed once more for a call whose newer token failed while it joined an older refresh', async () => {
    const { tokens, requests, secrets } = setUp(() => renewed({ access_token: 'canary-access-3' }));
    const theirs = { ...anna.tokens, accessToken: 'canary-access-2' };
    secrets.values.set(annaKey, JSON.stringify({ ...anna, tokens: theirs }));
    const [older, newer] = await Promise.all([
      tokens.refreshed('canary-access-1'),
      tokens.refreshed('canary-access-2'),
    ]);
    assert.deepEqual(
      [older.accessToken, newer.accessToken, requests.length],
      ['canary-access-2', 'canary-access-3', 1],
    );
  });

  it('are left to the window that took the lock while this one was stopped (trial 5.3)', async () => {
    const { tokens, store, requests } = setUp(() => renewed());
    const alone = store.alone.bind(store);
    let looks = 0;
    store.alone = (id, work, signal) =>
      alone(id, async () => await work(() => Promise.resolve((looks += 1) > 1)), signal);
    assert.equal((await tokens.refreshed('canary-access-1')).accessToken, 'canary-access-2');
    assert.deepEqual([looks, requests.length], [2, 1]);
  });

  it('are renewed at once when the lock names another process by a number that was given again (trial 5.2)', async () => {
    const { tokens, requests } = setUp(() => renewed());
    const [pid, start, ...rest] = thisProcess().split('-');
    assert.ok(pid !== undefined && start !== undefined);
    const names = [
      // A living process of this number began at another time, where the system tells times.
      ...(start === '0' ? [] : [[process.ppid, Number(start) + 1, ...rest]]),
      // It was written before the machine was started anew.
      [pid, start, 'ffffffff', rest[1]],
    ];
    for (const [index, name] of names.entries()) {
      const number = 10 * (index + 1);
      const file = `${createHash('sha256').update(annaId).digest('hex').slice(0, 32)}.renew.${number}`;
      await writeFile(path.join(folder(), file), JSON.stringify({ process: name.join('-') }));
      const since = performance.now();
      const failing = `canary-access-${index + 1}`;
      await tokens.refreshed(failing).catch(() => undefined);
      assert.ok(performance.now() - since < 5_000);
      assert.equal(requests.length, index + 1);
    }
  });

  it('are not renewed for a call that comes late with the old token', async () => {
    const { tokens, clock, requests } = setUp(() => renewed());
    await tokens.refreshed('canary-access-1');
    assert.equal(clock.sleeping, 0, 'no deadline is left');
    assert.equal((await tokens.refreshed('canary-access-1')).accessToken, 'canary-access-2');
    assert.equal(requests.length, 1);
  });

  it('are taken from the storage when another window has renewed them', async () => {
    const { tokens, store, requests, secrets } = setUp(() => renewed());
    await store.list();
    const theirs = {
      ...anna,
      tokens: { ...anna.tokens, accessToken: 'theirs', refreshToken: 'r' },
    };
    // Without an event, as where SecretStorage is not live between windows' events.
    secrets.values.set(annaKey, JSON.stringify(theirs));
    assert.equal((await tokens.refreshed('canary-access-1')).accessToken, 'theirs');
    assert.equal(requests.length, 0);
  });

  it('are looked for once more when the server refuses: another window may have been faster', async () => {
    const { tokens, secrets } = setUp(() => {
      const theirs = { ...anna, tokens: { ...anna.tokens, accessToken: 'theirs' } };
      secrets.values.set(annaKey, JSON.stringify(theirs));
      return json(400, { error: 'invalid_grant' });
    });
    assert.equal((await tokens.refreshed('canary-access-1')).accessToken, 'theirs');
  });

  const refusals: [status: number, error: string][] = [
    [400, 'invalid_grant'],
    [401, 'expired_token'],
    [400, 'invalid_client'],
    [200, 'wrong_client'],
    [401, 'NOT_INSTALLED'],
    [401, 'PAYMENT_REQUIRED'],
    [403, 'user_access_error'],
  ];
  for (const [status, error] of refusals) {
    it(`pass ${error} (${status}) on with its code and keep what is stored`, async () => {
      const { tokens, requests, stored, secrets } = setUp(() => json(status, { error }));
      await tokens.tokens();
      for (let call = 0; call < 2; call += 1) {
        await assert.rejects(tokens.refreshed('canary-access-1'), (refused: unknown) => {
          assert.ok(refused instanceof Bitrix24Error && refused.kind === 'server');
          return failed(error, 'answered')(refused);
        });
      }
      const isForGood = error === 'invalid_grant' || error === 'expired_token';
      assert.equal(requests.length, isForGood ? 1 : 2);
      assert.deepEqual(
        [stored()?.tokens.refreshToken, secrets.calls.filter((call) => call.startsWith('store'))],
        ['canary-refresh-1', []],
      );
    });
  }

  it('say that nothing was sent when the refresh got no answer', async () => {
    const { tokens } = setUp(() => {
      throw new Bitrix24Error({ kind: 'reset', phase: 'noAnswer', code: 'ECONNRESET' });
    });
    await assert.rejects(tokens.refreshed('canary-access-1'), failed('ECONNRESET'));
  });

  it('end in an error when the authorization server hangs, within 15 s', async () => {
    const { tokens, clock, requests } = setUp(() => new Promise<never>(() => undefined));
    const refused = assert.rejects(tokens.refreshed('canary-access-1'), (error: unknown) => {
      assert.ok(error instanceof Bitrix24Error && error.kind === 'timeout');
      return failed('REFRESH_TIMEOUT')(error);
    });
    await until(() => requests.length === 1);
    clock.advance(15_000);
    await refused;
    assert.equal(requests[0]?.signal?.aborted, true);
    assert.equal(clock.sleeping, 0);
  });

  it('survive a storage that fails: the new pair is kept and stored at the next need', async () => {
    const { tokens, secrets, requests, stored } = setUp(() => renewed());
    secrets.broken.store = 'fails';
    await assert.rejects(tokens.refreshed('canary-access-1'), failed('KEYRING'));
    secrets.broken = {};
    assert.equal((await tokens.refreshed('canary-access-1')).accessToken, 'canary-access-2');
    assert.deepEqual([requests.length, stored()?.tokens.refreshToken], [1, 'canary-refresh-2']);
  });

  it('are renewed once more where the pair that could not be stored has failed meanwhile', async () => {
    let number = 1;
    const { tokens, secrets, requests, stored } = setUp(() => {
      number += 1;
      return renewed({
        ...{ access_token: `canary-access-${number}`, refresh_token: `canary-refresh-${number}` },
      });
    });
    secrets.broken.store = 'fails';
    await assert.rejects(tokens.refreshed('canary-access-1'), failed('KEYRING'));
    secrets.broken = {};
    assert.equal((await tokens.refreshed('canary-access-2')).accessToken, 'canary-access-3');
    assert.match(requests[1]?.body ?? '', /refresh_token=canary-refresh-2$/u);
    assert.equal(stored()?.tokens.refreshToken, 'canary-refresh-3');
  });

  it('are the new ones for whoever asks during a refresh', async () => {
    let answer: (response: HttpResponse) => void = () => undefined;
    const { tokens, requests } = setUp(
      () => new Promise<HttpResponse>((resolve) => (answer = resolve)),
    );
    const refreshed = tokens.refreshed('canary-access-1');
    await until(() => requests.length === 1);
    const asked = tokens.tokens();
    answer(renewed());
    assert.equal((await asked).accessToken, 'canary-access-2');
    assert.equal(await asked, await refreshed);
  });

  it('that could not be stored are stored for whoever asks next', async () => {
    const { tokens, secrets, requests, stored } = setUp(() => renewed());
    secrets.broken.store = 'fails';
    await assert.rejects(tokens.refreshed('canary-access-1'), failed('KEYRING'));
    await assert.rejects(tokens.tokens(), failed('KEYRING'));
    secrets.broken = {};
    assert.equal((await tokens.tokens()).accessToken, 'canary-access-2');
    assert.deepEqual([requests.length, stored()?.tokens.refreshToken], [1, 'canary-refresh-2']);
  });

  it('are renewed at the server that the last answer named', async () => {
    const named = { ...anna, authServer: 'oauth.bitrix24.tech' };
    const { tokens, requests } = setUp(() => renewed(), named);
    await tokens.refreshed('canary-access-1');
    assert.equal(requests[0]?.url.host, 'oauth.bitrix.info');
  });

  it('do not bring an account back that was signed out meanwhile', async () => {
    const { tokens, secrets, store } = setUp(async () => {
      await store.remove(annaId);
      return renewed();
    });
    await assert.rejects(tokens.refreshed('canary-access-1'), failed('NO_SUCH_ACCOUNT'));
    assert.deepEqual([...secrets.values], []);
  });

  it('of another portal or user are refused', async () => {
    for (const changes of [{ member_id: 'b'.repeat(32) }, { user_id: 2 }]) {
      const { tokens, stored } = setUp(() => renewed(changes));
      await assert.rejects(tokens.refreshed('canary-access-1'), (error: unknown) => {
        assert.ok(error instanceof Bitrix24Error && error.host === 'oauth.bitrix.info');
        return failed('SIGN_IN_OTHER_PORTAL')(error);
      });
      assert.equal(stored()?.tokens.accessToken, 'canary-access-1');
    }
  });

  it('keep the endpoint that the user agreed to, whatever the refresh says', async () => {
    const { tokens } = setUp(() => renewed({ client_endpoint: 'https://evil.example/rest/' }));
    const { clientEndpoint } = await tokens.refreshed('canary-access-1');
    assert.equal(clientEndpoint, 'https://acme.bitrix24.com/rest/');
  });

  it('send the secret to the server of the sign-in when an answer names a stranger', async () => {
    const account = storedAccount({
      tokens: { ...anna.tokens, serverEndpoint: 'https://evil.example/rest/' },
    });
    const { tokens, requests } = setUp(() => renewed(), account);
    await tokens.refreshed('canary-access-1');
    assert.equal(requests[0]?.url.host, 'oauth.bitrix.info');
  });

  describe('of a renamed portal', () => {
    const moved = 'https://new.bitrix24.com/rest/';

    it('go to the new address after one yes, however many calls found out', async () => {
      const { tokens, questions, stored } = setUp(() => renewed());
      const answers = await Promise.all([tokens.moved(moved), tokens.moved(moved)]);
      const later = await tokens.moved(moved);
      assert.deepEqual(
        {
          endpoints: [...answers, later].map((answer) => answer?.clientEndpoint),
          questions,
          stored: [stored()?.portal, stored()?.tokens.clientEndpoint],
        },
        {
          endpoints: [moved, moved, moved],
          questions: [['https://acme.bitrix24.com', 'https://new.bitrix24.com']],
          stored: ['https://new.bitrix24.com', moved],
        },
      );
    });

    it('stay where they are after a no, until there is a yes', async () => {
      const { tokens, answers, stored } = setUp(() => renewed());
      answers.agree = false;
      assert.equal(await tokens.moved(moved), undefined);
      assert.equal(stored()?.portal, 'https://acme.bitrix24.com');
      answers.agree = true;
      assert.equal((await tokens.moved(moved))?.clientEndpoint, moved);
    });

    for (const endpoint of ['http://new.bitrix24.com/rest/', 'ftp://x/', 'nonsense']) {
      it(`never go to ${endpoint}, and nobody is asked`, async () => {
        const { tokens, questions } = setUp(() => renewed());
        assert.equal(await tokens.moved(endpoint), undefined);
        assert.deepEqual(questions, []);
      });
    }
  });
});

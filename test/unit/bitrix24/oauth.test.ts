import assert from 'node:assert/strict';
import {
  authorizeUrl,
  authServerOf,
  exchangeCode,
  refreshTokens,
  sameSite,
} from '../../../src/bitrix24/oauth';
import { failureOf, html, json, ScriptedTransport, type Step } from './support';

const request = {
  authServer: 'oauth.bitrix.info',
  credentials: { clientId: 'local.66e1e3c2affe68.65190392', clientSecret: 'canary-secret' },
};
const granted = {
  access_token: 'canary-access',
  expires: 1_790_003_600,
  expires_in: 3600,
  scope: 'app',
  domain: 'oauth.bitrix24.tech',
  server_endpoint: 'https://oauth.bitrix24.tech/rest/',
  status: 'L',
  client_endpoint: 'https://acme.bitrix24.com/rest/',
  member_id: 'a223c6b3710f85df22e9377d6c4f7553',
  user_id: 1,
  refresh_token: 'canary-refresh',
};
const tokens = {
  accessToken: 'canary-access',
  refreshToken: 'canary-refresh',
  clientEndpoint: 'https://acme.bitrix24.com/rest/',
  serverEndpoint: 'https://oauth.bitrix24.tech/rest/',
  memberId: 'a223c6b3710f85df22e9377d6c4f7553',
  userId: 1,
};
const exchange = (...steps: Step[]) => {
  const transport = new ScriptedTransport(...steps);
  return { transport, done: exchangeCode(transport, { ...request, code: 'canary-code' }) };
};

describe('authorizeUrl', () => {
  it('holds the two parameters that Bitrix24 reads', () => {
    assert.equal(
      authorizeUrl('https://acme.bitrix24.com', 'local.1', 'a b&c').href,
      'https://acme.bitrix24.com/oauth/authorize/?client_id=local.1&state=a+b%26c',
    );
  });
});

describe('exchangeCode and refreshTokens', () => {
  it('post a form, so that no secret stands in an address', async () => {
    const transport = new ScriptedTransport(json(granted), json(granted));
    assert.deepEqual(await exchangeCode(transport, { ...request, code: 'canary-code' }), tokens);
    assert.deepEqual(
      await refreshTokens(transport, { ...request, refreshToken: 'canary-refresh' }),
      tokens,
    );
    assert.deepEqual(
      transport.requests.map(({ method, url, body }) => ({
        method,
        url: url.href,
        form: Object.fromEntries(new URLSearchParams(body)),
      })),
      [
        { grant_type: 'authorization_code', code: 'canary-code' },
        { grant_type: 'refresh_token', refresh_token: 'canary-refresh' },
      ].map((grant) => ({
        method: 'POST',
        url: 'https://oauth.bitrix.info/oauth/token/',
        form: {
          client_id: 'local.66e1e3c2affe68.65190392',
          client_secret: 'canary-secret',
          ...grant,
        },
      })),
    );
  });

  it('speak plain http with this machine only', async () => {
    const transport = new ScriptedTransport(json(granted));
    await exchangeCode(transport, {
      ...request,
      authServer: '127.0.0.1:4001',
      code: 'canary-code',
    });
    assert.deepEqual(transport.urls, ['http://127.0.0.1:4001/oauth/token/']);
  });

  for (const authServer of [
    'evil.example',
    'oauth.bitrix.info.evil.example',
    'oauth.bitrix.info/x?',
    'a@oauth.bitrix.info',
    '',
  ]) {
    it(`send nothing to ${authServer || 'nowhere'}`, async () => {
      const transport = new ScriptedTransport();
      const error = await failureOf(
        exchangeCode(transport, { ...request, authServer, code: 'canary-code' }),
      );
      assert.equal(error.code, 'UNKNOWN_AUTH_SERVER');
      assert.equal(transport.requests.length, 0);
    });
  }

  it('fall back to the documented GET where the form is refused as an invalid request', async () => {
    const refusal = json(
      {
        error: 'invalid_request',
        error_description: 'Invalid grant_type parameter or parameter missing',
      },
      400,
    );
    const { transport, done } = exchange(refusal, json(granted));
    assert.deepEqual(await done, tokens);
    const [, second] = transport.requests;
    assert.equal(second?.method, 'GET');
    assert.equal(second.body, undefined);
    assert.deepEqual(Object.fromEntries(second.url.searchParams), {
      client_id: 'local.66e1e3c2affe68.65190392',
      client_secret: 'canary-secret',
      grant_type: 'authorization_code',
      code: 'canary-code',
    });
  });

  const refusals: [status: number, body: object][] = [
    [200, { error: 'wrong_client' }],
    [400, { error: 'invalid_grant' }],
    [400, { error: 'invalid_client' }],
    [401, { error: 'expired_token', error_description: 'The refresh token provided has expired.' }],
    [401, { error: 'NOT_INSTALLED', error_description: 'Application not installed' }],
    [401, { error: 'PAYMENT_REQUIRED', error_description: 'Payment required' }],
  ];
  for (const [status, body] of refusals) {
    it(`tell ${JSON.stringify(body)} with ${status} as it is, asking once`, async () => {
      const { transport, done } = exchange(json(body, status));
      const { kind, phase, code, httpStatus, host } = await failureOf(done);
      assert.deepEqual(
        { kind, phase, code, httpStatus, host },
        {
          kind: 'server',
          phase: 'answered',
          code: (body as { error: string }).error,
          httpStatus: status,
          host: 'oauth.bitrix.info',
        },
      );
      assert.equal(transport.requests.length, 1);
    });
  }

  for (const status of [200, 403, 500, 502]) {
    it(`tell a page with ${status} as one, asking once (trial 8.2)`, async () => {
      const { transport, done } = exchange(html(status));
      assert.equal((await failureOf(done)).code, 'ANSWER_IS_A_PAGE');
      assert.equal(transport.requests.length, 1);
    });
  }

  it('never fall back twice', async () => {
    const refusal = json({ error: 'invalid_request' }, 400);
    const { transport, done } = exchange(refusal, refusal);
    assert.equal((await failureOf(done)).code, 'invalid_request');
    assert.equal(transport.requests.length, 2);
  });

  for (const status of [301, 302, 307, 308]) {
    it(`do not carry the secret after a ${status}`, async () => {
      const { transport, done } = exchange(
        html(status, { location: 'https://oauth.bitrix24.tech/oauth/token/' }),
      );
      assert.equal((await failureOf(done)).kind, 'redirect');
      assert.equal(transport.requests.length, 1);
    });
  }

  it('parse what may be missing', async () => {
    const { access_token, refresh_token, client_endpoint, member_id } = granted;
    const few = { access_token, refresh_token, client_endpoint, member_id };
    assert.deepEqual(await exchange(json(few)).done, {
      ...tokens,
      serverEndpoint: undefined,
      userId: undefined,
    });
  });

  it('parse numbers written as text, and an endpoint without its slash', async () => {
    const answer = {
      ...granted,
      user_id: '7',
      client_endpoint: 'https://acme.bitrix24.com:8443/rest',
    };
    const { userId, clientEndpoint } = await exchange(json(answer)).done;
    assert.deepEqual(
      { userId, clientEndpoint },
      {
        userId: 7,
        clientEndpoint: 'https://acme.bitrix24.com:8443/rest/',
      },
    );
  });

  const unusable: [what: string, changes: object][] = [
    ['no access token', { access_token: undefined }],
    ['an empty refresh token', { refresh_token: '' }],
    ['no member_id', { member_id: null }],
    ['an endpoint over plain http', { client_endpoint: 'http://acme.bitrix24.com/rest/' }],
    ['an endpoint with credentials', { client_endpoint: 'https://a:b@acme.bitrix24.com/rest/' }],
    ['an endpoint that is no address', { client_endpoint: 'rest' }],
  ];
  for (const [what, changes] of unusable) {
    it(`refuse an answer with ${what}`, async () => {
      const error = await failureOf(exchange(json({ ...granted, ...changes })).done);
      assert.equal(error.kind, 'notJson');
      assert.equal(error.code, 'UNEXPECTED_ANSWER');
    });
  }

  it('ignore a server endpoint over plain http', async () => {
    const answer = { ...granted, server_endpoint: 'http://oauth.bitrix24.tech/rest/' };
    assert.equal((await exchange(json(answer)).done).serverEndpoint, undefined);
  });

  it('keep secrets out of every error, also where the server repeats them or breaks off', async () => {
    const echoing = json(
      { error: 'invalid_grant', error_description: 'code canary-code of canary-secret' },
      400,
    );
    const broken = { ...json(granted), body: JSON.stringify(granted).slice(0, -20) };
    const odd = json({ ...granted, client_endpoint: 'http://canary-access' });
    for (const step of [echoing, broken, odd, html(502), json([granted])]) {
      const error = await failureOf(exchange(step).done);
      const everything = `${error.message} ${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.cause)}`;
      assert.doesNotMatch(everything, /canary/);
    }
  });
});

describe('authServerOf', () => {
  it('is the host that the tokens came from', () => {
    assert.equal(authServerOf(tokens), 'oauth.bitrix24.tech');
    assert.equal(authServerOf({ serverEndpoint: 'http://127.0.0.1:4001/rest/' }), '127.0.0.1:4001');
    assert.equal(authServerOf({ serverEndpoint: undefined }), undefined);
  });
});

describe('sameSite', () => {
  const cases: [endpoint: string, portal: string, same: boolean][] = [
    ['https://acme.bitrix24.com/rest/', 'https://acme.bitrix24.com', true],
    ['https://ACME.bitrix24.com:443/rest/', 'https://acme.bitrix24.com', true],
    ['https://evil.bitrix24.com/rest/', 'https://acme.bitrix24.com', false],
    ['https://acme.bitrix24.com:8443/rest/', 'https://acme.bitrix24.com', false],
    ['http://acme.bitrix24.com/rest/', 'http://acme.bitrix24.com', false],
    ['https://acme.bitrix24.com.evil.example/', 'https://acme.bitrix24.com', false],
    ['http://127.0.0.1:4000/rest/', 'http://localhost:4000', true],
    ['http://127.0.0.1:4001/rest/', 'http://127.0.0.1:4000', false],
    ['http://127.0.0.1:4000/rest/', 'https://acme.bitrix24.com', false],
    ['nonsense', 'https://acme.bitrix24.com', false],
  ];
  for (const [endpoint, portal, same] of cases) {
    it(`${endpoint} is ${same ? '' : 'not '}on ${portal}`, () =>
      assert.equal(sameSite(endpoint, portal), same));
  }
});

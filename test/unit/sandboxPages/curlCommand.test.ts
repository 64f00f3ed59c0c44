import assert from 'node:assert/strict';
import type { RecordedRequest } from '../../../src/sandbox/controlApi';
import { CurlCommand } from '../../../src/sandbox/page/client/curlCommand';

const origins = { portal: 'http://127.0.0.1:1', authServer: 'http://127.0.0.1:2' };

describe('CurlCommand', () => {
  const write = (change: Partial<RecordedRequest>): string =>
    new CurlCommand().write(
      {
        id: 1,
        time: '2026-01-01T10:00:00.000Z',
        method: 'profile',
        http: 'POST',
        caller: null,
        params: {},
        durationMs: 1,
        status: 200,
        error: null,
        answer: '',
        ignored: [],
        note: '',
        fault: null,
        ...change,
      },
      origins,
    );
  const anna = { id: 3, name: 'Anna', via: 'webhook' } as const;

  it('posts the parameters of a method as JSON, with a placeholder for the token', () => {
    assert.equal(
      write({ method: 'pull.application.push.add', params: { USER_ID: [1, 2], TEXT: "it's" } }),
      `curl 'http://127.0.0.1:1/rest/pull.application.push.add' -H 'Content-Type: application/json' -d '{"USER_ID":[1,2],"TEXT":"it'\\''s","auth":"ACCESS_TOKEN"}'`,
    );
  });

  it("calls a webhook at its user's address, with a placeholder for the key", () => {
    assert.equal(
      write({ caller: anna, params: { A: 1 } }),
      `curl 'http://127.0.0.1:1/rest/3/WEBHOOK_KEY/profile' -H 'Content-Type: application/json' -d '{"A":1}'`,
    );
  });

  it('gets with the names of PHP', () => {
    assert.equal(
      write({ http: 'GET', params: { ID: ['1', 2], F: { ACTIVE: true, X: null } } }),
      "curl -G 'http://127.0.0.1:1/rest/profile' --data-urlencode 'ID[0]=1' --data-urlencode 'ID[1]=2'" +
        " --data-urlencode 'F[ACTIVE]=1' --data-urlencode 'F[X]=' --data-urlencode 'auth=ACCESS_TOKEN'",
    );
  });

  it('asks for tokens with placeholders for the secrets of the grant', () => {
    const params = { grant_type: 'refresh_token', client_id: 'local.1' };
    assert.equal(
      write({ method: 'oauth.token', params }),
      "curl 'http://127.0.0.1:2/oauth/token/' --data-urlencode 'grant_type=refresh_token'" +
        " --data-urlencode 'client_id=local.1' --data-urlencode 'client_secret=CLIENT_SECRET'" +
        " --data-urlencode 'refresh_token=REFRESH_TOKEN'",
    );
    const code = write({
      method: 'oauth.token',
      http: 'GET',
      params: { ...params, grant_type: 'authorization_code' },
    });
    assert.match(code, /^curl -G .*'code=CODE'$/);
    assert.equal(
      write({ method: 'oauth.authorize', http: 'GET', params: { client_id: 'local.1' } }),
      "curl -G 'http://127.0.0.1:1/oauth/authorize/' --data-urlencode 'client_id=local.1'",
    );
  });

  it('asks the authorization server about a token', () => {
    assert.equal(
      write({ method: 'oauth.app.info', http: 'POST', params: {} }),
      "curl -G 'http://127.0.0.1:2/rest/app.info' --data-urlencode 'auth=ACCESS_TOKEN'",
    );
  });
});

import { testClient } from '../../support/testClient';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { exchangeCode } from '../../../src/bitrix24/oauth';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';
import { isLoopback } from '../../../src/bitrix24/portalAddress';
import type { HttpResponse, Transport } from '../../../src/bitrix24/transport';
import type { Tokens } from '../../../src/bitrix24/oauth';
import { departments } from '../../../src/bitrix24/departments';
import { profile, scopes } from '../../../src/bitrix24/profile';
import { searchPeople } from '../../../src/bitrix24/peopleByText';
import { addPush } from '../../../src/bitrix24/push';
import { addPushes } from '../../../src/bitrix24/push';
import type { FuzzProperty } from './property';

const secret = 'canary-token-0123456789';
const tokens: Tokens = {
  accessToken: secret,
  refreshToken: `refresh-${secret}`,
  clientEndpoint: 'https://acme.bitrix24.com/rest/',
  serverEndpoint: undefined,
  memberId: 'a'.repeat(32),
  userId: 1,
};

/** Answers whatever it is told to, and counts. */
class Puppet implements Transport {
  requests = 0;
  readonly #answer: HttpResponse;
  constructor(answer: HttpResponse) {
    this.#answer = answer;
  }
  send(): Promise<HttpResponse> {
    this.requests += 1;
    return Promise.resolve(this.#answer);
  }
}

function clientOf(transport: Transport): PortalClient {
  let now = 0;
  return testClient({
    transport,
    tokens: {
      tokens: () => Promise.resolve(tokens),
      refreshed: () =>
        Promise.reject(
          new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'expired_token' }),
        ),
      moved: () => Promise.resolve(undefined),
    },
    clock: {
      now: () => now,
      sleep: (ms) => {
        now += ms;
        return Promise.resolve();
      },
    },
  });
}

const codes = fc.oneof(
  fc.constantFrom(
    'QUERY_LIMIT_EXCEEDED',
    'OPERATION_TIME_LIMIT',
    'expired_token',
    'ACCESS_ERROR',
    'TEXT_ERROR',
    'EMPTY_APP_NAME',
    'INTERNAL_SERVER_ERROR',
    'ERROR_CORE',
    '',
    secret,
  ),
  fc.string(),
);
const errorBody = fc.oneof(
  fc.record({ error: codes, error_description: fc.oneof(fc.string(), fc.constant(secret)) }),
  fc.record({ error: fc.record({ code: codes, message: fc.string() }) }),
  fc.record({ error: fc.oneof(fc.integer(), fc.jsonValue()), result: fc.boolean() }),
);
const time = fc.record(
  {
    duration: fc.oneof(fc.double(), fc.jsonValue()),
    operating: fc.oneof(fc.double(), fc.jsonValue()),
    operating_reset_at: fc.oneof(fc.integer(), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const resultBody = fc.record(
  { result: fc.oneof(fc.boolean(), fc.jsonValue()), time: fc.oneof(time, fc.jsonValue()) },
  { requiredKeys: ['result'] },
);
const json = fc.oneof(resultBody, errorBody, fc.jsonValue()).map((value) => JSON.stringify(value));
const body = fc.oneof(
  { weight: 5, arbitrary: json },
  // Torn, doubled, in a page, or nothing of the kind.
  fc.tuple(json, fc.nat(200)).map(([text, at]) => text.slice(0, at)),
  json.map((text) => text + text),
  json.map((text) => `<html>${text}</html>`),
  json.map((text) => `\ufeff${text}`),
  fc.string({ unit: 'binary' }),
  fc.constant(''),
);
const status = fc.oneof(
  fc.constantFrom(200, 200, 200, 201, 204, 301, 302, 304, 307, 308, 400, 401, 403, 404, 407, 429),
  fc.constantFrom(500, 502, 503, 504),
  fc.integer({ min: 200, max: 599 }),
);
const headers = fc
  .dictionary(
    fc.constantFrom('content-type', 'location', 'retry-after', 'x-other'),
    fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.constant('application/json'),
      fc.constant('//evil/rest/'),
    ),
  )
  .map((values) => new Map(Object.entries(values)));
const response = fc.record({ status, headers, body });

/** Reads the body as the documentation says, without any of our code. */
function truthOf({ status, body }: HttpResponse): { kind: 'true' | 'error' | 'json' | 'foreign' } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { kind: 'foreign' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'foreign' };
  }
  const { error, result } = value as Record<string, unknown>;
  const isError =
    (typeof error === 'string' && error !== '') ||
    (typeof error === 'number' && error !== 0) ||
    (typeof error === 'object' && error !== null && !Array.isArray(error));
  if (isError) {
    return { kind: 'error' };
  }
  // With an error of any kind beside it, an answer contradicts itself.
  const isTrue = error === undefined && result === true && status >= 200 && status < 300;
  return { kind: isTrue ? 'true' : 'json' };
}

const redirects = [301, 302, 307, 308];

async function outcomeOf(work: Promise<unknown>): Promise<'accepted' | Bitrix24Error> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    return checkedError(error);
  }
}

/** One of ours, and without a secret anywhere in it. */
function checkedError(error: unknown): Bitrix24Error {
  assert.ok(error instanceof Bitrix24Error, `threw ${String(error)}`);
  const said = [error.message, error.stack, error.code, error.description, String(error.cause)];
  assert.ok(!said.join('\n').includes(secret), 'a secret in an error');
  return error;
}

const singleAnswers: FuzzProperty = {
  name: 'answers to one push',
  weight: 14,
  open: () => ({
    property: fc.asyncProperty(response, async (answer) => {
      const transport = new Puppet(answer);
      const outcome = await outcomeOf(
        addPush(clientOf(transport), { userIds: [1], text: 'Hello' }),
      );
      const truth = truthOf(answer).kind;
      const moved = redirects.includes(answer.status);
      if (outcome === 'accepted') {
        assert.ok(truth === 'true' && !moved, 'accepted without the documented true');
        assert.equal(transport.requests, 1);
        return;
      }
      assert.ok(truth !== 'true' || moved, `true was told as ${outcome.code}`);
      if (outcome.phase === 'notSent') {
        assert.ok(moved, 'an answer was told as not sent');
      } else if (outcome.phase === 'answered') {
        const turnedAway = answer.status >= 400 && answer.status < 500;
        assert.ok(truth === 'error' || (truth === 'foreign' && turnedAway), 'told as refused');
      }
      if (truth === 'foreign' && answer.status >= 500 && !moved) {
        assert.equal(outcome.phase, 'noAnswer');
      }
      const repeatable =
        moved || outcome.is('QUERY_LIMIT_EXCEEDED', 'OPERATION_TIME_LIMIT', 'expired_token');
      assert.ok(transport.requests === 1 || repeatable, `${transport.requests} requests`);
    }),
  }),
};

const commandAnswer = fc.oneof(fc.constant(true), fc.jsonValue(), errorBody);
const byCommand = fc.oneof(
  fc.dictionary(fc.constantFrom('c0', 'c1', 'c2', 'c3', '0', '__proto__', 'x'), commandAnswer),
  fc.array(commandAnswer),
  fc.jsonValue(),
);
const batchAnswers: FuzzProperty = {
  name: 'answers to a batch',
  weight: 10,
  open: () => ({
    property: fc.asyncProperty(
      fc.record(
        { result: byCommand, result_error: byCommand, result_total: byCommand },
        { requiredKeys: [] },
      ),
      fc.constantFrom(200, 200, 500),
      async (result, status) => {
        const answer = {
          status,
          headers: new Map<string, string>(),
          body: JSON.stringify({ result }),
        };
        const pushes = ['a', 'b', 'c'].map((text) => ({ userIds: [1], text }));
        let fates: Awaited<ReturnType<typeof addPushes>>;
        try {
          fates = await addPushes(clientOf(new Puppet(answer)), pushes);
        } catch (error) {
          assert.ok(error instanceof Bitrix24Error && error.phase === 'noAnswer', String(error));
          return;
        }
        assert.equal(fates.length, 3);
        const read: unknown = JSON.parse(answer.body);
        const { result: told } = read as { result: Record<string, unknown> };
        const at = (part: string, key: string): unknown => {
          const map = told[part];
          return typeof map === 'object' && map !== null && !Array.isArray(map)
            ? Object.getOwnPropertyDescriptor(map, key)?.value
            : undefined;
        };
        fates.forEach((fate, index) => {
          const [good, bad] = [at('result', `c${index}`), at('result_error', `c${index}`)];
          if (fate.kind === 'accepted') {
            assert.ok(good === true && bad === undefined && status === 200);
          } else if (fate.kind === 'refused') {
            assert.ok(bad !== undefined, 'refused without an error');
          } else {
            assert.ok(
              !(good === true && bad === undefined && status === 200),
              'true told as unknown',
            );
          }
        });
      },
    ),
  }),
};

/** Whatever a portal says about people, we get people or an error of ours. */
const peopleAnswers: FuzzProperty = {
  name: 'answers about people',
  weight: 8,
  open: () => {
    const row = fc.dictionary(
      fc.constantFrom(
        'ID',
        'NAME',
        'LAST_NAME',
        'ACTIVE',
        'UF_DEPARTMENT',
        'PERSONAL_PHOTO',
        'ADMIN',
      ),
      fc.oneof(
        fc.jsonValue(),
        fc.integer(),
        fc.constantFrom('1', 'Y', '7abc', 'javascript:alert(1)'),
      ),
    );
    const result = fc.oneof(fc.array(row, { maxLength: 4 }), row, fc.jsonValue());
    const ask = fc.constantFrom(profile, scopes, departments, (client: PortalClient) =>
      searchPeople(client, 'a'),
    );
    return {
      property: fc.asyncProperty(
        ask,
        fc.oneof(
          result.map((value) => ({
            status: 200,
            headers: new Map<string, string>(),
            body: JSON.stringify({ result: value }),
          })),
          response,
        ),
        async (call, answer) => {
          try {
            const got: unknown = await call(clientOf(new Puppet(answer)));
            for (const one of Array.isArray(got) ? (got as unknown[]) : [got]) {
              if (typeof one === 'object' && one !== null && 'id' in one) {
                assert.ok(Number.isSafeInteger(one.id) && (one.id as number) > 0, 'an id');
              }
              if (
                typeof one === 'object' &&
                one !== null &&
                'photo' in one &&
                one.photo !== undefined
              ) {
                assert.ok(typeof one.photo === 'string' && /^https?:\/\//i.test(one.photo));
              }
            }
          } catch (error) {
            assert.ok(error instanceof Bitrix24Error, String(error));
          }
        },
      ),
    };
  },
};

/** An authorization server cannot make us keep an address that no token may go to, nor make us say the secret. */
const tokenAnswers: FuzzProperty = {
  name: 'answers with tokens',
  weight: 8,
  open: () => {
    const address = fc.oneof(
      fc.webUrl(),
      fc.constantFrom(
        'https://acme.bitrix24.com/rest/',
        'http://acme.bitrix24.com/rest/',
        'http://127.0.0.1:8080/rest/',
        'https://u:p@acme.example/rest/',
        'file:///etc/passwd',
        '',
      ),
      fc.jsonValue(),
    );
    const answer = fc.record(
      {
        access_token: fc.oneof(fc.string(), fc.jsonValue()),
        refresh_token: fc.oneof(fc.string(), fc.jsonValue()),
        client_endpoint: address,
        server_endpoint: address,
        member_id: fc.oneof(fc.string(), fc.jsonValue()),
        expires_in: fc.oneof(fc.integer(), fc.jsonValue()),
        expires: fc.oneof(fc.integer(), fc.jsonValue()),
        user_id: fc.oneof(fc.integer(), fc.jsonValue()),
        error: fc.oneof({ weight: 1, arbitrary: codes }, { weight: 6, arbitrary: fc.constant('') }),
      },
      { requiredKeys: ['access_token', 'refresh_token', 'client_endpoint', 'member_id'] },
    );
    const answers = fc.record({
      status,
      headers,
      body: fc.oneof(
        answer.map((value) => JSON.stringify(value)),
        body,
      ),
    });
    return {
      property: fc.asyncProperty(answers, async (reply) => {
        const transport = new Puppet(reply);
        let got: Tokens;
        try {
          got = await exchangeCode(transport, {
            authServer: 'oauth.bitrix.info',
            credentials: { clientId: 'local.1', clientSecret: secret },
            code: 'code',
          });
        } catch (error) {
          checkedError(error);
          // The form, and once more as an address for a server that does not read forms.
          assert.ok(transport.requests <= 2);
          return;
        }
        for (const endpoint of [got.clientEndpoint, got.serverEndpoint]) {
          if (endpoint !== undefined) {
            const url = new URL(endpoint);
            assert.ok(url.protocol === 'https:' || isLoopback(url.host), endpoint);
            assert.equal(url.username + url.password, '');
          }
        }
        assert.ok(got.accessToken !== '' && got.refreshToken !== '' && got.memberId !== '');
      }),
    };
  },
};

/** Bytes that are no HTTP, or nearly so, over a real socket. */
const bytes: FuzzProperty = {
  name: 'bytes instead of an answer',
  weight: 2,
  open: async () => {
    let answer: Uint8Array = new Uint8Array();
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const transport = nodeFetchTransport({ userAgent: 'fuzz/1' });
    const url = new URL(`http://127.0.0.1:${port}/rest/x`);
    const head = fc
      .tuple(
        fc.constantFrom(
          'HTTP/1.1 200 OK',
          'HTTP/1.1 200',
          'HTTP/1.0 999 x',
          'HTTP/2 200',
          'ICY 200 OK',
        ),
        fc.array(
          fc.constantFrom(
            'Content-Length: 5',
            'Content-Length: -1',
            'Content-Length: 99999',
            'Transfer-Encoding: chunked',
            'Content-Encoding: gzip',
            'Content-Encoding: br',
            'Connection: keep-alive',
            'X: \u0001',
            'Location: http://evil/',
          ),
          { maxLength: 4 },
        ),
        fc.constantFrom('{"result":true}', '5\r\nhello\r\n0\r\n\r\n', '\u001f\u008b broken', ''),
      )
      .map(([line, fields, text]) =>
        Buffer.from([line, ...fields, '', text].join('\r\n'), 'latin1'),
      );
    return {
      property: fc.asyncProperty(
        fc.oneof(head, fc.uint8Array({ maxLength: 300 })),
        async (sent) => {
          answer = sent;
          try {
            const { status } = await transport.send({ method: 'POST', url, body: '{}' });
            assert.ok(status >= 100);
          } catch (error) {
            assert.ok(error instanceof Bitrix24Error, String(error));
            // It was read: whatever came back, nobody knows.
            assert.equal(error.phase, 'noAnswer');
          }
        },
      ),
      close: () => void server.close(),
    };
  },
};

export const answerProperties = [singleAnswers, batchAnswers, peopleAnswers, tokenAnswers, bytes];

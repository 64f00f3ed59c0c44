import assert from 'node:assert/strict';
import * as v from 'valibot';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { Bitrix24ErrorFields } from '../../../src/bitrix24/errors';
import { testClient } from '../../support/testClient';
import type { CallControl } from '../../../src/bitrix24/portalClient';
import type { HttpResponse } from '../../../src/bitrix24/transport';
import {
  collectWaits,
  failureOf,
  FakeClock,
  FakeTokens,
  html,
  json,
  ScriptedTransport,
  someTokens,
  type Step,
} from './support';

const ok = json({ result: true });
const expired = json(
  { error: 'expired_token', error_description: 'The access token provided has expired.' },
  401,
);
const limit = json({ error: 'QUERY_LIMIT_EXCEEDED', error_description: 'Too many requests' }, 503);
const operation = json(
  { error: 'OPERATION_TIME_LIMIT', error_description: 'Method is blocked.' },
  429,
);
const network = (fields: Partial<Bitrix24ErrorFields>) =>
  new Bitrix24Error({ kind: 'reset', phase: 'noAnswer', code: 'ECONNRESET', ...fields });

function setUp(...steps: Step[]) {
  const transport = new ScriptedTransport(...steps);
  const tokens = new FakeTokens();
  const clock = new FakeClock();
  const log: string[] = [];
  const write = (line: string) => void log.push(line);
  const client = testClient({
    transport,
    tokens,
    clock,
    log: { debug: write, info: write, warn: write },
  });
  const call = (control: CallControl = {}) =>
    client.call('some.method', { TEXT: 'canary-text' }, { ...control, schema: v.literal(true) });
  return { transport, tokens, clock, log, client, call };
}

/** What a caller is told around each POST, with the number of requests made by then. */
function noting(transport: ScriptedTransport) {
  const told: string[] = [];
  const note = (what: string) => () => {
    told.push(`${what} ${transport.requests.length}`);
    return Promise.resolve();
  };
  return { told, hooks: { beforeLeaving: note('leaves'), notCarriedOut: note('back') } };
}

describe('PortalClient.call', () => {
  it('posts JSON to the endpoint with the token in the body', async () => {
    const { transport, call } = setUp(
      json({
        result: true,
        total: 3,
        next: 50,
        time: { duration: 0.1, operating: 0.2, operating_reset_at: 1_790_000_600 },
      }),
    );
    assert.deepEqual(await call(), {
      result: true,
      total: 3,
      next: 50,
    });
    const [request] = transport.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request.url.href, 'https://acme.bitrix24.com/rest/some.method');
    assert.deepEqual(request.headers, {
      ...{ Accept: 'application/json', 'Content-Type': 'application/json' },
    });
    assert.deepEqual(transport.bodies, [{ TEXT: 'canary-text', auth: 'access-1' }]);
  });

  it('lets no parameter take the place of the token', async () => {
    const { transport, client } = setUp(ok);
    await client.call('some.method', { auth: 'other' }, { schema: v.literal(true) });
    assert.equal(transport.bodies[0]?.['auth'], 'access-1');
  });

  it('keeps the endpoint that a self-hosted portal has', async () => {
    const { transport, tokens, call } = setUp(ok);
    tokens.current = { ...someTokens, clientEndpoint: 'https://portal.example:8443/b24/rest' };
    await call();
    assert.deepEqual(transport.urls, ['https://portal.example:8443/b24/rest/some.method']);
  });

  for (const clientEndpoint of [
    'http://acme.bitrix24.com/rest/',
    'ftp://acme.bitrix24.com/',
    'nonsense',
  ]) {
    it(`sends no token to ${clientEndpoint}`, async () => {
      const { transport, tokens, call } = setUp();
      tokens.current = { ...someTokens, clientEndpoint };
      assert.equal((await failureOf(call())).phase, 'notSent');
      assert.equal(transport.requests.length, 0);
    });
  }

  for (const method of [
    '/evil',
    '//evil.example/x',
    'a/../b',
    'user.get?x=1',
    'user.get#',
    'a b',
    '',
  ]) {
    it(`sends nothing to a method that is none: '${method}'`, async () => {
      const { transport, client } = setUp();
      const { kind, phase, code } = await failureOf(
        client.call(method, {}, { schema: v.unknown() }),
      );
      assert.deepEqual([kind, phase, code], ['invalid', 'notSent', 'BAD_ENDPOINT']);
      assert.equal(transport.requests.length, 0);
    });
  }

  it('passes on a mistake of the transport as it is', async () => {
    const mistake = new TypeError('ours');
    const { log, call } = setUp(() => {
      throw mistake;
    });
    await assert.rejects(call(), (error) => error === mistake);
    assert.deepEqual(log, []);
  });

  it('asks for its tokens once, where nobody waits', async () => {
    const { tokens, call } = setUp(ok);
    let times = 0;
    tokens.tokens = () => {
      times += 1;
      return Promise.resolve(tokens.current);
    };
    await call();
    assert.equal(times, 1);
  });

  it('logs no parameter, no token', async () => {
    const { log, call } = setUp(
      expired,
      limit,
      json({ error: 'ACCESS_ERROR', error_description: 'access-2 no' }, 400),
    );
    const error = await failureOf(call());
    assert.ok(log.length > 0);
    assert.doesNotMatch(`${log.join('\n')} ${error.message}`, /canary|access-\d|refresh-\d/);
  });

  describe('errors of the server', () => {
    it('do not repeat the token, neither in the code nor in words', async () => {
      const { call, log } = setUp(
        json({ error: 'ODD_access-1', error_description: 'Never seen access-1, refresh-1' }, 400),
      );
      const error = await failureOf(call());
      assert.equal(error.code, 'ODD_***');
      assert.equal(error.description, 'Never seen ***, ***');
      assert.doesNotMatch(log.join(), /access-1|refresh-1/);
    });

    const cases: [what: string, step: Step, expected: Partial<Bitrix24ErrorFields>][] = [
      [
        'a code',
        json({ error: 'ACCESS_ERROR', error_description: 'No.' }, 400),
        {
          kind: 'server',
          phase: 'answered',
          code: 'ACCESS_ERROR',
          description: 'No.',
          httpStatus: 400,
        },
      ],
      [
        'a code with 200',
        json({ error: 'wrong_client' }),
        { kind: 'server', phase: 'answered', code: 'wrong_client', httpStatus: 200 },
      ],
      [
        'the shape of REST v3',
        json({ error: { code: 'BITRIX_REST_V3_EXCEPTION_X', message: 'No.' } }, 403),
        {
          kind: 'server',
          phase: 'answered',
          code: 'BITRIX_REST_V3_EXCEPTION_X',
          description: 'No.',
        },
      ],
      [
        'an error without words',
        json({ error: 'X', error_description: ['?'] }, 400),
        { kind: 'server', code: 'X', description: undefined },
      ],
      [
        'an internal error, which tells nothing of how far it came',
        json({ error: 'INTERNAL_SERVER_ERROR' }, 500),
        { kind: 'server', phase: 'noAnswer', code: 'INTERNAL_SERVER_ERROR' },
      ],
      [
        'a portal that is gone',
        json({ error: 'PORTAL_DELETED' }, 500),
        { kind: 'server', phase: 'answered' },
      ],
      [
        'HTML with 200',
        html(200),
        { kind: 'notJson', phase: 'noAnswer', code: 'ANSWER_IS_A_PAGE', httpStatus: 200 },
      ],
      ['HTML with 500', html(500), { kind: 'notJson', phase: 'noAnswer' }],
      ['HTML with 502', html(502), { kind: 'notJson', phase: 'noAnswer' }],
      ['HTML with 503', html(503), { kind: 'notJson', phase: 'noAnswer' }],
      ['HTML with 504', html(504), { kind: 'notJson', phase: 'noAnswer' }],
      ['HTML with 408', html(408), { kind: 'notJson', phase: 'noAnswer' }],
      ['HTML with 303', html(303), { kind: 'notJson', phase: 'noAnswer' }],
      ['HTML with 403', html(403), { kind: 'notJson', phase: 'answered' }],
      ['HTML with 404', html(404), { kind: 'notJson', phase: 'answered' }],
      ['HTML with 429', html(429), { kind: 'notJson', phase: 'answered' }],
      ['nothing', { ...ok, body: '' }, { kind: 'notJson', phase: 'noAnswer' }],
      [
        'JSON cut in the middle',
        { ...ok, body: '{"result":tr' },
        { kind: 'notJson', phase: 'noAnswer' },
      ],
      ['JSON that is no object', json([true]), { kind: 'notJson', phase: 'noAnswer' }],
      [
        'a result of another shape',
        json({ result: false }),
        { kind: 'notJson', phase: 'noAnswer', code: 'UNEXPECTED_ANSWER' },
      ],
      ['no result', json({}), { kind: 'notJson', phase: 'noAnswer', code: 'UNEXPECTED_ANSWER' }],
      [
        'a result with a failure status',
        json({ result: true }, 500),
        { kind: 'notJson', phase: 'noAnswer' },
      ],
      ['a connection that broke', network({}), { kind: 'reset', phase: 'noAnswer' }],
      [
        'a timeout',
        network({ kind: 'timeout', code: 'ANSWER_TIMEOUT' }),
        { kind: 'timeout', phase: 'noAnswer' },
      ],
      [
        'an unknown name',
        network({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' }),
        { kind: 'dns', phase: 'notSent' },
      ],
    ];
    for (const [what, step, expected] of cases) {
      it(`${what}: one request, ${expected.phase ?? 'told'}`, async () => {
        const { transport, call } = setUp(step);
        const error = await failureOf(call());
        const { kind, phase, code, description, httpStatus } = error;
        const told = { kind, phase, code, description, httpStatus };
        assert.deepEqual({ ...told, ...expected }, told);
        assert.equal(transport.requests.length, 1);
      });
    }
  });

  describe('an answer that is a page', () => {
    const page = (body: string, type = 'text/html; charset=utf-8', status = 200): HttpResponse => ({
      ...{ status, body, headers: new Map([['content-type', type]]) },
    });
    const pages: [what: string, answer: HttpResponse, phase: string][] = [
      ['a login page of a network', page('<!DOCTYPE html><title>Log in</title>'), 'noAnswer'],
      ['a page without a type', { ...page(' \n<html>'), headers: new Map() }, 'noAnswer'],
      ['a page that says it is JSON', page('<head></head>', 'application/json'), 'noAnswer'],
      ['XHTML', page('<?xml version="1.0"?><html/>', 'application/xhtml+xml'), 'noAnswer'],
      ['an empty page', page(''), 'noAnswer'],
      ['a proxy’s page with 500', page('<body>Sorry', 'text/html', 500), 'noAnswer'],
      ['a page with 502', page('<h1>Bad gateway</h1>', 'text/html', 502), 'noAnswer'],
      ['a page with 503', page('<h1>Busy</h1>', 'text/html', 503), 'noAnswer'],
      ['a page with 403', page('<h1>Blocked</h1>', 'text/html', 403), 'answered'],
    ];
    for (const [what, answer, phase] of pages) {
      it(`is told as one, and asked for once: ${what} (trial 8.2)`, async () => {
        const { transport, call } = setUp(answer);
        const error = await failureOf(call());
        assert.deepEqual(
          [error.kind, error.code, error.phase],
          ['notJson', 'ANSWER_IS_A_PAGE', phase],
        );
        assert.doesNotMatch(error.message, /Log in|Sorry|Blocked/);
        assert.equal(transport.requests.length, 1);
      });
    }

    it('is told as one behind a redirect on the same site (trial 8.2)', async () => {
      const { transport, call } = setUp(
        html(302, { location: 'https://acme.bitrix24.com/login/rest/' }),
        page('<html>'),
      );
      assert.equal((await failureOf(call())).code, 'ANSWER_IS_A_PAGE');
      assert.equal(transport.requests.length, 2);
    });

    for (const body of ['', 'OK', '{"result":', '"<html>"', '[]', '< 5 of them']) {
      it(`is not what ${JSON.stringify(body)} is taken for (trial 8.2)`, async () => {
        const { call } = setUp(page(body, 'application/json'));
        assert.equal((await failureOf(call())).code, 'NOT_JSON');
      });
    }
  });

  describe('an answer that contradicts itself', () => {
    const result = true;
    const odd: object[] = [
      { error: {}, result },
      { error: true, result },
      { error: [], result },
      { error: '', result },
      { error: 0, result },
      { error: 1, result },
      { error: null, result },
      { error: ' \n', result },
      { error: { code: '' }, result },
      { error: { code: 5, message: 'x' }, result },
      { error: 'TEXT_ERROR', result },
      { error: 'expired_token', result },
      { error: 'QUERY_LIMIT_EXCEEDED', result },
      { error: 'OPERATION_TIME_LIMIT', result },
      { error: { code: 'ACCESS_DENIED' }, result: [] },
      { error: true },
      { error: {} },
      { error: '', error_description: 'Access denied.' },
    ];
    for (const body of odd) {
      for (const status of [200, 400, 503]) {
        it(`tells nothing: ${JSON.stringify(body)} with ${status} (trial 5.11)`, async () => {
          const { transport, call } = setUp(json(body, status));
          const { kind, code, phase } = await failureOf(call());
          assert.deepEqual([kind, code, phase], ['notJson', 'UNEXPECTED_ANSWER', 'noAnswer']);
          assert.equal(transport.requests.length, 1);
        });
      }
    }

    it('does not, where the result is only empty (trial 5.11)', async () => {
      const { call } = setUp(json({ error: 'ACCESS_ERROR', result: null }, 400));
      assert.equal((await failureOf(call())).code, 'ACCESS_ERROR');
    });
  });

  describe('words of the server', () => {
    const forged = 'X\u001b[31m\r\n[info] Signed in\u2028at\u200b \u202eevil';
    for (const [what, body] of [
      ['in a code', { error: forged, error_description: forged }],
      ['in REST v3', { error: { code: forged, message: forged } }],
      ['in a code that is none', { error: '', error_description: forged }],
    ] as const) {
      it(`stay on one line, without what a terminal obeys, ${what} (trial 6.7)`, async () => {
        const { call, log } = setUp(json(body, 400));
        const error = await failureOf(call());
        for (const text of [error.code, error.description ?? '', error.message, ...log]) {
          assert.doesNotMatch(text, /[\p{C}\u2028\u2029]/u);
        }
        assert.ok(error.code.length <= 100);
      });
    }

    it('that are very long take no time (trial 6.7)', async () => {
      const long = '\u001b \n'.repeat(2_000_000);
      const { call } = setUp(json({ error: `${long}X`, error_description: long }, 400));
      assert.equal((await failureOf(call())).code, 'UNEXPECTED_ANSWER');
    });
  });

  it('sends no half of a character, wherever it is (trial 2.5)', async () => {
    const { transport, client } = setUp(ok);
    const params = { FIND: 'a\ud83d', FILTER: { NAME: ['\ude00b', '😀'] } };
    await client.call('user.search', params, { schema: v.unknown() });
    assert.deepEqual(transport.bodies, [
      { FIND: 'a\ufffd', FILTER: { NAME: ['\ufffdb', '😀'] }, auth: 'access-1' },
    ]);
  });

  describe('an expired token', () => {
    for (const step of [expired, json({ error: 'EXPIRED_TOKEN' }, 403)]) {
      it(`is refreshed once and the call sent once more (HTTP ${(step as { status: number }).status})`, async () => {
        const { transport, tokens, call } = setUp(step, ok);
        assert.equal((await call()).result, true);
        assert.deepEqual(tokens.asked, ['refreshed access-1']);
        assert.deepEqual(
          transport.bodies.map((body) => body['auth']),
          ['access-1', 'access-2'],
        );
      });
    }

    it('that stays expired is told, not refreshed again', async () => {
      const { transport, tokens, call } = setUp(expired, expired);
      assert.equal((await failureOf(call())).code, 'expired_token');
      assert.equal(tokens.asked.length, 1);
      assert.equal(transport.requests.length, 2);
    });

    it('whose refresh is refused tells that refusal', async () => {
      const { transport, tokens, call } = setUp(expired);
      tokens.onRefresh = () =>
        Promise.reject(
          new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'invalid_grant' }),
        );
      const { code, phase } = await failureOf(call());
      assert.deepEqual({ code, phase }, { code: 'invalid_grant', phase: 'answered' });
      assert.equal(transport.requests.length, 1);
    });

    it('whose refresh gets no answer leaves the call not sent: the method never ran', async () => {
      const { tokens, call } = setUp(expired);
      tokens.onRefresh = () => Promise.reject(network({ kind: 'timeout', code: 'ANSWER_TIMEOUT' }));
      const { kind, phase, code } = await failureOf(call());
      assert.deepEqual(
        { kind, phase, code },
        { kind: 'timeout', phase: 'notSent', code: 'ANSWER_TIMEOUT' },
      );
    });

    it('follows the account to where the new tokens belong', async () => {
      const { transport, tokens, call } = setUp(expired, ok);
      tokens.onRefresh = () =>
        Promise.resolve({
          ...someTokens,
          accessToken: 'access-2',
          clientEndpoint: 'https://new.bitrix24.com/rest/',
        });
      await call();
      assert.equal(transport.urls[1], 'https://new.bitrix24.com/rest/some.method');
    });
  });

  for (const [what, ...steps] of [
    ['a pause after a 503', limit, limit, ok],
    ['a refused connection', network({ kind: 'refused', phase: 'notSent' }), ok],
    ['new tokens', expired, ok],
  ] as [string, ...Step[]][]) {
    it(`tells of a call that leaves again after ${what}, each time before and after (trials 5.3, 9.1)`, async () => {
      const { call, transport } = setUp(...steps);
      const told: string[] = [];
      const control: CallControl = {
        beforeLeaving: () => Promise.resolve(void told.push(`leaves ${transport.requests.length}`)),
        notCarriedOut: () => Promise.resolve(void told.push(`back ${transport.requests.length}`)),
      };
      await call(control).catch(() => undefined);
      const sent = transport.requests.length;
      assert.deepEqual(
        told.filter((line) => line.startsWith('leaves')),
        Array.from({ length: sent }, (_, place) => `leaves ${place}`),
      );
      assert.deepEqual(told[1], 'back 1');
      assert.equal(told.length, 2 * sent - (sent === steps.length ? 1 : 0));
    });

    it(`does not leave again after ${what} once it may not (trial 5.3)`, async () => {
      const { call, transport } = setUp(...steps);
      let times = 0;
      const beforeLeaving = () =>
        (times += 1) === 1
          ? Promise.resolve()
          : Promise.reject(network({ kind: 'invalid', phase: 'notSent', code: 'TAKEN_OVER' }));
      await assert.rejects(call({ beforeLeaving }), { phase: /notSent|answered/ });
      assert.equal(transport.requests.length, 1);
    });
  }

  it('passes on what the token source throws', async () => {
    const { tokens, call } = setUp();
    const locked = new Error('keyring locked');
    tokens.tokens = () => Promise.reject(locked);
    await assert.rejects(call(), locked);
  });

  describe('a refused connection', () => {
    const refused = network({ kind: 'refused', phase: 'notSent', code: 'ECONNREFUSED' });

    it('is tried once more', async () => {
      const { transport, clock, call } = setUp(refused, ok);
      assert.equal((await call()).result, true);
      assert.equal(transport.requests.length, 2);
      assert.deepEqual(clock.slept, [500]);
    });

    it('that stays refused is told', async () => {
      const { transport, call } = setUp(refused, refused);
      assert.equal((await failureOf(call())).phase, 'notSent');
      assert.equal(transport.requests.length, 2);
    });

    it('is not tried again by the proxy, nor when it is not certain', async () => {
      for (const fields of [
        { kind: 'proxy', phase: 'notSent' },
        { kind: 'refused', phase: 'noAnswer' },
      ] as const) {
        const { transport, call } = setUp(network(fields));
        await failureOf(call());
        assert.equal(transport.requests.length, 1);
      }
    });
  });

  describe('a renamed portal', () => {
    const renamed = (status = 302, location = 'https://new.bitrix24.com/rest/some.method') =>
      html(status, { location });
    const agreeing = (tokens: FakeTokens) => {
      tokens.onMoved = (clientEndpoint) => Promise.resolve({ ...tokens.current, clientEndpoint });
    };

    for (const status of [301, 302, 307, 308]) {
      it(`is followed by hand after the user's yes (${status})`, async () => {
        const { transport, tokens, call } = setUp(renamed(status), ok);
        agreeing(tokens);
        assert.equal((await call()).result, true);
        assert.deepEqual(tokens.asked, ['moved https://new.bitrix24.com/rest/']);
        assert.deepEqual(
          transport.requests.map(({ method, url }) => `${method} ${url.href}`),
          [
            'POST https://acme.bitrix24.com/rest/some.method',
            'POST https://new.bitrix24.com/rest/some.method',
          ],
        );
        assert.deepEqual(transport.bodies[1], { TEXT: 'canary-text', auth: 'access-1' });
      });
    }

    it('tells of a call before it goes to the new host (trials 5.3, 9.1)', async () => {
      const { tokens, call } = setUp(renamed(), ok);
      const told: string[] = [];
      tokens.onMoved = (clientEndpoint) => {
        told.push('asked');
        return Promise.resolve({ ...tokens.current, clientEndpoint });
      };
      await call({
        beforeLeaving: () => Promise.resolve(void told.push('leaves')),
        notCarriedOut: () => Promise.resolve(void told.push('back')),
      });
      assert.deepEqual(told, ['leaves', 'back', 'asked', 'leaves']);
    });

    it('gets no token without the yes', async () => {
      const { transport, call } = setUp(renamed());
      const { kind, phase, code } = await failureOf(call());
      assert.deepEqual(
        { kind, phase, code },
        { kind: 'redirect', phase: 'notSent', code: 'REDIRECT_NOT_AGREED' },
      );
      assert.equal(transport.requests.length, 1);
    });

    it('gets no token when the yes was to another site', async () => {
      const { transport, tokens, call } = setUp(renamed());
      tokens.onMoved = () => Promise.resolve(someTokens);
      assert.equal((await failureOf(call())).code, 'REDIRECT_NOT_AGREED');
      assert.equal(transport.requests.length, 1);
    });

    const endpoints: [location: string, endpoint: string][] = [
      ['https://new.bitrix24.com/', 'https://new.bitrix24.com/rest/'],
      ['https://new.bitrix24.com/auth/?backurl=/rest/x', 'https://new.bitrix24.com/rest/'],
      ['//new.bitrix24.com/rest/some.method', 'https://new.bitrix24.com/rest/'],
      ['https://new.example:8443/b24/rest/some.method?x=1', 'https://new.example:8443/b24/rest/'],
    ];
    for (const [location, endpoint] of endpoints) {
      it(`at ${location} has its REST at ${endpoint}`, async () => {
        const { transport, tokens, call } = setUp(renamed(302, location), ok);
        agreeing(tokens);
        await call();
        assert.deepEqual(tokens.asked, [`moved ${endpoint}`]);
        assert.equal(transport.urls[1], `${endpoint}some.method`);
      });
    }

    for (const location of [
      'http://new.bitrix24.com/rest/',
      'http://127.0.0.1:4000/rest/',
      'ftp://x.example/',
      'https://',
      undefined,
    ]) {
      it(`is not followed to ${location ?? 'nowhere'}`, async () => {
        const { transport, tokens, call } = setUp(
          html(302, location === undefined ? {} : { location }),
        );
        agreeing(tokens);
        assert.equal((await failureOf(call())).kind, 'redirect');
        assert.equal(transport.requests.length, 1);
        assert.deepEqual(tokens.asked, []);
      });
    }

    it('is followed one step only', async () => {
      const { transport, tokens, call } = setUp(
        renamed(),
        renamed(302, 'https://third.bitrix24.com/rest/'),
      );
      agreeing(tokens);
      assert.equal((await failureOf(call())).kind, 'redirect');
      assert.equal(transport.requests.length, 2);
    });

    it('that sends us back to the same place ends at once', async () => {
      const { transport, tokens, call } = setUp(renamed(302, '/auth/'));
      assert.equal((await failureOf(call())).code, 'REDIRECT_LOOP');
      assert.equal(transport.requests.length, 1);
      assert.deepEqual(tokens.asked, []);
    });

    it('with its REST elsewhere on the same host needs no yes', async () => {
      const { transport, tokens, call } = setUp(renamed(307, '/b24/rest/some.method'), ok);
      await call();
      assert.equal(transport.urls[1], 'https://acme.bitrix24.com/b24/rest/some.method');
      assert.deepEqual(tokens.asked, []);
    });

    it('stays followed when the token expires there, though the authorization server still names the old host', async () => {
      const { transport, tokens, call } = setUp(renamed(), expired, ok);
      agreeing(tokens);
      tokens.onRefresh = () => Promise.resolve({ ...someTokens, accessToken: 'access-2' });
      await call();
      assert.deepEqual(
        transport.urls.slice(1),
        Array(2).fill('https://new.bitrix24.com/rest/some.method'),
      );
    });
  });

  it('on the wire is heard out where that is asked for, else broken off', async () => {
    for (const hearOut of [true, false]) {
      const cancel = new AbortController();
      const { transport, call } = setUp(() => {
        cancel.abort();
        return ok;
      });
      assert.equal((await call({ signal: cancel.signal, hearOut })).result, true);
      assert.equal(transport.requests[0]?.signal, hearOut ? undefined : cancel.signal);
    }
  });

  describe('before every POST', () => {
    const refused = network({ kind: 'refused', phase: 'notSent', code: 'ECONNREFUSED' });
    const moved: Step = {
      ...html(302),
      headers: new Map([['location', 'https://acme.bitrix24.com/portal/rest/some.method']]),
    };
    const known = json({
      result: true,
      time: { duration: 0.1, operating: 1, operating_reset_at: 1_800_000_010 },
    });
    const again: [what: string, ...Step[]][] = [
      ['a pause after a full bucket', limit],
      ['a refused connection', refused],
      ['a renewed token', expired],
      ['a move', moved],
      ['each of them in a row', limit, refused, expired, moved, limit],
    ];
    for (const [what, ...steps] of again) {
      it(`after ${what} it is asked whether it may leave (trial 5.3)`, async () => {
        const { transport, call } = setUp(...steps, ok);
        const { told, hooks } = noting(transport);
        await call(hooks);
        assert.deepEqual(told, [
          'leaves 0',
          ...steps.flatMap((_, index) => [`back ${index + 1}`, `leaves ${index + 1}`]),
        ]);
      });

      it(`after ${what} it does not leave when that is refused (trial 5.3)`, async () => {
        const { transport, call } = setUp(...steps, ok);
        const error = new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code: 'TAKEN_OVER' });
        const beforeLeaving = () =>
          transport.requests.length === steps.length ? Promise.reject(error) : Promise.resolve();
        assert.equal(await failureOf(call({ beforeLeaving })), error);
        assert.equal(transport.requests.length, steps.length);
      });
    }

    it('after the operating time is counted anew it is asked too (trial 5.3)', async () => {
      const { transport, clock, call } = setUp(known, operation, ok);
      clock.time = 1_800_000_000_000;
      await call();
      const { told, hooks } = noting(transport);
      await call(hooks);
      assert.deepEqual(told, ['leaves 1', 'back 2', 'leaves 2']);
    });
  });

  it('tells a pause without asking the portal (trial 9.4)', async () => {
    const { transport, clock, client, call } = setUp(limit, ok);
    assert.equal(await client.pausedUntil('user.search'), 0);
    let until = 0;
    await call({
      notCarriedOut: async () => void (until = await client.pausedUntil('user.search')),
    });
    assert.ok(until > 0 && until <= clock.now() + 1_000);
    assert.equal(await client.pausedUntil('user.search'), 0);
    assert.equal(transport.requests.length, 2);
  });

  it('cancelled while it is recorded does not leave, though it would be heard out', async () => {
    const cancel = new AbortController();
    const { transport, call } = setUp(ok);
    const beforeLeaving = () => {
      cancel.abort();
      return Promise.resolve();
    };
    const error = await failureOf(call({ signal: cancel.signal, hearOut: true, beforeLeaving }));
    assert.deepEqual([error.kind, error.phase], ['cancelled', 'notSent']);
    assert.equal(transport.requests.length, 0);
  });

  it('cancelled before its token is renewed has none renewed', async () => {
    const cancel = new AbortController();
    const { transport, tokens, call } = setUp(expired);
    const notCarriedOut = () => {
      cancel.abort();
      return Promise.resolve();
    };
    const error = await failureOf(call({ signal: cancel.signal, hearOut: true, notCarriedOut }));
    assert.deepEqual([error.kind, error.phase], ['cancelled', 'notSent']);
    assert.deepEqual([tokens.asked, transport.requests.length], [[], 1]);
  });

  it('cancelled before the wire does not leave, whatever it waits for', async () => {
    const never = () => new Promise<never>(() => undefined);
    const waitsFor = {
      tokens: (tokens: FakeTokens) => (tokens.tokens = never),
      renewal: (tokens: FakeTokens) => (tokens.onRefresh = never),
    };
    for (const [what, keepWaiting] of Object.entries(waitsFor)) {
      const cancel = new AbortController();
      const { transport, tokens, call } = setUp(expired, ok);
      keepWaiting(tokens);
      const failure = failureOf(call({ signal: cancel.signal, hearOut: true }));
      await new Promise(setImmediate);
      const left = transport.requests.length;
      cancel.abort();
      const { kind, phase } = await failure;
      assert.deepEqual(
        [kind, phase, transport.requests.length],
        ['cancelled', 'notSent', left],
        what,
      );
    }
  });

  describe('a full bucket', () => {
    it('is waited out visibly, then the call is sent once', async () => {
      const { transport, clock, call } = setUp(limit, ok);
      const { waits, open, onWait } = collectWaits();
      const start = clock.time;
      assert.equal((await call({ onWait })).result, true);
      assert.deepEqual(waits, [{ until: start + 1000, code: 'QUERY_LIMIT_EXCEEDED' }]);
      assert.deepEqual(open, { wait: undefined });
      assert.deepEqual(clock.slept, [1000]);
      assert.equal(transport.requests.length, 2);
    });

    it('is given up after a minute of growing pauses', async () => {
      const { clock, call } = setUp(...Array.from({ length: 20 }, () => limit));
      const { code, phase } = await failureOf(call());
      assert.deepEqual({ code, phase }, { code: 'QUERY_LIMIT_EXCEEDED', phase: 'answered' });
      // At most five seconds at a stretch.
      assert.deepEqual(clock.slept.slice(0, 7), [1000, 2000, 4000, 5000, 3000, 5000, 3000]);
      assert.ok(clock.slept.reduce((sum, ms) => sum + ms, 0) <= 60_000);
    });

    it('can be left by cancelling, with nothing sent', async () => {
      const cancel = new AbortController();
      const { transport, call } = setUp(limit);
      const error = await failureOf(call({ signal: cancel.signal, onWait: () => cancel.abort() }));
      assert.deepEqual([error.kind, error.phase], ['cancelled', 'notSent']);
      assert.equal(transport.requests.length, 1);
    });

    it('is not suspected behind an HTML page with 503', async () => {
      const { transport, call } = setUp(html(503));
      assert.equal((await failureOf(call())).phase, 'noAnswer');
      assert.equal(transport.requests.length, 1);
    });
  });

  describe('the operating time limit', () => {
    const used = (resetAt: number) =>
      json({ result: true, time: { operating: 480, operating_reset_at: resetAt / 1000 } });

    it('is waited out until the time that an earlier answer named', async () => {
      const { transport, clock, call } = setUp(used(1_790_000_300_000), operation, ok);
      await call();
      const { waits, onWait } = collectWaits();
      assert.equal((await call({ onWait })).result, true);
      assert.deepEqual(waits, [{ until: 1_790_000_301_000, code: 'OPERATION_TIME_LIMIT' }]);
      assert.equal(clock.time, 1_790_000_301_000);
      assert.equal(transport.requests.length, 3);
    });

    it('is known from the last answer that named it', async () => {
      const { transport, clock, call } = setUp(used(1_790_000_300_000), ok, operation, ok);
      await call();
      await call();
      await call();
      assert.equal(clock.time, 1_790_000_301_000);
      assert.equal(transport.requests.length, 4);
    });

    it('is waited for by nobody who was refused for another reason', async () => {
      const denied = json({ error: 'ACCESS_ERROR' }, 400);
      const { transport, clock, call } = setUp(used(1_790_000_300_000), denied);
      await call();
      const error = await failureOf(call());
      assert.deepEqual([error.code, error.retryAt], ['ACCESS_ERROR', undefined]);
      assert.deepEqual([clock.slept, transport.requests.length], [[], 2]);
    });

    it('that lasts longer than it said is told with a time', async () => {
      const { call, clock } = setUp(used(1_790_000_300_000), operation, operation);
      await call();
      const error = await failureOf(call());
      assert.equal(error.code, 'OPERATION_TIME_LIMIT');
      assert.equal(error.retryAt, clock.time + 600_000);
    });

    it('without a known time is told at once, with the time at which it ends at the latest', async () => {
      const { clock, transport, call } = setUp(operation);
      const error = await failureOf(call());
      assert.deepEqual([error.phase, error.retryAt], ['answered', clock.time + 600_000]);
      assert.equal(transport.requests.length, 1);
    });

    it('of another method is no reason to wait', async () => {
      const { client, clock, call } = setUp(used(1_790_000_300_000), operation);
      await client.call('other.method', {}, { schema: v.literal(true) });
      await failureOf(call());
      assert.deepEqual(clock.slept, []);
    });
  });
});

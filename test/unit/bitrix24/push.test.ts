import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { statusOfError } from '../../../src/bitrix24/push';
import assert from 'node:assert/strict';
import { testClient } from '../../support/testClient';
import {
  addPush,
  addPushes,
  canTravelInBatch,
  checkPush,
  probePush,
} from '../../../src/bitrix24/push';
import type { PushRequest } from '../../../src/bitrix24/push';
import {
  failureOf,
  FakeClock,
  FakeTokens,
  json,
  ScriptedTransport,
  someTokens,
  type Step,
} from './support';

const good: PushRequest = { userIds: [1], text: 'Hi' };

describe('checkPush', () => {
  const cases: [what: string, changes: Partial<PushRequest>, codes: string[]][] = [
    ['a good push', {}, []],
    ['nobody', { userIds: [] }, ['NO_RECIPIENTS']],
    ['0', { userIds: [0] }, ['BAD_RECIPIENT']],
    ['a negative id', { userIds: [1, -5] }, ['BAD_RECIPIENT']],
    ['a fraction', { userIds: [1.5] }, ['BAD_RECIPIENT']],
    ['no number', { userIds: [Number.NaN] }, ['BAD_RECIPIENT']],
    ['infinity', { userIds: [Number.POSITIVE_INFINITY] }, ['BAD_RECIPIENT']],
    ['a number too large to be exact', { userIds: [2 ** 53] }, ['BAD_RECIPIENT']],
    ['the same wrong id twice', { userIds: [0, 0] }, ['BAD_RECIPIENT']],
    ['the same id twice', { userIds: [7, 7] }, []],
    ['no text', { text: '' }, ['TEXT_EMPTY']],
    ['blank text', { text: ' \n\t ' }, ['TEXT_EMPTY']],
    ['what PHP takes for nothing', { text: '0' }, ['TEXT_ZERO']],
    ['what looks like it', { text: '00' }, []],
    ['zero with a fraction', { text: '0.0' }, []],
    ['the word false', { text: 'false' }, []],
    ['an https avatar', { avatar: 'https://example.com/a.png' }, []],
    ['an http avatar', { avatar: ' http://example.com/a.png ' }, []],
    ['no avatar', { avatar: '  ' }, []],
    ['a relative avatar', { avatar: '/a.png' }, ['AVATAR_NOT_HTTP']],
    ['an avatar without scheme', { avatar: 'example.com/a.png' }, ['AVATAR_NOT_HTTP']],
    ['a data avatar', { avatar: 'data:image/png;base64,AA' }, ['AVATAR_NOT_HTTP']],
    ['a script', { avatar: 'javascript:alert(1)' }, ['AVATAR_NOT_HTTP']],
    ['an avatar without host', { avatar: 'https://' }, ['AVATAR_NOT_HTTP']],
    [
      'everything wrong',
      { userIds: [], text: '0', avatar: 'x' },
      ['NO_RECIPIENTS', 'TEXT_ZERO', 'AVATAR_NOT_HTTP'],
    ],
  ];
  for (const [what, changes, codes] of cases) {
    it(`${codes.length === 0 ? 'lets pass' : 'catches'} ${what}`, () => {
      assert.deepEqual(
        checkPush({ ...good, ...changes }).map((fault) => fault.code),
        codes,
      );
    });
  }
});

describe('addPush', () => {
  const send = (request: PushRequest, ...steps: Step[]) => {
    const transport = new ScriptedTransport(...steps);
    const client = testClient({
      transport,
      tokens: new FakeTokens(),
      clock: new FakeClock(),
    });
    return { transport, client, done: addPush(client, request) };
  };

  it('sends recipients as an array of different positive integers', async () => {
    const { transport, done } = send(
      { userIds: [3, 1, 3], text: 'Привет\n😀', avatar: ' HTTPS://Example.com/a b.png' },
      json({ result: true }),
    );
    await done;
    assert.deepEqual(transport.urls, ['https://acme.bitrix24.com/rest/pull.application.push.add']);
    assert.deepEqual(transport.bodies, [
      {
        USER_ID: [3, 1],
        TEXT: 'Привет\n😀',
        AVATAR: 'https://example.com/a%20b.png',
        auth: someTokens.accessToken,
      },
    ]);
  });

  it('repairs half a character, which PHP could not read', async () => {
    const { transport, done } = send({ userIds: [1], text: 'a\uD83D b😀' }, json({ result: true }));
    await done;
    assert.equal(transport.bodies[0]?.['TEXT'], 'a\uFFFD b😀');
  });

  it('sends nothing that has a fault', async () => {
    const { transport, done } = send({ ...good, text: '0' });
    const { kind, phase, code } = await failureOf(done);
    assert.deepEqual(
      { kind, phase, code },
      { kind: 'invalid', phase: 'notSent', code: 'TEXT_ZERO' },
    );
    assert.equal(transport.requests.length, 0);
  });

  for (const result of [false, null, 1, 'true', [], {}]) {
    it(`does not take ${JSON.stringify(result)} for accepted, nor for refused`, async () => {
      const { transport, done } = send(good, json({ result }));
      const { kind, phase } = await failureOf(done);
      assert.deepEqual({ kind, phase }, { kind: 'notJson', phase: 'noAnswer' });
      assert.equal(transport.requests.length, 1);
    });
  }

  it('can ask whether a push would be accepted, notifying nobody', async () => {
    const transport = new ScriptedTransport(
      json({ result: true }),
      json({ error: 'EMPTY_APP_NAME', error_description: 'x' }, 400),
    );
    const client = testClient({
      transport,
      tokens: new FakeTokens(),
      clock: new FakeClock(),
    });
    await probePush(client);
    assert.equal((await failureOf(probePush(client))).code, 'EMPTY_APP_NAME');
    for (const body of transport.bodies) {
      assert.equal(body['USER_ID'], 0);
      assert.ok(body['TEXT']);
    }
  });
});

describe('addPushes', () => {
  const requests: PushRequest[] = ['a', 'b', 'c', 'd'].map((text, index) => ({
    userIds: [index + 1, index + 1, 9],
    text,
    avatar: 'https://example.com/a.png',
  }));
  const send = (result: unknown, what = requests) => {
    const transport = new ScriptedTransport(json({ result }));
    const client = testClient({
      transport,
      tokens: new FakeTokens(),
      clock: new FakeClock(),
    });
    return { transport, fates: addPushes(client, what) };
  };

  it('sends people as JSON text, of which PHP takes any length', async () => {
    const { transport, fates } = send({ result: { c0: true, c1: true, c2: true, c3: true } });
    assert.deepEqual(
      (await fates).map(({ kind }) => kind),
      ['accepted', 'accepted', 'accepted', 'accepted'],
    );
    const { cmd } = transport.bodies[0] as { cmd: Record<string, string> };
    assert.equal(
      decodeURIComponent(cmd['c1'] ?? ''),
      'pull.application.push.add?USER_ID=[2,9]&TEXT=b&AVATAR=https://example.com/a.png',
    );
  });

  it('tells the fate of each; what broke inside the server may have been accepted', async () => {
    const { fates } = send({
      result: { c0: true, c3: 'yes' },
      result_error: {
        c1: { error: 'ACCESS_ERROR', error_description: 'no' },
        c2: { error: 'INTERNAL_SERVER_ERROR', error_description: '' },
      },
    });
    assert.deepEqual(
      (await fates).map((fate) =>
        fate.kind === 'accepted' ? fate.kind : [fate.kind, fate.error.code],
      ),
      [
        'accepted',
        ['refused', 'ACCESS_ERROR'],
        ['unknown', 'INTERNAL_SERVER_ERROR'],
        ['unknown', 'UNEXPECTED_ANSWER'],
      ],
    );
  });

  it('knows that what the operating time limit turned away was not sent, and until when', async () => {
    const c1 = { error: 'OPERATION_TIME_LIMIT' };
    const { fates } = send({ result: { c0: true, c2: true, c3: true }, result_error: { c1 } });
    const fate = (await fates)[1];
    assert.ok(fate?.kind === 'notSent');
    assert.deepEqual(
      [fate.error.phase, fate.error.retryAt],
      ['notSent', new FakeClock().now() + 600_000],
    );
  });

  it('takes empty lists for empty maps, and what is not named for unknown', async () => {
    const { fates } = send({ result: [], result_error: [] });
    assert.deepEqual(
      (await fates).map(({ kind }) => kind),
      ['unknown', 'unknown', 'unknown', 'unknown'],
    );
  });

  for (const [what, wrong, code] of [
    ['a faulty push among them', [...requests, { userIds: [1], text: '0' }], 'TEXT_ZERO'],
    [
      'a text that a batch garbles',
      [...requests, { userIds: [1], text: '$result[c0]' }],
      'NOT_FOR_BATCH',
    ],
    ['too many', Array.from({ length: 51 }, () => requests[0]!), 'NOT_FOR_BATCH'],
  ] as const) {
    it(`sends none of them with ${what}`, async () => {
      const { transport, fates } = send({}, [...wrong]);
      const failure = await failureOf(fates);
      assert.deepEqual([failure.code, failure.phase], [code, 'notSent']);
      assert.equal(transport.requests.length, 0);
    });
  }

  it('looks for references in a time that grows with the text', () => {
    assert.equal(canTravelInBatch('$result'.repeat(100_000)), true);
    assert.equal(canTravelInBatch(`${'$result'.repeat(100_000)}[`), false);
  });

  it('knows what Bitrix24 would take for a reference', () => {
    for (const text of ['$result[c0]', 'a $TOTAL[c0][x]', '$next-x[1]', '$time[a]', '$error[b]']) {
      assert.equal(canTravelInBatch(text), false, text);
      assert.equal(canTravelInBatch('x', text), false, text);
    }
    for (const text of ['$result', '$results are in', '$100 [off]', '$time [x]', 'result[c0]']) {
      assert.equal(canTravelInBatch(text), true, text);
    }
  });
});

describe('the status of a push', () => {
  const send = async (answer: Step) => {
    const transport = new ScriptedTransport(answer);
    const client = testClient({ transport, tokens: new FakeTokens(), clock: new FakeClock() });
    return statusOfError(await failureOf(addPush(client, { userIds: [1], text: 'Hi' })));
  };

  it('is not sent, never refused, when the request as a whole met OPERATION_TIME_LIMIT', async () => {
    const { kind, error } = await send(json({ error: 'OPERATION_TIME_LIMIT' }, 429));
    assert.deepEqual([kind, error.phase], ['notSent', 'notSent']);
    assert.equal(error.retryAt, new FakeClock().time + 600_000);
  });

  // docs/bitrix24.md, sections 2 and 5: what is decided before a push is queued.
  const documented = ['TEXT_ERROR', 'EMPTY_APP_NAME', 'ACCESS_ERROR', 'WRONG_AUTH_TYPE'];
  const transportal = ['insufficient_scope', 'NO_AUTH_FOUND', 'ACCESS_DENIED', 'PORTAL_DELETED'];
  const deadTokens = ['invalid_token', 'APPLICATION_NOT_FOUND', 'PAYMENT_REQUIRED', 'ERROR_OAUTH'];
  for (const error of [...documented, ...transportal, ...deadTokens, 'text_error']) {
    for (const status of [200, 400, 408, 500, 502, 503, 504]) {
      it(`is refused by ${error} with ${status} (trial 5.10)`, async () => {
        assert.equal((await send(json({ error }, status))).kind, 'refused');
      });
    }
  }
  for (const error of ['INTERNAL_SERVER_ERROR', 'ERROR_CORE', 'SOMETHING_ELSE', 'TEXT_ERROR_2']) {
    for (const status of [500, 502, 503, 504]) {
      it(`is unknown after ${error} with ${status} (trial 5.10)`, async () => {
        assert.equal((await send(json({ error }, status))).kind, 'unknown');
      });
    }
  }

  for (const [answer, kind] of [
    [json({ error: 'ACCESS_ERROR' }, 400), 'refused'],
    [json({ error: 'INTERNAL_SERVER_ERROR' }, 500), 'unknown'],
    [json({ error: 'ERROR_CORE' }, 400), 'unknown'],
    [json({ result: false }), 'unknown'],
    [new Bitrix24Error({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' }), 'notSent'],
  ] as const) {
    const what = answer instanceof Bitrix24Error ? answer.code : answer.body;
    it(`is ${kind} after ${what}`, async () => {
      assert.equal((await send(answer)).kind, kind);
    });
  }
});

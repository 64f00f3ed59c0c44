import assert from 'node:assert/strict';
import { differences, type Tolerance } from '../../verify/compare';
import type { Seen, SeenAnswer } from '../../verify/redactor';

const answer = (body: Seen, status = 200, headers: Record<string, string> = {}): SeenAnswer => ({
  ...{ status, headers: { 'content-type': 'application/json', ...headers } },
  ...{ kind: 'json', body },
});

/** The sentences about two bodies, each with its kind. */
function compared(portal: Seen, sandbox: Seen, tolerance?: Tolerance): string[] {
  const found = differences(answer(portal), answer(sandbox), tolerance);
  return found.map(({ what, sentence }) => `${what} ${sentence}`);
}

describe('verify-portal: comparison', () => {
  const alike: readonly (readonly [why: string, portal: Seen, sandbox: Seen])[] = [
    ['other numbers', { total: 7 }, { total: 60 }],
    ['other kinds of text', { NAME: '<text>' }, { NAME: '<e-mail>' }],
    ['an empty text', { NAME: '' }, { NAME: '<text>' }],
    ['an empty text for a date', { BIRTHDAY: '<day>' }, { BIRTHDAY: '' }],
    ['other numbers of tokens', { token: '<hex 70 no. 3>' }, { token: '<hex 70 no. 9>' }],
    ['another id', { ID: '<id 1>' }, { ID: '<id 5>' }],
    ['lists of codes in another order', { result: ['im', 'pull'] }, { result: ['pull', 'im'] }],
    ['an empty list', { result: [] }, { result: [{ ID: '<number>' }] }],
    ['true and false within a list', { result: [{ A: true }] }, { result: [{ A: false }] }],
    ['one of several types', { idle: { '<either>': [false, '<date>'] } }, { idle: false }],
    ['fields of a company', { UF_CUSTOM_1: '<text>' }, {}],
  ];
  for (const [why, portal, sandbox] of alike) {
    it(`finds no difference in ${why}`, () => {
      assert.deepEqual(compared(portal, sandbox), []);
      assert.deepEqual(compared(sandbox, why.startsWith('fields') ? sandbox : portal), []);
    });
  }

  const unlike: readonly (readonly [what: string, portal: Seen, sandbox: Seen, string])[] = [
    [
      'a type',
      { ID: 1 },
      { ID: '<id 1>' },
      'shape ID: a number from the portal, text from the sandbox',
    ],
    [
      'a result',
      { result: true },
      { result: false },
      'shape result: true from the portal, false from the sandbox',
    ],
    [
      'a list for an object',
      { r: [] },
      { r: {} },
      'shape r: an empty list from the portal, an object from the sandbox',
    ],
    [
      'null',
      { DAYS: null },
      { DAYS: 0 },
      'shape DAYS: null from the portal, a number from the sandbox',
    ],
    [
      'a lifetime',
      { expires_in: 1800 },
      { expires_in: 3600 },
      'shape expires_in: the number 1800 from the portal, the number 3600 from the sandbox',
    ],
    [
      'the length of a token',
      { t: '<hex 68 no. 1>' },
      { t: '<hex 70 no. 1>' },
      'shape t: <hex 68> from the portal, <hex 70> from the sandbox',
    ],
    [
      'the format of a date',
      { d: '<date>' },
      { d: '<date without zone>' },
      'shape d: <date> from the portal, <date without zone> from the sandbox',
    ],
    [
      'a kept letter',
      { status: 'L' },
      { status: 'F' },
      'shape status: L from the portal, F from the sandbox',
    ],
    [
      'an error code',
      { error: 'A' },
      { error: 'B' },
      'code error: A from the portal, B from the sandbox',
    ],
    [
      'the case of a code',
      { error: 'expired_token' },
      { error: 'EXPIRED_TOKEN' },
      'code error: expired_token from the portal, EXPIRED_TOKEN from the sandbox',
    ],
    [
      'an error text',
      { error: 'A', error_description: 'No.' },
      { error: 'A', error_description: 'No' },
      'text error_description: No. from the portal, No from the sandbox',
    ],
    [
      'a code in a batch',
      { e: { x: { error: 'A' } } },
      { e: { x: { error: 'B' } } },
      'code e.x.error: A from the portal, B from the sandbox',
    ],
    [
      'a refusal',
      { error: 'A' },
      { result: true },
      'code members: error from the portal, result from the sandbox',
    ],
    [
      'members of rows',
      { r: [{ A: 0, B: 0 }] },
      { r: [{ A: 0, C: 0 }] },
      'shape members of r[]: B from the portal, C from the sandbox',
    ],
    [
      'a code in a list',
      { r: ['im'] },
      { r: ['im', 'pull'] },
      'shape r: im from the portal, im, pull from the sandbox',
    ],
  ];
  for (const [what, portal, sandbox, sentence] of unlike) {
    it(`names a difference in ${what}`, () => {
      assert.deepEqual(compared(portal, sandbox), [sentence]);
    });
  }

  it('names status, media type and kind of body', () => {
    const html: SeenAnswer = {
      ...{ status: 502, headers: { 'content-type': 'text/html' }, kind: 'html' },
    };
    assert.deepEqual(
      differences(html, answer({})).map(({ sentence }) => sentence),
      [
        'status: 502 from the portal, 200 from the sandbox',
        'body: html from the portal, json from the sandbox',
        'content-type: text/html from the portal, application/json from the sandbox',
      ],
    );
    const charset = answer({}, 200, { 'content-type': 'application/json; charset=utf-8' });
    assert.deepEqual(differences(charset, answer({})), []);
  });

  it('looks at other headers only where a step asks for them', () => {
    const cached = answer({}, 200, { 'cache-control': 'no-store' });
    assert.deepEqual(differences(cached, answer({})), []);
    const [found] = differences(cached, answer({}), { headers: ['cache-control'] });
    assert.equal(found?.sentence, 'cache-control: no-store from the portal, none from the sandbox');
  });

  it('lets the portal leave out what a step allows it to, and the sandbox nothing', () => {
    const tolerance = { optional: /^B$/ };
    assert.deepEqual(compared({ A: 0 }, { A: 0, B: 0 }, tolerance), []);
    assert.equal(compared({ A: 0, B: 0 }, { A: 0 }, tolerance).length, 1);
    assert.deepEqual(compared({ A: 0, t: 0 }, { A: 0 }, { ignored: /^t$/ }), []);
  });

  it('compares what the browser brought back by name and order', () => {
    const arrival = (...params: Seen[]): SeenAnswer => ({
      ...{ status: null, headers: {}, kind: 'arrival', body: params },
    });
    const one = arrival(['code', '<hex 70 no. 1>'], ['state', '<state>']);
    const other = arrival(['state', '<state>'], ['code', '<text>']);
    assert.deepEqual(
      differences(one, other).map(({ sentence }) => sentence),
      [
        'parameters: code, state from the portal, state, code from the sandbox',
        'code: <hex 70> from the portal, text from the sandbox',
      ],
    );
  });
});

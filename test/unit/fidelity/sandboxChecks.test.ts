import assert from 'node:assert/strict';
import { checksIn } from '../../fidelity/sandboxChecks';

/** The names of the checks in a file, without the file. */
function checks(text: string, others: Record<string, string> = {}): string[] {
  const files = new Map(Object.entries({ ...others, 'a.ts': text }));
  return checksIn(files).flatMap(({ name }) => (name.startsWith('a.ts: ') ? name.slice(6) : []));
}

const refusalClass = `
  export class Refusal extends Error {
    constructor(code: string, description: string, status = 400) { super(description); }
  }`;

describe('checks in the code of the sandbox', () => {
  it('are the errors that it throws, with status, code and text', () => {
    const others = { 'refusal.ts': refusalClass };
    const text = `
      const WORDS = 'Wrong data of the';
      if (a) throw new Refusal('NO_AUTH', \`\${WORDS} caller\`, 401);
      if (b) throw new Refusal('EMPTY', "It can't be empty");
      throw new Refusal('UNKNOWN', \`There is no \${name}.\`, documented ? 403 : 401);`;
    assert.deepEqual(checks(text, others), [
      '401 | NO_AUTH | Wrong data of the caller',
      "400 | EMPTY | It can't be empty",
      '{documented ? 403 : 401} | UNKNOWN | There is no ….',
    ]);
  });

  it('follow errors to the classes that they extend, and count equal ones', () => {
    const others = {
      'refusal.ts': refusalClass,
      'more.ts': 'export class Sub extends Refusal {} export class Plain extends Error {}',
    };
    assert.deepEqual(
      checks(
        `throw new Plain('A list'); throw new Sub('x is wrong'); throw new Plain('A list');`,
        others,
      ),
      ['A list ×2', 'x is wrong'],
    );
    assert.deepEqual(checks(`throw new Error('not of the sandbox');`), []);
  });

  it('are the answers of functions that take a code, with both texts of a condition', () => {
    const text = `
      const refuse = (error: string, description: string, status: number) => ({
        reply: jsonReply({ error, error_description: description }, status), error,
      });
      refuse('GONE', isCode ? 'The code is gone.' : 'The token is gone.', 410);`;
    assert.deepEqual(checks(text), [
      '410 | GONE | The code is gone.',
      '410 | GONE | The token is gone.',
    ]);
  });

  it('are objects with a written error, and the default of one that is taken out of an object', () => {
    const others = { 'http.ts': 'export function jsonReply(body: Json, status = 200) {}' };
    const text = `
      jsonReply({ error: { code: 'V3', message: 'It was not found.' } }, 404);
      const { error = 'SERVER_ERROR', description = '' } = fault;
      send({ error, error_description: description });`;
    assert.deepEqual(checks(text, others), ['404 | V3 | It was not found.', 'SERVER_ERROR']);
  });

  it('show a code that is known only when the program runs', () => {
    const others = { 'refusal.ts': refusalClass };
    assert.deepEqual(checks(`throw new Refusal(codeOf(caller), 'No.');`, others), [
      '400 | {codeOf(caller)} | No.',
    ]);
  });

  it('are not the lines of the log, and not what passes a refusal on', () => {
    const text = `
      class Oops extends Error { body() { return { error: this.code, error_description: this.message }; } }
      const done = { reply, error: oops.code, note: '' };
      const none = { error: null, note: '' };`;
    assert.deepEqual(checks(text), []);
  });

  it('are statuses from 300 on', () => {
    const others = { 'http.ts': 'export function htmlReply(body: string, status = 200) {}' };
    const text = `
      htmlReply(page, 404); htmlReply(page); htmlReply(page, 200);
      function redirect(to: string, status = 302) {}`;
    assert.deepEqual(checks(text, others), ['status 404', 'status 302']);
  });

  it('are numbers with a name, calculated, also within an object', () => {
    const text = `
      const MINUTE = 60_000;
      const LIFETIME: Table = { code: 30, refresh: 180 * 24 * 3600 };
      const STATUSES = { 'PLAN 401': 403 };
      const DAY_MS = 24 * 60 * MINUTE;
      const NAMES = ['a'];
      function f() { const LOCAL = 3; }`;
    assert.deepEqual(checks(text), [
      'MINUTE = 60000',
      'LIFETIME.code = 30',
      'LIFETIME.refresh = 15552000',
      'STATUSES[PLAN 401] = 403',
      'DAY_MS = 86400000',
    ]);
  });

  it('are limits without a name', () => {
    const text = `
      if (text.length < 2 || port > 65_535 || left > 0 || left >= 1) {}
      const limit = new RateLimit(50, 2, now);
      const met = new Uint8Array(12);
      const Name = v.pipe(v.string(), v.maxLength(1000), v.minValue(0));`;
    assert.deepEqual(checks(text), [
      'compares: < 2',
      'compares: > 65535',
      'new RateLimit(50, 2)',
      'maxLength 1000',
    ]);
  });

  it('are methods with their scopes', () => {
    const text = `
      const SCOPES = ['user', 'user_basic'];
      export const table = {
        'user.get': { scopes: SCOPES, run: get },
        profile: { scopes: null, run: (call) => answer(call) },
        'im.user.get': { scopes: ['im'], run },
        other: { scopes: ['im'] },
      };`;
    assert.deepEqual(checks(text), [
      'method user.get (user, user_basic)',
      'method profile (no scope)',
      'method im.user.get (im)',
    ]);
  });

  it('are sentences that say what is wrong, and reasons for which nothing arrives', () => {
    const text = `
      function save(): string | null { return title === '' ? 'The title is empty.' : null; }
      function name(): string { return 'Not a problem'; }
      interface Drop { id: number; reason: 'unknown' | 'pushOff' }`;
    assert.deepEqual(checks(text), ['The title is empty.', 'reason unknown', 'reason pushOff']);
  });

  it('name their first place', () => {
    assert.deepEqual(checksIn(new Map([['b.ts', '\nconst MOST = 3;']])), [
      { name: 'b.ts: MOST = 3', place: 'b.ts:2' },
    ]);
  });
});

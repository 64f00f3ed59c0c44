import assert from 'node:assert/strict';
import { redactingLog } from '../../../src/common/redactingLog';
import { silentLog } from '../../support/silentLog';

const token = '5f1c'.repeat(17) + 'ab';
const key = 'aZ09'.repeat(12) + 'xy';

/** The message as it is logged. */
function redacted(message: string): string {
  let logged = '';
  redactingLog({ ...silentLog, info: (text) => (logged = text) }).info(message);
  return logged;
}

describe('the log', () => {
  const struck: [name: string, line: string][] = [
    ['a token alone', `refused ${token}`],
    ['a key alone', `refused ${key}.`],
    ['an address', 'GET https://oauth.bitrix.info/oauth/token/?code=canary&client_secret=canary'],
    ['the way back', 'http://localhost:24042/bitrix24-push?state=canary&code=canary'],
    ['JSON', '{"access_token":"canary","refresh_token": "canary"}'],
    ['JSON within JSON', '"{\\"auth\\":\\"canary\\"}"'],
    ['fields of ours', '{ accessToken: "canary", clientSecret: "canary" }'],
    ['a header', 'Authorization: Bearer canary'],
    ['a webhook', 'https://acme.bitrix24.com/rest/1/canary/profile.json'],
    ['a webhook of REST 3 (trial 4.1)', 'https://acme.bitrix24.com/rest/api/1/canary/profile.json'],
    [
      'a webhook within an address',
      'GET /go?to=https%3A%2F%2Fa.bitrix24.ru%2Frest%2F1%2Fcanary0canary0%2F',
    ],
    [
      'an id of a session',
      'GET https://acme.bitrix24.ru/?AUTH_ID=canary&APP_SID=canary&sessid=canary',
    ],
    ['fields of an event', 'auth[access_token]=canary&auth[application_token]=canary'],
    ['a proxy', 'connect http://user:canary@proxy.example:3128 failed'],
    [
      'what a parser quotes',
      'Unexpected SyntaxError: Unexpected token c, "canary text" is not valid JSON',
    ],
  ];
  for (const [name, line] of struck) {
    it(`strikes ${name}`, () => {
      const clean = redacted(line);
      assert.ok(!/canary/.test(clean) && !clean.includes(token) && !clean.includes(key), clean);
    });
  }

  it('leaves alone what helps', () => {
    for (const line of [
      'Push (palette) to acme.bitrix24.com: accepted, 3 people, 1 texts, 1 requests',
      'pull.application.push.add at acme.bitrix24.com: reset ECONNRESET (noAnswer), 14002 ms',
      'A file with drafts could not be understood and was set aside as 0123456789abcdef0123456789abcdef.json.1790000000000.damaged.',
      'Sign-in listener refused a request: the state of another sign-in.',
      '    at PortalClient.call (/home/anna/.vscode/extensions/bitrix24-push-0.1.0/dist/extension.js:12:345)',
      'EMPTY_APP_NAME: kind server, phase answered, HTTP 400, acme.bitrix24.com',
    ]) {
      assert.equal(redacted(line), line);
    }
  });

  for (const [name, message] of [
    ['a line break', 'X: kind server\n2026-11-27 10:00:00.000 [info] Push: accepted'],
    ['a carriage return', 'X\r2026-11-27 10:00:00.000 [info] Push: accepted'],
    ['an escape', '\u001b[2K\u001b[1A[info] Push: accepted'],
    ['another line separator', 'a\u2028b\u2029c\u0085d\u000be\u000cf'],
    ['a change of direction', 'a\u202edetpecca\u2066b'],
    ['invisible signs', 'a\u200bb\u00adc\ufeffd\u{e0041}e'],
    ['half a character', 'a\ud83db'],
    ['what is no frame of a stack', 'X\n    at the portal: [info] accepted'],
  ] as const) {
    it(`keeps a server's ${name} on one line and visible (trial 6.7)`, () => {
      const lines: string[] = [];
      const keep = (line: string) => void lines.push(line);
      redactingLog({ debug: keep, info: keep, warn: keep, error: keep }).info(message);
      assert.equal(lines.length, 1);
      assert.doesNotMatch(lines[0]!, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      assert.match(lines[0]!, /\\u\{[0-9a-f]+\}/);
    });
  }

  it('keeps the frames of a stack as lines', () => {
    const lines: string[] = [];
    const keep = (line: string) => void lines.push(line);
    const { stack = '' } = new Error('canary');
    redactingLog({ debug: keep, info: keep, warn: keep, error: keep }).error(
      `Unexpected: ${stack}`,
    );
    assert.equal(lines[0]!.split('\n').length, stack.split('\n').length, lines[0]);
  });

  it('passes every level on', () => {
    const lines: string[] = [];
    const keep = (level: string) => (line: string) => void lines.push(`${level} ${line}`);
    const log = redactingLog({
      debug: keep('debug'),
      info: keep('info'),
      warn: keep('warn'),
      error: keep('error'),
    });
    log.debug('code=a');
    log.info('code=a');
    log.warn('code=a');
    log.error('code=a');
    assert.deepEqual(lines, ['debug code=***', 'info code=***', 'warn code=***', 'error code=***']);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import { asCode } from '../../../src/history/asCode';
import type { CodePush } from '../../../src/history/asCode';

const push: CodePush = {
  portal: 'https://acme.bitrix24.com',
  ids: [3, 5],
  text: `It's "done" \\ $HOME \`id\` !\n\u{1f680} \u2028 <?php ?>`,
  avatar: '',
};
const body = { auth: 'ACCESS_TOKEN', USER_ID: [3, 5], TEXT: push.text };
const url = 'https://acme.bitrix24.com/rest/pull.application.push.add';

describe('a push as code', () => {
  it('is a line for curl that a shell reads as it was meant', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const script = `curl() { printf '%s\\0' "$@"; }\n${asCode('curl', push)}`;
    const seen = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0');
    assert.deepEqual(seen.slice(0, -1), [
      ...[url, '-H', 'Content-Type: application/json', '--data-raw'],
      JSON.stringify(body),
    ]);
  });

  it('is JavaScript that sends the same', async () => {
    const calls: unknown[][] = [];
    const fetch = (...args: unknown[]) => {
      calls.push(args);
      return { json: () => ({ result: true }) };
    };
    const code = asCode('javascript', push);
    await (runInNewContext(`(async () => {${code}})()`, {
      fetch,
      console: { log() {} },
      JSON,
    }) as Promise<void>);
    const [[asked, init]] = calls as [[string, { method: string; body: string }]];
    assert.equal(asked, url);
    assert.equal(init.method, 'POST');
    assert.deepEqual(JSON.parse(init.body), body);
  });

  it('is PHP with its two escapes, and the avatar where there is one', () => {
    const code = asCode('php', { ...push, text: `a'b\\c$d`, avatar: 'https://a.example/x.png' });
    assert.ok(code.includes(`'TEXT' => 'a\\'b\\\\c$d',`), code);
    assert.ok(code.includes(`'USER_ID' => [3, 5],`));
    assert.ok(code.includes(`'AVATAR' => 'https://a.example/x.png',`));
    assert.ok(!asCode('php', push).includes('AVATAR'));
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import { asCode } from '../../../src/history/asCode';
import type { CodePush } from '../../../src/history/asCode';

const text = `It's “done” ‘so’ "here" \\ $HOME \`id\` !\n\u{1f680} \u2028 <?php ?>`;
const push: CodePush = {
  portal: 'https://acme.bitrix24.com',
  requests: [[{ ids: [3, 5], text }]],
  avatar: '',
};
const bell = { via: 'notification', avatar: 'https://a.example/x.png' } as const;
const body = { auth: 'ACCESS_TOKEN', USER_ID: [3, 5], TEXT: text };
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
      return Promise.resolve({ json: () => ({ result: true }) });
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

  it('is a notification where it was one: one person a call, and no picture', () => {
    const one = asCode('javascript', { ...push, requests: [[{ ids: [3], text: 'Hi' }]], ...bell });
    assert.ok(one.includes('/rest/im.notify.personal.add"'), one);
    assert.ok(one.includes('"USER_ID": 3') && one.includes('"MESSAGE": "Hi"'), one);
    const two = [3, 5].map((id) => ({ ids: [id], text: 'Hi' }));
    const many = asCode('curl', { ...push, requests: [two], ...bell });
    assert.ok(many.includes('im.notify.personal.add?USER_ID=5&MESSAGE=Hi"'), many);
    assert.ok(!(one + many).includes('AVATAR'));
  });

  it('is PHP with its two escapes, and the avatar where there is one', () => {
    const code = asCode('php', {
      ...push,
      requests: [[{ ids: [3, 5], text: `a'b\\c$d` }]],
      avatar: 'https://a.example/x.png',
    });
    assert.ok(code.includes(`'TEXT' => 'a\\'b\\\\c$d',`), code);
    assert.ok(code.includes(`'USER_ID' => [3, 5],`));
    assert.ok(code.includes(`'AVATAR' => 'https://a.example/x.png',`));
    assert.ok(!asCode('php', push).includes('AVATAR'));
  });

  it('is a command of PowerShell, whose quotes are doubled, typographic ones too (trial 6.8)', () => {
    const code = asCode('powershell', push);
    const [, written = ''] = /^\$body = '([^\n]*)'$/mu.exec(code) ?? [];
    const read = written.replace(/(['\u2018-\u201b])\1/gu, '$1');
    assert.deepEqual(JSON.parse(read), body);
    assert.doesNotMatch(written.replace(/(['\u2018-\u201b])\1/gu, ''), /['\u2018-\u201b]/u);
    assert.ok(code.includes(`-Uri '${url}'`) && code.includes('charset=utf-8'), code);
  });

  describe('of which each person got a text of their own (trial 6.9)', () => {
    const personal: CodePush = {
      ...push,
      requests: [
        [
          { ids: [3], text: 'Привет, Анна & Co!' },
          { ids: [5, 7], text: `It's 100%` },
        ],
        [{ ids: [9], text: 'alone' }],
      ],
      avatar: 'https://a.example/x.png',
    };
    const cmd = [
      ['[3]', 'Привет, Анна & Co!'],
      ['[5,7]', `It's 100%`],
    ];
    /** What a server reads of the commands of a batch. */
    const read = (commands: unknown) =>
      Object.values(commands as Record<string, string>).map((command) => {
        const [method, query] = command.split('?');
        assert.equal(method, 'pull.application.push.add');
        const parameters = new URLSearchParams(query);
        assert.equal(parameters.get('AVATAR'), personal.avatar);
        return [parameters.get('USER_ID'), parameters.get('TEXT')];
      });

    it('is the batch that was sent, and a call for what travelled alone', async () => {
      const calls: [string, { body: string }][] = [];
      const fetch = (...args: [string, { body: string }]) => {
        calls.push(args);
        return Promise.resolve({ json: () => ({ result: true }) });
      };
      await (runInNewContext(`(async () => {${asCode('javascript', personal)}})()`, {
        ...{ fetch, console: { log() {} }, JSON },
      }) as Promise<void>);
      const [batch, single] = calls.map(([to, init]) => ({
        to,
        sent: JSON.parse(init.body) as Record<string, unknown>,
      }));
      assert.equal(batch?.to, 'https://acme.bitrix24.com/rest/batch');
      assert.deepEqual(read(batch.sent['cmd']), cmd);
      assert.deepEqual([single?.to, single?.sent['TEXT']], [url, 'alone']);
    });

    it('is so for curl and PowerShell, too', () => {
      for (const language of ['curl', 'powershell'] as const) {
        const code = asCode(language, personal);
        const [, json = ''] = /'(\{"auth".*"halt".*\})'/u.exec(code) ?? [];
        const { cmd: commands } = JSON.parse(
          json.replaceAll(`'\\''`, `'`).replaceAll(`''`, `'`),
        ) as { cmd: unknown };
        assert.deepEqual(read(commands), cmd);
      }
      assert.ok(asCode('php', personal).includes(`'push1' => 'pull.application.push.add?`));
    });
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, askTool } from '../../../src/b24push/connect';
import { longestLine, parseAnswer } from '../../../src/b24push/protocol';
import { formatRecord, parseRecord } from '../../../src/b24push/windowRecords';
import type { Log } from '../../../src/common/log';
import { thisProcess } from '../../../src/common/processIdentity';
import { answerOf } from '../../../src/program/programServer';
import { newSocketAddress } from '../../../src/program/windowRegistry';
import { testWindows } from '../../support/b24pushProgram';
import type { TestWindow } from '../../support/callableWindow';
import { silentLog } from '../../support/silentLog';
import { until } from '../../support/until';

describe('a window that b24push can call', function () {
  this.timeout(30_000);
  const { root, home, openWindow } = testWindows();
  const env = () => ({ B24PUSH_HOME: home() });
  const hook = { kind: 'hook', agent: 'x', payload: '{}' } as const;

  /** What stands in the folder of windows. */
  const records = async () => await readdir(path.join(home(), 'windows'));
  const recordOf = async (window: TestWindow) => {
    for (const name of await records()) {
      const record = parseRecord(await readFile(path.join(home(), 'windows', name), 'utf8'));
      if (record?.socket === window.address) {
        return record;
      }
    }
    return assert.fail('the window has not registered');
  };

  /** Sends this as it is, and returns what comes back until the window closes the connection. */
  const raw = async (address: string, text: string): Promise<string> => {
    const socket = net.connect(address);
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    socket.on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    return received;
  };

  it('is registered with its token, for its user alone, until it is closed', async () => {
    const window = await openWindow({ workspaceFolders: ['/shop'], focusedAt: 7 });
    const record = await recordOf(window);
    assert.deepEqual(record, {
      ...{ process: thisProcess(), socket: window.address, token: record.token },
      ...{ folders: ['/shop'], focusedAt: 7 },
    });
    assert.match(record.token, /^[\da-f]{64}$/);
    const [name = ''] = await records();
    const mode = async (...parts: string[]) => (await stat(path.join(...parts))).mode & 0o777;
    assert.equal(await mode(home()), 0o700);
    assert.equal(await mode(home(), 'windows'), 0o700);
    assert.equal(await mode(home(), 'windows', name), 0o600);
    assert.equal(await mode(home(), 'bin', 'b24push'), 0o700);
    assert.equal(await mode(window.address), 0o600);
    assert.equal(await mode(path.dirname(window.address)), 0o700);
    await window.registered.write({ focusedAt: 8 });
    assert.equal((await recordOf(window)).focusedAt, 8);
    const late = window.registered.write({ focusedAt: 9 });
    window.dispose();
    await late;
    assert.deepEqual(await records(), []);
    await assert.rejects(stat(path.dirname(window.address)), { code: 'ENOENT' });
  });

  it('has a token of its own', async () => {
    const first = await recordOf(await openWindow());
    assert.notEqual(first.token, (await recordOf(await openWindow())).token);
  });

  for (const [what, make] of [
    ['open to other users', () => mkdir(home(), { mode: 0o755 }).then(() => chmod(home(), 0o755))],
    ['a link or a file', () => symlink(root(), home())],
    ['a link or a file', () => writeFile(home(), '')],
  ] as const) {
    it(`does not open if its folder is ${what}`, async () => {
      await make();
      await assert.rejects(openWindow(), new RegExp(`The folder for b24push is ${what}`));
    });
  }

  it('does not open if its folder belongs to another user', async function () {
    if (process.getuid?.() !== 0) {
      this.skip(); // Only root can give a folder away.
    }
    const { chown } = await import('node:fs/promises');
    await mkdir(home(), { mode: 0o700 });
    await chown(home(), 12_345, 12_345);
    await assert.rejects(openWindow(), /belongs to another user/);
    const asked = await ask(hook, { env: env() });
    assert.match(asked.kind === 'noWindow' ? asked.message : '', /belongs to another user/);
  });

  it('removes what killed windows left, and nothing of those that live or run elsewhere', async () => {
    const folder = path.join(home(), 'windows');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(home(), 0o700);
    const me = thisProcess();
    const [, start, boot, machine] = me.split('-');
    const left = await newSocketAddress();
    const named = (process: string, socket: string) =>
      writeFile(
        path.join(folder, `${process}-0.json`),
        formatRecord({ process, socket, token: 't', folders: [], focusedAt: 0 }),
      );
    const ended = `${process.pid}-${Number(start) + 1}-${boot}-${machine}`;
    await named(ended, left);
    await named(`1-1-${boot}-elsewhere`, path.join(root(), 'kept'));
    await writeFile(path.join(folder, `${ended}-broken.json`), '{');
    const window = await openWindow();
    const names = await records();
    assert.equal(names.length, 2);
    assert.ok(names.includes(`1-1-${boot}-elsewhere-0.json`));
    await assert.rejects(stat(path.dirname(left)), { code: 'ENOENT' });
    assert.equal((await recordOf(window)).socket, window.address);
  });

  it('refuses a wrong token before it reads on, and says so in the log without it', async () => {
    const said: string[] = [];
    const log: Log = { ...silentLog, warn: (text) => void said.push(text) };
    const window = await openWindow({ log });
    const { token } = await recordOf(window);
    const line = JSON.stringify({ v: 1, cwd: '/', ...hook });
    for (const wrong of ['f'.repeat(64), token.slice(1) + token[0]!, `${token}${token}`]) {
      const answer = parseAnswer((await raw(window.address, `${wrong} ${line}\n`)).trim());
      assert.equal(answer?.outcome, 'refused');
    }
    // It has not read a line's end.
    assert.match(await raw(window.address, 'x'.repeat(65)), /no right token/);
    assert.deepEqual(window.requests, []);
    assert.equal(said.length, 4);
    assert.doesNotMatch(said.join(), /ffff/);
    assert.match(await raw(window.address, `${token} ${line}\n`), /queued/);
    assert.equal(window.requests.length, 1);
  });

  it('refuses what is too long, and lets go of those who say nothing', async () => {
    const window = await openWindow({ requestWithinMs: 50 });
    const { token } = await recordOf(window);
    const long = await raw(window.address, `${token} ${'x'.repeat(longestLine + 1)}`);
    assert.equal(parseAnswer(long.trim())?.outcome, 'invalid');
    assert.equal(await raw(window.address, ''), '');
    assert.equal(await raw(window.address, `${token} {`), '');
    assert.deepEqual(window.requests, []);
  });

  it('gives an answer all the time that it needs', async () => {
    let answer: () => void = () => undefined;
    const window = await openWindow({
      requestWithinMs: 1,
      handle: () =>
        new Promise((resolve) => (answer = () => resolve(answerOf('accepted', 'At last.')))),
    });
    const { token } = await recordOf(window);
    const asked = raw(window.address, `${token} {}\n`);
    await until(() => window.requests.length === 1, 'the request');
    await sleep(20);
    answer();
    assert.match(await asked, /At last/);
  });

  it('takes a thousand calls at once, and loses none', async () => {
    const window = await openWindow({
      handle: async (line) => {
        await sleep(1);
        const { text } = JSON.parse(line) as { text: string };
        return answerOf('queued', text);
      },
    });
    const texts = Array.from({ length: 1_000 }, (_, index) => `text ${index}`);
    const answers = await Promise.all(
      texts.map((text) => ask({ kind: 'say', text, isSync: false }, { env: env() })),
    );
    assert.deepEqual(
      answers.map((asked) => (asked.kind === 'answer' ? asked.answer.message : asked.kind)),
      texts,
    );
    assert.equal(window.requests.length, 1_000);
  });

  it('refuses calls beyond what it can hold, by an answer', async () => {
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const window = await openWindow({
      mostConnections: 2,
      handle: async () => {
        await answered;
        return answerOf('queued', '');
      },
    });
    const first = [ask(hook, { env: env() }), ask(hook, { env: env() })];
    await until(() => window.requests.length === 2, 'two calls');
    const third = await ask(hook, { env: env() });
    assert.match(third.kind === 'answer' ? third.answer.message : '', /too many calls at once/);
    answer();
    for (const asked of await Promise.all(first)) {
      assert.equal(asked.kind, 'answer');
    }
  });

  it('answers though its handler fails, and logs nothing of the call', async () => {
    const said: string[] = [];
    const log: Log = { ...silentLog, error: (text) => void said.push(text) };
    await openWindow({ log, handle: () => Promise.reject(new TypeError('the secret text')) });
    const asked = await ask(hook, { env: env() });
    assert.equal(asked.kind === 'answer' && asked.answer.outcome, 'refused');
    assert.deepEqual(said, ['b24push: a call failed: TypeError.']);
  });

  it('serves tools, and hears of a call that is taken back', async () => {
    let isGone = false;
    const window = await openWindow({
      handle: (line, signal) => {
        const { request } = JSON.parse(line) as { request: string };
        if (request === 'wait') {
          signal.addEventListener('abort', () => (isGone = true));
          return new Promise(() => undefined);
        }
        return Promise.resolve(answerOf(request === 'no' ? 'refused' : 'accepted', 'Said.'));
      },
    });
    process.env['B24PUSH_HOME'] = home();
    try {
      const never = new AbortController();
      const call = (request: string) => askTool(request, never.signal);
      assert.deepEqual(await call('yes'), { message: 'Said.', isError: false });
      assert.deepEqual(await call('no'), { message: 'Said.', isError: true });
      const waiting = assert.rejects(call('wait'), /closed before it answered/);
      await until(() => window.requests.length === 3, 'the call');
      assert.equal(isGone, false);
      never.abort();
      await waiting;
      await until(() => isGone, 'the end of the call');
      window.dispose();
      assert.equal(await askTool('yes', new AbortController().signal), undefined);
    } finally {
      delete process.env['B24PUSH_HOME'];
    }
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { version } from '../../../package.json';
import { parseCommandLine } from '../../../src/b24push/commandLine';
import { completionShells } from '../../../src/b24push/commandLine';
import { exitCodes, longestText } from '../../../src/b24push/protocol';
import { answerOf } from '../../../src/program/programServer';
import type { HandleRequest } from '../../../src/program/programServer';
import { callProgram, startProgramCall, testWindows } from '../../support/b24pushProgram';
import { until } from '../../support/until';

describe('b24push', function () {
  // Each test starts processes, on a machine that may be busy.
  this.timeout(30_000);
  const { root, home, openWindow } = testWindows();
  const call = (
    args: readonly string[],
    options: Partial<Parameters<typeof callProgram>[1]> = {},
  ) => callProgram(args, { home: home(), ...options });
  const answering =
    (...[outcome, message]: Parameters<typeof answerOf>): HandleRequest =>
    () =>
      Promise.resolve(answerOf(outcome, message));

  describe('sends a text', () => {
    it('of its arguments, whatever they contain', async () => {
      const window = await openWindow();
      const text = 'Сборка готова 🎉 "$HOME" \\ `x`\nLine two';
      const { code, stdout, stderr } = await call([text, 'and more'], { cwd: root() });
      assert.deepEqual([code, stdout, stderr], [0, '', 'b24push: Queued.\n']);
      assert.deepEqual(window.requests, [
        { v: 1, cwd: root(), kind: 'say', text: `${text} and more`, isSync: false },
      ]);
    });

    it('of standard input, without its last line break', async () => {
      const window = await openWindow();
      assert.equal((await call([], { input: 'Привет\nfrom a pipe\n\n' })).code, 0);
      assert.equal((await call(['-', '--sync'], { input: 'Second' })).code, 0);
      assert.deepEqual(
        window.requests.map(({ text, isSync }) => [text, isSync]),
        [
          ['Привет\nfrom a pipe\n', false],
          ['Second', true],
        ],
      );
    });

    it('of a megabyte, and refuses more before it asks', async () => {
      const window = await openWindow();
      const most = 'я'.repeat(longestText / 2);
      assert.equal((await call([], { input: most })).code, 0);
      assert.deepEqual(
        window.requests.map(({ text }) => text === most),
        [true],
      );
      const { code, stderr } = await call([], { input: `${most}!` });
      assert.equal(code, 64);
      assert.match(stderr, /longer than a megabyte, so nothing was sent/);
      // Its JSON is six times as long.
      assert.equal((await call([], { input: '\u0001'.repeat(200_000) })).code, 64);
      assert.equal(window.requests.length, 1);
    });

    it('to others', async () => {
      const window = await openWindow();
      await call(['--to', 'Release team', '--to', '7', 'It is out']);
      assert.deepEqual(
        window.requests.map(({ kind, to, text }) => ({ kind, to, text })),
        [{ kind: 'push', to: ['Release team', '7'], text: 'It is out' }],
      );
    });

    it('only if there is one', async () => {
      const window = await openWindow();
      for (const args of [[], ['-'], [' ']]) {
        const { code, stderr } = await call(args, { input: '\n' });
        assert.deepEqual(
          [code, stderr],
          [64, 'b24push: The text is empty, so nothing was sent.\n'],
        );
      }
      assert.deepEqual(window.requests, []);
    });
  });

  for (const [outcome, code] of [
    ['accepted', 0],
    ['queued', 0],
    ['refused', 3],
    ['unknown', 4],
    ['cancelled', 5],
    ['invalid', 64],
  ] as const) {
    it(`exits with ${code} for what was ${outcome}, and says why`, async () => {
      await openWindow({ handle: answering(outcome, 'So it is.') });
      assert.deepEqual(await call(['text']), { code, stdout: '', stderr: 'b24push: So it is.\n' });
      const said = code === 0 ? '' : 'b24push: So it is.\n';
      assert.deepEqual(await call(['-q', 'text']), { code, stdout: '', stderr: said });
    });
  }

  describe('finds its window', () => {
    it('by the terminal, then by the folder, then by the last use', async () => {
      const inner = path.join(root(), 'shop', 'inner');
      await mkdir(inner, { recursive: true });
      const outer = await openWindow({ workspaceFolders: [path.join(root(), 'shop')] });
      const nested = await openWindow({ workspaceFolders: [inner, '/nowhere'] });
      const last = await openWindow({ workspaceFolders: [`${inner}-other`], focusedAt: 5 });
      const B24PUSH_IPC = outer.address;
      await call(['terminal'], { cwd: inner, env: { B24PUSH_IPC } });
      await call(['folder'], { cwd: inner });
      await call(['other'], { cwd: root() });
      await call(['--hook', 'codex', '{}'], { cwd: inner, env: { B24PUSH_IPC } });
      await until(() => nested.requests.length === 2, 'the hook');
      assert.deepEqual(
        [outer, nested, last].map(({ requests }) => requests.map(({ text, kind }) => text ?? kind)),
        [['terminal'], ['folder', 'hook'], ['other']],
      );
    });

    it('past one that was killed, and says 69 at once if there is none', async () => {
      const killed = await openWindow({ focusedAt: 9 });
      const other = await openWindow({ focusedAt: 1 });
      // Its record stays, as after a kill.
      const { address } = killed;
      await writeFile(path.join(home(), 'windows', 'broken.json'), '{');
      const record = { process: '1-1-a-b', token: 'x', folders: [], focusedAt: 10 };
      await writeFile(
        path.join(home(), 'windows', 'dead.json'),
        JSON.stringify({ v: 1, ...record, socket: path.join(root(), 'nobody') }),
      );
      killed.dispose();
      assert.equal((await call(['text'], { env: { B24PUSH_IPC: address } })).code, 0);
      assert.equal(other.requests.length, 1);
      other.dispose();
      assert.deepEqual(await call(['text']), {
        ...{ code: 69, stdout: '' },
        stderr: 'b24push: No VS Code window with Bitrix24 Push is open. Open one and try again.\n',
      });
    });

    it('in a folder that is the user’s alone', async () => {
      const window = await openWindow();
      await chmod(home(), 0o755);
      const open = await call(['text']);
      assert.equal(open.code, 69);
      assert.match(open.stderr, /is open to other users, so it is not used/);
      await chmod(home(), 0o700);
      const link = path.join(root(), 'link');
      await symlink(home(), link);
      assert.match((await call(['text'], { home: link })).stderr, /is a link or a file/);
      assert.deepEqual(window.requests, []);
    });

    it('but tells nothing to a socket whose folder is open to others', async () => {
      const window = await openWindow();
      await chmod(path.dirname(window.address), 0o777);
      assert.equal((await call(['text'])).code, 69);
      assert.deepEqual(window.requests, []);
    });

    it('and says 4 if the window ends without an answer', async () => {
      const window = await openWindow({
        handle: () => {
          window.dispose();
          return new Promise(() => undefined);
        },
      });
      const { code, stderr } = await call(['text']);
      assert.equal(code, 4);
      assert.match(stderr, /did not answer\. The push may arrive/);
    });
  });

  it('withdraws a question when it is stopped', async () => {
    let isWithdrawn = false;
    const window = await openWindow({
      handle: (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            isWithdrawn = true;
            resolve(answerOf('cancelled', ''));
          });
        }),
    });
    const { child, ended } = await startProgramCall(['--to', '7', 'Hi'], { home: home() });
    await until(() => window.requests.length === 1, 'the question');
    assert.equal(isWithdrawn, false);
    child.kill('SIGINT');
    await ended;
    await until(() => isWithdrawn, 'the end of the question');
  });

  describe('--wait', () => {
    const wait = (script: string, options: Partial<Parameters<typeof callProgram>[1]> = {}) =>
      call(['--wait', '--', process.execPath, '-e', script, '--', '--to'], options);

    it('runs a command on the same streams, passes its exit code on and tells how it ended', async () => {
      const window = await openWindow();
      const script = `process.stdin.pipe(process.stdout); process.exitCode = 7;`;
      const { code, stdout } = await wait(script, { input: 'through', cwd: root() });
      assert.deepEqual([code, stdout], [7, 'through']);
      const [{ durationMs, ...request } = {}] = window.requests;
      assert.ok(Number(durationMs) > 0);
      const name = path.basename(process.execPath);
      assert.deepEqual(request, {
        ...{ v: 1, cwd: root(), kind: 'ended', name, exitCode: 7, isSync: false },
      });
    });

    it('exits as the command did though nobody could be told', async () => {
      assert.deepEqual(await wait(''), {
        ...{ code: 0, stdout: '' },
        stderr: 'b24push: No VS Code window with Bitrix24 Push is open. Open one and try again.\n',
      });
      assert.match((await call(['-q', '--wait', '--', 'true'])).stderr, /No VS Code window/);
    });

    it('says what a shell says of a command that is not there', async () => {
      const window = await openWindow();
      const missing = await call(['--wait', '--', 'no-such-command-7']);
      assert.deepEqual(
        [missing.code, missing.stderr],
        [127, 'b24push: no-such-command-7: there is no such command.\n'],
      );
      const file = path.join(root(), 'data');
      await writeFile(file, '');
      assert.equal((await call(['--wait', '--', file])).code, 126);
      assert.deepEqual(window.requests, []);
    });

    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      it(`passes ${signal} on, and tells no exit code then`, async () => {
        const window = await openWindow();
        const args = [
          '--wait',
          '--',
          process.execPath,
          '-e',
          `console.log('on'); setInterval(() => 0, 1000)`,
        ];
        const { child, ended } = await startProgramCall(args, { home: home(), input: '' });
        await once(child.stdout!, 'readable');
        child.kill(signal);
        assert.equal((await ended).code, code);
        assert.equal(window.requests.length, 1);
        assert.ok(!('exitCode' in window.requests[0]!));
      });
    }

    it('lets a command end in its own way after Ctrl+C, which is no failure', async () => {
      const window = await openWindow();
      const script = `process.on('SIGINT', () => process.exit(3)); console.log('on'); setInterval(() => 0, 1000)`;
      const args = ['--wait', '--', process.execPath, '-e', script];
      const { child, ended } = await startProgramCall(args, { home: home(), input: '' });
      await once(child.stdout!, 'readable');
      child.kill('SIGINT');
      assert.equal((await ended).code, 3);
      assert.ok(!('exitCode' in window.requests[0]!));
    });

    it('gives the command the environment of its user', async () => {
      await openWindow();
      const script = `const { NODE_OPTIONS, ELECTRON_RUN_AS_NODE } = process.env; console.log(NODE_OPTIONS, ELECTRON_RUN_AS_NODE)`;
      const env = { ELECTRON_RUN_AS_NODE: '1', B24PUSH_NODE_OPTIONS: '--no-warnings' };
      assert.equal((await wait(script, { env })).stdout, '--no-warnings undefined\n');
    });
  });

  describe('--hook', () => {
    const silent = { code: 0, stdout: '', stderr: '' };

    it('hands over what the agent says, on standard input or as the last argument', async () => {
      const window = await openWindow();
      const payload = '{"hook_event_name":"Stop","text":"Готово"}';
      assert.deepEqual(await call(['--hook', 'claude'], { input: payload, cwd: root() }), silent);
      assert.deepEqual(await call(['--hook', 'copilot', 'agentStop'], { input: payload }), silent);
      assert.deepEqual(await call(['--hook', 'codex', payload], { cwd: root() }), silent);
      await until(() => window.requests.length === 3, 'three hooks');
      assert.deepEqual(
        window.requests.map(({ agent, event, payload: given }) => [agent, event, given]),
        [
          ['claude', undefined, payload],
          ['copilot', 'agentStop', payload],
          ['codex', undefined, payload],
        ],
      );
    });

    it('takes what has come from an agent that leaves its pipe open', async () => {
      const window = await openWindow();
      const { child, ended } = await startProgramCall(['--hook', 'qwen'], { home: home() });
      child.stdin?.write('{"a":1}');
      assert.deepEqual(await ended, silent);
      await until(() => window.requests.length === 1, 'the hook');
    });

    it('says nothing and exits with 0 without a window, an agent or sense', async () => {
      for (const args of [['--hook'], ['--hook', 'claude'], ['--hook', 'x', '--wrong', '{']]) {
        assert.deepEqual(await call(args, { input: 'no JSON' }), silent);
      }
      assert.deepEqual(
        await call(['--hook', 'claude'], { input: Buffer.alloc(2_000_000, 'a') }),
        silent,
      );
    });

    it('does not wait for a window that is stopped, and loses nothing', async () => {
      const arrived: string[] = [];
      const held: net.Socket[] = [];
      // Accepts, and reads only when it is told to.
      const server = net.createServer({ pauseOnConnect: true }, (socket) => held.push(socket));
      const window = await openWindow();
      const other = path.join(path.dirname(window.address), 'busy');
      server.listen(other);
      await once(server, 'listening');
      const record = { process: '1-1-a-b', token: 'key', folders: [root()], focusedAt: 10 };
      await writeFile(
        path.join(home(), 'windows', 'busy.json'),
        JSON.stringify({ v: 1, ...record, socket: other }),
      );
      try {
        const payloads = [`{"size":"small"}`, `{"size":"${'l'.repeat(900_000)}"}`];
        for (const input of payloads) {
          assert.deepEqual(await call(['--hook', 'claude'], { input, cwd: root() }), silent);
        }
        const read = (socket: net.Socket) => {
          let text = '';
          socket.setEncoding('utf8').on('error', () => undefined);
          socket.on('data', (chunk: string) => {
            text += chunk;
            if (text.endsWith('\n')) {
              assert.equal(text.slice(0, 4), 'key ');
              arrived.push((JSON.parse(text.slice(4)) as { payload: string }).payload);
              socket.end(`${JSON.stringify(answerOf('queued', ''))}\n`);
            }
          });
          socket.resume();
        };
        held.splice(0).forEach(read);
        server.on('connection', read);
        await until(() => arrived.length === 2, 'both payloads');
        // Compared by length: a difference would fill the screen.
        assert.deepEqual(
          arrived.map(({ length }) => length).sort((a, b) => a - b),
          payloads.map(({ length }) => length),
        );
        assert.equal(window.requests.length, 0);
      } finally {
        server.close();
      }
    });
  });

  it('takes a hundred calls of real processes at once, and leaves none behind', async () => {
    const window = await openWindow({
      handle: async () => {
        await sleep(1);
        return answerOf('queued', '');
      },
    });
    const texts = Array.from({ length: 100 }, (_, index) => `text ${index}`);
    // The memory of the machine is for sixteen of them at a time.
    const queue = [...texts];
    const codes: (number | null)[] = [];
    const lane = async () => {
      for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
        codes.push((await call([one])).code);
      }
    };
    await Promise.all(Array.from({ length: 16 }, lane));
    assert.deepEqual(new Set(codes), new Set([0]));
    assert.deepEqual(window.requests.map(({ text }) => String(text)).sort(), texts.sort());
    const children = execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], {
      encoding: 'utf8',
    });
    assert.doesNotMatch(children, /b24push|defunct.*node/);
  });

  it('knows its version, and helps', async () => {
    assert.deepEqual(await call(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
    const { code, stdout } = await call(['-h']);
    assert.equal(code, 0);
    for (const one of Object.values(exitCodes)) {
      assert.match(stdout, new RegExp(`\\b${one}\\b`));
    }
  });

  it('prints completions that each shell understands', async function () {
    for (const shell of completionShells) {
      const { code, stdout } = await call(['--print-completion', shell]);
      assert.equal(code, 0);
      assert.match(stdout, /b24push/);
      try {
        const file = path.join(root(), 'completions');
        await writeFile(file, stdout);
        execFileSync(shell, ['-n', file], { stdio: 'pipe' });
      } catch (error) {
        const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
        assert.ok(isMissing, `${shell}: ${String(error)}`);
      }
    }
  });

  describe('refuses a command line', () => {
    for (const [args, sentence] of [
      [['--wrong'], /Unknown option '--wrong'/],
      [['--wait', 'make'], /behind two dashes/],
      [['--wait', '--'], /behind two dashes/],
      [['--wait', 'make', '--', 'all'], /behind two dashes/],
      [['--wait', '--to', 'x', '--', 'make'], /not go together with --to/],
      [['--to', ' ', 'text'], /--to takes a name/],
      [['--print-completion', 'csh'], /takes one of: bash, zsh, fish/],
    ] as const) {
      it(args.join(' '), () => {
        const line = parseCommandLine(args);
        assert.match(line.kind === 'usage' ? line.message : line.kind, sentence);
      });
    }

    it('with 64 and a sentence', async () => {
      const { code, stdout, stderr } = await call(['--wrong']);
      assert.deepEqual([code, stdout], [64, '']);
      assert.match(stderr, /^b24push: Unknown option '--wrong'.* Try: b24push --help\n$/);
    });
  });

  it('takes the text "mcp" behind two dashes', () => {
    assert.equal(parseCommandLine(['mcp']).kind, 'mcp');
    assert.equal(parseCommandLine(['--', 'mcp']).kind, 'say');
    assert.equal(parseCommandLine(['mcp', 'is', 'ready']).kind, 'say');
  });
});

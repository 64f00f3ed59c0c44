import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExtensionKind, Uri, window, workspace } from 'vscode';
import type { EnvironmentVariableCollection, Terminal } from 'vscode';
import { parseRecord } from '../../../src/b24push/windowRecords';
import type { Disposable } from '../../../src/common/dispose';
import { answerOf } from '../../../src/program/programServer';
import { startProgram } from '../../../src/program/startProgram';
import { silentLog } from '../../support/silentLog';
import { until } from '../../support/until';

/** What the extension gives to terminals, as VS Code would apply it. */
class RecordedVariables {
  persistent = true;
  description: unknown;
  readonly values = new Map<string, string>();
  prepend(name: string, value: string, options: object): void {
    assert.deepEqual(options, { applyAtProcessCreation: true, applyAtShellIntegration: true });
    this.values.set(name, value + (process.env[name] ?? ''));
  }
  replace(name: string, value: string): void {
    this.values.set(name, value);
  }
  clear(): void {
    this.values.clear();
  }
}

describe('b24push in the terminals of a window', function () {
  this.timeout(60_000);
  let home: string;
  let variables: RecordedVariables;
  let requests: Record<string, unknown>[];
  let program: Disposable | undefined;
  let terminal: Terminal | undefined;

  beforeEach(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'b24push-terminal-'));
    variables = new RecordedVariables();
    requests = [];
  });
  afterEach(async () => {
    terminal?.dispose();
    program?.dispose();
    [terminal, program] = [undefined, undefined];
    await rm(home, { recursive: true, maxRetries: 5 });
  });

  const start = async (extensionKind = ExtensionKind.Workspace) => {
    // The bundle of these tests stands in dist/test.
    const extensionUri = Uri.file(path.join(__dirname, '..', '..'));
    const context = {
      extensionUri,
      extension: { extensionKind },
      environmentVariableCollection: variables as unknown as EnvironmentVariableCollection,
    };
    program = startProgram({
      context: context as Parameters<typeof startProgram>[0]['context'],
      handle: (line) => {
        const request = JSON.parse(line) as Record<string, unknown>;
        requests.push(request);
        return Promise.resolve(answerOf(request['text'] === 'no' ? 'refused' : 'queued', ''));
      },
      log: silentLog,
      folder: home,
    });
    await until(() => existsSync(path.join(home, 'bin', 'b24push')), 'the script');
  };
  const wasGiven = () => until(() => variables.values.has('B24PUSH_IPC'), 'the variables');

  it('registers the window with its folders, and gives its terminals a path but no token', async () => {
    await start();
    await wasGiven();
    const [name = ''] = (await readdir(path.join(home, 'windows'))).filter((one) =>
      one.endsWith('.json'),
    );
    const text = readFileSync(path.join(home, 'windows', name), 'utf8');
    const record = parseRecord(text);
    const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
    const real = await Promise.all(folders.map((one) => realpath(one)));
    assert.deepEqual(new Set(record?.folders), new Set([...folders, ...real]));
    assert.equal(variables.persistent, false);
    assert.equal(variables.values.get('B24PUSH_IPC'), record?.socket);
    assert.equal(variables.values.get('B24PUSH'), path.join(home, 'bin', 'b24push'));
    assert.ok(record && ![...variables.values.values()].join().includes(record.token));
    program?.dispose();
    assert.deepEqual(await readdir(path.join(home, 'windows')), []);
    assert.equal(variables.values.size, 0);
  });

  for (const [shell, status] of [
    ['bash', '$?'],
    ['zsh', '$?'],
    ['fish', '$status'],
    ['sh', '$?'],
  ] as const) {
    it(`can be typed in ${shell}`, async function () {
      const shellPath = pathOf(shell);
      if (shellPath === undefined) {
        console.log(`There is no ${shell} here.`);
        this.skip();
      }
      await start();
      await wasGiven();
      // A home of its own, so that no start file of the user gets between, and zsh asks nothing.
      const own = { HOME: home, ZDOTDIR: home, B24PUSH_HOME: home };
      const env = { ...Object.fromEntries(variables.values), ...own };
      terminal = window.createTerminal({ shellPath, env, cwd: home });
      await terminal.processId;
      const codes = path.join(home, 'codes');
      const type = async (line: string, expected: string, whenTyped?: () => Promise<void>) => {
        await rm(codes, { force: true });
        terminal?.sendText(`${line}; echo "<${status}>" > ${codes}`);
        await whenTyped?.();
        await until(() => existsSync(codes) && readFileSync(codes, 'utf8').includes('>'), line);
        assert.equal(readFileSync(codes, 'utf8').trim(), `<${expected}>`);
      };
      await startedShell(terminal, home);
      await type(`b24push 'Сборка готова 🎉'`, '0');
      await type(`printf 'from\\na pipe' | b24push -q`, '0');
      await type(`b24push no`, '3');
      await type(`b24push --wait -- sh -c 'exit 7'`, '7');
      const mark = path.join(home, 'runs');
      // The mark is made without a child: dash 0.5.12 loses a Ctrl+C that comes while it starts one.
      await type(`b24push --wait -- sh -c ': > ${mark}; exec sleep 60'`, '130', async () => {
        await until(() => existsSync(mark), 'the command');
        terminal?.sendText('\u0003', false);
      });
      program?.dispose();
      await type(`b24push gone`, '69');
      assert.deepEqual(
        requests.map(({ kind, text, name, exitCode }) => [kind, text ?? name, exitCode]),
        [
          ['say', 'Сборка готова 🎉', undefined],
          ['say', 'from\na pipe', undefined],
          ['say', 'no', undefined],
          ['ended', 'sh', 7],
          ['ended', 'sh', undefined],
        ],
      );
    });
  }

  /** A shell that is still starting loses what is typed. */
  async function startedShell(into: Terminal, folder: string): Promise<void> {
    const ready = path.join(folder, 'ready');
    for (let time = 0; !existsSync(ready); time += 1) {
      assert.ok(time < 40, 'the shell has not started');
      into.sendText(`touch ${ready}`);
      await sleep(500);
    }
  }
});

function pathOf(shell: string): string | undefined {
  try {
    return execFileSync('which', [shell], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

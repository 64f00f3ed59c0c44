import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { debug, tasks, window, workspace } from 'vscode';
import type { Task, Terminal } from 'vscode';
import type { NewNotice } from '../../../src/automation/notice';
import { readEndSettings } from '../../../src/automation/sources/endSettings';
import { Sources } from '../../../src/automation/sources/sources';
import { systemClock } from '../../../src/common/clock';
import { silentLog } from '../../support/silentLog';
import { until } from '../../support/until';

const shell = (label: string, command: string, more: object = {}) => ({
  ...{ label, type: 'shell', command, ...more },
});

const tasksJson = {
  version: '2.0.0',
  presentation: { reveal: 'silent' },
  tasks: [
    // VS Code takes a program that fails within half a second for one that could not be started.
    shell('fails', 'sleep 1; exit 3'),
    shell('passes', 'exit 0'),
    // A terminal of its own each time: one that is used again has the number of its first process.
    shell('waits', 'sleep 60', { presentation: { panel: 'new' } }),
    shell('after', 'exit 0', { dependsOn: 'fails' }),
    { label: 'both', dependsOn: ['fails', 'passes'] },
    { label: 'push', type: 'bitrix24-push', text: 'Both are done.', id: 'a' },
    { label: 'pushes', dependsOn: ['passes', 'push'], dependsOrder: 'sequence' },
  ],
};

describe('what ends in this window', function () {
  this.timeout(60_000);

  const folder = workspace.workspaceFolders?.[0];
  let told: NewNotice[];
  let settings: Record<string, unknown>;
  let isOn: boolean;
  let sources: Sources;

  before(async () => {
    assert.ok(folder);
    const directory = path.join(folder.uri.fsPath, '.vscode');
    await mkdir(directory, { recursive: true });
    await writeFile(path.join(directory, 'tasks.json'), JSON.stringify(tasksJson));
    await taskNamed('pushes');
  });

  beforeEach(() => {
    [told, isOn] = [[], true];
    settings = { longerThan: 0, tasks: 'all', commands: 'all', debugging: true };
    sources = new Sources({
      reach: () =>
        Promise.resolve({
          take: (notice) => {
            told.push(notice);
            return Promise.resolve(isOn ? { kind: 'notDue' as const } : { kind: 'off' as const });
          },
        }),
      isOn: () => isOn,
      settings: () => readEndSettings((name) => settings[name], silentLog),
      words: { result: (result) => result, duration: (ms) => `${ms} ms` },
      clock: systemClock,
      log: silentLog,
    });
    sources.refresh();
  });

  afterEach(() => sources.dispose());

  /** The list of tasks follows its file with a delay. */
  async function taskNamed(name: string): Promise<Task> {
    return await found(async () => (await tasks.fetchTasks()).find((task) => task.name === name));
  }
  const run = async (name: string) => await tasks.executeTask(await taskNamed(name));
  const ended = async (name: string) => {
    let isOver = false;
    const listener = tasks.onDidEndTask(({ execution }) => {
      isOver ||= execution.task.name === name;
    });
    await run(name);
    await until(() => isOver, `the end of ${name}`);
    listener.dispose();
  };
  const summary = () =>
    told.map(({ origin, name, result, exitCode }) => [origin, name, result, exitCode]);

  describe('tasks', () => {
    it('tells one that failed, with its code, its duration and its folder', async () => {
      // It belongs to others that could run: its end is held for a moment.
      await ended('fails');
      await until(() => told.length > 0, 'the notice');
      assert.deepEqual(summary(), [['task', 'fails', 'failed', 3]]);
      assert.equal(told[0]?.folder, folder?.name);
      assert.ok((told[0]?.durationMs ?? -1) >= 0);
    });

    it('tells a compound one once', async () => {
      await ended('both');
      assert.deepEqual(summary(), [['task', 'both', 'failed', 3]]);
    });

    it('tells one that did not start because another failed, once', async () => {
      await ended('after');
      assert.deepEqual(summary(), [['task', 'after', 'failed', 3]]);
    });

    it('calls one that was stopped by Ctrl+C ended, and claims nothing', async () => {
      let pid = 0;
      const listener = tasks.onDidStartTaskProcess(({ processId }) => (pid = processId));
      await run('waits');
      await until(() => pid > 0, 'the process');
      listener.dispose();
      const terminal = await terminalWith(pid);
      terminal.sendText('\u0003', false);
      await until(() => told.length > 0, 'the notice');
      assert.deepEqual(summary(), [['task', 'waits', 'ended', told[0]?.exitCode]]);
    });

    it('says nothing of one that was terminated, unless its user asked', async () => {
      for (const isAskedFor of [false, true]) {
        let isStarted = false;
        const starts = tasks.onDidStartTaskProcess(() => (isStarted = true));
        const execution = await run('waits');
        await until(() => isStarted, 'the task');
        starts.dispose();
        const [running] = (await sources.running()).filter(({ name }) => name === 'waits');
        assert.equal(running?.origin, 'task');
        if (isAskedFor) {
          sources.awaitEnd(running);
        }
        let isOver = false;
        const listener = tasks.onDidEndTask((event) => (isOver ||= event.execution === execution));
        execution.terminate();
        await until(() => isOver, 'the end');
        listener.dispose();
      }
      assert.deepEqual(summary(), [['task', 'waits', 'ended', undefined]]);
      assert.equal(told[0]?.isAskedFor, true);
    });

    it('runs tasks that push, also as parts of others, and tells nothing of them', async () => {
      const codes: unknown[] = [];
      const listener = tasks.onDidEndTaskProcess(({ execution, exitCode }) =>
        codes.push([execution.task.name, exitCode]),
      );
      await ended('pushes');
      listener.dispose();
      // There is no standing yes here.
      assert.deepEqual(codes, [
        ['passes', 0],
        ['push', 3],
      ]);
      assert.deepEqual(summary(), [['task', 'pushes', 'ended', undefined]]);
    });

    it('hears nothing without the standing yes, and ceases when there is none any more', async () => {
      isOn = false;
      await ended('both');
      assert.deepEqual(
        told.map(({ name }) => name),
        ['both'],
      );
      await ended('both');
      assert.equal(told.length, 1);
      sources.refresh();
      await ended('both');
      assert.equal(told.length, 1);
      isOn = true;
      sources.refresh();
      await ended('both');
      assert.equal(told.length, 2);
    });
  });

  describe('commands in terminals', () => {
    for (const name of ['bash', 'zsh', 'fish']) {
      it(`tells those of ${name}`, async function () {
        const shellPath = [`/usr/bin/${name}`, `/bin/${name}`].find((file) => existsSync(file));
        if (shellPath === undefined) {
          console.log(`${name} is not on this machine.`);
          this.skip();
        }
        const home = await mkdtemp(path.join(tmpdir(), 'shell-home-'));
        // Without this file zsh asks a new user questions.
        await writeFile(path.join(home, '.zshrc'), '');
        const env = { HOME: home, ZDOTDIR: null, XDG_CONFIG_HOME: null };
        assert.ok(folder);
        const terminal = window.createTerminal({ shellPath, env, cwd: folder.uri });
        try {
          await until(() => terminal.shellIntegration !== undefined, 'the shell integration');
          terminal.shellIntegration?.executeCommand("sh -c 'exit 42'");
          await until(() => told.length > 0, 'the end of the first command');
          assert.deepEqual(summary(), [['terminal', 'sh', 'failed', 42]]);
          assert.deepEqual([told[0]?.words, told[0]?.folder], [undefined, folder.name]);
          settings = { ...settings, commandLine: true };
          terminal.shellIntegration?.executeCommand('sleep 60 && echo secret');
          const running = await found(async () => (await sources.running())[0]);
          assert.equal(running.origin, 'terminal');
          terminal.sendText('\u0003', false);
          await until(() => told.length > 1, 'the end of the second command');
          assert.deepEqual(summary()[1], ['terminal', 'A command', 'ended', 130]);
          assert.match(told[1]?.words ?? '', /^sleep 60 && echo secret\s*$/);
        } finally {
          terminal.dispose();
          await rm(home, { recursive: true, force: true, maxRetries: 5 });
        }
      });
    }
  });

  it('tells a debug session once', async () => {
    assert.ok(folder);
    const program = path.join(folder.uri.fsPath, 'short.js');
    await writeFile(program, 'console.log("done");\n');
    const isStarted = await debug.startDebugging(folder, {
      ...{ type: 'node', request: 'launch', name: 'Short', program },
      ...{ runtimeExecutable: process.execPath, console: 'internalConsole' },
    });
    assert.ok(isStarted);
    await until(() => told.length > 0, 'the end of the session');
    assert.deepEqual(summary(), [['debug', 'Short', 'ended', undefined]]);
    assert.ok((told[0]?.durationMs ?? -1) >= 0);
  });

  async function terminalWith(pid: number): Promise<Terminal> {
    return await found(async () => {
      const pids = await Promise.all(window.terminals.map(({ processId }) => processId));
      return window.terminals[pids.indexOf(pid)];
    });
  }
});

/** Looks until it is there. */
async function found<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await look();
    if (value !== undefined) {
      return value;
    }
    await setTimeout(20);
  }
}

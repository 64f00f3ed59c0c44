import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scriptPath } from '../../../src/b24push/place';
import { shellScript, windowsScript } from '../../../src/program/script';
import { openProgramFolder, writeScript } from '../../../src/program/windowRegistry';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('the script b24push', () => {
  const root = temporaryFolder();

  /** Makes a program that prints what it was given, below a folder with a difficult name. */
  const files = async (name: string) => {
    const folder = path.join(root(), name);
    await mkdir(folder, { recursive: true });
    const node = path.join(folder, 'node');
    await writeFile(
      node,
      `#!/bin/sh\nprintf '%s|' "$ELECTRON_RUN_AS_NODE" "$NODE_OPTIONS" "$B24PUSH_NODE_OPTIONS" "$@"\n`,
    );
    await chmod(node, 0o755);
    const main = path.join(folder, 'b24push.js');
    await writeFile(main, '');
    return { node, main };
  };
  const run = (file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(file, args, { encoding: 'utf8', env: { PATH: process.env['PATH'], ...env } });

  before(function () {
    if (process.platform === 'win32') {
      this.skip();
    }
  });

  it('runs the files of the window, whatever their paths and its arguments contain', async () => {
    const made = await files(`it's "$HOME" \`x\` \\`);
    await openProgramFolder(root());
    await writeScript(root(), made);
    const args = ['a b', "it's", '$HOME', '*', '', 'Привет\nx'];
    const { stdout } = run(scriptPath(root()), args, { NODE_OPTIONS: '--inspect' });
    assert.equal(stdout, ['1', '', '--inspect', made.main, ...args, ''].join('|'));
  });

  it('prefers the files that its terminal names, as long as they are there', async () => {
    const own = await files('own');
    const { node, main } = await files('terminal');
    await openProgramFolder(root());
    await writeScript(root(), own);
    const env = { B24PUSH_NODE: node, B24PUSH_MAIN: main };
    assert.match(run(scriptPath(root()), [], env).stdout, /terminal\/b24push\.js/);
    await rm(main);
    assert.match(run(scriptPath(root()), [], env).stdout, /own\/b24push\.js/);
  });

  it('says so when the extension has gone, but never to an agent', async () => {
    const { node, main } = await files('own');
    await openProgramFolder(root());
    await writeScript(root(), { node, main });
    await rm(main);
    const { status, stderr } = run(scriptPath(root()), ['text']);
    assert.equal(status, 69);
    assert.match(stderr, /has been moved or removed/);
    const hook = run(scriptPath(root()), ['--hook', 'claude']);
    assert.deepEqual([hook.status, hook.stdout, hook.stderr], [0, '', '']);
  });

  it('is written anew only for other files', async () => {
    const first = await files('first');
    await openProgramFolder(root());
    await writeScript(root(), first);
    const { ino } = await stat(scriptPath(root()));
    await writeScript(root(), first);
    assert.equal((await stat(scriptPath(root()))).ino, ino);
    await writeScript(root(), await files('second'));
    assert.match(run(scriptPath(root()), []).stdout, /second/);
  });

  it('is understood by every sh', () => {
    for (const shell of ['sh', 'dash', 'bash', 'zsh']) {
      try {
        execFileSync(shell, ['-n'], { input: shellScript({ node: "/a'b", main: '/c' }) });
      } catch (error) {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'ENOENT', shell);
      }
    }
  });

  it('has a twin for Windows', () => {
    const text = windowsScript({ node: 'C:\\100%\\node.exe', main: 'C:\\b24push.js' });
    assert.match(text, /^@echo off\r\n/);
    assert.match(text, /set "node=C:\\100%%\\node\.exe"\r\n/);
    assert.match(text, /"%node%" "%main%" %\*\r\n$/);
  });
});

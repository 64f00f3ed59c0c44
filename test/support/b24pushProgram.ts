import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import type { ProgramWindowDeps } from '../../src/program/programWindow';
import { openCallableWindow } from './callableWindow';
import type { TestWindow } from './callableWindow';
import { temporaryFolder } from './temporaryFolder';

let made: Promise<string> | undefined;

/** The program as it ships, in one file that is made once. */
export function programBundle(): Promise<string> {
  return (made ??= makeBundle());
}

async function makeBundle(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-program-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await build({
    entryPoints: { b24push: path.join(__dirname, '../../src/b24push/main.ts') },
    ...{ outdir: folder, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
    ...{ external: ['./mcp'], supported: { 'dynamic-import': false } },
  });
  return path.join(folder, 'b24push.js');
}

export interface CallOptions {
  /** Folder of the windows. */
  home: string;
  /** Standard input; none of it unless given. */
  input?: string | Buffer | undefined;
  cwd?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
}

export interface Called {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the real program; what it says is piped. */
export async function startProgramCall(
  args: readonly string[],
  { home, input, cwd, env }: CallOptions,
): Promise<{ child: ChildProcess; ended: Promise<Called> }> {
  const child = spawn(process.execPath, [await programBundle(), ...args], {
    ...{ cwd, stdio: ['pipe', 'pipe', 'pipe'] },
    env: { ...process.env, B24PUSH_IPC: undefined, ...env, B24PUSH_HOME: home },
  });
  // It may end before it has read everything.
  child.stdin.on('error', () => undefined);
  if (input !== undefined) {
    child.stdin.end(input);
  }
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const closed = once(child, 'close');
  const ended = closed.then(async () => {
    const [stdout, stderr] = await said;
    return { code: child.exitCode, stdout, stderr };
  });
  return { child, ended };
}

/** Runs the real program to its end. */
export async function callProgram(args: readonly string[], options: CallOptions): Promise<Called> {
  const { ended } = await startProgramCall(args, { input: '', ...options });
  return await ended;
}

/** A window without VS Code that the real program can call, with a script that runs it. */
export async function openTestWindow(
  home: string,
  options: Partial<ProgramWindowDeps> = {},
): Promise<TestWindow> {
  const files = { node: process.execPath, main: await programBundle() };
  return await openCallableWindow(home, { files, ...options });
}

/** The windows of a test in a home folder of its own; they end with it. */
export function testWindows() {
  const root = temporaryFolder();
  const home = () => path.join(root(), 'home');
  const windows: TestWindow[] = [];
  afterEach(() => windows.splice(0).forEach((window) => window.dispose()));
  return {
    root,
    home,
    openWindow: async (options: Parameters<typeof openTestWindow>[1] = {}) => {
      const window = await openTestWindow(home(), options);
      windows.push(window);
      return window;
    },
  };
}

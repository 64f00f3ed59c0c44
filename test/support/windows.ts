import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { completeSignIn } from '../../src/accounts/completeSignIn';
import { accountId } from '../../src/accounts/storedAccount';
import { authorizeUrl } from '../../src/bitrix24/oauth';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import { parseCallback } from '../../src/bitrix24/callback';
import type { Lane } from '../../src/bitrix24/rateLimiterState';
import { systemClock as clock } from '../../src/common/clock';
import { silentLog as log } from './silentLog';
import type { Sandbox } from '../../src/sandbox';
import { MemorySecrets } from './memorySecrets';
import type { Way } from '../../src/push/draft';
import type { StopPoint } from './stops';
import { until } from './until';
import { tokenStore } from './tokenStores';

/** `live`: windows see each other's secrets, as on the desktop; `snapshot`: as in a web host. */
export type World = 'live' | 'snapshot';

export interface WindowsOptions {
  count: number;
  world: World;
  /** How many times faster than Bitrix24 the bucket of the sandbox leaks. */
  rate?: number;
  /** The windows know a bucket of this size, and try for no larger one. */
  size?: number;
  /** What the windows believe of a portal that they know nothing about. */
  large?: boolean;
  /** What the windows do not share, to see that a proof notices. */
  apart?: 'accounts' | 'pace';
  /** Another program that takes the same orders, instead of ours. Gets the tokens as they are. */
  peer?: string;
}

/** What a window is told to do. */
export interface Order {
  calls: number;
  lane?: Lane;
  /** The calls begin within so many ms; default: all at once. */
  spreadMs?: number;
  /** So many commands in batches of fifty, to people of these ids, instead of calls. */
  batchTo?: number[];
  /** The way of that; a push when absent. */
  via?: Way;
  /** Where the window stops itself, once. */
  stopAt?: StopPoint;
  /** Takes the pushes of the others for those of windows that have ended, and sends again what was not sent. */
  takeOver?: boolean;
}

export interface Done {
  /** Of the calls that failed. */
  codes: string[];
  ms: number;
}

/** Real processes, each as a window of the editor, on one account that is signed in at a sandbox. */
export class Windows {
  readonly #folder: string;
  readonly #children: { child: ChildProcess; lines: AsyncIterator<string> }[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(sandbox: Sandbox, options: WindowsOptions): Promise<Windows> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-windows-'));
    const windows = new Windows(folder);
    const secrets = path.join(folder, 'secrets.json');
    await writeFile(secrets, JSON.stringify(await signIn(sandbox, folder)));
    const { world, rate = 1, size = 0, large = false, apart = '', peer = ours } = options;
    const program = await bundled(peer);
    for (let index = 0; index < options.count; index += 1) {
      const args = [
        folder,
        secrets,
        world,
        String(rate),
        large ? 'large' : 'usual',
        String(size),
        apart,
      ];
      const child = spawn(process.execPath, [program, ...args], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      windows.#children.push({ child, lines });
    }
    await Promise.all(
      windows.#children.map(async ({ lines }) => assert.equal((await lines.next()).value, 'ready')),
    );
    return windows;
  }

  /** Each window does this. */
  call(order: Order): Promise<Done[]> {
    return Promise.all(this.#children.map((_, index) => this.ask(index, order)));
  }

  /** One window does this. */
  async ask(index: number, order: Order): Promise<Done> {
    const { child, lines } = this.#children[index]!;
    child.stdin?.write(`${JSON.stringify(order)}\n`);
    const line = await lines.next();
    assert.ok(line.done !== true, 'a window ended');
    return JSON.parse(line.value) as Done;
  }

  /** Resolves when the window has stopped itself. */
  async stopped(index: number): Promise<void> {
    const { pid } = this.#children[index]!.child;
    const isStopped = () =>
      execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T');
    await until(isStopped, 'the window that stops itself');
  }

  resume(index: number): void {
    this.#children[index]!.child.kill('SIGCONT');
  }

  /** What all windows keep. */
  get folder(): string {
    return this.#folder;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#children.map(({ child }) => {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        return gone;
      }),
    );
    await rm(this.#folder, { recursive: true, maxRetries: 5 });
  }
}

const ours = path.join(import.meta.dirname, 'pushProcess.ts');
const programs = new Map<string, Promise<string>>();

/** The program in one file, made once: a window then starts in the tenth part of the time. */
function bundled(program: string): Promise<string> {
  let made = programs.get(program);
  if (!made) {
    made = makeProgram(program);
    programs.set(program, made);
  }
  return made;
}

async function makeProgram(program: string): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-program-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, 'window.cjs');
  const entryPoints = [program];
  const shape = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' } as const;
  await build({ ...shape, entryPoints, outfile });
  return outfile;
}

/** What SecretStorage has after a sign-in. */
export async function signIn(sandbox: Sandbox, folder: string): Promise<Record<string, string>> {
  const { portal, clientId, clientSecret } = sandbox.info;
  const url = authorizeUrl(portal, clientId, 'state');
  url.searchParams.set('sandbox_user', '1');
  const response = await fetch(url, { redirect: 'manual' });
  const callback = parseCallback(response.headers.get('location') ?? '');
  assert.ok(callback);
  const transport = nodeFetchTransport({ userAgent: 'test/1' });
  const app = { clientId, clientSecret };
  const account = await completeSignIn({ transport, clock, log }, { portal, app, callback });
  const secrets = new MemorySecrets();
  const store = tokenStore(path.join(folder, 'accounts'), { secrets });
  await store.change(accountId(account), () => account);
  store.dispose();
  return Object.fromEntries(secrets.values);
}

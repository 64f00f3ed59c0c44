import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { AccountBoard } from '../../src/accounts/accountBoard';
import { completeSignIn } from '../../src/accounts/completeSignIn';
import { accountId, Vault } from '../../src/accounts/vault';
import { authorizeUrl, nodeFetchTransport, parseCallback } from '../../src/bitrix24';
import type { Lane } from '../../src/bitrix24';
import { systemClock as clock } from '../../src/common/clock';
import { silentLog as log } from '../../src/common/log';
import type { Sandbox } from '../../src/sandbox';
import { MemorySecrets } from './memorySecrets';

/** `live`: windows see each other's secrets, as on the desktop; `snapshot`: as in a web host. */
export type World = 'live' | 'snapshot';

export interface WindowsOptions {
  count: number;
  world: World;
  /** How many times faster than Bitrix24 the bucket of the sandbox leaks. */
  rate?: number;
  /** What the windows believe of a portal that they know nothing about. */
  large?: boolean;
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
    const program = path.join(import.meta.dirname, 'pushProcess.ts');
    const plan = options.large === true ? 'large' : 'usual';
    for (let index = 0; index < options.count; index += 1) {
      const args = [folder, secrets, options.world, String(options.rate ?? 1), plan];
      const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
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

  /** Each window makes so many calls; all at once, or within `spreadMs`. */
  call(order: { calls: number; lane?: Lane; spreadMs?: number }): Promise<Done[]> {
    return Promise.all(
      this.#children.map(async ({ child, lines }) => {
        child.stdin?.write(`${JSON.stringify(order)}\n`);
        const line = await lines.next();
        assert.ok(line.done !== true, 'a window ended');
        return JSON.parse(line.value) as Done;
      }),
    );
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

/** What SecretStorage has after a sign-in. */
async function signIn(sandbox: Sandbox, folder: string): Promise<Record<string, string>> {
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
  const board = new AccountBoard({ folder: path.join(folder, 'accounts'), log });
  const vault = new Vault({ secrets, clock, log, board });
  await vault.change(accountId(account), () => account);
  vault.dispose();
  board.dispose();
  return Object.fromEntries(secrets.values);
}

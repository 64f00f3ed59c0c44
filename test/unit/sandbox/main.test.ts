import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';

const MAIN = path.resolve('src/sandbox/main.ts');

const Info = v.looseObject({
  portal: v.pipe(v.string(), v.regex(/^http:\/\/127\.0\.0\.1:\d+$/)),
  authServer: v.pipe(v.string(), v.regex(/^http:\/\/127\.0\.0\.1:\d+$/)),
  clientId: v.pipe(v.string(), v.regex(/^local\.[0-9a-f]{14}\.\d{8}$/)),
  clientSecret: v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{50}$/)),
  handler: v.string(),
  control: v.pipe(v.string(), v.regex(/^http:\/\/127\.0\.0\.1:\d+\/sandbox\/api$/)),
  users: v.array(v.object({ id: v.number(), name: v.string(), admin: v.boolean() })),
});

describe('sandbox: command line', () => {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  function run(...args: string[]) {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    const exit = once(child, 'exit').then(([code]): unknown => code);
    return { child, exit };
  }

  it('prints one line of JSON and runs until it is stopped', async () => {
    const { child, exit } = run(
      '--json',
      '--port',
      '0',
      '--policy',
      'strict',
      '--handler',
      'http://localhost:1/x',
    );
    const lines: string[] = [];
    const reader = createInterface(child.stdout);
    reader.on('line', (line) => lines.push(line));
    const [first] = (await once(reader, 'line')) as [string];
    const info = v.parse(Info, JSON.parse(first));
    assert.equal(info.handler, 'http://localhost:1/x');
    assert.equal(info.users.length, 12);
    assert.equal(new Set([info.portal, info.authServer, new URL(info.control).origin]).size, 3);
    const state: unknown = await (await fetch(`${info.control}/state`)).json();
    assert.equal(v.parse(v.looseObject({ policy: v.string() }), state).policy, 'strict');
    child.kill('SIGTERM');
    assert.equal(await exit, 0);
    assert.equal(lines.length, 1);
  }).timeout(20_000);

  it('explains itself, and refuses what it does not understand', async () => {
    const help = run('--help');
    assert.equal(await help.exit, 0);
    for (const args of [
      ['--port', 'x'],
      ['--policy', 'lax'],
      ['--handler', 'ftp://x/'],
      ['--nope'],
    ]) {
      const { child, exit } = run(...args);
      const [message] = (await once(createInterface(child.stderr), 'line')) as [string];
      assert.match(message, /--(port|policy|handler|nope)/);
      assert.equal(await exit, 1);
    }
  }).timeout(30_000);
});

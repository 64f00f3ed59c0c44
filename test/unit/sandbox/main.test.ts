import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { temporaryFolder } from '../../support/temporaryFolder';

const MAIN = path.resolve('src/sandbox/main.ts');

const Info = v.looseObject({
  version: v.literal(1),
  portal: v.pipe(v.string(), v.regex(/^http:\/\/127\.0\.0\.1:\d+$/)),
  authServer: v.pipe(v.string(), v.regex(/^http:\/\/127\.0\.0\.1:\d+$/)),
  clientId: v.pipe(v.string(), v.regex(/^local\.[0-9a-f]{14}\.\d{8}$/)),
  clientSecret: v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{50}$/)),
  handler: v.string(),
  control: v.pipe(v.string(), v.regex(/^http:\/\/127\.0\.0\.1:\d+\/sandbox\/api$/)),
  users: v.array(v.object({ id: v.number(), name: v.string(), admin: v.boolean() })),
  peopleCount: v.number(),
});

describe('sandbox: command line', () => {
  const started: ChildProcess[] = [];
  const folder = temporaryFolder();
  afterEach(() => {
    for (const child of started.splice(0)) {
      child.kill('SIGKILL');
    }
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
    assert.equal(info['pid'], child.pid);
    assert.equal(info.users.length, 12);
    assert.equal(new Set([info.portal, info.authServer, new URL(info.control).origin]).size, 3);
    const state: unknown = await (await fetch(`${info.control}/state`)).json();
    assert.equal(v.parse(v.looseObject({ policy: v.string() }), state).policy, 'strict');
    child.kill('SIGTERM');
    assert.equal(await exit, 0);
    assert.equal(lines.length, 1);
  }).timeout(20_000);

  it('speaks TLS under the names given, and writes what to trust to the file given', async () => {
    const file = path.join(folder(), 'ca.pem');
    const names = ['--host', 'portal.test', '--host', 'oauth.bitrix.info'];
    const { child, exit } = run('--json', '--tls', '--ca', file, ...names);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const info: unknown = JSON.parse(line);
    const address = (name: string) => v.pipe(v.string(), v.regex(new RegExp(`^https://${name}:`)));
    v.assert(
      v.looseObject({
        portal: address('portal.test'),
        authServer: address('oauth.bitrix.info'),
        control: v.pipe(v.string(), v.startsWith('http://127.0.0.1:')),
        phones: v.pipe(v.string(), v.startsWith('http://127.0.0.1:')),
        ca: v.literal(file),
      }),
      info,
    );
    assert.match(readFileSync(file, 'utf8'), /^-----BEGIN CERTIFICATE-----/);
    child.kill('SIGTERM');
    assert.equal(await exit, 0);
  }).timeout(20_000);

  it('has as many people as told, the same for the same seed', async () => {
    const answers = await Promise.all(
      ['5', '5', '6'].map(async (seed) => {
        const { child } = run('--json', '--people', '500', '--seed', seed);
        const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
        const info = v.parse(Info, JSON.parse(line));
        assert.deepEqual([info.users.length, info.peopleCount], [60, 500]);
        return info.users.map(({ name }) => name);
      }),
    );
    assert.deepEqual(answers[0], answers[1]);
    assert.notDeepEqual(answers[0], answers[2]);
    const { child } = run('--people', '500');
    child.stdout.setEncoding('utf8');
    let greeting = '';
    for await (const chunk of child.stdout) {
      greeting += String(chunk);
      if (greeting.includes('Ctrl+C')) {
        break;
      }
    }
    assert.match(greeting, /Ольга Смирнова\n +and 488 more\n/);
  }).timeout(30_000);

  it('explains itself, and refuses what it does not understand', async () => {
    const help = run('--help');
    assert.equal(await help.exit, 0);
    for (const args of [
      ['--port', 'x'],
      ['--policy', 'lax'],
      ['--people', '0'],
      ['--people', 'many'],
      ['--seed', '-1'],
      ['--handler', 'ftp://x/'],
      ['--nope'],
      ['--host', 'https://portal.test', '--port', '0'],
    ]) {
      const { child, exit } = run(...args);
      const [message] = (await once(createInterface(child.stderr), 'line')) as [string];
      assert.match(message, /--(port|policy|handler|people|seed|nope)|is not a host name/);
      assert.equal(await exit, 1);
    }
  }).timeout(30_000);
});

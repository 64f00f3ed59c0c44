import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { readRecording } from '../../verify/recording';
import { temporaryFolder } from '../../support/temporaryFolder';
import { until } from '../../support/until';
import { administrator, peopleWithLongIds } from './stage';

const main = path.join(__dirname, '../../verify/main.ts');

describe('npm run verify-portal', () => {
  const folder = temporaryFolder();
  let sandbox: Sandbox;
  let shown: string;
  let handler: string;
  let child: ReturnType<typeof start>;

  beforeEach(async () => {
    handler = `http://localhost:${await freePort()}/bitrix24-push?from=test`;
    sandbox = await startSandbox({ staff: peopleWithLongIds, handler });
    shown = '';
    child = start();
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await sandbox.close();
  });

  const file = () => path.join(folder(), 'out', 'recording.json');

  function start() {
    const { portal, clientId, clientSecret } = sandbox.info;
    return spawn(process.execPath, ['--import', 'tsx', main, '--out', file()], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        VERIFY_PORTAL: portal,
        VERIFY_CLIENT_ID: clientId,
        VERIFY_CLIENT_SECRET: clientSecret,
        VERIFY_HANDLER: handler,
      },
    });
  }

  /** What was shown since the last call. */
  let read = 0;
  function news(): string {
    const text = shown.slice(read);
    read = shown.length;
    return text;
  }

  it('signs in by the browser and by pasting, and writes a recording', async () => {
    read = 0;
    const ended = once(child, 'exit');
    let signIns = 0;
    // It answers like a person: opens addresses that are shown, and says yes to every question.
    const live = async () => {
      await until(
        () => child.exitCode !== null || /\(y\/n\) $|to give up: $/.test(shown.slice(read)),
      );
      const text = news();
      if (text.endsWith('(y/n) ')) {
        child.stdin.write('y\n');
      }
      const address = /^ {4}(http\S+)$/m.exec(text)?.[1];
      if (address !== undefined) {
        signIns += 1;
        const browser = await fetch(`${address}&sandbox_user=${administrator}`, {
          redirect: 'manual',
        });
        const back = browser.headers.get('location')!;
        if (signIns === 1) {
          const page = await fetch(back);
          assert.equal(page.status, 200);
          assert.match(await page.text(), /Go back to the terminal/);
        } else {
          child.stdin.write(`http://localhost/?code=junk&state=other\n${back}\n`);
        }
      }
    };
    while (child.exitCode === null) {
      await live();
    }
    assert.deepEqual(await ended, [0, null]);
    assert.equal(signIns, 2);
    assert.match(shown, /That is not the answer to this sign-in/);
    assert.match(shown, /\d+ steps, 0 skipped, 0 differences\./);
    assert.match(shown, /post-code: A code can be exchanged by a POST with a form\./);
    assert.match(shown, /docs\/verify-portal\.md/);
    const recording = await readRecording(file());
    assert.equal(recording.against, 'sandbox');
    // Secrets are neither in the recording nor in what the terminal keeps, except the code in a pasted address.
    const { clientSecret } = sandbox.info;
    const text = shown + (await readFile(file(), 'utf8'));
    const found = [clientSecret, ...sandbox.issuedSecrets()].filter((one) => text.includes(one));
    assert.deepEqual(found, []);
  });

  it('keeps what it has when the person stops it', async () => {
    await until(() => shown.includes('to give up: '));
    child.stdin.write('\n');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.match(shown, /Nobody came back from the browser with a code/);
    assert.deepEqual(
      (await readRecording(file())).steps.map(({ id }) => id),
      ['sign-in'],
    );
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

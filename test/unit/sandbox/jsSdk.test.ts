import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { startSandbox } from '../../../src/sandbox/library';
import type { Sandbox } from '../../../src/sandbox/sandbox';
import { Client } from './client';

const anna = { ID: '1' };
const person = v.object({ ID: v.string() });
const called = v.pipe(
  v.object({ result: person }),
  v.transform(({ result }) => result),
);
const batched = v.object({ me: person, people: v.array(person) });
const answers = v.object({
  call: called,
  batch: batched,
  push: v.pipe(
    v.object({ result: v.boolean() }),
    v.transform(({ result }) => result),
  ),
  refreshed: called,
  webhook: v.object({ call: called, batch: batched }),
  webhookPush: v.string(),
});

describe('sandbox: the official JS SDK', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  afterEach(() => sandbox.close());

  /** Runs its OAuth client and its webhook client in a process that trusts the sandbox's authority. */
  async function run(tokens: unknown): Promise<unknown> {
    const { stdout } = await promisify(execFile)(process.execPath, ['test/clients/jsSdk.mjs'], {
      env: {
        ...process.env,
        SANDBOX: JSON.stringify(sandbox.info),
        TOKENS: JSON.stringify(tokens),
        ...(sandbox.info.ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: sandbox.info.ca }),
      },
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  }

  for (const policy of ['source', 'strict'] as const) {
    it(`calls, batches, pushes and refreshes over TLS, with the policy "${policy}"`, async () => {
      sandbox = await startSandbox({ tls: true, policy });
      const client = new Client(sandbox);
      const grant = { grant_type: 'authorization_code', code: await client.code() };
      const tokens = (await client.token(grant)).json;
      const said = v.parse(answers, await run(tokens));
      assert.deepEqual(said, {
        call: anna,
        batch: { me: anna, people: [anna, { ID: '2' }] },
        push: true,
        refreshed: anna,
        webhook: { call: anna, batch: { me: anna, people: [anna, { ID: '2' }] } },
        webhookPush: 'WRONG_AUTH_TYPE',
      });
      const { pushes, requests } = sandbox.snapshot();
      assert.deepEqual(
        pushes.map(({ text, recipients }) => [text, recipients]),
        [['From the JS SDK', [1, 2]]],
      );
      const exchanges = requests.filter(({ method }) => method === 'oauth.token');
      assert.deepEqual(
        exchanges.map(({ note }) => note),
        ['signed in: user 1', 'refreshed: user 1'],
      );
    });
  }
});

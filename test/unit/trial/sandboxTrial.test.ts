import assert from 'node:assert/strict';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';
import { systemClock } from '../../../src/common/clock';
import { startSandbox } from '../../../src/sandbox';
import type { Sandbox } from '../../../src/sandbox';
import { SandboxTrial } from '../../../src/trial/sandboxTrial';
import { anAccount } from '../../support/builders';
import { sandboxClient } from '../../support/sandboxClient';
import { silentLog } from '../../support/silentLog';

describe('a call that is tried in the sandbox', () => {
  let sandbox: Sandbox;
  let opened: string[];
  let trial: SandboxTrial;
  /** Where the account is when the call leaves. */
  let portal: string;

  beforeEach(async () => {
    sandbox = await startSandbox();
    opened = [];
    portal = sandbox.info.portal;
    const client = await sandboxClient(sandbox, systemClock);
    const account = () => anAccount({ portal });
    trial = new SandboxTrial({
      accounts: {
        list: () => Promise.resolve([anAccount({ portal: sandbox.info.portal })]),
        get: () => Promise.resolve(account()),
        client: () => Promise.resolve(client),
        signInDirectly: () => Promise.reject(new Error('there is an account')),
        signOut: () => Promise.resolve(),
      },
      transport: nodeFetchTransport({ userAgent: 'test/1' }),
      load: () => Promise.resolve({ startSandbox: () => Promise.resolve(sandbox) }),
      openPhones: (address) => {
        opened.push(address);
        return Promise.resolve();
      },
      handler: () => '',
      remembered: { get: () => [], set: () => Promise.resolve() },
      log: silentLog,
    });
  });
  afterEach(() => sandbox.close());

  const requests = async () => {
    const answer = await fetch(`${sandbox.info.control}/requests`);
    return JSON.stringify(await answer.json());
  };

  it('arrives with its parameters as they are, also wrong ones, and the phones are open', async () => {
    const refusal = await trial.tryCall({ USER_ID: '1,2', TEXT: 'Try', SOUND: 'x' });
    assert.equal(refusal, undefined);
    assert.deepEqual(opened, [new URL('/sandbox/', sandbox.info.portal).href]);
    assert.match(await requests(), /SOUND/);
  });

  it('brings the refusal of the portal', async () => {
    const refusal = await trial.tryCall({ USER_ID: 1, MESSAGE: 'Try' });
    assert.ok(refusal instanceof Bitrix24Error);
    assert.equal(refusal.code, 'TEXT_ERROR');
  });

  it('does not leave once the account is on another portal', async () => {
    portal = 'https://acme.bitrix24.com';
    await assert.rejects(trial.tryCall({ USER_ID: 1, TEXT: 'Try' }), /no longer on the sandbox/);
    assert.doesNotMatch(await requests(), /pull\.application\.push\.add/);
  });
});

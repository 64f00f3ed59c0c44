import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fetch from 'node-fetch';
import { sharedBuckets } from '../../src/accounts/sharedBuckets';
import { accountId } from '../../src/accounts/storedAccount';
import { TokenRefresh } from '../../src/accounts/tokenRefresh';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import { RateLimiter } from '../../src/bitrix24/rateLimiter';
import { PortalClient } from '../../src/bitrix24/portalClient';
import { systemClock as clock } from '../../src/common/clock';
import { silentLog as log } from '../support/silentLog';
import { SecretCheck } from '../../src/push/secretCheck';
import { startSandbox } from '../../src/sandbox';
import type { Sandbox } from '../../src/sandbox';
import { accountOf, openPushWindow, stateOf } from '../faults/pushWindow';
import { MemorySecrets } from '../support/memorySecrets';
import { tokenStore } from '../support/tokenStores';
import { signIn } from '../support/windows';
import type { Bench } from './benches';
import { middle, times } from './stage';

const method = 'pull.application.push.add';
/** Sends of one run, ours and the bare ones by turns. */
const sends = 15;
/** A pace that keeps nobody waiting: what is measured is the work, not the portal's limit. */
const fast = { size: 50, drain: 10_000 };
const limits = { usual: fast, large: fast };

export const benches: Bench[] = [
  {
    name: 'send.overheadMs',
    what: 'From Send to the request at the portal, with all checks (secrets, duplicates), the token store, the shared rate limit and the push on disk: ms over a bare node-fetch of the same request',
    atMost: 10,
    run: overhead,
  },
];

/** A window with everything: what is kept on disk, the vault, the pace of all windows, and the search for secrets. */
export async function openWindow(
  sandbox: Sandbox,
  folder: string,
): Promise<{ send: (text: string) => Promise<void>; close: () => Promise<void> }> {
  const at = (name: string) => path.join(folder, name);
  const secrets = new MemorySecrets();
  for (const [key, value] of Object.entries(await signIn(sandbox, folder))) {
    await secrets.store(key, value);
  }
  const store = tokenStore(at('accounts'), { secrets });
  const [account] = await store.list();
  if (!account) {
    throw new Error('nobody is signed in');
  }
  const id = accountId(account);
  const transport = nodeFetchTransport({ userAgent: 'bench/1' });
  const agreeToMove = () => Promise.resolve(false);
  const tokens = new TokenRefresh({ accountId: id, store, transport, clock, log, agreeToMove });
  const limiter = new RateLimiter({ state: sharedBuckets(at('pace'), log), clock, log, limits });
  const client = new PortalClient({ transport, tokens, clock, log, limiter });
  const check = new SecretCheck({
    confirm: () => Promise.reject(new Error('there is no secret in it')),
    load: () => import('../../src/secrets/findSecrets'),
    log,
  });
  const window = await openPushWindow({
    ...{ root: folder, client, secrets: check, account: accountOf(id, sandbox.info.portal) },
  });
  return {
    send: async (text) => {
      const recipients = [{ id: 1, name: 'Anna' }];
      window.drafts.update({ accountId: id, recipients, text });
      const state = stateOf(await window.service.send(window.drafts.current, { origin: 'form' }));
      if (state !== 'accepted') {
        throw new Error(`it was ${state}`);
      }
    },
    close: async () => {
      await window.close();
      store.dispose();
    },
  };
}

async function overhead(): Promise<number> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-bench-'));
  const sandbox = await startSandbox();
  sandbox.patchState({ bucket: { size: 0 } });
  const window = await openWindow(sandbox, folder);
  const { origin } = new URL(sandbox.info.portal);
  let count = 0;
  const send = async (): Promise<void> => {
    count += 1;
    await window.send(`Text ${count}`);
  };
  // The portal refuses its token; until then it is the same request.
  const bare = async (): Promise<void> => {
    const body = JSON.stringify({ USER_ID: [1], TEXT: `Text ${count}`, auth: 'none' });
    const headers = { 'Content-Type': 'application/json', Connection: 'close' };
    const url = `${origin}/rest/${method}`;
    await (await fetch(url, { method: 'POST', headers, body })).text();
  };
  const run = async (): Promise<number> => {
    const spent: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
    for (let time = 0; time < sends; time += 1) {
      spent.ours.push(await untilThere(send));
      spent.bare.push(await untilThere(bare));
    }
    return median(spent.ours) - median(spent.bare);
  };
  try {
    await run();
    const figures: number[] = [];
    for (let time = 0; time < times; time += 1) {
      figures.push(await run());
    }
    return middle(figures);
  } finally {
    await window.close();
    await sandbox.close();
    await rm(folder, { recursive: true });
  }
}

/** Ms until the portal has the head of the request. */
async function untilThere(send: () => Promise<void>): Promise<number> {
  let there = NaN;
  const heard = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    if (request.url?.endsWith(method) === true) {
      there = performance.now();
    }
  };
  subscribe('http.server.request.start', heard);
  try {
    const start = performance.now();
    await send();
    return there - start;
  } finally {
    unsubscribe('http.server.request.start', heard);
  }
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? NaN;
}

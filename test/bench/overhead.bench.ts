import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fetch from 'node-fetch';
import { AccountBoard } from '../../src/accounts/accountBoard';
import { AccountTokens } from '../../src/accounts/accountTokens';
import { sharedBuckets } from '../../src/accounts/sharedBuckets';
import { accountId, Vault } from '../../src/accounts/vault';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import { RateLimiter } from '../../src/bitrix24/rateLimiter';
import { PortalClient } from '../../src/bitrix24/portalClient';
import { systemClock as clock } from '../../src/common/clock';
import { silentLog as log } from '../../src/common/log';
import { emptyDraft } from '../../src/push/draft';
import { DraftStore } from '../../src/push/draftStore';
import { folderDisk } from '../../src/push/folderDisk';
import { Outbox } from '../../src/push/outbox/outbox';
import { PushHistory } from '../../src/push/outbox/pushHistory';
import { recordFolder } from '../../src/push/outbox/recordFolder';
import { SecretCheck } from '../../src/push/secretCheck';
import { startSandbox } from '../../src/sandbox';
import type { Sandbox } from '../../src/sandbox';
import { sureRoad } from '../faults/killRoad';
import { MemorySecrets } from '../support/memorySecrets';
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
    what: 'From Send to the request at the portal, with all checks (secrets, twins), the vault, the shared pace and the push on disk: ms over a bare node-fetch of the same request',
    atMost: 10,
    run: overhead,
  },
];

/** All that a window has: what is kept on disk, the vault, the pace of all windows, and the search for secrets. */
export async function openWindow(
  sandbox: Sandbox,
  folder: string,
): Promise<{ send: (text: string) => Promise<void>; close: () => Promise<void> }> {
  const at = (name: string) => path.join(folder, name);
  const secrets = new MemorySecrets();
  for (const [key, value] of Object.entries(await signIn(sandbox, folder))) {
    await secrets.store(key, value);
  }
  const board = new AccountBoard({ folder: at('accounts'), log });
  const vault = new Vault({ secrets, clock, log, board });
  const [account] = await vault.list();
  if (!account) {
    throw new Error('nobody is signed in');
  }
  const id = accountId(account);
  const transport = nodeFetchTransport({ userAgent: 'bench/1' });
  const agreeToMove = () => Promise.resolve(false);
  const tokens = new AccountTokens({ accountId: id, vault, transport, clock, log, agreeToMove });
  const limiter = new RateLimiter({ state: sharedBuckets(at('pace'), log), clock, log, limits });
  const client = new PortalClient({ transport, tokens, clock, log, limiter });
  const drafts = new DraftStore({ disk: folderDisk(at('drafts')), key: 'w', clock, log });
  const kept = recordFolder(at('history'));
  const history = new PushHistory({ folder: kept, keep: () => 'all', clock, log });
  const outbox = new Outbox({ folder: recordFolder(at('outbox')), history, clock, log });
  const check = new SecretCheck({
    confirm: () => Promise.reject(new Error('there is no secret in it')),
    load: () => import('../../src/secrets/findSecrets'),
    log,
  });
  const { host } = new URL(sandbox.info.portal);
  await drafts.ready;
  return {
    send: async (text) => {
      const recipients = [{ id: 1, name: 'Anna' }];
      const draft = { ...emptyDraft, accountId: id, recipients, text };
      drafts.update(draft);
      const { kind } = await sureRoad({ draft, host, client, drafts, outbox, secrets: check });
      if (kind !== 'accepted') {
        throw new Error(`it was ${kind}`);
      }
    },
    close: async () => {
      await drafts.flush();
      for (const one of [drafts, outbox, history, vault, board]) {
        one.dispose();
      }
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

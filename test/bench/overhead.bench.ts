import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fetch from 'node-fetch';
import { systemClock as clock } from '../../src/common/clock';
import { silentLog as log } from '../../src/common/log';
import { emptyDraft } from '../../src/push/draft';
import { DraftStore } from '../../src/push/draftStore';
import { folderDisk } from '../../src/push/folderDisk';
import { Outbox } from '../../src/push/outbox/outbox';
import { PushHistory } from '../../src/push/outbox/pushHistory';
import { recordFolder } from '../../src/push/outbox/recordFolder';
import { startSandbox } from '../../src/sandbox';
import { sureRoad } from '../faults/killRoad';
import { sandboxClient } from '../support/sandboxClient';
import type { Bench } from './benches';
import { middle, times } from './stage';

const method = 'pull.application.push.add';
/** Sends of one run, ours and the bare ones by turns. */
const sends = 15;

export const benches: Bench[] = [
  {
    name: 'send.overheadMs',
    what: 'From Send to the request at the portal, with all checks and the push on disk: ms over a bare node-fetch of the same request',
    atMost: 10,
    run: overhead,
  },
];

async function overhead(): Promise<number> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-bench-'));
  const sandbox = await startSandbox();
  sandbox.patchState({ bucket: { size: 0 } });
  const client = await sandboxClient(sandbox, clock);
  const at = (name: string) => path.join(folder, name);
  const drafts = new DraftStore({ disk: folderDisk(at('drafts')), key: 'w', clock, log });
  const history = new PushHistory({
    folder: recordFolder(at('history')),
    keep: () => 'all',
    clock,
    log,
  });
  const outbox = new Outbox({ folder: recordFolder(at('outbox')), history, clock, log });
  const { host, origin } = new URL(sandbox.info.portal);
  const options = { client, drafts, outbox, host };
  await drafts.ready;
  let count = 0;
  const send = async (): Promise<void> => {
    count += 1;
    const recipients = [{ id: 1, name: 'Anna' }];
    const draft = { ...emptyDraft, accountId: 'bench:1', recipients, text: `Text ${count}` };
    drafts.update(draft);
    const { kind } = await sureRoad({ draft, ...options });
    if (kind !== 'accepted') {
      throw new Error(`it was ${kind}`);
    }
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
    await drafts.flush();
    drafts.dispose();
    outbox.dispose();
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

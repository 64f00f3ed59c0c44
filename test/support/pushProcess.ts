// A process that stands for one window of the editor: the accounts with their tokens and the pace that windows share.
// It reads orders, one JSON a line, and answers each with { ms, codes }: see test/support/windows.ts.
//   FOLDER SECRETS live|snapshot RATE large|usual SIZE [accounts|pace]: the last is a folder that it shares with nobody.
import { newBucket } from '../../src/bitrix24/rateLimiterState';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { SecretStorage } from 'vscode';
import { sharedBuckets } from '../../src/accounts/sharedBuckets';
import { accountId } from '../../src/accounts/storedAccount';
import { TokenRefresh } from '../../src/accounts/tokenRefresh';
import { addPush } from '../../src/bitrix24/push';
import { Bitrix24Error } from '../../src/bitrix24/errors';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import { RateLimiter } from '../../src/bitrix24/rateLimiter';
import { PortalClient } from '../../src/bitrix24/portalClient';
import { systemClock } from '../../src/common/clock';
import { recoveredStates, Stops } from './stops';
import { silentLog as log } from './silentLog';
import { newDraft } from '../../src/push/draft';
import type { Way } from '../../src/push/draft';
import { accountOf, openPushWindow, stateOf } from '../faults/pushWindow';
import { tokenStore } from './tokenStores';
import type { Order } from './windows';

const [folder = '', file = '', world, rate = '1', plan, size = '0', apart] = process.argv.slice(2);

const shared = (name: string): string =>
  path.join(folder, apart === name ? `${name}-${process.pid}` : name);

/** `live`: each window sees what is stored now, as on the desktop; else it sees what was there when it began. */
function secretsOf(live: boolean): SecretStorage {
  const read = () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  let values = read();
  const now = () => (values = live ? read() : values);
  const write = (): Promise<void> => {
    // A web host writes all that it has, including old values.
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(values));
    renameSync(temporary, file);
    return Promise.resolve();
  };
  return {
    keys: () => Promise.resolve(Object.keys(now())),
    get: (key) => Promise.resolve(now()[key]),
    store: (key, value) => {
      now()[key] = value;
      return write();
    },
    delete: (key) => {
      values = Object.fromEntries(Object.entries(now()).filter(([other]) => other !== key));
      return write();
    },
    onDidChange: () => ({ dispose: () => undefined }),
  };
}

async function main(): Promise<void> {
  const store = tokenStore(shared('accounts'), { secrets: secretsOf(world === 'live') });
  const [account] = await store.list();
  if (!account) {
    throw new Error('nobody is signed in');
  }
  const stops = new Stops();
  const transport = stops.onWire(nodeFetchTransport({ userAgent: 'test/1' }));
  const clock = stops.inPauses(systemClock);
  stops.beforeLock(store);
  const tokens = new TokenRefresh({
    accountId: accountId(account),
    store,
    transport,
    clock,
    log,
    agreeToMove: () => Promise.resolve(false),
  });
  const drain = 2 * Number(rate);
  const known = Number(size) > 0 && { size: Number(size), drain };
  const limits = {
    usual: known || { size: 50, drain },
    large: known || { size: 250, drain: 2.5 * drain },
  };
  const state = sharedBuckets(shared('pace'), log);
  const limiter = new RateLimiter({ state, clock, log, limits });
  if (plan === 'large') {
    const next = { ...newBucket(clock.now()), isLarge: true };
    await state(account.tokens.memberId).update((current) => ({
      next: current ?? next,
      result: undefined,
    }));
  }
  const client = new PortalClient({ transport, tokens, clock, log, limiter });
  /** Everything that the pipeline keeps on disk. */
  const pipeline = {
    ...{ root: path.join(folder, 'pipeline'), client },
    account: accountOf(accountId(account), account.portal),
  };
  const sendByName = async (ids: readonly number[], via?: Way): Promise<string[]> => {
    const window = await openPushWindow(pipeline);
    const draft = newDraft({
      ...{ accountId: accountId(account), via },
      recipients: ids.map((id) => ({ id, name: `N${id}` })),
      text: `Hi {name}, it is ${process.pid}!`,
    });
    try {
      const state = stateOf(await window.service.send(draft, { origin: 'form' }));
      return state === 'accepted' ? [] : [state];
    } finally {
      await window.close();
    }
  };

  process.stdout.write('ready\n');
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line) as Order;
    const start = performance.now();
    const codes: string[] = [];
    const failed = (error: unknown) =>
      codes.push(error instanceof Bitrix24Error ? error.code : String(error));
    stops.at = order.stopAt;
    if (order.takeOver) {
      await recoveredStates(pipeline).then((states) => codes.push(...states), failed);
    }
    if (order.batchTo) {
      await sendByName(order.batchTo, order.via).then(
        (failures) => codes.push(...failures),
        failed,
      );
    }
    await Promise.all(
      Array.from({ length: order.calls }, async (_, index) => {
        await clock.sleep(Math.random() * (order.spreadMs ?? 0));
        try {
          const push = { userIds: [1], text: `${process.pid} ${index}` };
          await addPush(client, push, { lane: order.lane });
        } catch (error) {
          failed(error);
        }
      }),
    );
    process.stdout.write(`${JSON.stringify({ codes, ms: performance.now() - start })}\n`);
  }
  store.dispose();
}

void main();

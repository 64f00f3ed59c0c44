import type { Sandbox } from '../../src/sandbox';
import type { Bench } from './benches';
import { crowd, median, middle, sdkName, times, withWindows } from './stage';
import type { Client } from './stage';

/** The portal takes that long for a batch: less than a real one. */
const portalMs = 30;

export const benches: Bench[] = [
  {
    name: 'batch500.ratioToSdk',
    what: `500 different texts to 500 people by batch, each request noted on disk: time against the SDK's batchByChunk, at a portal that takes ${portalMs} ms`,
    atMost: 1,
    run: batchRatio,
  },
  {
    name: 'lostAnswer.single',
    what: 'Pushes on the phone of one whose push was accepted by the portal, but the answer was lost',
    atMost: 1,
    run: () => median(() => lost('ours', 1)),
    peer: { name: sdkName, run: () => median(() => lost('sdk', 1)) },
  },
  {
    name: 'lostAnswer.batch50',
    what: 'The same for a batch of 50 different texts, on all phones',
    atMost: 50,
    run: () => median(() => lost('ours', 50)),
    peer: { name: sdkName, run: () => median(() => lost('sdk', 50)) },
  },
];

/** One after the other by turns, so that both meet the same machine. */
async function batchRatio(): Promise<number> {
  const ratios: number[] = [];
  for (let time = 0; time < times; time += 1) {
    ratios.push((await batchMs('ours')) / (await batchMs('sdk')));
  }
  return middle(ratios);
}

async function batchMs(client: Client): Promise<number> {
  return await withWindows({ client }, async (windows, sandbox) => {
    await windows.call({ calls: 1 });
    sandbox.addFaults({ action: 'slow', method: 'batch', times: 0, delayMs: portalMs });
    const before = pushesOf(sandbox);
    const [done] = await windows.call({ calls: 0, batchTo: crowd });
    if (
      done === undefined ||
      done.codes.length > 0 ||
      pushesOf(sandbox) - before !== crowd.length
    ) {
      throw new Error(`not everybody has it: ${JSON.stringify(done?.codes)}`);
    }
    return done.ms;
  });
}

async function lost(client: Client, people: number): Promise<number> {
  return await withWindows({ client }, async (windows, sandbox) => {
    await windows.call({ calls: 1 });
    const before = pushesOf(sandbox);
    const method = people === 1 ? 'pull.application.push.add' : 'batch';
    sandbox.addFaults({ action: 'cut', when: 'after', method, times: 0 });
    await windows.call(people === 1 ? { calls: 1 } : { calls: 0, batchTo: crowd.slice(0, people) });
    return pushesOf(sandbox) - before;
  });
}

/** Pushes on phones. */
function pushesOf(sandbox: Sandbox): number {
  return sandbox.snapshot().pushes.reduce((sum, { recipients }) => sum + recipients.length, 0);
}

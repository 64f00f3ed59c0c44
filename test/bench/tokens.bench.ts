import type { Sandbox } from '../../src/sandbox';
import type { Windows } from '../support/windows';
import type { Bench } from './benches';
import { median, medianAtOnce, sdkName, sideBySide, withWindows } from './stage';
import type { Client } from './stage';

const push = 'pull.application.push.add';
/** Seconds by which the sandbox's clock goes ahead, so that every access token has expired. */
const anHour = 3_700;
/** Between two of the answers that say so. */
const staggerMs = 40;
/** So long is waited for an error. */
const patienceMs = 30_000;

const hung = sideBySide(
  () => medianAtOnce(() => hungServer('ours')),
  async () => {
    const ms = await medianAtOnce(() => hungServer('sdk'));
    return ms < Infinity ? ms : `> ${patienceMs}`;
  },
);

export const benches: Bench[] = [
  {
    name: 'refresh.staggered20',
    what: `Refreshes for 20 calls whose "expired token" answers come ${staggerMs} ms after one another`,
    atMost: 1,
    run: () => median(() => staggered('ours')),
    peer: { name: sdkName, run: () => median(() => staggered('sdk')) },
  },
  {
    name: 'refresh.twoWindows.failed',
    what: 'Failed calls of 20 by two processes whose access token has expired; refresh tokens work once',
    atMost: 0,
    run: () => median(() => failedOfTwo('ours')),
    peer: { name: sdkName, run: () => median(() => failedOfTwo('sdk')) },
  },
  {
    name: 'hungServer.ms',
    what: `The authorization server takes the request and never answers: ms until the call ends in an error that says so; stopped after ${patienceMs / 1000} s`,
    atMost: 15_000,
    run: hung.run,
    peer: { name: sdkName, run: hung.theirs },
  },
];

async function staggered(client: Client): Promise<number> {
  return await withWindows({ client }, async (windows, sandbox) => {
    // Until the pace knows the bucket, few requests are on the wire at a time; here all 20 are.
    await windows.call({ calls: 60 });
    sandbox.patchState({ bucket: { level: 0 }, clockOffset: anHour });
    for (let call = 1; call <= 20; call += 1) {
      const delayMs = call * staggerMs;
      sandbox.addFaults({ action: 'slow', method: push, call, times: 1, delayMs });
    }
    await leaked();
    const before = refreshesOf(sandbox);
    complain(await windows.call({ calls: 20 }));
    return refreshesOf(sandbox) - before;
  });
}

async function failedOfTwo(client: Client): Promise<number> {
  return await withWindows({ client, windows: 2 }, async (windows, sandbox) => {
    await windows.call({ calls: 1 });
    sandbox.patchState({ clockOffset: anHour });
    const ends = await windows.call({ calls: 10 });
    return ends.reduce((sum, { codes }) => sum + codes.length, 0);
  });
}

/** Ms; Infinity where it came to no end. */
async function hungServer(client: Client): Promise<number> {
  return await withWindows({ client }, async (windows, sandbox) => {
    await windows.call({ calls: 1 });
    sandbox.patchState({ clockOffset: anHour });
    sandbox.addFaults({ action: 'hang', when: 'before', method: 'oauth.token', times: 0 });
    const ends = await Promise.race([
      windows.call({ calls: 1 }).catch(() => undefined),
      new Promise<undefined>((resolve) => {
        setTimeout(resolve, patienceMs, undefined).unref();
      }),
    ]);
    const [end] = ends ?? [];
    if (end?.codes.length === 0) {
      throw new Error('a call went through without a token');
    }
    return end?.ms ?? Infinity;
  });
}

function refreshesOf(sandbox: Sandbox): number {
  return sandbox.snapshot().requests.filter(({ method }) => method === 'oauth.token').length;
}

/** Everything that was let through has leaked out, by the clients' own count too. */
async function leaked(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_500));
}

function complain(ends: Awaited<ReturnType<Windows['call']>>): void {
  const codes = ends.flatMap(({ codes }) => codes);
  if (codes.length > 0) {
    throw new Error(`calls failed: ${JSON.stringify(codes)}`);
  }
}

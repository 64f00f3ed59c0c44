import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Reach } from '../../src/automation/notice';
import { scriptPath } from '../../src/b24push/place';
import { createProgramHandler } from '../../src/program/programHandler';
import { openCallableWindow } from '../support/callableWindow';
import { silentLog as log } from '../support/silentLog';
import { startSandbox } from '../../src/sandbox';
import type { Bench } from './benches';
import { openWindow } from './overhead.bench';
import { makeProduction, programBundle } from './production';

const method = 'pull.application.push.add';
const calls = 50;

export const benches: Bench[] = [
  {
    name: 'b24push.toWireMs',
    what: `From the start of b24push "text" to the request at the portal, ms: 95th percentile of ${calls} calls`,
    atMost: 150,
    run: () => withCalls(undefined, toWire),
  },
  {
    name: 'b24push.returnMs',
    what: `From the start of b24push "text" to its end at a portal that never answers, ms: 95th percentile of ${calls} calls`,
    atMost: 300,
    run: () => withCalls('hang', async (call) => await call()),
  },
];

/** Runs the program and resolves to how long that took, ms. */
type Call = () => Promise<number>;

/** Calls that come one after the other, as somebody types them; the first ones do not count. */
async function withCalls(
  portal: 'hang' | undefined,
  measure: (call: Call) => Promise<number>,
): Promise<number> {
  makeProduction();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-bench-'));
  const home = path.join(folder, 'b24push');
  const sandbox = await startSandbox();
  sandbox.patchState({ bucket: { size: 0 } });
  if (portal === 'hang') {
    sandbox.addFaults({ action: 'hang', when: 'before', method, times: 0 });
  }
  const window = await openWindow(sandbox, folder);
  const reach = sendingReach(window, folder);
  const handle = createProgramHandler({
    reach: () => Promise.resolve(reach),
    askedSend: () => Promise.reject(new Error('nobody is asked')),
    hook: () => Promise.resolve(),
    tool: () => Promise.reject(new Error('no tool is called')),
    log,
  });
  const files = { node: process.execPath, main: programBundle };
  const callable = await openCallableWindow(home, { files, handle });
  let count = 0;
  const call = async (): Promise<number> => {
    const start = performance.now();
    const child = spawn(scriptPath(home), ['-q', `Text ${(count += 1)}`], {
      ...{ stdio: 'ignore', env: { ...process.env, B24PUSH_HOME: home } },
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) {
      throw new Error(`b24push ended with ${code}`);
    }
    return performance.now() - start;
  };
  try {
    for (let time = 0; time < 3; time += 1) {
      await measure(call);
    }
    const figures: number[] = [];
    for (let time = 0; time < calls; time += 1) {
      figures.push(await measure(call));
    }
    return figures.toSorted((a, b) => a - b)[Math.ceil(calls * 0.95) - 1] ?? NaN;
  } finally {
    callable.dispose();
    await sandbox.close();
    await reach.settled();
    await window.close();
    await rm(folder, { recursive: true, maxRetries: 5 });
  }
}

/** Keeps a notice on disk and sends it: what comes with a user's yes and is asked for leaves at once. */
function sendingReach(
  { send }: { send: (text: string) => Promise<void> },
  folder: string,
): Reach & { settled(): Promise<unknown> } {
  const sent: Promise<void>[] = [];
  return {
    take: async ({ words = '' }) => {
      await writeFile(path.join(folder, `notice-${sent.length}`), words, { flush: true });
      // A portal that hangs leaves it unknown.
      sent.push(send(words).catch(() => undefined));
      return { kind: 'kept', id: '', end: new Promise(() => undefined) };
    },
    goesOn: () => Promise.resolve(),
    settled: () => Promise.all(sent),
  };
}

/** Ms until the portal has the head of the request. */
async function toWire(call: Call): Promise<number> {
  let heard: (message: unknown) => void = () => undefined;
  const there = new Promise<number>((resolve) => {
    heard = (message) => {
      const { request } = message as { request: IncomingMessage };
      if (request.url?.endsWith(method) === true) {
        resolve(performance.now());
      }
    };
  });
  subscribe('http.server.request.start', heard);
  try {
    const start = performance.now();
    await call();
    return (await there) - start;
  } finally {
    unsubscribe('http.server.request.start', heard);
  }
}

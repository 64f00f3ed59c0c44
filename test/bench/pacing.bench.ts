import { startSandbox } from '../../src/sandbox';
import { Windows } from '../support/windows';
import type { WindowsOptions } from '../support/windows';

/** Different texts, each as a call of its own. */
const count = 500;
/** The bucket leaks that much faster than Bitrix24's two a second: a run takes ten seconds, */
const fast = 25;
/** or twenty, where one percent is at stake: what the machine itself takes grows with the rate. */
const slower = 10;
const size = 50;
const times = Number(process.env['BENCH_TIMES'] ?? 7);

/** Percent over the time that the bucket itself takes. Bitrix24: 50 at once, two a second. */
export const benches: { name: string; run(): Promise<number> }[] = [
  { name: 'singles.matched.overFloor', run: () => overFloor({ count: 1, rate: slower }) },
  { name: 'singles.full.overFloor', run: () => overFloor({ count: 1 }, size) },
  { name: 'singles.twoWindows.overFloor', run: () => overFloor({ count: 2 }) },
  { name: 'singles.overestimated.overFloor', run: () => overFloor({ count: 1, large: true }) },
  { name: 'refresh.staggered20', run: () => refreshes(1, 20) },
  { name: 'refresh.twoWindows.failed', run: () => failedOfTwo() },
];

async function overFloor(
  { count: windows, large = false, rate = fast }: { count: number; large?: boolean; rate?: number },
  level = 0,
): Promise<number> {
  const drain = 2 * rate;
  return await median(() =>
    withWindows({ count: windows, world: 'live', rate, large }, async (opened, sandbox) => {
      // Connections are made and the code is warm; then the bucket is as it is meant to be.
      await opened.call({ calls: 1 });
      sandbox.patchState({ bucket: { size, drain, level } });
      const ends = await opened.call({ calls: count / windows, lane: 'mass' });
      if (ends.some(({ codes }) => codes.length > 0)) {
        throw new Error(`calls failed: ${JSON.stringify(ends)}`);
      }
      const floor = ((count - (size - level)) / drain) * 1000;
      return (Math.max(...ends.map(({ ms }) => ms)) / floor - 1) * 100;
    }),
  );
}

/** Refreshes for calls whose 401 come one after another. */
async function refreshes(windows: number, calls: number): Promise<number> {
  return await median(() => expired(windows, calls).then(({ asked }) => asked));
}

async function failedOfTwo(): Promise<number> {
  return await median(() => expired(2, 10).then(({ failed }) => failed));
}

async function expired(windows: number, calls: number): Promise<{ asked: number; failed: number }> {
  const options: WindowsOptions = { count: windows, world: 'live', rate: fast };
  return await withWindows(options, async (opened, sandbox) => {
    await opened.call({ calls: 1 });
    const last = sandbox.snapshot().requests.at(-1)?.id ?? 0;
    sandbox.patchState({ clockOffset: 3_700 });
    const ends = await opened.call({ calls, spreadMs: 800 });
    const asked = sandbox
      .snapshot()
      .requests.filter(({ id, method }) => id > last && method === 'oauth.token');
    return {
      asked: asked.length,
      failed: ends.reduce((sum, { codes }) => sum + codes.length, 0),
    };
  });
}

async function withWindows<T>(
  options: WindowsOptions,
  run: (windows: Windows, sandbox: Awaited<ReturnType<typeof startSandbox>>) => Promise<T>,
): Promise<T> {
  // A process that only answers would be fairer to both; the windows are processes of their own.
  const sandbox = await startSandbox({ policy: 'strict' });
  sandbox.patchState({ bucket: { size, drain: 2 * (options.rate ?? 1) } });
  const windows = await Windows.open(sandbox, options);
  try {
    return await run(windows, sandbox);
  } finally {
    await windows.close();
    await sandbox.close();
  }
}

async function median(run: () => Promise<number>): Promise<number> {
  const figures: number[] = [];
  for (let time = 0; time < times; time += 1) {
    figures.push(await run());
  }
  return figures.toSorted((a, b) => a - b)[Math.ceil(figures.length / 2) - 1] ?? NaN;
}

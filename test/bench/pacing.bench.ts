import type { Bench } from './benches';
import { median, medianAtOnce, rate as fast, sdkName, sideBySide, withWindows } from './stage';
import type { Client, StageOptions } from './stage';

/** Different texts, each as a call of its own. */
const count = 500;
/** Where one percent is at stake: what the machine itself takes grows with the rate. */
const slower = 1;
const size = 50;
/** So long is waited for one who does not come to an end. */
const patienceMs = 60_000;
/** The SDK takes half a minute with a full bucket: so many of its runs go at the same time. */
const lanes = 3;

const scaled = `the bucket leaks ${2 * fast} a second, and the clients know it`;

const matched = sideBySide(
  () => medianAtOnce(() => overFloor({ client: 'ours', rate: slower })),
  () => medianAtOnce(() => overFloor({ client: 'sdk', rate: slower })),
);
const full = sideBySide(
  () => median(() => overFloor({ client: 'ours' }, size)),
  () => medianAtOnce(() => overFloor({ client: 'sdk' }, size), lanes),
);
const twoWindows = sideBySide(
  () => median(() => overFloor({ client: 'ours', windows: 2 })),
  () => median(() => overFloor({ client: 'sdk', windows: 2 })),
);
const overestimated = sideBySide(
  () => median(() => overFloor({ client: 'ours', large: true })),
  () => endless({ client: 'sdk', large: true }),
);

/** Percent over the time that the bucket itself takes. Bitrix24: 50 at once, two a second. */
export const benches: Bench[] = [
  {
    name: 'singles.matched.overFloor',
    what: `500 different texts as single calls: % over the time that the bucket itself takes (it leaks ${2 * slower} a second, as Bitrix24's)`,
    atMost: 1,
    run: matched.run,
    peer: { name: sdkName, run: matched.theirs },
  },
  {
    name: 'singles.full.overFloor',
    what: `The same where others have filled the bucket before, % (${scaled})`,
    atMost: 5,
    run: full.run,
    peer: { name: sdkName, run: full.theirs },
  },
  {
    name: 'singles.twoWindows.overFloor',
    what: 'The same by two processes with 250 each, %',
    atMost: 5,
    run: twoWindows.run,
    peer: { name: sdkName, run: twoWindows.theirs },
  },
  {
    name: 'singles.overestimated.overFloor',
    what: `The same by a client that was told of the large bucket (250 at once, five a second), %; one run of the SDK, stopped after ${patienceMs / 1000} s`,
    atMost: 10,
    run: overestimated.run,
    peer: { name: sdkName, run: overestimated.theirs },
  },
];

async function overFloor(options: StageOptions, level = 0): Promise<number> {
  const { windows: processes = 1, rate = fast } = options;
  const drain = 2 * rate;
  return await withWindows(options, async (windows, sandbox) => {
    // Connections are made and the code is warm; then the bucket is as it is meant to be.
    await windows.call({ calls: 1 });
    sandbox.patchState({ bucket: { size, drain, level } });
    const ends = await windows.call({ calls: count / processes, lane: 'mass' });
    complain(
      options.client,
      ends.flatMap(({ codes }) => codes),
    );
    return percent(Math.max(...ends.map(({ ms }) => ms)), level, drain);
  });
}

/** At least so many percent, unless it comes to an end. */
async function endless(options: StageOptions): Promise<number | string> {
  const drain = 2 * fast;
  return await withWindows(options, async (windows, sandbox) => {
    await windows.call({ calls: 1 });
    sandbox.patchState({ bucket: { size, drain, level: 0 } });
    const done = windows.call({ calls: count }).catch(() => undefined);
    const ends = await Promise.race([
      done,
      new Promise<undefined>((resolve) => {
        setTimeout(resolve, patienceMs, undefined).unref();
      }),
    ]);
    return ends === undefined
      ? `> ${percent(patienceMs, 0, drain).toFixed(0)}`
      : percent(Math.max(...ends.map(({ ms }) => ms)), 0, drain);
  });
}

function percent(ms: number, level: number, drain: number): number {
  const floor = ((count - (size - level)) / drain) * 1000;
  return (ms / floor - 1) * 100;
}

/** A call of ours that fails makes the figure worth nothing; the SDK's give up after three 503. */
function complain(client: Client, codes: readonly string[]): void {
  if (client === 'ours' && codes.length > 0) {
    throw new Error(`calls failed: ${JSON.stringify(codes)}`);
  }
}

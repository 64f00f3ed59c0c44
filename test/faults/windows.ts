import { startSandbox } from '../../src/sandbox';
import { Windows } from '../support/windows';
import type { WindowsOptions } from '../support/windows';
import { stopPoints } from '../support/stops';
import { foreignHolders, quickHolders, renewDespite } from './foreignLocks';
import type { Proof } from './proof';
import { quickStops, stopAt } from './stoppedWindows';

/** Calls of all windows together: in the first round more than the bucket takes at once, then some more each. */
const calls = { first: 30, later: 10 };
/** Seconds by which the sandbox's clock goes ahead, so that every access token has expired. */
const anHour = 3_700;
/** The bucket is smaller than Bitrix24's and leaks faster, as the windows know: rounds take less time. */
const size = 20;
const rate = 5;
const drain = 2 * rate;
/** Windows leave three quarters of a request free, which is less time at this pace; the sandbox adds up to half a second. */
const spare = drain / 2 - 0.75;

export interface Round {
  refreshes: number;
  failed: string[];
  full: number;
}

/**
 * Windows as processes of their own, on one account, whose tokens expire in every round: one refresh a round, no
 * failed call, nobody signed out, and no more than one 503 a round. And windows that are stopped, whose push another one
 * takes over and sends: everybody gets it once.
 */
export const windowsProof: Proof = {
  name: 'windows',
  run: async ({ short, say }) => {
    const rounds = short ? 2 : 100;
    const rows: string[][] = [];
    const failures: string[] = [];
    const worlds = (['live', 'snapshot'] as const).flatMap((world) =>
      [2, 10].map((count) => ({ world, count })),
    );
    // Most of the time they wait.
    await Promise.all(
      worlds.map(async ({ world, count }) => {
        const name = `${count} windows, ${world}`;
        const done = await play({ world, count }, rounds);
        say(`${name}: ${rounds} rounds`);
        done.forEach((round, index) => {
          if (!isSound(round)) {
            failures.push(`${name}, round ${index + 1}: ${JSON.stringify(round)}`);
          }
        });
        const sum = (of: (round: Round) => number) =>
          String(done.reduce((total, round) => total + of(round), 0));
        rows.push([
          world,
          String(count),
          String(rounds),
          String(calls.first + (rounds - 1) * calls.later),
          sum(({ refreshes }) => refreshes),
          sum(({ failed }) => failed.length),
          sum(({ full }) => full),
        ]);
      }),
    );
    const others = [
      ...(await playEach('stopped at', short ? 1 : 5, short ? quickStops : stopPoints, (point) =>
        stopAt(point),
      )),
      ...(await playEach(
        'stopped with a notification at',
        short ? 1 : 5,
        short ? quickStops : stopPoints,
        (point) => stopAt(point, 'notification'),
      )),
      ...(await playEach(
        'lock of',
        short ? 1 : 5,
        short ? quickHolders : foreignHolders,
        renewDespite,
      )),
    ];
    say(`${others.length} stopped windows and foreign locks`);
    for (const name of new Set(others.map((one) => one.name))) {
      const wrong = others.filter((one) => one.name === name).map((one) => one.wrong);
      failures.push(...wrong.flat().map((what) => `${name}: ${what}`));
      const failed = wrong.filter(({ length }) => length > 0).length;
      rows.push([name, '2', String(wrong.length), '', '', String(failed), '']);
    }
    return {
      cases: rounds * 4 + others.length,
      columns: ['storage', 'windows', 'rounds', 'calls', 'refreshes', 'failed', '503'],
      rows,
      failures,
    };
  },
};

/** Round after round, the kinds beside each other: most of the time they wait. */
async function playEach<Kind extends string>(
  what: string,
  rounds: number,
  kinds: readonly Kind[],
  play: (kind: Kind) => Promise<string[]>,
): Promise<{ name: string; wrong: string[] }[]> {
  if (process.platform === 'win32') {
    // There is no signal that stops a process, and nothing tells when one began.
    return [];
  }
  const done: { name: string; wrong: string[] }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const one = async (kind: Kind) => ({ name: `${what} ${kind}`, wrong: await play(kind) });
    done.push(...(await Promise.all(kinds.map(one))));
  }
  return done;
}

export function isSound({ refreshes, failed, full }: Round): boolean {
  return refreshes === 1 && failed.length === 0 && full <= 1;
}

export async function play(
  options: Pick<WindowsOptions, 'world' | 'count' | 'apart'>,
  rounds: number,
): Promise<Round[]> {
  const sandbox = await startSandbox({ policy: 'strict' });
  sandbox.patchState({ bucket: { size: size + spare, drain } });
  const windows = await Windows.open(sandbox, { ...options, size, rate });
  const done: Round[] = [];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const asked = performance.now();
      const { state, requests: earlier } = sandbox.snapshot();
      const last = earlier.at(-1)?.id ?? 0;
      // In that hour the bucket would leak dry, which the windows' clocks know nothing of. They do know of the
      // moment that it takes to look at a long log: left out in each round, it would fill the bucket unseen.
      const leaked = (drain * (performance.now() - asked)) / 1000;
      const level = Math.max(0, state.bucket.level - leaked);
      sandbox.patchState({ clockOffset: round * anHour, bucket: { level } });
      const ends = await windows.call({
        calls: (round === 1 ? calls.first : calls.later) / options.count,
        spreadMs: 60,
      });
      const requests = sandbox.snapshot().requests.filter(({ id }) => id > last);
      done.push({
        refreshes: requests.filter(({ method }) => method === 'oauth.token').length,
        failed: ends.flatMap(({ codes }) => codes),
        full: requests.filter(({ error }) => error === 'QUERY_LIMIT_EXCEEDED').length,
      });
    }
  } finally {
    await windows.close();
    await sandbox.close();
  }
  return done;
}

import { startSandbox } from '../../src/sandbox';
import { Windows } from '../support/windows';
import type { World } from '../support/windows';
import type { Proof } from './proof';

/** Calls of each window in a round; with ten windows as many as the bucket takes at once. */
const calls = 4;
/** Seconds by which the sandbox's clock goes ahead, so that every access token has expired. */
const anHour = 3_700;
/** The sandbox's bucket leaks that much faster than Bitrix24's, and the windows know it: rounds take less time. */
const rate = 25;

interface Round {
  refreshes: number;
  failed: string[];
  full: number;
}

/**
 * Windows as processes of their own, on one account, whose tokens expire in every round: one refresh a round, no
 * failed call, nobody signed out, and no more than one 503 a round.
 */
export const windowsProof: Proof = {
  name: 'windows',
  run: async ({ short, say }) => {
    const rounds = short ? 5 : 100;
    const rows: string[][] = [];
    const failures: string[] = [];
    for (const world of ['live', 'snapshot'] as const) {
      for (const count of [2, 10]) {
        const name = `${count} windows, ${world}`;
        say(`${name}: ${rounds} rounds`);
        const done = await play(world, count, rounds);
        done.forEach((round, index) => {
          if (round.refreshes !== 1 || round.failed.length > 0 || round.full > 1) {
            failures.push(`${name}, round ${index + 1}: ${JSON.stringify(round)}`);
          }
        });
        const sum = (of: (round: Round) => number) =>
          String(done.reduce((total, round) => total + of(round), 0));
        rows.push([
          world,
          String(count),
          String(rounds),
          String(rounds * count * calls),
          sum(({ refreshes }) => refreshes),
          sum(({ failed }) => failed.length),
          sum(({ full }) => full),
        ]);
      }
    }
    return {
      cases: rounds * 4,
      columns: ['storage', 'windows', 'rounds', 'calls', 'refreshes', 'failed', '503'],
      rows,
      failures,
    };
  },
};

async function play(world: World, count: number, rounds: number): Promise<Round[]> {
  const sandbox = await startSandbox({ policy: 'strict' });
  sandbox.patchState({ bucket: { size: 50, drain: 2 * rate } });
  const windows = await Windows.open(sandbox, { count, world, rate });
  const done: Round[] = [];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      sandbox.patchState({ clockOffset: round * anHour });
      const last = sandbox.snapshot().requests.at(-1)?.id ?? 0;
      const ends = await windows.call({ calls, spreadMs: 60 });
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

import path from 'node:path';
import { startSandbox } from '../../src/sandbox';
import type { Sandbox } from '../../src/sandbox';
import { twelvePeople } from '../../src/sandbox/staff';
import { Windows } from '../support/windows';

/** A figure that is written down is the median of at least so many runs. */
export const leastTimes = 7;
/** Runs of each figure. */
export const times = Number(process.env['BENCH_TIMES'] ?? leastTimes);
/** The bucket of every stage leaks that much faster than Bitrix24's two a second, and both clients are told. */
export const rate = 25;

/** The best of what else sends pushes from JavaScript. */
export const sdkName = '@bitrix24/b24jssdk';

export type Client = 'ours' | 'sdk';
const sdk = path.join(__dirname, 'sdkProcess.ts');

export interface StageOptions {
  client: Client;
  windows?: number;
  rate?: number;
  /** The client is told that the bucket is the large one. */
  large?: boolean;
}

/** A new portal, with one account that is signed in at windows of their own processes. */
export async function withWindows<T>(
  options: StageOptions,
  run: (windows: Windows, sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  const { client, windows: count = 1, large = false } = options;
  const sandbox = await startSandbox({ policy: 'strict', staff: manyPeople });
  let windows: Windows | undefined;
  try {
    const faster = options.rate ?? rate;
    sandbox.patchState({ bucket: { size: 50, drain: 2 * faster } });
    const peer = client === 'sdk' ? { peer: sdk } : {};
    windows = await Windows.open(sandbox, { count, world: 'live', rate: faster, large, ...peer });
    return await run(windows, sandbox);
  } finally {
    await windows?.close();
    await sandbox.close();
  }
}

/** Five hundred people beside the first twelve. */
export const crowd = Array.from({ length: 500 }, (_, index) => 1001 + index);

function manyPeople(): ReturnType<typeof twelvePeople> {
  const { people, departments } = twelvePeople();
  const [model] = people;
  if (model) {
    people.push(
      ...crowd.map((id) => ({
        ...model,
        id,
        firstName: `N${id}`,
        lastName: 'Crowd',
        admin: false,
      })),
    );
  }
  return { people, departments };
}

export async function median(run: () => Promise<number>): Promise<number> {
  const figures: number[] = [];
  for (let time = 0; time < times; time += 1) {
    figures.push(await run());
  }
  return middle(figures);
}

/** For what mostly waits: all runs at the same time, or so many. */
export async function medianAtOnce(run: () => Promise<number>, atOnce = times): Promise<number> {
  const figures: number[] = [];
  let left = times;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      figures.push(await run());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return middle(figures);
}

export function middle(figures: readonly number[]): number {
  if (process.env['BENCH_RUNS'] !== undefined) {
    process.stderr.write(`  ${figures.map((figure) => figure.toFixed(2)).join(' ')}\n`);
  }
  return figures.toSorted((a, b) => a - b)[Math.ceil(figures.length / 2) - 1] ?? NaN;
}

/** Ours and theirs at the same time, each at a portal of its own: so neither waits for the other's turn. */
export function sideBySide<T>(
  ours: () => Promise<number>,
  theirs: () => Promise<T>,
): { run: () => Promise<number>; theirs: () => Promise<T> } {
  let both: Promise<[number, T]> | undefined;
  const start = () => (both ??= Promise.all([ours(), theirs()]));
  return { run: async () => (await start())[0], theirs: async () => (await start())[1] };
}

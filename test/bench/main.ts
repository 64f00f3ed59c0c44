// The figures of the README, by `npm run bench`; `--json` prints one object, names after it choose some of them.
//   node --expose-gc --import tsx test/bench/main.ts [--json] [name ...]
import { benches as pacing } from './pacing.bench';
import { benches as people } from './people.bench';
import { benches as plan } from './plan.bench';

export interface Bench {
  /** Ends with its unit, unless it is a count. */
  name: string;
  /** The median of at least seven runs. */
  run: () => Promise<number>;
}

const all: Bench[] = [people, plan, pacing].flat();

async function main(args: readonly string[]): Promise<void> {
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  const figures: Record<string, number> = {};
  for (const { name, run } of all) {
    if (wanted.length === 0 || wanted.some((part) => name.startsWith(part))) {
      // What prints the figures alone shows there that it works.
      process.stderr.write(`${name} …\n`);
      const figure = Number((await run()).toFixed(2));
      figures[name] = figure;
      if (!args.includes('--json')) {
        console.log(`${name.padEnd(30)} ${figure}`);
      }
    }
  }
  if (args.includes('--json')) {
    console.log(JSON.stringify(figures));
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

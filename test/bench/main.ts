// The figures of the README, by `npm run bench`; names choose some of them.
//   node --expose-gc --import tsx test/bench/main.ts [--json | --readme] [name ...]
//   --json prints one object, the SDK's figures as NAME.sdk; --readme writes the README's table.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { benches } from './benches';
import { peerKey, withFigures } from './figuresTable';
import { leastTimes, times } from './stage';

async function main(args: readonly string[]): Promise<void> {
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  if (args.includes('--readme') && !(times >= leastTimes)) {
    throw new Error(
      `The README's figures are medians of at least ${leastTimes} runs: BENCH_TIMES is ${times}`,
    );
  }
  const figures: Record<string, number | string> = {};
  for (const { name, atMost, run, peer } of benches) {
    if (wanted.length === 0 || wanted.some((part) => name.startsWith(part))) {
      // What prints the figures alone shows there that it works.
      process.stderr.write(`${name} …\n`);
      const figure = rounded(await run());
      figures[name] = figure;
      const theirs = peer && rounded(await peer.run());
      if (theirs !== undefined) {
        figures[peerKey(name)] = theirs;
      }
      if (!args.includes('--json')) {
        const beside = peer ? `${peer.name}: ${theirs}` : '';
        const cells = [name.padEnd(34), String(figure).padEnd(8), `at most ${atMost}`.padEnd(16)];
        console.log([...cells, beside].join(' ').trimEnd());
      }
    }
  }
  if (args.includes('--json')) {
    console.log(JSON.stringify(figures));
  }
  if (args.includes('--readme')) {
    const readme = path.join(__dirname, '../../README.md');
    writeFileSync(readme, withFigures(readFileSync(readme, 'utf8'), benches, figures));
  }
}

function rounded<T extends number | string>(figure: T): T | number {
  return typeof figure === 'number' ? Number(figure.toFixed(2)) : figure;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

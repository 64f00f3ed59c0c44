// The figures of docs/figures.md, by `npm run bench`; names choose some of them.
//   node --expose-gc --import tsx test/bench/main.ts [--json | --write] [--limits] [name ...]
//   --json prints one object, the SDK's figures as NAME.sdk; --write writes the table.
//   --limits fails where a figure is above its limit.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { benches } from './benches';
import { peerKey, withFigures } from './figuresTable';
import { leastTimes, times } from './stage';

async function main(args: readonly string[]): Promise<void> {
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  if (args.includes('--write') && !(times >= leastTimes)) {
    throw new Error(
      `Figures that are written down are medians of at least ${leastTimes} runs: BENCH_TIMES is ${times}`,
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
  if (args.includes('--write')) {
    const page = path.join(__dirname, '../../docs/figures.md');
    writeFileSync(page, withFigures(readFileSync(page, 'utf8'), benches, figures));
  }
  const tooMuch = benches.filter(({ name, atMost }) => Number(figures[name] ?? 0) > atMost);
  if (args.includes('--limits') && tooMuch.length > 0) {
    throw new Error(`Above the limit: ${tooMuch.map(({ name }) => name).join(', ')}`);
  }
}

function rounded<T extends number | string>(figure: T): T | number {
  return typeof figure === 'number' ? Number(figure.toFixed(2)) : figure;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

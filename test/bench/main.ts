// The figures of the README, by `npm run bench`; names choose some of them.
//   node --expose-gc --import tsx test/bench/main.ts [--json | --readme] [name ...]
//   --json prints one object; --readme writes the README's table.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { benches } from './benches';
import { withFigures } from './figuresTable';

async function main(args: readonly string[]): Promise<void> {
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  const figures: Record<string, number> = {};
  for (const { name, atMost, run } of benches) {
    if (wanted.length === 0 || wanted.some((part) => name.startsWith(part))) {
      // What prints the figures alone shows there that it works.
      process.stderr.write(`${name} …\n`);
      const figure = Number((await run()).toFixed(2));
      figures[name] = figure;
      if (!args.includes('--json')) {
        console.log(`${name.padEnd(30)} ${String(figure).padEnd(8)} at most ${atMost}`);
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

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

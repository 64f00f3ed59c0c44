// The proof of the promise "once, or you are told": prints tables and writes test-results/faults.json.
//   node --import tsx test/faults/main.ts [--short] [--json] [name ...]
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { faultMatrixProof } from './faultMatrix';
import { fuzzProof } from './fuzz';
import { killMatrixProof } from './killMatrix';
import { noticeCrowdProof } from './noticeCrowd';
import { noticeKillsProof } from './noticeKills';
import type { Proof, ProofReport } from './proof';
import { scheduleKillsProof } from './scheduleKills';
import { windowsProof } from './windows';

const proofs: Proof[] = [
  ...[faultMatrixProof, killMatrixProof, windowsProof],
  ...[noticeKillsProof, noticeCrowdProof, scheduleKillsProof, fuzzProof],
];
const results = path.join(__dirname, '../../test-results');

async function main(args: readonly string[]): Promise<void> {
  const short = args.includes('--short');
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  const unhandled: string[] = [];
  process.on('unhandledRejection', (reason) => unhandled.push(String(reason)));

  const reports: Record<string, ProofReport & { seconds: number }> = {};
  for (const { name, run } of proofs) {
    if (wanted.length > 0 && !wanted.includes(name)) {
      continue;
    }
    process.stderr.write(`${name} …\n`);
    const started = performance.now();
    const report = await run({ short, say: (line) => process.stderr.write(`  ${line}\n`) });
    const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
    reports[name] = { ...report, seconds };
    if (!args.includes('--json')) {
      print(name, report, seconds);
    }
  }

  const failures = [
    ...Object.entries(reports).flatMap(([name, { failures }]) =>
      failures.map((failure) => `${name}: ${failure}`),
    ),
    ...unhandled.map((reason) => `an unhandled rejection: ${reason}`),
  ];
  const summary = { short, passed: failures.length === 0, failures, reports };
  mkdirSync(results, { recursive: true });
  writeFileSync(path.join(results, 'faults.json'), JSON.stringify(summary, undefined, 2));
  if (args.includes('--json')) {
    console.log(JSON.stringify(summary));
  }
  for (const failure of failures) {
    console.error(`✘ ${failure}`);
  }
  if (failures.length > 0) {
    process.exitCode = 1;
  }
}

function print(
  name: string,
  { cases, columns, rows, failures }: ProofReport,
  seconds: number,
): void {
  const lines = [columns, ...rows];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => line[index]?.length ?? 0)),
  );
  for (const line of lines) {
    console.log(
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
  console.log(`${name}: ${cases} cases, ${failures.length} failures, ${seconds} s\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

// A process that takes a lock again and again, for the tests of the lock.
//   node --import tsx test/support/lockChild.ts FILE count TIMES LOG | hold
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { InterProcessLock } from '../../src/common/interProcessLock';

const [file = '', task, times, counter = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const lock = new InterProcessLock(file);
  if (task === 'hold') {
    await lock.hold(async () => {
      process.stdout.write('held\n');
      await setTimeout(600_000);
    });
    return;
  }
  for (let left = Number(times); left > 0; left -= 1) {
    await lock.hold(async () => {
      // Two holders would lose a count, or see each other's mark.
      const before = Number(readFileSync(counter, 'utf8'));
      appendFileSync(`${counter}.log`, `+${process.pid}\n`);
      await setTimeout(Math.random() * 3);
      appendFileSync(`${counter}.log`, `-${process.pid}\n`);
      writeFileSync(counter, String(before + 1));
    });
  }
}

void main();

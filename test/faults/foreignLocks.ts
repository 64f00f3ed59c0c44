import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { thisProcess } from '../../src/common/processIdentity';
import { startSandbox } from '../../src/sandbox';
import { Windows } from '../support/windows';

const anHour = 3_700;

/**
 * Holders that the lock's file can name: a process whose number was given to another one, one of an earlier boot, one of
 * another machine, one of another PID namespace on this machine. The last two are not really there: the test writes
 * the file that they would write.
 */
export const foreignHolders = [
  'reused number',
  'earlier boot',
  'other host',
  'other namespace',
] as const;
export type ForeignHolder = (typeof foreignHolders)[number];

/** Holders whose end shows only by 15 s of silence. */
const farAway: readonly ForeignHolder[] = ['other host', 'other namespace'];
/** Holders that are known at once to have ended. */
export const quickHolders = foreignHolders.filter((holder) => !farAway.includes(holder));

/** The token is renewed once, within seconds or after the silence that the lock needs. Returns what is wrong. */
export async function renewDespite(holder: ForeignHolder): Promise<string[]> {
  const sandbox = await startSandbox({ policy: 'strict' });
  const windows = await Windows.open(sandbox, { world: 'live', count: 2 });
  try {
    await windows.call({ calls: 1 });
    const file = lockFileIn(windows.folder);
    await writeFile(file, JSON.stringify({ process: nameOf(holder) }));
    // A lock that nobody has touched for a while, as it is found after a crash.
    const earlier = new Date(Date.now() - 3_600_000);
    await utimes(file, earlier, earlier);
    sandbox.patchState({ clockOffset: anHour });
    const since = performance.now();
    const codes = (await windows.call({ calls: 2 })).flatMap((done) => done.codes);
    const seconds = (performance.now() - since) / 1000;
    const { requests } = sandbox.snapshot();
    const refreshes = requests.filter(({ method }) => method === 'oauth.token').length - 1;
    const limit = farAway.includes(holder) ? 25 : 8;
    return codes.length === 0 && refreshes === 1 && seconds < limit
      ? []
      : [`${codes.join()} after ${seconds.toFixed(1)} s and ${refreshes} refreshes`];
  } finally {
    await windows.close();
    await sandbox.close();
  }
}

function nameOf(holder: ForeignHolder): string {
  const [pid = '', start = '', boot = '', machine = ''] = thisProcess().split('-');
  const names: Record<ForeignHolder, string[]> = {
    // Where the system tells no times, the number alone has to be free.
    'reused number': start === '0' ? ['2147483000', start] : [pid, String(Number(start) + 1)],
    'earlier boot': [pid, start, 'ffffffff'],
    'other host': [pid, start, boot, 'eeeeeeee'],
    'other namespace': ['1', '1', boot, 'dddddddd'],
  };
  const name = names[holder];
  return [...name, ...[pid, start, boot, machine].slice(name.length)].join('-');
}

/** A lock of a high number: it is the one that counts. */
function lockFileIn(folder: string): string {
  const stored: unknown = JSON.parse(readFileSync(path.join(folder, 'secrets.json'), 'utf8'));
  const [key = ''] = Object.keys(stored as object);
  const hash = createHash('sha256').update(key.slice('account.v1:'.length)).digest('hex');
  return path.join(folder, 'accounts', `${hash.slice(0, 32)}.renew.1000`);
}

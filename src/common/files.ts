import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { hasCode } from './fileErrors';

/**
 * All or nothing: readers see the old file or the new one, also after a power cut. For the user's eyes only.
 * `durable: false` leaves the time of writing to the system: for what may be lost with the machine.
 */
export async function writeAtomically(
  file: string,
  parts: readonly Uint8Array[],
  { durable = true } = {},
): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      for (const part of parts) {
        await handle.writeFile(part);
      }
      if (durable) {
        await handle.sync();
      }
    } finally {
      await handle.close();
    }
    await renameOver(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** On Windows a virus scanner or a reader may hold the old file for a moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let left = 5; ; left -= 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (left === 0 || !hasCode(error, 'EPERM', 'EACCES', 'EBUSY')) {
        throw error;
      }
      await setTimeout(20);
    }
  }
}

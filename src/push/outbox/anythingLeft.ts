import { readdir } from 'node:fs/promises';
import { ifThere } from '../../common/fileErrors';

/**
 * Whether the outbox has a push in it: of an earlier window, or of one that is sending. One look at a folder, so that
 * each window that starts can afford it; who has it and what is to be told, the outbox knows.
 */
export async function anythingLeft(folder: string): Promise<boolean> {
  const names = await ifThere(readdir(folder));
  return names !== undefined && names.length > 0;
}

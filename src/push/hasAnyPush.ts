import { opendir } from 'node:fs/promises';
import { ifThere } from '../common/files';

/**
 * Whether the folder of pushes has a file in it: a push of an earlier window, or one that is being sent. One look at
 * its first file, so that each window that starts can afford it.
 */
export async function hasAnyPush(folder: string): Promise<boolean> {
  const opened = await ifThere(opendir(folder));
  const first = await opened?.read();
  await opened?.close();
  return first !== undefined && first !== null;
}

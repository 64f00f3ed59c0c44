import { readdir } from 'node:fs/promises';
import { ifThere } from '../common/files';

/**
 * Whether the folder of pushes has a file in it: a push of an earlier window, or one that is being sent. One look at
 * a folder, so that each window that starts can afford it.
 */
export async function hasAnyPush(folder: string): Promise<boolean> {
  const names = await ifThere(readdir(folder));
  return names !== undefined && names.length > 0;
}

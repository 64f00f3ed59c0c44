import { createHash } from 'node:crypto';
import path from 'node:path';
import { parseBucket } from '../bitrix24/rateLimiterState';
import type { BucketState } from '../bitrix24/rateLimiterState';
import type { SharedState } from '../bitrix24/rateLimiter';
import type { Log } from '../common/log';
import { SharedFile } from '../common/sharedFile';

/** Each portal's bucket in a file of its own, which all windows of the machine share. Nothing in it is secret. */
export function sharedBuckets(
  folder: string,
  log: Log,
): (portal: string) => SharedState<BucketState> {
  return (portal) => {
    const name = createHash('sha256').update(portal).digest('hex').slice(0, 32);
    const file = path.join(folder, `${name}.json`);
    return new SharedFile({ file, parse: parseBucket, durable: false, log });
  };
}

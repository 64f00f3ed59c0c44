import { createHash } from 'node:crypto';
import path from 'node:path';
import type { SharedState } from '../bitrix24/rateLimiter';
import { parseBucket } from '../bitrix24/rateLimiterState';
import type { BucketState } from '../bitrix24/rateLimiterState';
import type { Log } from '../common/log';
import { SharedFile } from '../common/sharedFile';

/**
 * Keeps what the rate limiters of all windows know of each portal, in one file per portal. Nothing in it is secret.
 * `portal` is the portal's member_id.
 */
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

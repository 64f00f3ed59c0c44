import type { Bitrix24Error } from './errors';

/** A pause that the server asked for. */
export interface Wait {
  /** Unix ms. */
  until: number;
  /** QUERY_LIMIT_EXCEEDED or OPERATION_TIME_LIMIT. */
  code: string;
}

const firstPauseMs = 1_000;
const longestPauseMs = 8_000;
/** How long one call puts up with a full bucket, all pauses together. */
const bucketPatienceMs = 60_000;
/** Bitrix24 counts operating time in a window of ten minutes, so no block lasts longer. */
const operatingWindowMs = 10 * 60_000;

/** Decides the pauses of one call. The server turned the call away before doing anything, so it may be repeated. */
export class Pauses {
  #nextMs = firstPauseMs;
  #waitedMs = 0;
  #waitedForReset = false;

  /**
   * The pause before the next try, or undefined when it is time to give up.
   * `resetAt`: from `time.operating_reset_at` of this method's last answer, Unix ms.
   */
  after(error: Bitrix24Error, now: number, resetAt: number | undefined): Wait | undefined {
    if (error.is('QUERY_LIMIT_EXCEEDED')) {
      const ms = this.#nextMs;
      if (this.#waitedMs + ms > bucketPatienceMs) {
        return undefined;
      }
      this.#waitedMs += ms;
      this.#nextMs = Math.min(ms * 2, longestPauseMs);
      return { until: now + ms, code: error.code };
    }
    if (error.is('OPERATION_TIME_LIMIT') && !this.#waitedForReset && resetAt !== undefined) {
      // One second more, because the server's time has no fractions.
      const until = resetAt + 1_000;
      if (until > now && until - now <= operatingWindowMs + 1_000) {
        this.#waitedForReset = true;
        return { until, code: error.code };
      }
    }
    return undefined;
  }
}

/** When another try makes sense at the latest, for an error that was not waited out. */
export function retryAt(
  error: Bitrix24Error,
  now: number,
  resetAt: number | undefined,
): number | undefined {
  if (!error.is('OPERATION_TIME_LIMIT')) {
    return undefined;
  }
  return resetAt !== undefined && resetAt > now ? resetAt : now + operatingWindowMs;
}

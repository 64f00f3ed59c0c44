import { Bitrix24Error } from './errors';

/** The error for a request that was cancelled before anything left. */
export function cancelledError(): Bitrix24Error {
  return new Bitrix24Error({ kind: 'cancelled', phase: 'notSent', code: 'CANCELLED' });
}

/** Stops waiting for the work, but not the work itself. Rejects with {@link cancelledError} on abort. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) {
    return work;
  }
  if (signal.aborted) {
    work.catch(() => undefined);
    throw cancelledError();
  }
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(cancelledError());
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

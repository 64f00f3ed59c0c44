import type { Readable } from 'node:stream';

export interface Patience {
  /** After something has come, the rest is no longer waited for once nothing has followed for so many ms. */
  quietMs: number;
  /** Ends the reading in any case. */
  signal: AbortSignal;
}

/**
 * Reads text to its end, or as far as patience goes, with what has come until then. Resolves to undefined if it is
 * longer than so many bytes.
 */
export function readInput(
  input: Readable,
  atMost: number,
  patience?: Patience,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let quiet: NodeJS.Timeout | undefined;
    const end = (text: string | undefined) => {
      clearTimeout(quiet);
      input.pause();
      input.off('data', read);
      resolve(text);
    };
    const endWithAll = () => end(Buffer.concat(chunks).toString('utf8'));
    /** A process that had to wait for a processor finds its timers first, and behind them what has come meanwhile. */
    const endIfNoneCame = (had: number) =>
      setImmediate(() => {
        if (length === had) {
          endWithAll();
        }
      });
    const read = (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      clearTimeout(quiet);
      if (length > atMost) {
        end(undefined);
      } else if (patience) {
        quiet = setTimeout(endIfNoneCame, patience.quietMs, length);
      }
    };
    input.on('data', read);
    input.once('end', endWithAll);
    input.once('error', endWithAll);
    patience?.signal.addEventListener('abort', endWithAll);
  });
}

import type { Readable } from 'node:stream';

/**
 * Reads text to its end. Resolves to undefined if it is longer than so many bytes. `enough` ends the reading at its
 * signal with what has come so far.
 */
export function readInput(
  input: Readable,
  atMost: number,
  enough?: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const end = (text: string | undefined) => {
      input.pause();
      input.removeAllListeners('data');
      resolve(text);
    };
    const whole = () => end(Buffer.concat(chunks).toString('utf8'));
    input.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > atMost) {
        end(undefined);
      }
    });
    input.once('end', whole);
    input.once('error', whole);
    enough?.addEventListener('abort', whole);
  });
}

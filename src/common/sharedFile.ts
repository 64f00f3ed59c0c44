import { readFile, rename } from 'node:fs/promises';
import { hasCode, ifThere } from './fileErrors';
import { writeAtomically } from './files';
import { InterProcessLock } from './interProcessLock';
import type { Log } from './log';

export interface SharedFileOptions<T> {
  file: string;
  /** undefined: damaged, or written by a version that we do not understand. */
  parse: (value: unknown) => T | undefined;
  /** False for what may be lost with the machine. */
  durable: boolean;
  log: Log;
}

/** A small JSON file that all windows of this machine read and change. */
export class SharedFile<T> {
  readonly #options: SharedFileOptions<T>;
  readonly #lock: InterProcessLock;

  constructor(options: SharedFileOptions<T>) {
    this.#options = options;
    this.#lock = new InterProcessLock(`${options.file}.lock`);
  }

  /** As it is; undefined when there is none, or none that can be read. */
  async read(): Promise<T | undefined> {
    return (await this.#look()).value;
  }

  /**
   * Gives the current value to `change` and stores `next` of what it makes of it, with nobody in between;
   * without `next` the file stays. A damaged file is set aside first.
   */
  update<R>(change: (current: T | undefined) => { next?: T; result: R }): Promise<R> {
    const { file, durable, log } = this.#options;
    return this.#lock.hold(async () => {
      const { value, damaged } = await this.#look();
      if (damaged) {
        await rename(file, `${file}.damaged`);
        log.warn('A file that windows share could not be read. It was set aside.');
      }
      const { next, result } = change(value);
      if (next !== undefined) {
        await writeAtomically(file, [Buffer.from(JSON.stringify(next))], { durable });
      }
      return result;
    });
  }

  async #look(): Promise<{ value?: T | undefined; damaged?: boolean }> {
    for (let left = 3; ; left -= 1) {
      try {
        const text = await ifThere(readFile(this.#options.file, 'utf8'));
        if (text === undefined) {
          return {};
        }
        const value = this.#options.parse(decode(text));
        return { value, damaged: value === undefined };
      } catch (error) {
        // On Windows, while the new file takes the old one's place.
        if (left === 0 || !hasCode(error, 'EPERM', 'EACCES', 'EBUSY')) {
          throw error;
        }
      }
    }
  }
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

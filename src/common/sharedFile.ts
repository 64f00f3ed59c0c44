import path from 'node:path';
import { InterProcessLock } from './interProcessLock';
import type { Log } from './log';
import { storageFolder } from './storageFolder';
import type { StorageFolder } from './storageFolder';

export interface SharedFileOptions<T> {
  file: string;
  /** Returns undefined for what is damaged, or was written by a version that this one does not understand. */
  parse: (value: unknown) => T | undefined;
  /** False for what may be lost with the machine. */
  durable: boolean;
  log: Log;
}

/** A small JSON file that all windows of this machine read and change. */
export class SharedFile<T> {
  readonly #options: SharedFileOptions<T>;
  readonly #folder: StorageFolder;
  readonly #name: string;
  readonly #lock: InterProcessLock;

  constructor(options: SharedFileOptions<T>) {
    this.#options = options;
    this.#folder = storageFolder(path.dirname(options.file));
    this.#name = path.basename(options.file);
    this.#lock = new InterProcessLock(`${options.file}.lock`);
  }

  /** Resolves to undefined when there is no file, or none that can be understood. */
  async read(): Promise<T | undefined> {
    return (await this.#look()).value;
  }

  /**
   * Gives the current value to `change` and stores the `next` that it returns; no other window changes it in between.
   * The file stays as it is when `change` returns no `next`. A damaged file is set aside first. A window that was stopped in between, so that
   * another one changed the file, calls `change` again with what is there now.
   */
  async update<R>(change: (current: T | undefined) => { next?: T; result: R }): Promise<R> {
    const { durable, log } = this.#options;
    const done = await this.#lock.hold(async (isHeld) => {
      const { value, damaged } = await this.#look();
      if (damaged) {
        await this.#folder.rename(this.#name, `${this.#name}.damaged`);
        log.warn('A file that windows share could not be read. It was set aside.');
      }
      const { next, result } = change(value);
      if (next !== undefined) {
        if (!(await isHeld())) {
          return undefined;
        }
        await this.#folder.write(this.#name, JSON.stringify(next), { durable });
      }
      return { result };
    });
    return done ? done.result : await this.update(change);
  }

  async #look(): Promise<{ value?: T | undefined; damaged?: boolean }> {
    const text = await this.#folder.read(this.#name);
    if (text === undefined) {
      return {};
    }
    const value = this.#options.parse(decode(text));
    return { value, damaged: value === undefined };
  }
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

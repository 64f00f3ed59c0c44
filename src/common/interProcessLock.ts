import { mkdir, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { hasCode, ifThere } from './files';
import { SilenceWatch, heartbeat } from './heartbeat';
import { processFate, thisProcess } from './processIdentity';

/** A holder shows that often that it is alive. */
const heartbeatMs = 1_000;
/**
 * After so long without a heartbeat, while we were awake and looking, a holder holds no more: one on another machine
 * has ended, and one that was only stopped looks whether the lock is still its own.
 */
export const silenceMs = 15_000;
/** A file that stays empty for so long was being written when its process ended. */
const unwrittenMs = 2_000;
const firstPauseMs = 8;
const longestPauseMs = 250;

interface Entry {
  number: number;
  /** The holder; undefined while the file is being written. */
  owner: { process: string } | 'nobody' | undefined;
  changedAt: number;
}

/** Whether the lock is still held by the work that was given this. */
export type IsHeld = () => Promise<boolean>;

/**
 * One holder at a time among all processes that share the folder, in the order in which they find it free.
 *
 * The lock is a chain of files `NAME.1`, `NAME.2`, …: whoever creates the next number (exclusively) holds it, and
 * the highest number stays when it is free, so that numbers never go down and nobody has to delete a lock that
 * somebody else may have taken meanwhile (the race of most lock files). A holder that was killed is known by its
 * process at once; one of another machine or container, by 15 s without a heartbeat, counted only while the one who
 * waits is awake, so that a laptop's sleep takes no lock away. The number is a fencing token: a holder that was
 * stopped for so long asks `isHeld` before it writes what the lock protects.
 */
export class InterProcessLock {
  readonly #folder: string;
  readonly #name: string;
  #me: string | undefined;
  /** Work of this process goes one after another, without looking at the disk. */
  #last: Promise<unknown> = Promise.resolve();

  /** `file`: the beginning of the file names. Its folder is made when it is missing. */
  constructor(file: string) {
    this.#folder = path.dirname(file);
    this.#name = path.basename(file);
  }

  /** Runs `work` alone. Rejects with the signal's reason when it aborts before; then `work` has not begun. */
  hold<T>(work: (isHeld: IsHeld) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', abort, { once: true });
      const begin = (isHeld: IsHeld) => {
        signal?.removeEventListener('abort', abort);
        return work(isHeld);
      };
      this.#last = this.#last.then(() => this.#hold(begin, signal)).then(resolve, reject);
    });
  }

  async #hold<T>(
    work: (isHeld: IsHeld) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const number = await this.#acquire(signal);
    const mine = this.#path(number);
    if (signal?.aborted) {
      await release(mine);
      throw signal.reason;
    }
    const beating = heartbeat(heartbeatMs, () => utimes(mine, new Date(), new Date()));
    try {
      return await work(async () => (await this.#numbers()).at(-1) === number);
    } finally {
      beating.dispose();
      await release(mine);
    }
  }

  async #acquire(signal: AbortSignal | undefined): Promise<number> {
    const watch = new SilenceWatch(2 * longestPauseMs);
    const silenceOf = ({ number, changedAt }: Entry) =>
      watch.silentMs(String(number), changedAt, performance.now());
    let pause = firstPauseMs;
    for (;;) {
      signal?.throwIfAborted();
      const numbers = await this.#numbers();
      const latest = numbers.at(-1);
      const entry = latest === undefined ? undefined : await this.#read(latest);
      this.#me ??= thisProcess();
      if (entry && !isOver(entry, silenceOf(entry), this.#me)) {
        await sleep(pause * (0.75 + Math.random() / 2));
        pause = Math.min(pause * 2, longestPauseMs);
        continue;
      }
      const next = (latest ?? 0) + 1;
      if (await this.#create(next, this.#me)) {
        return next;
      }
    }
  }

  /** Resolves to false when another process was faster. */
  async #create(number: number, me: string): Promise<boolean> {
    try {
      const handle = await open(this.#path(number), 'wx', 0o600);
      try {
        await handle.writeFile(JSON.stringify({ process: me }));
      } finally {
        await handle.close();
      }
    } catch (error) {
      // Windows answers EPERM while a file of that name is being deleted.
      if (hasCode(error, 'EEXIST', 'EPERM', 'EBUSY')) {
        await sleep(firstPauseMs);
        return false;
      }
      throw error;
    }
    // Others may have come and gone since we looked: then a higher number is there, and stays there.
    const numbers = await this.#numbers();
    const older = numbers.filter((other) => other < number);
    const lost = numbers.some((other) => other > number);
    await Promise.all(
      (lost ? [number] : older).map((other) =>
        rm(this.#path(other), { force: true }).catch(() => undefined),
      ),
    );
    return !lost;
  }

  /** Resolves to the numbers of the chain, in ascending order. */
  async #numbers(): Promise<number[]> {
    const names = await ifThere(readdir(this.#folder));
    if (!names) {
      await mkdir(this.#folder, { recursive: true });
    }
    return (names ?? [])
      .filter((name) => name.startsWith(`${this.#name}.`))
      .map((name) => name.slice(this.#name.length + 1))
      .filter((rest) => /^\d{1,15}$/.test(rest))
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** Resolves to undefined when the file is gone, so that there is a higher number. */
  async #read(number: number): Promise<Entry | undefined> {
    const file = this.#path(number);
    for (let again = true; ; again = false) {
      try {
        const [text, status] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
        return { number, owner: ownerOf(text), changedAt: status.mtimeMs };
      } catch (error) {
        if (again && hasCode(error, 'ENOENT', 'EPERM', 'EBUSY')) {
          // Only the holder of a higher number deletes it.
          const higher = (await this.#numbers()).at(-1);
          if (higher !== undefined && higher > number) {
            return this.#read(higher);
          }
          continue;
        }
        return ifThere(Promise.reject(error as Error));
      }
    }
  }

  #path(number: number): string {
    return path.join(this.#folder, `${this.#name}.${number}`);
  }
}

/** Marks the file as free and leaves it in place, see above. If that fails, the lock ends for want of a heartbeat. */
async function release(file: string): Promise<void> {
  await writeFile(file, '{"free":true}').catch(() => undefined);
}

/** Returns whether nobody holds the lock any more. `silentMs`: for how long its holder has shown no sign of life. */
function isOver({ owner }: Entry, silentMs: number, me: string): boolean {
  if (owner === 'nobody') {
    return true;
  }
  if (owner === undefined) {
    return silentMs > unwrittenMs;
  }
  return processFate(owner.process, me) === 'ended' || silentMs > silenceMs;
}

const ownerSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([
    v.pipe(
      v.object({ free: v.literal(true) }),
      v.transform(() => 'nobody' as const),
    ),
    v.object({ process: v.string() }),
  ]),
);

function ownerOf(text: string): Entry['owner'] {
  const parsed = v.safeParse(ownerSchema, text);
  return parsed.success ? parsed.output : undefined;
}

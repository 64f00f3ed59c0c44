import * as v from 'valibot';
import type { Clock } from '../common/clock';
import type { StorageFolder } from '../common/storageFolder';
import { fileNameOf, timeOf } from './pushFileName';
import type { PushFileName } from './pushFileName';

/** A push that went out within this time may be sent once more by mistake. */
export const duplicateMs = 5 * 60 * 1000;

/** When a push went out, by a time that nobody sets. `boot` names the machine and its boot. */
const markSchema = v.object({ boot: v.string(), uptime: v.number() });

/** Files that remember for some minutes what went to whom. */
export class SentMarks {
  readonly #folder: StorageFolder;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #uptime: () => number;
  readonly #boot: string;

  /** `uptime`: since the machine's boot, ms. `process`: this one, see `thisProcess`. */
  constructor(
    folder: StorageFolder,
    clock: Pick<Clock, 'now'>,
    { uptime, process }: { uptime: () => number; process: string },
  ) {
    this.#folder = folder;
    this.#clock = clock;
    this.#uptime = uptime;
    this.#boot = process.split('-').slice(2).join('-');
  }

  /** Remembers that this push goes out now. */
  async write(file: PushFileName): Promise<void> {
    const mark: v.InferOutput<typeof markSchema> = { boot: this.#boot, uptime: this.#uptime() };
    await this.#folder.write(
      fileNameOf({ ...file, place: { kind: 'sent' } }),
      JSON.stringify(mark),
    );
  }

  /**
   * Tells when it went out: by the clock (Unix ms), and how long ago, which is measured unless the machine was started
   * since. undefined if the file is gone.
   */
  async read(file: PushFileName): Promise<{ at: number; agoMs: number } | undefined> {
    const name = fileNameOf(file);
    const [at, text] = await Promise.all([this.#folder.touchedAt(name), this.#folder.read(name)]);
    if (at === undefined || text === undefined) {
      return undefined;
    }
    const mark = v.safeParse(v.pipe(v.string(), v.parseJson(), markSchema), text);
    const isMeasured = mark.success && mark.output.boot === this.#boot;
    return { at, agoMs: isMeasured ? this.#uptime() - mark.output.uptime : this.#clock.now() - at };
  }

  /** Removes those that are not needed any more. `files`: all that lie there. */
  async sweep(files: readonly PushFileName[], atMost = Infinity): Promise<void> {
    const notOver = new Set(files.flatMap(({ id, place }) => (place.kind === 'sent' ? [] : id)));
    const old = files.filter(
      ({ id, place }) =>
        place.kind === 'sent' && !notOver.has(id) && timeOf(id) < this.#clock.now() - duplicateMs,
    );
    for (const file of old.slice(0, atMost)) {
      const sent = await this.read(file);
      if (sent && sent.agoMs >= duplicateMs) {
        await this.#folder.remove(fileNameOf(file));
      }
    }
  }
}

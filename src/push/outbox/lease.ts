import type { Disposable } from '../../common/dispose';
import type { Log } from '../../common/log';
import type { RecordFolder } from './recordFolder';

/** A living window that has not touched a push for so long sends nothing of it any more. */
const silentMs = 2 * 60 * 1000;
/** A longer time between two looks was sleep: no heart beat then, ours or theirs. */
const lookMs = 20_000;

export interface HeartbeatDeps {
  folder: Pick<RecordFolder, 'touch'>;
  /** Of the file while it is held. */
  name: string;
  log: Log;
  everyMs?: number | undefined;
}

/** Shows other windows that the one that holds a push lives, until it is disposed. */
export class Heartbeat implements Disposable {
  readonly #timer: NodeJS.Timeout;

  constructor({ folder, name, log, everyMs = 10_000 }: HeartbeatDeps) {
    const beat = () =>
      void folder.touch(name).catch((error: unknown) => {
        log.debug(`A push in hand could not be touched: ${String(error)}`);
      });
    this.#timer = setInterval(beat, everyMs);
    this.#timer.unref();
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}

/** What this window has seen of the files that others hold, by its own time awake. */
export class SilenceWatch {
  readonly #seen = new Map<string, { touchedAt: number; silentMs: number; lookedAt: number }>();

  /** Has nobody touched it through minutes of looking at it? */
  isSilent(name: string, touchedAt: number, now: number): boolean {
    const seen = this.#seen.get(name);
    const since = seen?.touchedAt === touchedAt ? now - seen.lookedAt : undefined;
    const silent =
      seen && since !== undefined ? seen.silentMs + Math.min(Math.max(since, 0), lookMs) : 0;
    this.#seen.set(name, { touchedAt, silentMs: silent, lookedAt: now });
    return silent >= silentMs;
  }

  /** Forgets all others. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#seen.keys()) {
      if (!names.has(name)) {
        this.#seen.delete(name);
      }
    }
  }
}

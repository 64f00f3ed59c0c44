import type { Event } from 'vscode';
import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import type { Log } from '../../common/log';
import { parseRecord, rewritten } from './pushRecord';
import type { PushRecord } from './pushRecord';
import type { StorageFolder } from '../../common/storageFolder';
import { timeOf } from './recordName';

/** The setting bitrix24Push.history. */
export type HistoryKeep = 'all' | 'outcomes' | 'none';

/** Anything but the known words counts as the default. */
export function historyKeep(setting: unknown): HistoryKeep {
  return setting === 'outcomes' || setting === 'none' ? setting : 'all';
}

export interface PushHistoryDeps {
  /** Shared by all windows of the machine. */
  folder: StorageFolder;
  /** Read at each push that is over; whoever changes it calls `tidy`. */
  keep: () => HistoryKeep;
  clock: Pick<Clock, 'now'>;
  log: Log;
  /** A file could not be understood; it was set aside under this name. */
  onDamaged?: ((name: string) => void) | undefined;
  atMost?: number;
  days?: number;
}

const suffix = '.push';
const day = 24 * 60 * 60 * 1000;
const readAtOnce = 32;
/** Of a window that was killed while it wrote. */
const strayMs = 60 * 60 * 1000;

/** Pushes that are over, each in a small file of its own that nobody adds to. */
export class PushHistory implements Disposable {
  readonly #deps: PushHistoryDeps;
  readonly #changed = new Emitter<undefined>();
  readonly #known = new Map<string, PushRecord>();
  readonly #atMost: number;
  readonly #days: number;
  /** One change of the files after the other: none may be written by a setting that was before. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(deps: PushHistoryDeps) {
    this.#deps = deps;
    this.#atMost = deps.atMost ?? 1_000;
    this.#days = deps.days ?? 30;
  }

  get onDidChange(): Event<undefined> {
    return this.#changed.event;
  }

  /** `content`: of the push's file in the outbox. Kept as far as the setting wants it. */
  async file(id: string, content: string): Promise<void> {
    await this.#change(async () => {
      const keep = this.#deps.keep();
      if (keep !== 'none') {
        await this.#deps.folder.write(`${id}${suffix}`, rewritten(content, keep === 'outcomes'));
      }
      await this.#prune();
    });
  }

  /** Makes of what is there what the setting wants, and forgets what is too old. */
  async tidy(): Promise<void> {
    await this.#change(async () => {
      const keep = this.#deps.keep();
      if (keep === 'none') {
        await this.#removeAll();
      } else if (keep === 'outcomes') {
        await this.#strip();
      }
      await this.#prune();
    });
  }

  /** Newest first. */
  async list(): Promise<readonly PushRecord[]> {
    const names = pushNames(await this.#deps.folder.list());
    const there = new Set(names);
    for (const name of this.#known.keys()) {
      if (!there.has(name)) {
        this.#known.delete(name);
      }
    }
    const fresh = names.filter((name) => !this.#known.has(name));
    for (let from = 0; from < fresh.length; from += readAtOnce) {
      await Promise.all(fresh.slice(from, from + readAtOnce).map((name) => this.#read(name)));
    }
    return names.flatMap((name) => this.#known.get(name) ?? []);
  }

  async remove(id: string): Promise<void> {
    await this.#change(() => this.#deps.folder.remove(`${id}${suffix}`));
  }

  async clear(): Promise<void> {
    await this.#change(() => this.#removeAll());
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #change(work: () => Promise<void>): Promise<void> {
    const changing = this.#changing.then(work);
    this.#changing = changing.catch(() => undefined);
    await changing;
    this.#changed.fire(undefined);
  }

  async #removeAll(): Promise<void> {
    const { folder, clock } = this.#deps;
    const all = await folder.list();
    for (const name of [...pushNames(all), ...all.filter(isDamaged)]) {
      await folder.remove(name);
    }
    await folder.removeStray(clock.now() - strayMs);
  }

  /** Takes from all what they were about, and removes what cannot be understood: nobody knows what is in it. */
  async #strip(): Promise<void> {
    const { folder } = this.#deps;
    for (const { id, bare } of await this.list()) {
      const name = `${id}${suffix}`;
      const content = bare ? undefined : await folder.read(name);
      if (content !== undefined) {
        await folder.write(name, rewritten(content, true));
        this.#known.delete(name);
      }
    }
    for (const name of (await folder.list()).filter(isDamaged)) {
      await folder.remove(name);
    }
  }

  async #removeOlder(names: readonly string[], than: number): Promise<void> {
    const { folder } = this.#deps;
    for (const name of names) {
      const touched = await folder.touchedAt(name);
      if (touched !== undefined && touched < than) {
        await folder.remove(name);
      }
    }
  }

  async #read(name: string): Promise<void> {
    const { folder, clock, log, onDamaged } = this.#deps;
    try {
      const content = await folder.read(name);
      const found = content === undefined ? undefined : parseRecord(content);
      if (found) {
        this.#known.set(name, found.record);
      } else if (content !== undefined) {
        const to = `${name}.${clock.now()}.damaged`;
        if (await folder.rename(name, to)) {
          log.warn(`A push of the history could not be understood and was set aside as ${to}.`);
          onDamaged?.(to);
        }
      }
    } catch (error) {
      log.warn(`A push of the history could not be read: ${String(error)}`);
    }
  }

  async #prune(): Promise<void> {
    const now = this.#deps.clock.now();
    const oldest = now - this.#days * day;
    const all = await this.#deps.folder.list();
    const tooOld = pushNames(all).filter(
      (name, index) => index >= this.#atMost || timeOf(name.slice(0, -suffix.length)) < oldest,
    );
    for (const name of tooOld) {
      await this.#deps.folder.remove(name);
    }
    await this.#removeOlder(all.filter(isDamaged), oldest);
    await this.#deps.folder.removeStray(now - strayMs);
  }
}

/** Newest first. */
function pushNames(names: readonly string[]): string[] {
  return names
    .filter((name) => name.endsWith(suffix))
    .sort()
    .reverse();
}

function isDamaged(name: string): boolean {
  return name.endsWith('.damaged');
}

import type { Event } from 'vscode';
import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import type { Log } from '../../common/log';
import { parseRecord, rewritten } from './pushRecord';
import type { PushRecord } from './pushRecord';
import type { RecordFolder } from './recordFolder';
import { timeOf } from './recordName';

/** The setting bitrix24Push.history. */
export type HistoryKeep = 'all' | 'outcomes' | 'none';

/** Anything but the known words counts as the default. */
export function historyKeep(setting: unknown): HistoryKeep {
  return setting === 'outcomes' || setting === 'none' ? setting : 'all';
}

export interface PushHistoryDeps {
  /** Shared by all windows of the machine. */
  folder: RecordFolder;
  /** Read at each push that is over. */
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

/** Pushes that are over, each in a small file of its own that never changes. */
export class PushHistory implements Disposable {
  readonly #deps: PushHistoryDeps;
  readonly #changed = new Emitter<undefined>();
  readonly #known = new Map<string, PushRecord>();
  readonly #atMost: number;
  readonly #days: number;

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
    const keep = this.#deps.keep();
    if (keep !== 'none') {
      await this.#deps.folder.write(`${id}${suffix}`, rewritten(content, keep === 'outcomes'));
    }
    await this.#prune();
    this.#changed.fire(undefined);
  }

  /** Newest first. */
  async list(): Promise<readonly PushRecord[]> {
    const names = await this.#names();
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
    await this.#deps.folder.remove(`${id}${suffix}`);
    this.#changed.fire(undefined);
  }

  async clear(): Promise<void> {
    for (const name of await this.#names()) {
      await this.#deps.folder.remove(name);
    }
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #names(): Promise<string[]> {
    const names = await this.#deps.folder.list();
    return names
      .filter((name) => name.endsWith(suffix))
      .sort()
      .reverse();
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
    const oldest = this.#deps.clock.now() - this.#days * day;
    const names = await this.#names();
    const tooOld = names.filter(
      (name, index) => index >= this.#atMost || timeOf(name.slice(0, -suffix.length)) < oldest,
    );
    for (const name of tooOld) {
      await this.#deps.folder.remove(name);
    }
  }
}

import type { Event } from 'vscode';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { Log } from '../common/log';
import type { StorageFolder } from '../common/storageFolder';
import type { Push } from './push';
import { parsePush, redacted, withoutTornLine } from './pushFile';
import { timeOf } from './pushFileName';

/** The setting bitrix24Push.history. */
export type HistoryKeep = 'all' | 'outcomes' | 'none';

/** Anything but the known words counts as the default. */
export function historyKeep(setting: unknown): HistoryKeep {
  return setting === 'outcomes' || setting === 'none' ? setting : 'all';
}

export interface PushHistoryDeps {
  /** Shared by all windows of the machine. */
  folder: StorageFolder;
  /** Read at each push that is over. A change of the setting needs a call of `tidy`. */
  keep: () => HistoryKeep;
  clock: Pick<Clock, 'now'>;
  log: Log;
  /** A file could not be understood; it was set aside under this name. */
  onDamaged: (name: string) => void;
  atMost?: number;
  days?: number;
}

const suffix = '.push';
const day = 24 * 60 * 60 * 1000;
const readAtOnce = 32;
/** Half a file of this age was left by a window that was killed while it wrote. */
const strayMs = 60 * 60 * 1000;

/** Pushes that are over, each in a small file of its own that nobody adds to. */
export class PushHistory implements Disposable {
  readonly #deps: PushHistoryDeps;
  readonly #changed = new Emitter<undefined>();
  readonly #known = new Map<string, Push>();
  readonly #atMost: number;
  readonly #days: number;
  /** Changes of the files run one after the other, so that none is written by an earlier setting. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(deps: PushHistoryDeps) {
    this.#deps = deps;
    this.#atMost = deps.atMost ?? 1_000;
    this.#days = deps.days ?? 30;
  }

  get onDidChange(): Event<undefined> {
    return this.#changed.event;
  }

  /** Takes the content of the file of a push that is over, and keeps as much of it as the setting allows. */
  async file(id: string, content: string): Promise<void> {
    await this.#change(async () => {
      const keep = this.#deps.keep();
      if (keep !== 'none') {
        await this.#deps.folder.write(
          `${id}${suffix}`,
          keep === 'outcomes' ? redacted(content) : withoutTornLine(content),
        );
      }
      await this.#prune();
    });
  }

  /** Reduces the files to what the setting allows now, and forgets those that are too old. */
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
  async list(): Promise<readonly Push[]> {
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

  async get(id: string): Promise<Push | undefined> {
    const name = `${id}${suffix}`;
    await this.#read(name);
    return this.#known.get(name);
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

  /** Takes text and people out of all files, and removes damaged ones, because nobody knows what is in them. */
  async #strip(): Promise<void> {
    const { folder } = this.#deps;
    for (const { id, redactedTo } of await this.list()) {
      const name = `${id}${suffix}`;
      const content = redactedTo ? undefined : await folder.read(name);
      if (content !== undefined) {
        await folder.write(name, redacted(content));
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
      const found = content === undefined ? undefined : parsePush(content);
      if (found && `${found.push.id}${suffix}` === name) {
        this.#known.set(name, found.push);
      } else if (content !== undefined) {
        const to = `${name}.${clock.now()}.damaged`;
        if (await folder.rename(name, to)) {
          log.warn(`A push of the history could not be understood and was set aside as ${to}.`);
          onDamaged(to);
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

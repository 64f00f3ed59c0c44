import type { Event } from 'vscode';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { Push } from './push';
import { eventText, redacted, withoutTornLine } from './pushFile';
import type { EventLine } from './pushFile';
import { timeOf } from './pushFileName';
import { readAtOnce, readRecord, strayMs } from './recordFolder';
import type { RecordFolder } from './recordFolder';

/** The setting bitrix24Push.history. */
export type HistoryKeep = 'all' | 'outcomes' | 'none';

/** Anything but the known words counts as the default. */
export function historyKeep(setting: unknown): HistoryKeep {
  return setting === 'outcomes' || setting === 'none' ? setting : 'all';
}

export interface PushHistoryDeps extends RecordFolder {
  /** Read at each push that is over. A change of the setting needs a call of `tidy`. */
  keep: () => HistoryKeep;
}

const suffix = '.push';
const keptAtMost = 1_000;
const keptMs = 30 * 24 * 60 * 60 * 1000;

/** Pushes that are over, each in a small file of its own, to which only a deletion is added. */
export class PushHistory implements Disposable {
  readonly #deps: PushHistoryDeps;
  readonly #changed = new Emitter<undefined>();
  readonly #known = new Map<string, Push>();
  /** Changes of the files run one after the other, so that none is written by an earlier setting. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(deps: PushHistoryDeps) {
    this.#deps = deps;
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
    });
  }

  /** Adds what happened to a push after it was over. */
  async add(id: string, event: EventLine): Promise<void> {
    await this.#change(async () => {
      const { folder } = this.#deps;
      const name = `${id}${suffix}`;
      const content = await folder.read(name);
      if (content !== undefined) {
        await folder.write(name, withoutTornLine(content) + eventText(event));
        this.#known.delete(name);
      }
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
    const changing = this.#changing.then(work).then(() => this.#prune());
    this.#changing = changing.catch(() => undefined);
    await changing;
    this.#changed.fire(undefined);
  }

  async #removeAll(): Promise<void> {
    const all = await this.#deps.folder.list();
    await this.#removeFiles([...pushNames(all), ...all.filter(isDamaged)]);
  }

  async #removeFiles(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.#deps.folder.remove(name);
    }
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
    await this.#removeFiles((await folder.list()).filter(isDamaged));
  }

  async #read(name: string): Promise<void> {
    try {
      const found = await readRecord(this.#deps, { name, id: name.slice(0, -suffix.length) });
      if (found) {
        this.#known.set(name, found.push);
      }
    } catch (error) {
      this.#deps.log.warn(`A push of the history could not be read: ${String(error)}`);
      this.#deps.onUnreadable(name);
    }
  }

  async #prune(): Promise<void> {
    const { folder, clock } = this.#deps;
    const oldest = clock.now() - keptMs;
    const all = await folder.list();
    await this.#removeFiles(
      pushNames(all).filter(
        (name, index) => index >= keptAtMost || timeOf(name.slice(0, -suffix.length)) < oldest,
      ),
    );
    for (const name of all.filter(isDamaged)) {
      const touchedAt = await folder.touchedAt(name);
      if (touchedAt !== undefined && touchedAt < oldest) {
        await folder.remove(name);
      }
    }
    await folder.removeStray(clock.now() - strayMs);
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

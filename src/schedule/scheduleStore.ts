import { randomBytes } from 'node:crypto';
import os from 'node:os';
import type { Event } from 'vscode';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import { SilenceWatch, heartbeat } from '../common/heartbeat';
import type { Log } from '../common/log';
import { processFate, thisProcess } from '../common/processIdentity';
import type { ProcessFate } from '../common/processIdentity';
import type { StorageFolder } from '../common/storageFolder';
import type { Draft } from '../push/draft';
import { newPushId, shortDraftId } from '../push/pushFileName';
import { strayMs } from '../push/recordFolder';
import {
  parseScheduled,
  parseScheduledName,
  scheduledContent,
  scheduledFileName,
  sealedText,
} from './scheduledPush';
import type { ScheduledFile, ScheduledFileName, ScheduledPush } from './scheduledPush';
import type { Seals } from './seals';

export interface ScheduleStoreDeps {
  folder: StorageFolder;
  seals: Pick<Seals, 'of' | 'fits'>;
  /** Whether a push was recorded that this scheduled push has become. */
  isRecorded: (push: ScheduledPush) => Promise<boolean>;
  /** A file could not be understood; it was set aside under this name. */
  onDamaged: (name: string) => void;
  clock: Pick<Clock, 'now'>;
  log: Log;
  /** The process that this window runs in; see `thisProcess`. */
  process?: string;
  fateOf?: (process: string) => ProcessFate;
  /** Time since the machine's boot, ms. */
  uptime?: () => number;
  heartbeatMs?: number;
}

export type NewScheduled = Omit<ScheduledPush, 'id' | 'scheduledAt'>;

/** A scheduled push in the list. `taken`: a window sends it, or asks about it. */
export interface KeptScheduled {
  push: ScheduledPush;
  state: 'waits' | 'stays' | 'taken';
}

/** A scheduled push in the hands of this window alone. */
export interface TakenScheduled {
  push: ScheduledPush;
  /** False if its file is not as its user agreed to it, so that it must not leave without a question. */
  isAgreed: () => Promise<boolean>;
  /** Puts it where it was, or lets it stay for its user. Does nothing once it has become a push. */
  giveBack: (to: 'before' | 'stays') => Promise<void>;
  /** Gives it another time. */
  move: (at: number, zone: string) => Promise<void>;
  /** Takes it out of the schedule. */
  remove: () => Promise<void>;
}

type TakenFile = ScheduledFileName & { place: { kind: 'taken' } };

const silentMs = 2 * 60 * 1000;
const longestGapMs = 60_000 + 20_000;

/**
 * The pushes that wait for a time: a file each, in a folder that all windows share. The window that renames a file has
 * it, so one window sends. What makes sure that it is once: the push is recorded among all pushes first, then its file
 * here is renamed to `done`, and only then anything leaves. Nothing is sent from here.
 */
export class ScheduleStore implements Disposable {
  readonly #deps: ScheduleStoreDeps;
  readonly #me: { process: string; window: string };
  readonly #fateOf: (process: string) => ProcessFate;
  readonly #uptime: () => number;
  readonly #changed = new Emitter<undefined>();
  readonly #silence = new SilenceWatch(longestGapMs);
  /** The files in this window's hands, by the push's id. */
  readonly #mine = new Map<string, TakenFile>();
  #beat: Disposable | undefined;

  constructor(deps: ScheduleStoreDeps) {
    this.#deps = deps;
    const { process = thisProcess() } = deps;
    this.#me = { process, window: randomBytes(4).toString('hex') };
    this.#fateOf = deps.fateOf ?? ((other) => processFate(other, process));
    this.#uptime = deps.uptime ?? (() => os.uptime() * 1000);
  }

  /** Fires when this window has changed something. Changes by other windows show when they are asked for. */
  get onDidChange(): Event<undefined> {
    return this.#changed.event;
  }

  /** Resolves when it is on disk. It takes the place of what was scheduled of the same draft before. */
  async add(scheduled: NewScheduled): Promise<ScheduledPush> {
    const before = await this.#ofDraft(scheduled.draft);
    const taken = (await Promise.all(before.map((file) => this.#take(file, 'hand')))).filter(
      (file) => file !== undefined,
    );
    try {
      const push = await this.#write(scheduled);
      for (const file of taken) {
        await this.#finish(file);
      }
      return push;
    } catch (error) {
      for (const [index, file] of taken.entries()) {
        await this.#rename(file, before[index]?.place.kind === 'stays' ? 'stays' : 'waits');
      }
      throw error;
    } finally {
      this.#changed.fire(undefined);
    }
  }

  /** All that are scheduled or stay, from any window; the next one first. */
  async list(): Promise<KeptScheduled[]> {
    const found: KeptScheduled[] = [];
    for (const file of await this.#files()) {
      const { kind } = file.place;
      const read = kind === 'done' ? undefined : await this.#read(file);
      if (read && kind !== 'done') {
        found.push({ push: read.push, state: kind });
      }
    }
    return found.sort((a, b) => a.push.at - b.push.at || (a.push.id < b.push.id ? -1 : 1));
  }

  /** Takes one into this window's hands; undefined when another window was faster, or it is gone. */
  async take(id: string, by: 'clock' | 'hand'): Promise<TakenScheduled | undefined> {
    const file = (await this.#files()).find((one) => one.id === id && isFree(one));
    const taken = file && (await this.#take(file, by));
    const read = taken && (await this.#read(taken));
    if (!taken || !read) {
      this.#letGo(taken?.id);
      return undefined;
    }
    const { push, sealed, seal } = read;
    return {
      push,
      isAgreed: () => this.#deps.seals.fits(sealed, seal),
      giveBack: async (to) => {
        const mine = this.#mine.get(id);
        if (mine) {
          const wasStaying = file.place.kind === 'stays';
          await this.#rename(mine, to === 'stays' || wasStaying ? 'stays' : 'waits');
          this.#changed.fire(undefined);
        }
      },
      move: async (at, zone) => {
        const { draft, host, origin, agreed } = push;
        await this.#write({ draft, host, origin, agreed, at, zone });
        await this.#finish(taken);
        this.#changed.fire(undefined);
      },
      remove: async () => {
        await this.#finish(taken);
        this.#changed.fire(undefined);
      },
    };
  }

  /**
   * A push of this draft has been recorded and is about to leave: takes the scheduled one out. `scheduled`: the one
   * that the push has been, which this window has taken. Resolves to false if another window has it now, so that the
   * push must not leave.
   */
  async takeOut(draft: Draft, scheduled: string | undefined): Promise<boolean> {
    let isOurs = true;
    if (scheduled !== undefined) {
      const file = this.#mine.get(scheduled);
      isOurs = file !== undefined && (await this.#finish(file));
    }
    for (const file of isOurs ? await this.#ofDraft(draft) : []) {
      await this.#finish(file);
    }
    this.#changed.fire(undefined);
    return isOurs;
  }

  /** Settles what windows that have ended had taken: it has become a push, or it is scheduled as before. */
  async recover(): Promise<void> {
    const { folder, clock, log } = this.#deps;
    const files = await this.#files();
    this.#silence.keepOnly(new Set(files.map(scheduledFileName)));
    for (const file of files) {
      try {
        if (file.place.kind === 'done') {
          await folder.remove(scheduledFileName(file));
        } else if (file.place.kind === 'taken' && (await this.#isLeft(file))) {
          await this.#recover(file, file.place.by, files);
        }
      } catch (error) {
        log.error(`A scheduled push that was left could not be taken over: ${String(error)}`);
      }
    }
    await folder.removeStray(clock.now() - strayMs);
  }

  dispose(): void {
    this.#beat?.dispose();
    this.#changed.dispose();
  }

  async #recover(
    file: ScheduledFileName,
    by: 'clock' | 'hand',
    all: readonly ScheduledFileName[],
  ): Promise<void> {
    const taken = await this.#take(file, by);
    const read = taken && (await this.#read(taken));
    if (!taken || !read) {
      this.#letGo(taken?.id);
      return;
    }
    const { push } = read;
    if ((await this.#hasSuccessor(push, all)) || (await this.#deps.isRecorded(push))) {
      await this.#finish(taken);
    } else {
      const isOver = by === 'hand' && push.at <= this.#deps.clock.now();
      await this.#rename(taken, isOver ? 'stays' : 'waits');
    }
    this.#changed.fire(undefined);
  }

  /** True if its window ended after it had written the one that takes its place. */
  async #hasSuccessor(push: ScheduledPush, all: readonly ScheduledFileName[]): Promise<boolean> {
    const short = shortDraftId(push.draft.id);
    for (const file of all.filter(({ id, draft }) => draft === short && id > push.id)) {
      if ((await this.#read(file))?.push.draft.id === push.draft.id) {
        return true;
      }
    }
    return false;
  }

  async #write(scheduled: NewScheduled): Promise<ScheduledPush> {
    const { folder, seals, clock } = this.#deps;
    const { draft, host, origin, at, zone, agreed } = scheduled;
    const now = clock.now();
    const push: ScheduledPush = {
      ...{ id: newPushId(now), draft, host, origin, at, zone, scheduledAt: now, agreed },
    };
    const sealed = sealedText(push);
    const name = scheduledFileName({
      ...{ id: push.id, at, draft: shortDraftId(draft.id), place: { kind: 'waits' } },
    });
    await folder.write(name, scheduledContent(sealed, await seals.of(sealed)));
    return push;
  }

  async #files(): Promise<ScheduledFileName[]> {
    const names = await this.#deps.folder.list();
    return names.toSorted().flatMap((name) => parseScheduledName(name) ?? []);
  }

  /** The files of this draft that no window has taken. */
  async #ofDraft(draft: Pick<Draft, 'id'>): Promise<ScheduledFileName[]> {
    const short = shortDraftId(draft.id);
    const found: ScheduledFileName[] = [];
    for (const file of (await this.#files()).filter((one) => one.draft === short && isFree(one))) {
      if ((await this.#read(file))?.push.draft.id === draft.id) {
        found.push(file);
      }
    }
    return found;
  }

  async #read(file: ScheduledFileName): Promise<ScheduledFile | undefined> {
    const { folder, log, clock, onDamaged } = this.#deps;
    const name = scheduledFileName(file);
    const content = await folder.read(name);
    const read = content === undefined ? undefined : parseScheduled(content);
    if (read?.push.id === file.id && read.push.at === file.at) {
      return read;
    }
    const aside = `${name}.${clock.now()}.damaged`;
    const isTheirs = file.place.kind === 'taken' && !this.#isMine(file);
    if (content !== undefined && !isTheirs && (await folder.rename(name, aside))) {
      log.warn(`A scheduled push could not be understood and was set aside as ${aside}.`);
      onDamaged(aside);
    }
    return undefined;
  }

  async #take(file: ScheduledFileName, by: 'clock' | 'hand'): Promise<TakenFile | undefined> {
    const { folder } = this.#deps;
    const taken: TakenFile = { ...file, place: { kind: 'taken', by, ...this.#me } };
    if (!(await folder.rename(scheduledFileName(file), scheduledFileName(taken)))) {
      return undefined;
    }
    this.#mine.set(file.id, taken);
    await folder.touch(scheduledFileName(taken));
    this.#beat ??= heartbeat(this.#deps.heartbeatMs ?? 20_000, () => this.#touchMine());
    return taken;
  }

  /** Resolves to false if the file has another name by now, because another window has it. */
  async #finish(file: ScheduledFileName): Promise<boolean> {
    const { folder } = this.#deps;
    const done = scheduledFileName({ ...file, place: { kind: 'done' } });
    const isOurs = await folder.rename(scheduledFileName(file), done);
    this.#letGo(file.id);
    if (isOurs) {
      await folder.remove(done);
    }
    return isOurs;
  }

  async #rename(file: ScheduledFileName, kind: 'waits' | 'stays'): Promise<void> {
    const to = { ...file, place: { kind } };
    await this.#deps.folder.rename(scheduledFileName(file), scheduledFileName(to));
    this.#letGo(file.id);
  }

  #letGo(id: string | undefined): void {
    this.#mine.delete(id ?? '');
    if (this.#mine.size === 0) {
      this.#beat?.dispose();
      this.#beat = undefined;
    }
  }

  async #touchMine(): Promise<void> {
    for (const file of this.#mine.values()) {
      await this.#deps.folder.touch(scheduledFileName(file));
    }
  }

  #isMine({ place }: ScheduledFileName): boolean {
    return place.kind === 'taken' && place.window === this.#me.window;
  }

  /** Whether a window had taken this file and has ended, or has been silent for minutes. */
  async #isLeft(file: ScheduledFileName): Promise<boolean> {
    const { place } = file;
    if (place.kind !== 'taken') {
      return false;
    }
    if (place.window === this.#me.window) {
      return !this.#mine.has(file.id);
    }
    if (place.process === this.#me.process || this.#fateOf(place.process) === 'ended') {
      return true;
    }
    const name = scheduledFileName(file);
    const touchedAt = await this.#deps.folder.touchedAt(name);
    return (
      touchedAt !== undefined && this.#silence.silentMs(name, touchedAt, this.#uptime()) >= silentMs
    );
  }
}

/** True if no window has it in hand. */
function isFree({ place }: ScheduledFileName): boolean {
  return place.kind === 'waits' || place.kind === 'stays';
}

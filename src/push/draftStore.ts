import { randomBytes } from 'node:crypto';
import type { Event } from 'vscode';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { Log } from '../common/log';
import { processFate, thisProcess } from '../common/processIdentity';
import type { ProcessFate } from '../common/processIdentity';
import type { StorageFolder } from '../common/storageFolder';
import { copyOf, edited, isEmptyDraft, isSameVersion, newDraft } from './draft';
import type { Draft, DraftContent } from './draft';
import { parseDraftFile } from './draftFile';
import type { DraftFile } from './draftFile';

export interface DraftStoreDeps {
  disk: StorageFolder;
  /** Names this workspace's files: see `workspaceKey`. */
  key: string;
  clock: Pick<Clock, 'now'>;
  log: Log;
  /** A file could not be understood; it was set aside under this name. */
  onDamaged?: (name: string) => void;
  /** Typing reaches the disk when it paused for this many ms. */
  delayMs?: number;
  /** The process that this window runs in; see `thisProcess`. */
  process?: string;
  fateOf?: (process: string) => ProcessFate;
}

/** `source` is whoever made the change, so that the form does not overwrite what is being typed. */
export interface DraftChange {
  source: unknown;
}

const keptAtMost = 50;
/** A file that was being written so long ago is nobody's any more. */
const cutOffMs = 24 * 60 * 60 * 1000;

/** Drafts of another machine that were not written for so long may be taken over; what is typed there is a copy then. */
const silentMs = 2 * 60 * 1000;

/** When to look again for a window that was about to end when this one started, as in a reload; ms from look to look. */
const lookAgainMs = [100, 200, 400, 800, 1_500, 3_000, 5_000];

/**
 * Keeps the drafts that this window writes and has not sent, in a small file without secrets. The file's name says which
 * process holds it. A window that starts on the same workspace takes over the files of windows that have ended, by
 * renaming them; it leaves those of living windows alone.
 */
export class DraftStore implements Disposable {
  readonly #deps: DraftStoreDeps;
  readonly #changed = new Emitter<DraftChange>();
  readonly #delayMs: number;
  readonly #process: string;
  readonly #fateOf: (process: string) => ProcessFate;
  #current = newDraft();
  #palette: Draft | undefined;
  #kept: Draft[] = [];

  /** The draft that this window began with. */
  readonly #blank = this.#current;
  #loaded = false;
  /** Edits that were made before the disk had been read. */
  #early: Partial<DraftContent> = {};
  readonly #file: string;
  readonly #pattern: RegExp;
  /** Files of ended windows whose content is ours now; removed after the next write. */
  #takenOver: string[] = [];
  #writing = Promise.resolve();
  #reading: Promise<void> | undefined;
  /** How often something changed, and which of these changes the disk has. */
  #changes = 0;
  #written = 0;
  #timer: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;
  readonly #disposed = new AbortController();
  #isSaved = true;

  constructor(deps: DraftStoreDeps) {
    this.#deps = deps;
    this.#delayMs = deps.delayMs ?? 400;
    const { process = thisProcess() } = deps;
    this.#process = process;
    this.#fateOf = deps.fateOf ?? ((other) => processFate(other, process));
    this.#pattern = new RegExp(`^${deps.key}\\.([0-9a-z-]+)-([0-9a-f]+)\\.json$`);
    this.#file = this.#nameOf(randomBytes(4).toString('hex'));
  }

  /** Reads the disk when it is first asked for; resolves when that is done, and never rejects. */
  get ready(): Promise<void> {
    this.#reading ??= this.#load();
    return this.#reading;
  }

  get onDidChange(): Event<DraftChange> {
    return this.#changed.event;
  }

  /** False if the disk did not take what was written last. */
  get isSaved(): boolean {
    return this.#isSaved;
  }

  /** The draft of this window. */
  get current(): Draft {
    return this.#current;
  }

  /** What was begun in the palette and left before it was sent. */
  get palette(): Draft | undefined {
    return this.#palette;
  }

  /** Drafts that made room for another one, or failed elsewhere; oldest first. */
  get kept(): readonly Draft[] {
    return this.#kept;
  }

  update(patch: Partial<DraftContent>, source?: unknown): void {
    if (!this.#loaded) {
      this.#early = { ...this.#early, ...patch };
    }
    this.#current = edited(this.#current, patch);
    this.#touch(source);
  }

  /** Puts names to the people of the current draft, which stays the same version. */
  setNames(recipients: Draft['recipients'], source?: unknown): void {
    this.#current = { ...this.#current, recipients };
    this.#touch(source);
  }

  setPalette(draft: Draft | undefined): void {
    this.#palette = draft;
    this.#touch(this);
  }

  /** Keeps a draft that failed elsewhere: as the current one when that is empty, else beside it. */
  keep(draft: Draft, source?: unknown): void {
    if (isEmptyDraft(this.#current)) {
      this.#current = draft;
    } else {
      this.#setAside(draft);
    }
    this.#touch(source);
  }

  /** Keeps these drafts beside the current one. */
  setAside(drafts: readonly Draft[], source?: unknown): void {
    drafts.forEach((draft) => this.#setAside(draft));
    this.#touch(source);
  }

  /** Begins a new draft for another text: the current one is kept beside, people and avatar stay chosen. */
  makeRoom(source?: unknown): void {
    if (this.#current.text !== '') {
      this.#kept.push(this.#current);
      this.#kept.splice(0, this.#kept.length - keptAtMost);
    }
    const { accountId, recipients, departments, avatar } = this.#current;
    this.#current = newDraft({ accountId, recipients, departments, avatar });
    this.#touch(source);
  }

  /** Puts this draft, and nothing of the current one, where this window writes; the current one is kept beside. */
  open(draft: Draft, source?: unknown): void {
    const before = this.#current;
    this.#current = draft;
    this.#setAside(before);
    this.#touch(source);
  }

  /** Swaps a kept draft with the current one. */
  restore(id: string, source?: unknown): void {
    const index = this.#kept.findIndex((kept) => kept.id === id);
    const [draft] = index < 0 ? [] : this.#kept.splice(index, 1);
    if (draft) {
      if (!isEmptyDraft(this.#current)) {
        this.#kept.splice(index, 0, this.#current);
      }
      this.#current = draft;
      this.#touch(source);
    }
  }

  /** Forgets a kept draft for good. */
  forget(id: string, source?: unknown): void {
    this.#kept = this.#kept.filter((kept) => kept.id !== id);
    this.#touch(source);
  }

  /**
   * Puts `by` wherever this version of a draft is still being written, or (undefined) forgets it there. A draft that
   * was edited since stays. Returns false if this version is written nowhere.
   */
  replace(draft: Draft, by: Draft | undefined, source?: unknown): boolean {
    const isIt = (other: Draft): boolean => isSameVersion(other, draft);
    const found = [this.#current, this.#palette, ...this.#kept].some(
      (other) => other && isIt(other),
    );
    if (isIt(this.#current)) {
      const { accountId, avatar } = this.#current;
      this.#current = by ?? newDraft({ accountId, avatar });
    }
    if (this.#palette && isIt(this.#palette)) {
      this.#palette = by;
    }
    this.#kept = this.#kept.flatMap((kept) => (isIt(kept) ? (by ?? []) : kept));
    this.#touch(source);
    return found;
  }

  /** Everything is on disk when this resolves; rejects when the disk does not take it. */
  async flush(): Promise<void> {
    await this.ready;
    if (this.#isDirty) {
      await this.#writeSoon();
    } else {
      await this.#writing;
    }
  }

  /** What was typed last is on disk when this returns: nobody waits for a window that closes. */
  dispose(): void {
    this.#disposed.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#look);
    this.#changed.dispose();
    // A write that is under way may never end, since the process ends.
    if (this.#isDirty && this.#loaded) {
      this.#writeNow();
      // A write that replaces the file at this very moment may put an older state over it.
      this.#writeQuietly();
    }
  }

  get #isDirty(): boolean {
    return this.#written !== this.#changes;
  }

  #setAside(draft: Draft): void {
    const others = [this.#current, ...this.#kept];
    if (isEmptyDraft(draft) || others.some((other) => isSameVersion(other, draft))) {
      return;
    }
    // Two windows have edited the same draft: both texts stay, as two drafts.
    const isEditedElsewhere = others.some(({ id }) => id === draft.id);
    this.#kept.push(isEditedElsewhere ? copyOf(draft) : draft);
    this.#kept.splice(0, this.#kept.length - keptAtMost);
  }

  #touch(source: unknown): void {
    this.#changes += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#writeQuietly(), this.#delayMs);
    this.#changed.fire({ source });
  }

  async #load(): Promise<void> {
    if (Object.keys(this.#early).length > 0) {
      this.#current = this.#blank;
    }
    await this.#takeOverEnded(0);
    this.#loaded = true;
    if (this.#early.text !== undefined && this.#current.text !== '') {
      this.makeRoom();
    }
    if (Object.keys(this.#early).length > 0) {
      this.#current = edited(this.#current, this.#early);
    }
    await this.#trouble(this.#deps.disk.removeStray(this.#deps.clock.now() - cutOffMs));
  }

  /** Adds what ended windows left to what we have; nothing that was written here is replaced. */
  async #takeOverEnded(looks: number): Promise<void> {
    const states: DraftFile[] = [];
    let isOneLeft = false;
    for (const name of (await this.#trouble(this.#deps.disk.list())) ?? []) {
      const [, process, window = ''] = this.#pattern.exec(name) ?? [];
      if (process === undefined || name === this.#file || this.#takenOver.includes(name)) {
        continue;
      }
      if (await this.#isOthers(process, name)) {
        isOneLeft = true;
      } else {
        states.push(...((await this.#trouble(this.#takeOver(name, this.#nameOf(window)))) ?? []));
      }
    }
    for (const { current, kept, palette } of states.sort((a, b) => b.at - a.at)) {
      if (
        this.#current === this.#blank ||
        (isEmptyDraft(this.#current) && !isEmptyDraft(current))
      ) {
        this.#current = current;
      } else {
        this.#setAside(current);
      }
      kept.forEach((draft) => this.#setAside(draft));
      this.#palette ??= palette;
    }
    if (states.length > 0) {
      this.#touch(this);
    }
    const next = lookAgainMs[looks];
    if (isOneLeft && next !== undefined && !this.#disposed.signal.aborted) {
      this.#look = setTimeout(() => void this.#takeOverEnded(looks + 1), next).unref();
    }
  }

  /** Returns whether a living window holds the file. A process on another machine counts as ended once it is silent. */
  async #isOthers(process: string, name: string): Promise<boolean> {
    const { disk, clock } = this.#deps;
    const fate = process === this.#process ? 'ended' : this.#fateOf(process);
    const touchedAt = fate === 'elsewhere' ? await this.#trouble(disk.touchedAt(name)) : undefined;
    return fate === 'lives' || (touchedAt !== undefined && clock.now() - touchedAt < silentMs);
  }

  /** Resolves to nothing if another window has taken this file, or if it cannot be understood. */
  async #takeOver(name: string, ours: string): Promise<DraftFile[]> {
    const { disk, key, clock, log, onDamaged } = this.#deps;
    // What lies on a disk that takes no change can be read all the same.
    const content = await disk.rename(name, ours).then(
      async (isOurs) => (isOurs ? await disk.read(ours) : undefined),
      () => {
        this.#isSaved = false;
        return disk.read(name);
      },
    );
    if (content === undefined) {
      return [];
    }
    this.#takenOver.push(ours);
    const state = parseDraftFile(content);
    if (state) {
      return [state];
    }
    const to = `${key}.${clock.now()}.damaged`;
    await disk.rename(ours, to);
    log.warn(`A file with drafts could not be understood and was set aside as ${to}.`);
    onDamaged?.(to);
    return [];
  }

  /** Logs what went wrong, so that one bad file hides no other; resolves to undefined then. */
  async #trouble<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      this.#deps.log.error(`Drafts could not be read: ${String(error)}`);
      return undefined;
    }
  }

  /** The name of a file that this window holds. `window`: hexadecimal, of the window that began it. */
  #nameOf(window: string): string {
    return `${this.#deps.key}.${this.#process}-${window}.json`;
  }

  #writeQuietly(): void {
    this.#writeSoon().catch((error: unknown) => {
      this.#deps.log.error(`Drafts could not be saved: ${String(error)}`);
    });
  }

  #writeSoon(): Promise<void> {
    clearTimeout(this.#timer);
    const write = this.#writing
      .catch(() => undefined)
      .then(() => this.ready)
      .then(() => this.#write());
    this.#writing = write;
    // Whoever waits for it hears of the failure; a later write must not fail because of it.
    write.catch(() => undefined);
    return write;
  }

  async #write(): Promise<void> {
    const { disk } = this.#deps;
    const changes = this.#changes;
    const { signal } = this.#disposed;
    const isLast = signal.aborted;
    try {
      await disk.write(this.#file, JSON.stringify(this.#state()), isLast ? {} : { signal });
      this.#written = changes;
      this.#isSaved = true;
    } catch (error) {
      if (signal.aborted && !isLast) {
        // A newer state is on disk: `dispose` wrote it.
        return;
      }
      this.#isSaved = false;
      throw error;
    }
    for (const name of this.#takenOver.splice(0)) {
      await disk.remove(name);
    }
  }

  #writeNow(): void {
    try {
      this.#deps.disk.writeSync(this.#file, JSON.stringify(this.#state()));
    } catch (error) {
      this.#deps.log.error(`Drafts could not be saved: ${String(error)}`);
    }
  }

  #state(): DraftFile {
    return {
      version: 1,
      at: this.#deps.clock.now(),
      current: this.#current,
      palette: this.#palette,
      kept: this.#kept,
    };
  }
}

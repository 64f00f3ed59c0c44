import { randomUUID } from 'node:crypto';
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

/**
 * What this window is writing and has not sent. One small file per workspace, without anything secret.
 *
 * Two windows can share a workspace (two without a folder do). The file belongs to the window that wrote it
 * last; another living window that finds it changed goes on in a file of its own, so that neither overwrites
 * the other. Whoever loads next takes over the files of windows that have ended.
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

  #loaded = false;
  /** Edits that were made before the disk had been read. */
  #early: Partial<DraftContent> = {};
  #file: string;
  /** What we last saw in our file; undefined: no file. */
  #seen: string | undefined;
  /** The draft that the file held when we last saw it. */
  #seenDraft = this.#current;
  /** Files of ended windows whose content is ours now; removed after the next write. */
  #takenOver: string[] = [];
  #writing = Promise.resolve();
  #reading: Promise<void> | undefined;
  #dirty = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: DraftStoreDeps) {
    this.#deps = deps;
    this.#delayMs = deps.delayMs ?? 400;
    const { process = thisProcess() } = deps;
    this.#process = process;
    this.#fateOf = deps.fateOf ?? ((other) => processFate(other, process));
    this.#file = `${deps.key}.json`;
  }

  /** Reads the disk when it is first asked for; resolves when that is done, and never rejects. */
  get ready(): Promise<void> {
    this.#reading ??= this.#load().then(() => this.#sweep());
    return this.#reading;
  }

  get onDidChange(): Event<DraftChange> {
    return this.#changed.event;
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
    this.#keep(draft);
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
    if (this.#dirty) {
      await this.#writeSoon();
    } else {
      await this.#writing;
    }
  }

  /** What was typed last is on disk when this returns: nobody waits for a window that closes. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#changed.dispose();
    if (this.#dirty && this.#loaded) {
      this.#writeNow();
      // A write that was under way would put an older state over it.
      this.#writeQuietly();
    }
  }

  #keep(draft: Draft): void {
    if (isEmptyDraft(this.#current)) {
      this.#current = draft;
    } else {
      this.#setAside(draft);
    }
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
    this.#dirty = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#writeQuietly(), this.#delayMs);
    this.#changed.fire({ source });
  }

  async #load(): Promise<void> {
    const { disk, key, log } = this.#deps;
    const main = this.#file;
    const states: { name: string; state: DraftFile }[] = [];
    try {
      const ours = (name: string): boolean =>
        name === main || (name.startsWith(`${key}.`) && name.endsWith('.json'));
      for (const name of (await disk.list()).filter(ours)) {
        const content = await disk.read(name);
        if (content === undefined) {
          continue;
        }
        const state = parseDraftFile(content);
        if (!state) {
          await this.#setAsideDamaged(name);
        } else if (name === main) {
          this.#seen = content;
          this.#seenDraft = state.current;
          states.push({ name, state });
        } else if (!this.#isOthers(state)) {
          this.#takenOver.push(name);
          states.push({ name, state });
        }
      }
    } catch (error) {
      log.error(`Drafts could not be read: ${String(error)}`);
      // Whatever is there stays as it is.
      this.#file = this.#ownFile();
    }
    states.sort((a, b) => b.state.at - a.state.at);
    // The draft as it was before the early edits, which follow below.
    this.#current = states[0]?.state.current ?? this.#seenDraft;
    for (const { state } of states) {
      this.#takeOver(state);
    }
    this.#loaded = true;
    if (this.#early.text !== undefined && this.#current.text !== '') {
      this.makeRoom();
    }
    if (Object.keys(this.#early).length > 0) {
      this.#current = edited(this.#current, this.#early);
    }
    if (states.length > 0) {
      this.#changed.fire({ source: this });
    }
    if (this.#takenOver.length > 0) {
      this.#touch(this);
    }
  }

  /** Adds what another window left to what we have; nothing of ours is replaced. */
  #takeOver(state: Partial<DraftFile>): void {
    if (state.current) {
      this.#setAside(state.current);
    }
    state.kept?.forEach((draft) => this.#setAside(draft));
    this.#palette ??= state.palette;
  }

  async #sweep(): Promise<void> {
    const { disk, clock, log } = this.#deps;
    try {
      await disk.removeStray(clock.now() - cutOffMs);
    } catch (error) {
      log.warn(`Files of interrupted writes could not be removed: ${String(error)}`);
    }
  }

  async #setAsideDamaged(name: string): Promise<void> {
    const to = `${name}.${this.#deps.clock.now()}.damaged`;
    await this.#deps.disk.rename(name, to);
    this.#deps.log.warn(`A file with drafts could not be understood and was set aside as ${to}.`);
    this.#deps.onDamaged?.(to);
  }

  /** Of a process on another machine, only the time since it wrote can tell that it has ended. */
  #isOthers({ process, at }: DraftFile): boolean {
    const fate = process === this.#process ? 'ended' : this.#fateOf(process);
    return fate === 'elsewhere' ? this.#deps.clock.now() - at < cutOffMs : fate === 'lives';
  }

  #ownFile(): string {
    return `${this.#deps.key}.${randomUUID()}.json`;
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
    const found = await disk.read(this.#file);
    if (found !== undefined && found !== this.#seen) {
      await this.#meetAnotherWindow(found);
    }
    this.#dirty = false;
    const state = this.#state();
    const content = JSON.stringify(state);
    try {
      await disk.write(this.#file, content);
    } catch (error) {
      this.#dirty = true;
      throw error;
    }
    this.#seen = content;
    this.#seenDraft = state.current;
    for (const name of this.#takenOver.splice(0)) {
      await disk.remove(name);
    }
  }

  #writeNow(): void {
    const { disk, log } = this.#deps;
    try {
      const found = disk.readSync(this.#file);
      if (found !== undefined && found !== this.#seen) {
        this.#file = this.#ownFile();
      }
      const content = JSON.stringify(this.#state());
      disk.writeSync(this.#file, content);
      this.#seen = content;
    } catch (error) {
      log.error(`Drafts could not be saved: ${String(error)}`);
    }
  }

  #state(): DraftFile {
    return {
      version: 1,
      process: this.#process,
      at: this.#deps.clock.now(),
      current: this.#current,
      palette: this.#palette,
      kept: this.#kept,
    };
  }

  /** Somebody else wrote our file: a window that lives keeps it, one that has ended leaves it to us. */
  async #meetAnotherWindow(content: string): Promise<void> {
    const state = parseDraftFile(content);
    if (!state) {
      await this.#setAsideDamaged(this.#file);
    } else if (this.#isOthers(state)) {
      this.#file = this.#ownFile();
    } else {
      if (isSameVersion(this.#current, this.#seenDraft)) {
        // The last words of the window that we replaced (a reload): nobody has typed here since.
        this.#current = state.current;
      } else if (!isSameVersion(state.current, this.#seenDraft)) {
        this.#setAside(state.current);
      }
      this.#takeOver({ kept: state.kept, palette: state.palette });
      this.#changed.fire({ source: this });
    }
    this.#seen = undefined;
  }
}

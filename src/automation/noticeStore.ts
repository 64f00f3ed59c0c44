import { randomBytes } from 'node:crypto';
import os from 'node:os';
import type { Event } from 'vscode';
import { atMost } from '../common/atMost';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import { SilenceWatch } from '../common/heartbeat';
import type { Log } from '../common/log';
import { processFate, thisProcess } from '../common/processIdentity';
import type { ProcessFate } from '../common/processIdentity';
import type { StorageFolder } from '../common/storageFolder';
import { newPushId } from '../push/pushFileName';
import type { HistoryKeep } from '../push/pushHistory';
import { strayMs } from '../push/recordFolder';
import type { HoldReason, KeptNotice, NewNotice, Notice, OverReason } from './notice';
import { noticeContent, parseNotice } from './noticeFile';
import { noticeFileName, parseNoticeFile } from './noticeFileName';
import type { NoticeFile, NoticePlace } from './noticeFileName';
import { PastNotices } from './pastNotices';

export interface NoticeStoreDeps {
  /** The notices that are not over: a file each. */
  folder: StorageFolder;
  /** The notices that are over without a push. */
  past: StorageFolder;
  /** The setting of the history. */
  keep: () => HistoryKeep;
  clock: Pick<Clock, 'now'>;
  log: Log;
  /** The process that this window runs in; see `thisProcess`. */
  process?: string;
  fateOf?: (process: string) => ProcessFate;
  /** Time since the machine's boot, ms. */
  uptime?: () => number;
}

/** A notice of a window that has ended; this window has it now. */
export interface LeftNotice {
  notice: Notice;
  /** The draft of the push that it had been put into; whether that was recorded, the records of pushes tell. */
  draftId: string | undefined;
}

export interface Recovered {
  left: LeftNotice[];
  /** Another machine or container has notices here, and it does not show yet whether it still lives. */
  isUndecided: boolean;
}

/** A living window touches a file of its own about once a minute while it has notices. */
const silentMs = 5 * 60 * 1000;
const longestGapMs = 2 * 60 * 1000;
const filesAtOnce = 16;

/**
 * The notices that are not over, in a folder that all windows share: a small file each, whose name says why it is held
 * and which window has it. The notices that are over without a push are in `past`. Nothing is sent from here.
 */
export class NoticeStore implements Disposable {
  readonly #deps: NoticeStoreDeps;
  readonly #me: Pick<NoticeFile, 'process' | 'window'>;
  readonly #fateOf: (process: string) => ProcessFate;
  readonly #uptime: () => number;
  readonly #past: PastNotices;
  readonly #changed = new Emitter<undefined>();
  readonly #silence = new SilenceWatch(longestGapMs);
  readonly #inTurn = atMost(filesAtOnce);
  /** The files of this window, by the notice's id. */
  readonly #mine = new Map<string, NoticeFile>();

  constructor(deps: NoticeStoreDeps) {
    this.#deps = deps;
    const { process = thisProcess() } = deps;
    this.#me = { process, window: randomBytes(4).toString('hex') };
    this.#fateOf = deps.fateOf ?? ((other) => processFate(other, process));
    this.#uptime = deps.uptime ?? (() => os.uptime() * 1000);
    this.#past = new PastNotices(deps);
  }

  /** Fires when this window has changed something. Changes by other windows show when they are asked for. */
  get onDidChange(): Event<undefined> {
    return this.#changed.event;
  }

  /** Resolves when the notice is on disk. Rejects if the disk does not take it. */
  async add(notice: NewNotice, why: HoldReason): Promise<Notice> {
    const now = this.#deps.clock.now();
    const taken: Notice = { ...notice, id: newPushId(now), at: notice.at ?? now };
    await this.#write(taken, why);
    return taken;
  }

  /** Holds a notice once more that was over. */
  async reopen(notice: Notice, why: HoldReason): Promise<void> {
    await this.#write(notice, why);
    await this.#past.remove(notice.id);
  }

  async #write(notice: Notice, why: HoldReason): Promise<void> {
    const file: NoticeFile = { id: notice.id, place: { kind: 'held', why }, ...this.#me };
    await this.#inTurn(() => this.#deps.folder.write(noticeFileName(file), noticeContent(notice)));
    this.#mine.set(notice.id, file);
    this.#changed.fire(undefined);
  }

  /** Notes why these are held. Resolves to those that this window still has. */
  async hold(
    holds: readonly { id: string; why: HoldReason; until: number | undefined }[],
  ): Promise<string[]> {
    const places = holds.map(
      ({ id, ...hold }) => [id, { kind: 'held' as const, ...hold }] as const,
    );
    return await this.#move(new Map(places));
  }

  /** Notes that these go into the push of this draft. Resolves to those that this window still has. */
  async join(ids: readonly string[], draftId: string): Promise<string[]> {
    return await this.#move(new Map(ids.map((id) => [id, { kind: 'joined', draftId }])));
  }

  /** Forgets those that are told in a push: its record has their lines. */
  async remove(ids: readonly string[]): Promise<void> {
    await this.#each(ids, (file) => this.#deps.folder.remove(noticeFileName(file)));
  }

  /** Keeps of these what the setting allows, with why no push told them. */
  async end(notices: readonly Notice[], why: OverReason): Promise<void> {
    const at = this.#deps.clock.now();
    const byId = new Map(notices.map((notice) => [notice.id, notice]));
    await this.#each([...byId.keys()], async (file) => {
      const notice = byId.get(file.id);
      if (notice) {
        await this.#past.keep(notice, why, at);
      }
      await this.#deps.folder.remove(noticeFileName(file));
    });
    await this.#past.prune();
  }

  /** Shows windows elsewhere that this one lives. To be called once a minute while it has notices. */
  async beat(): Promise<void> {
    const name = this.#aliveName(this.#me);
    if (this.#mine.size > 0) {
      await this.#deps.folder.write(name, '', { durable: false });
    } else {
      await this.#deps.folder.remove(name);
    }
  }

  /** Takes the notices of windows that have ended. Of two windows that ask at once, each gets a part. */
  async recover(): Promise<Recovered> {
    const { folder } = this.#deps;
    const names = await folder.list();
    const files = names.flatMap((name) => parseNoticeFile(name) ?? []);
    const fates = await this.#fates(files.filter((file) => !this.#isMine(file)));
    const isOver = [...fates.values()].includes('ended')
      ? await this.#past.ids()
      : new Set<string>();
    const found = await Promise.all(
      files
        .filter((file) => fates.get(this.#aliveName(file)) === 'ended')
        .map((file) => this.#inTurn(() => this.#claim(file, isOver))),
    );
    await this.#sweep(names, fates);
    const left = found.filter((one) => one !== undefined);
    if (left.length > 0) {
      this.#changed.fire(undefined);
    }
    return { left, isUndecided: [...fates.values()].includes('elsewhere') };
  }

  /** All that is known of notices, from any window; newest first. */
  async list(): Promise<KeptNotice[]> {
    const { folder } = this.#deps;
    const files = (await folder.list()).flatMap((name) => parseNoticeFile(name) ?? []);
    const held = await Promise.all(
      files.map((file) =>
        this.#inTurn(async (): Promise<KeptNotice | undefined> => {
          const content = await folder.read(noticeFileName(file));
          const notice = content === undefined ? undefined : parseNotice(content);
          return notice && { notice, ...heldAs(file.place) };
        }),
      ),
    );
    const isOpen = new Set(files.map(({ id }) => id));
    const past = (await this.#past.list()).filter(({ notice }) => !isOpen.has(notice.id));
    return [...held.filter((one) => one !== undefined), ...past].sort((a, b) =>
      a.notice.id < b.notice.id ? 1 : -1,
    );
  }

  /** Reduces what is kept to what the setting allows now. */
  async tidy(): Promise<void> {
    await this.#past.tidy();
    this.#changed.fire(undefined);
  }

  /** Forgets a notice that is over, or all of them. */
  async forget(id?: string): Promise<void> {
    await (id === undefined ? this.#past.clear() : this.#past.remove(id));
    this.#changed.fire(undefined);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #isMine({ process, window }: NoticeFile): boolean {
    return process === this.#me.process && window === this.#me.window;
  }

  async #move(places: ReadonlyMap<string, NoticePlace>): Promise<string[]> {
    const moved: string[] = [];
    await this.#each([...places.keys()], async (file) => {
      const to = { ...file, place: places.get(file.id) ?? file.place };
      // Another window takes what this one has when this one was stopped for minutes.
      if (await this.#deps.folder.rename(noticeFileName(file), noticeFileName(to))) {
        this.#mine.set(file.id, to);
        moved.push(file.id);
        return true;
      }
      return false;
    });
    return moved;
  }

  /** Changes files of this window, which loses those of which `change` does not resolve to true. */
  async #each(
    ids: readonly string[],
    change: (file: NoticeFile) => Promise<unknown>,
  ): Promise<void> {
    await Promise.all(
      ids.map((id) =>
        this.#inTurn(async () => {
          const file = this.#mine.get(id);
          if (file && (await change(file)) !== true) {
            this.#mine.delete(id);
          }
        }),
      ),
    );
    if (ids.length > 0) {
      this.#changed.fire(undefined);
    }
  }

  /** What became of the windows of these files, by the names of the files that show their lives. */
  async #fates(files: readonly NoticeFile[]): Promise<Map<string, ProcessFate>> {
    const fates = new Map<string, ProcessFate>();
    for (const file of files) {
      const name = this.#aliveName(file);
      if (!fates.has(name)) {
        // An earlier window of our own process has ended.
        const isOurs = file.process === this.#me.process;
        const fate = isOurs ? 'ended' : this.#fateOf(file.process);
        const isSilent = fate === 'elsewhere' && (await this.#isSilent(name));
        fates.set(name, isSilent ? 'ended' : fate);
      }
    }
    this.#silence.keepOnly(new Set(fates.keys()));
    return fates;
  }

  /** Removes what windows that have ended left besides their notices. */
  async #sweep(names: readonly string[], fates: ReadonlyMap<string, ProcessFate>): Promise<void> {
    const { folder, clock } = this.#deps;
    const before = clock.now() - strayMs;
    for (const name of names.filter((one) => one.endsWith('.alive'))) {
      const isIdle = !fates.has(name) && name !== this.#aliveName(this.#me);
      const isOld = isIdle && ((await folder.touchedAt(name)) ?? Infinity) < before;
      if (isOld || fates.get(name) === 'ended') {
        await folder.remove(name);
      }
    }
    await folder.removeStray(before);
  }

  async #isSilent(name: string): Promise<boolean> {
    const touchedAt = (await this.#deps.folder.touchedAt(name)) ?? 0;
    return this.#silence.silentMs(name, touchedAt, this.#uptime()) >= silentMs;
  }

  async #claim(file: NoticeFile, isOver: ReadonlySet<string>): Promise<LeftNotice | undefined> {
    const { folder, log } = this.#deps;
    const mine: NoticeFile = { ...file, ...this.#me };
    const name = noticeFileName(mine);
    if (!(await folder.rename(noticeFileName(file), name))) {
      return undefined;
    }
    const content = (await folder.read(name)) ?? '';
    const notice = parseNotice(content);
    if (notice?.id !== file.id) {
      await this.#past.setAside(file.id, content);
      await folder.remove(name);
      log.warn('A notice could not be understood and was set aside.');
      return undefined;
    }
    if (isOver.has(file.id)) {
      // Its window ended between the two steps by which a notice is over.
      await folder.remove(name);
      return undefined;
    }
    this.#mine.set(file.id, mine);
    return { notice, draftId: file.place.kind === 'joined' ? file.place.draftId : undefined };
  }

  #aliveName({ process, window }: Pick<NoticeFile, 'process' | 'window'>): string {
    return `${process}-${window}.alive`;
  }
}

function heldAs(
  place: NoticePlace,
): Pick<KeptNotice & { state: 'held' }, 'state' | 'why' | 'until'> {
  return place.kind === 'held'
    ? { state: 'held', why: place.why, until: place.until }
    : { state: 'held', why: 'gathering' };
}

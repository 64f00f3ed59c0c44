import { randomBytes } from 'node:crypto';
import type { Event } from 'vscode';
import { Bitrix24Error } from '../bitrix24/errors';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import { SilenceWatch } from '../common/heartbeat';
import { processLives } from '../common/processLives';
import type { Draft } from './draft';
import { messageKey } from './messageKey';
import type { TextPerson } from './personalText';
import { isWaiting, restDraft, summaryOf, toPeople, unknownDraft } from './push';
import type { Decision, Push, PushOrigin } from './push';
import type { Recipient } from '../people/recipient';
import { eventText, headText, interruptionOf, withoutTornLine } from './pushFile';
import type { EventLine } from './pushFile';
import { fileNameOf, newPushId, parseFileName, shortDraftId, timeOf } from './pushFileName';
import type { Place, PushFileName } from './pushFileName';
import type { PushHistory } from './pushHistory';
import { readRecord, strayMs } from './recordFolder';
import type { FoundPush, RecordFolder } from './recordFolder';
import { RecordWriter, heartbeatOf } from './recordWriter';

export interface PushStoreDeps extends RecordFolder {
  /** Takes the pushes that are over. */
  history: Pick<PushHistory, 'file'>;
  /** The process that this window runs in. */
  pid?: number;
  /** Whether a process lives on this machine. */
  isAlive?: (pid: number) => boolean;
  /** How often a push in this window's hands shows that it lives, ms. */
  heartbeatMs?: number;
}

/** A push that is about to be sent. Its draft names the account. */
export interface NewPush {
  draft: Draft;
  host: string;
  origin: PushOrigin;
  /** Everybody whom it goes to; undefined if nobody could be asked who is in its departments. */
  people: readonly Recipient[] | undefined;
  /** The pushes whose place it takes. */
  replaces: readonly string[];
  /** See `Push`. */
  facts?: readonly TextPerson[] | undefined;
}

/** A push with the same message to the same people: being sent, undecided, waiting for the network, or over. */
export interface SameMessage {
  id: string;
  /** Unix ms. */
  at: number;
  state: 'sending' | 'unknown' | 'unsent' | 'sent';
}

/** A push that waits for the user's decision, in the hands of this window alone. */
export interface Claim {
  push: Push;
  decide(decision: Decision): Promise<void>;
  /** Lets it wait on, for any window, unless another push has taken its place meanwhile. */
  release(): Promise<void>;
}

type HeldFile = PushFileName & { place: Extract<Place, { kind: 'held' }> };

/** A push that went out within this time may be sent once more by mistake. */
export const duplicateMs = 5 * 60 * 1000;
/** A living window that has not touched a push for so long sends nothing of it any more. */
const silentMs = 2 * 60 * 1000;
/** A longer time between two looks was sleep: no heart beat then, ours or theirs. */
const longestGapMs = 20_000;

/**
 * The record of every push that is not over: one file each, in a folder that all windows share, written before
 * anything leaves and only ever added to. The window that sends a push holds its file under the window's own name; a
 * window that ended leaves it to the next one. What is over goes to the history. Nothing is sent from here.
 */
export class PushStore implements Disposable {
  readonly #deps: PushStoreDeps;
  readonly #changed = new Emitter<undefined>();
  readonly #me: Extract<Place, { kind: 'held' }>;
  readonly #isAlive: (pid: number) => boolean;
  readonly #heartbeatMs: number;
  /** Writers and claims. They end with the window, and their files tell the next one. */
  readonly #inHand = new Set<Disposable>();
  readonly #silence = new SilenceWatch(longestGapMs);

  constructor(deps: PushStoreDeps) {
    this.#deps = deps;
    const window = randomBytes(4).toString('hex');
    this.#me = { kind: 'held', pid: deps.pid ?? process.pid, window };
    this.#isAlive = deps.isAlive ?? processLives;
    this.#heartbeatMs = deps.heartbeatMs ?? 10_000;
  }

  /** Fires when this window has changed something. Changes by other windows show when they are asked for. */
  get onDidChange(): Event<undefined> {
    return this.#changed.event;
  }

  /** Records a push; it is on disk when this resolves. Throws Bitrix24Error STORAGE_FAILED (not sent). */
  async create(push: NewPush): Promise<RecordWriter> {
    const { folder, clock, log } = this.#deps;
    const { draft, host, origin, people, replaces, facts } = push;
    const at = clock.now();
    const head = {
      ...{ id: newPushId(at), at, host, origin },
      draft: { ...draft, recipients: draft.recipients.map(nameOnly) },
      ...(draft.departments.length > 0 && people && { people: people.map(nameOnly) }),
      ...(replaces.length > 0 && { replaces: [...replaces] }),
      ...(facts && { facts: [...facts] }),
    };
    const keys = keysOf(draft, people);
    const file = { id: head.id, keys, draft: shortDraftId(draft.id), place: this.#me };
    const name = fileNameOf(file);
    try {
      await folder.write(name, headText(head));
    } catch (cause) {
      throw storageFailed(cause, host);
    }
    const ended = async () => {
      this.#inHand.delete(writer);
      this.#changed.fire(undefined);
      await this.#shelve(file);
    };
    const writer = new RecordWriter({
      ...{ head, name, folder, clock, log, ended, heartbeatMs: this.#heartbeatMs },
    });
    this.#inHand.add(writer);
    this.#changed.fire(undefined);
    return writer;
  }

  /**
   * Finds pushes of the same message to the same people, from any window, oldest first: those that went out within
   * the last five minutes, and all that are not over. Asked again after {@link create}, it finds one that another
   * window began at the same moment. It looks at names only.
   */
  async sameMessages(
    draft: Draft,
    people: readonly Recipient[] | undefined,
    except: ReadonlySet<string>,
  ): Promise<SameMessage[]> {
    const { folder, clock } = this.#deps;
    const files = await this.#files();
    const notOver = new Set(files.flatMap(({ id, place }) => (place.kind === 'sent' ? [] : id)));
    const keys = keysOf(draft, people);
    const found: SameMessage[] = [];
    for (const file of files) {
      const { id, place } = file;
      if (except.has(id) || !file.keys.some((key) => keys.includes(key))) {
        continue;
      }
      if (place.kind !== 'sent') {
        found.push({ id, at: timeOf(id), state: place.kind === 'held' ? 'sending' : place.kind });
        continue;
      }
      const at = await folder.touchedAt(fileNameOf(file));
      // A part of it still waits: until that is decided, the whole is not old.
      if (at !== undefined && (notOver.has(id) || at > clock.now() - duplicateMs)) {
        found.push({ id, at, state: 'sent' });
      }
    }
    return found;
  }

  /** Ids of the pushes of this draft that wait for the network, whatever has been edited in it since. */
  async unsentOf(draftId: string): Promise<string[]> {
    const found: string[] = [];
    for (const file of await this.#files()) {
      if (file.place.kind === 'unsent' && file.draft === shortDraftId(draftId)) {
        const push = (await this.#read(file))?.push;
        found.push(...(push?.draft.id === draftId ? [push.id] : []));
      }
    }
    return found;
  }

  /** All pushes that are not over, also those that other windows send; oldest first. */
  async open(): Promise<Push[]> {
    const pushes: Push[] = [];
    for (const file of await this.#files()) {
      try {
        const found = file.place.kind === 'sent' ? undefined : await this.#read(file);
        pushes.push(...(found ? [found.push] : []));
      } catch (error) {
        // One file that the disk does not give hides no other push.
        this.#deps.log.error(`The record of a push could not be read: ${String(error)}`);
      }
    }
    return pushes;
  }

  /** Whether a push waits to be sent. It looks at names only. */
  async hasUnsent(): Promise<boolean> {
    return (await this.#files()).some(({ place }) => place.kind === 'unsent');
  }

  /** Whether another window sends a push, or ended while it did. It looks at names only. */
  async othersAreSending(): Promise<boolean> {
    return (await this.#files()).some(
      ({ place }) => place.kind === 'held' && place.window !== this.#me.window,
    );
  }

  /**
   * Ends the pushes of windows that have ended: people on the wire may have got it, all others who were left did not.
   * Resolves to those pushes. Sends nothing.
   */
  async recover(): Promise<Push[]> {
    await this.#sweep();
    const files = await this.#files();
    this.#silence.keepOnly(new Set(files.map(fileNameOf)));
    const ended: Push[] = [];
    // The newest first: it may have taken the place of others, which no window may offer then.
    for (const file of files.toReversed()) {
      try {
        const held = (await this.#isLeft(file)) ? await this.#hold(file) : undefined;
        const push = held && (await this.#shelve(held));
        ended.unshift(...(push && !push.decision ? [push] : []));
      } catch (error) {
        this.#deps.log.error(`A push that was left could not be taken over: ${String(error)}`);
      }
    }
    const open = new Set((await this.#files()).map(({ id, place }) => `${id} ${place.kind}`));
    const stillWaits = ({ id }: Push) => open.has(`${id} unsent`) || open.has(`${id} unknown`);
    // One of them may have taken the place of another.
    return ended.filter((push) => !isWaiting(push) || stillWaits(push));
  }

  /** Takes a push that waits into this window's hands; undefined when another window was faster. */
  async claim(id: string): Promise<Claim | undefined> {
    const file = (await this.#files()).find(
      (one) => one.id === id && (one.place.kind === 'unsent' || one.place.kind === 'unknown'),
    );
    const held = file && (await this.#hold(file));
    const found = held && (await this.#read(held));
    if (!found) {
      return undefined;
    }
    // Its user may take minutes to answer what is asked before it is sent.
    const heartbeat = heartbeatOf(fileNameOf(held), {
      ...this.#deps,
      heartbeatMs: this.#heartbeatMs,
    });
    this.#inHand.add(heartbeat);
    const close = async (event?: EventLine): Promise<void> => {
      try {
        if (event) {
          await this.#append(held, event);
        }
        await this.#shelve(held);
      } finally {
        heartbeat.dispose();
        this.#inHand.delete(heartbeat);
      }
    };
    return {
      push: found.push,
      decide: (as) => close({ t: 'decision', at: this.#deps.clock.now(), as }),
      release: () => close(),
    };
  }

  /** Notes that the people who certainly did not get a push are in a draft now. */
  async moveRest(id: string): Promise<void> {
    const file = await this.#fileToChange(id);
    if (file) {
      await this.#append(file, { t: 'restMoved', at: this.#deps.clock.now() });
      await this.#shelve(file);
    }
  }

  dispose(): void {
    for (const one of this.#inHand) {
      one.dispose();
    }
    this.#changed.dispose();
  }

  async #files(): Promise<PushFileName[]> {
    try {
      const names = await this.#deps.folder.list();
      return names.sort().flatMap((name) => parseFileName(name) ?? []);
    } catch (cause) {
      throw storageFailed(cause);
    }
  }

  /** Whether a window held this file and has ended. */
  async #isLeft(file: PushFileName): Promise<boolean> {
    const { place } = file;
    if (place.kind !== 'held' || place.window === this.#me.window) {
      return false;
    }
    // Our own process number under another window's name: that window had the number before.
    if (place.pid === this.#me.pid || !this.#isAlive(place.pid)) {
      return true;
    }
    const { folder, clock } = this.#deps;
    const name = fileNameOf(file);
    const touchedAt = await folder.touchedAt(name);
    return (
      touchedAt !== undefined && this.#silence.silentMs(name, touchedAt, clock.now()) >= silentMs
    );
  }

  async #hold(file: PushFileName): Promise<HeldFile | undefined> {
    const { folder } = this.#deps;
    const held = { ...file, place: this.#me };
    if (!(await folder.rename(fileNameOf(file), fileNameOf(held)))) {
      return undefined;
    }
    await folder.touch(fileNameOf(held));
    return held;
  }

  /** The file of a push in this window's hands, where it waits, is held here, or was left. */
  async #fileToChange(id: string): Promise<PushFileName | undefined> {
    const file = (await this.#files()).find((one) => one.id === id && one.place.kind !== 'sent');
    if (file?.place.kind === 'held' && file.place.window === this.#me.window) {
      return file;
    }
    const isFree = file && (file.place.kind !== 'held' || (await this.#isLeft(file)));
    return isFree ? await this.#hold(file) : undefined;
  }

  /** Puts a push that nobody sends any more where it belongs. */
  async #shelve(file: PushFileName): Promise<Push | undefined> {
    const { folder, history } = this.#deps;
    const name = fileNameOf(file);
    const found = await this.#readEnded(file);
    if (!found) {
      return undefined;
    }
    const { push, content } = found;
    // First, so that no window offers the other one after this one has gone.
    await this.#settleReplaced(push);
    const { counts } = summaryOf(push);
    const waiting = isWaiting(push) ? (unknownDraft(push) ?? restDraft(push)) : undefined;
    const isForAll = waiting?.version === push.draft.version;
    const keys = waiting && (isForAll ? file.keys : keysOf(waiting));
    if (keys?.join() !== file.keys.join() && counts.accepted + counts.unknown > 0) {
      await folder.write(fileNameOf({ ...file, place: { kind: 'sent' } }), '');
    }
    if (keys) {
      const place = { kind: counts.unknown > 0 ? 'unknown' : 'unsent' } as const;
      await folder.rename(name, fileNameOf({ ...file, keys, place }));
    } else {
      await history.file(push.id, content);
      await folder.remove(name);
      await this.#sweep();
    }
    this.#changed.fire(undefined);
    return push;
  }

  /**
   * Ends the pushes whose place this one has taken. One that was refused takes no place, and people who may have got
   * the other one are only settled by a push that reached the portal.
   */
  async #settleReplaced(by: Push): Promise<void> {
    const { counts } = summaryOf(by);
    const hasReached = counts.accepted + counts.unknown > 0;
    if (!hasReached && !isWaiting(by)) {
      return;
    }
    const people = new Set(by.people.map(({ id }) => id));
    for (const id of by.replaces) {
      const ours = await this.#fileToChange(id);
      // The window that has it in hand finds the line when it lets it go.
      const file = ours ?? (await this.#files()).find((one) => one.id === id && isHeld(one));
      const push = file && (await this.#read(file))?.push;
      if (file && push?.endedAt !== undefined && !push.decision) {
        const inDoubt = push.people.filter(({ status }) => status === 'unknown');
        const at = this.#deps.clock.now();
        if (inDoubt.length === 0 || (hasReached && inDoubt.every((one) => people.has(one.id)))) {
          await this.#append(file, { t: 'decision', at, as: 'replaced' });
        } else if (restDraft(push)?.recipients.every((one) => people.has(one.id))) {
          await this.#append(file, { t: 'restMoved', at });
        }
      }
      if (ours) {
        await this.#shelve(ours);
      }
    }
  }

  async #append(file: PushFileName, event: EventLine): Promise<void> {
    await this.#deps.folder.append(fileNameOf(file), eventText(event));
  }

  /** Reads a push and ends it where its window did not live to end it, or the disk did not take that line. */
  async #readEnded(file: PushFileName): Promise<FoundPush | undefined> {
    const { folder, clock } = this.#deps;
    const found = await this.#read(file);
    if (found?.push.endedAt !== undefined || !found) {
      return found;
    }
    if (found.isTorn) {
      await folder.write(fileNameOf(file), withoutTornLine(found.content));
    }
    const error = interruptionOf(found.push);
    await this.#append(file, { t: 'end', at: clock.now(), ...(error && { error }) });
    return await this.#read(file);
  }

  async #read(file: PushFileName): Promise<FoundPush | undefined> {
    const isTheirs = file.place.kind === 'held' && file.place.window !== this.#me.window;
    return await readRecord(this.#deps, { name: fileNameOf(file), id: file.id, isTheirs });
  }

  /** Removes what only the last minutes needed, and halves of files. */
  async #sweep(): Promise<void> {
    const { folder, clock } = this.#deps;
    const now = clock.now();
    await folder.removeStray(now - strayMs);
    const files = await this.#files();
    const notOver = new Set(files.flatMap(({ id, place }) => (place.kind === 'sent' ? [] : id)));
    for (const file of files) {
      if (file.place.kind === 'sent' && !notOver.has(file.id)) {
        const name = fileNameOf(file);
        const touchedAt = await folder.touchedAt(name);
        if (touchedAt !== undefined && touchedAt < now - duplicateMs) {
          await folder.remove(name);
        }
      }
    }
  }
}

/** The key of a push to its people and, where it was written to departments, that of the draft as well. */
function keysOf(draft: Draft, people?: readonly Recipient[]): string[] {
  const written = messageKey(draft);
  return draft.departments.length === 0 || !people
    ? [written]
    : [messageKey(toPeople(draft, people)), written];
}

function isHeld({ place }: PushFileName): boolean {
  return place.kind === 'held';
}

function storageFailed(cause: unknown, host?: string): Bitrix24Error {
  return new Bitrix24Error({
    ...{ kind: 'invalid', phase: 'notSent', code: 'STORAGE_FAILED' },
    ...{ host, cause },
  });
}

function nameOnly({ id, name }: Recipient): Pick<Recipient, 'id' | 'name'> {
  return { id, ...(name !== undefined && { name }) };
}

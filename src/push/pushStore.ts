import { randomBytes } from 'node:crypto';
import os from 'node:os';
import type { Event } from 'vscode';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import { SilenceWatch } from '../common/heartbeat';
import { processFate, thisProcess } from '../common/processIdentity';
import type { ProcessFate } from '../common/processIdentity';
import type { Draft } from './draft';
import { messageKeys } from './messageKey';
import { isWaiting, restDraft, summaryOf, unknownDraft } from './push';
import type { Decision, Push, PushSource } from './push';
import type { Recipient } from '../people/recipient';
import { eventText, headText, interruptionOf } from './pushFile';
import type { EventLine } from './pushFile';
import { fileNameOf, filesOf, newPushId, shortDraftId, timeOf } from './pushFileName';
import type { Place, PushFileName } from './pushFileName';
import type { PushHistory } from './pushHistory';
import { readAtOnce, readRecord, strayMs } from './recordFolder';
import type { FoundPush, RecordFolder } from './recordFolder';
import { RecordWriter, heartbeatOf, notSent } from './recordWriter';
import { SentMarks, duplicateMs } from './sentMarks';

export interface PushStoreDeps extends RecordFolder {
  /** Takes the pushes that are over. */
  history: Pick<PushHistory, 'file'>;
  /** The process that this window runs in; see `thisProcess`. */
  process?: string;
  fateOf?: (process: string) => ProcessFate;
  /** Time since the machine's boot, ms: unlike a clock, nobody sets it. */
  uptime?: () => number;
  /** How often a push in this window's hands shows that it lives, ms. */
  heartbeatMs?: number;
}

/** A push that is about to be sent. Its draft names the account. */
export interface NewPush extends PushSource, Pick<Push, 'host' | 'facts'> {
  draft: Draft;
  /** Everybody whom it goes to; undefined if nobody could be asked who is in its departments. */
  people: readonly Recipient[] | undefined;
  /** The pushes whose place it takes. */
  replaces: readonly string[];
  /** The one of them that its user acts on. Once another window has taken that, this one must not leave. */
  claim?: Claim | undefined;
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
  /** False once another window has taken it, because this one was stopped for minutes. */
  isOurs(): Promise<boolean>;
  decide(decision: Decision): Promise<void>;
  /** Lets it wait on, for any window, unless another push has taken its place meanwhile. */
  release(): Promise<void>;
}

type HeldFile = PushFileName & { place: Extract<Place, { kind: 'held' }> };

/** A living window that has not touched a push for so long sends nothing of it any more. */
const silentMs = 2 * 60 * 1000;
/** A longer time between two looks was sleep: no heart beat then, ours or theirs. */
const longestGapMs = 20_000;
/** A send does not wait for more files than these to be removed. */
const sweptAtOnce = 100;

/**
 * The record of every push that is not over: one file each, in a folder that all windows share, written before
 * anything leaves and only ever added to. The window that sends a push holds its file under the window's own name; a
 * window that ended leaves it to the next one. What is over goes to the history. Nothing is sent from here.
 */
export class PushStore implements Disposable {
  readonly #deps: PushStoreDeps;
  readonly #changed = new Emitter<undefined>();
  readonly #me: Extract<Place, { kind: 'held' }>;
  readonly #fateOf: (process: string) => ProcessFate;
  readonly #heartbeatMs: number;
  readonly #uptime: () => number;
  readonly #marks: SentMarks;
  /** The writers and claims of this window, by the push's id. They end with the window; their files tell the next one. */
  readonly #inHand = new Map<string, Disposable>();
  /** Ids of files that the disk did not give, so that each is told once. */
  readonly #unreadable = new Set<string>();
  readonly #silence = new SilenceWatch(longestGapMs);

  constructor(deps: PushStoreDeps) {
    this.#deps = deps;
    const { process = thisProcess() } = deps;
    this.#me = { kind: 'held', process, window: randomBytes(4).toString('hex') };
    this.#fateOf = deps.fateOf ?? ((other) => processFate(other, process));
    this.#heartbeatMs = deps.heartbeatMs ?? 10_000;
    this.#uptime = deps.uptime ?? (() => os.uptime() * 1000);
    this.#marks = new SentMarks(deps.folder, deps.clock, { uptime: this.#uptime, process });
  }

  /** Fires when this window has changed something. Changes by other windows show when they are asked for. */
  get onDidChange(): Event<undefined> {
    return this.#changed.event;
  }

  /** Records a push; it is on disk when this resolves. Throws Bitrix24Error STORAGE_FAILED (not sent). */
  async create(push: NewPush): Promise<RecordWriter> {
    const { folder, clock, log } = this.#deps;
    const { draft, host, origin, askedBy, scheduled, things } = push;
    const { people, replaces, facts, claim } = push;
    const at = clock.now();
    const head = {
      ...{ id: newPushId(at), at, host, origin, askedBy, scheduled },
      ...(things && { things: [...things] }),
      draft: { ...draft, recipients: draft.recipients.map(nameOnly) },
      ...(draft.departments.length > 0 && people && { people: people.map(nameOnly) }),
      ...(replaces.length > 0 && { replaces: [...replaces] }),
      ...(facts && { facts: [...facts] }),
    };
    const keys = messageKeys(draft, people);
    const file = { id: head.id, keys, draft: shortDraftId(draft.id), place: this.#me };
    const name = fileNameOf(file);
    const ended = async (push: Push | undefined) => {
      this.#changed.fire(undefined);
      try {
        await this.#shelve(file);
      } catch (error) {
        if (push && summaryOf(push).state === 'accepted') {
          // A full disk may still take another name, which says at least that nobody is in doubt.
          await folder.rename(name, fileNameOf({ ...file, place: { kind: 'sent' } }));
        }
        throw error;
      }
    };
    const writer = new RecordWriter({
      ...{ head, name, folder, clock, log, ended, heartbeatMs: this.#heartbeatMs },
      isClaimed: () => claim?.isOurs() ?? Promise.resolve(true),
    });
    this.#inHand.set(head.id, writer);
    try {
      await folder.write(name, headText(head));
    } catch (cause) {
      writer.dispose();
      this.#inHand.delete(head.id);
      throw notSent('STORAGE_FAILED', host, cause);
    }
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
    const keys = messageKeys(draft, people);
    const names = await this.#names();
    const found: SameMessage[] = [];
    for (const file of filesOf(names.filter((name) => keys.some((key) => name.includes(key))))) {
      const { id, place } = file;
      if (except.has(id)) {
        continue;
      }
      if (place.kind !== 'sent') {
        found.push({ id, at: timeOf(id), state: place.kind === 'held' ? 'sending' : place.kind });
        continue;
      }
      const sent = await this.#marks.read(file);
      // A part of it still waits: until that is decided, the whole is not old.
      const isNotOver = names.some((name) => name.startsWith(id) && !name.includes('.sent.'));
      if (sent && (isNotOver || sent.agoMs < duplicateMs)) {
        found.push({ id, at: sent.at, state: 'sent' });
      }
    }
    return found;
  }

  /** Ids of the pushes of this draft that wait for the network, whatever has been edited in it since. */
  async unsentOf(draftId: string): Promise<string[]> {
    const found: string[] = [];
    for (const file of await this.#files(`.${shortDraftId(draftId)}.unsent.`)) {
      const push = await this.#readable(file);
      found.push(...(push?.draft.id === draftId ? [push.id] : []));
    }
    return found;
  }

  /** All pushes that are not over, also those that other windows send; or only those that were not sent. Oldest first. */
  async open(only?: 'unsent'): Promise<Push[]> {
    const files = (await this.#files(only && `.${only}.`)).filter(
      ({ place }) => place.kind !== 'sent',
    );
    const pushes: Push[] = [];
    for (let from = 0; from < files.length; from += readAtOnce) {
      const some = files.slice(from, from + readAtOnce);
      const read = await Promise.all(some.map((file) => this.#readable(file)));
      pushes.push(...read.filter((push) => push !== undefined));
    }
    return pushes;
  }

  /** A push that is not over; undefined if there is none. */
  async get(id: string): Promise<Push | undefined> {
    const file = await this.#open(id);
    return file && (await this.#readable(file));
  }

  /** Whether a push waits to be sent. It looks at names only. */
  async hasUnsent(): Promise<boolean> {
    return (await this.#files('.unsent.')).length > 0;
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
    const { folder, clock } = this.#deps;
    await folder.removeStray(clock.now() - strayMs);
    await this.#marks.sweep(await this.#files());
    const files = await this.#files();
    this.#silence.keepOnly(new Set(files.map(fileNameOf)));
    const ended: Push[] = [];
    // The newest first: it may have taken the place of others, which no window may offer then.
    for (const file of files.toReversed()) {
      try {
        const held = (await this.#isLeft(file)) ? await this.#hold(file) : undefined;
        const push = held && (await this.#shelve(held));
        // Its own user has been told.
        const isTold = file.place.kind === 'held' && file.place.window === this.#me.window;
        ended.unshift(...(push && !push.decision && !isTold ? [push] : []));
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
    const file = await this.#open(id);
    const isFree = file && (!isHeld(file) || (this.#isMine(file) && (await this.#isLeft(file))));
    // This is looked at last, so that of two claims at the same moment one leaves the file alone.
    const held = isFree && !this.#inHand.has(id) ? await this.#hold(file) : undefined;
    let found: FoundPush | undefined;
    try {
      found = held && (await this.#readEnded(held));
    } finally {
      if (!found) {
        this.#letGo(held);
      }
    }
    if (!held || !found) {
      return undefined;
    }
    // Its user may take minutes to answer what is asked before it is sent.
    const heartbeat = heartbeatOf(fileNameOf(held), {
      ...this.#deps,
      heartbeatMs: this.#heartbeatMs,
    });
    this.#inHand.set(id, heartbeat);
    const close = async (event?: EventLine): Promise<void> => {
      try {
        if (event) {
          await this.#append(held, event);
        }
        await this.#shelve(held);
      } finally {
        heartbeat.dispose();
      }
    };
    return {
      push: found.push,
      isOurs: async () => (await this.#deps.folder.touchedAt(fileNameOf(held))) !== undefined,
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
    for (const one of this.#inHand.values()) {
      one.dispose();
    }
    this.#changed.dispose();
  }

  async #names(): Promise<string[]> {
    return await this.#deps.folder.list().catch((cause: unknown) => {
      throw notSent('STORAGE_FAILED', undefined, cause);
    });
  }

  /** The files with this in their names; oldest first. */
  async #files(part = ''): Promise<PushFileName[]> {
    return filesOf((await this.#names()).filter((name) => name.includes(part)));
  }

  /** The file of a push that is not over. */
  async #open(id: string): Promise<PushFileName | undefined> {
    return (await this.#files(id)).find((one) => one.id === id && one.place.kind !== 'sent');
  }

  #isMine({ place }: PushFileName): boolean {
    return place.kind === 'held' && place.window === this.#me.window;
  }

  /** Whether a window held this file and has ended, or this one could not put it away. */
  async #isLeft(file: PushFileName): Promise<boolean> {
    const { place } = file;
    if (place.kind !== 'held') {
      return false;
    }
    if (place.window === this.#me.window) {
      return !this.#inHand.has(file.id);
    }
    // An earlier window of our own process held it; that window has ended.
    if (place.process === this.#me.process || this.#fateOf(place.process) === 'ended') {
      return true;
    }
    const name = fileNameOf(file);
    const touchedAt = await this.#deps.folder.touchedAt(name);
    return (
      touchedAt !== undefined && this.#silence.silentMs(name, touchedAt, this.#uptime()) >= silentMs
    );
  }

  async #hold(file: PushFileName): Promise<HeldFile | undefined> {
    const { folder } = this.#deps;
    const held = { ...file, place: this.#me };
    this.#inHand.set(file.id, { dispose: () => undefined });
    let isOurs = false;
    try {
      const isRenamed = await folder.rename(fileNameOf(file), fileNameOf(held));
      await folder.touch(fileNameOf(held));
      isOurs = isRenamed;
    } finally {
      if (!isOurs) {
        this.#letGo(held);
      }
    }
    return isOurs ? held : undefined;
  }

  #letGo(file: PushFileName | undefined): void {
    this.#inHand.delete(file?.id ?? '');
  }

  /** The file of a push in this window's hands, where it waits, is held here, or was left. */
  async #fileToChange(id: string): Promise<PushFileName | undefined> {
    const file = await this.#open(id);
    if (file && this.#isMine(file)) {
      return file;
    }
    const isFree = file && (file.place.kind !== 'held' || (await this.#isLeft(file)));
    return isFree ? await this.#hold(file) : undefined;
  }

  /** Puts a push that nobody sends any more where it belongs. */
  async #shelve(file: PushFileName): Promise<Push | undefined> {
    try {
      return await this.#putAway(file);
    } finally {
      this.#letGo(file);
    }
  }

  async #putAway(file: PushFileName): Promise<Push | undefined> {
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
    const keys = waiting && (isForAll ? file.keys : messageKeys(waiting));
    if (keys?.join() !== file.keys.join() && counts.accepted + counts.unknown > 0) {
      await this.#marks.write(file);
    }
    if (keys) {
      const place = { kind: counts.unknown > 0 ? 'unknown' : 'unsent' } as const;
      await folder.rename(name, fileNameOf({ ...file, keys, place }));
    } else {
      await history.file(push.id, content);
      await folder.remove(name);
      await this.#marks.sweep(await this.#files(), sweptAtOnce);
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
    for (const id of by.replaces) {
      await this.#settleOne(id, by, hasReached);
    }
  }

  async #settleOne(id: string, by: Push, hasReached: boolean): Promise<void> {
    const ours = await this.#fileToChange(id);
    // The window that has it in hand finds the line when it lets it go.
    const file = ours ?? (await this.#files(id)).find((one) => one.id === id && isHeld(one));
    const push = file && (await this.#readable(file));
    if (file && push?.endedAt !== undefined && !push.decision) {
      const people = new Set(by.people.map((one) => one.id));
      const inDoubt = push.people.filter(({ status }) => status === 'unknown');
      const at = this.#deps.clock.now();
      if (inDoubt.length === 0 || (hasReached && inDoubt.every((one) => people.has(one.id)))) {
        await this.#append(file, { t: 'decision', at, as: 'replaced' });
      } else if (restDraft(push)?.recipients.every((one) => people.has(one.id))) {
        await this.#append(file, { t: 'restMoved', at });
      }
    }
    if (ours && push) {
      await this.#shelve(ours);
    } else {
      this.#letGo(ours);
    }
  }

  async #append(file: PushFileName, event: EventLine): Promise<void> {
    await this.#deps.folder.append(fileNameOf(file), eventText(event));
  }

  /** One file that the disk does not give hides no other push. */
  async #readable(file: PushFileName): Promise<Push | undefined> {
    try {
      return (await this.#read(file))?.push;
    } catch (error) {
      this.#deps.log.error(`The record of a push could not be read: ${String(error)}`);
      if (!this.#unreadable.has(file.id)) {
        this.#unreadable.add(file.id);
        this.#deps.onUnreadable(fileNameOf(file));
      }
      return undefined;
    }
  }

  /** Reads a push and ends it where its window did not live to end it, or the disk did not take that line. */
  async #readEnded(file: PushFileName): Promise<FoundPush | undefined> {
    const found = await this.#read(file);
    if (found?.push.endedAt !== undefined || !found) {
      return found;
    }
    const error = interruptionOf(found.push);
    await this.#append(file, { t: 'end', at: this.#deps.clock.now(), ...(error && { error }) });
    return await this.#read(file);
  }

  async #read(file: PushFileName): Promise<FoundPush | undefined> {
    const isTheirs = isHeld(file) && !this.#isMine(file);
    return await readRecord(this.#deps, { name: fileNameOf(file), id: file.id, isTheirs });
  }
}

function isHeld({ place }: PushFileName): boolean {
  return place.kind === 'held';
}

function nameOnly({ id, name }: Recipient): Pick<Recipient, 'id' | 'name'> {
  return { id, ...(name !== undefined && { name }) };
}

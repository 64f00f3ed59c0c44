import { randomBytes } from 'node:crypto';
import type { Event } from 'vscode';
import { Bitrix24Error } from '../../bitrix24/errors';
import type { ErrorKind } from '../../bitrix24/errors';
import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import { SilenceWatch } from '../../common/heartbeat';
import type { Log } from '../../common/log';
import { processLives } from '../../common/processLives';
import { hasDepartments, onlyTo, toPeople } from '../draft';
import type { Draft, Recipient } from '../draft';
import { beatFor, Parcel } from './parcel';
import type { PushHistory } from './pushHistory';
import { eventText, newRecord, parseRecord, rewritten } from './pushRecord';
import type { Decision, EventLine, PushRecord, RecordedError } from './pushRecord';
import type { StorageFolder } from '../../common/storageFolder';
import { nameOf, newId, parseName, sameKey, timeOf } from './recordName';
import type { Place, RecordName } from './recordName';
import { hasUnsentRest, inferredError, restIds, toEverybody } from './recordOutcome';

export interface OutboxDeps {
  /** Shared by all windows of the machine. */
  folder: StorageFolder;
  /** Takes what is over. */
  history: Pick<PushHistory, 'file'>;
  clock: Pick<Clock, 'now'>;
  log: Log;
  /** A file could not be understood; it was set aside under this name. */
  onDamaged?: ((name: string) => void) | undefined;
  /** The process that this window runs in. */
  pid?: number;
  /** Whether a process lives on this machine. */
  isAlive?: (pid: number) => boolean;
  /** How often a push in this window's hands shows that it lives. */
  heartbeatMs?: number;
}

/** A push that has its account named. */
export interface NewPush {
  /** As it was written. */
  draft: Draft;
  host: string;
  /** Who they are that it goes to, where the draft names departments too; absent then: nobody could be asked. */
  people?: readonly Recipient[] | undefined;
}

/** A push that was on its way when its window ended, as versions without an outbox noted it. */
export interface OldPush extends NewPush {
  /** Unix ms when sending began. */
  at: number;
  accepted: readonly number[];
  /** They may have got it. */
  wire: readonly number[];
}

/** An equal push from some minutes ago, or one whose fate is not known. */
export interface Twin {
  id: string;
  /** Unix ms. */
  at: number;
  state: 'sending' | 'unknown' | 'sent';
}

/** A push that waits for the user's decision, in the hands of this window. */
export interface Claim {
  record: PushRecord;
  settle(decision: Decision): Promise<void>;
  /** Waits on, for any window. */
  release(): Promise<void>;
  /** Waits on for a decision about those who may have got it: the others are in another push, or in a draft. */
  releaseWithoutRest(): Promise<void>;
}

/** The same again within this time asks first. */
export const twinMs = 5 * 60 * 1000;
/** Of a window that was killed while it wrote. */
const strayMs = 60 * 60 * 1000;
/** A living window that has not touched a push for so long sends nothing of it any more. */
const silentMs = 2 * 60 * 1000;
/** A longer time between two looks at the folder was sleep. */
const longestGapMs = 20_000;

/**
 * Every push, on disk before the wire: one file each, in a folder that all windows share. Whoever sends holds the
 * file under its own name and adds a line for all that happens; a window that ended leaves it to the next one.
 * Nothing is sent from here.
 */
export class Outbox implements Disposable {
  readonly #deps: OutboxDeps;
  readonly #changed = new Emitter<undefined>();
  readonly #markedAsSent = new Emitter<PushRecord>();
  readonly #me: Extract<Place, { kind: 'held' }>;
  readonly #isAlive: (pid: number) => boolean;
  /** Parcels and claims: they end with the window; their files tell the next one. */
  readonly #inHand = new Set<Disposable>();
  readonly #watch = new SilenceWatch(longestGapMs);

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#me = {
      kind: 'held',
      pid: deps.pid ?? process.pid,
      window: randomBytes(4).toString('hex'),
    };
    this.#isAlive = deps.isAlive ?? processLives;
  }

  /** Something that this window did; of other windows `waiting` tells when asked. */
  get onDidChange(): Event<undefined> {
    return this.#changed.event;
  }

  /** The user has said, in this window, that it was sent. */
  get onDidMarkAsSent(): Event<PushRecord> {
    return this.#markedAsSent.event;
  }

  /** On disk when this resolves. Throws Bitrix24Error STORAGE_FAILED (not sent). */
  async prepare({ draft, host, people }: NewPush): Promise<Parcel> {
    const { folder, clock, log, heartbeatMs } = this.#deps;
    const { file, content } = this.#newFile({ draft, host, people }, clock.now());
    const name = nameOf(file);
    try {
      await folder.write(name, content);
    } catch (cause) {
      throw storageFailed(cause, host);
    }
    const parcel = new Parcel({
      ...{ folder, clock, log, name, host, heartbeatMs, id: file.id },
      ended: async () => {
        this.#inHand.delete(parcel);
        this.#changed.fire(undefined);
        return await this.#shelve(file);
      },
    });
    this.#inHand.add(parcel);
    this.#changed.fire(undefined);
    return parcel;
  }

  /**
   * Equal pushes that may have reached people within the last minutes, from any window; newest last. Asked again
   * after {@link prepare}, it sees another window's that began at the same moment.
   */
  async twins(draft: Draft, except: readonly string[] = []): Promise<Twin[]> {
    const { folder, clock } = this.#deps;
    const files = await this.#files();
    const open = idsOfOpen(files);
    const found: Twin[] = [];
    for (const file of await this.#alike(draft, files, ['held', 'unknown', 'sent'])) {
      const { id, place } = file;
      if (place.kind === 'unsent' || except.includes(id)) {
        continue;
      }
      const at = place.kind === 'sent' ? await folder.touchedAt(nameOf(file)) : timeOf(id);
      // A part of it still waits: until that is decided, the whole is not old.
      const isOpen = place.kind === 'held' || (place.kind === 'sent' && open.has(id));
      if (at !== undefined && (isOpen || at > clock.now() - twinMs)) {
        found.push({ id, at, state: place.kind === 'held' ? 'sending' : place.kind });
      }
    }
    return found;
  }

  /** A push of unknown fate, however old, that this draft would repeat. */
  async unknownLike(draft: Draft, except: readonly string[] = []): Promise<Twin | undefined> {
    const files = await this.#alike(draft, await this.#files(), ['unknown']);
    const file = files.findLast(({ id }) => !except.includes(id));
    return file && { id: file.id, at: timeOf(file.id), state: 'unknown' };
  }

  /** All that is not over, also what other windows are sending; oldest first. */
  async waiting(): Promise<PushRecord[]> {
    const records: PushRecord[] = [];
    for (const file of await this.#files()) {
      if (file.place.kind !== 'sent') {
        const found = await this.#read(nameOf(file));
        if (found) {
          records.push(found.record);
        }
      }
    }
    return records;
  }

  /** Whether an equal push waits for a decision. */
  async waitsLike(draft: Draft): Promise<boolean> {
    return (await this.#alike(draft, await this.#files(), ['unsent', 'unknown'])).length > 0;
  }

  /** Whether anything waits to be sent; looks at names only. */
  async hasUnsent(): Promise<boolean> {
    return (await this.#files()).some(({ place }) => place.kind === 'unsent');
  }

  /** Whether another window is sending something, or ended while it did; looks at names only. */
  async othersSend(): Promise<boolean> {
    return (await this.#files()).some(
      ({ place }) => place.kind === 'held' && place.window !== this.#me.window,
    );
  }

  /**
   * Takes over what windows left that have ended: what was on the wire is of unknown fate, what was not is not sent.
   * Resolves to those that wait for the user's decision because of that. Sends nothing.
   * `onOver`: hears of the others, whose windows did not live to tell what became of them.
   */
  async recover(onOver?: (record: PushRecord) => void): Promise<PushRecord[]> {
    const left: PushRecord[] = [];
    await this.#sweep();
    const files = await this.#files();
    this.#watch.keepOnly(new Set(files.map(nameOf)));
    for (const file of files) {
      try {
        const held = (await this.#isLost(file)) ? await this.#hold(file) : undefined;
        const record = held && (await this.#close(held));
        if (!record || record.decision !== undefined) {
          continue;
        }
        if (needsDecision(record)) {
          left.push(record);
        } else {
          onOver?.(record);
        }
      } catch (error) {
        this.#deps.log.error(`A push that was left could not be taken over: ${String(error)}`);
      }
    }
    if (left.length > 0) {
      this.#changed.fire(undefined);
    }
    return left;
  }

  /** Takes what a version without an outbox noted; undefined when it is known here already. */
  async adopt(push: OldPush): Promise<PushRecord | undefined> {
    const { at, draft, people = [], accepted, wire } = push;
    if (await this.unknownLike(onlyTo(toEverybody({ draft, people }), wire))) {
      return undefined;
    }
    const { file, content } = this.#newFile(push, at);
    const events: EventLine[] = [
      { t: 'sending', at, wire: [...accepted] },
      { t: 'answered', at },
      { t: 'sending', at, wire: [...wire] },
      { t: 'end', at, error: { kind: 'reset', phase: 'noAnswer', code: 'INTERRUPTED' } },
    ];
    await this.#deps.folder.write(nameOf(file), content + events.map(eventText).join(''));
    return await this.#shelve(file);
  }

  /** One that waits, for this window alone; undefined when another window was faster. */
  async take(id: string): Promise<Claim | undefined> {
    const file = (await this.#files()).find(
      (one) => one.id === id && (one.place.kind === 'unsent' || one.place.kind === 'unknown'),
    );
    const held = file && (await this.#hold(file));
    const found = held && (await this.#read(nameOf(held)));
    if (!found) {
      return undefined;
    }
    // Its user may take minutes to answer what is asked before it is sent.
    const beating = beatFor(nameOf(held), this.#deps);
    this.#inHand.add(beating);
    const close = async (event?: EventLine): Promise<void> => {
      try {
        if (event) {
          await this.#add(held, event);
        }
        await this.#shelve(held);
      } finally {
        beating.dispose();
        this.#inHand.delete(beating);
      }
    };
    const at = this.#deps.clock.now();
    return {
      record: found.record,
      settle: async (as) => {
        await close({ t: 'decision', at, as });
        if (as === 'sent') {
          this.#markedAsSent.fire(found.record);
        }
      },
      release: () => close(),
      releaseWithoutRest: () => close({ t: 'restGone', at }),
    };
  }

  /** As {@link take} and settle in one. false: another window was faster. */
  async settle(id: string, decision: Decision): Promise<boolean> {
    const claim = await this.take(id);
    await claim?.settle(decision);
    return claim !== undefined;
  }

  /** Those who certainly did not get it are in a draft now: what may still wait is about those who may have. */
  async restKept(id: string): Promise<void> {
    await (await this.take(id))?.releaseWithoutRest();
  }

  /** What the user says about all of unknown fate that this draft would repeat. */
  async decide(draft: Draft, decision: Decision): Promise<void> {
    for (const { id } of await this.#alike(draft, await this.#files(), ['unknown'])) {
      await this.settle(id, decision);
    }
  }

  /**
   * This draft was accepted, or (`by`) waits now as that push: equal ones that wait have nothing to wait for. One of
   * unknown fate is replaced only by one that reached the portal.
   */
  async replaced(draft: Draft, by?: PushRecord): Promise<void> {
    const reached = !by || by.counts.unknown + by.counts.accepted > 0;
    if (!reached && !needsDecision(by)) {
      return;
    }
    const kinds: Place['kind'][] = reached ? ['unsent', 'unknown'] : ['unsent'];
    for (const { id } of await this.#alike(draft, await this.#files(), kinds)) {
      if (id !== by?.id) {
        await this.settle(id, 'again');
      }
    }
  }

  dispose(): void {
    for (const one of this.#inHand) {
      one.dispose();
    }
    this.#changed.dispose();
    this.#markedAsSent.dispose();
  }

  #newFile({ draft, host, people }: NewPush, at: number): { file: RecordName; content: string } {
    const key = sameKey(people ? toPeople(draft, [...people]) : draft);
    const file: RecordName = { id: newId(at), key, place: this.#me };
    const head = {
      ...{ id: file.id, at, host },
      draft: { ...draft, recipients: draft.recipients.map(nameOnly) },
      ...(people && { people: people.map(nameOnly) }),
    };
    return { file, content: newRecord(head) };
  }

  async #files(): Promise<RecordName[]> {
    try {
      const names = await this.#deps.folder.list();
      return names.sort().flatMap((name) => parseName(name) ?? []);
    } catch (cause) {
      throw storageFailed(cause);
    }
  }

  /** Those in these places that are about this draft's people, or were written to its departments. */
  async #alike(
    draft: Draft,
    files: readonly RecordName[],
    kinds: readonly Place['kind'][],
  ): Promise<RecordName[]> {
    const key = sameKey(draft);
    const found: RecordName[] = [];
    for (const file of files) {
      if (
        kinds.includes(file.place.kind) &&
        (file.key === key || (hasDepartments(draft) && (await this.#isWrittenAs(file, key))))
      ) {
        found.push(file);
      }
    }
    return found;
  }

  /** Is it still about all who were in its departments, and was it written to these? */
  async #isWrittenAs(file: RecordName, key: string): Promise<boolean> {
    const record =
      file.place.kind === 'sent' ? undefined : (await this.#read(nameOf(file)))?.record;
    return (
      record !== undefined &&
      sameKey(record.draft) === key &&
      sameKey(toEverybody(record)) === file.key
    );
  }

  async #isLost({ place, ...rest }: RecordName): Promise<boolean> {
    if (place.kind !== 'held' || place.window === this.#me.window) {
      return false;
    }
    // Our own number, and not us: its window had it before.
    if (place.pid === this.#me.pid || !this.#isAlive(place.pid)) {
      return true;
    }
    const { folder, clock } = this.#deps;
    const name = nameOf({ ...rest, place });
    const touched = await folder.touchedAt(name);
    return touched !== undefined && this.#watch.silentMs(name, touched, clock.now()) >= silentMs;
  }

  async #hold(file: RecordName): Promise<RecordName | undefined> {
    const { folder } = this.#deps;
    const held: RecordName = { ...file, place: this.#me };
    if (!(await folder.rename(nameOf(file), nameOf(held)))) {
      return undefined;
    }
    await folder.touch(nameOf(held));
    return held;
  }

  /** Says what became of a push whose window did not live to say it. */
  async #close(file: RecordName): Promise<PushRecord | undefined> {
    const { folder, clock } = this.#deps;
    const name = nameOf(file);
    const found = await this.#read(name);
    if (!found) {
      return undefined;
    }
    if (found.torn) {
      await folder.write(name, rewritten((await folder.read(name)) ?? '', false));
    }
    if (found.record.endedAt === undefined) {
      const error = inferredError(found.record);
      await this.#add(file, { t: 'end', at: clock.now(), ...(error && { error }) });
    }
    return await this.#shelve(file);
  }

  /** Puts a push that nobody sends any more where it belongs. */
  async #shelve(file: RecordName): Promise<PushRecord | undefined> {
    const { folder, history } = this.#deps;
    const name = nameOf(file);
    const found = await this.#read(name);
    if (!found) {
      return undefined;
    }
    const { record, content } = found;
    const { counts } = record;
    const waits = record.decision === undefined && needsDecision(record);
    // What waits is known by those who wait.
    const key = waits ? sameKey(waitingDraft(record)) : undefined;
    if (key !== file.key && counts.accepted + counts.unknown > 0) {
      const keys = new Set([file.key]);
      if (hasDepartments(record.draft) && sameKey(toEverybody(record)) === file.key) {
        keys.add(sameKey(record.draft));
      }
      for (const sent of keys) {
        await folder.write(nameOf({ id: file.id, key: sent, place: { kind: 'sent' } }), '');
      }
    }
    if (key !== undefined) {
      const place = { kind: counts.unknown > 0 ? 'unknown' : 'unsent' } as const;
      await folder.rename(name, nameOf({ id: file.id, key, place }));
    } else {
      await history.file(record.id, content);
      await folder.remove(name);
      await this.#sweep();
    }
    this.#changed.fire(undefined);
    return record;
  }

  async #add({ id, key, place }: RecordName, event: EventLine): Promise<void> {
    await this.#deps.folder.append(nameOf({ id, key, place }), eventText(event));
  }

  async #read(
    name: string,
  ): Promise<{ record: PushRecord; torn: boolean; content: string } | undefined> {
    const { folder, clock, log, onDamaged } = this.#deps;
    const content = await folder.read(name);
    if (content === undefined) {
      return undefined;
    }
    const found = parseRecord(content);
    if (!found) {
      const to = `${name}.${clock.now()}.damaged`;
      if (await folder.rename(name, to)) {
        log.warn(`A push that was noted could not be understood and was set aside as ${to}.`);
        onDamaged?.(to);
      }
    }
    return found && { ...found, content };
  }

  /** Removes what only the last minutes needed, and halves of files. */
  async #sweep(): Promise<void> {
    const { folder, clock } = this.#deps;
    await folder.removeStray(clock.now() - strayMs);
    const names = await folder.list();
    const open = idsOfOpen(names.flatMap((name) => parseName(name) ?? []));
    for (const name of names) {
      const file = parseName(name);
      if (file?.place.kind === 'sent' && !open.has(file.id)) {
        const touched = await folder.touchedAt(name);
        if (touched !== undefined && touched < clock.now() - twinMs) {
          await folder.remove(name);
        }
      }
    }
  }
}

/** They keep a push from leaving, and pass. */
const network: readonly ErrorKind[] = ['refused', 'dns', 'tls', 'proxy', 'reset', 'timeout'];

/** Does a push that this kept from leaving wait for the network? */
export function keepsWaiting(error: RecordedError | undefined): boolean {
  return error?.phase === 'notSent' && network.includes(error.kind);
}

function needsDecision(record: PushRecord): boolean {
  return record.counts.unknown > 0 || (hasUnsentRest(record) && keepsWaiting(record.error));
}

/** Those of unknown fate, else those who certainly did not get it. */
function waitingDraft(record: PushRecord): Draft {
  if (record.unresolved) {
    return record.draft;
  }
  const { unknown } = record.fates;
  return onlyTo(toEverybody(record), unknown.length > 0 ? unknown : restIds(record));
}

function idsOfOpen(files: readonly RecordName[]): Set<string> {
  return new Set(files.flatMap(({ id, place }) => (place.kind === 'sent' ? [] : [id])));
}

function storageFailed(cause: unknown, host?: string): Bitrix24Error {
  return new Bitrix24Error({
    ...{ kind: 'invalid', phase: 'notSent', code: 'STORAGE_FAILED' },
    ...{ host, cause },
  });
}

function nameOnly({ id, name }: Recipient): Recipient {
  return { id, ...(name !== undefined && { name }) };
}

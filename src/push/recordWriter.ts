import { Bitrix24Error } from '../bitrix24/errors';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/dispose';
import { heartbeat } from '../common/heartbeat';
import type { Log } from '../common/log';
import type { StorageFolder } from '../common/storageFolder';
import { summaryOf } from './push';
import type { Push, PushSummary } from './push';
import { errorFieldOf, eventText, pushOf } from './pushFile';
import type { EventLine, HeadLine } from './pushFile';

export interface RecordWriterDeps {
  head: Omit<HeadLine, 'version'>;
  /** Name of the file while this window holds it. */
  name: string;
  folder: StorageFolder;
  clock: Pick<Clock, 'now'>;
  log: Log;
  heartbeatMs: number;
  /** Whether the push that waited, and whose place this one takes, is still in this window's hands. */
  isClaimed: () => Promise<boolean>;
  /** Puts the file where it belongs once the push has ended; undefined if it is gone. */
  ended: (push: Push | undefined) => Promise<unknown>;
}

/** The people of a request whose push was not accepted. */
export interface Answers {
  refused: { id: number; code: string }[];
  unknown: number[];
  notSent: number[];
}

/** Writes the record of a push while its window sends it: one line for all that happens, on disk before it happens. */
export class RecordWriter implements Disposable {
  readonly #deps: RecordWriterDeps;
  readonly #heartbeat: Disposable;
  readonly #events: EventLine[] = [];
  /** Lines are written whole, one after the other. */
  #written: Promise<unknown> = Promise.resolve();
  /** Lines that the disk did not take go with the next ones. */
  #unsaved = '';

  constructor(deps: RecordWriterDeps) {
    this.#deps = deps;
    this.#heartbeat = heartbeatOf(deps.name, deps);
  }

  get id(): string {
    return this.#deps.head.id;
  }

  /** People by delivery status, as far as the push has come. */
  get counts(): PushSummary['counts'] {
    return summaryOf(pushOf(this.#deps.head, this.#events)).counts;
  }

  /**
   * Records that a request is about to leave to these people; durable when this resolves. `request`: its number in
   * the plan. Throws Bitrix24Error (not sent): STORAGE_FAILED when the disk does not take it, TAKEN_OVER when
   * another window has taken this push, or the one whose place it takes, for left behind.
   */
  async sending(wire: readonly number[], request: number): Promise<void> {
    const { clock, head } = this.#deps;
    const event: EventLine = { t: 'sending', at: clock.now(), request, wire: [...wire] };
    const isOurs = await this.#append(eventText(event), true).catch((cause: unknown) => {
      throw notSent('STORAGE_FAILED', head.host, cause);
    });
    if (!isOurs || !(await this.#deps.isClaimed())) {
      throw notSent('TAKEN_OVER', head.host);
    }
    this.#events.push(event);
  }

  /**
   * Records the answer to that request. What the disk does not take goes with the next line; if it takes none of them
   * any more, the next window has to take these people for unknown.
   */
  async answered({ refused, unknown, notSent }: Answers, request: number): Promise<void> {
    await this.#record({
      ...{ t: 'answered', at: this.#deps.clock.now(), request, unknown, notSent },
      refused: refused.map(({ id, code }): [number, string] => [id, code]),
    });
  }

  /**
   * Records that nobody sends it any more. `error`: why not everybody got it. `settle` runs while this window still
   * holds the file, so that the next window does its work if this one does not live to. Never rejects.
   */
  async end(
    error?: Bitrix24Error,
    settle: (push: Push) => unknown = () => undefined,
  ): Promise<Push> {
    const at = this.#deps.clock.now();
    await this.#record({ t: 'end', at, ...(error && { error: errorFieldOf(error) }) });
    const push = { ...pushOf(this.#deps.head, this.#events), error };
    await this.#quietly(() => settle(push));
    await this.#finish(push);
    return push;
  }

  /** Removes the record of a push that its user stopped before anything left. Never rejects. */
  async drop(): Promise<void> {
    await this.#quietly(() => this.#deps.folder.remove(this.#deps.name));
    await this.#finish();
  }

  dispose(): void {
    this.#heartbeat.dispose();
  }

  async #finish(push?: Push): Promise<void> {
    this.dispose();
    await this.#quietly(() => this.#deps.ended(push));
  }

  async #quietly(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.error(`A push could not be put away: ${String(error)}`);
    }
  }

  async #record(event: EventLine): Promise<void> {
    this.#events.push(event);
    this.#unsaved += eventText(event);
    try {
      await this.#append('', false);
    } catch (error) {
      this.#deps.log.error(`What became of a push could not be saved: ${String(error)}`);
    }
  }

  /** Resolves to false when another window has the file. */
  async #append(lines: string, durable: boolean): Promise<boolean> {
    const { folder, name } = this.#deps;
    const appending = this.#written.then(async () => {
      const unsaved = this.#unsaved;
      const isOurs = await folder.append(name, unsaved + lines, { durable });
      this.#unsaved = this.#unsaved.slice(unsaved.length);
      return isOurs;
    });
    this.#written = appending.catch(() => undefined);
    return await appending;
  }
}

/** Shows other windows that this one, which holds the file, lives. */
export function heartbeatOf(
  name: string,
  { folder, log, heartbeatMs }: Pick<RecordWriterDeps, 'folder' | 'log' | 'heartbeatMs'>,
): Disposable {
  return heartbeat(
    heartbeatMs,
    () => folder.touch(name),
    (error) => log.debug(`A push in hand could not be touched: ${String(error)}`),
  );
}

export function notSent(code: string, host: string | undefined, cause?: unknown): Bitrix24Error {
  return new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code, host, cause });
}

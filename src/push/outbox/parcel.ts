import { Bitrix24Error } from '../../bitrix24/errors';
import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/dispose';
import { Heartbeat } from '../../common/heartbeat';
import type { Log } from '../../common/log';
import { eventText, recordedError } from './pushRecord';
import type { RequestFates } from '../sendPlan';
import type { EventLine, PushRecord } from './pushRecord';
import type { StorageFolder } from '../../common/storageFolder';

export interface ParcelDeps {
  id: string;
  /** Of its file, while this window holds it. */
  name: string;
  host: string;
  folder: StorageFolder;
  clock: Pick<Clock, 'now'>;
  log: Log;
  heartbeatMs?: number | undefined;
  /** Puts it where it belongs. */
  ended: () => Promise<PushRecord | undefined>;
}

/** A push in the hands of its one sender. */
export class Parcel implements Disposable {
  readonly #deps: ParcelDeps;
  readonly #beating: Heartbeat;
  /** One line after the other, whole. */
  #written: Promise<unknown> = Promise.resolve();

  constructor(deps: ParcelDeps) {
    this.#deps = deps;
    this.#beating = beatFor(deps.name, deps);
  }

  get id(): string {
    return this.#deps.id;
  }

  /**
   * Before a request (its place in the plan) leaves to these people; on disk when this resolves. Throws Bitrix24Error (not sent) when the
   * disk does not take it, or when another window has taken this push for left behind.
   */
  async sending(wire: readonly number[], request = 0): Promise<void> {
    const { clock, host } = this.#deps;
    let ours: boolean;
    try {
      ours = await this.#add({ t: 'sending', at: clock.now(), request, wire: [...wire] }, true);
    } catch (cause) {
      throw notSent('STORAGE_FAILED', host, cause);
    }
    if (!ours) {
      throw notSent('TAKEN_OVER', host);
    }
  }

  /** What became of that request. A failure is logged only: without this line its people are of unknown fate. */
  async answered({ refused, unknown, notSent }: RequestFates, request = 0): Promise<void> {
    await this.#addQuietly({
      ...{ t: 'answered', at: this.#deps.clock.now(), request },
      ...(refused.length > 0 && {
        refused: refused.map(({ id, code }): [number, string] => [id, code]),
      }),
      ...(unknown.length > 0 && { unknown: [...unknown] }),
      ...(notSent.length > 0 && { notSent: [...notSent] }),
    });
  }

  /** Nobody sends it any more. `error`: why not everybody got it. Never rejects. */
  async end(error?: Bitrix24Error): Promise<PushRecord | undefined> {
    await this.#addQuietly({
      ...{ t: 'end', at: this.#deps.clock.now() },
      ...(error && { error: recordedError(error) }),
    });
    return await this.#over(this.#deps.ended);
  }

  /** The user said no before anything left: as if it had never been. Never rejects. */
  async drop(): Promise<undefined> {
    await this.#over(() => this.#deps.folder.remove(this.#deps.name));
    await this.#over(this.#deps.ended);
  }

  dispose(): void {
    this.#beating.dispose();
  }

  async #over<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.dispose();
    try {
      return await work();
    } catch (error) {
      this.#deps.log.error(`A push could not be put away: ${String(error)}`);
      return undefined;
    }
  }

  async #addQuietly(event: EventLine): Promise<void> {
    try {
      await this.#add(event, false);
    } catch (error) {
      this.#deps.log.error(`What became of a push could not be saved: ${String(error)}`);
    }
  }

  /** false: another window has it. */
  async #add(event: EventLine, durable: boolean): Promise<boolean> {
    const { folder, name } = this.#deps;
    const adding = this.#written.then(() => folder.append(name, eventText(event), { durable }));
    this.#written = adding.catch(() => undefined);
    return await adding;
  }
}

/** Shows other windows that the one that holds this file lives, until it is disposed. */
export function beatFor(
  name: string,
  { folder, log, heartbeatMs = 10_000 }: Pick<ParcelDeps, 'folder' | 'log' | 'heartbeatMs'>,
): Heartbeat {
  return new Heartbeat({
    beat: () => folder.touch(name),
    everyMs: heartbeatMs,
    onError: (error) => log.debug(`A push in hand could not be touched: ${String(error)}`),
  });
}

function notSent(code: string, host: string, cause?: unknown): Bitrix24Error {
  return new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code, host, cause });
}

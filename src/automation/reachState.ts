import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Clock } from '../common/clock';
import type { SharedFile } from '../common/sharedFile';

const time = v.pipe(v.number(), v.finite());

const stateSchema = v.object({
  version: v.literal(1),
  /** Unix ms, like all times here; 0 when nothing is paused. */
  pausedUntil: time,
  /** When pushes were sent within the last hour, oldest first. */
  sentAt: v.array(time),
  /** When notices with a key came last, by a hash of the key. */
  keys: v.record(v.string(), time),
  /** When the standing yes was taken back last. A yes from before does not count. */
  takenBackAt: time,
});

export type ReachFile = v.InferOutput<typeof stateSchema>;

/** Returns undefined for what cannot be understood. */
export function parseReachFile(value: unknown): ReachFile | undefined {
  const parsed = v.safeParse(stateSchema, value);
  return parsed.success ? parsed.output : undefined;
}

const nothing: ReachFile = { version: 1, pausedUntil: 0, sentAt: [], keys: {}, takenBackAt: 0 };

/** Things within this time are one push. */
export const gatherMs = 20_000;
const hourMs = 60 * 60 * 1000;
const pushesAnHour = 20;
/** Two notices with the same key within this time are one. */
const sameKeyMs = 5 * 60 * 1000;

/** Leave to send a push, or until when there is none. */
export type Slot =
  { kind: 'free'; at: number } | { kind: 'taken'; why: 'gathering' | 'cap'; until: number };

/** What the windows of this machine agree on, in a small file: the pause, how many pushes were sent, and what came twice. */
export class ReachState {
  readonly #file: Pick<SharedFile<ReachFile>, 'read' | 'update'>;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(file: Pick<SharedFile<ReachFile>, 'read' | 'update'>, clock: Pick<Clock, 'now'>) {
    this.#file = file;
    this.#clock = clock;
  }

  /** Unix ms; undefined when nothing is paused. */
  async pausedUntil(): Promise<number | undefined> {
    const { pausedUntil } = await this.#read();
    return pausedUntil > this.#clock.now() ? pausedUntil : undefined;
  }

  async pause(until: number): Promise<void> {
    await this.#change((state) => ({ ...state, pausedUntil: until }));
  }

  async resume(): Promise<void> {
    await this.#change((state) => ({ ...state, pausedUntil: 0 }));
  }

  async takenBackAt(): Promise<number> {
    return (await this.#read()).takenBackAt;
  }

  /** `given`: when the yes was given, which may be after now where the clock was set back. */
  async takeBack(given = 0): Promise<void> {
    const takenBackAt = Math.max(this.#clock.now(), given);
    await this.#change((state) => ({ ...state, takenBackAt }));
  }

  /** Takes leave to send one push now: at most 20 an hour, and none within 20 s of another. `anyway`: its user says so. */
  async reserve(anyway = false): Promise<Slot> {
    const now = this.#clock.now();
    return await this.#file.update<Slot>((current) => {
      const state = current ?? nothing;
      // A time after now is from before the clock was set back.
      const sentAt = state.sentAt.filter((at) => at > now - hourMs && at <= now);
      const [last, oldest] = [sentAt.at(-1), sentAt.at(-pushesAnHour)];
      if (!anyway && oldest !== undefined) {
        return { result: { kind: 'taken', why: 'cap', until: oldest + hourMs } };
      }
      if (!anyway && last !== undefined && last + gatherMs > now) {
        return { result: { kind: 'taken', why: 'gathering', until: last + gatherMs } };
      }
      return { next: { ...state, sentAt: [...sentAt, now] }, result: { kind: 'free', at: now } };
    });
  }

  /** Gives back the leave for a push that was not sent. */
  async release(at: number): Promise<void> {
    await this.#change((state) => {
      const index = state.sentAt.lastIndexOf(at);
      return { ...state, sentAt: state.sentAt.filter((_, other) => other !== index) };
    });
  }

  /** Returns whether no notice with this key came within the last minutes, in any window. */
  async isNew(key: string): Promise<boolean> {
    const now = this.#clock.now();
    return await this.#file.update((current) => {
      const state = current ?? nothing;
      const recent = Object.entries(state.keys).filter(([, at]) => now - at < sameKeyMs);
      const keys = Object.fromEntries(recent);
      const hash = hashOf(key);
      return hash in keys
        ? { result: false }
        : { next: { ...state, keys: { ...keys, [hash]: now } }, result: true };
    });
  }

  /** The notice with this key was not taken, so that it may come again. */
  async forget(key: string): Promise<void> {
    await this.#change((state) => {
      const keys = Object.entries(state.keys).filter(([hash]) => hash !== hashOf(key));
      return { ...state, keys: Object.fromEntries(keys) };
    });
  }

  async #read(): Promise<ReachFile> {
    return (await this.#file.read()) ?? nothing;
  }

  async #change(change: (state: ReachFile) => ReachFile): Promise<void> {
    await this.#file.update((current) => ({ next: change(current ?? nothing), result: undefined }));
  }
}

/** A key may hold the number of a conversation, which is nobody's business on disk. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

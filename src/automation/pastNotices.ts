import { atMost } from '../common/atMost';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { StorageFolder } from '../common/storageFolder';
import type { HistoryKeep } from '../push/pushHistory';
import { strayMs } from '../push/recordFolder';
import type { KeptNotice, Notice, OverReason } from './notice';
import { noticeContent, parseNotice, redactedNotice } from './noticeFile';
import { parsePastFile, pastFileName } from './noticeFileName';

export interface PastNoticesDeps {
  past: StorageFolder;
  keep: () => HistoryKeep;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

type PastNotice = KeptNotice & { state: 'over' };

const keptAtMost = 1_000;
const keptMs = 30 * 24 * 60 * 60 * 1000;
const filesAtOnce = 16;

/** The notices that are over without a push: a file each that nobody changes, as many as the history keeps pushes. */
export class PastNotices {
  readonly #deps: PastNoticesDeps;
  readonly #known = new Map<string, PastNotice>();
  readonly #inTurn = atMost(filesAtOnce);

  constructor(deps: PastNoticesDeps) {
    this.#deps = deps;
  }

  async keep(notice: Notice, why: OverReason, at: number): Promise<void> {
    const { past, keep } = this.#deps;
    const setting = keep();
    if (setting !== 'none') {
      const kept = setting === 'all' ? notice : redactedNotice(notice);
      const name = pastFileName({ id: notice.id, why, at });
      await past.write(name, noticeContent(kept), { durable: false });
    }
  }

  async ids(): Promise<ReadonlySet<string>> {
    return new Set((await this.#names()).map((name) => parsePastFile(name)?.id ?? ''));
  }

  async remove(id: string): Promise<void> {
    const names = (await this.#names()).filter((name) => name.startsWith(`${id}.`));
    await this.#remove(names);
  }

  async clear(): Promise<void> {
    await this.#remove(await this.#deps.past.list());
  }

  /** Newest first, and no more than are kept. */
  async list(): Promise<PastNotice[]> {
    const names = (await this.#names()).slice(0, keptAtMost);
    const there = new Set(names);
    for (const name of this.#known.keys()) {
      if (!there.has(name)) {
        this.#known.delete(name);
      }
    }
    await Promise.all(names.map((name) => this.#inTurn(() => this.#read(name))));
    return names.flatMap((name) => this.#known.get(name) ?? []);
  }

  async tidy(): Promise<void> {
    const keep = this.#deps.keep();
    if (keep === 'none') {
      await this.clear();
    } else if (keep === 'outcomes') {
      for (const { notice, why, at } of await this.list()) {
        if (notice.name !== '' || notice.words !== undefined) {
          this.#known.delete(pastFileName({ id: notice.id, why, at }));
          await this.keep(notice, why, at);
        }
      }
    }
    await this.prune();
  }

  /** Removes those that are too many or too old. It looks at names only. */
  async prune(): Promise<void> {
    const { past, clock } = this.#deps;
    const oldest = clock.now() - keptMs;
    await this.#remove(
      (await this.#names()).filter(
        (name, index) => index >= keptAtMost || (parsePastFile(name)?.at ?? 0) < oldest,
      ),
    );
    await past.removeStray(clock.now() - strayMs);
  }

  async #names(): Promise<string[]> {
    const names = (await this.#deps.past.list()).filter((name) => parsePastFile(name));
    return names.sort().reverse();
  }

  async #remove(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#inTurn(() => this.#deps.past.remove(name))));
  }

  async #read(name: string): Promise<void> {
    const file = parsePastFile(name);
    if (!file || this.#known.has(name)) {
      return;
    }
    try {
      const notice = parseNotice((await this.#deps.past.read(name)) ?? '');
      if (notice?.id === file.id) {
        this.#known.set(name, { notice, state: 'over', why: file.why, at: file.at });
      }
    } catch (error) {
      this.#deps.log.warn(`A notice of the history could not be read: ${String(error)}`);
    }
  }
}

import type { Account } from '../../src/accounts/account';
import { createCleanLine } from '../../src/automation/cleanLine';
import type { NewNotice, Notice, Taken } from '../../src/automation/notice';
import { NoticePush } from '../../src/automation/noticePush';
import { NoticeStore } from '../../src/automation/noticeStore';
import type { NoticePhrases } from '../../src/automation/noticeText';
import { PhoneReach } from '../../src/automation/reach';
import type { ReachSettings } from '../../src/automation/reachSettings';
import { ReachState } from '../../src/automation/reachState';
import type { ReachFile } from '../../src/automation/reachState';
import type { Bitrix24Error } from '../../src/bitrix24/errors';
import { Emitter } from '../../src/common/emitter';
import type { ProcessFate } from '../../src/common/processIdentity';
import type { Draft } from '../../src/push/draft';
import type { Push } from '../../src/push/push';
import type { SendOptions, SendResult } from '../../src/push/pushService';
import { aPush, anAccount, peopleOf } from './builders';
import { memoryFolder } from './memoryFolder';
import { MemoryShared } from './memoryShared';
import { silentLog } from './silentLog';
import { VirtualClock } from './virtualClock';

/** English sentences, as short as they can be. */
export const phrases: NoticePhrases = {
  what: ({ origin, result, exitCode, durationMs }, name) =>
    [
      name || `a ${origin}`,
      result,
      ...(exitCode === undefined ? [] : [`(exit ${exitCode})`]),
      ...(durationMs === undefined ? [] : [`in ${durationMs / 1000} s`]),
    ].join(' '),
  things: (count, isForLater) => `${count} things${isForLater ? ' while away' : ''}:`,
  oneForLater: (line) => `while away: ${line}`,
  more: (count) => `and ${count} more`,
};

/** A task that took long enough. */
export function aNotice(patch: Partial<Notice> = {}): NewNotice {
  return { origin: 'task', result: 'ended', name: 'build', durationMs: 90_000, ...patch };
}

/** A push that was made of a draft, for all of its people. */
export function pushOf(
  draft: Draft,
  { consent, origin }: SendOptions,
  patch?: Partial<Push>,
): Push {
  const things = consent?.kind === 'standing' ? consent.things : undefined;
  return aPush({ draft, origin, things, people: peopleOf('accepted', 1), ...patch });
}

type Send = (draft: Draft, options: SendOptions) => Promise<SendResult>;

/** What all windows of a machine share, in memory, and a clock that tests move. */
export class Machine {
  readonly clock = new VirtualClock();
  readonly notices = new Map<string, string>();
  readonly past = new Map<string, string>();
  readonly shared = new MemoryShared<ReachFile>();
  /** Processes that have ended. */
  readonly ended = new Set<string>();
  account: Account | undefined = anAccount();
  isKeyringLocked = false;
  readonly pushes: Push[] = [];
  /** Answers the next pushes in another way. */
  send: Send = (draft, options) => Promise.resolve({ kind: 'push', push: pushOf(draft, options) });

  /** Lets so much time pass, and all that happens meanwhile happen. */
  async pass(ms: number): Promise<void> {
    await this.clock.run(this.clock.sleep(ms));
  }

  get texts(): string[] {
    return this.pushes.map(({ draft }) => draft.text);
  }
}

/** One window of the machine; its user has been away for a long time, unless told otherwise. */
export class ReachWindow {
  readonly machine: Machine;
  readonly process: string;
  readonly store: NoticeStore;
  readonly reach: PhoneReach;
  readonly yes = new Emitter<undefined>();
  readonly away: { since: number | undefined; onDidChange: Emitter<undefined>['event'] };
  readonly #awayChanged = new Emitter<undefined>();
  settings: ReachSettings = {
    ...{ longerThanMs: 60_000, agentsLongerThanMs: 30_000, awayAfterMs: 60_000 },
    quietHours: undefined,
  };
  isAtDesktop = false;
  /** What looks like a secret. */
  secret: RegExp | undefined;
  isRecorded: (draftId: string) => boolean | undefined = (draftId) =>
    this.machine.pushes.some(({ draft }) => draft.id === draftId);
  readonly told: { notAccepted: Push[]; trouble: [Bitrix24Error, number][]; left: Notice[][] } = {
    ...{ notAccepted: [], trouble: [], left: [] },
  };
  sendLeft: (() => Promise<void>) | undefined;
  takenBack = 0;

  constructor(
    machine: Machine,
    process = '1',
    fateOf: (process: string) => ProcessFate = (other) =>
      machine.ended.has(other) ? 'ended' : 'lives',
  ) {
    this.machine = machine;
    this.process = process;
    const { clock } = machine;
    this.away = { since: clock.now() - 600_000, onDidChange: this.#awayChanged.event };
    this.store = new NoticeStore({
      ...{ folder: memoryFolder(machine.notices), past: memoryFolder(machine.past) },
      ...{ keep: () => 'all', clock, log: silentLog, process, uptime: () => clock.now() },
      fateOf,
    });
    const service = {
      send: async (draft: Draft, options: SendOptions) => {
        const result = await machine.send(draft, options);
        if (result.kind === 'push') {
          machine.pushes.push(result.push);
        }
        return result;
      },
    };
    const cleanLine = createCleanLine({
      findSecrets: (text) => Promise.resolve(this.secret?.test(text) ? [text] : []),
      ...{ phrases, log: silentLog },
    });
    const standing = () =>
      machine.isKeyringLocked
        ? Promise.reject(new Error('The keyring does not answer.'))
        : Promise.resolve(machine.account && { account: machine.account, at: clock.now() });
    this.reach = new PhoneReach({
      standing: {
        get: () => standing().catch(() => undefined),
        find: standing,
        takeBack: () => {
          this.takenBack += 1;
          machine.account = undefined;
          this.yes.fire(undefined);
          return Promise.resolve();
        },
        onDidChange: this.yes.event,
      },
      ...{ store: this.store, away: this.away, clock, log: silentLog },
      state: new ReachState(machine.shared, clock),
      push: new NoticePush({ store: this.store, service, cleanLine, phrases }),
      settings: () => this.settings,
      isAtDesktop: () => Promise.resolve(this.isAtDesktop),
      isRecorded: (id) => Promise.resolve(this.isRecorded(id)),
      tell: {
        notAccepted: (push) => this.told.notAccepted.push(push),
        trouble: (error, count) => this.told.trouble.push([error, count]),
        left: (notices, sendNow) => {
          this.told.left.push([...notices]);
          this.sendLeft = sendNow;
        },
      },
    });
  }

  async take(patch: Partial<Notice> = {}): Promise<Taken> {
    return await this.machine.clock.run(this.reach.take(aNotice(patch)));
  }

  comeBack(): void {
    this.away.since = undefined;
    this.#awayChanged.fire(undefined);
  }

  leave(): void {
    this.away.since = this.machine.clock.now();
    this.#awayChanged.fire(undefined);
  }

  /** The window ends as when its process is killed: nothing is disposed of, and nothing of it runs on. */
  kill(): void {
    this.machine.ended.add(this.process);
    this.reach.dispose();
  }

  /** What is held on disk, and what is over, by why. */
  async reasons(): Promise<string[]> {
    const kept = await this.store.list();
    return kept.map(({ state, why }) => `${state} ${why}`).toSorted();
  }
}

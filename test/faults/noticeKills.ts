import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import * as v from 'valibot';
import type { Tokens } from '../../src/bitrix24/oauth';
import { systemClock } from '../../src/common/clock';
import { actionsOf, peopleWith } from '../../src/push/push';
import type { Push, PushAction } from '../../src/push/push';
import { startSandbox } from '../../src/sandbox';
import type { Sandbox } from '../../src/sandbox';
import { ManualClock } from '../support/manualClock';
import { sandboxClient, sandboxTokens } from '../support/sandboxClient';
import type { NoticeKillOrder } from './noticeKillChild';
import {
  comeBackPoints,
  noticePoints,
  noticePushPoints,
  takeOverPoints,
  toldPoints,
} from './noticePoints';
import type { NoticePoint } from './noticePoints';
import { openNoticeWindow } from './noticeWindow';
import type { NoticeWindow } from './noticeWindow';
import type { Proof } from './proof';
import { accountOf, stateOf } from './pushWindow';

const names = ['first-thing', 'second-thing', 'third-thing'] as const;
const minute = 60_000;

/** Whom the next window has before it: nobody, or a user who sends what it tells of, or one who has seen it. */
const users = ['away', 'sends', 'reads'] as const;
type User = (typeof users)[number];

interface Scenario {
  /** What the window that dies is doing with three things that ended. */
  task: NoticeKillOrder['task'];
  name: string;
  points: readonly NoticePoint[];
}
const scenarios: readonly Scenario[] = [
  {
    ...{ task: 'send', name: 'three things' },
    points: [...noticePoints, ...noticePushPoints, ...toldPoints],
  },
  { task: 'comeBack', name: 'their user came back', points: comeBackPoints },
  {
    ...{ task: 'takeOver', name: 'taken over from another window' },
    points: [
      ...takeOverPoints,
      // A notice that is due at once is not held anew.
      ...(['leave taken', 'notice joined'] as const),
      ...noticePushPoints,
      ...toldPoints,
    ],
  },
];
/** These come once for each of the three. */
const perNotice = new Set<NoticePoint>([
  ...noticePoints.filter((point) => point !== 'leave taken'),
  ...toldPoints,
  ...comeBackPoints,
  ...takeOverPoints,
]);

interface Tally {
  runs: number;
  /** Things, by what the next window found of them, or did. */
  inPush: number;
  sentLater: number;
  shown: number;
  untaken: number;
}

/**
 * A window is killed at each step between the end of a thing and the push about it: the next one tells or sends each thing
 * once, and the history has it once.
 */
export const noticeKillsProof: Proof = {
  name: 'notice-kills',
  run: async ({ short, say }) => {
    const stage = await NoticeKillStage.open();
    const failures: string[] = [];
    const rows: string[][] = [];
    let cases = 0;
    try {
      for (const { task, name, points } of scenarios) {
        for (const [index, point] of points.entries()) {
          const tally = { runs: 0, inPush: 0, sentLater: 0, shown: 0, untaken: 0 };
          for (let round = 0; round < (short ? 1 : users.length * names.length); round += 1) {
            const user = users[(round + index) % users.length] ?? 'away';
            // Each user with each of the three.
            const which = 1 + (Math.floor(round / users.length) % names.length);
            const time = perNotice.has(point) ? which : 1;
            const faults = await stage.kill({ task, point, time, user, tally });
            failures.push(
              ...faults.map((fault) => `${name}, ${point}, round ${round + 1}, ${user}: ${fault}`),
            );
            cases += 1;
          }
          const { runs, inPush, sentLater, shown, untaken } = tally;
          rows.push([name, point, ...[runs, inPush, sentLater, shown, untaken].map(String)]);
          say(`${name}, killed ${point}: ${runs}`);
        }
      }
    } finally {
      await stage.close();
    }
    return {
      cases,
      columns: ['things', 'killed', 'times', 'in its push', 'sent later', 'shown', 'not taken'],
      rows,
      failures,
    };
  },
};

export interface NoticeKill extends Pick<NoticeKillOrder, 'task' | 'point'> {
  time?: number;
  user?: User;
  tally?: Tally;
  mistake?: NoticeKillOrder['mistake'];
}

/** A portal with the phone of one user, and windows that have things to tell them. */
export class NoticeKillStage {
  readonly #sandbox: Sandbox;
  readonly #tokens: Tokens;
  readonly #root: string;
  readonly #child: string;
  #cases = 0;

  private constructor(sandbox: Sandbox, tokens: Tokens, root: string, child: string) {
    this.#sandbox = sandbox;
    this.#tokens = tokens;
    this.#root = root;
    this.#child = child;
  }

  static async open(): Promise<NoticeKillStage> {
    const sandbox = await startSandbox();
    const root = await mkdtemp(path.join(tmpdir(), 'notice-kill-'));
    const child = path.join(root, 'window.cjs');
    await build({
      entryPoints: [path.join(__dirname, 'noticeKillChild.ts')],
      ...{ outfile: child, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
    });
    const tokens = await (await sandboxTokens(sandbox)).tokens();
    return new NoticeKillStage(sandbox, tokens, root, child);
  }

  async close(): Promise<void> {
    await this.#sandbox.close();
    await rm(this.#root, { recursive: true, force: true });
  }

  /** Returns what did not hold. */
  async kill({ task, point, time = 1, user = 'away', tally, mistake }: NoticeKill) {
    await this.#sandbox.reset();
    this.#cases += 1;
    const root = path.join(this.#root, String(this.#cases));
    const faults: string[] = [];
    if (tally) {
      tally.runs += 1;
    }
    const now = Date.now();
    const order = {
      ...{ root, tokens: this.#tokens, portal: this.#sandbox.info.portal },
      ...{ accountId: this.#accountId, now, names, task, point, time, mistake },
    };
    const taken: string[] = [];
    if (task === 'takeOver') {
      const dies = { task: 'send', point: 'notice joined', time: names.length } as const;
      taken.push(...(await this.#windowDies({ ...order, ...dies }, faults)));
      const later = { names: [], now: now + minute };
      taken.push(...(await this.#windowDies({ ...order, ...later }, faults)));
    } else {
      taken.push(...(await this.#windowDies(order, faults)));
    }
    await this.#next({ root, now: now + 2 * minute, user, taken, task, tally }, faults);
    return faults;
  }

  /** Resolves to the names of the notices that the window had taken when it died. */
  async #windowDies(order: NoticeKillOrder, faults: string[]): Promise<string[]> {
    const window = spawn(process.execPath, [this.#child, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = text(window.stdout);
    const [, signal] = (await once(window, 'close')) as [number | null, string | null];
    if (signal !== 'SIGKILL' && order.point !== 'request on the wire') {
      faults.push('the window was not killed');
    }
    // The portal has carried out whatever reached it: a request that was cut off may still be read.
    const client = await sandboxClient(this.#sandbox, systemClock);
    await client.call('server.time', {}, { schema: v.unknown() });
    return (await said).split('\n').filter((name) => name !== '');
  }

  /** The next window, and its user. */
  async #next(
    { root, now, user, taken, task, tally }: NextWindow,
    faults: string[],
  ): Promise<void> {
    const expect = (holds: boolean, otherwise: string): void => {
      if (!holds) {
        faults.push(otherwise);
      }
    };
    const clock = new ManualClock(now);
    const client = await sandboxClient(this.#sandbox, systemClock);
    const account = accountOf(this.#accountId, this.#sandbox.info.portal);
    const window = await openNoticeWindow({
      ...{ root, client, account, clock, isAway: user === 'away', isAlone: true },
    });
    try {
      const recorded = await recordsOf(window);
      const inPush = names.filter((name) => linesOf(recorded, name) > 0);
      await window.lookBack();
      await passTime(window, clock);
      const shown = names.filter((name) => window.told.left.some((one) => one.name === name));
      if (user === 'sends') {
        for (const send of window.told.sendLeft) {
          await send();
        }
        await passTime(window, clock);
      }
      expect(window.damaged.length === 0, 'a file was damaged');
      const records = await recordsOf(window);
      const past = (await window.notices.list()).filter(({ state }) => state === 'over');
      for (const name of names) {
        const over = past.filter(({ notice }) => notice.name === name).length;
        const times = linesOf(records, name) + over;
        const atLeast = taken.includes(name) ? 1 : 0;
        expect(times >= atLeast, `${name} is missing in the history`);
        expect(times <= 1, `${name} is in the history ${times} times`);
        expect(
          over === 0 || task === 'comeBack' || (user === 'reads' && shown.includes(name)),
          `${name} is over, and nobody was told`,
        );
      }
      await this.#decide(window, expect);
      for (const name of names) {
        const isOver = past.some(({ notice }) => notice.name === name);
        const onPhone = this.#texts().filter((one) => one.includes(name)).length;
        const isTaken = taken.includes(name) || linesOf(records, name) > 0;
        expect(onPhone <= 1, `${name} is on the phone ${onPhone} times`);
        expect(onPhone === 1 || isOver || !isTaken, `${name} never gets to the phone`);
        expect(onPhone === 0 || !isOver, `${name} is over without a push, and on the phone`);
        count(tally, { isOver, isTaken, inPush: inPush.includes(name) });
      }
      const left = await readdir(path.join(root, 'notices')).catch(() => []);
      expect(!left.some((one) => one.endsWith('.notice')), `left: ${left.join(', ')}`);
      expect(window.reach.held.notices.length === 0, 'something is still held');
      expect((await window.store.open()).length === 0, 'a push still waits');
    } finally {
      await window.close();
    }
  }

  /** Its user looks at the phone, and decides about each push that another window left. */
  async #decide(
    { store, service, told }: NoticeWindow,
    expect: (holds: boolean, otherwise: string) => void,
  ): Promise<void> {
    for (const push of await store.open()) {
      expect(
        told.pushes.some(({ id }) => id === push.id),
        'a push waits, and nobody was told',
      );
      const isThere = this.#texts().includes(push.draft.text);
      const isInDoubt = peopleWith(push, 'unknown').length > 0;
      expect(isInDoubt || !isThere, 'a push that is shown as not sent was sent');
      const wanted: PushAction = isInDoubt ? (isThere ? 'markAsSent' : 'sendAnyway') : 'retry';
      expect(actionsOf(push).includes(wanted), `${wanted} is not offered`);
      const state = stateOf(await service.act(push.id, wanted));
      expect(state === (wanted === 'markAsSent' ? 'decided' : 'accepted'), `${wanted}: ${state}`);
    }
  }

  #texts(): string[] {
    return this.#sandbox.snapshot().pushes.map((push) => push.text);
  }

  get #accountId(): string {
    return `${this.#tokens.memberId}:1`;
  }
}

interface NextWindow {
  root: string;
  now: number;
  user: User;
  taken: readonly string[];
  task: NoticeKillOrder['task'];
  tally: Tally | undefined;
}

/** Moves the clock until nothing is held any more, or half an hour has passed. */
async function passTime({ reach }: NoticeWindow, clock: ManualClock): Promise<void> {
  for (let look = 0; look < 30; look += 1) {
    clock.advance(minute);
    await reach.look();
    if (reach.held.notices.length === 0) {
      return;
    }
  }
}

/** All pushes that are known, each once. */
async function recordsOf({ store, history }: NoticeWindow): Promise<Push[]> {
  const all = [...(await store.open()), ...(await history.list())];
  return [...new Map(all.map((push) => [push.id, push])).values()];
}

function linesOf(records: readonly Push[], name: string): number {
  return records.flatMap(({ things = [] }) => things.filter(({ text }) => text.includes(name)))
    .length;
}

function count(
  tally: Tally | undefined,
  { isOver, isTaken, inPush }: { isOver: boolean; isTaken: boolean; inPush: boolean },
): void {
  if (tally) {
    tally.inPush += inPush ? 1 : 0;
    tally.shown += isOver ? 1 : 0;
    tally.untaken += isTaken || isOver ? 0 : 1;
    tally.sentLater += isTaken && !inPush && !isOver ? 1 : 0;
  }
}

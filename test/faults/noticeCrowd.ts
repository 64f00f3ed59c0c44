import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { build } from 'esbuild';
import { systemClock } from '../../src/common/clock';
import { startSandbox } from '../../src/sandbox';
import type { Sandbox } from '../../src/sandbox';
import { summaryOf } from '../../src/push/push';
import { ManualClock } from '../support/manualClock';
import { sandboxClient, sandboxTokens } from '../support/sandboxClient';
import type { CrowdMember, CrowdOrder } from './noticeCrowdChild';
import { openNoticeWindow } from './noticeWindow';
import type { Proof } from './proof';
import { accountOf } from './pushWindow';

export interface Crowd {
  windows: number;
  /** Things that end in the windows. */
  things: number;
  /** Windows that are killed meanwhile, and that another one follows. */
  kills: number;
  /** Within how many hours the things end. */
  hours: number;
  /** The windows do not share how many pushes they sent, to see that the proof notices. */
  apart?: boolean;
}

interface Seen {
  /** How many pushes came to the phone within each step of time. */
  perStep: number[];
  faults: string[];
}

/** Bitrix24 Push promises at most this many pushes an hour, none within 20 s of another. */
const pushesAnHour = 20;
const stepMs = 20_000;
const stepsAnHour = (60 * 60 * 1000) / stepMs;

/**
 * Windows as processes of their own share the folders of notices, and some are killed: every thing is in exactly one push,
 * the history has all, and the phone rings no more often than promised.
 */
export const noticeCrowdProof: Proof = {
  name: 'notice-windows',
  run: async ({ short, say }) => {
    const crowds: Crowd[] = short
      ? [{ windows: 3, things: 90, kills: 2, hours: 1 }]
      : [
          { windows: 2, things: 200, kills: 0, hours: 1 },
          { windows: 5, things: 800, kills: 0, hours: 3 },
          { windows: 5, things: 800, kills: 40, hours: 3 },
        ];
    const failures: string[] = [];
    const rows: string[][] = [];
    for (const crowd of crowds) {
      const { windows, things, kills } = crowd;
      const name = `${windows} windows, ${things} things, ${kills} killed`;
      const { perStep, faults } = await play(crowd);
      failures.push(...faults.map((fault) => `${name}: ${fault}`));
      const pushes = sum(perStep);
      rows.push([windows, things, kills, pushes, mostInAnHour(perStep)].map(String));
      say(`${name}: ${pushes} pushes`);
    }
    return {
      cases: crowds.reduce((total, { things }) => total + things, 0),
      columns: ['windows', 'things', 'killed', 'pushes', 'most in an hour'],
      rows,
      failures,
    };
  },
};

export async function play(crowd: Crowd): Promise<Seen> {
  const { windows: count, things, kills, hours, apart = false } = crowd;
  const busySteps = hours * stepsAnHour;
  // Everything has to be told within the hour after, in which there is room for it.
  const lastStep = busySteps + stepsAnHour + 1;
  const sandbox = await startSandbox();
  sandbox.patchState({ bucket: { size: 0 } });
  const root = await mkdtemp(path.join(tmpdir(), 'notice-crowd-'));
  const program = path.join(root, 'window.cjs');
  await build({
    entryPoints: [path.join(__dirname, 'noticeCrowdChild.ts')],
    ...{ outfile: program, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
  });
  const tokens = await (await sandboxTokens(sandbox)).tokens();
  const { portal } = sandbox.info;
  const now = Date.now();
  const member = { root, tokens, portal, accountId: `${tokens.memberId}:1`, now, apart };
  const open = (at: number) => CrowdWindow.open(program, { ...member, now: at });
  const windows = await Promise.all(Array.from({ length: count }, () => open(now)));
  const perStep: number[] = [];
  let told = 0;
  let ended = 0;
  try {
    for (let step = 1; step <= lastStep; step += 1) {
      // All windows at once, so that they want to send at the same time.
      const wanted = Math.min(things, Math.ceil((things * step) / busySteps));
      const names = Array.from({ length: wanted - ended }, (_, index) => nameOf(ended + index));
      ended = wanted;
      const orders = windows.map((_, window) => ({
        names: names.filter((_name, index) => (ended + index) % count === window),
        pass: stepMs,
      }));
      const dies = isKillStep(step, kills, busySteps) ? step % count : -1;
      await Promise.all(
        windows.map(async (window, index) => {
          const order = orders[index] ?? { names: [], pass: stepMs };
          if (index === dies) {
            await window.dieDuring(order);
            windows[index] = await open(now + step * stepMs);
          } else {
            await window.carryOut(order);
          }
        }),
      );
      const pushes = sandbox.snapshot().pushes.length;
      perStep.push(pushes - told);
      told = pushes;
    }
    await Promise.all(windows.map((window) => window.close()));
    const faults = await faultsOf(sandbox, { ...member, now: now + lastStep * stepMs }, things);
    if (Math.max(...perStep) > 1) {
      faults.push(`${Math.max(...perStep)} pushes within 20 seconds`);
    }
    if (mostInAnHour(perStep) > pushesAnHour) {
      faults.push(`${mostInAnHour(perStep)} pushes within an hour`);
    }
    return { perStep, faults };
  } finally {
    await Promise.all(windows.map((window) => window.close()));
    await sandbox.close();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What does not hold of the history and the phone, in the end. */
async function faultsOf(
  sandbox: Sandbox,
  { root, portal, accountId, now }: CrowdMember,
  things: number,
): Promise<string[]> {
  const client = await sandboxClient(sandbox, systemClock);
  const account = accountOf(accountId, portal);
  const clock = new ManualClock(now);
  const window = await openNoticeWindow({ root, client, account, clock, isAway: true });
  try {
    const held = await window.notices.list();
    // A push whose window was killed on the way waits for its user's decision, and counts.
    const records = [...(await window.store.open()), ...(await window.history.list())];
    const lines = records.flatMap((push) => push.things ?? []);
    const texts = sandbox.snapshot().pushes.map(({ text }) => text);
    const accepted = records.filter((push) => summaryOf(push).state === 'accepted');
    const names = Array.from({ length: things }, (_, index) => nameOf(index));
    return [
      ...held.map(({ notice, state, why }) => `${notice.name} is ${state}: ${why}`),
      ...names.flatMap((name) => {
        const times = lines.filter(({ text }) => text.includes(name)).length;
        return times === 1 ? [] : [`${name} is in ${times} pushes`];
      }),
      ...accepted
        .filter(({ draft }) => !texts.includes(draft.text))
        .map(({ id }) => `${id} is accepted, and not on the phone`),
      ...(new Set(texts).size === texts.length ? [] : ['a push came twice']),
      ...texts
        .filter((text) => !records.some(({ draft }) => draft.text === text))
        .map((text) => `a push is not in the history: ${text}`),
    ];
  } finally {
    await window.close();
  }
}

/** A window in a process of its own. */
class CrowdWindow {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>) {
    this.#child = child;
    this.#lines = lines;
  }

  static async open(program: string, member: CrowdMember): Promise<CrowdWindow> {
    const child = spawn(process.execPath, [program, JSON.stringify(member)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const window = new CrowdWindow(child, lines);
    await window.#says('ready');
    return window;
  }

  async carryOut(order: CrowdOrder): Promise<void> {
    await this.#begin(order);
    await this.#says('done');
  }

  /** Kills it somewhere in what it does after it has taken the notices. */
  async dieDuring(order: CrowdOrder): Promise<void> {
    await this.#begin(order);
    await setTimeout(Math.random() * 8);
    await this.close();
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await gone;
    }
  }

  async #begin(order: CrowdOrder): Promise<void> {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    await this.#says('taken');
  }

  async #says(word: string): Promise<void> {
    const line = await this.#lines.next();
    if (line.done === true || line.value !== word) {
      throw new Error(`A window ended, or did not say “${word}”.`);
    }
  }
}

/** No name is the beginning of another one. */
function nameOf(index: number): string {
  return `thing-${String(index).padStart(5, '0')}`;
}

/** Spreads the kills over the busy hours. */
function isKillStep(step: number, kills: number, busySteps: number): boolean {
  return (
    step < busySteps &&
    Math.floor((step * kills) / busySteps) > Math.floor(((step - 1) * kills) / busySteps)
  );
}

function mostInAnHour(perStep: readonly number[]): number {
  return Math.max(
    ...perStep.map((_, index) =>
      sum(perStep.slice(Math.max(0, index - stepsAnHour + 1), index + 1)),
    ),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

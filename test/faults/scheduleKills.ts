import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import * as v from 'valibot';
import type { Tokens } from '../../src/bitrix24/oauth';
import { systemClock } from '../../src/common/clock';
import { actionsOf, summaryOf } from '../../src/push/push';
import { startSandbox } from '../../src/sandbox';
import type { Sandbox } from '../../src/sandbox';
import { aDraft } from '../support/builders';
import { ManualClock } from '../support/manualClock';
import { MemorySecrets } from '../support/memorySecrets';
import { sandboxClient, sandboxTokens } from '../support/sandboxClient';
import { openScheduleWindow } from '../support/scheduleWindow';
import type { ScheduleWindow } from '../support/scheduleWindow';
import { until } from '../support/until';
import type { Proof } from './proof';
import type { ScheduleKillOrder } from './scheduleKillChild';
import { schedulePoints } from './schedulePoints';
import type { SchedulePoint } from './schedulePoints';

const minute = 60_000;
/** When the next window opens: soon enough to send by itself, or so late that it has to offer. */
const delays = [6 * minute, 30 * minute] as const;

/** A window is killed at each step from the schedule to the end of a push: it comes once, or the next window has it to tell. */
export const scheduleKillsProof: Proof = {
  name: 'schedule-kills',
  run: async ({ short, say }) => {
    const stage = await ScheduleKillStage.open();
    const failures: string[] = [];
    const rows: string[][] = [];
    let cases = 0;
    try {
      for (const point of schedulePoints) {
        const ends: string[] = [];
        for (let round = 0; round < (short ? delays.length : 10); round += 1) {
          const delay = delays[round % delays.length] ?? delays[0];
          const { faults, end } = await stage.kill(point, delay);
          failures.push(...faults.map((fault) => `${point}, ${delay / minute} min: ${fault}`));
          ends.push(end);
          cases += 1;
        }
        rows.push([point, String(ends.length), [...new Set(ends)].join('; ')]);
        say(`killed ${point}: ${ends.length}`);
      }
    } finally {
      await stage.close();
    }
    return { cases, columns: ['killed', 'times', 'what the next window found'], rows, failures };
  },
};

/** A portal with phones, and windows that have a push to send later. */
export class ScheduleKillStage {
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

  static async open(): Promise<ScheduleKillStage> {
    const sandbox = await startSandbox();
    const root = await mkdtemp(path.join(tmpdir(), 'schedule-kill-'));
    const child = path.join(root, 'window.cjs');
    await build({
      entryPoints: [path.join(__dirname, 'scheduleKillChild.ts')],
      ...{ outfile: child, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' },
    });
    const tokens = await (await sandboxTokens(sandbox)).tokens();
    return new ScheduleKillStage(sandbox, tokens, root, child);
  }

  async close(): Promise<void> {
    await this.#sandbox.close();
    await rm(this.#root, { recursive: true, force: true });
  }

  /** Returns what did not hold, and what became of the push. */
  async kill(
    point: SchedulePoint,
    delay: number,
    mistake?: ScheduleKillOrder['mistake'],
  ): Promise<{ faults: string[]; end: string }> {
    await this.#sandbox.reset();
    this.#cases += 1;
    const root = path.join(this.#root, String(this.#cases));
    const secrets = { 'schedule.seal.v1': 'a2V5' };
    const now = Date.now();
    const draft = aDraft({ recipients: [{ id: 1, name: 'Anna' }], text: `later ${this.#cases}` });
    const order: ScheduleKillOrder = {
      ...{ root, tokens: this.#tokens, now, draft, secrets, point, mistake },
    };
    const child = spawn(process.execPath, [this.#child, JSON.stringify(order)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [, signal] = (await once(child, 'close')) as [number | null, string | null];
    const faults = signal === 'SIGKILL' ? [] : ['the window was not killed'];
    const client = await sandboxClient(this.#sandbox, systemClock);
    // The portal has carried out whatever reached it: a request that was cut off may still be read.
    await client.call('server.time', {}, { schema: v.unknown() });
    const clock = new ManualClock(now + delay);
    const window = await openScheduleWindow(root, {
      ...{ clock, client, keyring: new MemorySecrets(secrets), pid: 2 },
    });
    try {
      const end = await this.#next(window, draft.text, faults);
      if (point === 'while it is scheduled') {
        // Its user was told nothing yet, and it stands in the form.
        return { faults: end === 'nothing' ? [] : [`it left ${end}`], end };
      }
      if (end === 'nothing') {
        faults.push('it is lost');
      }
      const isLate = delay > 7 * minute && window.told.offered.length === 0;
      if (end === 'sent by the next window' && delay > 7 * minute) {
        faults.push('it was sent late in silence');
      }
      if (isLate && end === 'offered') {
        faults.push('it was not offered');
      }
      return { faults, end };
    } finally {
      await window.close();
    }
  }

  /** What a window does at its start, and then its user, who wants the push sent. Resolves to what it found. */
  async #next(window: ScheduleWindow, text: string, faults: string[]): Promise<string> {
    const count = () => this.#phones(text);
    const before = count();
    await window.clock.look(true);
    const waits = await window.scheduled.list();
    await until(
      () => window.told.results.length > 0 || !waits.some(({ state }) => state === 'taken'),
      'the end of what is sent',
    );
    const told = await window.service.recover();
    const [open] = await window.store.open();
    const [kept] = await window.scheduled.list();
    let end = before > 0 ? 'accepted' : 'nothing';
    if (window.told.results.length > 0) {
      end = 'sent by the next window';
    } else if (kept) {
      end = 'offered';
      await window.sends.sendNow(kept.push.id);
    } else if (open) {
      end = `told: ${summaryOf(open).state}`;
      if (!told.some(({ id }) => id === open.id)) {
        faults.push('it was not told');
      }
      const [action] = actionsOf(open);
      if (action && summaryOf(open).state === 'notSent') {
        await window.service.act(open.id, action);
      }
    }
    if (end === 'nothing' && told.length > 0) {
      end = `told: ${told.map((push) => summaryOf(push).state).join()}`;
    }
    if (before > 0 && (kept || window.told.results.length > 0)) {
      faults.push('it was sent, and is in the schedule still');
    }
    if (count() > 1) {
      faults.push('it came twice');
    }
    if (count() === 0 && end !== 'nothing' && !end.includes('unknown')) {
      faults.push(`it is lost: ${end}`);
    }
    return end;
  }

  #phones(text: string): number {
    return this.#sandbox.snapshot().pushes.filter((push) => push.text === text).length;
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import * as v from 'valibot';
import { authorizeUrl, exchangeCode } from '../../src/bitrix24/oauth';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import { parseCallback } from '../../src/bitrix24/callback';
import type { PortalClient } from '../../src/bitrix24/portalClient';
import { testClient } from '../support/testClient';
import type { Tokens } from '../../src/bitrix24/oauth';
import { systemClock } from '../../src/common/clock';
import { silentLog } from '../../src/common/log';
import { emptyDraft, onlyTo } from '../../src/push/draft';
import type { Draft } from '../../src/push/draft';
import { DraftStore } from '../../src/push/draftStore';
import { folderDisk } from '../../src/push/folderDisk';
import { LeftOvers } from '../../src/push/leftOvers';
import { Outbox } from '../../src/push/outbox/outbox';
import { PushHistory } from '../../src/push/outbox/pushHistory';
import type { PushRecord } from '../../src/push/outbox/pushRecord';
import { recordFolder } from '../../src/push/outbox/recordFolder';
import { restOfRecord } from '../../src/push/outbox/recordOutcome';
import { sendWaiting } from '../../src/push/outbox/sendWaiting';
import type { Outcome } from '../../src/push/outcome';
import { startSandbox } from '../../src/sandbox';
import type { Sandbox } from '../../src/sandbox';
import { twelvePeople } from '../../src/sandbox/people';
import type { KillOrder } from './killChild';
import { killPoints } from './killPoints';
import type { KillPoint } from './killPoints';
import { sureRoad as road } from './killRoad';
import type { Proof } from './proof';

const firstId = 1001;
/** Three batches: 50, 50 and 30. */
const crowd = 130;
const ids = Array.from({ length: crowd }, (_, index) => firstId + index);
const shapes = ['one call', 'three batches'] as const;
type Shape = (typeof shapes)[number];

/** These come once per request; of three requests the window dies at the second, with another beside it. */
const perRequest = new Set<KillPoint>(
  killPoints.slice(
    killPoints.indexOf('while a request is noted'),
    killPoints.indexOf('while the end is noted'),
  ),
);

interface Tally {
  runs: number;
  accepted: number;
  unknown: number;
  notSent: number;
  draftOnly: number;
}

/** A window is killed at each step of the road: nothing is lost, and nothing is doubled. */
export const killMatrixProof: Proof = {
  name: 'kill',
  run: async ({ short, say }) => {
    const rounds = short ? 2 : 20;
    const stage = await KillStage.open();
    const failures: string[] = [];
    const rows: string[][] = [];
    const details: Record<string, Tally> = {};
    let cases = 0;
    try {
      for (const point of killPoints) {
        const tally = newTally();
        for (let round = 0; round < rounds; round += 1) {
          const shape = shapes[round % shapes.length] ?? 'one call';
          for (const fault of await stage.kill(point, shape, { tally })) {
            failures.push(`killed ${point}, ${shape}, round ${round + 1}: ${fault}`);
          }
          cases += 1;
        }
        details[point] = tally;
        const { runs, accepted, unknown, notSent, draftOnly } = tally;
        rows.push([point, ...[runs, accepted, unknown, notSent, draftOnly].map(String)]);
        say(`${point}: ${runs}`);
      }
    } finally {
      await stage.close();
    }
    return {
      cases,
      columns: ['killed', 'times', 'accepted', 'unknown', 'not sent', 'still a draft'],
      rows,
      failures,
      details,
    };
  },
};

/** A portal with its phones, and windows of their own processes before it. */
export class KillStage {
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

  static async open(): Promise<KillStage> {
    const sandbox = await startSandbox({ staff: crowded });
    const root = await mkdtemp(path.join(tmpdir(), 'kill-'));
    const child = path.join(root, 'window.cjs');
    await build({
      entryPoints: [path.join(__dirname, 'killChild.ts')],
      outfile: child,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    return new KillStage(sandbox, await signIn(sandbox), root, child);
  }

  async close(): Promise<void> {
    await this.#sandbox.close();
    await rm(this.#root, { recursive: true, force: true });
  }

  /** What did not hold. `lateNotes`: of a window that does it otherwise, to see that the cases notice. */
  async kill(
    point: KillPoint,
    shape: Shape,
    { tally = newTally(), lateNotes = false } = {},
  ): Promise<string[]> {
    await this.#sandbox.reset();
    this.#cases += 1;
    const folder = path.join(this.#root, String(this.#cases));
    const draft: Draft = {
      ...emptyDraft,
      accountId: `${this.#tokens.memberId}:1`,
      recipients: ids.map((id) => ({ id, name: `N${id} Crowd` })),
      text: shape === 'one call' ? 'Hi all!' : 'Hi {name}!',
    };
    const host = new URL(this.#sandbox.info.portal).host;
    const time = shape === 'three batches' && perRequest.has(point) ? 2 : 1;
    const order: KillOrder = {
      ...{ folder, tokens: this.#tokens, host, draft, point, time, lateNotes },
    };
    const window = spawn(process.execPath, [this.#child, JSON.stringify(order)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [, signal] = (await once(window, 'close')) as [number | null, string | null];
    await this.#quiet();
    const faults: string[] = [];
    if (signal !== 'SIGKILL' && point !== 'request on the wire') {
      faults.push('the window was not killed');
    }
    tally.runs += 1;
    await this.#next(folder, { draft, host }, tally, faults);
    return faults;
  }

  /** The next window, and its user. */
  async #next(
    folder: string,
    { draft, host }: { draft: Draft; host: string },
    tally: Tally,
    faults: string[],
  ): Promise<void> {
    const shared = { clock: systemClock, log: silentLog };
    const history = new PushHistory({
      ...shared,
      folder: recordFolder(path.join(folder, 'history')),
      keep: () => 'all',
    });
    const damaged: string[] = [];
    const outbox = new Outbox({
      ...shared,
      folder: recordFolder(path.join(folder, 'outbox')),
      history,
      onDamaged: (name) => damaged.push(name),
    });
    const disk = folderDisk(path.join(folder, 'drafts'));
    const drafts = new DraftStore({ ...shared, disk, key: 'w' });
    const expect = (holds: boolean, otherwise: string): void => {
      if (!holds) {
        faults.push(otherwise);
      }
    };
    try {
      await drafts.ready;
      const before = this.#phones();
      expect(doubled(before) === 0, `${doubled(before)} people have it twice`);
      const open = await openRequests(folder);
      expect(open.length <= 2, `${open.length} requests were open`);
      const told: Outcome[] = [];
      const leftOvers = new LeftOvers({
        ...{ outbox, drafts, log: silentLog, waiting: { told: () => undefined } },
        sender: { tell: (outcome) => Promise.resolve(void told.push(outcome)) },
      });
      await leftOvers.tell();
      const offered = await outbox.waiting();
      const past = await history.list();
      const records = [...offered, ...past];
      expect(damaged.length === 0, 'a file was damaged');
      expect(records.length <= 1, `${records.length} records of one push`);
      expect(this.#phones().size === before.size, 'something was sent at the start');
      expect(told.length === offered.length, `${told.length} told of ${offered.length} that wait`);
      const send = (what: Draft, options: { sendAnyway?: boolean } = {}): Promise<Outcome> =>
        road({ ...{ draft: what, host, drafts, outbox, options }, client: this.#client() });
      const [record] = records;
      if (!record) {
        expect(before.size === 0, 'it was sent, and no record is left');
        expect(drafts.current.text === draft.text, 'neither record nor draft is left');
        tally.draftOnly += 1;
        await send(draft);
      } else {
        this.#compare(record, before, open.flat(), expect);
        tally.accepted += record.counts.accepted;
        tally.unknown += record.counts.unknown;
        tally.notSent += record.counts.notSent;
        // Whoever has it is not in the draft any more, and nobody who may have it is sent to without a word.
        const written = drafts.current.recipients.map(({ id }) => id);
        expect(
          record.counts.unknown > 0 || written.every((id) => !before.has(id)),
          'the draft that is left would go to somebody who has it',
        );
        if (record.counts.unknown > 0 && written.length > 0 && !restOfDraft(record, written)) {
          expect((await send(drafts.current)).kind === 'unknown', 'those in doubt were sent to');
        }
        if (record.restGone) {
          // What certainly was not sent stands in the draft.
          await send(drafts.current);
        }
        for (const { id, fates } of offered) {
          // The user looks at the phones: what is there is marked as sent, all else is sent (anyway).
          const missing = fates.unknown.filter((one) => !before.has(one));
          if (fates.unknown.length === missing.length) {
            const outcome = await sendWaiting({ outbox, drafts, send }, id);
            expect(outcome?.kind === 'accepted', `what was offered was ${String(outcome?.kind)}`);
            continue;
          }
          expect(await outbox.settle(id, 'sent'), 'what is offered cannot be decided');
          if (missing.length > 0) {
            // One of two requests came through: the other's people get a push of their own.
            const { kind } = await send(onlyTo(draft, missing));
            expect(kind === 'accepted', `the push to those who miss it was ${kind}`);
          }
        }
      }
      leftOvers.dispose();
      expect(drafts.current.text === '', 'a draft is left of a push that everybody has');
      const after = this.#phones();
      expect(doubled(after) === 0, `in the end ${doubled(after)} people have it twice`);
      expect(after.size === crowd, `in the end ${crowd - after.size} people do not have it`);
      expect((await outbox.waiting()).length === 0, 'something still waits in the end');
      const names = await readdir(path.join(folder, 'outbox'));
      expect(
        names.every((name) => name.endsWith('.sent.push') || name.endsWith('.tmp')),
        `left in the outbox: ${names.join(', ')}`,
      );
    } finally {
      await drafts.flush();
      drafts.dispose();
      outbox.dispose();
    }
  }

  #compare(
    { fates }: PushRecord,
    phones: ReadonlyMap<number, number>,
    inDoubt: readonly number[],
    expect: (holds: boolean, otherwise: string) => void,
  ): void {
    const { accepted, refused, unknown, notSent } = fates;
    const total = accepted.length + refused.length + unknown.length + notSent.length;
    expect(total === crowd, `${total} fates for ${crowd} people`);
    expect(refused.length === 0, 'nobody was refused');
    expect(
      accepted.every((id) => phones.has(id)),
      'somebody shown as accepted does not have it',
    );
    expect(
      notSent.every((id) => !phones.has(id)),
      'somebody shown as not sent has it',
    );
    expect(
      same(unknown, inDoubt),
      `${unknown.length} are in doubt, and ${inDoubt.length} were on the wire without an answer`,
    );
  }

  /** The portal has carried out whatever reached it: a request that was cut off may still be read. */
  async #quiet(): Promise<void> {
    await this.#client().call('server.time', {}, { schema: v.unknown() });
  }

  #client(): PortalClient {
    return testClient({
      transport: nodeFetchTransport({ userAgent: 'kill/1' }),
      clock: systemClock,
      tokens: {
        tokens: () => Promise.resolve(this.#tokens),
        refreshed: () => Promise.reject(new Error('these tokens are not refreshed')),
        moved: () => Promise.resolve(undefined),
      },
    });
  }

  /** How often each person has it. */
  #phones(): Map<number, number> {
    const shown = new Map<number, number>();
    for (const { recipients } of this.#sandbox.snapshot().pushes) {
      for (const id of recipients) {
        shown.set(id, (shown.get(id) ?? 0) + 1);
      }
    }
    return shown;
  }
}

const eventOf = v.object({
  t: v.optional(v.string()),
  request: v.optional(v.number()),
  wire: v.optional(v.array(v.number())),
});

/** People of each request that the dead window noted and of which it noted no answer. */
async function openRequests(folder: string): Promise<number[][]> {
  const open = new Map<string, number[]>();
  for (const part of ['outbox', 'history']) {
    const names = await readdir(path.join(folder, part)).catch(() => []);
    for (const name of names.filter((name) => name.endsWith('.push'))) {
      const lines = (await readFile(path.join(folder, part, name), 'utf8')).split('\n');
      // What is behind the last line's end was cut off, and did not come to pass.
      for (const line of lines.slice(0, -1)) {
        const { t, request = 0, wire = [] } = v.parse(eventOf, JSON.parse(line));
        if (t === 'sending') {
          open.set(`${name} ${request}`, wire);
        } else if (t === 'answered') {
          open.delete(`${name} ${request}`);
        }
      }
    }
  }
  return [...open.values()];
}

function same(some: readonly number[], others: readonly number[]): boolean {
  const order = (ids: readonly number[]) => JSON.stringify([...ids].sort((a, b) => a - b));
  return order(some) === order(others);
}

function newTally(): Tally {
  return { runs: 0, accepted: 0, unknown: 0, notSent: 0, draftOnly: 0 };
}

/** Is the draft for those only who certainly did not get it? */
function restOfDraft(record: PushRecord, written: readonly number[]): boolean {
  const rest = new Set(
    restOfRecord({ ...record, restGone: false })?.recipients.map(({ id }) => id),
  );
  return written.every((id) => rest.has(id));
}

function doubled(phones: ReadonlyMap<number, number>): number {
  return [...phones.values()].filter((times) => times > 1).length;
}

function crowded(): ReturnType<typeof twelvePeople> {
  const { people, departments } = twelvePeople();
  const [model] = people;
  if (model) {
    for (const id of ids) {
      people.push({ ...model, id, firstName: `N${id}`, lastName: 'Crowd', admin: false });
    }
  }
  return { people, departments };
}

async function signIn(sandbox: Sandbox): Promise<Tokens> {
  const { clientId, clientSecret, portal, authServer } = sandbox.info;
  const url = authorizeUrl(portal, clientId, 'state');
  url.searchParams.set('sandbox_user', '1');
  const response = await fetch(url, { redirect: 'manual' });
  const code = parseCallback(response.headers.get('location') ?? '')?.code ?? '';
  return exchangeCode(nodeFetchTransport({ userAgent: 'kill/1' }), {
    authServer: new URL(authServer).host,
    credentials: { clientId, clientSecret },
    code,
    now: Date.now(),
  });
}

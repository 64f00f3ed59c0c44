import { ManualClock } from '../support/manualClock';
import { testClient } from '../support/testClient';
import { until } from '../support/until';
import type { PortalClient } from '../../src/bitrix24/portalClient';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import * as v from 'valibot';
import { authorizeUrl, exchangeCode } from '../../src/bitrix24/oauth';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import { parseCallback } from '../../src/bitrix24/callback';
import type { Tokens } from '../../src/bitrix24/oauth';
import type { Transport } from '../../src/bitrix24/transport';
import { systemClock } from '../../src/common/clock';
import { silentLog } from '../support/silentLog';
import { byWay, isEmptyDraft, newDraft } from '../../src/push/draft';
import type { Draft } from '../../src/push/draft';
import { InterruptedPushes } from '../../src/push/interruptedPushes';
import { actionsOf, peopleWith, restDraft, summaryOf, toPeople } from '../../src/push/push';
import type { Push, PushAction } from '../../src/push/push';
import { startSandbox } from '../../src/sandbox';
import type { Sandbox } from '../../src/sandbox';
import { twelvePeople } from '../../src/sandbox/staff';
import type { KillOrder } from './killChild';
import {
  killPoints,
  losingWire,
  noWire,
  partlyPoints,
  replacingPoints,
  turnedAwayPoints,
} from './killPoints';
import type { KillPoint } from './killPoints';
import type { Proof } from './proof';
import { accountOf, openPushWindow, stateOf } from './pushWindow';
import type { PushWindow } from './pushWindow';

const firstId = 1001;
/** Three batches: 50, 50 and 30. */
const crowd = 130;
const ids = Array.from({ length: crowd }, (_, index) => firstId + index);
const shapes = ['one call', 'three batches', 'three batches of notifications'] as const;
type Shape = (typeof shapes)[number];

/** What the window that dies, or is stopped, is doing. */
interface Scenario {
  name:
    | 'a push'
    | 'a push that waited'
    | 'a push that waited, sent from its draft'
    | 'a push in doubt, sent anyway'
    | 'a push that is cut off'
    | 'a push that is turned away';
  /** True if the window is stopped for minutes instead of killed: another window takes over, then this one goes on. */
  isStopped?: boolean;
  shapes: readonly Shape[];
  points: readonly KillPoint[];
  rounds: number;
}
const one = ['one call'] as const;
const scenarios: readonly Scenario[] = [
  { name: 'a push', shapes, points: killPoints, rounds: 20 },
  { name: 'a push that waited', shapes, points: [...killPoints, ...replacingPoints], rounds: 10 },
  {
    name: 'a push in doubt, sent anyway',
    shapes,
    points: [...killPoints, ...replacingPoints],
    rounds: 10,
  },
  {
    name: 'a push that is cut off',
    shapes: ['three batches', 'three batches of notifications'],
    points: ['while the end is recorded', 'end recorded', 'remembered as sent', ...partlyPoints],
    rounds: 10,
  },
  {
    name: 'a push that waited, sent from its draft',
    shapes: one,
    points: [
      ...(['answer recorded', 'end recorded', 'draft settled', 'remembered as sent'] as const),
      ...(['in the history and among the open pushes', 'out of the open pushes'] as const),
      ...replacingPoints,
    ],
    rounds: 10,
  },
  { name: 'a push that is turned away', shapes, points: turnedAwayPoints, rounds: 10 },
  {
    ...{ name: 'a push', isStopped: true, shapes },
    points: ['recorded, nothing sent', 'waiting for its turn'],
    rounds: 4,
  },
  {
    ...{ name: 'a push that waited', isStopped: true, shapes: one },
    points: ['waiting push claimed', 'recorded, nothing sent', 'waiting for its turn'],
    rounds: 4,
  },
  {
    ...{ name: 'a push that is turned away', isStopped: true, shapes },
    points: ['recorded as turned away'],
    rounds: 4,
  },
];

/** These come once per request; of three requests the window dies at the second, with another beside it. */
const perRequest = new Set<KillPoint>(
  killPoints.slice(
    killPoints.indexOf('while a request is recorded'),
    killPoints.indexOf('while the end is recorded'),
  ),
);

interface Tally {
  runs: number;
  accepted: number;
  unknown: number;
  notSent: number;
  draftOnly: number;
}

/** A window is killed at each step of a push: nothing is lost, and nothing is doubled. */
export const killMatrixProof: Proof = {
  name: 'kill',
  run: async ({ short, say }) => {
    const stage = await KillStage.open();
    const failures: string[] = [];
    const rows: string[][] = [];
    const details: Record<string, Tally> = {};
    let cases = 0;
    try {
      for (const scenario of scenarios) {
        for (const point of scenario.points) {
          const tally = newTally();
          const end = scenario.isStopped ? 'stopped' : 'killed';
          const name = `${scenario.name}, ${end} ${point}`;
          for (
            let round = 0;
            round < (short ? scenario.shapes.length : scenario.rounds);
            round += 1
          ) {
            const shape = scenario.shapes[round % scenario.shapes.length] ?? 'one call';
            const faults = await stage.kill(point, shape, {
              scenario: scenario.name,
              isStopped: scenario.isStopped === true,
              tally,
              round,
            });
            for (const fault of faults) {
              failures.push(`${name}, ${shape}, round ${round + 1}: ${fault}`);
            }
            cases += 1;
          }
          details[name] = tally;
          const { runs, accepted, unknown, notSent, draftOnly } = tally;
          const counts = [runs, accepted, unknown, notSent, draftOnly].map(String);
          rows.push([scenario.name, `${end} ${point}`, ...counts]);
          say(`${name}: ${runs}`);
        }
      }
    } finally {
      await stage.close();
    }
    return {
      cases,
      columns: ['sent', 'killed', 'times', 'accepted', 'unknown', 'not sent', 'still a draft'],
      rows,
      failures,
      details,
    };
  },
};

interface KillOptions {
  scenario?: Scenario['name'];
  isStopped?: boolean;
  tally?: Tally;
  round?: number;
  mistake?: KillOrder['mistake'];
}

type Expect = (holds: boolean, otherwise: string) => void;

/** A portal with its phones, and windows of their own processes before it. */
export class KillStage {
  readonly #sandbox: Sandbox;
  readonly #tokens: Tokens;
  readonly #root: string;
  readonly #child: string;
  readonly #wire: Transport = nodeFetchTransport({ userAgent: 'kill/1' });
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

  /** What did not hold. `mistake`: something that the window does wrong, to see that the cases notice. */
  async kill(
    point: KillPoint,
    shape: Shape,
    {
      scenario = 'a push',
      isStopped = false,
      tally = newTally(),
      round = 0,
      mistake,
    }: KillOptions = {},
  ): Promise<string[]> {
    await this.#sandbox.reset();
    this.#cases += 1;
    const root = path.join(this.#root, String(this.#cases));
    const isBell = shape === 'three batches of notifications';
    const draft = newDraft({
      ...(isBell && { via: 'notification' }),
      accountId: this.#accountId,
      recipients: ids.map((id) => ({ id, name: `N${id} Crowd` })),
      text: shape === 'one call' ? 'Hi all!' : 'Hi {name}!',
    });
    const isWhole = scenario === 'a push' || scenario === 'a push that waited';
    const order: KillOrder = {
      ...{ root, tokens: this.#tokens, portal: this.#sandbox.info.portal },
      accountId: this.#accountId,
      task: await this.#taskOf(scenario, root, draft),
      ...{ point, time: isWhole && shape !== 'one call' && perRequest.has(point) ? 2 : 1 },
      ...{ signal: isStopped ? 'SIGSTOP' : 'SIGKILL', first: firstOf(scenario), mistake },
    };
    const window = spawn(process.execPath, [this.#child, JSON.stringify(order)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const closed = once(window, 'close') as Promise<[number | null, string | null]>;
    const faults: string[] = [];
    tally.runs += 1;
    if (isStopped) {
      await isSuspended(window);
      await this.#next(root, { draft, scenario, round, isStopped }, tally, faults);
      const before = this.#phones();
      window.kill('SIGCONT');
      await closed;
      await this.#quiet();
      const after = this.#phones();
      if (doubled(after) > 0 || after.size !== before.size) {
        faults.push('it sent what another window had taken over');
      }
      return faults;
    }
    const [, signal] = await closed;
    await this.#quiet();
    if (signal !== 'SIGKILL' && point !== 'request on the wire') {
      faults.push('the window was not killed');
    }
    await this.#next(root, { draft, scenario, round, isStopped }, tally, faults);
    return faults;
  }

  /** What the window that dies is told to do; a push that waits is there already. */
  async #taskOf(
    scenario: Scenario['name'],
    root: string,
    draft: Draft,
  ): Promise<KillOrder['task']> {
    if (!waits(scenario)) {
      return { draft };
    }
    const isInDoubt = scenario === 'a push in doubt, sent anyway';
    const window = await this.#window(root, isInDoubt ? losingWire(this.#wire) : noWire);
    try {
      window.drafts.open(byWay(draft, 'push'));
      await window.service.send(draft, { origin: 'form' });
      const [waiting] = await window.store.open();
      if (!waiting) {
        throw new Error('nothing waits');
      }
      if (scenario === 'a push that waited, sent from its draft') {
        return { draft, waitingId: waiting.id };
      }
      const action: PushAction = isInDoubt ? 'sendAnyway' : 'retry';
      return { waitingId: waiting.id, action };
    } finally {
      await window.close();
    }
  }

  /** The next window, and its user. */
  async #next(
    root: string,
    {
      draft,
      scenario,
      round,
      isStopped,
    }: { draft: Draft; scenario: Scenario['name']; round: number; isStopped: boolean },
    tally: Tally,
    faults: string[],
  ): Promise<void> {
    const expect: Expect = (holds, otherwise) => {
      if (!holds) {
        faults.push(otherwise);
      }
    };
    const before = this.#phones();
    expect(doubled(before) === 0, `${doubled(before)} people have it twice`);
    const inDoubt = await peopleInDoubt(root);
    const clock = new ManualClock(Date.now());
    const window = await this.#window(root, this.#wire, isStopped ? clock : undefined);
    const { drafts, store, history } = window;
    try {
      // The stopped one is silent for two minutes.
      for (let look = 0; isStopped && look < 8; look += 1) {
        expect((await store.recover()).length === 0, 'it was taken over too soon');
        clock.advance(15_000);
      }
      const told = await this.#interrupted(window);
      const offered = await store.open();
      const records = [...offered, ...(await history.list())];
      expect(window.damaged.length === 0, 'a file was damaged');
      expect(this.#phones().size === before.size, 'something was sent at the start');
      checkTold(told, offered, scenario, expect);
      const atMost = waits(scenario) ? 2 : 1;
      expect(records.length <= atMost, `${records.length} records of one push`);
      for (const record of records) {
        compare(record, before, inDoubt.get(record.id) ?? [], expect);
      }
      const waiting = offered.flatMap((push) => restDraft(push)?.recipients ?? []);
      expect(!waiting.some(({ id }) => before.has(id)), 'somebody who has it is offered again');
      expect(doubled(countsOf(waiting)) === 0, 'two pushes are offered to the same people');
      if (records.length === 0) {
        expect(before.size === 0, 'it was sent, and no record is left');
        expect(drafts.current.text === draft.text, 'neither record nor draft is left');
        tally.draftOnly += 1;
      }
      for (const { counts } of records.map(summaryOf)) {
        tally.accepted += counts.accepted;
        tally.unknown += counts.unknown;
        tally.notSent += counts.notSent;
      }
      await this.#goOn(window, { draft, before, isNewestFirst: round % 4 > 1 }, expect);
      expect(isEmptyDraft(drafts.current), 'a draft is left of a push that everybody has');
      expect(drafts.kept.length === 0, 'a draft is kept of a push that everybody has');
      const after = this.#phones();
      expect(this.#replaced === 0, 'a notification was sent once more, in the place of the first');
      expect(doubled(after) === 0, `in the end ${doubled(after)} people have it twice`);
      expect(after.size === crowd, `in the end ${crowd - after.size} people do not have it`);
      expect((await store.open()).length === 0, 'something still waits in the end');
      const names = await readdir(path.join(root, 'pushes'));
      expect(
        names.every((name) => name.endsWith('.sent.push') || name.endsWith('.tmp')),
        `left among the open pushes: ${names.join(', ')}`,
      );
    } finally {
      await window.close();
    }
  }

  /** The user goes on with what is offered and what is written, and looks at the phones before a decision. */
  async #goOn(
    { drafts, store, service }: PushWindow,
    options: { draft: Draft; before: ReadonlyMap<number, number>; isNewestFirst: boolean },
    expect: Expect,
  ): Promise<void> {
    const { draft, before, isNewestFirst } = options;
    const send = async (what: Draft): Promise<string> =>
      stateOf(await service.send(what, { origin: 'form' }));
    const act = async ({ id }: Push, action: PushAction, wanted: string): Promise<void> => {
      const state = stateOf(await service.act(id, action));
      expect(state === wanted, `${action} was ${state}`);
    };
    const inDoubt = new Set(
      (await store.open()).flatMap((push) => peopleWith(push, 'unknown').map(({ id }) => id)),
    );
    const written = drafts.current.recipients.map(({ id }) => id);
    // People who have it are not in the draft any more, and nobody who may have it is sent to without a word.
    expect(
      written.every((id) => inDoubt.has(id) || !before.has(id)),
      'the draft that is left would go to somebody who has it',
    );
    const isRest = written.length > 0 && !written.some((id) => inDoubt.has(id));
    if (written.length > 0 && !isRest) {
      const calls = this.#phones().size;
      const state = await send(drafts.current);
      expect(
        state === 'stillUnknown' && this.#phones().size === calls,
        `those in doubt were sent to: ${state}`,
      );
    }
    const offered = await store.open();
    if (isRest && (inDoubt.size > 0 || offered.length === 0)) {
      expect((await send(drafts.current)) === 'accepted', 'the rest was not accepted');
    }
    for (const { id } of isNewestFirst ? offered.toReversed() : offered) {
      const push = (await store.open()).find((one) => one.id === id);
      if (!push) {
        // Another one has taken its place.
        continue;
      }
      const actions = actionsOf(push);
      if (actions.includes('sendToRest')) {
        await act(push, 'sendToRest', 'accepted');
      } else if (actions.includes('retry')) {
        await act(push, 'retry', 'accepted');
        continue;
      }
      const unknown = peopleWith(push, 'unknown');
      if (unknown.length === 0) {
        continue;
      }
      const missing = unknown.filter((one) => !before.has(one.id));
      if (missing.length === unknown.length) {
        await act(push, 'sendAnyway', 'accepted');
        continue;
      }
      await act(push, 'markAsSent', 'decided');
      if (missing.length > 0) {
        // One of two requests came through: the other's people get a push of their own.
        expect((await send(toPeople(draft, missing))) === 'accepted', 'they still miss it');
      }
    }
  }

  /** What the window tells of pushes that another one left. */
  async #interrupted({ service, store }: PushWindow): Promise<Push[]> {
    const told: Push[] = [];
    const interrupted = new InterruptedPushes({
      ...{ service, store, log: silentLog, waiting: { told: () => undefined } },
      sender: {
        tell: (result) => {
          told.push(...(result.kind === 'push' ? [result.push] : []));
          return Promise.resolve();
        },
      },
    });
    await interrupted.tell();
    interrupted.dispose();
    return told;
  }

  #window(root: string, wire = this.#wire, clock?: ManualClock): Promise<PushWindow> {
    const account = accountOf(this.#accountId, this.#sandbox.info.portal);
    const client = this.#client(wire);
    return openPushWindow({ root, account, client, ...(clock && { clock }) });
  }

  get #accountId(): string {
    return `${this.#tokens.memberId}:1`;
  }

  /** The portal has carried out whatever reached it: a request that was cut off may still be read. */
  async #quiet(): Promise<void> {
    await this.#client().call('server.time', {}, { schema: v.unknown() });
  }

  #client(transport = this.#wire): PortalClient {
    return testClient({
      transport,
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
    for (const { userId } of this.#sandbox.snapshot().notifications) {
      shown.set(userId, (shown.get(userId) ?? 0) + 1);
    }
    return shown;
  }

  /** Notifications that took the place of an earlier one by their tag: what was sent twice shows here, and in no bell. */
  get #replaced(): number {
    const { notifications } = this.#sandbox.snapshot();
    return Math.max(0, ...notifications.map(({ id }) => id)) - notifications.length;
  }
}

/** Whether a push waits before the window begins. */
function waits(scenario: Scenario['name']): boolean {
  return scenario.startsWith('a push that waited') || scenario === 'a push in doubt, sent anyway';
}

function firstOf(scenario: Scenario['name']): KillOrder['first'] {
  if (scenario === 'a push that is cut off') {
    return 'isLost';
  }
  return scenario === 'a push that is turned away' ? 'isTurnedAway' : 'passes';
}

/** Linux says so in the process's status. */
async function isSuspended({ pid }: ChildProcess): Promise<void> {
  await until(() => {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')')).startsWith(') T');
  });
}

function checkTold(
  told: readonly Push[],
  offered: readonly Push[],
  scenario: Scenario['name'],
  expect: Expect,
): void {
  const ids = offered.map(({ id }) => id);
  expect(
    told.every(({ id }) => ids.includes(id)) && new Set(told).size === told.length,
    'something was told that does not wait',
  );
  // What waited before, or waits already when its window dies, stands in the list of pushes.
  if (scenario === 'a push') {
    expect(told.length === offered.length, `${told.length} told of ${offered.length} that wait`);
  }
}

/** The record of a push against the phones and against what its windows had recorded when they died. */
function compare(
  push: Push,
  phones: ReadonlyMap<number, number>,
  inDoubt: readonly number[][],
  expect: Expect,
): void {
  const { counts, people } = summaryOf(push);
  const { accepted, refused, unknown, notSent } = counts;
  expect(
    accepted + refused + unknown + notSent === people,
    `${accepted + refused + unknown + notSent} people have a final status, of ${people}`,
  );
  expect(push.people.length === people && people > 0, `${push.people.length} people of ${people}`);
  expect(refused === 0, 'nobody was refused');
  expect(
    peopleWith(push, 'accepted').every(({ id }) => phones.has(id)),
    'somebody shown as accepted does not have it',
  );
  expect(
    push.decision === 'replaced' || peopleWith(push, 'notSent').every(({ id }) => !phones.has(id)),
    'somebody shown as not sent has it',
  );
  const shown = peopleWith(push, 'unknown').map(({ id }) => id);
  expect(inDoubt.length <= 2, `${inDoubt.length} requests were open`);
  expect(
    same(shown, inDoubt.flat()),
    `${shown.length} are in doubt, and ${inDoubt.flat().length} were on the wire without an answer`,
  );
}

const eventOf = v.object({
  id: v.optional(v.string()),
  t: v.optional(v.string()),
  request: v.optional(v.number()),
  wire: v.optional(v.array(v.number())),
  unknown: v.optional(v.array(v.number())),
});

/** People of each request that was recorded and whose fate no recorded answer tells, by the push's id. */
async function peopleInDoubt(root: string): Promise<Map<string, number[][]>> {
  const all = new Map<string, number[][]>();
  for (const part of ['pushes', 'history']) {
    const names = await readdir(path.join(root, part)).catch(() => []);
    for (const name of names.filter((name) => name.endsWith('.push'))) {
      const lines = (await readFile(path.join(root, part, name), 'utf8')).split('\n');
      const open = new Map<number, number[]>();
      let push = '';
      // What is behind the last line's end was cut off, and did not come to pass.
      for (const line of lines.slice(0, -1)) {
        const event = v.parse(eventOf, JSON.parse(line));
        const { id = push, t, request = 0, wire = [], unknown = [] } = event;
        push = id;
        if (t === 'sending' || unknown.length > 0) {
          open.set(request, t === 'sending' ? wire : unknown);
        } else if (t === 'answered') {
          open.delete(request);
        }
      }
      if (push !== '') {
        all.set(push, [...open.values()]);
      }
    }
  }
  return all;
}

function same(some: readonly number[], others: readonly number[]): boolean {
  const order = (ids: readonly number[]) => JSON.stringify(ids.toSorted((a, b) => a - b));
  return order(some) === order(others);
}

function newTally(): Tally {
  return { runs: 0, accepted: 0, unknown: 0, notSent: 0, draftOnly: 0 };
}

/** How often each of these people is named. */
function countsOf(people: readonly { id: number }[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { id } of people) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
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
  });
}

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Account } from '../../../src/accounts/account';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { systemClock } from '../../../src/common/clock';
import { silentLog } from '../../../src/common/log';
import type { PushToConfirm } from '../../../src/push/confirmSend';
import { emptyDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';
import { followUps, leftOf } from '../../../src/push/followUp';
import { LeftOvers } from '../../../src/push/leftOvers';
import type { Outbox } from '../../../src/push/outbox/outbox';
import type { StorageFolder } from '../../../src/common/storageFolder';
import { restOfRecord, unknownOfRecord } from '../../../src/push/outbox/recordOutcome';
import { sendWaiting } from '../../../src/push/outbox/sendWaiting';
import { WaitingPushes } from '../../../src/push/outbox/waitingPushes';
import type { Outcome } from '../../../src/push/outcome';
import { PushRoad } from '../../../src/push/pushRoad';
import type { SendOptions } from '../../../src/push/pushRoad';
import { createResolveDepartments } from '../../../src/push/resolveDepartments';
import { createResolvePeople } from '../../../src/push/resolvePeople';
import { startSandbox } from '../../../src/sandbox';
import type { Sandbox } from '../../../src/sandbox';
import { twelvePeople } from '../../../src/sandbox/staff';
import type { Staff } from '../../../src/sandbox/staff';
import { openOutbox, unasked } from '../../support/outboxes';
import { sandboxClient } from '../../support/sandboxClient';

const push = 'pull.application.push.add';
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);

/** Departments beside those of the twelve: the crowd's has 220 people, the other one somebody dismissed. */
const [crowd, deserted] = [20, 21];
function company(): Staff {
  const { people, departments } = twelvePeople();
  const [model] = people;
  range(1001, 1220).forEach((id) => {
    const name = { firstName: `N${id}`, lastName: 'Crowd', admin: false };
    people.push({ ...model!, ...name, id, departments: [crowd] });
  });
  people.push({ ...model!, id: 1300, admin: false, active: false, departments: [deserted] });
  for (const [id, name] of [
    [crowd, 'Crowd'],
    [deserted, 'Deserted'],
  ] as const) {
    departments.push({ id, name, sort: 100, parent: 7, head: null });
  }
  return { people, departments };
}

interface LeftOver {
  outcome: Outcome;
  draft: Draft;
}

describe('a push to departments, against the sandbox', () => {
  let sandbox: Sandbox;
  let staff: () => Staff;
  let client: PortalClient;
  let folder: string;
  let drafts: DraftStore;
  let outbox: Outbox;
  /** The outbox after each line that was added to it. */
  let written: Map<string, string>[];
  let asked: PushToConfirm[];
  let recorded: number[][];
  const account = { id: 'm:1', host: 'acme.example', userId: 1, clientId: 'app' } as Account;
  const it2: Draft = {
    ...emptyDraft,
    accountId: account.id,
    recipients: [{ id: 5 }, { id: 1 }],
    departments: [{ id: 2, name: 'IT', reach: 'tree' }],
    text: 'Deploy at 18:00',
  };
  const toCrowd: Draft = {
    ...it2,
    recipients: [{ id: 1, name: 'Anna' }],
    departments: [{ id: crowd, reach: 'direct' }],
    text: 'Hi {name}!',
  };

  before(async () => {
    staff = company;
    sandbox = await startSandbox({ staff: () => staff() });
  });
  after(() => sandbox.close());

  beforeEach(async () => {
    staff = company;
    await portalStarts();
    folder = await mkdtemp(path.join(tmpdir(), 'departments-'));
    written = [];
    asked = [];
    recorded = [];
    drafts = openDrafts();
    outbox = openOutbox(folder, { folder: writtenFolder() }).outbox;
  });
  afterEach(async () => {
    await drafts.flush();
    drafts.dispose();
    outbox.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  async function portalStarts(scopes?: string[]): Promise<void> {
    await sandbox.reset();
    if (scopes) {
      sandbox.patchState({ scopes });
    }
    client = await sandboxClient(sandbox, systemClock);
  }

  /** Between choosing and sending. */
  async function staffBecomes(change: (staff: Staff) => void): Promise<void> {
    staff = () => {
      const changed = company();
      change(changed);
      return changed;
    };
    await portalStarts();
  }

  function openDrafts(pid = 1): DraftStore {
    return new DraftStore({
      disk: storageFolder(folder),
      key: 'w',
      clock: { now: () => Date.now() },
      log: silentLog,
      pid,
      isAlive: () => false,
    });
  }

  function writtenFolder(): StorageFolder {
    const disk = storageFolder(path.join(folder, 'outbox'));
    return {
      ...disk,
      append: async (...line) => {
        const there = await disk.append(...line);
        const files = new Map<string, string>();
        for (const name of await disk.list()) {
          files.set(name, (await disk.read(name)) ?? '');
        }
        written.push(files);
        return there;
      },
    };
  }

  /** Sends it; then the disk is as it was when the window was killed with the nth request on the wire. */
  async function killedAt(nth: number, draft: Draft): Promise<LeftOver> {
    drafts.update(draft);
    await drafts.flush();
    const asWritten = await storageFolder(folder).read('w.json');
    assert.equal((await send(draft)).kind, 'accepted');
    const onWire = written.find(
      (files) => [...files.values()].join().split('"t":"sending"').length === nth + 1,
    );
    assert.ok(onWire, 'that request was never noted');
    await drafts.flush();
    drafts.dispose();
    outbox.dispose();
    await rm(path.join(folder, 'outbox'), { recursive: true });
    const disk = storageFolder(path.join(folder, 'outbox'));
    for (const [name, content] of onWire) {
      await disk.write(name, content);
    }
    await storageFolder(folder).write('w.json', asWritten!);
    drafts = openDrafts(2);
    ({ outbox } = openOutbox(folder, { pid: 2 }));
    const told: LeftOver[] = [];
    const leftOvers = new LeftOvers({
      outbox,
      drafts,
      sender: {
        tell: (outcome, about) => Promise.resolve(void told.push({ outcome, draft: about })),
      },
      waiting: { told: () => undefined },
      log: silentLog,
    });
    await leftOvers.tell();
    leftOvers.dispose();
    assert.equal(told.length, 1);
    return told[0]!;
  }

  function road(): PushRoad {
    const accounts = {
      current: () => Promise.resolve(account),
      get: () => Promise.resolve(account),
      client: () => Promise.resolve(client),
    };
    return new PushRoad({
      ...unasked,
      accounts,
      drafts,
      outbox,
      confirm: (question) => {
        asked.push(question);
        return Promise.resolve(true);
      },
      resolve: createResolvePeople({ accounts, log: silentLog }),
      departments: createResolveDepartments({ accounts }),
      recents: {
        record: (_, people) => Promise.resolve(void recorded.push(people.map(({ id }) => id))),
      },
      clock: { now: () => Date.now() },
      log: silentLog,
    });
  }

  const send = (draft: Draft, options: Partial<SendOptions> = {}): Promise<Outcome> =>
    road().send(draft, { origin: 'form', ...options });

  /** Everybody who got something, each as often as that. */
  const phones = () =>
    sorted(sandbox.snapshot().pushes.flatMap(({ recipients }) => [...recipients]));
  const requests = (method: string) =>
    sandbox.snapshot().requests.filter((request) => request.method === method).length;

  /** Nothing was sent, nobody was asked, and the draft is as it was. */
  async function assertNothingSent(draft: Draft): Promise<void> {
    assert.deepEqual(phones(), []);
    assert.deepEqual([asked, await outbox.waiting(), recorded], [[], [], []]);
    assert.deepEqual(drafts.current, draft);
  }

  it('goes to the whole tree and to those chosen besides, each once', async () => {
    drafts.update(it2);
    const outcome = await send(it2);
    assert.equal(outcome.kind === 'accepted' && outcome.count, 5);
    assert.deepEqual(phones(), [1, 2, 5, 10, 11]);
    assert.equal(requests(push), 1);
    assert.deepEqual(asked[0]!.departments, [
      { department: { id: 2, name: 'IT', reach: 'tree' }, people: 4 },
    ]);
    assert.deepEqual(
      asked[0]!.draft.recipients.map(({ name }) => name),
      [undefined, undefined, 'Иван Сидоров', 'Олеся Фёдорова', "Liam O'Brien"],
    );
    assert.equal(asked[0]!.plan?.summary.people, 5);
    assert.deepEqual([drafts.current.text, drafts.current.departments], ['', undefined]);
    assert.deepEqual(await outbox.waiting(), []);
    // Those of the department would leave no room for anybody else.
    assert.deepEqual(recorded, [[5, 1]]);
  });

  it('goes to direct members only where that was chosen', async () => {
    await send({ ...it2, recipients: [], departments: [{ id: 2, reach: 'direct' }] });
    assert.deepEqual(phones(), [5, 11]);
  });

  it('unites departments that overlap, and one with itself', async () => {
    await send({
      ...it2,
      departments: [
        { id: 2, reach: 'tree' },
        { id: 3, reach: 'direct' },
        { id: 2, reach: 'direct' },
        { id: 6, reach: 'tree' },
      ],
    });
    assert.deepEqual(phones(), [1, 2, 5, 6, 10, 11, 12]);
  });

  it('goes to those who are in it at the moment of sending, not when it was chosen', async () => {
    drafts.update(it2);
    await staffBecomes(({ people }) => {
      people.find(({ id }) => id === 10)!.departments = [4];
      people.find(({ id }) => id === 12)!.departments = [3];
      people.find(({ id }) => id === 2)!.active = false;
    });
    await send(it2);
    assert.deepEqual(phones(), [1, 5, 11, 12]);
    assert.deepEqual(drafts.current.departments, undefined);
  });

  it('greets its people by what was just read about them', async () => {
    const text = '{name}, {department|?}';
    await send({ ...it2, recipients: [{ id: 3 }], departments: [{ id: 3, reach: 'tree' }], text });
    const texts = sandbox.snapshot().pushes.map((one) => [one.text, ...one.recipients]);
    assert.deepEqual(texts.sort(), [
      ['Liam, IT', 11],
      ['Maria, ?', 3],
      ['Иван, Разработка', 2],
      ['Олеся, Разработка', 10],
    ]);
  });

  for (const [lacks, scopes] of [
    ['department', ['pull', 'user']],
    ['user', ['pull', 'department']],
  ] as const) {
    it(`sends nothing without the permission ${lacks}, and says that this one would help`, async () => {
      await portalStarts([...scopes]);
      drafts.update(it2);
      const outcome = await send(it2);
      assert.ok(outcome.kind === 'notSent', outcome.kind);
      assert.ok(outcome.error.is('insufficient_scope'));
      assert.deepEqual([outcome.error.scope, outcome.error.phase], [lacks, 'notSent']);
      await assertNothingSent(it2);
    });
  }

  for (const [code, name, departments] of [
    ['DEPARTMENT_EMPTY', 'Deserted', [{ id: deserted, reach: 'tree' }]],
    ['DEPARTMENT_GONE', 'Old', [{ id: 999, name: 'Old', reach: 'direct' }]],
    ['DEPARTMENT_GONE', '#999', [{ id: 999, reach: 'tree' }]],
  ] as const) {
    it(`sends nothing to anybody when one of the departments is ${code} (${name})`, async () => {
      const draft: Draft = { ...it2, departments: [...it2.departments!, ...departments] };
      drafts.update(draft);
      const outcome = await send(draft);
      assert.ok(outcome.kind === 'notSent', outcome.kind);
      assert.deepEqual([outcome.error.code, outcome.error.description], [code, name]);
      await assertNothingSent(draft);
    });
  }

  for (const method of ['department.get', 'batch']) {
    it(`can be cancelled while ${method} is answered`, async () => {
      drafts.update(it2);
      const abort = new AbortController();
      sandbox.addFaults({ action: 'slow', delayMs: 30_000, method });
      const outcome = send(it2, { signal: abort.signal });
      while (requests(method) === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      abort.abort();
      assert.equal((await outcome).kind, 'cancelled');
      await assertNothingSent(it2);
    });

    it(`is not sent, rather than unknown, when ${method} gets no answer`, async () => {
      drafts.update(it2);
      sandbox.addFaults({ action: 'cut', when: 'after', method });
      const outcome = await send(it2);
      assert.equal(outcome.kind, 'notSent');
      assert.deepEqual([phones(), asked, recorded, drafts.current], [[], [], [], it2]);
      assert.equal((await send(it2, { again: true })).kind, 'accepted');
      assert.deepEqual(phones(), [1, 2, 5, 10, 11]);
      assert.deepEqual(await outbox.waiting(), []);
    });
  }

  it('waits for the network before anybody could be asked who is in it, and asks when it is sent', async () => {
    const onlyIt: Draft = { ...it2, recipients: [] };
    sandbox.addFaults({ action: 'cut', when: 'after', method: 'department.get', times: 2 });
    assert.equal((await send(onlyIt)).kind, 'notSent');
    assert.equal((await send(onlyIt, { again: true })).kind, 'notSent');
    const [waits, ...more] = await outbox.waiting();
    assert.deepEqual(more, [], 'one, however often it was tried');
    assert.deepEqual([waits?.unresolved, waits?.counts.notSent], [true, 0]);
    assert.equal(await outbox.hasUnsent(), true);
    const offered: string[] = [];
    const waiting = new WaitingPushes({
      outbox,
      reaches: () => Promise.resolve(true),
      offer: (records) => offered.push(...records.map(({ id }) => id)),
      isFocused: () => false,
      clock: { now: () => Date.now() },
      log: silentLog,
    });
    await waiting.focused();
    waiting.dispose();
    assert.deepEqual(offered, [waits!.id]);
    await staffBecomes(({ people }) => {
      people.find(({ id }) => id === 12)!.departments = [3];
    });
    const road = (again: Draft, options: Partial<SendOptions>) => send(again, options);
    const outcome = await sendWaiting({ outbox, drafts, send: road }, waits!.id);
    assert.equal(outcome?.kind, 'accepted');
    assert.deepEqual(phones(), [2, 5, 10, 11, 12]);
    assert.deepEqual(await outbox.waiting(), []);
  });

  it('waits as a whole when its window ended before anybody could be asked', async () => {
    await openOutbox(folder, { pid: 7 }).outbox.prepare({ draft: it2, host: account.host });
    const [left] = await outbox.recover();
    assert.deepEqual([left?.state, left?.error?.phase], ['notSent', 'notSent']);
    assert.deepEqual(restOfRecord(left!), left!.draft);
    assert.equal(left!.draft.departments?.length, 1);
  });

  it('is one push however often it is clicked meanwhile', async () => {
    const one = road();
    sandbox.addFaults({ action: 'slow', delayMs: 50, method: 'department.get' });
    const outcomes = await Promise.all([1, 2, 3].map(() => one.send(it2, { origin: 'form' })));
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['accepted', 'accepted', 'accepted'],
    );
    assert.deepEqual(phones(), [1, 2, 5, 10, 11]);
    assert.equal(asked.length, 1);
  });

  it('is not repeated without a word when nobody knows its fate, even after people moved', async () => {
    drafts.update(it2);
    sandbox.addFaults({ action: 'cut', when: 'after', method: push });
    const outcome = await send(it2);
    assert.equal(outcome.kind, 'unknown');
    assert.deepEqual(leftOf(it2, outcome), { rest: undefined, unknown: it2 });
    assert.deepEqual(drafts.current.departments, it2.departments);
    await staffBecomes(({ people }) => {
      people.find(({ id }) => id === 12)!.departments = [3];
    });
    assert.equal((await send(it2, { again: true })).kind, 'unknown');
    assert.deepEqual([phones(), requests('department.get')], [[], 0]);
    // The same people without the department would get it twice, too.
    const people = [1, 2, 5, 10, 11].map((id) => ({ id }));
    const same = { ...it2, recipients: people, departments: undefined };
    assert.equal((await send(same)).kind, 'unknown');
    assert.equal((await send(it2, { again: true, sendAnyway: true })).kind, 'accepted');
    assert.deepEqual(phones(), [1, 2, 5, 10, 11, 12]);
    assert.deepEqual([await outbox.waiting(), drafts.current.text], [[], '']);
  });

  it('is known as the one that was sent by a window that was killed while it was on the wire', async () => {
    const { outcome, draft } = await killedAt(1, it2);
    assert.deepEqual([outcome.kind, draft.departments], ['unknown', it2.departments]);
    assert.deepEqual(drafts.current.departments, it2.departments);
    const [record] = await outbox.waiting();
    assert.deepEqual(
      unknownOfRecord(record!)?.recipients.map(({ id }) => id),
      [5, 1, 2, 10, 11],
    );
    assert.equal((await outbox.unknownLike(it2))?.id, record?.id);
    assert.equal((await send(drafts.current)).kind, 'unknown');
    assert.deepEqual(phones(), [1, 2, 5, 10, 11]);
    // Sent anyway to exactly those, whoever joined since: the draft goes too.
    await staffBecomes(({ people }) => {
      people.find(({ id }) => id === 12)!.departments = [3];
    });
    const anyway = await sendWaiting(
      { outbox, drafts, send: (again, options) => send(again, options) },
      record!.id,
    );
    assert.equal(anyway?.kind, 'accepted');
    assert.deepEqual(phones(), [1, 2, 5, 10, 11]);
    assert.deepEqual([await outbox.waiting(), drafts.current.text], [[], '']);
  });

  it('asks when it goes to the same department within minutes, whoever joined it', async () => {
    await send(it2);
    await staffBecomes(({ people }) => {
      people.find(({ id }) => id === 12)!.departments = [3];
    });
    assert.deepEqual(
      (await outbox.twins(it2)).map(({ state }) => state),
      ['sent'],
    );
  });

  it('leaves a draft of people only of a push that went to some', async () => {
    drafts.update(toCrowd);
    sandbox.addFaults({ action: 'cut', when: 'after', method: 'batch', call: 4 });
    const outcome = await send(toCrowd);
    assert.ok(outcome.kind === 'partly', outcome.kind);
    const { accepted, unknown, notSent } = outcome;
    assert.ok(accepted.length >= 50 && notSent.length >= 21);
    assert.deepEqual([unknown.length, accepted.length + notSent.length], [50, 171]);
    // Whoever only has the draft as it was written knows who is left, and by name.
    const left = followUps(toCrowd, outcome);
    assert.deepEqual([left.rest!.departments, left.unknown?.departments], [undefined, undefined]);
    assert.deepEqual(
      left.rest!.recipients.map(({ id }) => id),
      notSent,
    );
    assert.equal(left.rest!.recipients.at(-1)?.name, 'N1220 Crowd');
    assert.deepEqual(drafts.current, left.rest);
    assert.deepEqual(recorded, [[1]]);
    assert.equal((await send(left.rest!, { again: true })).kind, 'accepted');
    assert.deepEqual(phones(), sorted([...accepted, ...unknown, ...notSent]));
    assert.equal((await send(left.unknown!, { again: true })).kind, 'unknown');
    assert.equal(phones().length, 221);
  });

  it('is the rest after a crash, whoever joined the department since', async () => {
    const { outcome } = await killedAt(2, toCrowd);
    assert.ok(outcome.kind === 'partly');
    assert.deepEqual(
      drafts.current.recipients.map(({ id }) => id),
      outcome.notSent,
    );
    const [record] = await outbox.waiting();
    assert.deepEqual(
      [drafts.current.departments, drafts.kept.length, record?.counts.unknown, record?.restGone],
      [undefined, 0, 50, true],
    );
  });
});

import assert from 'node:assert/strict';
import path from 'node:path';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { systemClock } from '../../../src/common/clock';
import { silentLog } from '../../support/silentLog';
import { storageFolder } from '../../../src/common/storageFolder';
import type { PushToConfirm } from '../../../src/push/confirmSend';
import { copyOf, edited } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { createPersonFacts } from '../../../src/push/personFacts';
import { actionsOf, peopleWith, restDraft, summaryOf, unknownDraft } from '../../../src/push/push';
import type { DeliveryStatus, Push } from '../../../src/push/push';
import type { ActResult, SendOptions, SendResult } from '../../../src/push/pushService';
import { createResolveAudience } from '../../../src/push/resolveAudience';
import { WaitingPushes } from '../../../src/push/waitingPushes';
import { startSandbox } from '../../../src/sandbox';
import type { Sandbox } from '../../../src/sandbox';
import { twelvePeople } from '../../../src/sandbox/staff';
import type { Staff } from '../../../src/sandbox/staff';
import {
  aDraft,
  anAccount,
  openService,
  rememberingFolder,
  rememberDrafts,
  restoreFolder,
} from '../../support/builders';
import type { OpenService } from '../../support/builders';
import { sandboxClient } from '../../support/sandboxClient';
import { temporaryFolder } from '../../support/temporaryFolder';

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

/** The state of the push, or else the kind of the result. */
const wordOf = (result: ActResult): string =>
  result.kind === 'push' ? summaryOf(result.push).state : result.kind;
function pushOf(result: ActResult): Push {
  assert.ok(result.kind === 'push', result.kind);
  return result.push;
}
const idsWith = (sent: Push, ...statuses: DeliveryStatus[]) =>
  peopleWith(sent, ...statuses).map(({ id }) => id);

const idsOf = ({ recipients }: Draft) => recipients.map(({ id }) => id);

describe('a push to departments, against the sandbox', () => {
  const folder = temporaryFolder();
  let sandbox: Sandbox;
  let staff: () => Staff;
  let client: PortalClient;
  let window: OpenService;
  /** The pushes after each line that was added to one. */
  let written: Map<string, string>[];
  let asked: PushToConfirm[];
  let recorded: number[][];
  let it2: Draft;
  let toCrowd: Draft;

  before(async () => {
    staff = company;
    sandbox = await startSandbox({ staff: () => staff() });
  });
  after(() => sandbox.close());

  beforeEach(async () => {
    staff = company;
    await portalStarts();
    [written, asked, recorded] = [[], [], []];
    it2 = aDraft({
      recipients: [{ id: 5 }, { id: 1 }],
      departments: [{ id: 2, name: 'IT', reach: 'tree' }],
      text: 'Deploy at 18:00',
    });
    toCrowd = copyOf(it2, {
      recipients: [{ id: 1, name: 'Anna' }],
      departments: [{ id: crowd, reach: 'direct' }],
      text: 'Hi {name}!',
    });
    window = await open();
  });
  afterEach(() => window.close());

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

  const pushes = () => storageFolder(path.join(folder(), 'pushes'));

  async function open(pid = 1): Promise<OpenService> {
    const account = anAccount();
    const accounts = {
      current: () => Promise.resolve(account),
      get: () => Promise.resolve(account),
      client: () => Promise.resolve(client),
    };
    const facts = createPersonFacts({
      ...{ accounts, log: silentLog, known: () => undefined },
      departments: () => Promise.resolve({ get: () => undefined }),
    });
    return await openService(folder(), {
      ...{ pid, accounts, stores: { folder: rememberingFolder(pushes(), written) } },
      resolveAudience: createResolveAudience({ accounts, facts }),
      confirm: (question) => {
        asked.push(question);
        return Promise.resolve(true);
      },
      recents: {
        record: (_, people) => Promise.resolve(void recorded.push(people.map(({ id }) => id))),
      },
    });
  }

  /** Puts the draft where the window writes. */
  function write(draft: Draft): void {
    window.drafts.open(draft);
  }

  /** Sends it; then the disk is as it was when the window was killed with the nth request on the wire. */
  async function killedAt(nth: number, draft: Draft): Promise<Push> {
    write(draft);
    await window.drafts.flush();
    const restoreDrafts = await rememberDrafts(folder());
    assert.equal(wordOf(await send(draft)), 'accepted');
    const onWire = written.find(
      (files) => [...files.values()].join().split('"t":"sending"').length === nth + 1,
    );
    assert.ok(onWire, 'that request was never recorded');
    await window.close();
    await restoreFolder(pushes(), onWire);
    await restoreDrafts();
    window = await open(2);
    const [told, ...more] = await window.service.recover();
    assert.deepEqual(more, []);
    return told!;
  }

  const send = (draft: Draft, options: Partial<SendOptions> = {}): Promise<SendResult> =>
    window.service.send(draft, { origin: 'form', ...options });

  /** Everybody who got something, each as often as that. */
  const phones = () =>
    sorted(sandbox.snapshot().pushes.flatMap(({ recipients }) => [...recipients]));
  const requests = (method: string) =>
    sandbox.snapshot().requests.filter((request) => request.method === method).length;

  /** Nothing was sent, nobody was asked, and the draft is as it was. */
  async function assertNothingSent(draft: Draft): Promise<void> {
    assert.deepEqual(phones(), []);
    assert.deepEqual([asked, await window.store.open(), recorded], [[], [], []]);
    assert.deepEqual(window.drafts.current, draft);
  }

  it('goes to the whole tree and to those chosen besides, each once', async () => {
    write(it2);
    const sent = pushOf(await send(it2));
    assert.deepEqual([summaryOf(sent).state, summaryOf(sent).people], ['accepted', 5]);
    assert.deepEqual(phones(), [1, 2, 5, 10, 11]);
    assert.equal(requests(push), 1);
    assert.deepEqual(asked[0]!.audience.departments, [
      { department: { id: 2, name: 'IT', reach: 'tree' }, people: 4 },
    ]);
    assert.deepEqual(
      asked[0]!.audience.people.map(({ name }) => name),
      [undefined, undefined, 'Иван Сидоров', 'Олеся Фёдорова', "Liam O'Brien"],
    );
    assert.equal(asked[0]!.plan.summary.people, 5);
    assert.deepEqual([window.drafts.current.text, window.drafts.current.departments], ['', []]);
    assert.deepEqual(await window.store.open(), []);
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
    write(it2);
    await staffBecomes(({ people }) => {
      people.find(({ id }) => id === 10)!.departments = [4];
      people.find(({ id }) => id === 12)!.departments = [3];
      people.find(({ id }) => id === 2)!.active = false;
    });
    await send(it2);
    assert.deepEqual(phones(), [1, 5, 11, 12]);
    assert.deepEqual(window.drafts.current.departments, []);
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
      write(it2);
      const outcome = await send(it2);
      assert.ok(outcome.kind === 'failed', outcome.kind);
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
      const draft = copyOf(it2, { departments: [...it2.departments, ...departments] });
      write(draft);
      const outcome = await send(draft);
      assert.ok(outcome.kind === 'failed', outcome.kind);
      assert.deepEqual([outcome.error.code, outcome.error.description], [code, name]);
      await assertNothingSent(draft);
    });
  }

  for (const method of ['department.get', 'batch']) {
    it(`can be cancelled while ${method} is answered`, async () => {
      write(it2);
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
      write(it2);
      sandbox.addFaults({ action: 'cut', when: 'after', method });
      const outcome = await send(it2);
      assert.equal(wordOf(outcome), 'notSent');
      assert.deepEqual(actionsOf(pushOf(outcome)), ['retry', 'discard']);
      assert.deepEqual([phones(), asked, recorded, window.drafts.current], [[], [], [], it2]);
      assert.equal(wordOf(await send(it2, { again: true })), 'accepted');
      assert.deepEqual(phones(), [1, 2, 5, 10, 11]);
      assert.deepEqual(await window.store.open(), []);
    });
  }

  it('waits for the network before anybody could be asked who is in it, and asks when it is sent', async () => {
    const onlyIt = copyOf(it2, { recipients: [] });
    sandbox.addFaults({ action: 'cut', when: 'after', method: 'department.get', times: 2 });
    assert.equal(wordOf(await send(onlyIt)), 'notSent');
    assert.equal(wordOf(await send(onlyIt, { again: true })), 'notSent');
    const [waits, ...more] = await window.store.open();
    assert.deepEqual(more, [], 'one, however often it was tried');
    assert.deepEqual([waits?.isResolved, waits?.people], [false, []]);
    assert.equal(await window.store.hasUnsent(), true);
    const offered: string[] = [];
    const waiting = new WaitingPushes({
      store: window.store,
      isReachable: () => Promise.resolve(true),
      offer: (found) => offered.push(...found.map(({ id }) => id)),
      isFocused: () => false,
      elapsed: () => 0,
      log: silentLog,
    });
    await waiting.focused();
    waiting.dispose();
    assert.deepEqual(offered, [waits!.id]);
    await staffBecomes(({ people }) => {
      people.find(({ id }) => id === 12)!.departments = [3];
    });
    assert.equal(wordOf(await window.service.act(waits!.id, 'retry')), 'accepted');
    assert.deepEqual(phones(), [2, 5, 10, 11, 12]);
    assert.deepEqual(await window.store.open(), []);
  });

  it('waits as a whole when its window ended before anybody could be asked', async () => {
    const other = await openService(folder(), { pid: 7 });
    await other.store.create({
      ...{ draft: it2, people: undefined, host: 'acme.example' },
      ...{ origin: 'form', replaces: [] },
    });
    const [left] = await window.service.recover();
    assert.deepEqual([summaryOf(left!).state, left?.error?.phase], ['notSent', 'notSent']);
    assert.deepEqual(restDraft(left!), it2);
    await other.close();
  });

  it('is one push however often it is clicked meanwhile', async () => {
    sandbox.addFaults({ action: 'slow', delayMs: 50, method: 'department.get' });
    const outcomes = await Promise.all([1, 2, 3].map(() => send(it2)));
    assert.deepEqual(outcomes.map(wordOf), ['accepted', 'accepted', 'accepted']);
    assert.deepEqual(phones(), [1, 2, 5, 10, 11]);
    assert.equal(asked.length, 1);
  });

  it('is not repeated without a word when nobody knows its fate, even after people moved', async () => {
    write(it2);
    sandbox.addFaults({ action: 'cut', when: 'after', method: push });
    const doubtful = pushOf(await send(it2));
    assert.equal(summaryOf(doubtful).state, 'unknown');
    assert.equal(restDraft(doubtful), undefined);
    assert.deepEqual(idsOf(unknownDraft(doubtful)!), [5, 1, 2, 10, 11]);
    assert.deepEqual(window.drafts.current.departments, it2.departments);
    await staffBecomes(({ people }) => {
      people.find(({ id }) => id === 12)!.departments = [3];
    });
    assert.equal((await send(it2, { again: true })).kind, 'stillUnknown');
    assert.deepEqual([phones(), requests('department.get')], [[], 0]);
    // The same people without the department would get it twice, too.
    const people = [1, 2, 5, 10, 11].map((id) => ({ id }));
    const same = await send(copyOf(it2, { recipients: people, departments: [] }));
    assert.equal(same.kind, 'stillUnknown');
    assert.equal(wordOf(await window.service.act(doubtful.id, 'sendAnyway')), 'accepted');
    assert.deepEqual(phones(), [1, 2, 5, 10, 11], 'to exactly those, whoever joined since');
    assert.deepEqual([await window.store.open(), window.drafts.current.text], [[], '']);
  });

  it('is found by its people when the department is chosen besides', async () => {
    const people = [1, 2, 5, 10, 11].map((id) => ({ id }));
    sandbox.addFaults({ action: 'cut', when: 'after', method: push });
    assert.equal(
      wordOf(await send(copyOf(it2, { recipients: people, departments: [] }))),
      'unknown',
    );
    assert.equal((await send(it2)).kind, 'stillUnknown');
    assert.deepEqual([requests(push), asked.length], [1, 1]);
  });

  it('is known as the one that was sent by a window that was killed while it was on the wire', async () => {
    const told = await killedAt(1, it2);
    assert.deepEqual([summaryOf(told).state, told.draft.departments], ['unknown', it2.departments]);
    assert.deepEqual(window.drafts.current.departments, it2.departments);
    assert.deepEqual(idsOf(unknownDraft(told)!), [5, 1, 2, 10, 11]);
    const repeated = await send(window.drafts.current);
    assert.equal(repeated.kind === 'stillUnknown' && repeated.push.id, told.id);
    assert.deepEqual(phones(), [1, 2, 5, 10, 11]);
    // Sent anyway to exactly those, whoever joined since: the draft goes too.
    await staffBecomes(({ people }) => {
      people.find(({ id }) => id === 12)!.departments = [3];
    });
    assert.equal(wordOf(await window.service.act(told.id, 'sendAnyway')), 'accepted');
    assert.deepEqual(phones(), [1, 2, 5, 10, 11]);
    assert.deepEqual([await window.store.open(), window.drafts.current.text], [[], '']);
  });

  it('asks when it goes to the same department within minutes, whoever joined it', async () => {
    await send(it2);
    await staffBecomes(({ people }) => {
      people.find(({ id }) => id === 12)!.departments = [3];
    });
    const earlier: string[] = [];
    const service = window.with({
      confirmDuplicate: (_, found) => {
        earlier.push(...found.map(({ state }) => state));
        return Promise.resolve(false);
      },
    });
    assert.equal((await service.send(copyOf(it2), { origin: 'form' })).kind, 'cancelled');
    assert.deepEqual([earlier, phones()], [['sent'], []]);
  });

  it('leaves a draft of people only of a push that went to some', async () => {
    write(toCrowd);
    sandbox.addFaults({ action: 'cut', when: 'after', method: 'batch', call: 4 });
    const sent = pushOf(await send(toCrowd));
    assert.equal(summaryOf(sent).state, 'partly');
    const accepted = idsWith(sent, 'accepted');
    const unknown = idsWith(sent, 'unknown');
    const notSent = idsWith(sent, 'notSent');
    assert.ok(accepted.length >= 50 && notSent.length >= 21);
    assert.deepEqual([unknown.length, accepted.length + notSent.length], [50, 171]);
    const [rest, inDoubt] = [restDraft(sent)!, unknownDraft(sent)!];
    assert.deepEqual([rest.departments, inDoubt.departments], [[], []]);
    assert.deepEqual(idsOf(rest), notSent);
    assert.equal(rest.recipients.at(-1)?.name, 'N1220 Crowd');
    assert.deepEqual(window.drafts.current, rest);
    assert.deepEqual(recorded, [[1]]);
    assert.equal(wordOf(await send(rest, { again: true })), 'accepted');
    assert.deepEqual(phones(), sorted([...accepted, ...unknown, ...notSent]));
    assert.equal((await send(inDoubt, { again: true })).kind, 'stillUnknown');
    assert.equal(phones().length, 221);
    assert.equal(asked.length, 1);
  });

  it('is the rest after a crash, whoever joined the department since', async () => {
    const told = await killedAt(2, toCrowd);
    assert.equal(summaryOf(told).state, 'partly');
    assert.deepEqual(idsOf(window.drafts.current), idsWith(told, 'notSent'));
    const [waits] = await window.store.open();
    assert.deepEqual([window.drafts.current.departments, window.drafts.kept], [[], []]);
    assert.deepEqual([summaryOf(waits!).counts.unknown, waits?.isRestMoved], [50, true]);
  });

  describe('asked for its people alone', () => {
    const resolve = (draft: Draft, onWait?: SendOptions['onWait']) => {
      const account = anAccount();
      const accounts = { client: () => Promise.resolve(client) };
      return createResolveAudience({
        accounts,
        facts: (_, people, facts) =>
          Promise.resolve(people.map(({ id }) => ({ id, firstName: facts.join('+') }))),
      })(account, draft, { onWait });
    };

    it('asks nobody about people who were chosen one by one, and their literal text', async () => {
      const before = sandbox.snapshot().requests.length;
      const audience = await resolve(edited(it2, { departments: [], mode: 'literal' }));
      assert.deepEqual(audience, {
        ...{ people: it2.recipients, facts: undefined, departments: [] },
      });
      assert.equal(sandbox.snapshot().requests.length, before);
    });

    it('tells what the text says about each person, in the order of the people', async () => {
      const { people, facts } = await resolve(edited(it2, { text: '{name} {position}' }));
      assert.deepEqual(
        people.map(({ id }) => id),
        facts?.map(({ id }) => id),
      );
      assert.equal(facts?.find(({ id }) => id === 1)?.firstName, 'name+position');
      assert.equal(facts.find(({ id }) => id === 11)?.firstName, 'Liam');
    });

    it('says how a department is called now', async () => {
      const renamed = [{ id: 2, name: 'As it was', reach: 'tree' as const }];
      const { departments } = await resolve(edited(it2, { departments: renamed }));
      assert.deepEqual(departments, [
        { department: { id: 2, name: 'IT', reach: 'tree' }, people: 4 },
      ]);
    });

    it('ends every wait, also when it fails, and whatever fails was not sent', async () => {
      const waits: unknown[] = [];
      sandbox.addFaults({ action: 'cut', when: 'after', method: 'department.get' });
      await assert.rejects(
        resolve(it2, (wait) => waits.push(wait)),
        { phase: 'notSent' },
      );
      assert.deepEqual(waits.at(-1), undefined);
      assert.ok(waits.length > 0);
    });
  });
});

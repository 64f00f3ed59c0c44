import { FakeClock } from '../bitrix24/support';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Account } from '../../../src/accounts/account';
import { authorizeUrl, exchangeCode } from '../../../src/bitrix24/oauth';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';
import { parseCallback } from '../../../src/bitrix24/callback';
import { testClient, testLimiter } from '../../support/testClient';
import type { Person } from '../../../src/bitrix24/person';
import type { Tokens } from '../../../src/bitrix24/oauth';
import { systemClock } from '../../../src/common/clock';
import { silentLog } from '../../../src/common/log';
import { emptyDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';
import { followUps } from '../../../src/push/followUp';
import { LeftOvers } from '../../../src/push/leftOvers';
import type { Outbox } from '../../../src/push/outbox/outbox';
import type { StorageFolder } from '../../../src/common/storageFolder';
import type { Outcome, PartlyOutcome, SendProgress } from '../../../src/push/outcome';
import { PushRoad } from '../../../src/push/pushRoad';
import type { SendOptions } from '../../../src/push/pushRoad';
import type { PlanSummary } from '../../../src/push/plan';
import { createResolvePeople } from '../../../src/push/resolvePeople';
import { startSandbox } from '../../../src/sandbox';
import type { Sandbox } from '../../../src/sandbox';
import { twelvePeople } from '../../../src/sandbox/staff';
import { openOutbox, unasked } from '../../support/outboxes';

/** Five requests: one alone, and then two at a time. */
const crowd = 230;
const last = 1000 + crowd;
const push = 'pull.application.push.add';
const transport = nodeFetchTransport({ userAgent: 'test/1', answerTimeoutMs: 5_000 });
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const personOf = (id: number): Person => ({
  id,
  firstName: `N${id}`,
  lastName: 'Crowd',
  name: `N${id} Crowd`,
  active: true,
  departments: [],
});
const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);

describe('a push to many, against the sandbox', () => {
  let sandbox: Sandbox;
  let tokens: Tokens;
  let account: Account;
  let folder: string;
  let drafts: DraftStore;
  let outbox: Outbox;
  /** The outbox after each line that was added to it. */
  let written: Map<string, string>[];
  /** Whether the crowd is in a directory, so that nobody must be asked about. */
  let directory: boolean;
  let said: PlanSummary[];
  let progress: SendProgress[];
  /** Ids are 1001 to 1230, in an order of names that is the same. */
  let draft: Draft;

  before(async () => {
    sandbox = await startSandbox({
      staff: () => {
        const { people, departments } = twelvePeople();
        const [model] = people;
        range(1001, last).forEach((id) => {
          people.push({ ...model!, id, firstName: `N${id}`, lastName: 'Crowd', admin: false });
        });
        return { people, departments };
      },
    });
  });
  after(() => sandbox.close());

  beforeEach(async () => {
    await sandbox.reset();
    tokens = await signIn();
    account = {
      id: `${tokens.memberId}:1`,
      portal: sandbox.info.portal,
      host: new URL(sandbox.info.portal).host,
      userId: 1,
      userName: 'Anna',
      administrator: true,
      clientId: sandbox.info.clientId,
      integrationId: undefined,
      senderName: undefined,
    };
    folder = await mkdtemp(path.join(tmpdir(), 'many-'));
    written = [];
    drafts = openDrafts();
    outbox = openOutbox(folder, { folder: writtenFolder() }).outbox;
    directory = true;
    said = [];
    progress = [];
    draft = {
      ...emptyDraft,
      accountId: account.id,
      recipients: range(1001, last).map((id) => ({ id, name: `N${id} Crowd` })),
      text: 'Hi {name}!',
    };
  });

  afterEach(async () => {
    await drafts.flush();
    drafts.dispose();
    outbox.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  async function signIn(): Promise<Tokens> {
    const { clientId, clientSecret, portal, authServer } = sandbox.info;
    const url = authorizeUrl(portal, clientId, 'state');
    url.searchParams.set('sandbox_user', '1');
    const response = await fetch(url, { redirect: 'manual' });
    const code = parseCallback(response.headers.get('location') ?? '')?.code ?? '';
    return exchangeCode(transport, {
      authServer: new URL(authServer).host,
      credentials: { clientId, clientSecret },
      code,
      now: Date.now(),
    });
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
        const names = await disk.list();
        written.push(
          new Map(
            await Promise.all(names.map(async (n) => [n, (await disk.read(n)) ?? ''] as const)),
          ),
        );
        return there;
      },
    };
  }

  function send(what: Draft, options: Partial<SendOptions> = {}): Promise<Outcome> {
    const client = testClient({
      transport,
      tokens: {
        tokens: () => Promise.resolve(tokens),
        refreshed: () => Promise.resolve(tokens),
        moved: () => Promise.resolve(undefined),
      },
      clock: systemClock,
      // Nobody waits for the operating time.
      limiter: testLimiter({ clock: Object.assign(new FakeClock(), { time: Date.now() }) }),
    });
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
      confirm: ({ plan }) => {
        said.push(plan!.summary);
        return Promise.resolve(true);
      },
      resolve: createResolvePeople({
        accounts,
        log: silentLog,
        known: (_, id) => (directory && id > 1000 && id <= last ? personOf(id) : undefined),
      }),
      recents: { record: () => Promise.resolve() },
      clock: { now: () => Date.now() },
      log: silentLog,
    }).send(what, {
      origin: 'form',
      onProgress: (next) => progress.push(next),
      ...options,
    });
  }

  function partly(outcome: Outcome): PartlyOutcome {
    assert.equal(outcome.kind, 'partly');
    return outcome;
  }

  const requests = (method: string) =>
    sandbox.snapshot().requests.filter((request) => request.method === method).length;
  /** What the phones show, by person. */
  function phones(): Map<number, string[]> {
    const shown = new Map<number, string[]>();
    for (const { text, recipients } of sandbox.snapshot().pushes) {
      recipients.forEach((id) => shown.set(id, [...(shown.get(id) ?? []), text]));
    }
    return shown;
  }
  /** Everybody in `ids` has exactly the own greeting, and nobody else anything. */
  function assertGreeted(ids: readonly number[]): void {
    const shown = phones();
    assert.deepEqual(sorted([...shown.keys()]), sorted(ids));
    for (const id of ids) {
      assert.deepEqual(shown.get(id), [`Hi N${id}!`]);
    }
  }
  /** Each of the crowd met exactly one fate. */
  function assertEverybody({ accepted, refused, unknown, notSent }: PartlyOutcome): void {
    const ids = [...accepted, ...refused.map(({ id }) => id), ...unknown, ...notSent];
    assert.deepEqual(sorted(ids), range(1001, last));
  }
  /** In how many fates what waits is. */
  const waiting = async () => (await outbox.waiting()).map(({ state }) => state);

  it('greets each by name, fifty in a request, and says the plan before', async () => {
    drafts.update(draft);
    const outcome = await send(draft);
    assert.equal(outcome.kind === 'accepted' && outcome.count, crowd);
    assert.deepEqual(said, [{ people: crowd, texts: crowd, requests: 5, blanks: 0 }]);
    assert.deepEqual([requests('batch'), requests(push)], [5, 0]);
    assertGreeted(range(1001, last));
    assert.equal(progress.length, 5);
    for (const { accepted, left, total } of progress) {
      assert.deepEqual([accepted + left, total], [crowd, crowd]);
    }
    assert.deepEqual([progress[0]?.accepted, progress.at(-1)?.left], [50, 0]);
    assert.deepEqual([drafts.current.text, await waiting()], ['', []]);
  });

  it('asks the portal about those whom no directory knows; what stays unknown is said', async () => {
    directory = false;
    const stranger = { id: 99_999 };
    const recipients = [...draft.recipients, stranger];
    assert.equal((await send({ ...draft, recipients })).kind, 'accepted');
    assert.deepEqual(said, [{ people: 231, texts: 231, requests: 5, blanks: 1 }]);
    assert.equal(phones().get(last)?.[0], `Hi N${last}!`);
    assert.equal(phones().get(99_999)?.[0], 'Hi !');
  });

  it('greets with the fallback where the application may not read who people are', async () => {
    directory = false;
    sandbox.patchState({ scopes: ['pull'] });
    tokens = await signIn();
    assert.equal((await send({ ...draft, text: 'Hi {name|colleague}' })).kind, 'accepted');
    assert.deepEqual(
      sandbox.snapshot().pushes.map(({ text }) => text),
      ['Hi colleague'],
    );
  });

  it('sends nothing when the portal does not say who they are', async () => {
    directory = false;
    sandbox.addFaults({ action: 'cut', when: 'after', method: 'batch' });
    const outcome = await send(draft);
    assert.equal(outcome.kind, 'notSent');
    assert.deepEqual([said, await waiting(), phones().size], [[], ['notSent'], 0]);
  });

  it('is one plain call for one text, and for texts that turn out equal', async () => {
    assert.equal((await send({ ...draft, text: 'All' })).kind, 'accepted');
    assert.equal((await send({ ...draft, text: 'Hi {position|you}' })).kind, 'accepted');
    assert.deepEqual([requests('batch'), requests(push)], [0, 2]);
    assert.equal(phones().size, crowd);
  });

  it('unites people with equal texts, more of them than PHP takes variables for', async () => {
    const nobody = range(50_000, 52_999).map((id) => ({ id }));
    const one = draft.recipients[0]!;
    const outcome = await send({
      ...draft,
      text: 'Hi {name|colleague}',
      recipients: [one, ...nobody],
    });
    assert.equal(outcome.kind === 'accepted' && outcome.count, 3_001);
    // Two to ask who they are, one to send.
    assert.equal(requests('batch'), 3);
    assert.deepEqual(
      sandbox
        .snapshot()
        .pushes.map(({ text, recipients }) => [text, recipients.length])
        .sort(),
      [
        ['Hi N1001', 1],
        ['Hi colleague', 3_000],
      ],
    );
  });

  it('sends a literal text as it is, braces and all', async () => {
    await send({ ...draft, mode: 'literal' });
    assert.deepEqual(
      sandbox.snapshot().pushes.map(({ text }) => text),
      ['Hi {name}!'],
    );
  });

  it('names those whose command was refused, goes on, and sends to them again on request', async () => {
    drafts.update(draft);
    const error = { action: 'status', status: 400, error: 'TEXT_ERROR' } as const;
    sandbox.addFaults({ ...error, method: push, call: 3 }, { ...error, method: push, call: 60 });
    const outcome = partly(await send(draft));
    // The second and the third request travel together: either may be there first.
    const without = range(1001, last).filter((id) => !phones().has(id));
    assert.equal(without[0], 1003);
    assert.deepEqual(
      outcome.refused,
      without.map((id) => ({ id, name: `N${id} Crowd`, code: 'TEXT_ERROR' })),
    );
    assert.equal(outcome.accepted.length, crowd - 2);
    assert.deepEqual([outcome.notSent, outcome.unknown], [[], []]);
    assert.equal(progress.at(-1)?.failed, 2);
    const { rest, unknown } = followUps(draft, outcome);
    assert.equal(unknown, undefined);
    assert.deepEqual(drafts.current, rest);
    assert.equal((await send(rest!, { again: true })).kind, 'accepted');
    assertGreeted(range(1001, last));
    assert.deepEqual([drafts.current.text, await waiting()], ['', []]);
  });

  it('sends again to those whom the operating time limit turned away, and to nobody twice', async () => {
    drafts.update(draft);
    const over = { action: 'status', status: 429, error: 'OPERATION_TIME_LIMIT' } as const;
    sandbox.addFaults({ ...over, method: push, call: 3 }, { ...over, method: push, call: 60 });
    assert.equal((await send(draft)).kind, 'accepted');
    assertGreeted(range(1001, last));
    assert.deepEqual([drafts.current.text, await waiting()], ['', []]);
  });

  it('takes those whom that limit keeps away for not sent, never for refused', async () => {
    drafts.update(draft);
    const over = { action: 'status', status: 429, error: 'OPERATION_TIME_LIMIT' } as const;
    sandbox.addFaults({ ...over, method: push, call: 21, times: 0 });
    const outcome = partly(await send(draft));
    assertEverybody(outcome);
    assert.deepEqual(outcome.accepted, range(1001, 1020));
    assert.deepEqual([outcome.refused, outcome.unknown], [[], []]);
    assert.deepEqual([outcome.error.code, requests('batch')], ['OPERATION_TIME_LIMIT', 2]);
    assert.ok((outcome.error.retryAt ?? 0) > Date.now());
    assertGreeted(outcome.accepted);
    await sandbox.clearFaults();
    const { rest } = followUps(draft, outcome);
    assert.equal((await send(rest!, { again: true })).kind, 'accepted');
    assertGreeted(range(1001, last));
  });

  it('reads an answer in which every command failed, and stops where going on is useless', async () => {
    sandbox.patchState({ appName: '' });
    drafts.update(draft);
    const outcome = await send(draft);
    assert.equal(outcome.kind === 'refused' && outcome.error.code, 'EMPTY_APP_NAME');
    assert.equal(requests('batch'), 1);
    assert.deepEqual([drafts.current, await waiting()], [draft, []]);
    sandbox.patchState({ appName: 'Bot' });
    assert.equal((await send(draft, { again: true })).kind, 'accepted');
    assertGreeted(range(1001, last));
  });

  it('takes what is no documented answer for one that may have been accepted', async () => {
    sandbox.addFaults({ action: 'resultFalse', method: push, call: 2 });
    const outcome = partly(await send(draft));
    assert.deepEqual([outcome.unknown, outcome.accepted.length], [[1002], 49]);
    assert.equal(outcome.notSent.length, crowd - 50);
  });

  for (const when of ['before', 'after'] as const) {
    it(`knows nothing of those on the wire when the connection breaks ${when} the portal acted`, async () => {
      drafts.update(draft);
      sandbox.addFaults({ action: 'cut', when, method: 'batch', call: 2 });
      const outcome = partly(await send(draft));
      assertEverybody(outcome);
      // Either of the two that travelled together was the portal's second.
      assert.ok([1051, 1101].includes(outcome.unknown[0]!), String(outcome.unknown[0]));
      assert.deepEqual(outcome.unknown, range(outcome.unknown[0]!, outcome.unknown[0]! + 49));
      assert.ok(outcome.notSent.length > 0);
      assert.equal(outcome.error.phase, 'noAnswer');
      assertGreeted(
        when === 'after' ? [...outcome.accepted, ...outcome.unknown] : outcome.accepted,
      );
      const { rest, unknown } = followUps(draft, outcome);
      assert.deepEqual(drafts.current, rest);
      const [record] = await outbox.waiting();
      assert.deepEqual([record?.counts.unknown, record?.restGone], [50, true]);
      assert.equal((await send(rest!, { again: true })).kind, 'accepted');
      assertGreeted(
        when === 'after' ? range(1001, last) : [...outcome.accepted, ...outcome.notSent],
      );
      const before = requests('batch');
      // Those in doubt only by the user's own word.
      assert.equal((await send(unknown!, { again: true })).kind, 'unknown');
      assert.equal(requests('batch'), before);
      assert.equal((await send(unknown!, { again: true, sendAnyway: true })).kind, 'accepted');
      assert.deepEqual(await waiting(), []);
    });
  }

  it('stops at Cancel after the requests that are on the wire, and the rest can be sent', async () => {
    drafts.update(draft);
    const abort = new AbortController();
    sandbox.addFaults({ action: 'slow', delayMs: 50, method: 'batch', call: 2 });
    const outcome = partly(
      await send(draft, {
        signal: abort.signal,
        onProgress: ({ accepted }) => {
          if (accepted === 50) {
            // While the second and the third wait for their answers.
            setImmediate(() => abort.abort());
          }
        },
      }),
    );
    assert.equal(outcome.error.kind, 'cancelled');
    assert.deepEqual(outcome.unknown, []);
    assert.ok(outcome.accepted.length >= 50 && outcome.accepted.length <= 150);
    assertGreeted(outcome.accepted);
    assert.deepEqual(sorted([...outcome.accepted, ...outcome.notSent]), range(1001, last));
    const { rest } = followUps(draft, outcome);
    assert.equal((await send(rest!, { again: true })).kind, 'accepted');
    assertGreeted(range(1001, last));
  });

  it('ends a pause at once when it is cancelled', async () => {
    const abort = new AbortController();
    sandbox.addFaults({
      ...{ action: 'status', status: 503, error: 'QUERY_LIMIT_EXCEEDED' },
      ...{ method: 'batch', call: 2, times: 0 },
    });
    const outcome = partly(
      await send(draft, { signal: abort.signal, onWait: (wait) => wait && abort.abort() }),
    );
    assertEverybody(outcome);
    assert.deepEqual(sorted(outcome.accepted), range(1001, 1050));
    assert.deepEqual(outcome.unknown, []);
    assert.equal(outcome.error.kind, 'cancelled');
    assertGreeted(range(1001, 1050));
  });

  for (const wire of [1, 2]) {
    it(`is told by the next window with ${wire} on the wire: who has it, who may have it and who has not`, async () => {
      drafts.update(draft);
      await drafts.flush();
      const asWritten = await storageFolder(folder).read('w.json');
      assert.equal((await send(draft)).kind, 'accepted');
      // What the disk held while those after the first were on the wire is all that the next window has.
      const onWire = written.find((files) => {
        const events = [...files.values()].join();
        const of = (kind: string) => events.split(`"t":"${kind}"`).length - 1;
        return of('sending') > 1 && of('sending') - of('answered') === wire;
      });
      assert.ok(onWire, 'they were never noted');
      await drafts.flush();
      drafts.dispose();
      await rm(path.join(folder, 'outbox'), { recursive: true });
      const disk = storageFolder(path.join(folder, 'outbox'));
      for (const [name, content] of onWire) {
        await disk.write(name, content);
      }
      await storageFolder(folder).write('w.json', asWritten!);
      const next = openDrafts(2);
      const left = openOutbox(folder, { pid: 2 }).outbox;
      const told: { outcome: Outcome; draft: Draft }[] = [];
      const ids: string[] = [];
      const leftOvers = new LeftOvers({
        outbox: left,
        drafts: next,
        sender: {
          tell: (outcome, draft) => {
            told.push({ outcome, draft });
            return Promise.resolve();
          },
        },
        waiting: { told: (records) => ids.push(...records.map(({ id }) => id)) },
        log: silentLog,
      });
      await leftOvers.tell();
      await leftOvers.tell();
      assert.deepEqual([told.length, ids.length], [1, 1]);
      const outcome = partly(told[0]!.outcome);
      assert.deepEqual(told[0]?.draft, draft);
      assert.equal(outcome.error.code, 'INTERRUPTED');
      assertEverybody(outcome);
      assert.deepEqual(outcome.accepted, range(1001, 1050));
      assert.deepEqual(sorted(outcome.unknown), range(1051, 1050 + 50 * wire));
      const { rest, unknown } = followUps(draft, outcome);
      assert.deepEqual(next.current, rest);
      assert.equal((await left.unknownLike(unknown!))?.id, ids[0]);
      const [record] = await left.waiting();
      assert.deepEqual([record?.id, record?.restGone], [ids[0], true]);
      leftOvers.dispose();
      left.dispose();
      await next.flush();
      next.dispose();
    });
  }
});

import assert from 'node:assert/strict';
import path from 'node:path';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';
import type { Person } from '../../../src/bitrix24/person';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { testLimiter } from '../../support/testClient';
import { FakeClock } from '../bitrix24/support';
import { systemClock } from '../../../src/common/clock';
import { silentLog } from '../../support/silentLog';
import { storageFolder } from '../../../src/common/storageFolder';
import { copyOf } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { createPersonFacts } from '../../../src/push/personFacts';
import type { PlanSummary } from '../../../src/push/plan';
import { peopleWith, restDraft, summaryOf, unknownDraft } from '../../../src/push/push';
import type { DeliveryStatus, Push } from '../../../src/push/push';
import type { ActResult, SendOptions, SendResult } from '../../../src/push/pushService';
import { createResolveAudience } from '../../../src/push/resolveAudience';
import type { SendProgress } from '../../../src/push/sendPlan';
import { startSandbox } from '../../../src/sandbox';
import type { Sandbox } from '../../../src/sandbox';
import { twelvePeople } from '../../../src/sandbox/staff';
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

/** The state of the push, or else the kind of the result. */
const wordOf = (result: ActResult): string =>
  result.kind === 'push' ? summaryOf(result.push).state : result.kind;
function pushOf(result: ActResult): Push {
  assert.ok(result.kind === 'push', result.kind);
  return result.push;
}
function partly(result: SendResult): Push {
  assert.equal(wordOf(result), 'partly');
  return pushOf(result);
}
const idsWith = (sent: Push, ...statuses: DeliveryStatus[]) =>
  peopleWith(sent, ...statuses).map(({ id }) => id);

describe('a push to many, against the sandbox', () => {
  const folder = temporaryFolder();
  let sandbox: Sandbox;
  let client: PortalClient;
  let window: OpenService;
  /** The pushes after each line that was added to one. */
  let written: Map<string, string>[];
  /** Whether the crowd is in a directory, so that nobody must be asked about. */
  let isInDirectory: boolean;
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
    // This limiter's clock stands still at today, so it never waits for operating time.
    const limiter = testLimiter({ clock: Object.assign(new FakeClock(), { time: Date.now() }) });
    client = await sandboxClient(sandbox, systemClock, { transport, limiter });
    [written, isInDirectory, said, progress] = [[], true, [], []];
    draft = aDraft({
      recipients: range(1001, last).map((id) => ({ id, name: `N${id} Crowd` })),
      text: 'Hi {name}!',
    });
    window = await open();
  });
  afterEach(() => window.close());

  const pushes = () => storageFolder(path.join(folder(), 'pushes'));

  async function open(pid = 1): Promise<OpenService> {
    const account = anAccount();
    const accounts = {
      current: () => Promise.resolve(account),
      get: () => Promise.resolve(account),
      client: () => Promise.resolve(client),
    };
    const facts = createPersonFacts({
      ...{ accounts, log: silentLog },
      known: (_, id) => (isInDirectory && id > 1000 && id <= last ? personOf(id) : undefined),
      departments: () => Promise.resolve({ get: () => undefined }),
    });
    return await openService(folder(), {
      ...{ pid, accounts, stores: { folder: rememberingFolder(pushes(), written) } },
      resolveAudience: createResolveAudience({ accounts, facts }),
      confirm: ({ plan }) => {
        said.push(plan.summary);
        return Promise.resolve(true);
      },
    });
  }

  /** Puts the draft where the window writes. */
  function write(draft: Draft): void {
    window.drafts.open(draft);
  }

  const send = (what: Draft, options: Partial<SendOptions> = {}): Promise<SendResult> =>
    window.service.send(what, {
      ...{ origin: 'form', onProgress: (next) => progress.push(next) },
      ...options,
    });

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
  /** Each of the crowd has exactly one final delivery status. */
  function assertEverybody(sent: Push): void {
    const ids = idsWith(sent, 'accepted', 'refused', 'unknown', 'notSent');
    assert.deepEqual(sorted(ids), range(1001, last));
  }
  const waiting = async () => (await window.store.open()).map((sent) => summaryOf(sent).state);

  it('greets each by name, fifty in a request, and says the plan before', async () => {
    write(draft);
    const sent = pushOf(await send(draft));
    assert.deepEqual([summaryOf(sent).state, summaryOf(sent).people], ['accepted', crowd]);
    assert.deepEqual(said, [{ people: crowd, texts: crowd, requests: 5, blanks: 0 }]);
    assert.deepEqual([requests('batch'), requests(push)], [5, 0]);
    assertGreeted(range(1001, last));
    assert.equal(progress.length, 5);
    for (const { accepted, left, total } of progress) {
      assert.deepEqual([accepted + left, total], [crowd, crowd]);
    }
    assert.deepEqual([progress[0]?.accepted, progress.at(-1)?.left], [50, 0]);
    assert.deepEqual([window.drafts.current.text, await waiting()], ['', []]);
  });

  it('asks the portal about those whom no directory knows; what stays unknown is said', async () => {
    isInDirectory = false;
    const stranger = { id: 99_999 };
    const recipients = [...draft.recipients, stranger];
    assert.equal(wordOf(await send(copyOf(draft, { recipients }))), 'accepted');
    assert.deepEqual(said, [{ people: 231, texts: 231, requests: 5, blanks: 1 }]);
    assert.equal(phones().get(last)?.[0], `Hi N${last}!`);
    assert.equal(phones().get(99_999)?.[0], 'Hi !');
  });

  it('greets with the fallback where the application may not read who people are', async () => {
    isInDirectory = false;
    sandbox.patchState({ scopes: ['pull'] });
    // This limiter's clock stands still at today, so it never waits for operating time.
    const limiter = testLimiter({ clock: Object.assign(new FakeClock(), { time: Date.now() }) });
    client = await sandboxClient(sandbox, systemClock, { transport, limiter });
    assert.equal(wordOf(await send(copyOf(draft, { text: 'Hi {name|colleague}' }))), 'accepted');
    assert.deepEqual(
      sandbox.snapshot().pushes.map(({ text }) => text),
      ['Hi colleague'],
    );
  });

  it('sends nothing when the portal does not say who they are', async () => {
    isInDirectory = false;
    sandbox.addFaults({ action: 'cut', when: 'after', method: 'batch' });
    assert.equal(wordOf(await send(draft)), 'notSent');
    assert.deepEqual([said, await waiting(), phones().size], [[], ['notSent'], 0]);
  });

  it('is one plain call for one text, and for texts that turn out equal', async () => {
    assert.equal(wordOf(await send(copyOf(draft, { text: 'All' }))), 'accepted');
    assert.equal(wordOf(await send(copyOf(draft, { text: 'Hi {position|you}' }))), 'accepted');
    assert.deepEqual([requests('batch'), requests(push)], [0, 2]);
    assert.equal(phones().size, crowd);
  });

  it('unites people with equal texts, more of them than PHP takes variables for', async () => {
    const nobody = range(50_000, 52_999).map((id) => ({ id }));
    const one = draft.recipients[0]!;
    const people = [one, ...nobody];
    const sent = pushOf(
      await send(copyOf(draft, { text: 'Hi {name|colleague}', recipients: people })),
    );
    assert.deepEqual([summaryOf(sent).state, summaryOf(sent).people], ['accepted', 3_001]);
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
    await send(copyOf(draft, { mode: 'literal' }));
    assert.deepEqual(
      sandbox.snapshot().pushes.map(({ text }) => text),
      ['Hi {name}!'],
    );
  });

  it('names those whose command was refused, goes on, and sends to them again on request', async () => {
    write(draft);
    const error = { action: 'status', status: 400, error: 'TEXT_ERROR' } as const;
    sandbox.addFaults({ ...error, method: push, call: 3 }, { ...error, method: push, call: 60 });
    const outcome = partly(await send(draft));
    // The second and the third request travel together: either may be there first.
    const without = range(1001, last).filter((id) => !phones().has(id));
    assert.equal(without[0], 1003);
    assert.deepEqual(
      peopleWith(outcome, 'refused'),
      without.map((id) => ({
        ...{ id, name: `N${id} Crowd`, status: 'refused', code: 'TEXT_ERROR' },
      })),
    );
    assert.equal(idsWith(outcome, 'accepted').length, crowd - 2);
    assert.deepEqual(idsWith(outcome, 'notSent', 'unknown'), []);
    assert.equal(progress.at(-1)?.failed, 2);
    const [rest, unknown] = [restDraft(outcome), unknownDraft(outcome)];
    assert.equal(unknown, undefined);
    assert.deepEqual(window.drafts.current, rest);
    assert.equal(wordOf(await send(rest!, { again: true })), 'accepted');
    assertGreeted(range(1001, last));
    assert.deepEqual([window.drafts.current.text, await waiting()], ['', []]);
  });

  it('sends again to those whom the operating time limit turned away, and to nobody twice', async () => {
    write(draft);
    const over = { action: 'status', status: 429, error: 'OPERATION_TIME_LIMIT' } as const;
    sandbox.addFaults({ ...over, method: push, call: 3 }, { ...over, method: push, call: 60 });
    assert.equal(wordOf(await send(draft)), 'accepted');
    assertGreeted(range(1001, last));
    assert.deepEqual([window.drafts.current.text, await waiting()], ['', []]);
  });

  it('takes those whom that limit keeps away for not sent, never for refused', async () => {
    write(draft);
    const over = { action: 'status', status: 429, error: 'OPERATION_TIME_LIMIT' } as const;
    sandbox.addFaults({ ...over, method: push, call: 21, times: 0 });
    const outcome = partly(await send(draft));
    assertEverybody(outcome);
    assert.deepEqual(idsWith(outcome, 'accepted'), range(1001, 1020));
    assert.deepEqual([idsWith(outcome, 'refused'), idsWith(outcome, 'unknown')], [[], []]);
    assert.deepEqual([outcome.error?.code, requests('batch')], ['OPERATION_TIME_LIMIT', 2]);
    assert.ok((outcome.error?.retryAt ?? 0) > Date.now());
    assertGreeted(idsWith(outcome, 'accepted'));
    await sandbox.clearFaults();
    const rest = restDraft(outcome);
    assert.equal(wordOf(await send(rest!, { again: true })), 'accepted');
    assertGreeted(range(1001, last));
  });

  it('reads an answer in which every command failed, and stops where going on is useless', async () => {
    sandbox.patchState({ appName: '' });
    write(draft);
    const outcome = pushOf(await send(draft));
    assert.deepEqual(
      [summaryOf(outcome).state, outcome.error?.code],
      ['refused', 'EMPTY_APP_NAME'],
    );
    assert.equal(requests('batch'), 1);
    assert.deepEqual([window.drafts.current, await waiting()], [draft, []]);
    sandbox.patchState({ appName: 'Bot' });
    assert.equal(wordOf(await send(draft, { again: true })), 'accepted');
    assertGreeted(range(1001, last));
  });

  it('takes what is no documented answer for one that may have been accepted', async () => {
    sandbox.addFaults({ action: 'resultFalse', method: push, call: 2 });
    const outcome = partly(await send(draft));
    assert.deepEqual(
      [idsWith(outcome, 'unknown'), idsWith(outcome, 'accepted').length],
      [[1002], 49],
    );
    assert.equal(idsWith(outcome, 'notSent').length, crowd - 50);
  });

  for (const when of ['before', 'after'] as const) {
    it(`knows nothing of those on the wire when the connection breaks ${when} the portal acted`, async () => {
      write(draft);
      sandbox.addFaults({ action: 'cut', when, method: 'batch', call: 2 });
      const outcome = partly(await send(draft));
      assertEverybody(outcome);
      // Either of the two that travelled together was the portal's second.
      assert.ok(
        [1051, 1101].includes(idsWith(outcome, 'unknown')[0]!),
        String(idsWith(outcome, 'unknown')[0]),
      );
      assert.deepEqual(
        idsWith(outcome, 'unknown'),
        range(idsWith(outcome, 'unknown')[0]!, idsWith(outcome, 'unknown')[0]! + 49),
      );
      assert.ok(idsWith(outcome, 'notSent').length > 0);
      assert.equal(outcome.error?.phase, 'noAnswer');
      assertGreeted(
        when === 'after'
          ? [...idsWith(outcome, 'accepted'), ...idsWith(outcome, 'unknown')]
          : idsWith(outcome, 'accepted'),
      );
      const [rest, unknown] = [restDraft(outcome), unknownDraft(outcome)];
      assert.deepEqual(window.drafts.current, rest);
      const [waits] = await window.store.open();
      assert.deepEqual([summaryOf(waits!).counts.unknown, waits?.isRestMoved], [50, true]);
      assert.equal(wordOf(await send(rest!, { again: true })), 'accepted');
      assertGreeted(
        when === 'after'
          ? range(1001, last)
          : [...idsWith(outcome, 'accepted'), ...idsWith(outcome, 'notSent')],
      );
      const before = requests('batch');
      // Those in doubt only by the user's own word.
      assert.equal(wordOf(await send(unknown!, { again: true })), 'stillUnknown');
      assert.equal(requests('batch'), before);
      assert.equal(wordOf(await window.service.act(outcome.id, 'sendAnyway')), 'accepted');
      assert.deepEqual(await waiting(), []);
    });
  }

  it('stops at Cancel after the requests that are on the wire, and the rest can be sent', async () => {
    write(draft);
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
    assert.equal(outcome.error?.kind, 'cancelled');
    assert.deepEqual(idsWith(outcome, 'unknown'), []);
    assert.ok(
      idsWith(outcome, 'accepted').length >= 50 && idsWith(outcome, 'accepted').length <= 150,
    );
    assertGreeted(idsWith(outcome, 'accepted'));
    assert.deepEqual(
      sorted([...idsWith(outcome, 'accepted'), ...idsWith(outcome, 'notSent')]),
      range(1001, last),
    );
    const rest = restDraft(outcome);
    assert.equal(wordOf(await send(rest!, { again: true })), 'accepted');
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
    assert.deepEqual(sorted(idsWith(outcome, 'accepted')), range(1001, 1050));
    assert.deepEqual(idsWith(outcome, 'unknown'), []);
    assert.equal(outcome.error?.kind, 'cancelled');
    assertGreeted(range(1001, 1050));
  });

  for (const wire of [1, 2]) {
    it(`is told by the next window with ${wire} on the wire: who has it, who may have it and who has not`, async () => {
      write(draft);
      await window.drafts.flush();
      const restoreDrafts = await rememberDrafts(folder());
      assert.equal(wordOf(await send(draft)), 'accepted');
      // What the disk held while those after the first were on the wire is all that the next window has.
      const onWire = written.find((files) => {
        const events = [...files.values()].join();
        const of = (kind: string) => events.split(`"t":"${kind}"`).length - 1;
        return of('sending') > 1 && of('sending') - of('answered') === wire;
      });
      assert.ok(onWire, 'they were never recorded');
      await window.close();
      await restoreFolder(pushes(), onWire);
      await restoreDrafts();
      window = await open(2);
      const [told, ...more] = await window.service.recover();
      assert.deepEqual([more, await window.service.recover()], [[], []]);
      assert.ok(told && summaryOf(told).state === 'partly');
      assert.deepEqual(told.draft, draft);
      assert.equal(told.facts?.length, told.people.length, 'what each text said (trial 6.9)');
      assert.ok(told.facts.every(({ firstName }) => firstName));
      assert.equal(told.error?.code, 'INTERRUPTED');
      assertEverybody(told);
      assert.deepEqual(idsWith(told, 'accepted'), range(1001, 1050));
      assert.deepEqual(sorted(idsWith(told, 'unknown')), range(1051, 1050 + 50 * wire));
      assert.deepEqual(window.drafts.current, restDraft(told));
      const repeated = await send(unknownDraft(told)!);
      assert.equal(repeated.kind === 'stillUnknown' && repeated.push.id, told.id);
      const [waits] = await window.store.open();
      assert.deepEqual([waits?.id, waits?.isRestMoved], [told.id, true]);
    });
  }
});

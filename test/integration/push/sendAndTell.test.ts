import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CancellationTokenSource } from 'vscode';
import type { Account } from '../../../src/accounts/account';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { silentLog } from '../../../src/common/log';
import { emptyDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';
import { LeftOvers } from '../../../src/push/leftOvers';
import type { Outbox } from '../../../src/push/outbox/outbox';
import type { Outcome } from '../../../src/push/outcome';
import type { PushRoad, SendOptions } from '../../../src/push/pushRoad';
import { SendAndTell } from '../../../src/push/sendAndTell';
import type { SendAndTellDeps } from '../../../src/push/sendAndTell';
import type { OutcomeContext } from '../../../src/push/tellOutcome';
import { openOutbox } from '../../support/outboxes';

const account = { id: 'acme:1', host: 'acme.example' } as Account;
const draft: Draft = { ...emptyDraft, accountId: account.id, recipients: [{ id: 3 }], text: 'hi' };
const accepted: Outcome = { kind: 'accepted', count: 1, at: 1, host: account.host };
const refused: Outcome = {
  kind: 'refused',
  error: new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'EMPTY_APP_NAME' }),
};
const unknown: Outcome = {
  kind: 'unknown',
  error: new Bitrix24Error({ kind: 'timeout', phase: 'noAnswer', code: 'TIMEOUT' }),
};

describe('sending what is not on screen', () => {
  let folder: string;
  let drafts: DraftStore;
  let outbox: Outbox;
  let informed: string[];
  let answers: Outcome[];
  let asked: Pick<SendOptions, 'again' | 'sendAnyway'>[];
  let withProgress: SendAndTellDeps['withProgress'];
  let told: { outcome: Outcome; context: OutcomeContext }[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'send-'));
    drafts = openDrafts();
    ({ outbox } = openOutbox(folder));
    informed = [];
    answers = [];
    asked = [];
    told = [];
    withProgress = undefined;
  });

  afterEach(async () => {
    drafts.dispose();
    await drafts.flush();
    outbox.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const openDrafts = () =>
    new DraftStore({
      disk: storageFolder(folder),
      key: 'w',
      clock: { now: () => 1 },
      log: silentLog,
    });

  const sender = (send?: PushRoad['send']) =>
    new SendAndTell({
      road: {
        send:
          send ??
          ((_, { again, sendAnyway }) => {
            asked.push({ again, sendAnyway });
            return Promise.resolve(answers.shift()!);
          }),
      },
      drafts,
      outbox,
      messages: { inform: (message) => informed.push(message) },
      accounts: { current: () => Promise.resolve(account), get: () => Promise.resolve(account) },
      tell: (outcome, context) => {
        told.push({ outcome, context });
        return Promise.resolve();
      },
      patienceMs: 1,
      ...(withProgress && { withProgress }),
    });

  /** The same push, on disk, as one that ended so. */
  async function noted(outcome: Outcome): Promise<string> {
    const parcel = await outbox.prepare({ draft, host: account.host });
    if (outcome.kind === 'unknown') {
      await parcel.sending([3]);
      await parcel.answered({ refused: [], unknown: [3], notSent: [] });
    }
    await parcel.end('error' in outcome ? outcome.error : undefined);
    return parcel.id;
  }
  const waiting = async () => (await outbox.waiting()).map(({ state }) => state);

  for (const outcome of [accepted, { kind: 'cancelled' } as const]) {
    it(`says nothing more when a push was ${outcome.kind}`, async () => {
      answers = [outcome];
      assert.equal(await sender().send(draft, { origin: 'palette' }), outcome);
      assert.deepEqual([told, drafts.current], [[], emptyDraft]);
    });
  }

  it('keeps and tells a push that was refused, and sends the same once more after the fix', async () => {
    answers = [refused, accepted];
    await sender().send(draft, { origin: 'palette' });
    assert.deepEqual(drafts.current, draft);
    assert.deepEqual(
      told.map(({ outcome, context }) => [outcome, context.account, context.draft]),
      [[refused, account, draft]],
    );
    await told[0]!.context.retry();
    assert.deepEqual(asked, [
      { again: undefined, sendAnyway: undefined },
      { again: true, sendAnyway: undefined },
    ]);
    assert.equal(told.length, 1);
  });

  it('sends a push of unknown fate anyway when the user wants that, or forgets it', async () => {
    answers = [unknown, accepted];
    await noted(unknown);
    const one = sender();
    await one.send(draft, { origin: 'palette' });
    const { context } = told[0]!;
    await context.retry();
    assert.deepEqual(asked[1], { again: true, sendAnyway: true });
    assert.deepEqual(await waiting(), []);
    // Another window, or this one, has decided: nothing is sent by a message that is still there.
    await context.retry();
    assert.deepEqual([asked.length, informed.length], [2, 1]);
    for (const decide of ['discard', 'markAsSent'] as const) {
      await noted(unknown);
      await context[decide]();
      assert.deepEqual(await waiting(), []);
    }
  });

  it('sends to those who did not get it, never to those in doubt without a word, and to nobody twice', async () => {
    const whole = { ...draft, recipients: [1, 2, 3, 4].map((id) => ({ id })) };
    const partly: Outcome = {
      ...{ kind: 'partly', at: 1, host: account.host },
      ...{ accepted: [1], refused: [{ id: 2, code: 'X' }], notSent: [3], unknown: [4] },
      error: new Bitrix24Error({ kind: 'reset', phase: 'noAnswer', code: 'RESET' }),
    };
    const sent: number[][] = [];
    const next: Outcome[] = [partly, accepted, accepted];
    const one = sender(({ recipients }) => {
      sent.push(recipients.map(({ id }) => id));
      return Promise.resolve(next.shift()!);
    });
    await one.send(whole, { origin: 'palette' });
    assert.deepEqual(
      drafts.current.recipients.map(({ id }) => id),
      [2, 3],
    );
    const { context } = told[0]!;
    assert.equal(context.rest?.people, 2);
    await context.rest.send();
    await context.retry();
    assert.deepEqual(sent, [
      [1, 2, 3, 4],
      [2, 3],
      [2, 3],
    ]);
    // Nobody is left but those in doubt: then "Send Anyway" and Discard are about them.
    const parcel = await outbox.prepare({ draft: whole, host: account.host });
    await parcel.sending([1, 2, 3]);
    await parcel.answered({ refused: [], unknown: [], notSent: [] });
    await parcel.sending([4]);
    await parcel.answered({ refused: [], unknown: [4], notSent: [] });
    await parcel.end(partly.error);
    await one.tell({ ...partly, refused: [], notSent: [] }, whole, { origin: 'palette' });
    assert.equal(told[1]?.context.rest, undefined);
    next.push(accepted);
    await told[1]?.context.retry();
    assert.deepEqual(sent.at(-1), [4]);
  });

  it('tells how far a push with many texts has come', async () => {
    const reports: { message?: string; increment?: number }[] = [];
    let forward = (): void => {};
    const shown = new Promise<void>((resolve) => (forward = resolve));
    withProgress = (_, task) => {
      const done = task(
        { report: (value) => reports.push(value) },
        new CancellationTokenSource().token,
      );
      forward();
      return done;
    };
    await sender(async (_, { onStep, onProgress }) => {
      onStep?.('sending');
      await shown;
      onProgress?.({ accepted: 50, left: 150, failed: 0, unknown: 0, total: 200 });
      onProgress?.({ accepted: 97, left: 100, failed: 2, unknown: 1, total: 200 });
      return accepted;
    }).send(draft, { origin: 'palette' });
    assert.deepEqual(reports.slice(1), [
      { message: 'Accepted: 50, remaining: 150.', increment: 25 },
      { message: 'Accepted: 97, remaining: 100, failed: 3.', increment: 25 },
    ]);
  });

  it('sends from the account that a fix signed in to, and never to its namesakes elsewhere', async () => {
    const sent: Draft[] = [];
    const fails = sender((draft) => {
      sent.push(draft);
      return Promise.resolve(refused);
    });
    await fails.send(draft, { origin: 'palette' });
    await told[0]!.context.retry({ ...account, id: 'acme:2' });
    assert.deepEqual(sent[1], { ...draft, accountId: 'acme:2' });
    assert.deepEqual([drafts.current, drafts.kept], [sent[1], []]);
    await told[0]!.context.retry({ ...account, id: 'other:1' });
    assert.deepEqual(sent[2]?.recipients, []);
  });

  it('tells what an earlier window left, and sends nothing by itself', async () => {
    const parcel = await outbox.prepare({ draft, host: account.host });
    await parcel.sending([3]);
    await outbox.prepare({ draft: { ...draft, text: 'never left' }, host: account.host });
    outbox.dispose();
    ({ outbox } = openOutbox(folder, { pid: process.pid + 1 }));
    answers = [accepted];
    const ids: string[] = [];
    const leftOvers = new LeftOvers({
      ...{ outbox, drafts, sender: sender(), log: silentLog },
      waiting: { told: (records) => ids.push(...records.map(({ id }) => id)) },
    });
    await leftOvers.tell();
    assert.deepEqual(
      told.map(({ outcome }) => [outcome.kind, 'error' in outcome && outcome.error.code]),
      [
        ['unknown', 'INTERRUPTED'],
        ['notSent', 'INTERRUPTED'],
      ],
    );
    assert.deepEqual([asked, ids.length, told[0]!.context.draft.text], [[], 2, 'hi']);
    drafts.update(draft);
    await told[0]!.context.markAsSent();
    assert.deepEqual([await waiting(), drafts.current.text], [['notSent'], '']);
    await told[1]!.context.retry();
    assert.deepEqual([await waiting(), asked.length], [[], 1]);
    leftOvers.dispose();
  });

  it('shows a long wait so that it can be cancelled', async () => {
    const cancel = new CancellationTokenSource();
    const shown: string[] = [];
    withProgress = (options, task) => {
      shown.push(`${options.title ?? ''}, ${options.cancellable ? 'cancellable' : 'for ever'}`);
      return task({ report: ({ message }) => shown.push(message ?? '') }, cancel.token);
    };
    const outcome = await sender((_, { signal, onStep, onWait }) => {
      onStep?.('sending');
      const ended = new Promise<Outcome>((resolve) => {
        signal?.addEventListener('abort', () => resolve({ kind: 'cancelled' }));
      });
      onWait?.({ until: new Date(2026, 0, 1, 14, 2, 3).getTime(), code: 'QUERY_LIMIT_EXCEEDED' });
      cancel.cancel();
      return ended;
    }).send(draft, { origin: 'palette' });
    assert.deepEqual(outcome, { kind: 'cancelled' });
    assert.equal(shown[0], 'Sending a Bitrix24 push, cancellable');
    assert.match(shown.at(-1)!, /limits requests.*2:02:03/u);
    assert.equal(shown.length, 2);
  });

  it('lets a long look-up of departments be cancelled, and says no more of it afterwards', async () => {
    const cancel = new CancellationTokenSource();
    const shown: string[] = [];
    let isOver = false;
    withProgress = async (options, task) => {
      shown.push(`${options.title ?? ''}, ${options.cancellable ? 'cancellable' : 'for ever'}`);
      const ended = task({ report: () => {} }, cancel.token);
      cancel.cancel();
      const result = await ended;
      isOver = true;
      return result;
    };
    const toIt: Draft = { ...draft, departments: [{ id: 7, reach: 'tree' }] };
    const outcome = await sender((_, { signal, onStep }) => {
      onStep?.('checking');
      return new Promise<Outcome>((resolve) => {
        signal?.addEventListener('abort', () => resolve({ kind: 'cancelled' }));
      });
    }).send(toIt, { origin: 'palette' });
    assert.deepEqual(outcome, { kind: 'cancelled' });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      [shown, isOver],
      [['Looking up who is in the departments…, cancellable'], true],
    );
  });

  it('brings progress forward when the portal takes its time', async () => {
    let forward = (): void => {};
    const shown = new Promise<void>((resolve) => (forward = resolve));
    withProgress = (_, task) => {
      forward();
      return task({ report: () => {} }, new CancellationTokenSource().token);
    };
    const outcome = await sender(async (_, { onStep }) => {
      onStep?.('confirming');
      onStep?.('sending');
      await shown;
      return accepted;
    }).send(draft, { origin: 'palette' });
    assert.equal(outcome, accepted);
  });
});

import assert from 'node:assert/strict';
import { CancellationTokenSource } from 'vscode';
import type { Account } from '../../../src/accounts/account';
import { silentLog } from '../../support/silentLog';
import { byWay, fromAccount, newDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import type { DraftStore } from '../../../src/push/draftStore';
import { InterruptedPushes } from '../../../src/push/interruptedPushes';
import type { Push, PushAction } from '../../../src/push/push';
import type { PushService } from '../../../src/push/pushService';
import type { ActResult, SendOptions, SendResult } from '../../../src/push/pushService';
import { SendWithProgress } from '../../../src/push/sendWithProgress';
import type { ResultContext } from '../../../src/push/push';
import type { SendWithProgressDeps } from '../../../src/push/sendWithProgress';
import {
  aDraft,
  anAccount,
  anError,
  aPush,
  contentOf,
  openService,
  peopleOf,
} from '../../support/builders';
import type { OpenService } from '../../support/builders';
import { temporaryFolder } from '../../support/temporaryFolder';

type Window = SendWithProgressDeps['window'];

const account = anAccount();
const cancelled: SendResult = { kind: 'cancelled' };
const failed: SendResult = {
  kind: 'failed',
  error: anError({ kind: 'invalid', phase: 'notSent', code: 'KEYRING' }),
};

describe('sending what is not on screen', () => {
  const folder = temporaryFolder();
  let draft: Draft;
  let accepted: SendResult;
  let refused: SendResult;
  let unknown: SendResult;
  let window: OpenService;
  let drafts: DraftStore;
  let informed: string[];
  let praised: string[];
  let answers: ActResult[];
  let sent: { draft: Draft; options: Pick<SendOptions, 'again' | 'as' | 'consent' | 'signal'> }[];
  let acted: { id: string; action: PushAction; as: Account | undefined }[];
  let withProgress: Window['withProgress'];
  let told: { result: SendResult; context: ResultContext }[];

  beforeEach(async () => {
    draft = aDraft();
    accepted = { kind: 'push', push: aPush({ draft }) };
    refused = {
      kind: 'push',
      push: aPush({
        draft,
        people: peopleOf('refused', 3).map((one) => ({ ...one, code: 'EMPTY_APP_NAME' })),
        error: anError({ kind: 'server', phase: 'answered', code: 'EMPTY_APP_NAME' }),
      }),
    };
    unknown = {
      kind: 'push',
      push: aPush({ draft, people: peopleOf('unknown', 3), error: anError() }),
    };
    window = await openService(folder());
    ({ drafts } = window);
    [informed, praised, answers, sent, acted, told] = [[], [], [], [], [], []];
    withProgress = (_, task) =>
      task({ report: () => undefined }, new CancellationTokenSource().token);
  });
  afterEach(() => window.close());

  function sender(
    send?: (draft: Draft, options: SendOptions) => Promise<SendResult>,
    service?: Pick<PushService, 'send' | 'act'>,
  ): SendWithProgress {
    const next = (): SendResult => {
      const answer = answers.shift();
      assert.ok(answer && answer.kind !== 'decided' && answer.kind !== 'takenCareOf');
      return answer;
    };
    return new SendWithProgress({
      service: service ?? {
        send: (what, options) => {
          sent.push({ draft: what, options });
          return send ? send(what, options) : Promise.resolve(next());
        },
        act: (id: string, action: PushAction, options?: Partial<SendOptions>) => {
          acted.push({ id, action, as: options?.as });
          return Promise.resolve(answers.shift()!);
        },
      },
      drafts,
      messages: { inform: (message) => informed.push(message) },
      accounts: { current: () => Promise.resolve(account), get: () => Promise.resolve(account) },
      tell: (result, context) => {
        told.push({ result, context });
        return Promise.resolve();
      },
      tellAccepted: (message) => praised.push(message),
      window: {
        withProgress: (options, task) => withProgress(options, task),
        setStatusBarMessage: () => ({ dispose: () => undefined }),
      },
      patienceMs: 1,
    });
  }
  const pushIn = (result: SendResult): Push => {
    assert.ok(result.kind === 'push');
    return result.push;
  };
  const idsOf = ({ recipients }: Draft) => recipients.map(({ id }) => id);

  it('says nothing more when a push was accepted, but that it was', async () => {
    answers = [accepted];
    await sender().send(draft, { origin: 'palette' });
    assert.deepEqual([told, contentOf(drafts.current)], [[], contentOf(newDraft())]);
    assert.deepEqual(praised, ['Accepted by Bitrix24 for 1 person']);
  });

  it('says nothing more when a push was cancelled', async () => {
    answers = [cancelled];
    await sender().send(draft, { origin: 'palette' });
    assert.deepEqual([told, praised, contentOf(drafts.current)], [[], [], contentOf(newDraft())]);
  });

  it('keeps and tells a push that was refused, and does its action after the fix', async () => {
    answers = [refused, accepted];
    await sender().send(draft, { origin: 'palette' });
    assert.deepEqual(drafts.current, draft);
    const [{ result, context } = assert.fail()] = told;
    assert.deepEqual([result, context.account, context.draft], [refused, account, draft]);
    assert.deepEqual(context.actions, ['retry']);
    await context.act('retry');
    const { id } = pushIn(refused);
    assert.deepEqual(acted, [{ id, action: 'retry', as: undefined }]);
    assert.deepEqual([told.length, praised.length], [1, 1]);
  });

  it('sends a draft that was not recorded once more after the fix', async () => {
    answers = [failed, accepted];
    await sender().send(draft, { origin: 'palette' });
    assert.deepEqual([drafts.current, told[0]?.context.push], [draft, undefined]);
    await told[0]?.context.act('retry');
    assert.deepEqual(
      sent.map(({ draft: what, options }) => [what, options.again]),
      [
        [draft, undefined],
        [draft, true],
      ],
    );
  });

  it('goes as a notification when that is chosen, and what is left is a push again', async () => {
    answers = [failed, failed];
    await sender().send(draft, { origin: 'palette' });
    await told[0]?.context.act('sendAsNotification');
    assert.deepEqual(
      sent.map(({ draft: what }) => what.via),
      [undefined, 'notification'],
    );
    assert.deepEqual([drafts.current, drafts.kept], [draft, []]);
    const push = { ...pushIn(accepted), draft: byWay(draft, 'notification') };
    answers = [{ kind: 'push', push }];
    await sender().send(draft, { origin: 'palette' });
    assert.deepEqual(praised, ['Notification in the bell of 1 person']);
  });

  it('asks once more about what somebody else wants sent, also after a fix', async () => {
    const consent = { kind: 'asked', by: 'Claude' } as const;
    answers = [failed, failed, failed, failed];
    const one = sender();
    assert.deepEqual(await one.send(draft, { origin: 'tool', consent }), failed);
    await told[0]?.context.act('retry');
    const push = aPush({ draft, askedBy: 'Claude', people: peopleOf('notSent', 3) });
    await one.act(push, 'retry');
    await told.at(-1)?.context.act('retry');
    assert.deepEqual(
      sent.map(({ options }) => options.consent),
      [consent, consent, consent],
    );
  });

  it('ends with whoever asked for it', async () => {
    const caller = new AbortController();
    answers = [cancelled];
    const sending = sender().send(draft, { origin: 'tool', signal: caller.signal });
    caller.abort();
    assert.deepEqual(await sending, cancelled);
    assert.equal(sent[0]?.options.signal?.aborted, true);
  });

  it('does what the user decides about a push of unknown fate, and says when another window has', async () => {
    answers = [unknown, accepted, { kind: 'takenCareOf' }, { kind: 'decided' }];
    const one = sender();
    await one.send(draft, { origin: 'palette' });
    const { context } = told[0]!;
    assert.deepEqual(context.actions, ['sendAnyway', 'markAsSent', 'discard']);
    await context.act('sendAnyway');
    assert.deepEqual(informed, []);
    await context.act('sendAnyway');
    assert.deepEqual(informed, [
      'This push has already been dealt with, here or in another window.',
    ]);
    assert.equal(await one.act(pushIn(unknown), 'discard'), true);
    assert.deepEqual(
      acted.map(({ action }) => action),
      ['sendAnyway', 'sendAnyway', 'discard'],
    );
    assert.equal(told.length, 1);
  });

  it('keeps only the people to whom it was to go when an action fails, and sends to them after the fix', async () => {
    const whole = aDraft({ recipients: [1, 2, 3].map((id) => ({ id })) });
    const push = aPush({
      draft: whole,
      people: [...peopleOf('accepted', 1), ...peopleOf('notSent', 2), ...peopleOf('unknown', 3)],
      error: anError(),
    });
    answers = [failed, accepted];
    assert.equal(await sender().act(push, 'sendToRest'), false);
    assert.deepEqual(idsOf(drafts.current), [2]);
    await told[0]?.context.act('retry');
    assert.deepEqual(
      sent.map(({ draft: what }) => idsOf(what)),
      [[2]],
    );
  });

  it('sends all that waits one after the other, as long as they leave', async () => {
    const waits = (): Push =>
      aPush({
        people: peopleOf('notSent', 3),
        error: anError({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' }),
      });
    const pushes = [waits(), waits(), waits(), waits()];
    answers = [accepted, { kind: 'takenCareOf' }, refused];
    await sender().retryAll(pushes);
    assert.deepEqual(
      acted.map(({ id, action }) => [id, action]),
      pushes.slice(0, 3).map(({ id }) => [id, 'retry']),
    );
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
    assert.deepEqual(reports, [
      { message: 'Accepted: 50, remaining: 150.', increment: 25 },
      { message: 'Accepted: 97, remaining: 100, failed: 3.', increment: 25 },
    ]);
  });

  it('sends from the account that a fix signed in to, and never to its namesakes elsewhere', async () => {
    answers = [failed, failed, failed];
    await sender().send(draft, { origin: 'palette' });
    await told[0]!.context.act('retry', anAccount({ id: 'acme:2' }));
    assert.deepEqual([sent[1]?.draft, sent[1]?.options.as?.id], [draft, 'acme:2']);
    // What the service did not send is told as that account would have sent it.
    assert.deepEqual(told[1]?.context.draft, fromAccount(draft, 'acme:2'));
    await told[1].context.act('retry', anAccount({ id: 'other:1' }));
    assert.deepEqual(told[2]?.context.draft.recipients, []);
  });

  it('tells what an earlier window left, and sends nothing by itself', async () => {
    const { store } = window;
    const push = { host: account.host, origin: 'form', replaces: [] } as const;
    const { recipients: people } = draft;
    const record = await store.create({ ...push, draft, people });
    await record.sending([3], 0);
    await store.create({ ...push, people, draft: aDraft({ text: 'never left' }) });
    await window.close();
    window = await openService(folder(), { pid: 2 });
    ({ drafts } = window);
    const ids: string[] = [];
    const interrupted = new InterruptedPushes({
      service: window.service,
      store: window.store,
      sender: sender(undefined, window.service),
      waiting: { told: (found) => ids.push(...found.map(({ id }) => id)) },
      log: silentLog,
    });
    await interrupted.tell();
    assert.deepEqual(
      told.map(({ context }) => [context.push?.error?.code, context.actions]),
      [
        ['INTERRUPTED', ['sendAnyway', 'markAsSent', 'discard']],
        ['INTERRUPTED', ['retry', 'discard']],
      ],
    );
    assert.deepEqual([ids.length, told[0]!.context.draft.text], [2, 'hi']);
    drafts.open(draft);
    await told[0]!.context.act('markAsSent');
    assert.deepEqual([(await window.store.open()).length, drafts.current.text], [1, '']);
    await told[1]!.context.act('retry');
    assert.deepEqual([await window.store.open(), praised.length], [[], 1]);
    interrupted.dispose();
  });

  it('shows a long wait so that it can be cancelled', async () => {
    const cancel = new CancellationTokenSource();
    const shown: string[] = [];
    withProgress = (options, task) => {
      shown.push(`${options.title ?? ''}, ${options.cancellable ? 'cancellable' : 'for ever'}`);
      return task({ report: ({ message }) => shown.push(message ?? '') }, cancel.token);
    };
    await sender((_, { signal, onStep, onWait }) => {
      onStep?.('sending');
      const ended = new Promise<SendResult>((resolve) => {
        signal?.addEventListener('abort', () => resolve(cancelled));
      });
      onWait?.({ until: new Date(2026, 0, 1, 14, 2, 3).getTime(), code: 'QUERY_LIMIT_EXCEEDED' });
      cancel.cancel();
      return ended;
    }).send(draft, { origin: 'palette' });
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
    await sender((_, { signal, onStep }) => {
      onStep?.('checking');
      return new Promise<SendResult>((resolve) => {
        signal?.addEventListener('abort', () => resolve(cancelled));
      });
    }).send(aDraft({ departments: [{ id: 7, reach: 'tree' }] }), { origin: 'palette' });
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
    await sender(async (_, { onStep }) => {
      onStep?.('confirming');
      onStep?.('sending');
      await shown;
      return accepted;
    }).send(draft, { origin: 'palette' });
    assert.equal(praised.length, 1);
  });
});

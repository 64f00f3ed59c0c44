import assert from 'node:assert/strict';
import path from 'node:path';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { systemClock } from '../../../src/common/clock';
import { storageFolder } from '../../../src/common/storageFolder';
import type { PushToConfirm } from '../../../src/push/confirmSend';
import {
  createDeleteNotification,
  peopleWithNotification,
} from '../../../src/push/deleteNotification';
import { byWay } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { actionsOf, peopleWith, summaryOf } from '../../../src/push/push';
import type { DeliveryStatus, Push } from '../../../src/push/push';
import type { ActResult } from '../../../src/push/pushService';
import { startSandbox } from '../../../src/sandbox';
import type { Sandbox } from '../../../src/sandbox';
import { twelvePeople } from '../../../src/sandbox/staff';
import {
  aDraft,
  anAccount,
  openService,
  rememberingFolder,
  restoreFolder,
} from '../../support/builders';
import type { OpenService } from '../../support/builders';
import { sandboxClient } from '../../support/sandboxClient';
import { temporaryFolder } from '../../support/temporaryFolder';
import { testLimiter } from '../../support/testClient';
import { FakeClock } from '../bitrix24/support';

/** Three requests: 50, 50 and 20. */
const crowd = 120;
const last = 1000 + crowd;
const add = 'im.notify.personal.add';
const transport = nodeFetchTransport({ userAgent: 'test/1', answerTimeoutMs: 5_000 });
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const peopleFrom = (from: number, to: number) =>
  range(from, to).map((id) => ({ id, name: `N${id} Crowd` }));

function pushOf(result: ActResult): Push {
  assert.ok(result.kind === 'push', result.kind);
  return result.push;
}
const idsWith = (sent: Push, ...statuses: DeliveryStatus[]) =>
  peopleWith(sent, ...statuses).map(({ id }) => id);

describe('a notification, against the sandbox', () => {
  const folder = temporaryFolder();
  let sandbox: Sandbox;
  let client: PortalClient;
  let window: OpenService;
  let asked: PushToConfirm[];
  let answer: boolean;
  /** The pushes after each line that was added to one. */
  let written: Map<string, string>[];
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
    sandbox.patchState({ users: [{ id: 1, admin: false }] });
    client = await signIn();
    [asked, answer, written] = [[], true, []];
    draft = aDraft({ recipients: peopleFrom(1001, 1003), text: 'Deployed', mode: 'literal' });
    window = await open();
  });
  afterEach(() => window.close());

  /** Nobody waits for the operating time. */
  async function signIn(): Promise<PortalClient> {
    const limiter = testLimiter({ clock: Object.assign(new FakeClock(), { time: Date.now() }) });
    return await sandboxClient(sandbox, systemClock, { transport, limiter });
  }

  const pushes = () => storageFolder(path.join(folder(), 'pushes'));
  const accounts = () => {
    const account = anAccount();
    return {
      current: () => Promise.resolve(account),
      get: () => Promise.resolve(account),
      client: () => Promise.resolve(client),
    };
  };
  async function open(pid = 1): Promise<OpenService> {
    return await openService(folder(), {
      ...{ pid, accounts: accounts(), stores: { folder: rememberingFolder(pushes(), written) } },
      resolveAudience: (_, { recipients }) =>
        Promise.resolve({
          people: recipients,
          facts: recipients.map(({ id }) => ({ id, firstName: `N${id}` })),
          departments: [],
        }),
      confirm: (push) => {
        asked.push(push);
        return Promise.resolve(answer);
      },
    });
  }
  /** The push that Anna may not send. */
  async function refused(what = draft): Promise<Push> {
    window.drafts.open(what);
    const push = pushOf(await window.service.send(what, { origin: 'form' }));
    assert.deepEqual([summaryOf(push).state, push.error?.code], ['refused', 'ACCESS_ERROR']);
    return push;
  }
  const notify = async (what = draft) =>
    await window.service.act((await refused(what)).id, 'sendAsNotification');
  const bells = () =>
    sandbox.snapshot().notifications.map(({ userId, message }) => `${userId} ${message}`);
  const calls = (method: string) =>
    sandbox.snapshot().requests.filter((request) => request.method === method).length;
  const remove = (push: Push) =>
    createDeleteNotification({
      ...{ accounts: accounts(), history: window.history, clock: { now: () => 7 } },
    })(push);

  it('is offered for a push that only an administrator may send, and goes to the same people', async () => {
    const push = await refused();
    assert.deepEqual(actionsOf(push), ['retry', 'sendAsNotification']);
    const sent = pushOf(await window.service.act(push.id, 'sendAsNotification'));
    assert.equal(summaryOf(sent).state, 'accepted');
    assert.deepEqual(bells(), ['1001 Deployed', '1002 Deployed', '1003 Deployed']);
    assert.equal(sandbox.snapshot().pushes.length, 0);
    assert.equal(window.drafts.current.text, '');
  });

  it('is told from a push by its record, on disk as well', async () => {
    const sent = pushOf(await notify());
    const filed = await window.history.get(sent.id);
    assert.deepEqual([sent.draft.via, filed?.draft.via], ['notification', 'notification']);
    assert.deepEqual(actionsOf(sent), []);
  });

  it('asks of its own, though the push was agreed to', async () => {
    await notify();
    assert.deepEqual(
      asked.map((push) => push.draft.via),
      [undefined, 'notification'],
    );
  });

  it('sends nothing after a no', async () => {
    const push = await refused();
    answer = false;
    const { kind } = await window.service.act(push.id, 'sendAsNotification');
    assert.deepEqual([kind, bells()], ['cancelled', []]);
    assert.equal(window.drafts.current.text, 'Deployed');
  });

  it('takes one person a call, fifty in a request, each with the own text', async () => {
    const many = { ...draft, recipients: peopleFrom(1001, last), mode: 'personal' as const };
    const sent = pushOf(await notify({ ...many, text: 'Hi {name}' }));
    assert.deepEqual(summaryOf(sent).counts.accepted, crowd);
    assert.deepEqual(asked[1]?.plan.summary, {
      ...{ people: crowd, texts: crowd, requests: 3, blanks: 0 },
    });
    assert.deepEqual(
      bells().sort(),
      range(1001, last).map((id) => `${id} Hi N${id}`),
    );
    // One batch was the push that was refused.
    assert.equal(calls('batch'), 4);
  });

  it('is a plain call for one person, and for a text that a batch would garble', async () => {
    await notify({ ...draft, recipients: peopleFrom(1001, 1001) });
    assert.equal(calls(add), 1);
    await notify(aDraft({ ...draft, id: crypto.randomUUID(), text: 'See $result[x]' }));
    assert.deepEqual([calls(add), calls('batch')], [4, 0]);
  });

  it('goes to the others where somebody is not there, and says who was refused', async () => {
    const recipients = [...peopleFrom(1001, 1002), { id: 99_999 }];
    const sent = pushOf(await notify({ ...draft, recipients }));
    assert.equal(summaryOf(sent).state, 'partly');
    assert.deepEqual(peopleWith(sent, 'refused'), [
      { id: 99_999, status: 'refused', code: 'NOT_ADDED' },
    ]);
    // The draft that keeps the rest is a push again.
    const { current } = window.drafts;
    assert.deepEqual([current.recipients.map(({ id }) => id), current.via], [[99_999], undefined]);
  });

  it('names the permission that is missing', async () => {
    const push = await refused();
    sandbox.patchState({ scopes: ['pull', 'user'] });
    client = await signIn();
    const sent = pushOf(await window.service.act(push.id, 'sendAsNotification'));
    assert.deepEqual(
      [summaryOf(sent).state, sent.error?.code, actionsOf(sent)],
      ['refused', 'insufficient_scope', ['retry']],
    );
  });

  it('is never repeated by itself where no answer came', async () => {
    const push = await refused();
    sandbox.addFaults({ action: 'cut', when: 'after', method: 'batch' });
    const sent = pushOf(await window.service.act(push.id, 'sendAsNotification'));
    assert.deepEqual(
      [summaryOf(sent).state, actionsOf(sent)],
      ['unknown', ['sendAnyway', 'markAsSent', 'discard']],
    );
    const again = await window.service.send(window.drafts.current, { origin: 'form' });
    assert.equal(again.kind, 'stillUnknown');
    assert.equal(bells().length, 3);
  });

  it('takes the place of the one in the bell when it is sent anyway', async () => {
    const push = await refused();
    sandbox.addFaults({ action: 'cut', when: 'after', method: 'batch' });
    const inDoubt = pushOf(await window.service.act(push.id, 'sendAsNotification'));
    const sent = pushOf(await window.service.act(inDoubt.id, 'sendAnyway'));
    assert.deepEqual([summaryOf(sent).state, sent.draft.via], ['accepted', 'notification']);
    assert.deepEqual(bells(), ['1001 Deployed', '1002 Deployed', '1003 Deployed']);
    const ids = sandbox.snapshot().notifications.map(({ id }) => id);
    assert.deepEqual(ids, [4, 5, 6]);
  });

  it('goes to the rest as a notification, and to nobody twice', async () => {
    const recipients = peopleFrom(1001, 1110);
    const push = await refused({ ...draft, recipients });
    // The first request passes; the second, and what travels with it, meets a portal that is down.
    const page = { action: 'status', status: 403, body: '<html>no</html>' } as const;
    sandbox.addFaults({ ...page, method: 'batch', call: 2, times: 2 });
    const sent = pushOf(await window.service.act(push.id, 'sendAsNotification'));
    assert.deepEqual([summaryOf(sent).state, idsWith(sent, 'accepted').length], ['partly', 50]);
    await sandbox.clearFaults();
    const rest = pushOf(await window.service.act(sent.id, 'sendToRest'));
    assert.deepEqual([summaryOf(rest).state, rest.draft.via], ['accepted', 'notification']);
    assert.deepEqual(
      bells().sort(),
      recipients.map(({ id }) => `${id} Deployed`),
    );
    const { notifications } = sandbox.snapshot();
    assert.equal(Math.max(...notifications.map(({ id }) => id)), recipients.length);
  });

  it('is ended by the next window as one that may be in the bell', async () => {
    await notify();
    const sending = written.find((files) =>
      [...files.values()].some(
        (text) => text.includes('"via":"notification"') && text.includes('"t":"sending"'),
      ),
    );
    assert.ok(sending);
    await window.close();
    await restoreFolder(pushes(), sending);
    window = await open(2);
    const before = sandbox.snapshot().requests.length;
    const [left] = await window.service.recover();
    assert.ok(left);
    assert.deepEqual(
      [summaryOf(left).state, left.draft.via, sandbox.snapshot().requests.length],
      ['unknown', 'notification', before],
    );
  });

  describe('when it is deleted', () => {
    it('is gone from every bell, and its record says so', async () => {
      const sent = pushOf(await notify());
      assert.equal(peopleWithNotification(sent).length, 3);
      const result = await remove(sent);
      assert.deepEqual(result, { gone: [1001, 1002, 1003], failed: [], error: undefined });
      assert.deepEqual(bells(), []);
      const filed = await window.history.get(sent.id);
      assert.ok(filed);
      assert.deepEqual([peopleWithNotification(filed), summaryOf(filed).state], [[], 'accepted']);
    });

    it('leaves every other notification where it is', async () => {
      const sent = pushOf(await notify());
      const other = aDraft({ recipients: peopleFrom(1001, 1003), text: 'Other' });
      await window.service.send(byWay(other, 'notification'), { origin: 'form' });
      await remove(sent);
      assert.deepEqual(bells(), ['1001 Other', '1002 Other', '1003 Other']);
    });

    it('says for whom it failed, and deletes it for them when asked again', async () => {
      const many = { ...draft, recipients: peopleFrom(1001, last) };
      const sent = pushOf(await notify(many));
      sandbox.addFaults({ action: 'cut', when: 'before', method: 'batch', call: 2 });
      const result = await remove(sent);
      assert.deepEqual(result.gone, range(1001, 1050));
      assert.deepEqual(result.failed, range(1051, last));
      assert.equal(result.error?.phase, 'noAnswer');
      const filed = await window.history.get(sent.id);
      assert.ok(filed);
      const again = await remove(filed);
      assert.deepEqual([again.gone, again.failed], [range(1051, last), []]);
      assert.deepEqual(bells(), []);
    });

    it('names a command that was refused', async () => {
      const sent = pushOf(await notify());
      const error = { action: 'status', status: 403, error: 'ACCESS_DENIED' } as const;
      sandbox.addFaults({ ...error, method: 'im.notify.delete', call: 2 });
      const { gone, failed, error: first } = await remove(sent);
      assert.deepEqual([gone, failed, first?.code], [[1001, 1003], [1002], 'ACCESS_DENIED']);
      assert.deepEqual(bells(), ['1002 Deployed']);
    });
  });
});

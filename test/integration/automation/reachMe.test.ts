import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import { ReachMe } from '../../../src/automation/reachMe';
import type { HeldNow } from '../../../src/automation/dueRules';
import type { Question } from '../../../src/common/messages';
import { peopleOf, aPush, anAccount } from '../../support/builders';
import { aNotice } from '../../support/notices';
import type { Draft } from '../../../src/push/draft';
import type { SendOptions, SendResult } from '../../../src/push/pushService';
import { WatchedInputs, goTo, press } from '../compose/watchedInputs';

const hour = 60 * 60 * 1000;
const now = new Date(2026, 10, 27, 18, 0).getTime();

describe('Reach Me on My Phone', () => {
  const anna = anAccount();
  const olegs = anAccount({ id: 'beta:2', userId: 2, userName: 'Oleg', host: 'beta.example' });
  let inputs: WatchedInputs;
  let accounts: Account[];
  let yes: Account | undefined;
  let answer: string | undefined;
  let questions: Question[];
  let sent: [Draft, SendOptions][];
  let result: (draft: Draft) => SendResult;
  let did: unknown[];
  let held: HeldNow;

  beforeEach(() => {
    inputs = new WatchedInputs();
    accounts = [anna];
    yes = undefined;
    answer = 'Turn On';
    [questions, sent, did] = [[], [], []];
    result = (draft) => ({ kind: 'push', push: aPush({ draft, people: peopleOf('accepted', 1) }) });
    held = { pausedUntil: undefined, notices: [] };
  });
  afterEach(() => press.escape());

  const note =
    (name: string) =>
    (...args: unknown[]) => {
      did.push([name, ...args]);
      return Promise.resolve();
    };
  const open = () =>
    new ReachMe({
      accounts: {
        list: () => Promise.resolve(accounts),
        current: () => Promise.resolve(accounts[0]),
        signIn: () => {
          did.push(['signIn']);
          return Promise.resolve(anna);
        },
      },
      standing: {
        get: () => Promise.resolve(yes && { account: yes, at: 1 }),
        give: (account) => {
          yes = account;
          return Promise.resolve();
        },
        takeBack: note('takeBack'),
      },
      reach: {
        get held() {
          return held;
        },
        look: () => Promise.resolve(),
        pause: note('pause'),
        resume: note('resume'),
        sendNow: () => note('sendNow')().then(() => true),
        discard: () => note('discard')().then(() => true),
      },
      service: {
        send: (draft, options) => {
          sent.push([draft, options]);
          return Promise.resolve(result(draft));
        },
      },
      tell: note('tell'),
      inputs,
      messages: {
        ask: (question) => {
          questions.push(question);
          return Promise.resolve(answer);
        },
        inform: (message) => did.push(['inform', message]),
      },
      openSettings: note('openSettings'),
      showHistory: note('showHistory'),
      remember: note('remember'),
      clock: { now: () => now },
    });

  it('asks in a modal that names the account, what is sent and what never is; then a first push goes', async () => {
    await open().run();
    assert.deepEqual(
      questions.map(({ message, answers }) => [message, answers]),
      [
        [
          'Send what happens in VS Code to your own phone, from and to Anna on acme.example?',
          ['Turn On'],
        ],
      ],
    );
    assert.match(questions[0]?.detail ?? '', /Never sent: output, environment or arguments/);
    assert.match(questions[0]?.detail ?? '', /At most 20 pushes an hour/);
    assert.equal(yes, anna);
    const [[draft, options] = assert.fail()] = sent;
    assert.deepEqual(
      [draft.accountId, draft.recipients, draft.mode, options],
      [
        ...['acme:1', [{ id: 1, name: 'Anna' }], 'literal'],
        { origin: 'command', consent: { kind: 'standing', things: [] } },
      ],
    );
    assert.match(String(did.flat()[1]), /^acme.example accepted a push to you\./);
  });

  it('gives no yes and sends nothing when its user says no', async () => {
    answer = undefined;
    await open().run();
    assert.deepEqual([yes, sent, did], [undefined, [], []]);
  });

  it('tells why the first push was not accepted', async () => {
    result = (draft) => ({
      ...{ kind: 'push', push: aPush({ draft, people: peopleOf('refused', 1) }) },
    });
    await open().run();
    assert.deepEqual(
      did.map((one) => (one as unknown[])[0]),
      ['tell'],
    );
  });

  it('signs in first where nobody is', async () => {
    accounts = [];
    await open().run();
    assert.deepEqual([did[0], yes], [['signIn'], anna]);
  });

  it('asks which account where there are several', async () => {
    accounts = [anna, olegs];
    const done = open().run();
    const pick = await inputs.nextPick();
    await goTo(pick, 'beta.example');
    await press.enter();
    await done;
    assert.equal(yes, olegs);
    assert.deepEqual(sent[0]?.[0].recipients, [{ id: 2, name: 'Oleg' }]);
  });

  async function choose(label: string): Promise<string[]> {
    yes = anna;
    const done = open().run();
    const pick = await inputs.nextPick();
    const labels = pick.items.map((item) => item.label);
    await goTo(pick, label);
    await press.enter();
    await done;
    return labels;
  }

  it('offers, once it is on, to turn it off', async () => {
    const labels = await choose('Turn Off');
    assert.deepEqual(labels, [
      ...['Pause…', 'Show in History', 'Send a Test Push', 'Choose What Is Sent', 'Turn Off'],
    ]);
    assert.deepEqual(did, [['takeBack'], ['remember', undefined], ['resume']]);
    assert.deepEqual(questions, []);
  });

  it('offers to send a test push, to choose what is sent, and the history', async () => {
    await choose('Send a Test Push');
    assert.equal(sent.length, 1);
    did = [];
    await choose('Choose What Is Sent');
    await choose('Show in History');
    assert.deepEqual(did, [['openSettings'], ['showHistory']]);
  });

  it('offers to send or discard what is held, and to end a pause', async () => {
    const notice = { ...aNotice(), id: 'a', at: 1 };
    held = { pausedUntil: now + hour, notices: [{ notice, why: 'paused', until: now + hour }] };
    const labels = await choose('Send Now');
    assert.deepEqual(labels.slice(0, 3), ['Send Now', 'Discard What Is Held', 'Resume']);
    await choose('Discard What Is Held');
    await choose('Resume');
    assert.deepEqual(did, [['sendNow'], ['discard'], ['remember', undefined], ['resume']]);
  });

  it('pauses for an hour, or until the next morning', async () => {
    yes = anna;
    const morning = new Date(2026, 10, 28, 8, 0).getTime();
    for (const label of ['For an Hour', 'Until Tomorrow Morning']) {
      const done = open().pause();
      await goTo(await inputs.nextPick(), label);
      await press.enter();
      await done;
    }
    assert.deepEqual(did, [
      ['remember', now + hour],
      ['pause', now + hour],
      ['remember', morning],
      ['pause', morning],
    ]);
  });

  it('has nothing to pause before it is on', async () => {
    await open().pause();
    assert.match(String(did.flat()[1]), /is off\.$/);
  });
});

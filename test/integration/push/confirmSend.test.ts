import assert from 'node:assert/strict';
import type { InputBoxOptions } from 'vscode';
import type { Question } from '../../../src/common/messages';
import { defaultCount, strictestPolicy } from '../../../src/push/confirmPolicy';
import {
  createConfirmDuplicate,
  createConfirmSend,
  planSentence,
} from '../../../src/push/confirmSend';
import type { PushToConfirm } from '../../../src/push/confirmSend';
import { byWay, newDraft, templateOf } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { planDraft, planPush } from '../../../src/push/plan';
import type { SameMessage } from '../../../src/push/pushStore';
import { anAccount } from '../../support/builders';

const account = anAccount();
const to = (count: number): Draft =>
  newDraft({
    text: 'Release 4.2\nis [out](command:evil)',
    recipients: Array.from({ length: count }, (_, index) => ({
      id: index + 1,
      name: `P${index + 1}`,
    })),
  });

interface Asked {
  from?: typeof account;
  plan?: PushToConfirm['plan'];
  departments?: PushToConfirm['audience']['departments'];
  typed?: string;
  above?: number;
  doubts?: string;
  askedBy?: string;
}

describe('the confirmation of a push', () => {
  let changed: Draft[];

  async function confirm(
    policy: unknown,
    draft: Draft,
    answer?: string,
    { plan, typed, above, departments = [], doubts, askedBy, from = account }: Asked = {},
  ) {
    const questions: Question[] = [];
    const boxes: InputBoxOptions[] = [];
    changed = [];
    const yes = await createConfirmSend({
      policy: () => strictestPolicy([policy]),
      countAbove: () => above ?? defaultCount,
      doubts: () => Promise.resolve(doubts),
      change: (one) => Promise.resolve(changed.push(one)),
      window: {
        showInputBox: (options?: InputBoxOptions) => {
          boxes.push(options ?? {});
          return Promise.resolve(typed);
        },
      },
      messages: {
        ask: (question) => {
          questions.push(question);
          return Promise.resolve(answer);
        },
      },
    })({
      ...{
        account: from,
        draft,
        audience: { people: draft.recipients, facts: undefined, departments },
      },
      plan: plan ?? planDraft(draft, draft.recipients),
      askedBy,
    });
    return { yes, questions, boxes };
  }

  it('always asks about a group of the workspace, and names it (trial 7)', async () => {
    const draft = to(1);
    const [first] = draft.recipients;
    const chosen = { ...draft, recipients: [{ ...first!, workspaceGroup: 'Ops [x](command:y)' }] };
    const { questions } = await confirm('never', chosen, 'Send to 1 person');
    assert.equal(questions.length, 1);
    assert.match(questions[0]?.detail ?? '', /^From the settings of this workspace: Ops /u);
    assert.ok(!questions[0]?.detail?.includes(']('));
    const department = { id: 7, reach: 'tree', workspaceGroup: 'All' } as const;
    const asked = await confirm('never', { ...draft, departments: [department] });
    assert.equal(asked.questions.length, 1);
    assert.equal((await confirm('never', draft)).questions.length, 0);
  });

  it('names portal, count, people and the beginning of the text', async () => {
    const { yes, questions } = await confirm('several', to(12), 'Send to 12 people');
    assert.equal(yes, true);
    assert.deepEqual(questions, [
      {
        message: 'Send a push to 12 people on acme.example?',
        detail:
          'P1, P2, P3, P4, P5, P6, P7, P8, P9, P10 and 2 more\n\nRelease 4.2\nis [out] (command :evil)',
        answers: ['Send to 12 people'],
      },
    ]);
  });

  it('always asks about a notification, and says that it is no push', async () => {
    const draft = byWay({ ...to(2), text: 'Done' }, 'notification');
    const doubts = 'P1 has no phone';
    const { yes, questions } = await confirm('never', draft, 'Notify 2 people', { doubts });
    assert.equal(yes, true);
    assert.deepEqual(questions, [
      {
        message: 'Put a notification into the bells of 2 people on acme.example?',
        detail:
          'A notification in Bitrix24’s bell, not a push. It rings only where the person allows it.\n\nP1, P2\n\nDone',
        answers: ['Notify 2 people'],
      },
    ]);
    assert.equal((await confirm('never', draft, 'Send to 2 people')).yes, false);
    const asked = await confirm('never', draft, 'Change in Form', { askedBy: 'Claude' });
    assert.match(asked.questions[0]?.detail ?? '', /Claude/);
    assert.deepEqual([asked.yes, changed[0]?.via], [false, undefined]);
  });

  it('says what a bell shows otherwise than it is written', async () => {
    const remarksOf = async (patch: Partial<Draft>) => {
      const draft = byWay({ ...to(1), text: 'Done', ...patch }, 'notification');
      const { questions } = await confirm('never', draft);
      const detail = questions[0]?.detail ?? '';
      return [detail.includes('square brackets'), detail.includes('picture')];
    };
    assert.deepEqual(await remarksOf({}), [false, false]);
    assert.deepEqual(await remarksOf({ text: 'x[0] = [1, 2]' }), [false, false]);
    assert.deepEqual(await remarksOf({ text: 'Use [URL=http://a.example]this[/URL]' }), [
      true,
      false,
    ]);
    assert.deepEqual(await remarksOf({ text: 'a#BR#b' }), [true, false]);
    assert.deepEqual(await remarksOf({ avatar: 'https://a.example/x.png' }), [false, true]);
  });

  it('says SANDBOX where the push goes to one', async () => {
    const trial = { ...account, host: '127.0.0.1:1', isSandbox: true };
    const on = 'on SANDBOX 127.0.0.1:1';
    const mine = await confirm('several', to(2), undefined, { from: trial });
    assert.equal(mine.questions[0]?.message, `Send a push to 2 people ${on}?`);
    const asked = await confirm('several', to(2), undefined, { from: trial, askedBy: 'Agent' });
    assert.match(asked.questions[0]?.message ?? '', new RegExp(`2 people ${on}\\. Send it`));
  });

  it('takes anything but a yes for a no', async () => {
    assert.equal((await confirm('several', to(2))).yes, false);
    assert.equal((await confirm('always', to(1), 'Cancel')).yes, false);
  });

  it('asks for one person only when it always asks', async () => {
    assert.deepEqual(await confirm('several', to(1)), { yes: true, questions: [], boxes: [] });
    const { yes, questions } = await confirm('always', to(1), 'Send to 1 person');
    assert.equal(yes, true);
    assert.equal(questions[0]?.message, 'Send a push to 1 person on acme.example?');
  });

  it('names the departments and how many are in each, and counts all their people', async () => {
    const departments = [
      { department: { id: 7, name: 'Sales', reach: 'tree' as const }, people: 1_312 },
      { department: { id: 8, name: '[IT](command:evil)', reach: 'direct' as const }, people: 3 },
    ];
    const draft = { ...to(112), text: 'Hi' };
    const { questions, boxes } = await confirm('never', draft, 'Send to 112 people', {
      departments,
      plan: planPush(templateOf(draft), draft.recipients),
    });
    assert.equal(questions[0]?.message, 'Send a push to 112 people on acme.example?');
    assert.equal(
      questions[0].detail,
      [
        'Sales with sub-departments: 1,312 people\n[IT] (command :evil): 3 people',
        'P1, P2, P3, P4, P5, P6, P7, P8, P9, P10 and 102 more',
        'Hi',
      ].join('\n\n'),
    );
    assert.equal(boxes.length, 1);
    const many = Array.from({ length: 12 }, () => departments[0]!);
    const all = await confirm('several', draft, undefined, { departments: many });
    assert.match(all.questions[0]?.detail ?? '', /\nand 2 more departments\n\nP1,/);
  });

  it('does not ask when it must not', async () => {
    assert.deepEqual(await confirm('never', to(100)), { yes: true, questions: [], boxes: [] });
  });

  it('says the plan of several texts, what stays empty, and what the first person gets', async () => {
    const draft = { ...to(312), text: 'Hi {name|colleague}, {position}' };
    const people = draft.recipients.map(({ id }) => ({ id, firstName: `P${id % 40}` }));
    const plan = planPush(templateOf(draft), people);
    const { questions } = await confirm('several', draft, undefined, { plan });
    assert.equal(
      questions[0]?.detail,
      [
        'P1, P2, P3, P4, P5, P6, P7, P8, P9, P10 and 302 more',
        '312 people, 40 texts, 1 request',
        'For 312 of 312 people, a value used in the text is not known and is left empty.',
        'Hi P1,',
      ].join('\n\n'),
    );
    assert.equal(
      planSentence({ people: 10_000, texts: 10_000, requests: 200, blanks: 0 }),
      '10,000 people, 10,000 texts, 200 requests',
    );
  });

  it('lets the user type how many, for very many, whatever the setting says', async () => {
    for (const [policy, typed, yes] of [
      ['several', '101', true],
      ['never', ' 101 ', true],
      ['never', '100', false],
      ['always', undefined, false],
    ] as const) {
      const asked = await confirm(policy, to(101), 'Send to 101 people', {
        ...(typed !== undefined && { typed }),
      });
      assert.equal(asked.yes, yes, `${policy}, ${typed ?? 'nothing'}`);
      assert.equal(asked.boxes.length, 1);
      const [box] = asked.boxes;
      assert.equal(box?.title, 'Send a push to 101 people on acme.example?');
      assert.equal(await box.validateInput?.('10'), 'The push goes to 101 people.');
      assert.equal(await box.validateInput?.('101'), undefined);
    }
    const refused = await confirm('several', to(101), 'Cancel', { typed: '101' });
    assert.deepEqual([refused.yes, refused.boxes], [false, []]);
    assert.equal(
      (await confirm('several', to(6), 'Send to 6 people', { above: 5 })).boxes.length,
      1,
    );
  });

  it('says who may not get it, between the people and the text', async () => {
    const { questions } = await confirm('several', to(2), undefined, { doubts: 'P2 is away.' });
    assert.match(questions[0]?.detail ?? '', /^P1, P2\n\nP2 is away\.\n\nRelease/u);
  });

  describe('that somebody else wants sent', () => {
    it('comes whatever the setting says, and names who asks, the portal and all people', async () => {
      const asked = { askedBy: 'Claude\u202e Code', above: 1_000 };
      const draft = { ...to(12), text: 'Hi' };
      const { yes, questions } = await confirm('never', draft, 'Send to 12 people', asked);
      assert.equal(yes, true);
      assert.deepEqual(questions, [
        {
          message: '“Claude Code” asks to send a push to 12 people on acme.example. Send it?',
          detail: 'P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12\n\nThe text:\nHi',
          // Enter must not send.
          answers: ['Change in Form', 'Send to 12 people'],
        },
      ]);
      const one = await confirm('never', to(1), undefined, { askedBy: 'x' });
      assert.equal(
        one.questions[0]?.message,
        '“x” asks to send a push to 1 person on acme.example. Send it?',
      );
    });

    it('shows the whole text, without links, and where its picture comes from', async () => {
      const lines = Array.from({ length: 30 }, (_, index) => `${index} ${'long '.repeat(50)}end`);
      const draft = {
        ...to(2),
        text: [...lines, '[x](command:evil)'].join('\n'),
        avatar: 'https://pictures.example/a.png?to=b',
      };
      const { questions } = await confirm('several', draft, undefined, {
        ...{ askedBy: 'x', doubts: 'P2 is away.' },
      });
      assert.equal(
        questions[0]?.detail,
        [
          ...['P1, P2', 'P2 is away.', 'With a picture from pictures.example'],
          ['The text:', ...lines, '[x] (command :evil)'].join('\n'),
        ].join('\n\n'),
      );
    });

    it('shortens a long name of the one who asks, and has a word for none', async () => {
      const long = await confirm('never', to(1), undefined, { askedBy: 'n'.repeat(200) });
      assert.ok(long.questions[0]?.message.startsWith(`“${'n'.repeat(59)}…” asks`));
      const none = await confirm('never', to(1), undefined, { askedBy: '\u200b ' });
      assert.match(none.questions[0]?.message ?? '', /^“A program” asks/u);
    });

    it('brings the draft into the form instead, and sends nothing then', async () => {
      const draft = to(2);
      const { yes } = await confirm('never', draft, 'Change in Form', { askedBy: 'x' });
      assert.deepEqual([yes, changed], [false, [draft]]);
      assert.equal((await confirm('never', draft, 'Cancel', { askedBy: 'x' })).yes, false);
      assert.equal((await confirm('never', draft, undefined, { askedBy: 'x' })).yes, false);
      assert.deepEqual(changed, []);
    });

    it('lets the user type how many, for very many', async () => {
      const asked = { askedBy: 'x', typed: '101' };
      const { yes, boxes } = await confirm('never', to(101), 'Send to 101 people', asked);
      assert.deepEqual([yes, boxes.length], [true, 1]);
      const wrong = { askedBy: 'x', typed: '100' };
      assert.equal((await confirm('never', to(101), 'Send to 101 people', wrong)).yes, false);
      assert.equal((await confirm('never', to(101), 'Change in Form', asked)).boxes.length, 0);
    });
  });
});

describe('the question about a duplicate', () => {
  const ask = async (states: SameMessage['state'][], answer?: string, askedBy?: string) => {
    const questions: Question[] = [];
    const isWanted = await createConfirmDuplicate({
      ask: (question) => {
        questions.push(question);
        return Promise.resolve(answer);
      },
    })(
      { account, draft: to(2), askedBy },
      states.map((state, index) => ({ id: `${index}`, at: index, state })),
    );
    return { isWanted, questions };
  };

  it('tells a push that is being sent from one that went out before', async () => {
    const before = await ask(['sent'], 'Send Once More');
    assert.equal(before.isWanted, true);
    assert.match(before.questions[0]?.message ?? '', /went to the same people on acme\.example/u);
    assert.match(before.questions[0]?.detail ?? '', /^Release 4\.2/u);
    const other = await ask(['sent'], undefined, 'Claude');
    assert.match(other.questions[0]?.detail ?? '', /^Requested by “Claude”\n\nRelease 4\.2/u);
    const now = await ask(['sent', 'sending'], 'Send Once More');
    assert.match(now.questions[0]?.message ?? '', /is being sent to the same people/u);
  });

  it('takes anything but a yes for a no', async () => {
    assert.equal((await ask(['sent'])).isWanted, false);
    assert.equal((await ask(['sent'], 'Cancel')).isWanted, false);
  });
});

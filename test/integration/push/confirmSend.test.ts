import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import type { Question } from '../../../src/common/messages';
import { createConfirmSend } from '../../../src/push/confirmSend';
import { emptyDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';

const account = { id: 'acme:1', host: 'acme.example' } as Account;
const to = (count: number): Draft => ({
  ...emptyDraft,
  text: 'Release 4.2\nis [out](command:evil)',
  recipients: Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    name: `P${index + 1}`,
  })),
});

describe('the confirmation of a push', () => {
  async function confirm(policy: unknown, draft: Draft, answer?: string) {
    const questions: Question[] = [];
    const yes = await createConfirmSend({
      policy: () => policy,
      messages: {
        ask: (question) => {
          questions.push(question);
          return Promise.resolve(answer);
        },
      },
    })({ account, draft });
    return { yes, questions };
  }

  it('names portal, count, people and the beginning of the text', async () => {
    const { yes, questions } = await confirm('several', to(12), 'Send to 12 people');
    assert.equal(yes, true);
    assert.deepEqual(questions, [
      {
        message: 'Send a push to 12 people on acme.example?',
        detail:
          'P1, P2, P3, P4, P5, P6, P7, P8, P9, P10 and 2 more\n\nRelease 4.2 is [out] (command :evil)',
        answers: ['Send to 12 people'],
      },
    ]);
  });

  it('takes anything but a yes for a no', async () => {
    assert.equal((await confirm('several', to(2))).yes, false);
    assert.equal((await confirm('always', to(1), 'Cancel')).yes, false);
  });

  it('asks for one person only when it always asks', async () => {
    assert.deepEqual(await confirm('several', to(1)), { yes: true, questions: [] });
    const { yes, questions } = await confirm('always', to(1), 'Send to 1 person');
    assert.equal(yes, true);
    assert.equal(questions[0]?.message, 'Send a push to 1 person on acme.example?');
  });

  it('does not ask when it must not', async () => {
    assert.deepEqual(await confirm('never', to(100)), { yes: true, questions: [] });
  });
});

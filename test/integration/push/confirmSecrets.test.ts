import assert from 'node:assert/strict';
import type { Question } from '../../../src/common/messages';
import { createConfirmSecrets } from '../../../src/push/confirmSecrets';
import { newDraft } from '../../../src/push/draft';

describe('the question about secrets', () => {
  async function ask(
    kinds: readonly string[] | undefined,
    answerAt: number | undefined,
    askedBy?: string,
  ) {
    const questions: Question[] = [];
    const edited: string[] = [];
    const text = 'S3cr3t!pw99';
    const draft = newDraft({ text });
    const isAllowed = await createConfirmSecrets({
      messages: {
        ask: (question) => {
          questions.push(question);
          return Promise.resolve(answerAt === undefined ? undefined : question.answers[answerAt]);
        },
      },
      editText: ({ id }) => Promise.resolve(edited.push(id)),
    })({
      ...{ draft, text, askedBy },
      found: kinds?.map((kind) => ({ kind, start: 0, end: text.length })),
    });
    return { isAllowed, question: questions[0]!, isEdited: edited.includes(draft.id) };
  }

  it('has Edit Text for its first button, which Enter presses (trial 4.5)', async () => {
    const { isAllowed, question, isEdited } = await ask(['password'], 0);
    assert.deepEqual(question.answers, ['Edit Text', 'Send Anyway']);
    assert.deepEqual([isAllowed, isEdited], [false, true]);
  });

  it('sends only by the second, and not when it is closed', async () => {
    assert.deepEqual((await ask(['password'], 1)).isAllowed, true);
    const closed = await ask(['password'], undefined);
    assert.deepEqual([closed.isAllowed, closed.isEdited], [false, false]);
  });

  for (const [kinds, names] of [
    [['password'], 'a password'],
    [['token', 'password'], 'a password and a token or a key'],
    [
      ['token', 'key', 'password', 'connection', 'password'],
      'a private key, a password, a connection string with a password, and a token or a key',
    ],
  ] as const) {
    it(`names every kind that was found: ${names} (trial 4.5)`, async () => {
      const { question } = await ask(kinds, 0);
      assert.equal(question.message, `The text seems to contain ${names}. Send it?`);
      assert.ok(!question.detail?.includes('S3cr3t!pw99'), 'the secret itself is not shown');
    });
  }

  it('says who wants the text sent, where that is somebody else', async () => {
    const { question } = await ask(['password'], 0, 'Claude [x](command:y)');
    assert.match(question.detail ?? '', /^Requested by “Claude \[x\] \(command :y\)”\n\n/u);
    assert.doesNotMatch((await ask(['password'], 0)).question.detail ?? '', /Requested by/u);
  });

  it('says so where the text could not be checked', async () => {
    assert.match((await ask(undefined, 0)).question.message, /could not be checked/);
  });
});

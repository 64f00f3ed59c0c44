import assert from 'node:assert/strict';
import { pushBudget } from '../../../src/bitrix24/pushSize';
import { blanksOf, budgetOfVersions, extremePeople } from '../../../src/push/longestVersion';
import { fillTemplate, parseTemplate } from '../../../src/push/personalText';
import type { TextPerson } from '../../../src/push/personalText';

const frame = { appName: 'Deploy Bot', avatar: '', clientId: 'local.1' };
const names = ['Ivan', 'Олег', '🚀🚀', '', '0', '"<a>"', 'O'.repeat(60), 'a/b\\c', ' '];

/** Everybody who can be made of these names. */
const people: TextPerson[] = names.flatMap((firstName, at) =>
  names.map((lastName, other) => ({ id: 1 + at * names.length + other, firstName, lastName })),
);

describe('the people whose versions of a text are the extremes (trial 9.12)', () => {
  for (const text of [
    'Hi {name}',
    '{name}{last_name}',
    '{full_name|you} and {name|0}',
    '0{name}',
  ]) {
    it(`stand for everybody in ${JSON.stringify(text)}`, () => {
      const template = parseTemplate(text, 'personal');
      const few = extremePeople(blanksOf(template), people);
      assert.ok(few.length <= 5);
      assert.deepEqual(
        budgetOfVersions(template, few, frame),
        budgetOfVersions(template, people, frame),
      );
      const longest = Math.max(
        ...people.map((one) => {
          const whole = pushBudget({ ...frame, text: fillTemplate(template, one) });
          return whole.android.usedBytes;
        }),
      );
      assert.equal(budgetOfVersions(template, few, frame).android.usedBytes, longest);
      const isNothing = (one: TextPerson) => ['', '0'].includes(fillTemplate(template, one).trim());
      assert.equal(few.some(isNothing), people.some(isNothing));
    });
  }

  it('are nobody among nobody', () => {
    assert.deepEqual(extremePeople(blanksOf(parseTemplate('{name}', 'personal')), []), []);
  });
});

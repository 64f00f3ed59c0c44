import assert from 'node:assert/strict';
import { matchName, matchWholeName, sharesWord } from '../../../src/people/matchName';

const people = [
  { id: 1, firstName: 'Иван', lastName: 'Петров', secondName: 'Ильич' },
  { id: 2, firstName: 'Иван', lastName: 'Петровский' },
  { id: 3, firstName: 'Пётр', lastName: 'Иванов' },
  { id: 4, firstName: 'Anna', lastName: 'Lee' },
  { id: 5, firstName: 'Анна', lastName: 'Ли' },
  { id: 6, firstName: 'Ольга', lastName: 'Кузнецова' },
  { id: 7, firstName: 'Олег', lastName: 'Кузнецов' },
  { id: 8, firstName: 'Ольга', lastName: 'Кузнецова' },
  { id: 9, firstName: '', lastName: 'Робот' },
];

describe('a written name', () => {
  for (const [name, ids, isCertain] of [
    ['Иван Петров', [1], true],
    ['петров иван', [1], true],
    ['ПЕТРОВ ИВАН ИЛЬИЧ', [1], true],
    ['Иван Ильич', [1], true],
    ['Петров', [1], true],
    ['Петровский', [2], true],
    ['Петр Иванов', [3], true],
    ['Пётр Иванов'.normalize('NFD'), [3], true],
    ['Иван\u200b Петров', [1], true],
    ['Иванов', [3], true],
    ['Anna Lee', [4], true],
    ['Анна Ли', [5], true],
    ['Кузнецов', [7], true],
    ['Робот', [9], true],
    // Not written as on the portal: never certain, however alone.
    ['Петров И. И.', [1], false],
    ['Petr Ivanov', [3], false],
    ['Ivanov', [3], false],
    ['bdfyjd', [3], false],
    ['Robot', [9], false],
    ['Робо', [9], false],
    ['Ива\u0301н Петров', [1], false],
    // Anna Lee may be meant as well.
    ['Анна', [5, 4], false],
    ['Иван', [1, 2], false],
    ['Ольга Кузнецова', [6, 8], false],
    ['Кузн', [6, 7, 8], false],
    ['И', [], false],
    ['Иван Сидоров', [], false],
    ['Иван Петров Сидоров', [], false],
    ['!', [], false],
  ] as const) {
    it(`"${name}" means ${ids.length === 0 ? 'nobody' : ids.join(', ')} (trial 1.2)`, () => {
      const meant = matchName(name, people, true);
      assert.deepEqual([meant.who.map(({ id }) => id), meant.isCertain], [ids, isCertain]);
    });
  }

  it('is never certain while others are not known', () => {
    assert.equal(matchName('Петров', people, false).isCertain, false);
    assert.equal(matchName('Иван Петров', people, false).isCertain, false);
  });

  it('that stands beside an id is compared loosely', () => {
    assert.ok(sharesWord('Ivan', 'Иван Петров') && sharesWord('Петров И.', 'Иван Петров'));
    assert.ok(!sharesWord('Склад', 'Иван Петров') && !sharesWord('Склад', ''));
  });

  it('among words that run together is a full name or a surname', () => {
    const ids = (name: string) => matchWholeName(name, people).map(({ id }) => id);
    assert.deepEqual(ids('Иван'), []);
    assert.deepEqual(ids('Петров'), [1]);
    assert.deepEqual(ids('Иван Петров'), [1]);
    assert.deepEqual(ids('Петров Ли'), []);
  });
});

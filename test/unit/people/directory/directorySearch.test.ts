import assert from 'node:assert/strict';
import type { PeopleDirectory } from '../../../../src/people/directory/peopleDirectory';
import { wordsOf } from '../../../../src/people/directory/words';
import { Dice, manyPeople } from '../../../support/manyPeople';
import { directoryOf, person } from './support';

describe('the search of the directory', () => {
  let directory: PeopleDirectory;

  before(async () => {
    directory = await directoryOf([
      person(1, 'Анна Петрова, Генеральный директор', { departments: [1] }),
      person(2, 'Иван Сидоров, Ведущий разработчик', { departments: [3] }),
      person(3, 'Maria Kowalska, Product Designer', { departments: [4] }),
      person(5, 'John Carter, Head of IT', { departments: [2] }),
      person(7, 'Дмитрий Ёлкин, Главный бухгалтер', { departments: [1, 7] }),
      person(9, 'Sergey Ivanov, Contractor'),
      person(10, 'Анна-Мария Щербакова, Тестировщик', { secondName: 'Юрьевна' }),
      person(11, "Liam O'Brien, DevOps Engineer"),
      person(12, 'Харитон Юрьев', { departments: [3] }),
      person(13, '', { departments: [3] }),
    ]);
    directory.useDepartments([
      { id: 3, name: 'Отдел разработки' },
      { id: 4, name: 'Design' },
      { id: 7, name: 'Финансовая служба' },
      { id: 99, name: 'Пустой отдел' },
    ]);
  });

  const found = (query: string): number[] => directory.search(query).people.map(({ id }) => id);

  for (const [what, query, ids] of [
    ['a name', 'Анна', [10, 1]],
    ['its beginning', 'анн', [10, 1]],
    ['a surname', 'сидоров', [2]],
    ['another case', 'СИДО', [2]],
    ['е for ё', 'елкин', [7]],
    ['ё for е', 'пётрова', [1]],
    ['и for й', 'дмитрии', [7]],
    ['Latin for Cyrillic', 'ivan', [9, 2]],
    ['Cyrillic for Latin', 'Иванов', [9]],
    ['Latin variants', 'hariton', [12]],
    ['Latin variants', 'kharit', [12]],
    ['Latin variants', 'yuriev', [12, 10]],
    ['Latin variants', 'jurev', [12, 10]],
    ['Latin variants', 'scherb', [10]],
    ['Latin variants', 'shcherbakova', [10]],
    ['Latin variants', 'dmitry', [7]],
    ['Latin variants', 'dmitrij', [7]],
    ['Latin variants', 'yolkin', [7]],
    ['Cyrillic for an English name', 'картер', [5]],
    ['the wrong layout', 'bdfy', [2, 9]],
    ['the wrong layout, Latin meant', 'шмфт', [9, 2]],
    ['the wrong layout with punctuation', '`krby', [7]],
    ['the wrong layout of a hyphened name', 'fyyf-vfhbz', [10]],
    ['several words', 'петр анна', [1]],
    ['several words the other way', 'анна петр', [1]],
    ['several words in two alphabets', 'anna петр', [1]],
    ['several words, one on the wrong layout', 'gtnhjd анна', [1]],
    ['a position', 'бухгалтер', [7]],
    ['a position by sound', 'buhgalter', [7]],
    ['a position and a name', 'разраб иван', [2]],
    ['a second name', 'юрьевна', [10]],
    ['a department', 'финанс', [7]],
    ['a department and a name', 'финансовая дмитрий', [7]],
    [
      'a department of several',
      'отдел разработки',
      [13, 12, 2].sort((a, b) => order(a) - order(b)),
    ],
    ['a department on the wrong layout', 'abyfycjdfz', [7]],
    ['the inside of a word', 'идоро', [2]],
    ['the inside of a word by sound', 'lkin', [7]],
    ['an apostrophe', "o'br", [11]],
    ['no apostrophe', 'obrien', [11]],
    ['words with hyphens', 'анна-мария', [10]],
    ['a few letters that sound like others', 'ды', []],
    ['two letters that mean something on both layouts', 'ан', [10, 1]],
    ['what nobody has', 'zzz', []],
    ['one word of two that nobody has', 'анна zzz', []],
    ['nothing', ' \t ', []],
    ['signs only', '!?,', []],
    ['an empty department', 'пустой', []],
  ] as const) {
    it(`finds by ${what}: ${JSON.stringify(query)}`, () => {
      assert.deepEqual(found(query), ids);
    });
  }

  function order(id: number): number {
    // By the name as shown, those without one last.
    return [2, 12, 13].indexOf(id);
  }

  it('gives what a list draws, and how many there are', async () => {
    const one = person(4, 'Ада Лав, CTO', {
      secondName: 'Байрон',
      photo: 'https://acme.example/a.png',
      departments: [8, 9],
    });
    const small = await directoryOf([one, person(6, 'Ада Вторая')]);
    assert.deepEqual(small.search('ада лав'), { people: [one], total: 1 });
    assert.deepEqual(small.search('ада', { limit: 1 }).total, 2);
    assert.equal(small.search('ада', { limit: 1 }).people.length, 1);
  });

  it('ranks the whole name, its beginning, other words, then the inside of words', async () => {
    const ranked = await directoryOf([
      person(1, 'Глеб Хромов, Маршал'),
      person(2, 'Глеб Тамаров'),
      person(3, 'Глеб Маршалов'),
      person(4, 'Мар Глебов'),
      person(5, 'Marat Glebov'),
    ]);
    assert.deepEqual(
      ranked.search('мар').people.map(({ id }) => id),
      [4, 3, 5, 1, 2],
    );
  });

  it('ranks the whole name first on the wrong layout too', async () => {
    const ranked = await directoryOf([
      person(1, 'Алексей Иванов'),
      person(2, 'Ivan Adams'),
      person(3, 'Иван Яковлев'),
    ]);
    assert.deepEqual(
      ranked.search('bdfy').people.map(({ id }) => id),
      [3, 1, 2],
    );
  });

  it('puts whoever was used lately first, but not for a part inside of a word', async () => {
    const ranked = await directoryOf([
      person(1, 'Анна Белова'),
      person(2, 'Борис Аннин'),
      person(3, 'Жанна Ким'),
      person(4, 'Вера Ким, Анналист'),
    ]);
    const boost = new Map([
      [3, 9],
      [4, 5],
      [2, 7],
      [999, 1],
    ]);
    assert.deepEqual(
      ranked.search('анн', { boost }).people.map(({ id }) => id),
      [2, 4, 1, 3],
    );
    assert.deepEqual(
      ranked.search('анн', { boost, limit: 1 }).people.map(({ id }) => id),
      [2],
    );
  });

  it('knows people by id and by department', () => {
    assert.equal(directory.count, 10);
    assert.equal(directory.person(7)?.name, 'Дмитрий Ёлкин');
    assert.equal(directory.person(13)?.name, '#13');
    assert.equal(directory.person(4), undefined);
    assert.equal(directory.person(1e9), undefined);
    assert.deepEqual(
      directory.idsIn([3, 4, 3]).sort((a, b) => a - b),
      [2, 3, 12, 13],
    );
    assert.deepEqual(directory.idsIn([98]), []);
  });

  it('copes with nobody, and with queries of any length', async () => {
    const nobody = await directoryOf([]);
    assert.deepEqual(nobody.search('иван'), { people: [], total: 0 });
    assert.equal(nobody.person(1), undefined);
    assert.deepEqual(found('анна '.repeat(1000)), [10, 1]);
    assert.deepEqual(found('c'.repeat(10_000)), []);
  });
});

describe('the search of the directory, for people made by dice', () => {
  const people = manyPeople(400);
  let directory: PeopleDirectory;
  before(async () => {
    directory = await directoryOf(people);
  });

  const idsOf = (query: string): Set<number> =>
    new Set(directory.search(query, { limit: people.length }).people.map(({ id }) => id));

  it('finds everybody by every beginning of their names, in any case and order', () => {
    const dice = new Dice(1);
    for (const { id, firstName, lastName } of people) {
      const first = firstName.slice(0, 1 + dice.below(firstName.length));
      const last = lastName.slice(0, 1 + dice.below(lastName.length)).toUpperCase();
      for (const query of [first, last, `${first} ${last}`, ` ${last}  ${first} `]) {
        assert.ok(idsOf(query).has(id), `${query} finds ${firstName} ${lastName}`);
      }
    }
  });

  it('finds nobody whom a plain comparison with the same spelling would not', () => {
    for (const query of ['иван', 'ова', 'инженер', 'алекс иванов', 'мо', 'б', 'щ']) {
      const plain = people.filter(({ firstName, lastName, secondName = '', position = '' }) => {
        const own = wordsOf(`${firstName} ${lastName} ${secondName} ${position}`);
        return wordsOf(query).every((word) =>
          own.some((one) => one.startsWith(word) || (word.length > 2 && one.includes(word))),
        );
      });
      const found = idsOf(query);
      for (const { id, name } of plain) {
        assert.ok(found.has(id), `${query} finds ${name}`);
      }
      const cyrillic = people.filter(({ name }) => !/[a-z]/i.test(name)).map(({ id }) => id);
      const expected = new Set(plain.map(({ id }) => id));
      for (const id of cyrillic) {
        assert.equal(found.has(id), expected.has(id), `${query} and ${id}`);
      }
    }
  });

  it('counts all and gives the best, whatever the limit', () => {
    for (const query of ['и', 'ан', 'инженер', 'john']) {
      const all = directory.search(query, { limit: people.length });
      assert.equal(all.total, all.people.length);
      for (const limit of [0, 1, 7, 50]) {
        const some = directory.search(query, { limit });
        assert.equal(some.total, all.total);
        assert.deepEqual(some.people, all.people.slice(0, limit));
      }
    }
  });

  it('gives the same while typing as for the whole query at once', async () => {
    for (const query of ['анна иванов', 'инженер алекс', 'fyyf gtnhjd', 'john', 'мария-анна ко']) {
      for (let length = 1; length <= query.length; length += 1) {
        const typed = query.slice(0, length);
        const fresh = await directoryOf(people);
        assert.deepEqual(directory.search(typed), fresh.search(typed), typed);
      }
    }
  });

  it('finds by the departments of the last list, also for words that were typed before', async () => {
    const own = await directoryOf([person(1, 'Анна Петрова', { departments: [3] })]);
    assert.equal(own.search('продаж').total, 0);
    own.useDepartments([{ id: 3, name: 'Отдел продаж' }]);
    assert.equal(own.search('продаж').total, 1);
  });

  it('survives any text', () => {
    const dice = new Dice(3);
    const letters = Array.from('аиё йabcxyj-\'".,;[]\\/*+?^$(){}|#\u0000\u007f\ud800😀李\u0301\n');
    for (let round = 0; round < 500; round += 1) {
      const query = Array.from({ length: dice.below(12) }, () => dice.of(letters)).join('');
      const { people: found, total } = directory.search(query);
      assert.ok(found.length <= total);
    }
  });
});

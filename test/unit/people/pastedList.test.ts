import assert from 'node:assert/strict';
import { isMixedList, readEntry, splitMixedList } from '../../../src/people/pastedList';

describe('a pasted list', () => {
  for (const [text, pieces] of [
    ['', []],
    [' ,;| \n•', []],
    ['Петрова', ['Петрова']],
    ['3, 5, ivanov@acme.com, Петрова', ['3', '5', 'ivanov@acme.com', 'Петрова']],
    ['3 5 7', ['3', '5', '7']],
    ['#3 #5', ['#3', '#5']],
    ['3;5|7\t9\r\n11', ['3', '5', '7', '9', '11']],
    ['Иван Петров\nАнна Сидорова', ['Иван Петров', 'Анна Сидорова']],
    ['a@acme.com b@acme.com', ['a@acme.com', 'b@acme.com']],
    ['<a@acme.com>, mailto:b@acme.com.', ['<a@acme.com>', 'mailto:b@acme.com']],
    [
      'Anna Lee <anna@acme.com>, Ivan <ivan@acme.com>',
      ['Anna Lee <anna@acme.com>', 'Ivan <ivan@acme.com>'],
    ],
    ['Anna Lee (anna@acme.com) Ivan', ['Anna Lee (anna@acme.com)', 'Ivan']],
    [
      'Petrov, Ivan <ivan@acme.com>; Lee, Anna <anna@acme.com>',
      ['Petrov, Ivan <ivan@acme.com>', 'Lee, Anna <anna@acme.com>'],
    ],
    ['"Petrov, Ivan" <ivan@acme.com>, Anna', ['"Petrov, Ivan" <ivan@acme.com>', 'Anna']],
    ['• Иванов\n - Петрова\n* Anna-Maria\n– 7', ['Иванов', 'Петрова', 'Anna-Maria', '7']],
    ['1. Иванов\n2) Петрова\n(3) Anna', ['Иванов', 'Петрова', 'Anna']],
    ['1\tИванов\tivan@acme.com\n2\tПетрова\t', ['Иванов', 'ivan@acme.com', 'Петрова']],
    ['7 Иванов\n9 Петрова', ['7 Иванов', '9 Петрова']],
    ['Отдел 5, Склад № 12', ['Отдел 5', 'Склад № 12']],
    ['Иванов И. П., Петрова', ['Иванов И. П.', 'Петрова']],
    ['[USER=5]Иван Петров[/USER], ты?', ['[USER=5]Иван Петров[/USER]', 'ты?']],
    [
      'https://acme.bitrix24.ru/company/personal/user/5/ Иван',
      ['https://acme.bitrix24.ru/company/personal/user/5/', 'Иван'],
    ],
  ] as const) {
    it(`${JSON.stringify(text)} has ${pieces.length} pieces`, () => {
      assert.deepEqual(splitMixedList(text), pieces);
    });
  }

  for (const [text, entry] of [
    ['3', { kind: 'id', id: 3 }],
    ['#3', { kind: 'id', id: 3 }],
    ['Иван #3', { kind: 'id', id: 3 }],
    ['[USER=5]Иван[/USER]', { kind: 'id', id: 5 }],
    ['https://acme.bitrix24.ru/company/personal/user/5/', { kind: 'id', id: 5 }],
    ['0', { kind: 'name', name: '0' }],
    ['99999999999999999999', { kind: 'name', name: '99999999999999999999' }],
    ['«Релиз»', { kind: 'name', name: 'Релиз' }],
    ['Sales (Europe)', { kind: 'name', name: 'Sales (Europe)' }],
    ['ivan@acme.com', { kind: 'email', email: 'ivan@acme.com', name: '' }],
    ['"Lee, Anna" <anna@acme.com>', { kind: 'email', email: 'anna@acme.com', name: 'Lee, Anna' }],
    ['mailto:ivan@acme.com', { kind: 'email', email: 'ivan@acme.com', name: '' }],
    ['Иван (ivan@acme.co.uk)', { kind: 'email', email: 'ivan@acme.co.uk', name: 'Иван' }],
  ] as const) {
    it(`reads ${JSON.stringify(text)} as ${entry.kind}`, () => {
      assert.deepEqual(readEntry(text), { ...entry, text });
    });
  }

  it('is told from a name that is looked for', () => {
    assert.deepEqual(
      ['Иван Петров', 'Петров, ', '3, 5', 'a@acme.com', 'Отдел 5', 'Иван, Анна'].map(isMixedList),
      [false, false, true, true, false, true],
    );
  });

  it('is split in a moment, however odd', () => {
    for (const odd of ['<', '"', '(', '@', '- ', '[USER=1]', 'a@', '1. ', '#', 'a.', 'user/']) {
      splitMixedList(odd.repeat(20_000));
      readEntry(odd.repeat(20_000));
    }
  });
});

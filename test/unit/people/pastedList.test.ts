import assert from 'node:assert/strict';
import type { ListEntry } from '../../../src/people/listEntry';
import { isMixedList, readList } from '../../../src/people/pastedList';

/** An entry in short: `#5` id, `?5` perhaps an id, `<a@b.c> Name` address, `[A / B]` a row with these names. */
function short(entry: ListEntry): string {
  switch (entry.kind) {
    case 'id':
      return [`#${entry.id}`, entry.host && `on ${entry.host}`, entry.name]
        .filter(Boolean)
        .join(' ');
    case 'number':
      return `?${entry.id}`;
    case 'email':
      return [`<${entry.email}>`, entry.name, entry.before && `after ${entry.before.text}`]
        .filter(Boolean)
        .join(' ');
    case 'either':
      return `${entry.whole.names[0]} = ${entry.parts.map(short).join(' + ')}`;
    case 'name':
      return entry.isRow ? `[${entry.names.join(' / ')}]` : entry.names.join(' / ');
  }
}

const table: Record<string, readonly (readonly [text: string, ...entries: string[]])[]> = {
  'addresses (trial 1.1)': [
    ["o'brien@acme.com", "<o'brien@acme.com>"],
    ['O’Brien, Pat <o’brien@acme.com>', '<o’brien@acme.com> Pat after O’Brien'],
    ['first.last+tag@mail.acme.co.uk', '<first.last+tag@mail.acme.co.uk>'],
    ['иван@пример.рф', '<иван@пример.рф>'],
    ['<a@acme.com>, mailto:b@acme.com.', '<a@acme.com>', '<b@acme.com>'],
    ['a@acme.com b@acme.com', '<a@acme.com>', '<b@acme.com>'],
    ['Anna Lee (anna@acme.com) Ivan', '<anna@acme.com> Anna Lee', 'Ivan'],
    ['Иван (ivan@acme.co.uk)', '<ivan@acme.co.uk> Иван'],
    ['Ivan Petrov ivan@acme.com', '<ivan@acme.com> Ivan Petrov'],
    ['a@b@acme.com', 'a@b@acme.com'],
    ['@acme.com', 'acme.com'],
    ['=?utf-8?B?0JjQstCw0L0=?= <ivan@acme.com>', '<ivan@acme.com> Иван'],
    ['ivan@acme.com (Ivan)', '<ivan@acme.com>', 'Ivan'],
  ],
  'separators inside of one entry (trial 1.2)': [
    ['Petrov, Ivan <ivan@acme.com>', '<ivan@acme.com> Ivan after Petrov'],
    [
      'Petrov, Ivan <ivan@acme.com>, Lee, Anna <anna@acme.com>',
      '<ivan@acme.com> Ivan after Petrov',
      '<anna@acme.com> Anna after Lee',
    ],
    [
      'Petrov, Ivan <ivan@acme.com>\nLee, Anna <anna@acme.com>',
      '<ivan@acme.com> Ivan after Petrov',
      '<anna@acme.com> Anna after Lee',
    ],
    [
      'Petrov, Ivan <ivan@acme.com>; Lee, Anna <anna@acme.com>;',
      '<ivan@acme.com> Ivan after Petrov',
      '<anna@acme.com> Anna after Lee',
    ],
    ['"Petrov, Ivan";ivan@acme.com', '<ivan@acme.com> after "Petrov, Ivan"'],
    ['"Petrov, Ivan" <ivan@acme.com>, Anna', '<ivan@acme.com> Petrov, Ivan', 'Anna'],
    [
      '"Petrov, Ivan",ivan@acme.com\n"Lee, Anna",anna@acme.com',
      '<ivan@acme.com> Petrov, Ivan',
      '<anna@acme.com> Lee, Anna',
    ],
    ['"Ivan ""Big"" Petrov";ivan@acme.com', '<ivan@acme.com> after "Ivan ""Big"" Petrov"'],
    ['To: Anna <a@acme.com>; Ivan <i@acme.com>', '<a@acme.com> Anna', '<i@acme.com> Ivan'],
    ['Petrov, Ivan', 'Petrov Ivan = Petrov + Ivan'],
    ['Петров, Иван, Ильич', 'Петров Иван Ильич = Петров + Иван + Ильич'],
    ['Петрова, Иванова, Ли, Орлов', 'Петрова', 'Иванова', 'Ли', 'Орлов'],
    ['Anna Lee (HR, London), Ivan', 'Anna Lee (HR, London) / Anna Lee', 'Ivan'],
  ],
  'numbers beside names (trial 1.3)': [
    ['№\tName\n5\tIvan Petrov\n6\tAnna Lee', '[Ivan Petrov]', '[Anna Lee]'],
    ['1;Ivan Petrov\n2;Anna Lee', '[Ivan Petrov]', '[Anna Lee]'],
    ['5;Ivan Petrov\n9;Anna Lee', '[Ivan Petrov]', '[Anna Lee]'],
    ['1, Ivan Petrov\n2, Anna Lee', '[Ivan Petrov]', '[Anna Lee]'],
    ['3, Петрова\n5, Иванов', '?3', '[Петрова]', '?5', '[Иванов]'],
    ['1\tИванов\tivan@acme.com\n2\tПетрова\t', '<ivan@acme.com> Иванов', '[Петрова]'],
    ['5, a@acme.com;\nИван Петров\tНикто', '#5', '<a@acme.com>', 'Иван Петров', 'Никто'],
    ['1. Иванов\n2) Петрова\n(3) Anna', 'Иванов', 'Петрова', 'Anna'],
    ['1 Иванов\n2 Петрова', 'Иванов', 'Петрова'],
    ['1. 15\n2. 17', '#15', '#17'],
    ['1) 15', '#15'],
    ['Ivan Petrov,5\nAnna Lee,6', '?5', '[Ivan Petrov]', '?6', '[Anna Lee]'],
    ['Ivan Petrov (123)', 'Ivan Petrov (123) / Ivan Petrov'],
    ['10:30, 100%, 192.168.1.5', '10:30', '100%', '192.168.1.5'],
    ['1;17\n2;23', '?17', '?23'],
    ['7 Иванов\n9 Петрова', '7 Иванов / Иванов', '9 Петрова / Петрова'],
    ['Ivan Petrov\t+7 900 123-45-67\t12.05.1990', '[Ivan Petrov]'],
    ['17;+7 900 123-45-67\n19;+7 900 123-45-68', '?17', '?19'],
    ['8 900 123 45 67', '8 900 123 45 67'],
    ['+7 (900) 123-45-67', '+7 (900) 123-45-67'],
    ['12 05 1990', '12 05 1990'],
    ['12.05.1990', '12.05.1990'],
    ['89001234567', '89001234567'],
    ['3-5', '3-5'],
    ['доб. 5', 'доб. 5'],
    ['Отдел 5, Склад № 12', 'Отдел 5', 'Склад № 12'],
    ['0, 007, 99999999999999999999', '0', '007', '99999999999999999999'],
    ['Ivan Petrov +7 900 123-45-67', 'Ivan Petrov +7 900 123-45-67 / Ivan Petrov'],
  ],
  'tables with a heading (trial 1.3)': [
    ['ID;Name\n17;Ivan Petrov\n23;Anna Lee', '#17 Ivan Petrov', '#23 Anna Lee'],
    ['ID\n3\n5', '#3', '#5'],
    ['Name,Email\nIvan Petrov,ivan@acme.com', '<ivan@acme.com> Ivan Petrov'],
    [
      'Фамилия;Имя;Отчество;Телефон;Отдел\nПетров;Иван;Ильич;+7 900 123-45-67;Продажи',
      '[Петров Иван Ильич]',
    ],
    ['№;ФИО;Должность\n1;Иван Петров;Директор\n2;Анна Ли;Юрист', '[Иван Петров]', '[Анна Ли]'],
    [
      '| Name | Email |\n|---|---|\n| Ivan Petrov | ivan@acme.com |\n| Anna Lee | anna@acme.com |',
      '<ivan@acme.com> Ivan Petrov',
      '<anna@acme.com> Anna Lee',
    ],
    ['ФИО\nИван Петров\nАнна Ли', 'Иван Петров', 'Анна Ли'],
    ['Ivan Petrov\tSales\nAnna Lee\tSupport', '[Ivan Petrov / Sales]', '[Anna Lee / Support]'],
    ['Петров\tИван\nЛи\tАнна', '[Петров Иван / Петров / Иван]', '[Ли Анна / Ли / Анна]'],
  ],
  'profiles, with their portal (trial 1.4)': [
    ['https://other.bitrix24.com/company/personal/user/3/', '#3 on other.bitrix24.com'],
    ['acme.bitrix24.ru/company/personal/user/5', '#5 on acme.bitrix24.ru'],
    ['/company/personal/user/5/', '#5'],
    [
      'https://Acme.bitrix24.ru/company/personal/user/5/?IFRAME=Y, Иван',
      '#5 on acme.bitrix24.ru',
      'Иван',
    ],
    [
      'https://acme.bitrix24.ru/extranet/contacts/personal/user/5/ Иван',
      '#5 on acme.bitrix24.ru',
      'Иван',
    ],
    ['https://acme.bitrix24.ru/online/?IM_DIALOG=5', '#5 on acme.bitrix24.ru'],
    ['[Иван](https://acme.bitrix24.ru/company/personal/user/5/)', '#5 on acme.bitrix24.ru'],
    ['http://127.0.0.1:4000/company/personal/user/5/', '#5 on 127.0.0.1:4000'],
  ],
  'ids as people and this product write them (trial 2.1)': [
    ['[3, 5]', '#3', '#5'],
    ['["3","5"]', '#3', '#5'],
    ['[{"ID":"3","NAME":"Ivan"},{"id":5}]', '#3', '#5'],
    ['"people": [3, 5]', '#3', '#5'],
    ['#3 #5', '#3', '#5'],
    ['id 5', '#5'],
    ['ID: 5', '#5'],
    ['id5, ID7', '#5', '#7'],
    ['ids 3, 5', '#3', '#5'],
    ['№5; № 7', '#5', '#7'],
    ['user_id=5', '#5'],
    ['пользователь 5', '#5'],
    ['(3, 5)', '#3', '#5'],
    ['3;5|7\t9\r\n11', '#3', '#5', '#7', '#9', '#11'],
    ['3 5 7', '#3', '#5', '#7'],
    ['(id 5), <7>', '#5', '#7'],
    ['ID 5 и ID 7', 'ID 5 и ID 7 = #5 + #7'],
    ['#5, #7 и #9', '#5', '#7', '#9'],
    ['{"people":[3,5]}', '#3', '#5'],
    [
      'vscode://bitrix24-push.bitrix24-push/compose?to=3,5&portal=Acme.bitrix24.ru&text=a&to=7',
      '#3 on acme.bitrix24.ru',
      '#5 on acme.bitrix24.ru',
    ],
    ['Ivan Petrov #3', '#3 Ivan Petrov'],
    ['Ivan Petrov (id 3)', '#3 Ivan Petrov'],
    ['#3 Ivan #5 Anna', '#3 Ivan', '#5 Anna'],
    ['[USER=5]Иван Петров[/USER], Анна', '#5', 'Анна'],
    ['3, 5, ivanov@acme.com, Петрова', '#3', '#5', '<ivanov@acme.com>', 'Петрова'],
  ],
  'marks that nobody sees (trial 2.2)': [
    ['3\u200b, \u200e5', '#3', '#5'],
    ['\ufeffИван\u00a0Петров\u2060', 'Иван Петров'],
    ['Иван\u00adов, И\u0306ван', 'Иванов Йван = Иванов + Йван'],
  ],
  'lists in prose (trial 2.3)': [
    ['Иван Петров и Анна Ли', 'Иван Петров и Анна Ли = Иван Петров + Анна Ли'],
    ['Ivan Petrov and Anna Lee', 'Ivan Petrov and Anna Lee = Ivan Petrov + Anna Lee'],
    ['Ivan Petrov & Anna Lee', 'Ivan Petrov & Anna Lee = Ivan Petrov + Anna Lee'],
    ['Ivan Petrov + Anna Lee', 'Ivan Petrov + Anna Lee = Ivan Petrov + Anna Lee'],
    ['Іван Гриценко або Анна Лі', 'Іван Гриценко або Анна Лі = Іван Гриценко + Анна Лі'],
    ['Juan Pérez y Ana López', 'Juan Pérez y Ana López = Juan Pérez + Ana López'],
    ['ИВАН ПЕТРОВ И АННА ЛИ', 'ИВАН ПЕТРОВ И АННА ЛИ = ИВАН ПЕТРОВ + АННА ЛИ'],
    ['Ivan Petrov, Anna Lee, and Olga Orlova.', 'Ivan Petrov', 'Anna Lee', 'Olga Orlova'],
    ['3 и 5', '3 и 5 = #3 + #5'],
    ['ivan@acme.com and anna@acme.com', '<ivan@acme.com>', '<anna@acme.com>'],
    ['ivan@acme.com и Анна Ли', '<ivan@acme.com>', 'Анна Ли'],
    ['Коллеги: Иван Петров', 'Коллеги: Иван Петров / Иван Петров'],
    ['Иванов И. П., Петрова', 'Иванов И. П.', 'Петрова'],
    ['Иванов И', 'Иванов И'],
  ],
  'two hints in one entry (trial 2.4)': [
    ['Кузнецов Сергей <unknown@acme.com>', '<unknown@acme.com> Кузнецов Сергей'],
    ['Иван Петров; unknown@acme.com', '<unknown@acme.com> after Иван Петров'],
  ],
  'whatever else is between names': [
    [''],
    [' ,;| \n•'],
    ['Петрова', 'Петрова'],
    ['Иван Петров\nАнна Сидорова', 'Иван Петров', 'Анна Сидорова'],
    ['• Иванов\n - Петрова\n* Anna-Maria\n– 7', 'Иванов', 'Петрова', 'Anna-Maria', '#7'],
    ['@Иван Петров', 'Иван Петров'],
    ['«Релиз»', 'Релиз'],
    ['Sales (Europe)', 'Sales (Europe) / Sales'],
    ['Moscow / Sales', 'Moscow / Sales = Moscow + Sales'],
    ['3;Ivan Petrov', '#3', 'Ivan Petrov'],
    ['Иванов, иванов@acme.com, Иванов', 'Иванов', '<иванов@acme.com>'],
  ],
};

describe('a pasted list', () => {
  for (const [what, texts] of Object.entries(table)) {
    describe(`has ${what}`, () => {
      for (const [text, ...entries] of texts) {
        it(JSON.stringify(text), () => {
          assert.deepEqual(readList(text).map(short), entries);
        });
      }
    });
  }

  it('is told from a name that is looked for', () => {
    for (const list of ['3, 5', 'a@acme.com', 'Иван, Анна', 'Анна Ли и Олег Ким', 'id 5']) {
      assert.equal(isMixedList(list), true, list);
    }
    for (const name of ['Иван Петров', 'Петров, ', 'Отдел 5', 'Research and Development', '']) {
      assert.equal(isMixedList(name), false, name);
    }
  });

  it('means the same when what could not be matched is read again', () => {
    for (const [text] of Object.values(table).flat()) {
      const entries = readList(text);
      const ids = entries.flatMap((entry) => (entry.kind === 'id' ? [entry.id] : []));
      const again = readList(
        entries.flatMap((entry) => (entry.kind === 'number' ? [] : [entry.text])).join('\n'),
      );
      const idsAgain = again.flatMap((entry) => (entry.kind === 'id' ? [entry.id] : []));
      assert.deepEqual(idsAgain, ids, text);
    }
  });

  it('is read in a moment, however odd', () => {
    const odd = [
      '<',
      '"',
      '(',
      '@',
      '- ',
      '[USER=1]',
      'a@',
      '1. ',
      '#',
      'a.',
      'user/',
      'http://a',
      '1\t',
      'a,"',
      ' и ',
      '{',
    ];
    for (const one of odd) {
      readList(one.repeat(20_000));
      readList(`${one.repeat(100)}\n`.repeat(200));
    }
  });
});

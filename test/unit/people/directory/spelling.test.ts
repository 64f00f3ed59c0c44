import assert from 'node:assert/strict';
import { otherLayout } from '../../../../src/people/directory/alphabets';
import {
  soundsOf,
  soundsOfBeginning,
  soundsOfName,
} from '../../../../src/people/directory/spelling';
import { lettersOf, wordsOf } from '../../../../src/people/directory/words';

describe('the words of a text', () => {
  for (const [text, words] of [
    ['Фёдор Ёлкин', ['федор', 'елкин']],
    ['Андрей', ['андреи']],
    ['SMM-специалист', ['smm', 'специалист']],
    ["Liam O'Brien", ['liam', 'obrien']],
    ['Zażółć Łukasz Straße', ['zazolc', 'lukasz', 'strasse']],
    ['İlker', ['ilker']],
    ['1С-программист (склад №5)', ['1с', 'программист', 'склад', '5']],
    ['李 明', ['李', '明']],
    ["' — .,", []],
    ['', []],
  ] as const) {
    it(`${JSON.stringify(text)} are ${words.join(', ')}`, () => {
      assert.deepEqual(wordsOf(text), words);
    });
  }

  it('are the same however letters with marks are encoded', () => {
    assert.deepEqual(wordsOf('Андре\u0438\u0306 \u0415\u0308лкин'), wordsOf('Андрей Ёлкин'));
  });
});

describe('names by sound', () => {
  const typed = (text: string) => new Set(lettersOf(text).flatMap(soundsOf));
  const named = (text: string) => new Set(lettersOf(text).flatMap(soundsOfName));
  const meet = (name: string, query: string) =>
    [...typed(query)].some((sound) => named(name).has(sound));

  for (const [name, ...spellings] of [
    ['Иван', 'Ivan'],
    ['Юлия', 'Yulia', 'Yuliya', 'Julia', 'Iuliia', 'Juliya'],
    ['Яна', 'Yana', 'Jana', 'Iana'],
    ['Харитонов', 'Kharitonov', 'Haritonov', 'Xaritonov'],
    ['Цветаева', 'Tsvetaeva', 'Cvetaeva', 'Tsvetayeva'],
    ['Ксения', 'Ksenia', 'Xenia', 'Kseniya', 'Kseniia'],
    ['Александр', 'Aleksandr', 'Alexandr', 'Alexander'],
    ['Щукин', 'Shchukin', 'Schukin'],
    ['Фёдоров', 'Fyodorov', 'Fedorov', 'Fjodorov'],
    ['Федоров', 'Fyodorov'],
    ['Семён', 'Semyon', 'Semen', 'Semjon'],
    ['Дмитрий', 'Dmitry', 'Dmitriy', 'Dmitrij', 'Dmitri', 'Dmitrii'],
    ['Достоевский', 'Dostoevsky', 'Dostoevskiy', 'Dostoevskij', 'Dostoyevsky', 'Dostoevski'],
    ['Екатерина', 'Ekaterina', 'Yekaterina'],
    ['Григорьев', 'Grigorev', 'Grigoriev', 'Grigoryev'],
    ['Татьяна', 'Tatyana', 'Tatiana', 'Tatjana'],
    ['Жанна', 'Zhanna'],
    ['Крылов', 'Krylov'],
    ['Хрущёв', 'Khrushchev', 'Hruschev'],
    ['Пётр', 'Pyotr', 'Petr', 'Peter'],
    ['Объедков', 'Obyedkov', 'Obedkov'],
    ['Картер', 'Carter'],
    ['Вилсон', 'Wilson'],
    ['Томас', 'Thomas'],
    ['Ник', 'Nick'],
    ['Винсент', 'Vincent'],
    ['Филипп', 'Philipp', 'Filipp'],
    ['Олексій', 'Oleksiy', 'Oleksii'],
  ] as const) {
    it(`${name} sounds like ${spellings.join(', ')}`, () => {
      for (const spelling of spellings) {
        assert.ok(meet(name, spelling), `${spelling} finds ${name}`);
        assert.ok(meet(spelling, name), `${name} finds ${spelling}`);
      }
    });
  }

  it('are not all the same', () => {
    assert.ok(!meet('Иван', 'Ivana'));
    assert.ok(!meet('Анна', 'Inna'));
    assert.ok(named('Анна').has('ana'), 'one letter of two');
  });

  it('have a beginning that goes on in two letters for one', () => {
    assert.ok(soundsOfBeginning('mik').includes('mih'));
    assert.ok(soundsOfBeginning('sc').includes('sh'));
  });

  it('are few, however ambiguous a word is', () => {
    assert.ok(soundsOf('cxcxcxcxcxcxcxcxyoyoyoyoyo').length <= 6);
    assert.deepEqual(soundsOf('李'), []);
    assert.deepEqual(soundsOf('2026'), []);
  });
});

describe('the other keyboard layout', () => {
  for (const [typed, meant] of [
    ['bdfy', 'иван'],
    ['шмфт', 'ivan'],
    [',jhbc', 'борис'],
    ['.kbz', 'юлия'],
    ['`krby', 'ёлкин'],
    ['"vvf', 'Эмма'],
    ['Bdfy', 'Иван'],
    ['fyyf-vfhbz', 'анна-мария'],
    ['17', undefined],
    ['', undefined],
    ['ivan иван', undefined],
    ['李', undefined],
  ] as const) {
    it(`${JSON.stringify(typed)} is ${meant ?? 'nothing else'}`, () => {
      assert.equal(otherLayout(typed), meant);
    });
  }
});

import assert from 'node:assert/strict';
import {
  askedFacts,
  fillTemplate,
  missingFacts,
  parseTemplate,
  placeholdersOf,
} from '../../../src/push/personalText';
import type { TextPerson } from '../../../src/push/personalText';

const anna: TextPerson = {
  id: 1,
  firstName: 'Анна',
  lastName: 'Петрова',
  position: 'Директор',
  department: 'Acme',
};
const fill = (text: string, person?: TextPerson) =>
  fillTemplate(parseTemplate(text, 'personal'), person);

describe('a personal text', () => {
  for (const [text, filled] of [
    ['Привет, {name}! 🚀', 'Привет, Анна! 🚀'],
    ['{last_name} {name}, {position}, {department}', 'Петрова Анна, Директор, Acme'],
    ['{full_name}', 'Анна Петрова'],
    ['{name|colleague} and {name}', 'Анна and Анна'],
    ['{{name}} = {name}', '{name} = Анна'],
    ['{{{name}}}', '{Анна}'],
    ['{{}}', '{}'],
    ['if (a) {{ b }}', 'if (a) { b }'],
    ['nothing to fill in', 'nothing to fill in'],
    ['', ''],
  ] as const) {
    it(`reads “${text}”`, () => {
      assert.deepEqual(parseTemplate(text, 'personal').faults, []);
      assert.equal(fill(text, anna), filled);
    });
  }

  it('writes the fallback where a fact is missing or blank, and nothing where there is none', () => {
    assert.equal(fill('{name|colleague}', { id: 2, firstName: ' ' }), 'colleague');
    assert.equal(fill('a{position|}b{department|x|y}', { id: 2 }), 'abx|y');
    assert.equal(fill('Hi {name}!'), 'Hi !');
    assert.equal(fill('{full_name}', { id: 2, name: 'Ann Lee' }), 'Ann Lee');
    const template = parseTemplate('{name} {position|-} {department}', 'personal');
    assert.deepEqual(missingFacts(template, { id: 2 }), ['name', 'department']);
    assert.deepEqual(missingFacts(template, anna), []);
    assert.deepEqual(placeholdersOf(template), ['name', 'position', 'department']);
  });

  it('gives a record no more of people than it says about them (trial 6.9)', () => {
    const asked = (text: string) => askedFacts(parseTemplate(text, 'personal'), [anna]);
    assert.deepEqual(asked('Привет, {name}!'), [{ id: 1, firstName: 'Анна' }]);
    assert.deepEqual(asked('{position}, {department}'), [
      { id: 1, position: 'Директор', department: 'Acme' },
    ]);
    assert.deepEqual(Object.keys(asked('{full_name}')![0]!), [
      'id',
      'firstName',
      'lastName',
      'name',
    ]);
    assert.equal(asked('the same for all'), undefined);
  });

  it('never reads a filled in fact as a placeholder', () => {
    assert.equal(fill('{name}', { id: 2, firstName: '{position}' }), '{position}');
  });

  for (const [text, faults] of [
    ['Hi {nmae}!', [['PLACEHOLDER_UNKNOWN', '{nmae}']]],
    [
      'Hi {Name} {}',
      [
        ['PLACEHOLDER_UNKNOWN', '{Name}'],
        ['PLACEHOLDER_UNKNOWN', '{}'],
      ],
    ],
    ['🚀 {first|x}', [['PLACEHOLDER_UNKNOWN', '{first|x}']]],
    ['{name', [['PLACEHOLDER_OPEN', '{']]],
    ['a { {name}', [['PLACEHOLDER_OPEN', '{']]],
    ['a } b', [['PLACEHOLDER_OPEN', '}']]],
    ['{ name }', [['PLACEHOLDER_UNKNOWN', '{ name }']]],
  ] as const) {
    it(`shows what is wrong with “${text}” at its place`, () => {
      const found = parseTemplate(text, 'personal').faults;
      assert.deepEqual(
        found.map(({ code, offset, length }) => [code, text.slice(offset, offset + length)]),
        faults,
      );
    });
  }

  it('tells two equal mistakes apart by their place', () => {
    assert.deepEqual(
      parseTemplate('{a} {a}', 'personal').faults.map(({ offset }) => offset),
      [0, 4],
    );
  });

  it('has no placeholders and no faults when it is literal', () => {
    for (const text of ['{name}', '{{name}}', 'function () { return {}; }', '}{']) {
      const template = parseTemplate(text, 'literal');
      assert.deepEqual([template.faults, template.personal], [[], false]);
      assert.equal(fillTemplate(template, anna), text);
    }
  });
});

describe('Russian placeholders (trial 8.4)', () => {
  it('say the same as the English ones, also with a fallback', () => {
    const person = { id: 3, firstName: 'Анна', lastName: 'Ли', position: 'инженер' };
    const text = '{имя}, {фамилия}, {полное имя}, {должность}, {отдел|где-то}';
    const template = parseTemplate(text, 'personal');
    assert.deepEqual(template.faults, []);
    assert.equal(fillTemplate(template, person), 'Анна, Ли, Анна Ли, инженер, где-то');
    assert.equal(parseTemplate('{имь}', 'personal').faults[0]?.code, 'PLACEHOLDER_UNKNOWN');
  });
});

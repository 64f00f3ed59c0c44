import assert from 'node:assert/strict';
import { parsePushFile, pushAt, splitEntries } from '../../../src/pushFiles/pushFile';
import { parseTemplate } from '../../../src/push/personalText';

const written = (text: string) => ({ text, start: 0, end: text.length });

describe('a push file', () => {
  const release = [
    '# Release notice',
    '@version = 2.4.1',
    '',
    '### To the team',
    '# Everybody who tests',
    'to: me, group:Release team',
    'To: "Petrova, Anna"',
    'portal: acme.bitrix24.com',
    'avatar: https://acme.bitrix24.com/a.png',
    '',
    'Hi {name|colleague},',
    '',
    '# 2.4.1 is out.',
    '',
    '### To QA',
    'to: 5',
    'mode: literal',
    '',
    'Look at {this}.',
  ].join('\n');

  it('has variables, and pushes with title, recipients, portal, avatar, mode and text', () => {
    const { variables, pushes, faults } = parsePushFile(release);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      variables.map(({ name, value }) => [name.text, value.text]),
      [['version', '2.4.1']],
    );
    assert.deepEqual(
      pushes.map(({ title, to, portal, avatar, mode, text }) => ({
        ...{ title: title.text, to: to.map((one) => one.text), portal: portal?.text },
        ...{ avatar: avatar?.text, mode, text: text.text },
      })),
      [
        {
          ...{ title: 'To the team', to: ['me', 'group:Release team', 'Petrova, Anna'] },
          ...{ portal: 'acme.bitrix24.com', avatar: 'https://acme.bitrix24.com/a.png' },
          ...{ mode: 'personal', text: 'Hi {name|colleague},\n\n# 2.4.1 is out.' },
        },
        {
          ...{ title: 'To QA', to: ['5'], portal: undefined, avatar: undefined },
          ...{ mode: 'literal', text: 'Look at {this}.' },
        },
      ],
    );
  });

  it('knows where each part stands, whatever ends its lines', () => {
    for (const source of [release, release.replaceAll('\n', '\r\n')]) {
      const { variables, pushes } = parsePushFile(source);
      const parts = [
        ...variables.flatMap(({ name, value }) => [name, value]),
        ...pushes.flatMap(({ title, to, portal, avatar, text }) => [
          ...[title, ...to.filter((one) => !one.text.includes(',')), text],
          ...[portal, avatar].filter((one) => one !== undefined),
        ]),
      ];
      assert.equal(parts.length, 11);
      for (const { text, start, end } of parts) {
        assert.equal(source.slice(start, end), text);
      }
    }
  });

  it('finds the push of a place', () => {
    const file = parsePushFile(release);
    assert.equal(pushAt(file, release.indexOf('2.4.1')), undefined);
    assert.equal(pushAt(file, release.indexOf('Hi'))?.title.text, 'To the team');
    assert.equal(pushAt(file, release.indexOf('### To QA'))?.title.text, 'To QA');
    assert.equal(pushAt(file, release.length)?.title.text, 'To QA');
  });

  it('keeps an escaped heading inside the text', () => {
    const { pushes } = parsePushFile('###\nto: me\n\nOne\n\\### Two\n####\n###Three');
    assert.deepEqual(
      pushes.map(({ text }) => text.text),
      ['One\n\\### Two\n####\n###Three'],
    );
  });

  for (const [name, source, codes] of [
    ['a line above the first push', 'Hello\n### A\n\nText', ['STRAY_LINE Hello']],
    ['text without an empty line before it', '### A\nto: me\nHello!\n', ['NOT_A_HEADER Hello!']],
    ['a header that is not known', '### A\nfrom: me\n\nx', ['UNKNOWN_HEADER from']],
    ['a header twice', '### A\nmode: literal\nmode: personal\n\nx', ['HEADER_TWICE mode']],
    ['an unknown mode', '### A\nmode: fancy\n\nx', ['UNKNOWN_MODE fancy']],
    ['a variable without a name', '@ = 2', ['VARIABLE_NAME @ = 2']],
    ['a variable with a name of ours', '@date = 2', ['VARIABLE_NAME date']],
    ['a variable twice', '@a = 1\n@a = 2', ['VARIABLE_TWICE a']],
  ] as const) {
    it(`tells ${name}`, () => {
      const { faults } = parsePushFile(source);
      assert.deepEqual(
        faults.map(({ code, start, end }) => `${code} ${source.slice(start, end)}`),
        codes,
      );
    });
  }

  it('takes a mode that is not known for literal, so that nothing is filled in', () => {
    assert.equal(parsePushFile('### A\nmode: fancy\n\nx').pushes[0]?.mode, 'literal');
  });

  it('may be empty, or have pushes without anything', () => {
    assert.deepEqual(parsePushFile(''), { variables: [], pushes: [], faults: [] });
    const [push] = parsePushFile('###').pushes;
    assert.deepEqual(push?.text, { text: '', start: 3, end: 3 });
    assert.deepEqual(push.to, []);
  });

  it('splits recipients at commas outside of quotes', () => {
    const entries = (text: string) => splitEntries(written(text)).map((one) => one.text);
    assert.deepEqual(entries('me,, 5 , "Petrova, Anna",'), ['me', '5', 'Petrova, Anna']);
    assert.deepEqual(entries('"Anna" <anna@acme.com>, 3'), ['"Anna" <anna@acme.com>', '3']);
    assert.deepEqual(entries('"open, 3'), ['"open', '3']);
    assert.deepEqual(entries(''), []);
  });

  it('leaves placeholders to the text’s own grammar', () => {
    const [push] = parsePushFile('###\n\nHi {name}').pushes;
    assert.ok(push && parseTemplate(push.text.text, push.mode).personal);
  });
});

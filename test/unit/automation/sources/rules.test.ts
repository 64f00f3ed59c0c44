import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { fillRuleText, parseRules } from '../../../../src/automation/sources/rules';

describe('the setting reachMe.rules', () => {
  let said: string[];
  const log = { warn: (message: string) => void said.push(message) };
  beforeEach(() => {
    said = [];
  });

  it('has a default for everything', () => {
    const [rule] = parseRules([{}], log);
    assert.ok(rule?.matches({ name: 'x', source: undefined, folder: undefined }));
    assert.deepEqual(
      { ...rule, matches: undefined },
      { matches: undefined, failedOnly: false, longerThanMs: undefined, text: undefined },
    );
  });

  it('takes all that the manifest offers for a rule, and fills in all that it names', () => {
    const record = v.record(v.string(), v.unknown());
    const at = (value: unknown, ...keys: string[]): unknown =>
      keys.reduce((inner, key) => v.parse(record, inner)[key], value);
    const read = (name: string): unknown => JSON.parse(readFileSync(name, 'utf8'));
    const sections = v.parse(
      v.array(record),
      at(read('package.json'), 'contributes', 'configuration'),
    );
    const settings = Object.assign({}, ...sections.map(({ properties }) => properties)) as unknown;
    const properties = at(settings, 'bitrix24Push.reachMe.rules', 'items', 'properties');
    for (const result of v.parse(v.array(v.string()), at(properties, 'result', 'enum'))) {
      const rule = { name: '*', folder: '*', result, longerThan: 1, text: 'x' };
      assert.deepEqual(Object.keys(rule).sort(), Object.keys(v.parse(record, properties)).sort());
      assert.equal(parseRules([rule], log).length, 1, result);
    }
    assert.deepEqual(said, []);
    const values = { name: 'A', result: 'B', exitCode: 'C', duration: 'D', folder: 'E' };
    for (const file of ['package.nls.json', 'package.nls.ru.json']) {
      const text = v.parse(v.string(), at(read(file), 'setting.reachMe.rules.text'));
      assert.match(fillRuleText(text, values), /A, B, C, D \S+ E/u);
      assert.ok(!/[${}]/u.test(fillRuleText(text, values)), text);
    }
  });

  const matches: [object, string, boolean][] = [
    [{ name: 'build' }, 'build', true],
    [{ name: 'build' }, 'build all', false],
    [{ name: 'build' }, 'rebuild', false],
    [{ name: 'build*' }, 'build all', true],
    [{ name: '*' }, 'anything', true],
    [{ name: '*:*:prod' }, 'a:b:prod', true],
    [{ name: '***' }, '', true],
    [{ name: 'a.c' }, 'abc', false],
    [{ name: 'a+(b)[c]' }, 'a+(b)[c]', true],
    [{ name: 'npm: build' }, 'build', true],
    [{ name: 'build', folder: 'shop' }, 'build', true],
    [{ name: 'build', folder: 'sh*' }, 'build', true],
    [{ name: 'build', folder: 'other' }, 'build', false],
  ];
  for (const [rule, name, does] of matches) {
    it(`${JSON.stringify(rule)} ${does ? 'matches' : 'does not match'} “${name}”`, () => {
      const [parsed] = parseRules([rule], log);
      assert.equal(parsed?.matches({ name, source: 'npm', folder: 'shop' }), does);
    });
  }

  it('takes seconds, a result and a text', () => {
    const [rule] = parseRules([{ result: 'failed', longerThan: 1.5, text: ' {name}! ' }], log);
    assert.deepEqual([rule?.failedOnly, rule?.longerThanMs, rule?.text], [true, 1_500, '{name}!']);
    assert.equal(parseRules([{ text: ' ' }], log)[0]?.text, undefined);
  });

  it('leaves out a rule with a fault, says where it is, and never quotes it', () => {
    const rules = parseRules(
      [
        { name: 5 },
        { name: 'ok' },
        { result: 'secret' },
        'secret',
        { nmae: 'x' },
        { longerThan: -1 },
      ],
      log,
    );
    assert.equal(rules.length, 1);
    assert.deepEqual(said, [
      'Rule 1 of reachMe.rules is not used: it is not understood (name).',
      'Rule 3 of reachMe.rules is not used: it is not understood (result).',
      'Rule 4 of reachMe.rules is not used: it is not understood.',
      'Rule 5 of reachMe.rules is not used: it is not understood (nmae).',
      'Rule 6 of reachMe.rules is not used: it is not understood (longerThan).',
    ]);
  });

  it('is empty where there is no list', () => {
    assert.deepEqual(parseRules(undefined, log), []);
    assert.deepEqual(parseRules(null, log), []);
    assert.deepEqual(said, []);
    assert.deepEqual(parseRules({}, log), []);
    assert.equal(said.length, 1);
  });

  it('fills in what it knows, once, and leaves other braces', () => {
    const values = {
      ...{ name: '{folder}', result: 'failed', duration: '1 min', folder: 'shop', exitCode: '3' },
    };
    assert.equal(
      fillRuleText('{name} {result} {duration} {folder} {exitCode} {constructor} {x}', values),
      '{folder} failed 1 min shop 3 {constructor} {x}',
    );
  });
});

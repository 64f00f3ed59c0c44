import assert from 'node:assert/strict';
import { findOwnCalls } from '../../../src/ownCalls/findOwnCalls';
import type { Grammar } from '../../../src/ownCalls/language';
import { formContent, sentParameters } from '../../../src/ownCalls/sentParameters';
import { right, wrong } from './snippets';

const method = 'pull.application.push.add';

/** The source after each fix alone, with the fix's kind. */
function mended(code: string, grammar: Grammar): [string, string][] {
  const findings = findOwnCalls(code, grammar).calls.flatMap((call) => call.findings);
  return findings.flatMap(({ fixes }) =>
    fixes.map(({ kind, edit }): [string, string] => [
      kind,
      code.slice(0, edit.from) + edit.text + code.slice(edit.to),
    ]),
  );
}

const cases: readonly [string, Grammar, string, [string, string][]][] = [
  [
    'renames a parameter and keeps its quotation marks',
    'python',
    `b.call('${method}', {"USER_ID": 1, "MESSAGE": text})`,
    [['rename', `b.call('${method}', {"USER_ID": 1, "TEXT": text})`]],
  ],
  [
    'renames a shorthand',
    'javascript',
    `BX24.callMethod('${method}', { USER_ID: 1, message })`,
    [['rename', `BX24.callMethod('${method}', { USER_ID: 1, TEXT: message })`]],
  ],
  [
    'removes a parameter at the end with the comma before it',
    'javascript',
    `BX24.callMethod('${method}', { USER_ID: 1, TEXT: 'a', SOUND: 'b' })`,
    [['remove', `BX24.callMethod('${method}', { USER_ID: 1, TEXT: 'a' })`]],
  ],
  [
    'removes a parameter in front with the comma behind it, and no TEXT becomes two',
    'javascript',
    `BX24.callMethod('${method}', { MESSAGE: 'b', USER_ID: 1, TEXT: 'a' })`,
    [['remove', `BX24.callMethod('${method}', { USER_ID: 1, TEXT: 'a' })`]],
  ],
  [
    'keeps comments that would go with a parameter',
    'javascript',
    `BX24.callMethod('${method}', { USER_ID: 1, TEXT: 'a', /* why */ SOUND: 'b' })`,
    [],
  ],
  [
    'makes a list of several ids',
    'php',
    `<?php CRest::call('${method}', ['USER_ID' => '1,2', 'TEXT' => 'a']);`,
    [['list', `<?php CRest::call('${method}', ['USER_ID' => [1, 2], 'TEXT' => 'a']);`]],
  ],
  [
    'makes JSON of a list that a form would tear apart',
    'python',
    `requests.post('https://a.b/rest/${method}', data={'USER_ID': [1, 2], 'TEXT': 'a'})`,
    [
      [
        'list',
        `requests.post('https://a.b/rest/${method}', data={'USER_ID': '[1, 2]', 'TEXT': 'a'})`,
      ],
    ],
  ],
  [
    'leaves open which of two names shall be the text',
    'javascript',
    `BX24.callMethod('${method}', { USER_ID: 1, MESSAGE: a, BODY: b })`,
    [['remove', `BX24.callMethod('${method}', { USER_ID: 1, MESSAGE: a })`]],
  ],
  [
    'does not change what stands in a text',
    'javascript',
    `fetch('https://a.b/rest/${method}', { method: 'POST', body: 'USER_ID=1,2&MESSAGE=a' })`,
    [],
  ],
];

describe('the fix of an own call', () => {
  for (const [title, grammar, code, expected] of cases) {
    it(title, () => {
      assert.deepEqual(mended(code, grammar), expected);
    });
  }

  it('leads to a source in which its finding is gone', () => {
    for (const { code, grammar, title } of wrong) {
      const count = (source: string) =>
        findOwnCalls(source, grammar).calls.flatMap((call) => call.findings).length;
      for (const [, source] of mended(code, grammar)) {
        assert.ok(count(source) < count(code), `${title}: ${source}`);
      }
    }
  });
});

describe('what an own call sends', () => {
  const callOf = (code: string, grammar: Grammar) => {
    const [found] = findOwnCalls(code, grammar).calls;
    assert.ok(found);
    return found.call;
  };

  it('are its parameters, with those left open that are computed, and without credentials', () => {
    const call = callOf(
      `<?php CRest::call('${method}', ['USER_ID' => $id, 'text' => "a\\n", 'SOUND' => null, 'auth' => 'x']);`,
      'php',
    );
    assert.deepEqual(sentParameters(call), [
      { name: 'USER_ID', value: undefined },
      { name: 'text', value: 'a\n' },
      { name: 'SOUND', value: null },
    ]);
  });

  it('are lists as they arrive', () => {
    const url = `https://a.b/rest/${method}`;
    const python = callOf(
      `requests.post('${url}', data={'USER_ID': [1, 2], 'TEXT': 'a'})`,
      'python',
    );
    assert.equal(sentParameters(python)?.[0]?.value, 2);
    const form = `fetch('${url}', { body: new URLSearchParams({ USER_ID: [1, 2], TEXT: 'a' }) })`;
    assert.equal(sentParameters(callOf(form, 'javascript'))?.[0]?.value, '1,2');
  });

  it('is unknown where parameters are added that cannot be seen', () => {
    const call = callOf(`BX24.callMethod('${method}', { ...base, TEXT: 'a' })`, 'javascript');
    assert.equal(sentParameters(call), undefined);
    assert.deepEqual(formContent(call), { text: 'a', avatar: '', ids: [] });
  });

  it('is for the form what people mean', () => {
    const code = `BX24.callMethod('${method}', { USERS: '3, 5, 3', MESSAGE: 'a', ICON: 'ftp://x' })`;
    assert.deepEqual(formContent(callOf(code, 'javascript')), {
      text: 'a',
      avatar: '',
      ids: [3, 5],
    });
  });

  it('never throws', () => {
    for (const { code, grammar } of [...wrong, ...right]) {
      for (const { call } of findOwnCalls(code, grammar).calls) {
        sentParameters(call);
        formContent(call);
      }
    }
  });
});

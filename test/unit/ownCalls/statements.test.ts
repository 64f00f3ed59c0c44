import assert from 'node:assert/strict';
import type { Grammar } from '../../../src/ownCalls/language';
import { lookAround } from '../../../src/ownCalls/statements';

/** The statements around each `HERE`. */
function around(code: string, grammar: Grammar): string[] {
  const places = [...code.matchAll(/HERE/gu)].map(({ index }) => index);
  const { statements } = lookAround(code, grammar, places);
  return statements.map(({ from, to }) => code.slice(from, to).trim());
}

describe('the statement around a name', () => {
  for (const [title, grammar, code, expected] of [
    [
      'is one of several',
      'javascript',
      "a('x'); b('HERE', { c: 1 }); d();",
      ["b('HERE', { c: 1 });"],
    ],
    ['ends with its block', 'javascript', "function f() { a(); b('HERE') }\nc()", ["b('HERE')"]],
    [
      'is whole where functions are its arguments',
      'javascript',
      "a(() => { x(); }, 'HERE', function () { y(); });",
      ["a(() => { x(); }, 'HERE', function () { y(); });"],
    ],
    ['is not one in a comment', 'javascript', "// b('HERE')\n/* c('HERE') */ d();", []],
    [
      'is found behind an apostrophe in a text of JSX',
      'tsx',
      "const A = () => <p>Don't</p>;\nconst b = 1;\nb('HERE');",
      ["b('HERE');"],
    ],
    [
      'is found behind brackets in a regular expression',
      'javascript',
      "a.replace(/[({'`]/, '');\nfunction f() { b('HERE'); }",
      ["b('HERE');"],
    ],
    [
      'is in a method whose type has brackets',
      'typescript',
      "class A { x = { y: 1 }; async f(): Promise<void> { a(); b('HERE'); } }",
      ["b('HERE');"],
    ],
    [
      'is found behind HTML with an apostrophe',
      'php',
      "<p>Don't</p><?php a(); ?>it's<?php b('HERE'); ?>",
      ["b('HERE');"],
    ],
    [
      'is found behind a text of several lines',
      'php',
      "<?php a(<<<EOT\nit's {\nEOT);\nb('HERE');",
      ["b('HERE');"],
    ],
    [
      'is a line of Python, with what brackets join',
      'python',
      "def f():\n    '''Don't {'''\n    b('HERE',\n      {'c': 1})\n    d()",
      ["b('HERE',\n      {'c': 1})"],
    ],
  ] as const) {
    it(`${title} in ${grammar}`, () => {
      assert.deepEqual(around(code, grammar), expected);
    });
  }
});

import assert from 'node:assert/strict';
import { PhpArray, type PhpValue } from '../../../src/sandbox/php';
import { decodeJson, encodeJson } from '../../../src/sandbox/phpJson';
import { parseQuery } from '../../../src/sandbox/phpParams';

/** PHP arrays as lists of pairs, which keep their order. */
function pairs(value: PhpValue): unknown {
  return value instanceof PhpArray ? Array.from(value, ([key, item]) => [key, pairs(item)]) : value;
}

describe('sandbox: PHP parameters', () => {
  const queries: [query: string, parsed: unknown][] = [
    ['a=1&a=2', [['a', '2']]],
    ['a', [['a', '']]],
    ['=x&&b=', [['b', '']]],
    [
      'a+b=1&c.d=2',
      [
        ['a_b', '1'],
        ['c_d', '2'],
      ],
    ],
    ['%20a=1', [['a', '1']]],
    [
      'a[]=1&a[]=2',
      [
        [
          'a',
          [
            ['0', '1'],
            ['1', '2'],
          ],
        ],
      ],
    ],
    [
      'a[5]=x&a[]=y',
      [
        [
          'a',
          [
            ['5', 'x'],
            ['6', 'y'],
          ],
        ],
      ],
    ],
    [
      'a[b][]=1&a[b][]=2',
      [
        [
          'a',
          [
            [
              'b',
              [
                ['0', '1'],
                ['1', '2'],
              ],
            ],
          ],
        ],
      ],
    ],
    ['a[b.c d]=1', [['a', [['b.c d', '1']]]]],
    ['a[b]c=1', [['a', [['b', '1']]]]],
    ['a[b=1', [['a_b', '1']]],
    ['a=1&a[]=2', [['a', [['0', '2']]]]],
    ['a[]=1&a=2', [['a', '2']]],
    ['a%5B%5D=%D1%8F', [['a', [['0', 'я']]]]],
    ['a=100%', [['a', '100%']]],
    ['[a]=1', []],
    ['__proto__[x]=1', [['__proto__', [['x', '1']]]]],
  ];
  for (const [query, parsed] of queries) {
    it(`reads ${query}`, () => {
      assert.deepEqual(pairs(parseQuery(query)), parsed);
    });
  }

  const texts: [text: string, decoded: unknown][] = [
    [
      '{"b":1,"2":2,"1":3}',
      [
        ['b', 1],
        ['2', 2],
        ['1', 3],
      ],
    ],
    ['{"a":1,"a":2}', [['a', 2]]],
    [
      '[1,[2],{}]',
      [
        ['0', 1],
        ['1', [['0', 2]]],
        ['2', []],
      ],
    ],
    [' "\\u044f\\n" ', 'я\n'],
    ['TRUE', true],
    ['1e3', 1000],
    ['-0.5', -0.5],
    ['01', null],
    ["'a'", null],
    ['[1,]', null],
    ['{"a":1}x', null],
    ['"\\ud800"', null],
    ['', null],
    ['['.repeat(600) + ']'.repeat(600), null],
  ];
  for (const [text, decoded] of texts) {
    it(`decodes ${text.slice(0, 30)}`, () => {
      assert.deepEqual(pairs(decodeJson(text)), decoded);
    });
  }

  it('writes JSON as PHP does', () => {
    const mixed = new Map([['a', 1]]);
    const value = {
      list: new Map([['0', true]]),
      map: mixed,
      empty: new Map(),
      object: {},
      text: `<&'"/\n я`,
    };
    assert.equal(
      encodeJson(value),
      '{"list":[true],"map":{"a":1},"empty":[],"object":{},' +
        '"text":"\\u003C\\u0026\\u0027\\u0022\\/\\n \\u044f"}',
    );
  });
});

import assert from 'node:assert/strict';
import { findOwnCalls } from '../../../src/ownCalls/findOwnCalls';
import { right, wrong } from './snippets';
import type { Snippet } from './snippets';

/** What is found, in the order of the source: each code with the source it stands at. */
function foundIn({ code, grammar }: Pick<Snippet, 'code' | 'grammar'>): string[] {
  const { calls, secrets } = findOwnCalls(code, grammar);
  return [...calls.flatMap(({ findings }) => findings), ...secrets]
    .sort((a, b) => a.from - b.from || a.to - b.to)
    .map((finding) => `${finding.code} ${code.slice(finding.from, finding.to)}`);
}

describe('own calls of the push method', () => {
  it('are shown by at least 60 snippets, 20 of which are right', () => {
    assert.ok(wrong.length + right.length >= 60, String(wrong.length + right.length));
    assert.ok(right.length >= 20, String(right.length));
  });

  for (const snippet of wrong) {
    it(`are told what is wrong in ${snippet.grammar}: ${snippet.title}`, () => {
      assert.deepEqual(foundIn(snippet).sort(), [...snippet.found].sort());
    });
  }

  for (const snippet of right) {
    it(`are left alone in ${snippet.grammar}: ${snippet.title}`, () => {
      assert.deepEqual(foundIn(snippet), []);
    });
  }

  it('are read of any prefix of a source', () => {
    for (const { code, grammar } of [...wrong, ...right]) {
      const step = code.length > 1_000 ? 97 : 1;
      for (let end = 0; end <= code.length; end += step) {
        const { calls } = findOwnCalls(code.slice(0, end), grammar);
        assert.ok(calls.every(({ call }) => call.to <= end));
      }
    }
  });
});

import assert from 'node:assert/strict';
import { plainLabel } from '../../../src/common/plainText';

describe('plainLabel', () => {
  it('shows a name as it reads: no direction, invisible or control characters', () => {
    assert.equal(plainLabel('Anna \u202enimdA\u202c'), 'Anna nimdA');
    assert.equal(plainLabel('An\u200bna\u2066\ufeff'), 'Anna');
    assert.equal(plainLabel('Anna\u0007\u2028Admin\r\n'), 'Anna Admin ');
    assert.equal(plainLabel('half \ud83d'), 'half \ufffd');
  });

  it('draws no icon', () => {
    assert.equal(plainLabel('$(verified) Anna'), '\\$(verified) Anna');
    assert.equal(plainLabel('$\u200b(verified)'), '\\$(verified)');
  });

  it('leaves honest names alone', () => {
    for (const name of ['Анна-Мария д’Эсте', '👩‍👩‍👧 Team', 'نور', 'a [b] c ($5)']) {
      assert.equal(plainLabel(name), name);
    }
  });
});

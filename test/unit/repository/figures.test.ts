import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { benches } from '../../bench/benches';
import { figuresIn, withFigures } from '../../bench/figuresTable';

const read = () => readFileSync(path.join(__dirname, '../../../README.md'), 'utf8');

describe('the figures of the README', () => {
  it('are those of npm run bench, each measured and within its limit', () => {
    const rows = figuresIn(read());
    assert.deepEqual(
      rows.map((cells) => cells.slice(0, 3)),
      benches.map(({ name, what, atMost }) => [`\`${name}\``, what, String(atMost)]),
    );
    for (const [name, , atMost, measured, ...more] of rows) {
      assert.match(measured ?? '', /^\d+(\.\d+)?$/, name);
      assert.ok(Number(measured) <= Number(atMost), name);
      assert.deepEqual(more, []);
    }
  });

  it('are written in place, and everything around them stays', () => {
    const [bench] = benches;
    assert.ok(bench);
    const once = withFigures(read(), [bench], { [bench.name]: 1.5 });
    assert.deepEqual(figuresIn(once), [
      [`\`${bench.name}\``, bench.what, String(bench.atMost), '1.5'],
    ]);
    const all = Object.fromEntries(
      figuresIn(read()).map(([name = '', , , measured]) => [name.slice(1, -1), Number(measured)]),
    );
    assert.equal(withFigures(once, benches, all), read());
  });
});

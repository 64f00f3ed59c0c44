import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { benches } from '../../bench/benches';
import { figuresIn, peerKey, withFigures } from '../../bench/figuresTable';

const read = () => readFileSync(path.join(__dirname, '../../../docs/figures.md'), 'utf8');

describe('the figures of docs/figures.md', () => {
  it('are those of npm run bench, each measured, and within its limit', () => {
    const rows = figuresIn(read());
    assert.deepEqual(
      rows.map((cells) => cells.slice(0, 3)),
      benches.map(({ name, what, atMost }) => [`\`${name}\``, what, String(atMost)]),
    );
    for (const [index, [name, , atMost, measured, theirs, ...more]] of rows.entries()) {
      assert.match(measured ?? '', /^-?\d+(\.\d+)?$/, name);
      assert.ok(Number(measured) <= Number(atMost), name);
      assert.match(theirs ?? '', benches[index]?.peer ? /^(> )?-?\d+(\.\d+)?$/ : /^–$/, name);
      assert.deepEqual(more, []);
    }
  });

  it('are written in place, and everything around them stays', () => {
    const [bench] = benches;
    assert.ok(bench);
    const measured = { [bench.name]: 1.5, [peerKey(bench.name)]: '> 7' };
    const once = withFigures(read(), [bench], measured);
    assert.deepEqual(figuresIn(once), [
      [`\`${bench.name}\``, bench.what, String(bench.atMost), '1.5', '> 7'],
    ]);
    const all: Record<string, string> = {};
    for (const [cell = '', , , figure = '', theirs = ''] of figuresIn(read())) {
      const name = cell.slice(1, -1);
      all[name] = figure;
      if (theirs !== '–') {
        all[peerKey(name)] = theirs;
      }
    }
    assert.equal(withFigures(once, benches, all), read());
  });
});

import assert from 'node:assert/strict';
import { joinSelections, lineLabel } from '../../../src/compose/selectionText';
import type { SelectedRange } from '../../../src/compose/selectionText';

const range = (startLine: number, endLine: number, text = '', endCharacter = 1): SelectedRange => ({
  startLine,
  endLine,
  endCharacter,
  text,
});

describe('selections as a text', () => {
  for (const [what, texts, expected] of [
    ['one, literally', ['  sum += {name} * "скидка"; 👩‍👩‍👧\t'], '  sum += {name} * "скидка"; 👩‍👩‍👧\t'],
    ['line ends of Windows and of old Macs', ['a\r\nb\rc\n'], 'a\nb\nc\n'],
    ['several, joined by a line break', ['a', 'b', 'c'], 'a\nb\nc'],
    ['whole lines, without an empty line between', ['a\r\n', 'b\n'], 'a\nb\n'],
  ] as const) {
    it(`keep ${what}`, () => {
      assert.equal(joinSelections(texts.map((text) => range(0, 0, text))), expected);
    });
  }
});

describe('lines of selections', () => {
  for (const [ranges, label] of [
    [[range(40, 42)], '41-43'],
    [[range(40, 40)], '41'],
    [[range(40, 43, '', 0)], '41-43'],
    [[range(40, 41, '', 0)], '41'],
    [[range(0, 0, '', 0)], '1'],
    [[range(40, 42), range(49, 49)], '41-43, 50'],
    [[range(3, 3), range(3, 3)], '4'],
  ] as const) {
    it(`read ${label}`, () => {
      assert.equal(lineLabel(ranges), label);
    });
  }
});

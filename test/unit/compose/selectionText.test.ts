import assert from 'node:assert/strict';
import { joinSelections, lineLabel, outputChannelName } from '../../../src/compose/selectionText';
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
    // As columns or carets (trial 9.9).
    [[range(2, 2), range(3, 3), range(4, 4)], '3-5'],
    [[range(4, 4), range(2, 2), range(3, 3)], '3-5'],
    [[range(2, 4), range(3, 3), range(4, 9)], '3-10'],
    [[range(2, 9), range(3, 3)], '3-10'],
    [[range(2, 3, '', 0), range(3, 3)], '3-4'],
    [[range(0, 0), range(2, 2), range(4, 4), range(6, 6)], '1, 3, 5, 7'],
    [[0, 2, 4, 6, 8, 98].map((line) => range(line, line)), '1, 3, 5, … 99'],
    [Array.from({ length: 300 }, (_, line) => range(line, line)), '1-300'],
  ] as const) {
    it(`read ${label}`, () => {
      assert.equal(lineLabel(ranges), label);
    });
  }
});

describe('the name of an output', () => {
  for (const [path, name] of [
    ['extension-output-vscode.git-#1-Git', 'Git'],
    ['extension-output-ms-python.python-#2-Python Test Log', 'Python Test Log'],
    ['bitrix24-push.bitrix24-push.Bitrix24 Push.log', 'Bitrix24 Push'],
    ['bitrix24-push.bitrix24-push.Bitrix24 Push', 'Bitrix24 Push'],
    ['/logs/vscode.git.Git.log', 'Git'],
    ['tasks', undefined],
    ['rendererLog', undefined],
    ['', undefined],
  ] as const) {
    it(`is ${name ?? 'unknown'} (trial 8.14): ${path}`, () => {
      assert.equal(outputChannelName(path), name);
    });
  }
});

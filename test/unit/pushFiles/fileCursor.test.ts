import assert from 'node:assert/strict';
import { cursorPlace, hoverPlace } from '../../../src/pushFiles/fileCursor';
import { parsePushFile } from '../../../src/pushFiles/pushFile';

/** The cursor is at the bar. */
function completed(text: string) {
  const offset = text.indexOf('¦');
  const source = text.replace('¦', '');
  const place = cursorPlace(parsePushFile(source), source, offset);
  return place && [place.kind, place.typed, source.slice(place.replace.start, place.replace.end)];
}

function hovered(text: string) {
  const offset = text.indexOf('¦');
  const source = text.replace('¦', '');
  const place = hoverPlace(parsePushFile(source), source, offset);
  return place && [place.kind, source.slice(place.start, place.end)];
}

describe('the cursor in a push file', () => {
  for (const [source, place] of [
    ['### A\n¦', ['headers', '', '']],
    ['### A\nto: me\npo¦\n\nx', ['headers', 'po', 'po']],
    ['### A\nto: me\np¦ortal: a\n\nx', ['headers', 'p', 'portal: ']],
    ['### A\nmode: li¦teral\n\nx', ['mode', 'li', 'literal']],
    ['### A\nportal: ¦\n\nx', ['portal', '', '']],
    ['### A\r\nto: ¦\r\n\r\nx', ['recipient', '', '']],
    ['### A\nto: me, An¦na P , Oleg\n\nx', ['recipient', 'An', 'Anna P']],
    ['### A\nto: me,¦\n\nx', ['recipient', '', '']],
    ['### A\nto: "Petrova, An¦na", Oleg\n\nx', ['recipient', 'Petrova, An', '"Petrova, Anna"']],
    ['### A\nto: group:Re¦\n\nx', ['recipient', 'group:Re', 'group:Re']],
    ['@v = 1\n@w = {{¦\n### A', ['variable', '', '']],
    ['### A\nto: me\n\nv{{ ver¦sion }}', ['variable', 'ver', 'version']],
    ['### A\nto: me\n\nHi {na¦me}', ['placeholder', 'na', 'name']],
    ['### A\nto: me\n\nHi {¦}', ['placeholder', '', '']],
    ['### A\nto: me\nmode: literal\n\nHi {¦}', undefined],
    ['### A\nto: me\n\nHi {name|¦}', undefined],
    ['### A\nto: me\n\n\\{{¦}}', undefined],
    ['### A\nto: me\n\nto: ¦', undefined],
    ['### A\nto: me\n\n¦', undefined],
    ['### {¦', undefined],
    ['¦\n### A', undefined],
    ['### A\navatar: ¦\n\nx', undefined],
  ] as const) {
    it(`completes ${JSON.stringify(source)} ${place ? `with a ${place[0]}` : 'with nothing'}`, () => {
      assert.deepEqual(completed(source), place);
    });
  }

  it('knows which headers a push lacks, and what stands behind a word in braces', () => {
    const source = '### A\nto: me\nmode: literal\n\nx';
    const place = cursorPlace(parsePushFile(source), source, source.indexOf('mode'));
    assert.deepEqual(place && 'names' in place && place.names, ['to', 'portal', 'avatar']);
    for (const [text, isClosed] of [
      ['### A\n\n{{v}}', true],
      ['### A\n\n{{v', false],
      ['### A\n\n{n}', true],
      ['### A\n\n{n', false],
    ] as const) {
      const at = text.search(/[vn]/u) + 1;
      const found = cursorPlace(parsePushFile(text), text, at);
      assert.equal(found && 'isClosed' in found && found.isClosed, isClosed, text);
    }
  });

  for (const [source, place] of [
    ['### A\nt¦o: me\n\nx', ['header', 'to']],
    ['### A\nto: me, group:Re¦lease team\n\nx', ['recipient', 'group:Release team']],
    ['### A\nto: "Petrova, ¦Anna"\n\nx', ['recipient', '"Petrova, Anna"']],
    ['@v¦ersion = 1\n### A', ['variable', 'version']],
    ['@v = 1\n### A\nto: me\n\nx {{ ¦v }}', ['variable', '{{ v }}']],
    ['### A\nto: me\n\nx {{da¦te}}', ['variable', '{{date}}']],
    ['### A\nto: me\n\nx {{nob¦ody}}', undefined],
    ['### A\nto: me\n\nto¦: x', undefined],
    ['### {{da¦te}}\nto: me\n\nx', undefined],
    ['### A\nfr¦om: me\n\nx', undefined],
  ] as const) {
    it(`explains ${JSON.stringify(source)} as ${place ? `a ${place[0]}` : 'nothing'}`, () => {
      assert.deepEqual(hovered(source), place);
    });
  }
});

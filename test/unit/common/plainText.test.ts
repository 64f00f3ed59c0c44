import assert from 'node:assert/strict';
import { plainText, withoutLinks } from '../../../src/common/plainText';

/** What VS Code 1.139 looks for in a message when it makes links (its linkedText parser). */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

describe('plainText', () => {
  const hostile = [
    '[ok](https://evil.example)',
    '[run](command:workbench.action.quit)',
    '[run](COMMAND:workbench.action.quit "title")',
    '[f](file:///etc/passwd)',
    '[a]\u200b(https://evil.example)',
    '[a]\u202e(https://evil.example)',
    '[a]\u0000(https://evil.example)',
    '[a]\n(https://evil.example)',
    '[a](\u200bcommand:x)',
    '[[a](https://evil.example)](https://evil.example)',
    '[a](https://evil.example',
    `${'x'.repeat(280)}[a](https://e.example)`,
    'command:workbench.action.quit',
    'com\u200bmand:workbench.action.quit',
  ];
  for (const text of hostile) {
    it(`makes no link of ${JSON.stringify(text.slice(-45))}`, () => {
      for (const shown of [plainText(text), plainText(`${text})`), withoutLinks(plainText(text))]) {
        assert.ok(!link.test(shown), shown);
        assert.ok(!shown.includes(']('), shown);
        assert.ok(!/command:/i.test(shown), shown);
      }
    });
  }

  it('proves its own yardstick: the raw texts are links', () => {
    assert.ok(link.test(hostile[0] ?? '') && link.test(hostile[1] ?? ''));
  });

  it('leaves honest text alone', () => {
    for (const text of [
      'Подписка закончилась (тариф).',
      'a [b] c',
      'f(x)[0] = 1',
      '👩‍👩‍👧 привет',
      'см. https://acme.bitrix24.com',
    ]) {
      assert.equal(plainText(text), text);
    }
  });

  it('is one line without control or direction characters', () => {
    assert.equal(plainText('  a\r\n\tb\u0007c\u2028d \u202eevil\u202c\u0085e '), 'a b c d evil e');
  });

  it('caps the length by characters, not by halves of them', () => {
    assert.equal(plainText('😀'.repeat(10), 4), '😀😀😀…');
    assert.equal(Array.from(plainText('я'.repeat(1000))).length, 300);
    assert.equal(plainText('half \ud83d'), 'half \ufffd');
  });
});

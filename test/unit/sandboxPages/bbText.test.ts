import assert from 'node:assert/strict';
import { BbText } from '../../../src/sandbox/page/client/bbText';

describe('BbText', () => {
  /** The runs as text with the letters of their formats, e.g. `bi:text`. */
  const runs = (message: string): string[] =>
    new BbText().parse(message).map(({ text, bold, italic, underlined, struck, link }) => {
      const marks = `${bold ? 'b' : ''}${italic ? 'i' : ''}${underlined ? 'u' : ''}${struck ? 's' : ''}`;
      return `${marks}:${text}${link === null ? '' : `→${link}`}`;
    });

  it('formats what its codes enclose, also one in another', () => {
    assert.deepEqual(runs('a [b]b [I]c[/i][/b] [u]d[/u][s]e[/s]'), [
      ':a ',
      'b:b ',
      'bi:c',
      ': ',
      'u:d',
      's:e',
    ]);
  });

  it('breaks lines at the codes of the portal', () => {
    assert.deepEqual(runs('a#BR#b[br]c\nd'), [':a\nb\nc\nd']);
  });

  it('links pages, and no other addresses', () => {
    assert.deepEqual(runs('[url=https://a.example/?x=1]A[/url] [URL]http://b.example[/URL]'), [
      ':A→https://a.example/?x=1',
      ': ',
      ':http://b.example→http://b.example',
    ]);
    for (const address of ['javascript:alert(1)', 'data:text/html,x', 'https://a b', '']) {
      assert.deepEqual(runs(`[url=${address}]A[/url]`), [':A'], address);
    }
  });

  it('leaves codes that it does not know, and bears those that end nothing', () => {
    assert.deepEqual(runs('[color=red]x[/color] [/b]y [b]z'), [
      ':[color=red]x[/color] ',
      ':y ',
      'b:z',
    ]);
    assert.deepEqual(runs(''), []);
  });
});

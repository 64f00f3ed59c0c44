import assert from 'node:assert/strict';
import { linkLimits, parseComposeLink } from '../../../src/compose/composeLink';

const read = (query: string) => parseComposeLink('/compose', query);

describe('a link that proposes a push', () => {
  const links: [query: string, text: string, to: number[], portal?: string][] = [
    ['text=Hello', 'Hello', []],
    ['to=3,5;5 8&text=Hello', 'Hello', [3, 5, 8]],
    ['to=3', '', [3]],
    ['portal=acme.bitrix24.com&to=3&text=x', 'x', [3], 'acme.bitrix24.com'],
    ['to=3&portal=https://Acme.Bitrix24.com/company/&text=x', 'x', [3], 'acme.bitrix24.com'],
    ['portal=acme.bitrix24.com&text=x', 'x', [], 'acme.bitrix24.com'],
    ['windowId=_blank&text=x', 'x', []],
    ['text=x&windowId=1', 'x', []],
    // Decoded by VS Code already: nothing of the text is lost or read twice.
    [
      'text=R&D = 100%25 + {name} $(bell) [a](command:b)\n<b>',
      'R&D = 100%25 + {name} $(bell) [a](command:b)\n<b>',
      [],
    ],
    ['to=3&text=a&b=c&windowId=2', 'a&b=c', [3]],
    ['&to=3&&text=a', 'a', [3]],
    ['text=text=twice', 'text=twice', []],
  ];
  for (const [query, text, to, portal] of links) {
    it(`brings what it says: ${JSON.stringify(query)}`, () => {
      assert.deepEqual(read(query), { ok: true, link: { text, to, portal } });
    });
  }

  const faults: [query: string, fault: string][] = [
    ['', 'empty'],
    ['text=', 'empty'],
    ['text= \n', 'empty'],
    ['body=Hello', 'empty'],
    ['send=1&text=Hello', 'empty'],
    ['to=bob&text=x', 'to'],
    ['to=&text=x', 'to'],
    ['to=0&text=x', 'to'],
    ['to=-1&text=x', 'to'],
    ['to=1e3&text=x', 'to'],
    ['to=3.5&text=x', 'to'],
    ['to=9999999999999999&text=x', 'to'],
    ['to=all&text=x', 'to'],
    ['to=3&to=4&text=x', 'twice'],
    ['to=3&to=4', 'twice'],
    ['portal=a.example&portal=b.example&text=x', 'twice'],
    ['portal=http://acme.example&text=x', 'portal'],
    ['portal=https://user@acme.example&text=x', 'portal'],
    ['portal=javascript:alert(1)&text=x', 'portal'],
    ['portal=acme&text=x', 'portal'],
    ['portal=https//&text=x', 'portal'],
    [`text=${'x'.repeat(linkLimits.text + 1)}`, 'tooLong'],
    [`to=${'3,'.repeat(linkLimits.query)}`, 'tooLong'],
    [`to=${Array.from({ length: linkLimits.people + 1 }, (_, i) => i + 1).join()}`, 'to'],
  ];
  for (const [query, fault] of faults) {
    it(`is refused: ${JSON.stringify(query.slice(0, 60))}`, () => {
      assert.deepEqual(read(query), { ok: false, fault });
    });
  }

  const behindText: [query: string, text: string, to: number[]][] = [
    ['to=3&portal=acme.bitrix24.com&text=https://x/r?from=1&to=7', 'https://x/r?from=1&to=7', [3]],
    ['portal=acme.bitrix24.com&text=https://x/r?from=1&to=7', 'https://x/r?from=1&to=7', []],
    ['text=https://x/r?from=1&to=7', 'https://x/r?from=1&to=7', []],
    ['text=x&to=3&to=4', 'x&to=3&to=4', []],
    ['to=3&text=x&to=4&portal=evil.example', 'x&to=4&portal=evil.example', [3]],
    ['to=3&text=a\n&to=7\n', 'a\n&to=7\n', [3]],
    ['to=3&text=a&text=b', 'a&text=b', [3]],
    ['to=3&text=&to=7', '&to=7', [3]],
    ['to=3&text=x&portal=javascript:alert(1)', 'x&portal=javascript:alert(1)', [3]],
    ['to=3&text=see text=1&to=7', 'see text=1&to=7', [3]],
  ];
  for (const [query, text, to] of behindText) {
    it(`takes all behind its text as text (trial 1.6): ${JSON.stringify(query)}`, () => {
      const parsed = read(query);
      assert.deepEqual(parsed.ok && [parsed.link.text, parsed.link.to], [text, to]);
    });
  }

  it('is known by its path alone', () => {
    assert.equal(parseComposeLink('/compose/', 'text=x').ok, true);
    for (const path of ['', '/', '/send', '/compose/send', '//compose', '/Compose']) {
      assert.deepEqual(parseComposeLink(path, 'text=x'), { ok: false, fault: 'otherPath' }, path);
    }
  });
});

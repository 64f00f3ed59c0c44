import assert from 'node:assert/strict';
import { lockScreenText, pushBudget } from '../../../src/bitrix24/pushSize';
import type { BudgetInput } from '../../../src/bitrix24/pushSize';

const frame: BudgetInput = {
  text: '',
  appName: 'Local application',
  avatar: '',
  clientId: 'local.66e1e3c2affe68.65190392',
};
const budget = (text: string, changes: Partial<BudgetInput> = {}) =>
  pushBudget({ ...frame, ...changes, text });
const cost = (text: string, platform: 'ios' | 'android') =>
  budget(text)[platform].usedBytes - budget('')[platform].usedBytes;

describe('pushBudget', () => {
  it('starts from what Bitrix24 puts around a text', () => {
    // As measured by rebuilding the JSON: about 288 and 620 bytes.
    const { ios, android } = budget('');
    assert.ok(Math.abs(ios.usedBytes - 288) <= 10, `iOS ${ios.usedBytes}`);
    assert.ok(Math.abs(android.usedBytes - 620) <= 15, `Android ${android.usedBytes}`);
    assert.deepEqual([ios.limitBytes, android.limitBytes], [4096, 4096]);
  });

  // prettier-ignore
  const costs: [character: string, ios: number, android: number][] = [
    ['a', 1, 1], ['я', 2, 2], ['€', 3, 3], ['中', 3, 3], ['😀', 4, 4], ['\u007F', 1, 1],
    ['<', 6, 7], ['>', 6, 7], ['&', 6, 7], ["'", 6, 7], ['"', 6, 7], ['\u0001', 6, 7], ['\u2028', 6, 7],
    ['\n', 2, 3], ['\r', 2, 3], ['\t', 2, 3], ['/', 2, 4], ['\\', 2, 4], ['\uD83D', 3, 3],
    ['👩‍👩‍👧‍👦', 25, 25], ['🇷🇺', 8, 8], ['e\u0301', 3, 3],
  ];
  for (const [character, ios, android] of costs) {
    it(`counts ${JSON.stringify(character)} as ${ios} and ${android} bytes`, () => {
      assert.deepEqual([cost(character, 'ios'), cost(character, 'android')], [ios, android]);
    });
  }

  it('agrees with PHP-like JSON built for real', () => {
    // Bitrix24: JSON_HEX_* and unescaped Unicode; Firebase wraps the inner JSON in a string.
    const php = (value: string) =>
      JSON.stringify(value)
        .slice(1, -1)
        .replace(/\\"/g, '\\u0022')
        .replace(
          /[<>&'\u2028\u2029]/g,
          (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
        )
        .replaceAll('/', '\\/');
    const nested = (value: string) =>
      JSON.stringify(php(value)).slice(1, -1).replaceAll('/', '\\/');
    const text = `Привет, "мир" <b>&'</b> https://a.b/c?d=e \\ 😀\r\n\tline\u2028 end\u0007`;
    assert.equal(cost(text, 'ios'), Buffer.byteLength(php(text)));
    assert.equal(cost(text, 'android'), Buffer.byteLength(nested(text)));
  });

  it('counts name, avatar and client_id too', () => {
    const empty = budget('');
    assert.equal(
      budget('', { appName: 'Local applicationы' }).ios.usedBytes,
      empty.ios.usedBytes + 2,
    );
    const withAvatar = budget('', { avatar: 'https://a.b/c' });
    assert.equal(withAvatar.ios.usedBytes, empty.ios.usedBytes + 13 + 3);
    assert.equal(withAvatar.android.usedBytes, empty.android.usedBytes + 13 + 9);
    assert.equal(
      budget('', { clientId: '' }).ios.usedBytes,
      empty.ios.usedBytes - frame.clientId.length,
    );
  });

  it('fits to the last byte', () => {
    for (const platform of ['ios', 'android'] as const) {
      const room = 4096 - budget('')[platform].usedBytes;
      const full = budget('a'.repeat(room))[platform];
      assert.deepEqual([full.usedBytes, full.fits, full.cutAt], [4096, true, room]);
      const over = budget('a'.repeat(room + 1))[platform];
      assert.deepEqual([over.usedBytes, over.fits, over.cutAt], [4097, false, room]);
    }
  });

  it('warns before it is too much', () => {
    const safe = 3400 - frame.appName.length;
    assert.equal(budget('a'.repeat(safe)).level, 'ok');
    assert.equal(budget('a'.repeat(safe + 1)).level, 'near');
    assert.equal(budget('a'.repeat(safe + 1)).bytes, 3401);
    assert.equal(budget('a'.repeat(3600)).level, 'over');
    // Few bytes, but each becomes seven.
    assert.equal(budget('<'.repeat(600)).level, 'over');
  });

  const pieces = [
    'a',
    'я',
    '😀',
    '👩‍👩‍👧‍👦',
    '🇷🇺',
    'e\u0301',
    '👍🏽',
    '<',
    '"',
    '/',
    '\n',
    '\r\n',
    ' ',
    'क्षि',
    '\uD83D',
  ];
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  // A small generator of our own, so that a failure can be repeated.
  const random = (seed: number) => () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let seed = 1; seed <= 60; seed += 1) {
    it(`cuts between whole characters and as late as it may, text ${seed}`, () => {
      const next = random(seed * 7919);
      let text = '';
      while (text.length < 4500) {
        text += pieces[Math.floor(next() * pieces.length)] ?? '';
      }
      const boundaries = [...segmenter.segment(text)].map(({ index }) => index).concat(text.length);
      for (const platform of ['ios', 'android'] as const) {
        const whole = budget(text)[platform];
        assert.equal(whole.fits, false);
        assert.equal(whole.shown, text.slice(0, whole.cutAt));
        const at = boundaries.indexOf(whole.cutAt);
        assert.notEqual(at, -1, `cut within a character at ${whole.cutAt}`);
        assert.ok(budget(whole.shown)[platform].fits);
        assert.ok(!budget(text.slice(0, boundaries[at + 1]))[platform].fits);
      }
    });
  }

  it('shows nothing of a character that alone is too large', () => {
    const { cutAt, shown } = budget(`e${'\u0301'.repeat(3000)}`).ios;
    assert.deepEqual([cutAt, shown], [0, '']);
  });

  it('gives no room at all when name and avatar take it', () => {
    const { ios } = budget('text', { avatar: `https://example.com/${'a'.repeat(5000)}` });
    assert.deepEqual([ios.fits, ios.cutAt], [false, 0]);
  });
});

describe('lockScreenText', () => {
  it('keeps the lines on iOS and runs them together on Android', () => {
    assert.equal(lockScreenText(' one\r\n two \n\n three\n', 'ios'), 'one\n two \n\n three');
    assert.equal(lockScreenText(' one\r\n two \n\n three\n', 'android'), 'one two three');
  });

  it('runs them together on iOS when Bitrix24 had to cut', () => {
    assert.equal(lockScreenText('one\ntwo', 'ios', true), 'one two');
  });
});

import assert from 'node:assert/strict';
import { createCleanLine } from '../../../src/automation/cleanLine';
import { durationText } from '../../../src/automation/durationText';
import type { Notice } from '../../../src/automation/notice';
import { noticeLine, pushText } from '../../../src/automation/noticeText';
import type { NoticeLine } from '../../../src/automation/noticeText';
import { aNotice, phrases } from '../../support/notices';
import { silentLog } from '../../support/silentLog';

const notice = (patch: Partial<Notice> = {}): Notice => ({
  ...aNotice(patch),
  ...{ id: 'a', at: 1 },
});
const lineOf = (patch: Partial<Notice>) => noticeLine(notice(patch), 'all', phrases);
const always = () => true;

describe('the line of a notice', () => {
  it('says what happened, and in which folder', () => {
    assert.deepEqual(lineOf({ folder: 'shop' }), { text: 'build ended in 90 s · shop', words: '' });
  });

  it('has the words in lines of their own', () => {
    const line = lineOf({ words: ' one\r\n\n\n\ntwo ' });
    assert.equal(pushText([line], false, phrases, always), 'build ended in 90 s\none\n\ntwo');
  });

  it('is what a program says, where nothing ended', () => {
    const said = { origin: 'program', result: 'said', durationMs: undefined, folder: 'f' } as const;
    assert.deepEqual(lineOf({ ...said, words: 'done\nmore' }), { text: 'done · f', words: 'more' });
    assert.deepEqual(lineOf({ ...said, name: 'sh' }), { text: 'sh said · f', words: '' });
  });

  it('is plain: one line, no link, no direction, and not without end', () => {
    const name = `a\n\u202e[x](command:y)${'z'.repeat(500)}`;
    const { text } = lineOf({ name, folder: 'f\u0000g', words: '\u202ew' });
    assert.ok(!/[\n\u202e\u0000]|\]\(/.test(text), text);
    assert.ok(text.length < 250);
    assert.ok(Array.from(lineOf({ words: '😀'.repeat(5_000) }).words).length <= 1_000);
  });

  it('leaves out the words, or the name and folder, of what is a secret', () => {
    const secret = notice({ words: 'w', folder: 'shop' });
    assert.equal(noticeLine(secret, 'noWords', phrases).words, '');
    assert.deepEqual(noticeLine(secret, 'noName', phrases), {
      text: 'a task ended in 90 s',
      words: '',
    });
  });
});

describe('a line without a secret', () => {
  const clean = (find: (text: string) => unknown[]) =>
    createCleanLine({
      findSecrets: (text) => Promise.resolve().then(() => find(text)),
      ...{ phrases, log: silentLog },
    });
  const told = notice({ words: 'w', folder: 'shop' });

  it('is the whole one, where nothing is found', async () => {
    assert.deepEqual(await clean(() => [])(told), {
      text: 'build ended in 90 s · shop',
      words: 'w',
    });
  });

  it('is searched with its words', async () => {
    const line = await clean((text) => (text.endsWith('\nw') ? [1] : []))(told);
    assert.deepEqual(line, { text: 'build ended in 90 s · shop', words: '' });
  });

  it('has no name where it cannot be searched', async () => {
    const line = await clean(() => {
      throw new Error('no rules');
    })(told);
    assert.deepEqual(line, { text: 'a task ended in 90 s', words: '' });
  });

  it('says no more than it may', async () => {
    const line = await clean(() => [])(told, 'noWords');
    assert.deepEqual(line, { text: 'build ended in 90 s · shop', words: '' });
  });
});

describe('the text of a push about notices', () => {
  const line = (text: string, words = ''): NoticeLine => ({ text, words });
  const within = (length: number) => (text: string) => text.length <= length;

  it('is the line of a single one, as one for later where it was held', () => {
    assert.equal(pushText([line('a', 'w')], false, phrases, always), 'a\nw');
    assert.equal(pushText([line('a')], true, phrases, always), 'while away: a');
  });

  it('is a list of several, with the beginning of their words', () => {
    assert.equal(
      pushText([line('a', 'w\nx'), line('b')], true, phrases, always),
      '2 things while away:\n• a\n  w x\n• b',
    );
  });

  it('cuts the words of a single one where they do not fit, at no half of a character', () => {
    const text = pushText([line('a', '😀'.repeat(50))], false, phrases, within(20));
    assert.ok(text.startsWith('a\n😀') && text.endsWith('…') && text.length <= 20, text);
    assert.ok(text.isWellFormed());
    assert.equal(text.length >= 18, true, 'it uses the room');
  });

  it('cuts the words of several first, then counts lines', () => {
    const lines = Array.from({ length: 10 }, (_, index) => line(`task${index}`, 'w'.repeat(300)));
    const sizes = [2_500, 1_200, 200, 60].map((size) => {
      const text = pushText(lines, false, phrases, within(size));
      assert.ok(text.length <= size, `${size}`);
      return [text.split('\n').length, /and \d+ more$/.exec(text)?.[0]];
    });
    assert.deepEqual(sizes, [
      ...[
        [21, undefined],
        [21, undefined],
        [11, undefined],
      ],
      [6, 'and 6 more'],
    ]);
  });

  it('says how many there are, however little room there is', () => {
    const lines = Array.from({ length: 1_000 }, () => line('x'.repeat(100)));
    assert.equal(
      pushText(lines, false, phrases, () => false),
      '1000 things:\nand 1000 more',
    );
  });
});

describe('a duration', () => {
  it('is told by its two greatest units', () => {
    assert.deepEqual(
      [0, 400, 1_000, 72_000, 120_000, 3_600_000, 7_500_000, 90_000_000].map((ms) =>
        durationText(ms, 'en'),
      ),
      [...['0 sec', '0 sec', '1 sec', '1 min 12 sec', '2 min'], ...['1 hr', '2 hr 5 min', '25 hr']],
    );
    assert.equal(durationText(72_000, 'ru').replaceAll('\u00a0', ' '), '1 мин 12 с');
  });
});

import assert from 'node:assert/strict';
import { silentLog } from '../../support/silentLog';
import { newDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { maskSecrets } from '../../../src/push/maskSecrets';
import type { FoundSecret } from '../../../src/push/maskSecrets';
import { SecretCheck } from '../../../src/push/secretCheck';

describe('the check for secrets', () => {
  let asked: (readonly FoundSecret[] | undefined)[];
  /** Who wanted each of them sent. */
  let callers: (string | undefined)[];
  let answer: boolean;
  let loads: number;
  let broken: boolean;
  let check: SecretCheck;
  const draft = (text: string, more: Partial<Draft> = {}): Draft => newDraft({ text, ...more });

  beforeEach(() => {
    [asked, callers] = [[], []];
    answer = true;
    loads = 0;
    broken = false;
    check = new SecretCheck({
      log: silentLog,
      confirm: ({ found, askedBy }) => {
        asked.push(found);
        callers.push(askedBy);
        return Promise.resolve(answer);
      },
      load: () => {
        loads += 1;
        return broken
          ? Promise.reject(new Error('no such file'))
          : Promise.resolve({
              findSecrets: (text: string) =>
                Promise.resolve(
                  [...text.matchAll(/s3cret/g)].map(({ index }) => ({
                    ...{ kind: 'password', start: index, end: index + 6 },
                  })),
                ),
            });
      },
    });
  });

  it('loads nothing before the first push, and asks nothing about a plain text', async () => {
    assert.equal(loads, 0);
    assert.equal(await check.allows(draft('Hi')), true);
    assert.deepEqual([loads, asked], [1, []]);
  });

  it('asks about what is found, and once only after a yes', async () => {
    answer = false;
    assert.equal(await check.allows(draft('it is s3cret')), false);
    assert.deepEqual(asked, [[{ kind: 'password', start: 6, end: 12 }]]);
    answer = true;
    assert.equal(await check.allows(draft('it is s3cret')), true);
    assert.equal(await check.allows(draft('it is s3cret')), true);
    assert.equal(asked.length, 2);
    await check.allows(draft('it is s3cret too'));
    assert.equal(asked.length, 3);
  });

  it('asks each time about what somebody else wants sent, and remembers no yes to it', async () => {
    const text = 'it is s3cret';
    await check.allows(draft(text));
    assert.equal(await check.allows(draft(text), 'Claude'), true);
    assert.equal(await check.allows(draft(text), 'Claude'), true);
    await check.allows(draft('s3cret once more'), 'Claude');
    await check.allows(draft('s3cret once more'));
    assert.deepEqual(callers, [undefined, 'Claude', 'Claude', 'Claude', undefined]);
  });

  it('looks at the place in the file and at the avatar too', async () => {
    await check.allows(draft('x', { location: { label: 's3cret.ts:1', included: true } }));
    await check.allows(draft('x', { location: { label: 's3cret.ts:1', included: false } }));
    await check.allows(draft('x', { avatar: 'https://a.example/?s3cret' }));
    assert.equal(asked.length, 2);
  });

  it('asks when it cannot look', async () => {
    broken = true;
    answer = false;
    assert.equal(await check.allows(draft('Hi')), false);
    assert.deepEqual(asked, [undefined]);
  });
});

describe('masked secrets', () => {
  it('leave a beginning to know them by, of a short one nothing', () => {
    assert.equal(maskSecrets('ghp_0123456789abcdef'), 'ghp_…');
    assert.equal(maskSecrets('abc'), '…');
  });

  it('stand in an otherwise whole text, also where they overlap', () => {
    const secrets = [
      { start: 2, end: 10 },
      { start: 4, end: 8 },
      { start: 11, end: 13 },
    ];
    assert.equal(maskSecrets('a 01234567 89 b', secrets), 'a 01… … b');
  });
});

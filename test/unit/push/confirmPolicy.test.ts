import assert from 'node:assert/strict';
import {
  mustConfirm,
  mustTypeCount,
  strictestCount,
  strictestPolicy,
  typedCount,
  valuesOf,
} from '../../../src/push/confirmPolicy';

describe('the confirmation policy', () => {
  for (const [policy, one, several] of [
    ['always', true, true],
    ['several', false, true],
    ['never', false, false],
    // Settings are typed by hand: nonsense must not switch the question off.
    ['Never', false, true],
    [undefined, false, true],
    [false, false, true],
  ] as const) {
    it(`${String(policy)}: ${one ? 'asks' : 'does not ask'} for one, ${several ? 'asks' : 'does not ask'} for several`, () => {
      const known = strictestPolicy([policy]);
      assert.deepEqual([mustConfirm(known, 1), mustConfirm(known, 2)], [one, several]);
    });
  }
});

describe('typing how many', () => {
  it('is asked above the number of the setting; nonsense counts as the default', () => {
    for (const [above, people, asked] of [
      [100, 100, false],
      [100, 101, true],
      [5, 6, true],
      [0, 1, false],
      [0, 2, true],
      [undefined, 101, true],
      ['9999', 101, true],
      [-1, 100, false],
      [Number.NaN, 101, true],
    ] as const) {
      assert.equal(mustTypeCount(strictestCount([above]), people), asked, `${above}, ${people}`);
    }
  });

  it('takes digits, however they are grouped', () => {
    for (const text of ['1312', ' 1 312 ', '1,312', '1.312', '1\u00a0312', '1’312']) {
      assert.equal(typedCount(text), 1312, text);
    }
    for (const text of ['', '-1', '1e3', 'all', '13x', '1312!']) {
      assert.equal(typedCount(text), undefined, text);
    }
  });
});

describe('settings of a workspace (trial 7)', () => {
  const policyOf = (inspected: object) => strictestPolicy(valuesOf(inspected));
  const countOf = (inspected: object) => strictestCount(valuesOf(inspected));

  for (const [what, inspected, policy] of [
    ['nobody', {}, 'several'],
    ['the user', { globalValue: 'never' }, 'never'],
    ['a repository: never', { workspaceValue: 'never' }, 'several'],
    ['a folder: never', { workspaceFolderValue: 'never' }, 'several'],
    ['a container: never', { globalValue: 'never', globalRemoteValue: 'never' }, 'several'],
    [
      'user and container',
      { globalLocalValue: 'never', globalRemoteValue: 'never', globalValue: 'never' },
      'never',
    ],
    ['a user who is strict', { globalValue: 'always', workspaceValue: 'never' }, 'always'],
    ['a repository that is strict', { globalValue: 'never', workspaceValue: 'always' }, 'always'],
    ['nonsense of a repository', { globalValue: 'never', workspaceValue: { x: 1 } }, 'several'],
    ['nonsense of the user', { globalValue: 'NEVER', workspaceValue: 'never' }, 'several'],
  ] as const) {
    it(`bitrix24Push.confirm by ${what} counts as ${policy}`, () => {
      assert.equal(policyOf({ defaultValue: 'several', ...inspected }), policy);
    });
  }

  for (const [what, inspected, count] of [
    ['nobody', {}, 100],
    ['the user', { globalValue: 5_000 }, 5_000],
    ['a repository that wants more', { workspaceValue: 1_000_000_000 }, 100],
    ['a folder that wants more', { globalValue: 7, workspaceFolderValue: 1e9 }, 7],
    ['a repository that is strict', { globalValue: 5_000, workspaceValue: 3 }, 3],
    ['a container that wants more', { globalValue: 1e9, globalRemoteValue: 1e9 }, 100],
    ['nonsense of a repository', { globalValue: 5_000, workspaceValue: '1e9' }, 100],
  ] as const) {
    it(`bitrix24Push.confirmCount by ${what} counts as ${count}`, () => {
      assert.equal(countOf({ defaultValue: 100, ...inspected }), count);
    });
  }
});

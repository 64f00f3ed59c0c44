import assert from 'node:assert/strict';
import * as v from 'valibot';
import { readPeople } from '../../../src/bitrix24/person';
import { flag, idList, text } from '../../../src/bitrix24/rows';

describe('the ways in which PHP writes a list of ids (trial 2.6)', () => {
  for (const [written, ids] of [
    [
      [7, 9],
      [7, 9],
    ],
    [
      ['7', ' 9 '],
      [7, 9],
    ],
    [{ 1: 7, 3: 9 }, [7, 9]],
    [{ 0: '7' }, [7]],
    [[0, 7], [7]],
    [[7, null, 'x', false, -1, 1.5, {}], [7]],
    ['7', [7]],
    [7, [7]],
    [false, []],
    [null, []],
    ['', []],
    [0, []],
    [[], []],
    [{}, []],
    [undefined, []],
  ] as const) {
    it(`reads ${JSON.stringify(written)} as ${JSON.stringify(ids)}`, () => {
      const [person] = readPeople([{ ID: 1, UF_DEPARTMENT: written }]);
      assert.deepEqual(person?.departments, ids);
      assert.deepEqual(v.parse(idList, written), ids);
    });
  }

  it('has nobody lost by an odd field', () => {
    const odd = { NAME: false, LAST_NAME: null, ACTIVE: [], PERSONAL_PHOTO: false, EMAIL: {} };
    const [person] = readPeople([{ ...odd, ID: '3', USER_TYPE: 5, WORK_POSITION: [] }]);
    assert.deepEqual([person?.id, person?.name, person?.active], [3, '#3', true]);
  });
});

describe('the ways in which PHP writes yes and no (trial 2.6)', () => {
  for (const [written, isYes] of [
    ...([true, 1, '1', 'Y', 'y', 'true'] as const).map((one) => [one, true] as const),
    ...([false, 0, '0', 'N', 'n', 'false', ''] as const).map((one) => [one, false] as const),
  ]) {
    it(`reads ${JSON.stringify(written)} as ${String(isYes)}`, () => {
      assert.equal(v.parse(flag, written), isYes);
      assert.equal(readPeople([{ ID: 1, ACTIVE: written }])[0]?.active, isYes);
    });
  }

  it('knows nothing by anything else', () => {
    for (const written of [null, {}, [], 2, 'maybe']) {
      assert.equal(v.is(flag, written), false);
    }
  });
});

it('A text that PHP made a number of is a text', () => {
  assert.equal(v.parse(text, 2026), '2026');
  assert.equal(v.parse(text, false), '');
});

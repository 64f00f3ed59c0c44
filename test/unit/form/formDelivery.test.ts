import assert from 'node:assert/strict';
import { FormDelivery } from '../../../src/form/formDelivery';
import type { HintsFound } from '../../../src/form/formDelivery';
import type { DeliveryCheck } from '../../../src/delivery/deliveryRules';
import { hintWord } from '../../support/hintWord';
import { ManualClock } from '../../support/manualClock';

describe('hints in the form', () => {
  let clock: ManualClock;
  let asked: { ids: readonly number[]; signal: AbortSignal | undefined }[];
  let answer: (hints: Map<number, DeliveryCheck[]>) => void;
  let found: HintsFound[];
  let delivery: FormDelivery;
  const gone: DeliveryCheck = { rule: 'active', result: 'certain' };
  const online: DeliveryCheck = { rule: 'browser', result: 'maybe', presence: 'somewhere' };

  beforeEach(() => {
    [asked, found] = [[], []];
    clock = new ManualClock();
    delivery = new FormDelivery(
      {
        hints: {
          hints: (_, ids, signal) => {
            asked.push({ ids, signal });
            return new Promise((resolve) => (answer = resolve));
          },
          peek: (_, id) => (id === 3 ? [gone] : undefined),
        },
        hintText: hintWord,
        deliverySummary: (hints, nameOf) => [...hints.keys()].map(nameOf).join() || undefined,
        clock,
      },
      (hints) => found.push(hints),
    );
  });

  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('are asked for once the choice rests, and told by their weight', async () => {
    delivery.ask('a', [3]);
    delivery.ask('a', [3, 4]);
    assert.deepEqual(asked, []);
    clock.advance(500);
    await settled();
    delivery.ask('a', [3, 4]);
    assert.deepEqual(
      asked.map(({ ids }) => ids),
      [[3, 4]],
    );
    answer(
      new Map([
        [3, [gone, online]],
        [4, [online]],
        [5, []],
      ]),
    );
    await settled();
    assert.deepEqual(found, [
      {
        hints: [
          { id: 3, words: 'dismissed', weight: 'not' },
          { id: 4, words: 'online', weight: 'late' },
        ],
      },
    ]);
  });

  it('of a choice that has changed are not told', async () => {
    delivery.ask('a', [3]);
    clock.advance(500);
    await settled();
    delivery.ask('a', [4]);
    assert.equal(asked[0]?.signal?.aborted, true);
    answer(new Map([[3, [gone]]]));
    await settled();
    assert.deepEqual(found, []);
  });

  it('are asked for a hundred people at most, and say so', async () => {
    delivery.ask(
      'a',
      Array.from({ length: 5_000 }, (_, at) => at + 1),
    );
    clock.advance(500);
    await settled();
    assert.equal(asked[0]?.ids.length, 100);
    answer(new Map([[1, [gone]]]));
    await settled();
    assert.equal(found[0]?.firstOnly, 100);
  });

  it('stand beside a success as far as they are known', () => {
    assert.equal(delivery.summary('a', [{ id: 3, name: 'Anna' }, { id: 4 }]), 'Anna');
    assert.equal(delivery.summary('a', [{ id: 4 }]), undefined);
    assert.deepEqual(asked, []);
  });
});

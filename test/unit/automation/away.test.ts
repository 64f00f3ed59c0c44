import assert from 'node:assert/strict';
import { Away } from '../../../src/automation/away';
import { Emitter } from '../../../src/common/emitter';
import { ManualClock } from '../../support/manualClock';

describe('whether its user is at the window', () => {
  const at = (state: { focused: boolean; active: boolean }) => {
    const clock = new ManualClock(1_000);
    const changed = new Emitter<unknown>();
    const window = { state, onDidChangeWindowState: changed.event };
    const away = new Away({ window, now: () => clock.now() });
    let changes = 0;
    away.onDidChange(() => (changes += 1));
    const become = (next: { focused: boolean; active: boolean }) => {
      window.state = next;
      clock.advance(100);
      changed.fire(undefined);
      return [away.since, changes];
    };
    return { away, become };
  };
  const here = { focused: true, active: true };

  it('is known from the start', () => {
    assert.equal(at(here).away.since, undefined);
    assert.equal(at({ focused: false, active: false }).away.since, 1_000);
  });

  it('ends when the window is not in front, or is not touched, and counts from then', () => {
    const { become } = at(here);
    assert.deepEqual(become({ focused: true, active: false }), [1_100, 1]);
    assert.deepEqual(become({ focused: false, active: false }), [1_100, 1]);
    assert.deepEqual(become({ focused: false, active: true }), [1_100, 1]);
    assert.deepEqual(become(here), [undefined, 2]);
    assert.deepEqual(become({ focused: false, active: true }), [1_500, 3]);
  });

  it('is watched until it is disposed of', () => {
    const { away, become } = at(here);
    away.dispose();
    assert.deepEqual(become({ focused: false, active: false }), [undefined, 0]);
  });
});

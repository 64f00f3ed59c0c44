import assert from 'node:assert/strict';
import { parseQuietHours, quietUntil, tomorrowMorning } from '../../../src/automation/quietHours';

describe('quiet hours', () => {
  const zone = process.env['TZ'];
  before(() => (process.env['TZ'] = 'Europe/Berlin'));
  after(() => {
    if (zone === undefined) {
      delete process.env['TZ'];
    } else {
      process.env['TZ'] = zone;
    }
  });

  const at = (text: string) => new Date(text).getTime();
  const untilOf = (setting: string, now: string) => {
    const until = quietUntil(at(now), parseQuietHours(setting));
    return until === undefined ? undefined : new Date(until).toISOString();
  };

  it('are two times of day, or none', () => {
    assert.deepEqual(parseQuietHours('22:00-08:00'), { from: 1320, to: 480 });
    assert.deepEqual(parseQuietHours(' 9:05 – 17:30 '), { from: 545, to: 1050 });
    for (const none of [
      '',
      '22:00',
      '24:00-08:00',
      '22:60-08:00',
      '08:00-08:00',
      'x 22:00-08:00',
    ]) {
      assert.equal(parseQuietHours(none), undefined, none);
    }
  });

  it('last within a day', () => {
    assert.equal(untilOf('12:00-13:00', '2026-11-27T11:59:59'), undefined);
    assert.equal(untilOf('12:00-13:00', '2026-11-27T12:00:00'), '2026-11-27T12:00:00.000Z');
    assert.equal(untilOf('12:00-13:00', '2026-11-27T13:00:00'), undefined);
  });

  it('last over midnight', () => {
    assert.equal(untilOf('22:00-08:00', '2026-11-27T21:59:59'), undefined);
    assert.equal(untilOf('22:00-08:00', '2026-11-27T22:00:00'), '2026-11-28T07:00:00.000Z');
    assert.equal(untilOf('22:00-08:00', '2026-11-28T00:00:00'), '2026-11-28T07:00:00.000Z');
    assert.equal(untilOf('22:00-08:00', '2026-11-28T07:59:59'), '2026-11-28T07:00:00.000Z');
    assert.equal(untilOf('22:00-08:00', '2026-11-28T08:00:00'), undefined);
  });

  it('end by the wall clock in the nights when the clocks change', () => {
    // 8:00 is 6:00 UTC in summer, 7:00 UTC in winter.
    assert.equal(untilOf('22:00-08:00', '2026-03-28T23:00:00'), '2026-03-29T06:00:00.000Z');
    assert.equal(untilOf('22:00-08:00', '2026-10-24T23:00:00'), '2026-10-25T07:00:00.000Z');
    // 2:30 does not exist in the first night.
    assert.equal(untilOf('22:00-02:30', '2026-03-29T00:00:00'), '2026-03-29T01:30:00.000Z');
  });

  it('have a next morning', () => {
    const morning = (now: string) => new Date(tomorrowMorning(at(now))).toISOString();
    assert.equal(morning('2026-11-27T18:00:00'), '2026-11-28T07:00:00.000Z');
    assert.equal(morning('2026-11-28T04:59:00'), '2026-11-28T07:00:00.000Z');
    assert.equal(morning('2026-11-28T05:00:00'), '2026-11-29T07:00:00.000Z');
    assert.equal(morning('2026-12-31T12:00:00'), '2027-01-01T07:00:00.000Z');
  });
});

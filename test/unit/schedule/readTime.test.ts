import assert from 'node:assert/strict';
import { quickTimes } from '../../../src/schedule/quickTimes';
import { momentOf, readTime } from '../../../src/schedule/readTime';

const utc = (text: string): number => Date.parse(`${text}Z`);
/** Friday, 27 November 2026, 12:00 in Berlin. */
const now = utc('2026-11-27T11:00');
const berlin = { now, zone: 'Europe/Berlin' };

function read(text: string, here = berlin) {
  const found = readTime(text, here);
  return found.kind === 'time'
    ? `${new Date(found.at).toISOString().slice(0, 16)} ${found.zone}${found.isSkipped ? ' skipped' : ''}`
    : found.kind;
}

describe('a time that is typed', () => {
  it('is read in the zone of whoever types, by day and time of day', () => {
    assert.equal(read('2026-12-24 9:00'), '2026-12-24T08:00 Europe/Berlin');
    assert.equal(read('24.12.2026, 9:05'), '2026-12-24T08:05 Europe/Berlin');
    assert.equal(read('2027-06-01T09:00'), '2027-06-01T07:00 Europe/Berlin');
  });

  it('is the next such time where the day or the year is left out', () => {
    assert.equal(read('18:30'), '2026-11-27T17:30 Europe/Berlin');
    assert.equal(read('9:00'), '2026-11-28T08:00 Europe/Berlin');
    assert.equal(read('12:00'), '2026-11-28T11:00 Europe/Berlin', 'now is no time to come');
    assert.equal(read('24.12 9:00'), '2026-12-24T08:00 Europe/Berlin');
    assert.equal(read('1.2. 9:00'), '2027-02-01T08:00 Europe/Berlin');
  });

  it('is read in a zone that is typed behind it, whose day it is then', () => {
    assert.equal(read('2026-12-24 9:00 Europe/Moscow'), '2026-12-24T06:00 Europe/Moscow');
    assert.equal(read('2026-12-24 9:00 asia/tokyo'), '2026-12-24T00:00 Asia/Tokyo');
    assert.equal(read('2026-12-24 9:00 +03:00'), '2026-12-24T06:00 +03:00');
    assert.equal(read('2026-12-24 9:00+3'), '2026-12-24T06:00 +03:00');
    assert.equal(read('2026-12-24 9:00 UTC-0330'), '2026-12-24T12:30 -03:30');
    assert.equal(read('2026-12-24T9:00Z'), '2026-12-24T09:00 UTC');
    // In Auckland it is already Saturday.
    assert.equal(read('1:00 Pacific/Auckland'), '2026-11-27T12:00 Pacific/Auckland');
  });

  it('is refused where it has passed, is none, or its zone is unknown', () => {
    assert.equal(read('2026-11-27 11:59'), 'past');
    assert.equal(read('27.11.2025 18:00'), 'past');
    assert.equal(read('2027-02-29 9:00'), 'impossible');
    assert.equal(read('24:00'), 'impossible');
    assert.equal(read('9:00 Mars/Olympus'), 'unknownZone');
    assert.equal(read('9:00 +25:00'), 'unknownZone');
    for (const text of ['', 'soon', '9', '9:0', '2026-12-24', '9:00:00', '12/24/2026 9:00']) {
      assert.equal(read(text), 'unreadable', text);
    }
  });

  it('is moved forward with the clock where daylight saving skips it, and says so', () => {
    const spring = { now: utc('2027-03-27T11:00'), zone: 'Europe/Berlin' };
    assert.equal(read('28.3.2027 2:30', spring), '2027-03-28T01:30 Europe/Berlin skipped');
    assert.equal(read('28.3.2027 1:59', spring), '2027-03-28T00:59 Europe/Berlin');
    assert.equal(read('28.3.2027 3:00', spring), '2027-03-28T01:00 Europe/Berlin');
    const newYork = { year: 2027, month: 3, day: 14, hour: 2, minute: 30 };
    assert.equal(momentOf(newYork, 'America/New_York').at, utc('2027-03-14T07:30'));
  });

  it('is the first of two where the clock goes back', () => {
    const autumn = { now: utc('2026-10-24T10:00'), zone: 'Europe/Berlin' };
    assert.equal(read('25.10.2026 2:30', autumn), '2026-10-25T00:30 Europe/Berlin');
    assert.equal(read('25.10.2026 3:00', autumn), '2026-10-25T02:00 Europe/Berlin');
  });
});

describe('the times that are offered', () => {
  const offered = (at: string, zone = 'Europe/Berlin') =>
    quickTimes({ now: utc(at), zone }).map(
      (time) => `${time.name} ${new Date(time.at).toISOString().slice(0, 16)}`,
    );

  it('are tonight, tomorrow and Monday, as far as they are to come', () => {
    assert.deepEqual(offered('2026-11-27T11:00'), [
      'tonight 2026-11-27T17:00',
      'tonight 2026-11-27T19:00',
      'tomorrow 2026-11-28T08:00',
      'monday 2026-11-30T08:00',
    ]);
    assert.deepEqual(offered('2026-11-27T16:55'), [
      'tonight 2026-11-27T19:00',
      'tomorrow 2026-11-28T08:00',
      'monday 2026-11-30T08:00',
    ]);
    assert.deepEqual(offered('2026-11-29T20:00'), ['tomorrow 2026-11-30T08:00'], 'a Sunday');
    assert.deepEqual(offered('2026-11-30T20:00').at(-1), 'monday 2026-12-07T08:00', 'a Monday');
  });

  it('keep their time of day when the clock changes in between', () => {
    assert.deepEqual(offered('2027-03-27T20:00'), [
      'tomorrow 2027-03-28T07:00',
      'monday 2027-03-29T07:00',
    ]);
  });
});

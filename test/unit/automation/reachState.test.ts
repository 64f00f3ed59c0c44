import assert from 'node:assert/strict';
import path from 'node:path';
import { ReachState, parseReachFile } from '../../../src/automation/reachState';
import { SharedFile } from '../../../src/common/sharedFile';
import { ManualClock } from '../../support/manualClock';
import { silentLog } from '../../support/silentLog';
import { temporaryFolder } from '../../support/temporaryFolder';

const minute = 60_000;

describe('what windows agree on about reaching their user', () => {
  const folder = temporaryFolder();
  let clock: ManualClock;
  beforeEach(() => (clock = new ManualClock()));

  /** Each is a window of its own over the same file. */
  const open = () =>
    new ReachState(
      new SharedFile({
        file: path.join(folder(), 'reach', 'state.json'),
        ...{ parse: parseReachFile, durable: false, log: silentLog },
      }),
      clock,
    );

  it('is a pause, until its end', async () => {
    const [one, other] = [open(), open()];
    await one.pause(clock.now() + minute);
    assert.equal(await other.pausedUntil(), clock.now() + minute);
    clock.advance(minute);
    assert.equal(await other.pausedUntil(), undefined);
    await one.pause(clock.now() + minute);
    await other.resume();
    assert.equal(await one.pausedUntil(), undefined);
  });

  it('is leave for one push at a time: of two windows that ask at once, one gets it', async () => {
    const slots = await Promise.all([open().reserve(), open().reserve()]);
    assert.deepEqual(slots.map(({ kind }) => kind).sort(), ['free', 'taken']);
    const taken = slots.find(({ kind }) => kind === 'taken');
    assert.deepEqual(taken, { kind: 'taken', why: 'gathering', until: clock.now() + 20_000 });
    clock.advance(20_000);
    assert.equal((await open().reserve()).kind, 'free');
  });

  it('is leave for 20 pushes within an hour, and for one more that its user wants', async () => {
    const state = open();
    const first = clock.now();
    for (let count = 0; count < 20; count += 1) {
      assert.equal((await state.reserve()).kind, 'free');
      clock.advance(minute);
    }
    assert.deepEqual(await state.reserve(), {
      ...{ kind: 'taken', why: 'cap', until: first + 60 * minute },
    });
    assert.equal((await state.reserve(true)).kind, 'free');
    clock.advance(40 * minute);
    assert.equal((await state.reserve()).kind, 'taken', 'the one more counts');
    clock.advance(minute);
    assert.equal((await state.reserve()).kind, 'free');
  });

  it('is leave that is given back for a push that was not sent', async () => {
    const state = open();
    const slot = await state.reserve();
    assert.ok(slot.kind === 'free');
    await state.release(slot.at);
    assert.equal((await state.reserve()).kind, 'free');
  });

  it('is not confused by a clock that is set back', async () => {
    const state = open();
    clock.advance(60 * minute);
    await state.reserve();
    clock.advance(-60 * minute);
    assert.equal((await state.reserve()).kind, 'free');
  });

  it('survives a file that was damaged', async () => {
    assert.equal(parseReachFile({ version: 1, pausedUntil: 'x' }), undefined);
    assert.equal(parseReachFile('x'), undefined);
    assert.equal(await open().pausedUntil(), undefined);
  });

  it('is which events came, by a hash', async () => {
    assert.equal(await open().isNew('a'), true);
    assert.equal(await open().isNew('a'), false);
    assert.equal(await open().isNew('b'), true);
    await open().forget('a');
    assert.equal(await open().isNew('a'), true);
    assert.equal(await open().isNew('b'), false);
  });

  it('is that the yes was taken back, not before it was given', async () => {
    assert.equal(await open().takenBackAt(), 0);
    await open().takeBack(clock.now() + 5);
    assert.equal(await open().takenBackAt(), clock.now() + 5);
    clock.advance(10);
    await open().takeBack();
    assert.equal(await open().takenBackAt(), clock.now());
  });
});

import assert from 'node:assert/strict';
import { InputBoxValidationSeverity } from 'vscode';
import { createAskTime } from '../../../src/schedule/askTime';
import type { ChosenTime } from '../../../src/schedule/sendLater';
import { WatchedInputs, active, goTo, press } from '../compose/watchedInputs';

/** Saturday, 27 March 2027, 12:00 in Berlin: the clock goes forward in the night. */
const now = Date.parse('2027-03-27T11:00Z');

describe('the question when a push is sent', () => {
  let inputs: WatchedInputs;

  beforeEach(() => {
    inputs = new WatchedInputs();
  });
  afterEach(async () => {
    await press.escape();
  });

  const ask = (before?: ChosenTime) =>
    createAskTime({ inputs, clock: { now: () => now }, zone: () => 'Europe/Berlin' })(before);

  it('offers near times with their dates', async () => {
    const running = ask();
    const pick = await inputs.nextPick();
    const labels = pick.items.map(({ label }) => label.split(',')[0]);
    assert.deepEqual(labels, [
      ...['$(clock) Tonight', '$(clock) Tonight', '$(clock) Tomorrow', '$(clock) Monday'],
      ...['', '$(edit) Another time…'],
    ]);
    assert.match(pick.items[2]?.description ?? '', /Sunday, March 28, 2027/u);
    await active(pick, pick.items[0]?.label ?? '');
    await press.enter();
    assert.deepEqual(await running, {
      at: Date.parse('2027-03-27T17:00Z'),
      zone: 'Europe/Berlin',
    });
  });

  it('says while one types what was understood, in both zones, and keeps faults', async () => {
    const running = ask();
    await goTo(await inputs.nextPick(), '$(edit) Another time…');
    await press.enter();
    const box = await inputs.nextBox();
    const said = () => {
      const found = box.validationMessage;
      return typeof found === 'object' ? found : { message: found ?? '', severity: undefined };
    };
    inputs.type(box, '2027-03-27 9:00');
    assert.equal(said().severity, InputBoxValidationSeverity.Error);
    assert.match(said().message, /That time has passed: Saturday, March 27, 2027/u);
    inputs.type(box, '9:00 Mars/Olympus');
    assert.match(said().message, /no time zone/u);
    inputs.type(box, '28.3.2027 2:30');
    assert.equal(said().severity, InputBoxValidationSeverity.Warning);
    assert.match(said().message, /3:30/u);
    inputs.type(box, '2027-04-01 9:00 Europe/Moscow');
    assert.match(box.prompt ?? '', /April 1, 2027 at 9:00.* = .*April 1, 2027 at 8:00/u);
    assert.equal(said().message, '');
    await press.enter();
    assert.deepEqual(await running, {
      at: Date.parse('2027-04-01T06:00Z'),
      zone: 'Europe/Moscow',
    });
  });

  it('begins with the time until now where that is changed, and is cancelled by Escape', async () => {
    const running = ask({ at: Date.parse('2027-04-01T06:00Z'), zone: 'Europe/Moscow' });
    await goTo(await inputs.nextPick(), '$(edit) Another time…');
    await press.enter();
    const box = await inputs.nextBox();
    assert.equal(box.value, '2027-04-01 09:00 Europe/Moscow');
    await press.escape();
    assert.equal(await running, undefined);
  });
});

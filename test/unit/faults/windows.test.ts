import assert from 'node:assert/strict';
import { play } from '../../faults/windows';

/** What the rounds are worth: windows that share less than they must fail them. */
describe('windows that', function () {
  // Processes of their own, on a machine that may be busy.
  this.timeout(30_000);

  it('pace themselves apart are found out', async () => {
    const rounds = await play({ world: 'live', count: 2, apart: 'pace' }, 1);
    assert.ok(
      rounds.some(({ full }) => full > 1),
      JSON.stringify(rounds),
    );
  });

  it('refresh apart are found out', async () => {
    const rounds = await play({ world: 'snapshot', count: 2, apart: 'accounts' }, 1);
    assert.ok(
      rounds.some(({ refreshes, failed }) => refreshes > 1 || failed.length > 0),
      JSON.stringify(rounds),
    );
  });
});

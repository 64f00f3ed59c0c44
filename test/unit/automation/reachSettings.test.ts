import assert from 'node:assert/strict';
import { readReachSettings } from '../../../src/automation/reachSettings';

describe('the settings of reaching its user', () => {
  const read = (values: Record<string, unknown>) => readReachSettings((name) => values[name]);
  const byDefault = {
    ...{ longerThanMs: 60_000, agentsLongerThanMs: 30_000, awayAfterMs: 60_000 },
    quietHours: undefined,
  };

  it('are seconds', () => {
    assert.deepEqual(
      read({ longerThan: 5, agentsLongerThan: 0, awayAfter: 1.5, quietHours: '22:00-08:00' }),
      {
        ...{ longerThanMs: 5_000, agentsLongerThanMs: 0, awayAfterMs: 1_500 },
        quietHours: { from: 1320, to: 480 },
      },
    );
  });

  it('have defaults for what is missing or makes no sense', () => {
    assert.deepEqual(read({}), byDefault);
    const senseless = { longerThan: -1, agentsLongerThan: '7', awayAfter: 1e9, quietHours: 22 };
    assert.deepEqual(read(senseless), byDefault);
    assert.deepEqual(read({ longerThan: NaN, awayAfter: null, quietHours: 'night' }), byDefault);
  });
});

import assert from 'node:assert/strict';
import path from 'node:path';
import { fidelityOf, placesIn } from '../../fidelity/fidelity';

describe('the list of what the sandbox does', () => {
  it('has every check of the code, a test for every behaviour, and is written into docs/fidelity.md', async () => {
    const { problems, isPageUpToDate } = await fidelityOf(
      placesIn(path.join(__dirname, '../../..')),
    );
    assert.deepEqual(problems, []);
    assert.ok(isPageUpToDate, 'npm run fidelity writes docs/fidelity.md');
  });
});

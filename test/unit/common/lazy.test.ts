import assert from 'node:assert/strict';
import { lazy } from '../../../src/common/lazy';

describe('what is made when it is needed', () => {
  it('is made once, for all who ask at the same moment too', async () => {
    let made = 0;
    const get = lazy(() => Promise.resolve(++made));
    assert.equal(made, 0);
    assert.deepEqual(await Promise.all([get(), get()]), [1, 1]);
    assert.equal(await get(), 1);
  });

  it('is tried again after a failure', async () => {
    let tries = 0;
    const get = lazy(() => (++tries === 1 ? Promise.reject(new Error('x')) : Promise.resolve('y')));
    await assert.rejects(get());
    assert.equal(await get(), 'y');
  });
});

import assert from 'node:assert/strict';

/** Looks turn after turn of the event loop, for less than a test may take, so that nothing goes on looking after it. */
export async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 25_000;
  while (!holds()) {
    assert.ok(Date.now() < end, 'It never came.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

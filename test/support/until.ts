import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';

/** Looks again and again, for less than a test may take, so that nothing goes on looking after it. */
export async function until(
  holds: () => boolean,
  what = 'what was waited for',
  withinMs = 25_000,
): Promise<void> {
  const end = Date.now() + withinMs;
  while (!holds()) {
    assert.ok(Date.now() < end, `It never came: ${what}.`);
    await setTimeout(1);
  }
}

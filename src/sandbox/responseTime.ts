import { phpDate } from './php';
import type { Json } from './phpJson';

/**
 * Makes the `time` of an answer. Source: docs/bitrix24.md, section 2.
 * @param startedAt Unix ms
 * @param duration seconds
 */
export function responseTime(startedAt: number, duration: number): Record<string, Json> {
  return {
    start: startedAt / 1000,
    finish: startedAt / 1000 + duration,
    duration,
    processing: duration,
    date_start: phpDate(startedAt),
    date_finish: phpDate(startedAt + duration * 1000),
  };
}

import { TZDate } from '@date-fns/tz';
import { momentOf } from './readTime';
import type { Now } from './readTime';

/** A time that is offered with one click. */
export interface QuickTime {
  name: 'tonight' | 'tomorrow' | 'monday';
  /** Unix ms. */
  at: number;
}

const eveningHours = [18, 20] as const;
const morningHour = 9;
/** A time closer than this is no "later". */
const soonMs = 10 * 60_000;

/** Tonight at 18:00 and 20:00 unless that has passed, tomorrow at 9:00, and Monday at 9:00 unless that is tomorrow. */
export function quickTimes({ now, zone }: Now): QuickTime[] {
  const today = new TZDate(now, zone);
  const on = (days: number, hour: number): number => {
    const date = new Date(Date.UTC(today.getFullYear(), today.getMonth(), today.getDate() + days));
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    return momentOf({ year, month, day, hour, minute: 0 }, zone).at;
  };
  const toMonday = (8 - today.getDay()) % 7 || 7;
  return [
    ...eveningHours
      .map((hour) => ({ name: 'tonight' as const, at: on(0, hour) }))
      .filter(({ at }) => at >= now + soonMs),
    { name: 'tomorrow', at: on(1, morningHour) },
    ...(toMonday > 1 ? [{ name: 'monday' as const, at: on(toMonday, morningHour) }] : []),
  ];
}

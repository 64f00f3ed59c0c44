/** Two times of day, such as 22:00-08:00, in minutes since midnight. */
export interface QuietHours {
  from: number;
  to: number;
}

const pattern = /^\s*([01]?\d|2[0-3]):([0-5]\d)\s*[-–—]\s*([01]?\d|2[0-3]):([0-5]\d)\s*$/;

/** Returns undefined for an empty setting, one that is no pair of times, and one whose times are the same. */
export function parseQuietHours(setting: string): QuietHours | undefined {
  const [hours = NaN, minutes = NaN, toHours = NaN, toMinutes = NaN] =
    pattern.exec(setting)?.slice(1).map(Number) ?? [];
  const [from, to] = [hours * 60 + minutes, toHours * 60 + toMinutes];
  return Number.isNaN(from) || from === to ? undefined : { from, to };
}

/** Returns when the quiet hours end that `now` lies in (Unix ms); undefined outside of them. */
export function quietUntil(now: number, hours: QuietHours | undefined): number | undefined {
  if (!hours) {
    return undefined;
  }
  const { from, to } = hours;
  const lastsOvernight = to < from;
  // The ones that began yesterday may last until today.
  for (const day of [-1, 0]) {
    const end = timeOfDay(now, lastsOvernight ? day + 1 : day, to);
    if (timeOfDay(now, day, from) <= now && now < end) {
      return end;
    }
  }
  return undefined;
}

const morning = 8 * 60;
/** Before this time of day, the morning to come is still today's. */
const nightEnds = 5 * 60;

/** Returns 8:00 of the next morning: of this day if the night is not over, else of the next day. */
export function tomorrowMorning(now: number): number {
  const isNight = now < timeOfDay(now, 0, nightEnds);
  return timeOfDay(now, isNight ? 0 : 1, morning);
}

/** A time on the wall clock, some days from the day of `now`; the day may have 23 or 25 hours. */
function timeOfDay(now: number, days: number, minutes: number): number {
  const day = new Date(now);
  return new Date(
    day.getFullYear(),
    day.getMonth(),
    day.getDate() + days,
    Math.floor(minutes / 60),
    minutes % 60,
  ).getTime();
}

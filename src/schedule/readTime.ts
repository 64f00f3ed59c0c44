import { TZDate, tzOffset } from '@date-fns/tz';

/** A moment as somebody typed it. */
export interface ReadTime {
  kind: 'time';
  /** Unix ms. */
  at: number;
  /** The zone that it was read in: an IANA name, or an offset such as `+03:00`. */
  zone: string;
  /** The clock of the zone skips what was typed, so this is the moment as much later as the clock goes forward. */
  isSkipped: boolean;
}

export type TimeFault =
  /** The text does not read as a time. */
  | { kind: 'unreadable' }
  /** The text names a day or a time of day that does not exist. */
  | { kind: 'impossible' }
  | { kind: 'unknownZone'; zone: string }
  /** It has passed. */
  | { kind: 'past'; at: number; zone: string };

export interface Now {
  /** Unix ms. */
  now: number;
  /** The zone of whoever types. */
  zone: string;
}

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

/**
 * Reads "2026-12-24 9:00", "24.12.2026 9:00", "24.12 9:00" (the next such day) or "9:00" (today or tomorrow), each with
 * a zone behind it where it is not that of whoever types: "Europe/Moscow", "+03:00", "UTC".
 */
export function readTime(text: string, { now, zone: here }: Now): ReadTime | TimeFault {
  const found = pattern.exec(text.trim())?.groups;
  if (!found) {
    return { kind: 'unreadable' };
  }
  const zone = found['zone'] === undefined ? here : zoneOf(found['zone']);
  if (zone === undefined) {
    return { kind: 'unknownZone', zone: found['zone'] ?? '' };
  }
  const today = new TZDate(now, zone);
  const [year, month, day] = [
    number(found['year'] ?? found['year2']) ?? today.getFullYear(),
    number(found['month'] ?? found['month2']) ?? today.getMonth() + 1,
    number(found['day'] ?? found['day2']) ?? today.getDate(),
  ];
  const hour = number(found['hour']) ?? 0;
  const minute = number(found['minute']) ?? 0;
  const written = { year, month, day, hour, minute };
  if (!isPossible(written)) {
    return { kind: 'impossible' };
  }
  const read = momentOf(written, zone);
  if (read.at > now) {
    return read;
  }
  const hasDay = found['day'] ?? found['day2'];
  const hasYear = found['year'] ?? found['year2'];
  const next = nextOf(written, hasDay === undefined ? 'day' : 'year');
  return hasYear !== undefined || !isPossible(next)
    ? { kind: 'past', at: read.at, zone }
    : momentOf(next, zone);
}

/** The moment of this day and time of day in a zone. Of two, when the clock goes back, it is the first. */
export function momentOf(parts: Parts, zone: string): ReadTime {
  const { year, month, day, hour, minute } = parts;
  const asUtc = Date.UTC(year, month - 1, day, hour, minute);
  // A change of the clock shows in one of these offsets: it moves by hours, and zones are less than a day from UTC.
  const offsets = [asUtc - dayMs, asUtc + dayMs].map((at) => tzOffset(zone, new Date(at)));
  const moments = offsets.map((offset) => asUtc - offset * minuteMs);
  const fitting = moments.filter((at) => wallOf(at, zone) === asUtc);
  // The offset before the change moves a skipped time forward by as much as the clock goes forward.
  const at = fitting.length > 0 ? Math.min(...fitting) : (moments[0] ?? asUtc);
  return { kind: 'time', at, zone, isSkipped: fitting.length === 0 };
}

/** The time zone of this machine. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const pattern =
  /^(?:(?:(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})|(?<day2>\d{1,2})\.(?<month2>\d{1,2})\.?(?<year2>\d{4})?)[\sT,]+)?(?<hour>\d{1,2}):(?<minute>\d{2})(?:\s*(?<zone>(?:[+-]|UTC|GMT|Z$|(?<=\s)\p{L}).*))?$/u;

function number(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function isPossible({ year, month, day, hour, minute }: Parts): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60;
}

function nextOf(parts: Parts, unit: 'day' | 'year'): Parts {
  const { year, month, day } = parts;
  const date = new Date(
    unit === 'day' ? Date.UTC(year, month - 1, day + 1) : Date.UTC(year + 1, month - 1, day),
  );
  return unit === 'year'
    ? { ...parts, year: year + 1 }
    : {
        ...parts,
        ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
      };
}

/** What the clocks of a zone show at a moment, as if it were UTC. */
function wallOf(at: number, zone: string): number {
  return at + tzOffset(zone, new Date(at)) * minuteMs;
}

/** The name of a zone as it is kept; undefined for a zone that this machine does not know. */
function zoneOf(text: string): string | undefined {
  if (/^(?:Z|UTC|GMT)$/i.test(text)) {
    return 'UTC';
  }
  const [, sign, hours = '', minutes = '00'] =
    /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(text) ?? [];
  if (sign !== undefined) {
    const isZone = Number(hours) <= 14 && Number(minutes) < 60;
    return isZone ? `${sign}${hours.padStart(2, '0')}:${minutes}` : undefined;
  }
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

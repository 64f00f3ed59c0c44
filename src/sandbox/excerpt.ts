import type {
  PushExcerpt,
  RecordedNotification,
  RecordedPush,
  RecordedRequest,
} from './controlApi';

/** These functions shorten long records for the live page, so that a push to thousands of people stays a small event. */

const MANY_PEOPLE = 100;
const MOST_UNKNOWN = 20;

/** Adds the counts to a push. A push to many people keeps only those who are wanted and a few unknown ids. */
export function excerptOf(push: RecordedPush, isWanted: (id: number) => boolean): PushExcerpt {
  const unknown = push.dropped.filter(({ reason }) => reason === 'unknown');
  const counts = {
    recipients: push.recipients.length,
    delivered: push.delivered.length,
    deferred: push.deferred.length,
    dropped: push.dropped.length,
    unknown: unknown.length,
  };
  if (counts.recipients <= MANY_PEOPLE) {
    return { ...push, counts };
  }
  const firstUnknown = new Set(unknown.slice(0, MOST_UNKNOWN));
  return {
    ...push,
    counts,
    recipients: push.recipients.filter(isWanted),
    delivered: push.delivered.filter(isWanted),
    deferred: push.deferred.filter(isWanted),
    dropped: push.dropped.filter((drop) => isWanted(drop.id) || firstUnknown.has(drop)),
  };
}

const LONG_LIST = 20;
const LONG_TEXT = 1000;

/** Cuts long lists and texts in the parameters and the answer of a request. */
export function shortened(request: RecordedRequest): RecordedRequest {
  return {
    ...request,
    params: shorten(request.params),
    answer: shortText(request.answer),
  };
}

export function shortNotification(notification: RecordedNotification): RecordedNotification {
  return { ...notification, message: shortText(notification.message) };
}

function shortText(text: string): string {
  const rest = text.length - LONG_TEXT;
  return rest > 0 ? `${text.slice(0, LONG_TEXT)}… and ${String(rest)} characters more` : text;
}

function shorten(value: unknown): unknown {
  if (typeof value === 'string') {
    return shortText(value);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (!Array.isArray(value)) {
    const members = Object.entries(value);
    const kept = members.slice(0, LONG_LIST).map(([key, item]) => [key, shorten(item)]);
    const rest = members.length - LONG_LIST;
    return Object.fromEntries(rest > 0 ? [...kept, ['…', `and ${String(rest)} more`]] : kept);
  }
  const kept: unknown[] = value.slice(0, LONG_LIST).map(shorten);
  const rest = value.length - LONG_LIST;
  return rest > 0 ? [...kept, `… and ${String(rest)} more`] : kept;
}

import type { Presence, RecordedPush } from './controlApi';
import { shownOnAndroid, shownOnIos } from './phonePayload';
import { lastMobileDays, type Person } from './staff';
import type { PortalState } from './portalState';

/** A push that pull.application.push.add has accepted but that was not sent yet. */
export interface QueuedPush {
  senderId: number;
  text: string;
  avatar: string;
  /** Ids that were read in USER_ID. */
  recipients: readonly number[];
}

/**
 * Collects the pushes of one HTTP request, which the server sends after its answer. Equal pushes of one
 * request (and so of one batch) become one push to all their recipients. Source: docs/bitrix24.md,
 * section 8; pull/lib/event.php.
 */
export class QueuedPushes {
  readonly #pushes = new Map<string, { push: QueuedPush; recipients: Set<number> }>();

  add(push: QueuedPush): void {
    // Without recipients, Event::addPush fails, but the REST method ignores its result.
    if (push.recipients.length === 0) {
      return;
    }
    const key = JSON.stringify([push.text, push.avatar]);
    const queued = this.#pushes.get(key) ?? { push, recipients: new Set() };
    for (const id of push.recipients) {
      queued.recipients.add(id);
    }
    this.#pushes.set(key, { push, recipients: queued.recipients });
  }

  /** Sends the pushes. @returns what became of them in a few words, or '' when nothing was queued. */
  send(portal: PortalState, requestId: number): string {
    const pushes = Array.from(this.#pushes.values(), ({ push, recipients }) =>
      deliver(portal, { ...push, recipients: [...recipients] }, requestId),
    );
    for (const push of pushes) {
      portal.recordPush(push);
    }
    return pushes.length === 0 ? '' : summary(pushes);
  }
}

type LoggedReply = 'delivered' | 'deferred' | RecordedPush['dropped'][number]['reason'];

function deliver(
  portal: PortalState,
  queued: QueuedPush,
  request: number,
): Omit<RecordedPush, 'id' | 'time'> {
  const { clientId, name: appName } = portal.app;
  const content = {
    clientId,
    appName,
    text: queued.text,
    avatar: queued.avatar,
    time: portal.now(),
  };
  const shown = { ios: shownOnIos(content), android: shownOnAndroid(content) };
  const push: Omit<RecordedPush, 'id' | 'time'> = {
    request,
    senderId: queued.senderId,
    appName,
    clientId,
    text: queued.text,
    avatar: queued.avatar,
    recipients: [...queued.recipients],
    delivered: [],
    deferred: [],
    dropped: [],
    shown,
  };
  for (const id of queued.recipients) {
    const outcome = outcomeFor(portal, portal.people.get(id), shown);
    if (outcome === 'delivered') {
      push.delivered.push(id);
    } else if (outcome === 'deferred') {
      push.deferred.push(id);
    } else {
      push.dropped.push({ id, reason: outcome });
    }
  }
  return push;
}

function outcomeFor(
  portal: PortalState,
  person: Person | undefined,
  shown: RecordedPush['shown'],
): LoggedReply {
  if (!portal.pushEnabled) {
    return 'pushDisabled';
  }
  if (person === undefined) {
    return 'unknown';
  }
  if (!person.active) {
    return 'dismissed';
  }
  if (person.device === 'none') {
    return 'noDevice';
  }
  if (!person.push) {
    return 'pushOff';
  }
  const filtered = person.smartFilter && !isOnThePhone(person);
  if (filtered && person.presence === 'desktop') {
    return 'desktopOpen';
  }
  if (shown[person.device].lost) {
    return 'tooLong';
  }
  return filtered && DEFERRING.has(person.presence) ? 'deferred' : 'delivered';
}

/** The server sends at once to a person who used the mobile app within five minutes. Source: docs/bitrix24.md, section 8. */
function isOnThePhone(person: Person): boolean {
  const days = lastMobileDays(person);
  return days !== null && days * 24 * 60 * 60 < 300;
}

/** The server defers a push while the person is active here with the smart filter on. Source: docs/bitrix24.md, section 8. */
const DEFERRING: ReadonlySet<Presence> = new Set(['browser']);

function summary(pushes: readonly Omit<RecordedPush, 'id' | 'time'>[]): string {
  const count = (of: (push: Omit<RecordedPush, 'id' | 'time'>) => number) =>
    pushes.reduce((sum, push) => sum + of(push), 0);
  const skipped = count((p) => p.dropped.filter((drop) => drop.reason === 'desktopOpen').length);
  const parts: [number, string][] = [
    [count((p) => p.delivered.length), 'shown'],
    [count((p) => p.deferred.length), 'later'],
    [skipped, 'skipped'],
    [count((p) => p.dropped.length) - skipped, 'dropped'],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${String(number)} ${word}`)
    .join(', ');
}

/// <reference lib="dom" />
import type {
  Device,
  Fault,
  Presence,
  PushCounts,
  RecordedPush,
  RecordedRequest,
  SandboxUser,
  Snapshot,
} from '../../controlApi';

export type PhoneFacts = ReturnType<typeof phoneFacts>;

/** What a push became for one person. */
export type Fate =
  | { is: 'notAddressed' }
  | { is: 'shown' }
  /** The server holds it back while the person is active in the browser. */
  | { is: 'waiting' }
  | { is: 'dropped'; reason: RecordedPush['dropped'][number]['reason'] };

/** Runs in the browser. Reads the snapshot and says in words what it means; touches no element. */
export function phoneFacts() {
  function fateOf(push: RecordedPush, user: SandboxUser): Fate {
    const dropped = push.dropped.find((drop) => drop.id === user.id);
    if (dropped) {
      return { is: 'dropped', reason: dropped.reason };
    }
    if (push.deferred.includes(user.id)) {
      return { is: 'waiting' };
    }
    if (!push.delivered.includes(user.id)) {
      return { is: 'notAddressed' };
    }
    if (user.device === 'ios' && push.shown.ios.lost) {
      return { is: 'dropped', reason: 'tooLong' };
    }
    return { is: 'shown' };
  }

  /** Why the person sees nothing; null when there is nothing to explain. */
  function whyNot(fate: Fate): string | null {
    if (fate.is === 'waiting') {
      return 'Arrives 15 to 60 s later: the person is active in the browser, so Bitrix24 holds the push back.';
    }
    if (fate.is !== 'dropped') {
      return null;
    }
    switch (fate.reason) {
      case 'unknown':
        return 'Dropped silently: no such person. The API still answered true.';
      case 'dismissed':
        return 'Dropped silently: the person is dismissed. The API still answered true.';
      case 'noDevice':
        return 'Nothing arrives: the person has no phone with the Bitrix24 app.';
      case 'pushOff':
        return 'Nothing shown: the person switched push notifications off in the mobile app.';
      case 'desktopOpen':
        return 'Nothing shown: the desktop app is open and not idle, so Bitrix24 skips the phone.';
      case 'pushDisabled':
        return 'Nothing arrives: push is switched off for the whole portal.';
      case 'tooLong':
        return 'Lost: the cut at 4,096 bytes split a character, so the phone got an empty message.';
    }
  }

  const presenceWords: Record<Presence, string> = {
    offline: 'offline',
    mobile: 'in the mobile app',
    browser: 'active in the browser',
    desktop: 'desktop app open',
    desktopIdle: 'desktop app idle',
  };

  const deviceWords: Record<Device, string> = {
    ios: 'iPhone',
    android: 'Android',
    none: 'no phone',
  };

  /** Under the name: id, role, phone and what keeps pushes away, e.g. "3 · iPhone · desktop app open". */
  function personLine(user: SandboxUser): string {
    return [
      String(user.id),
      user.admin ? 'administrator' : '',
      user.active ? '' : 'dismissed',
      user.extranet ? 'extranet' : '',
      deviceWords[user.device],
      user.active && user.presence !== 'offline' ? presenceWords[user.presence] : '',
      user.push ? '' : 'push off',
      user.appAccess ? '' : 'no access to the application',
    ]
      .filter((word) => word !== '')
      .join(' · ');
  }

  /** One or two letters for a tile without a picture. */
  function initials(name: string): string {
    const letters = name.split(/\s+/).map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? '');
    return letters.filter(Boolean).slice(0, 2).join('').toLocaleUpperCase() || '?';
  }

  /** As a lock screen says it: now, 5 min, 2 h, 3 d. */
  function ago(iso: string, now: number): string {
    const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
    if (seconds < 60) {
      return 'now';
    }
    if (seconds < 3600) {
      return `${Math.floor(seconds / 60)} min`;
    }
    return seconds < 86400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;
  }

  function clock(time: number | string, seconds: boolean): string {
    const date = new Date(time);
    const parts = [date.getHours(), date.getMinutes(), ...(seconds ? [date.getSeconds()] : [])];
    return parts.map((part) => String(part).padStart(2, '0')).join(':');
  }

  function people(count: number): string {
    return count === 1 ? '1 person' : `${count.toLocaleString('en')} people`;
  }

  /** Of all its people, also of those whom an excerpt leaves out. */
  function countsOf(push: RecordedPush & { counts?: PushCounts }): PushCounts {
    return (
      push.counts ?? {
        recipients: push.recipients.length,
        delivered: push.delivered.length,
        deferred: push.deferred.length,
        dropped: push.dropped.length,
        unknown: push.dropped.filter((drop) => drop.reason === 'unknown').length,
      }
    );
  }

  /** E.g. "pull.application.push.add · 4 people · 131 bytes". */
  function requestWords(request: RecordedRequest, pushes: readonly RecordedPush[]): string {
    const pushed = pushes.filter((push) => push.request === request.id);
    const push = pushed[0];
    if (!push) {
      return request.method;
    }
    if (pushed.length > 1) {
      return `${request.method} · ${pushed.length} pushes`;
    }
    const bytes = new TextEncoder().encode(push.text).length;
    return `${request.method} · ${people(countsOf(push).recipients)} · ${bytes} bytes`;
  }

  function answerWords(request: RecordedRequest): string {
    if (request.status === 0) {
      return 'no answer';
    }
    const plain = request.error === null && request.fault === null && request.status === 200;
    const result = plain && request.method === 'pull.application.push.add' ? 'true' : request.error;
    return [String(request.status), result ?? ''].join(' ').trim();
  }

  /** A fault that waits, e.g. "cut after, oauth.token, call 2". */
  function faultWords(fault: Fault): string {
    const what =
      fault.action === 'hang' || fault.action === 'cut'
        ? `${fault.action} ${fault.when}`
        : fault.action === 'status'
          ? [String(fault.status), fault.error ?? ''].join(' ').trim()
          : fault.action;
    const where = fault.method === '*' ? 'every request' : fault.method;
    const from = fault.call !== undefined && fault.call > 1 ? `, from call ${fault.call}` : '';
    const times = fault.times ?? 1;
    return `${what}, ${where}${from}, ${times === 0 ? 'until cleared' : times === 1 ? 'once' : `${times} times`}`;
  }

  /** Of what stands in the filter box. */
  function wordsOf(text: string): string[] {
    return text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  }

  /** Are all these words of the filter a part of the person's name, position or state? */
  function matches(user: SandboxUser, words: readonly string[]): boolean {
    const text = `${user.name} ${user.position} ${personLine(user)}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  }

  /** The latest push first; people it names, then the others, each by id. */
  function phoneOrder(
    snapshot: Snapshot,
    words: string,
    most: number,
  ): { users: SandboxUser[]; matching: number } {
    const wanted = wordsOf(words);
    const matching = snapshot.state.users.filter((user) => matches(user, wanted));
    const latest = snapshot.pushes.reduce((last, push) => Math.max(last, push.id), 0);
    const named = new Set(snapshot.pushes.find((push) => push.id === latest)?.recipients ?? []);
    const touched = new Set(snapshot.pushes.flatMap((push) => push.recipients));
    const rank = (user: SandboxUser): number =>
      named.has(user.id) ? 0 : matching.length > most && touched.has(user.id) ? 1 : 2;
    const users = [...matching].sort((a, b) => rank(a) - rank(b) || a.id - b.id).slice(0, most);
    return { users, matching: matching.length };
  }

  return {
    fateOf,
    whyNot,
    personLine,
    initials,
    ago,
    clock,
    people,
    countsOf,
    wordsOf,
    matches,
    requestWords,
    answerWords,
    faultWords,
    phoneOrder,
  };
}

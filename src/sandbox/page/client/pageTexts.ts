import type {
  Device,
  Fault,
  Presence,
  PushExcerpt,
  RecordedPush,
  RecordedRequest,
  SandboxUser,
} from '../../controlApi';
import type { PageWords } from './pageWords';

/** What became of one push on the phone of one person. */
export type PhoneStatus =
  | { is: 'notAddressed' }
  | { is: 'shown' }
  /** The server holds the push back while the person is active in the browser. */
  | { is: 'waiting' }
  | { is: 'dropped'; reason: RecordedPush['dropped'][number]['reason'] };

/** Runs in the browser and in the sandbox. Says in plain sentences what the records of the control API mean. */
export class PageTexts {
  readonly #words: PageWords;

  constructor(words: PageWords) {
    this.#words = words;
  }

  statusOf(push: RecordedPush, user: SandboxUser): PhoneStatus {
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

  /** Explains why the phone shows nothing; null when there is nothing to explain. */
  whyNotShown(status: PhoneStatus): string | null {
    const sentence = this.#sentenceFor(status);
    return sentence === null ? null : this.#words.text(sentence);
  }

  #sentenceFor(status: PhoneStatus): string | null {
    if (status.is === 'waiting') {
      return 'Arrives 15 to 60 s later: the person is active in the browser, so Bitrix24 holds the push back.';
    }
    if (status.is !== 'dropped') {
      return null;
    }
    switch (status.reason) {
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

  /** Sums a person up under the name: id, role, phone and what keeps pushes away, e.g. "3 · iPhone · push off". */
  personLine(user: SandboxUser): string {
    const presences: Record<Presence, string> = {
      offline: 'offline',
      mobile: 'in the mobile app',
      browser: 'active in the browser',
      desktop: 'desktop app open',
      desktopIdle: 'desktop app idle',
    };
    const devices: Record<Device, string> = {
      ios: 'iPhone',
      android: 'Android',
      none: 'no phone',
    };
    return [
      String(user.id),
      user.admin ? 'administrator' : '',
      user.active ? '' : 'dismissed',
      user.extranet ? 'extranet' : '',
      devices[user.device],
      user.active && user.presence !== 'offline' ? presences[user.presence] : '',
      user.push ? '' : 'push off',
      user.appAccess ? '' : 'no access to the application',
    ]
      .filter((part) => part !== '')
      .map((part) => this.#words.text(part))
      .join(' · ');
  }

  /** @returns one or two letters for a tile without a picture. */
  initials(name: string): string {
    const letters = name.split(/\s+/).map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? '');
    return letters.filter(Boolean).slice(0, 2).join('').toLocaleUpperCase() || '?';
  }

  /** Says the age of a push as a lock screen does: now, 5 min, 2 h, 3 d. */
  ago(iso: string, now: number): string {
    const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
    if (seconds < 60) {
      return this.#words.text('now');
    }
    if (seconds < 3600) {
      return this.#words.text('{0} min', Math.floor(seconds / 60));
    }
    return seconds < 86400
      ? this.#words.text('{0} h', Math.floor(seconds / 3600))
      : this.#words.text('{0} d', Math.floor(seconds / 86400));
  }

  clock(time: number | string, seconds: boolean): string {
    const date = new Date(time);
    const parts = [date.getHours(), date.getMinutes(), ...(seconds ? [date.getSeconds()] : [])];
    return parts.map((part) => String(part).padStart(2, '0')).join(':');
  }

  people(count: number): string {
    return this.#words.count('{0} person|{0} people', count);
  }

  /** Names a request, e.g. "pull.application.push.add · 4 people · 131 bytes". */
  requestText(request: RecordedRequest, pushes: readonly PushExcerpt[]): string {
    const pushed = pushes.filter((push) => push.request === request.id);
    const push = pushed[0];
    if (!push) {
      return request.method;
    }
    if (pushed.length > 1) {
      return `${request.method} · ${this.#words.count('{0} push|{0} pushes', pushed.length)}`;
    }
    const bytes = new TextEncoder().encode(push.text).length;
    return `${request.method} · ${this.people(push.counts.recipients)} · ${this.#words.count('{0} byte|{0} bytes', bytes)}`;
  }

  /** Says who called, e.g. "Анна Петрова, webhook"; '' for nobody known. */
  callerText(caller: RecordedRequest['caller']): string {
    return caller === null
      ? ''
      : `${caller.name}, ${this.#words.text(caller.via === 'webhook' ? 'webhook' : 'application')}`;
  }

  answerText(request: RecordedRequest): string {
    if (request.method === 'app.open') {
      return '';
    }
    if (request.status === 0) {
      return this.#words.text('no answer');
    }
    const plain = request.error === null && request.fault === null && request.status === 200;
    const result = plain && request.method === 'pull.application.push.add' ? 'true' : request.error;
    return [String(request.status), result ?? ''].join(' ').trim();
  }

  /** Names a fault that has not been played yet, e.g. "cut after, oauth.token, from call 2, once". */
  faultText(fault: Fault): string {
    const what =
      fault.action === 'hang' || fault.action === 'cut'
        ? `${fault.action} ${fault.when}`
        : fault.action === 'status'
          ? [String(fault.status), fault.error ?? ''].join(' ').trim()
          : fault.action;
    const where = fault.method === '*' ? this.#words.text('every request') : fault.method;
    const from =
      fault.call !== undefined && fault.call > 1
        ? `, ${this.#words.text('from call {0}', fault.call)}`
        : '';
    const times = fault.times ?? 1;
    const often =
      times === 0 ? this.#words.text('until cleared') : this.#words.count('once|{0} times', times);
    return `${what}, ${where}${from}, ${often}`;
  }
}

import type { RecordedNotification } from './controlApi';

/** How many notifications the sandbox keeps, in all bells together. */
const MOST_KEPT = 5000;

/** The notifications that stand in the bells of all people, the oldest first. */
export class NotificationList {
  #standing: RecordedNotification[] = [];
  #nextId = 1;

  all(): RecordedNotification[] {
    return this.#standing;
  }

  add(notification: Omit<RecordedNotification, 'id'>): RecordedNotification {
    const added = { id: this.#nextId++, ...notification };
    this.#standing = [...this.#standing.slice(1 - MOST_KEPT), added];
    return added;
  }

  /** @returns how many notifications were removed. */
  remove(matches: (notification: RecordedNotification) => boolean): number {
    const before = this.#standing.length;
    this.#standing = this.#standing.filter((notification) => !matches(notification));
    return before - this.#standing.length;
  }
}

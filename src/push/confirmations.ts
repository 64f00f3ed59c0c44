import type { Recipient } from '../people/recipient';
import { portalOf } from './draft';
import type { Draft } from './draft';

/**
 * The user's yes to a draft's message, for its people on one portal, so that a second try need not ask again. The
 * drafts name their accounts.
 */
export class Confirmations {
  readonly #given = new Map<string, Set<number>>();

  give(draft: Draft, people: readonly Recipient[]): void {
    this.#given.set(keyOf(draft), new Set(people.map(({ id }) => id)));
  }

  /** True if the user has agreed to send this message of the draft to all these people. */
  covers(draft: Draft, people: readonly Recipient[]): boolean {
    const given = this.#given.get(keyOf(draft));
    return given !== undefined && people.every(({ id }) => given.has(id));
  }

  /** The message has gone to these people: for once more, the yes does not hold. */
  useUp(draft: Draft, people: readonly Recipient[]): void {
    const given = this.#given.get(keyOf(draft));
    people.forEach(({ id }) => given?.delete(id));
  }
}

function keyOf({ id, accountId = '', text, mode, avatar, location, via = 'push' }: Draft): string {
  return JSON.stringify([id, portalOf(accountId), text, mode, avatar, location, via]);
}

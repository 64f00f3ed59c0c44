import type { Account } from '../accounts/account';
import type { Recipient } from '../people/recipient';
import { portalOf } from './draft';
import type { Draft } from './draft';

type Version = Pick<Draft, 'version'>;

/** The user's yes to a version of a draft, for its people on one portal, so that a second try need not ask again. */
export class Confirmations {
  readonly #given = new Map<string, { portal: string; people: Set<number> }>();

  give({ version }: Version, account: Account, people: readonly Recipient[]): void {
    const portal = portalOf(account.id);
    this.#given.set(version, { portal, people: new Set(people.map(({ id }) => id)) });
  }

  /** True if the user has agreed to send this version to all these people of the account's portal. */
  covers({ version }: Version, account: Account, people: readonly Recipient[]): boolean {
    const given = this.#given.get(version);
    return given?.portal === portalOf(account.id) && people.every(({ id }) => given.people.has(id));
  }

  /** The yes to a draft holds from now on for these instead, as far as they go to the same people. */
  moveTo(parts: readonly (Version | undefined)[], from: Version): void {
    const given = this.#given.get(from.version);
    this.forget(from);
    for (const part of parts) {
      if (part && given) {
        this.#given.set(part.version, given);
      }
    }
  }

  forget({ version }: Version): void {
    this.#given.delete(version);
  }
}

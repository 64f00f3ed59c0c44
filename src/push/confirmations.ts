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

  /** The yes to one draft holds for another one, as far as it goes to the same people. */
  carryOver({ version }: Version, to: Version | undefined): void {
    const given = this.#given.get(version);
    if (given && to) {
      this.#given.set(to.version, given);
    }
  }

  forget({ version }: Version): void {
    this.#given.delete(version);
  }
}

import type { Event } from 'vscode';
import type { Account } from '../accounts/account';
import { Emitter } from '../common/emitter';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { plainText } from '../common/plainText';
import { copyOf, fromAccount, isEmptyDraft } from '../push/draft';
import type { Draft, DraftContent } from '../push/draft';
import type { DraftStore } from '../push/draftStore';
import type { ChosenAudience, DepartmentRecipient, Recipient } from '../people/recipient';
import type { FormPeople } from './formPeople';
import type { KeptView, Person, Stamp, Written } from './protocol';

const excerptAtMost = 80;

/** What the draft needs to know of those who are chosen. */
export interface FormDraftAudience {
  nameOf(accountId: string, departmentId: number): string | undefined;
  /** Marks those whom a group of the workspace brought. */
  marked(account: Account, audience: ChosenAudience): ChosenAudience;
}

/**
 * The store's draft as the form edits it. It counts what others do to the draft (a selection arrives, a push was
 * accepted) in `generation`, so that a page that has not seen it yet cannot overwrite it.
 */
export class FormDraft implements Disposable {
  readonly #drafts: DraftStore;
  readonly #people: FormPeople;
  readonly #audience: FormDraftAudience;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new Emitter<void>());
  #seen: Draft;
  #generation = 1;
  #edit = 0;
  #forgotten: readonly Draft[] = [];

  constructor(drafts: DraftStore, people: FormPeople, audience: FormDraftAudience) {
    this.#drafts = drafts;
    this.#audience = audience;
    this.#people = people;
    this.#seen = drafts.current;
    this.#owned.add(
      drafts.onDidChange(({ source }) => {
        const isReplaced = drafts.current !== this.#seen;
        this.#seen = drafts.current;
        if (source !== this) {
          this.#generation += isReplaced ? 1 : 0;
          this.#changed.fire();
        }
      }),
    );
  }

  /** Fires when anybody but the form changed the draft or the kept drafts. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  get current(): Draft {
    return this.#drafts.current;
  }

  get stamp(): Stamp {
    return { generation: this.#generation, edit: this.#edit };
  }

  get kept(): KeptView[] {
    return this.#drafts.kept.map(({ id, text, recipients }) => ({
      id,
      text: plainText(text.slice(0, 1_000), excerptAtMost),
      people: recipients.length,
    }));
  }

  /** Takes what the page wrote; false when it wrote into a draft that has been replaced. */
  write(account: Account | undefined, stamp: Stamp, written: Written): boolean {
    if (stamp.generation !== this.#generation) {
      return false;
    }
    this.#edit = stamp.edit;
    const { text, mode, avatar, locationIncluded } = written;
    const { location } = this.current;
    const chosen = {
      people: this.#recipients(account, written.recipients),
      departments: this.#departments(account, written.departments),
    };
    const { people, departments } = account ? this.#audience.marked(account, chosen) : chosen;
    this.#update({
      ...{ text, mode, avatar },
      recipients: people,
      departments,
      // Ids mean people of one portal only.
      ...(account && { accountId: account.id }),
      ...(location && {
        location: { ...location, included: locationIncluded ?? location.included },
      }),
    });
    return true;
  }

  /** Returns the same array as before for the same people, so that they are not looked at again at every key. */
  #recipients(account: Account | undefined, ids: readonly number[]): Recipient[] {
    const { recipients, accountId } = this.current;
    const isSame =
      account?.id === accountId &&
      ids.length === recipients.length &&
      ids.every((id, at) => id === recipients[at]?.id);
    if (isSame) {
      return recipients;
    }
    const before = new Map(recipients.map((recipient) => [recipient.id, recipient]));
    return [...new Set(ids)].map((id) => {
      const known = account && this.#people.person(account.id, id);
      return known?.name === undefined
        ? (before.get(id) ?? { id })
        : recipientOf(known, before.get(id));
    });
  }

  /** Returns the same array as before when nothing in it changed, so that its people are not counted again. */
  #departments(
    account: Account | undefined,
    written: Written['departments'],
  ): DepartmentRecipient[] {
    const before = this.current.departments;
    const known = new Map(before.map((one) => [one.id, one]));
    const now = [...new Map(written.map((one) => [one.id, one])).values()].map(
      ({ id, reach }): DepartmentRecipient => {
        const one = known.get(id);
        const name = (account && this.#audience.nameOf(account.id, id)) ?? one?.name;
        return one?.reach === reach && one.name === name ? one : { ...one, id, name, reach };
      },
    );
    return now.length === before.length && now.every((one, at) => one === before[at])
      ? before
      : now;
  }

  /** Puts names to ids; changes nothing that the page could have changed meanwhile. */
  name(account: Account): void {
    const recipients = this.current.recipients.map((recipient) => {
      const known = this.#people.person(account.id, recipient.id);
      return known.name === undefined ? recipient : recipientOf(known, recipient);
    });
    this.#drafts.setNames(recipients, this);
  }

  /**
   * Keeps the people of an accepted push chosen for the next one, unless something else is being written, or goes on at
   * another portal.
   */
  chooseAgain(sent: Draft, account: Account | undefined): void {
    if (isEmptyDraft(this.current)) {
      const { recipients, departments, accountId } = account ? fromAccount(sent, account.id) : sent;
      this.#generation += 1;
      this.#update({ recipients, departments, accountId });
    }
  }

  /** Goes on with another account; true when the people had to go because they belong to another portal. */
  moveTo(account: Account): boolean {
    const draft = this.current;
    if (draft.accountId === account.id) {
      return false;
    }
    const { recipients, departments } = fromAccount(draft, account.id);
    const losesPeople =
      recipients.length + departments.length < draft.recipients.length + draft.departments.length;
    this.#generation += 1;
    if (losesPeople) {
      // The draft with the people of the other portal is kept as it is; here goes on a draft of its own.
      this.#drafts.open(copyOf(draft, { accountId: account.id, recipients, departments }), this);
    } else {
      this.#update({ accountId: account.id });
    }
    return losesPeople;
  }

  /** Swaps a kept draft with the current one. */
  restore(id: string): void {
    const before = this.current;
    this.#drafts.restore(id, this);
    this.#generation += this.current === before ? 0 : 1;
  }

  forget(id: string): void {
    this.#forgotten = this.#drafts.kept.filter((kept) => kept.id === id);
    this.#drafts.forget(id, this);
  }

  forgetAll(): void {
    this.#forgotten = this.#drafts.kept;
    this.#forgotten.forEach(({ id }) => this.#drafts.forget(id, this));
  }

  /** Keeps what was forgotten last again. */
  bringBack(): void {
    this.#drafts.setAside(this.#forgotten, this);
    this.#forgotten = [];
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #update(patch: Partial<DraftContent>): void {
    this.#drafts.update(patch, this);
  }
}

/** What a draft keeps of a person; how they were chosen stays. */
function recipientOf({ id, name, position, photo }: Person, before?: Recipient): Recipient {
  const { workspaceGroup } = before ?? {};
  return { id, name, position, photo, ...(workspaceGroup !== undefined && { workspaceGroup }) };
}

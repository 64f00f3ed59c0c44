import type { Event } from 'vscode';
import type { Account } from '../accounts/account';
import { Emitter } from '../common/emitter';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { hasDepartments } from '../push/draft';
import type { Draft } from '../push/draft';
import type { DraftStore } from '../push/draftStore';
import type { DepartmentRecipient, Recipient } from '../people/recipient';
import type { FormPeople } from './formPeople';
import type { KeptView, Person, Written } from './protocol';

export interface Stamp {
  generation: number;
  edit: number;
}

const excerptAtMost = 80;
const nobody = { recipients: [], departments: undefined };

/**
 * The store's draft as the form edits it. It counts what others do to the draft (a selection arrives, a push was
 * accepted) in `generation`, so that a page that has not seen it yet cannot overwrite it.
 */
export class FormDraft implements Disposable {
  readonly #drafts: DraftStore;
  readonly #people: FormPeople;
  readonly #nameOfDepartment: (accountId: string, id: number) => string | undefined;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new Emitter<void>());
  readonly #keptKeys = new WeakMap<Draft, number>();
  #lastKey = 0;
  #seen: Draft;
  #generation = 1;
  #edit = 0;

  constructor(
    drafts: DraftStore,
    people: FormPeople,
    nameOfDepartment: (accountId: string, id: number) => string | undefined = () => undefined,
  ) {
    this.#drafts = drafts;
    this.#nameOfDepartment = nameOfDepartment;
    this.#people = people;
    this.#seen = drafts.current;
    this.#owned.add(
      drafts.onDidChange(({ source }) => {
        if (source === this) {
          return;
        }
        if (drafts.current !== this.#seen) {
          this.#seen = drafts.current;
          this.#generation += 1;
        }
        this.#changed.fire();
      }),
    );
  }

  /** Somebody else changed the draft, the kept ones or what is on its way. */
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
    return this.#drafts.kept.map((draft) => ({
      key: this.#keyOf(draft),
      text: excerpt(draft.text),
      people: draft.recipients.length,
    }));
  }

  /** Takes what the page wrote; false when it wrote into a draft that has been replaced. */
  write(account: Account | undefined, stamp: Stamp, written: Written): boolean {
    if (stamp.generation !== this.#generation) {
      return false;
    }
    this.#edit = stamp.edit;
    const { text, mode, avatar, locationIncluded } = written;
    const { location, recipients, departments } = this.current;
    const before = new Map(recipients.map((recipient) => [recipient.id, recipient]));
    this.#update({
      text,
      mode,
      avatar,
      recipients: [...new Set(written.recipients)].map((id) => {
        const known = account && this.#people.person(account.id, id);
        return known?.name === undefined ? (before.get(id) ?? { id }) : recipientOf(known);
      }),
      ...(written.departments || departments
        ? { departments: this.#departments(account, written.departments ?? []) }
        : {}),
      // Ids mean people of one portal only.
      ...(account ? { accountId: account.id } : {}),
      ...(location && locationIncluded !== undefined
        ? { location: { ...location, included: locationIncluded } }
        : {}),
    });
    return true;
  }

  /** The same list again when nothing in it changed. */
  #departments(
    account: Account | undefined,
    written: NonNullable<Written['departments']>,
  ): DepartmentRecipient[] | undefined {
    const before = this.current.departments ?? [];
    const known = new Map(before.map((one) => [one.id, one]));
    const now = [...new Map(written.map((one) => [one.id, one])).values()].map(
      ({ id, reach }): DepartmentRecipient => {
        const one = known.get(id);
        const name = (account && this.#nameOfDepartment(account.id, id)) ?? one?.name;
        return one?.reach === reach && one.name === name ? one : { id, name, reach };
      },
    );
    if (now.length === 0) {
      return undefined;
    }
    return now.length === before.length && now.every((one, at) => one === before[at])
      ? before
      : now;
  }

  /** Puts names to ids; nothing that the page could have changed meanwhile. */
  name(account: Account): void {
    const recipients = this.current.recipients.map((recipient) => {
      const known = this.#people.person(account.id, recipient.id);
      return known.name === undefined ? recipient : recipientOf(known);
    });
    this.#update({ recipients });
  }

  /** The people of an accepted push stay chosen for the next one, unless something else is being written. */
  chooseAgain(sent: Draft): void {
    const { text, recipients, departments = [] } = this.current;
    if (text === '' && recipients.length + departments.length === 0) {
      this.#generation += 1;
      this.#update({
        recipients: sent.recipients,
        ...(sent.departments ? { departments: sent.departments } : {}),
        accountId: sent.accountId,
      });
    }
  }

  /** Goes on with another account; true when the people had to go because they belong to another portal. */
  moveTo(account: Account): boolean {
    const draft = this.current;
    if (draft.accountId === account.id) {
      return false;
    }
    const elsewhere =
      (draft.recipients.length > 0 || hasDepartments(draft)) &&
      draft.accountId !== undefined &&
      portalOf(draft.accountId) !== portalOf(account.id);
    this.#generation += 1;
    this.#update({ accountId: account.id, ...(elsewhere ? nobody : {}) });
    if (elsewhere) {
      this.#drafts.keep(draft, this);
    }
    return elsewhere;
  }

  restore(key: number): void {
    this.#withKept(key, (index) => {
      this.#drafts.restore(index, this);
      this.#seen = this.#drafts.current;
      this.#generation += 1;
    });
  }

  forget(key: number): void {
    this.#withKept(key, (index) => {
      this.#drafts.forget(index, this);
    });
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #update(patch: Partial<Draft>): void {
    this.#drafts.update(patch, this);
    this.#seen = this.#drafts.current;
  }

  #withKept(key: number, act: (index: number) => void): void {
    const index = this.#drafts.kept.findIndex((draft) => this.#keptKeys.get(draft) === key);
    if (index >= 0) {
      act(index);
    }
  }

  #keyOf(draft: Draft): number {
    let key = this.#keptKeys.get(draft);
    if (key === undefined) {
      key = ++this.#lastKey;
      this.#keptKeys.set(draft, key);
    }
    return key;
  }
}

/** Account ids are `${member_id}:${user_id}`. */
function portalOf(accountId: string): string {
  return accountId.slice(0, accountId.lastIndexOf(':'));
}

/** The beginning, in one line. */
function excerpt(text: string): string {
  const line = text.slice(0, 1_000).trim().replaceAll(/\s+/g, ' ');
  const characters = Array.from(line);
  return characters.length > excerptAtMost
    ? `${characters.slice(0, excerptAtMost).join('')}…`
    : line;
}

function recipientOf({ id, name, position, photo }: Person): Recipient {
  return { id, name, position, photo };
}

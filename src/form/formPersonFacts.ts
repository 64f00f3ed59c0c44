import type { Account } from '../accounts/account';
import type { Log } from '../common/log';
import { templateOf } from '../push/draft';
import type { Draft } from '../push/draft';
import { placeholdersOf } from '../push/personalText';
import type { Placeholder, TextPerson } from '../push/personalText';
import { planPush } from '../push/plan';
import type { PlanSummary } from '../push/plan';
import type { PersonFacts } from '../push/personFacts';
import type { Recipient } from '../people/recipient';

interface Known {
  person: TextPerson;
  /** True if the department was asked for as well. */
  department: boolean;
}

/** How many people are asked about while the text is written; the others are when it is sent. */
const askedAtMost = 5_000;

/**
 * Learns what the draft's text says about its people in the same way as when it is sent, so that the preview and
 * the plan show what will be. Each person is asked for once; nobody while the text has no placeholders.
 */
export class FormPersonFacts {
  readonly #read: PersonFacts;
  readonly #log: Log;
  /** The facts by account and id. */
  readonly #known = new Map<string, Map<number, Known>>();
  /** The questions on their way: `account/id` or `account/id/department`. */
  readonly #asked = new Set<string>();
  readonly #abort = new AbortController();

  constructor(read: PersonFacts, log: Log) {
    this.#read = read;
    this.#log = log;
  }

  /** Returns what is known about a person; undefined if it was never asked for. */
  of(accountId: string, id: number): TextPerson | undefined {
    return this.#known.get(accountId)?.get(id)?.person;
  }

  /** The draft's people with all that its text says about them; undefined while that is not known. */
  peopleOf(account: Account, draft: Draft): readonly TextPerson[] | undefined {
    return this.#wanted(account, draft).open.length > 0
      ? undefined
      : draft.recipients.map((recipient) => ({
          ...recipient,
          ...this.of(account.id, recipient.id),
        }));
  }

  /** How the draft would be sent. undefined without placeholders or people, with departments, and while facts are missing. */
  planOf(account: Account, draft: Draft): PlanSummary | undefined {
    const template = templateOf(draft);
    if (
      !template.personal ||
      template.faults.length > 0 ||
      draft.recipients.length === 0 ||
      draft.departments.length > 0
    ) {
      return undefined;
    }
    const people = this.peopleOf(account, draft);
    return people && planPush(template, people, draft.avatar).summary;
  }

  /** Asks for what is missing and not on its way yet. Resolves to true if something was learnt. */
  async ask(account: Account, draft: Draft): Promise<boolean> {
    const { facts, open: missing } = this.#wanted(account, draft);
    const department = facts.includes('department');
    const keyOf = (id: number): string => `${account.id}/${id}${department ? '/department' : ''}`;
    const askable = askedAtMost - (draft.recipients.length - missing.length);
    const open = missing
      .slice(0, Math.max(0, askable))
      .filter(({ id }) => !this.#asked.has(keyOf(id)));
    if (open.length === 0) {
      return false;
    }
    open.forEach(({ id }) => this.#asked.add(keyOf(id)));
    try {
      const found = await this.#read(account, open, facts, { signal: this.#abort.signal });
      const known = this.#of(account.id);
      for (const { id } of open) {
        known.set(id, { person: { id }, department });
      }
      for (const person of found) {
        known.set(person.id, { person, department });
      }
      return true;
    } catch (error) {
      // The preview does without; at the moment of sending it is asked again, and told.
      this.#log.debug(`Facts for a personal text could not be read: ${String(error)}`);
      return false;
    } finally {
      open.forEach(({ id }) => this.#asked.delete(keyOf(id)));
    }
  }

  dispose(): void {
    this.#abort.abort();
  }

  #wanted(account: Account, draft: Draft): { facts: Placeholder[]; open: Recipient[] } {
    const facts = placeholdersOf(templateOf(draft));
    const department = facts.includes('department');
    const known = this.#of(account.id);
    const open =
      facts.length === 0
        ? []
        : draft.recipients.filter(({ id }) => {
            const one = known.get(id);
            return !one || (department && !one.department);
          });
    return { facts, open };
  }

  #of(accountId: string): Map<number, Known> {
    let known = this.#known.get(accountId);
    if (!known) {
      known = new Map();
      this.#known.set(accountId, known);
    }
    return known;
  }
}

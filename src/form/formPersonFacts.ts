import type { Account } from '../accounts/account';
import { LastAnswer } from '../common/lastAnswer';
import type { Log } from '../common/log';
import { templateOf } from '../push/draft';
import type { Draft } from '../push/draft';
import { blanksOf, extremePeople } from '../push/longestVersion';
import { placeholders } from '../push/personalText';
import type { Template, TextPerson } from '../push/personalText';
import { planPush } from '../push/plan';
import type { PlanSummary } from '../push/plan';
import type { PersonFacts } from '../push/personFacts';
import type { Recipient } from '../people/recipient';

/** How many people are asked about while the text is written; the others are when it is sent. */
const askedAtMost = 5_000;

/**
 * Learns what the draft's text says about its people in the same way as when it is sent, so that the preview and
 * the plan show what will be. Each person is asked for once; nobody while the text has no placeholders.
 */
export class FormPersonFacts {
  readonly #read: PersonFacts;
  readonly #log: Log;
  /** By account and id. */
  readonly #known = new Map<string, Map<number, TextPerson>>();
  /** The people who are being looked up, as `account/id`. */
  readonly #asked = new Set<string>();
  readonly #abort = new AbortController();
  /** The last results. Most keys change only the literal parts of the text, on which these do not depend. */
  readonly #people = new LastAnswer<readonly TextPerson[] | undefined>();
  readonly #extremes = new LastAnswer<readonly TextPerson[]>();
  readonly #plan = new LastAnswer<PlanSummary>();
  /** Counts what was learnt. */
  #learnt = 0;

  constructor(read: PersonFacts, log: Log) {
    this.#read = read;
    this.#log = log;
  }

  /** Returns what is known about a person; undefined if it was never asked for. */
  of(accountId: string, id: number): TextPerson | undefined {
    return this.#known.get(accountId)?.get(id);
  }

  /**
   * Returns the people whose versions of the text decide whether all fit (see {@link extremePeople}), with all that the
   * text says about them; undefined while that is not known about everybody.
   */
  extremesOf(account: Account, draft: Draft): readonly TextPerson[] | undefined {
    const blanks = blanksOf(templateOf(draft));
    if (blanks.length === 0) {
      return draft.recipients;
    }
    const people = this.#peopleOf(account, draft);
    return (
      people &&
      this.#extremes.of([people, JSON.stringify(blanks)], () => extremePeople(blanks, people))
    );
  }

  /** How the draft would be sent. undefined without placeholders or people, with departments, and while facts are missing. */
  planOf(account: Account, draft: Draft): PlanSummary | undefined {
    const { recipients, departments, avatar } = draft;
    const template = templateOf(draft);
    const isSaid = template.personal && template.faults.length === 0;
    const people =
      isSaid && recipients.length > 0 && departments.length === 0
        ? this.#peopleOf(account, draft)
        : undefined;
    const short = shortened(template);
    return (
      people &&
      this.#plan.of(
        [people, JSON.stringify(short.parts), avatar],
        () => planPush(short, people, avatar).summary,
      )
    );
  }

  /** Asks for what is missing and not on its way yet. Resolves to true if something was learnt. */
  async ask(account: Account, draft: Draft): Promise<boolean> {
    const missing = this.#missing(account, draft);
    const keyOf = ({ id }: Recipient): string => `${account.id}/${id}`;
    const askable = Math.max(0, askedAtMost - (draft.recipients.length - missing.length));
    const open = missing.slice(0, askable).filter((one) => !this.#asked.has(keyOf(one)));
    if (open.length === 0) {
      return false;
    }
    open.forEach((one) => this.#asked.add(keyOf(one)));
    try {
      const { signal } = this.#abort;
      const found = await this.#read(account, open, placeholders, { signal });
      const known = this.#known.get(account.id) ?? new Map<number, TextPerson>();
      this.#known.set(account.id, known);
      [...open.map(({ id }) => ({ id })), ...found].forEach((one) => known.set(one.id, one));
      this.#learnt += 1;
      return true;
    } catch (error) {
      // The preview does without; at the moment of sending it is asked again, and told.
      this.#log.debug(`Facts for a personal text could not be read: ${String(error)}`);
      return false;
    } finally {
      open.forEach((one) => this.#asked.delete(keyOf(one)));
    }
  }

  dispose(): void {
    this.#abort.abort();
  }

  /** The draft's people with all that its text says about them; undefined while that is not known. */
  #peopleOf(account: Account, draft: Draft): readonly TextPerson[] | undefined {
    return this.#people.of([account.id, draft.recipients, this.#learnt], () =>
      this.#missing(account, draft).length > 0
        ? undefined
        : draft.recipients.map((one) => ({ ...one, ...this.of(account.id, one.id) })),
    );
  }

  #missing({ id: accountId }: Account, draft: Draft): readonly Recipient[] {
    const known = this.#known.get(accountId);
    return templateOf(draft).personal ? draft.recipients.filter(({ id }) => !known?.has(id)) : [];
  }
}

/**
 * The text with short literal parts: the versions of two people differ in it as in the whole one. Signs that the plan
 * looks for stay.
 */
function shortened(template: Template): Template {
  const parts = template.parts.map((part) =>
    typeof part === 'string' && !/[$[]/.test(part) ? '\0' : part,
  );
  return { ...template, parts };
}

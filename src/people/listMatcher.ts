import type { Account, Accounts } from '../accounts/account';
import { findPeople } from '../bitrix24/peopleByText';
import type { FoundPeople } from '../bitrix24/peopleByText';
import type { Person } from '../bitrix24/person';
import type { Departments } from './departments/departments';
import { departmentsByName } from './departments/departmentsByName';
import type { DepartmentTree } from './departments/departmentTree';
import { Breather } from './directory/breather';
import type { Directories } from './directory/directories';
import type { PeopleDirectory } from './directory/peopleDirectory';
import { audienceOfGroup } from './groups';
import type { SavedGroups } from './groups';
import type { ListEntry, NameEntry } from './listEntry';
import { matchName, matchWholeName, sharesWord, spelled } from './matchName';
import { readList } from './pastedList';
import { recipientOf } from './peopleSearch';
import type { IdsResolved, PeopleSearch } from './peopleSearch';
import { audienceOf } from './recipient';
import type { Audience, DepartmentRecipient, Recipient } from './recipient';

/** The people and departments that a pasted list means. */
export interface ListMatch {
  /** People in the order of the list, without duplicates. */
  people: Recipient[];
  /** Departments without duplicates. */
  departments: DepartmentRecipient[];
  /** Entries that nothing can be sent to, in the order of the list. */
  unmatched: UnmatchedEntry[];
  /** The permission of the application with which more could be found. */
  missingScope?: 'user' | 'user_basic' | undefined;
}

/** Why an entry of a list is not chosen. The last five come with candidates. */
export type WhyUnmatched =
  /** The portal has nobody and nothing of this name. */
  | 'unknown'
  | 'unknownId'
  | 'noScope'
  /** The profile's address is on another portal. */
  | 'portal'
  /** The person was dismissed. */
  | 'inactive'
  /** Several people or departments have this name. */
  | 'ambiguous'
  /** Found by another spelling, the sound, or the beginning of the name. */
  | 'spelling'
  /** The address is nobody's; the candidates have the name that stands beside it. */
  | 'address'
  /** A number that may be an id. */
  | 'number'
  /** The person with the id has another name. */
  | 'mismatch';

export interface UnmatchedEntry {
  text: string;
  why: WhyUnmatched;
  /** A few people whom it may mean, the likeliest first. */
  candidates?: Recipient[] | undefined;
  /** A few departments that it may mean. */
  departments?: DepartmentRecipient[] | undefined;
}

interface ListMatcherDeps {
  accounts: Pick<Accounts, 'get' | 'client'>;
  people: Pick<PeopleSearch, 'resolveIds'>;
  directories: Pick<Directories, 'open'>;
  departments: Pick<Departments, 'of' | 'peek'>;
  groups: Pick<SavedGroups, 'list'>;
  /** The words by which users mean themselves, in English and in their language. */
  meWords: () => readonly string[];
}

/** Whom a name, an address or an entry means. */
type Answer = Partial<Audience> | Omit<UnmatchedEntry, 'text'>;

/** What is known of the names, addresses and ids of one list. */
interface Known {
  host: string | undefined;
  ids: IdsResolved;
  names: Map<string, Answer>;
  /** In lower case. */
  emails: Map<string, Answer>;
  lacks: FoundPeople['lacks'];
}

/** More candidates would not help the user to choose. */
const candidatesAtMost = 8;
/** Enough hits to contain all people with the same name. */
const hitsAtMost = 200;
const nameWordsAtMost = 3;

/**
 * Finds the people and departments that a pasted list means: in the directory, then on the portal with as few requests
 * as possible. Nothing is guessed: only what is spelled as on the portal is certain, and the rest is returned as
 * unmatched, with candidates and the reason.
 */
export class ListMatcher {
  readonly #deps: ListMatcherDeps;

  constructor(deps: ListMatcherDeps) {
    this.#deps = deps;
  }

  /** Throws Bitrix24Error; the signal cancels it. */
  async match(accountId: string, text: string, signal: AbortSignal): Promise<ListMatch> {
    const entries = readList(text);
    const account = await this.#deps.accounts.get(accountId);
    const wanted = entries.flatMap((entry) => wantedIds(entry, account?.host));
    const known: Known = {
      host: account?.host,
      ids: await this.#deps.people.resolveIds(accountId, wanted, signal),
      names: new Map(),
      emails: new Map(),
      lacks: new Set(),
    };
    const names = entries.flatMap(namesIn);
    if (account && names.length > 0) {
      const tree = await this.#deps.departments.of(account.id, signal);
      await this.#answerNames(account, names, known, tree, signal);
    }
    const emails = entries.flatMap((entry) => (entry.kind === 'email' ? [entry.email] : []));
    const open = entries.filter(({ kind }) => kind !== 'email').flatMap((one) => asked(one, known));
    await this.#askPortal(accountId, { emails, names: open }, known, signal);
    // Names beside addresses matter if nobody has the address, or somebody else.
    const beside = entries.flatMap((entry) => {
      const other = entry.kind === 'email' && otherThanAddress(entry, known);
      return other ? asked(other, known) : [];
    });
    await this.#askPortal(accountId, { emails: [], names: beside }, known, signal);
    signal.throwIfAborted();
    return collect(entries, known);
  }

  /** The same without a request. Only the portal can say whom the entries in `unchecked` mean. */
  async matchKnown(
    account: Account,
    text: string,
    signal: AbortSignal,
  ): Promise<ListMatch & { unchecked: string[] }> {
    const { directories, departments } = this.#deps;
    const entries = readList(text);
    const directory = await directories.open(account.id);
    const wanted = entries.flatMap((entry) => wantedIds(entry, account.host));
    const hits = wanted.flatMap((id) => directory?.person(id) ?? []).map(recipientOf);
    const isFound = new Set([...hits.map(({ id }) => id), account.userId]);
    const known: Known = {
      host: account.host,
      // A directory has everybody who is active; without one, ids are taken as they are.
      ids: {
        hits,
        inactive: [],
        unknown: directory ? wanted.filter((id) => !isFound.has(id)) : [],
      },
      ...{ names: new Map(), emails: new Map(), lacks: new Set() },
    };
    const tree = departments.peek(account.id);
    await this.#answerNames(account, entries.flatMap(namesIn), known, tree, signal);
    const match = collect(entries, known);
    // The directory has no addresses.
    const isOpen = ({ text: entry, why }: UnmatchedEntry) =>
      why === 'unknown' && (!directory || entry.includes('@'));
    return {
      ...match,
      unmatched: match.unmatched.filter((one) => !isOpen(one)),
      unchecked: match.unmatched.filter(isOpen).map((one) => one.text),
    };
  }

  /** Answers the names that groups, departments and the directory know, without a request for each. */
  async #answerNames(
    account: Account,
    names: readonly string[],
    known: Known,
    tree: DepartmentTree | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { directories, groups } = this.#deps;
    const me: Recipient = { id: account.userId, name: account.userName };
    const meWords = this.#deps.meWords().map(spelled);
    const byGroup = new Map(groups.list(account.host).map((group) => [spelled(group.name), group]));
    const directory = await directories.open(account.id);
    const byDepartment = tree ? departmentsByName(tree) : new Map<string, never>();
    const breather = new Breather();
    for (const name of new Set(names)) {
      await breather.breathe();
      signal.throwIfAborted();
      const key = spelled(name);
      const group = byGroup.get(key);
      const answer = meWords.includes(key)
        ? { people: [me] }
        : group
          ? audienceOfGroup(group)
          : (departmentAnswer(byDepartment.get(key) ?? []) ??
            (directory && personOf(name, directory)));
      if (answer) {
        known.names.set(name, answer);
      }
    }
  }

  /** Asks the portal for addresses, and for names that the directory does not have. */
  async #askPortal(
    accountId: string,
    { emails, names }: { emails: readonly string[]; names: readonly string[] },
    known: Known,
    signal: AbortSignal,
  ): Promise<void> {
    const askable = names.filter((name) => isAskable(name) && !known.names.has(name));
    if (emails.length + askable.length === 0) {
      return;
    }
    const client = await this.#deps.accounts.client(accountId);
    const found = await findPeople(client, { emails, names: askable }, { signal });
    for (const [name, { people, isAll }] of found.byName) {
      const answer = meantAnswer(name, people, isAll);
      if (answer) {
        known.names.set(name, answer);
      }
    }
    for (const [email, people] of found.byEmail) {
      const active = people.filter((one) => one.active).map(recipientOf);
      const many = { why: 'ambiguous', candidates: active.slice(0, candidatesAtMost) } as const;
      known.emails.set(
        email,
        active.length === 0 ? { why: 'inactive' } : active.length > 1 ? many : { people: active },
      );
    }
    found.lacks.forEach((scope) => known.lacks.add(scope));
  }
}

/** Can the portal be asked for the name? `$result[` would refer to another command of the batch. */
function isAskable(name: string): boolean {
  return /[\p{L}\p{N}]/u.test(name) && name.length < 200 && !name.includes('$result[');
}

/** The ids of an entry that are looked up on this portal. */
function wantedIds(entry: ListEntry, host: string | undefined): number[] {
  if (entry.kind === 'either') {
    return entry.parts.flatMap((part) => wantedIds(part, host));
  }
  const isOfPortal = entry.kind === 'id' && (entry.host === undefined || entry.host === host);
  return isOfPortal || entry.kind === 'number' ? [entry.id] : [];
}

/** All names by which an entry may be found. */
function namesIn(entry: ListEntry): string[] {
  switch (entry.kind) {
    case 'name':
      return entry.names;
    case 'either':
      return [...entry.whole.names, ...entry.parts.flatMap(namesIn)];
    case 'email':
      return namesBeside(entry);
    case 'id':
      return entry.name === '' ? [] : [entry.text, entry.name];
    case 'number':
      return [];
  }
}

/** The names beside an address, the most complete first. */
function namesBeside({ name, before }: Extract<ListEntry, { kind: 'email' }>): string[] {
  const names = before?.names ?? [];
  return [...names.map((one) => `${one} ${name}`.trim()), name, ...names].filter(Boolean);
}

/** The names of an entry that the portal is asked for: one, and none if another is known; in a row any may be one. */
function asked(entry: ListEntry, known: Known): string[] {
  if (entry.kind === 'either') {
    return [entry.whole, ...entry.parts].flatMap((one) => asked(one, known));
  }
  const names = entry.kind === 'id' ? [] : namesIn(entry);
  if (entry.kind === 'name' && entry.isRow) {
    return names;
  }
  return names.some((name) => known.names.has(name)) ? [] : names.slice(0, 1);
}

function collect(entries: readonly ListEntry[], known: Known): ListMatch {
  const { lacks } = known;
  const unmatched: UnmatchedEntry[] = [];
  const found = entries
    .flatMap((entry) => answersTo(entry, known))
    .flatMap(({ text, answer }): Partial<Audience>[] => {
      if ('why' in answer) {
        unmatched.push({ text, ...answer });
        return [];
      }
      return [answer];
    });
  return {
    ...audienceOf(found),
    unmatched,
    missingScope: lacks.has('email') ? 'user_basic' : lacks.has('name') ? 'user' : undefined,
  };
}

/** An answer to an entry, or to a part of it. */
interface Answered {
  text: string;
  answer: Answer;
}

function answersTo(entry: ListEntry, known: Known): Answered[] {
  const { text } = entry;
  switch (entry.kind) {
    case 'id':
      return [{ text, answer: idAnswer(entry, known) }];
    case 'number':
      return [{ text, answer: numberAnswer(entry.id, known) }];
    case 'name':
      return [{ text, answer: nameAnswer(entry, known) }];
    case 'email':
      return emailAnswers(entry, known);
    case 'either':
      return eitherAnswers(entry, known);
  }
}

function idAnswer(
  { text, id, host, name }: Extract<ListEntry, { kind: 'id' }>,
  { ids, names, host: own }: Known,
): Answer {
  const asName = name === '' ? undefined : names.get(text);
  if (asName && !('why' in asName)) {
    return asName;
  }
  if (host !== undefined && host !== own) {
    return { why: 'portal' };
  }
  const person = ids.hits.find((hit) => hit.id === id);
  if (ids.inactive.includes(id)) {
    return { why: 'inactive' };
  }
  if (ids.unknown.includes(id)) {
    return { why: 'unknownId' };
  }
  if (name !== '' && !sharesWord(name, person?.name ?? '')) {
    const byName = peopleOf(names.get(name));
    return { why: 'mismatch', candidates: [person ?? { id }, ...byName] };
  }
  return { people: [person ?? { id }] };
}

function numberAnswer(id: number, { ids }: Known): Answer {
  const isNobody = ids.unknown.includes(id) || ids.inactive.includes(id);
  const person = ids.hits.find((hit) => hit.id === id) ?? { id };
  return isNobody ? { why: 'unknown' } : { why: 'number', candidates: [person] };
}

/** The people whom an answer names, certain or not. */
function peopleOf(answer: Answer | undefined): readonly Recipient[] {
  return (answer && ('why' in answer ? answer.candidates : answer.people)) ?? [];
}

function nameAnswer({ names, isRow }: NameEntry, known: Known): Answer {
  const answers = names.flatMap((name) => known.names.get(name) ?? []);
  const certain = answers.flatMap((answer) => ('why' in answer ? [] : [answer]));
  const nobody: Answer = { why: known.lacks.has('name') ? 'noScope' : 'unknown' };
  if (!isRow) {
    const first = known.names.get(names[0] ?? '');
    // A department is meant by its whole name only.
    const person = certain.find(({ departments }) => !departments);
    return first && !('why' in first) ? first : (person ?? answers[0] ?? nobody);
  }
  const { people, departments } = audienceOf(certain);
  if (people.length === 1 && certain.every((one) => !one.departments)) {
    return { people };
  }
  return people.length + departments.length > 0
    ? { why: 'ambiguous', candidates: people, departments }
    : (answers[0] ?? nobody);
}

function emailAnswers(entry: Extract<ListEntry, { kind: 'email' }>, known: Known): Answered[] {
  const { text, email } = entry;
  const answer = known.emails.get(email.toLowerCase());
  if (!answer) {
    const [candidates = []] = namesBeside(entry)
      .map((name) => peopleOf(known.names.get(name)))
      .filter(({ length }) => length > 0);
    const why = known.lacks.has('email') ? 'noScope' : 'unknown';
    const byName: Answer = { why: 'address', candidates: candidates.slice(0, candidatesAtMost) };
    return [{ text, answer: candidates.length > 0 ? byName : { why } }];
  }
  const other = otherThanAddress(entry, known);
  return [...(other ? answersTo(other, known) : []), { text, answer }];
}

/** The part of an entry that its address does not answer: the name before it, if its person has another, or all. */
function otherThanAddress(
  entry: Extract<ListEntry, { kind: 'email' }>,
  { emails }: Known,
): ListEntry | undefined {
  const answer = emails.get(entry.email.toLowerCase());
  const [person] = peopleOf(answer);
  if (!answer) {
    return entry;
  }
  return person && !sharesWord(entry.before?.text ?? '', person.name ?? '')
    ? entry.before
    : undefined;
}

function eitherAnswers(entry: Extract<ListEntry, { kind: 'either' }>, known: Known): Answered[] {
  const { text, whole, parts } = entry;
  const answer = nameAnswer(whole, known);
  if (!('why' in answer) || peopleOf(answer).length > 0 || answer.departments) {
    return [{ text, answer }];
  }
  const answers = parts.flatMap((part) => answersTo(part, known));
  const isUnknown = ({ answer: one }: Answered) => 'why' in one && !one.candidates;
  if (answers.every(isUnknown)) {
    return [{ text, answer }];
  }
  // "Research and Development" does not mean a department "Research" if there is no "Development".
  return answers.map((one) =>
    !('why' in one.answer) && one.answer.departments && answers.some(isUnknown)
      ? { text: one.text, answer: { why: 'ambiguous', ...candidatesOf(one.answer) } }
      : one,
  );
}

function candidatesOf({ people = [], departments = [] }: Partial<Audience>) {
  return { candidates: [...people], departments: [...departments] };
}

function personOf(name: string, directory: PeopleDirectory): Answer | undefined {
  const find = (words: string) => directory.search(words, { limit: hitsAtMost });
  const { people, total } = find(name);
  return (
    meantAnswer(name, people, total <= people.length) ??
    runTogether(name.split(/\s+/u), (words) => matchWholeName(words, find(words).people))
  );
}

function meantAnswer(name: string, people: readonly Person[], isAll: boolean): Answer | undefined {
  const { who, isSpelled, isCertain } = matchName(name, people, isAll);
  const found = who.slice(0, candidatesAtMost).map(recipientOf);
  if (isCertain) {
    return { people: found };
  }
  const why = isSpelled && who.length > 1 ? 'ambiguous' : 'spelling';
  return found.length > 0 ? { why, candidates: found } : undefined;
}

/** Splits names that have only spaces between them, because their list was pasted into a single line. */
function runTogether(
  words: readonly string[],
  find: (name: string) => readonly Person[],
): Answer | undefined {
  const people: Recipient[] = [];
  let at = 0;
  while (at < words.length) {
    let length = Math.min(nameWordsAtMost, words.length - at);
    for (; length > 0; length -= 1) {
      const [one, ...more] =
        length < words.length ? find(words.slice(at, at + length).join(' ')) : [];
      if (one && more.length === 0) {
        people.push(recipientOf(one));
        break;
      }
    }
    if (length === 0) {
      return undefined;
    }
    at += length;
  }
  return { people };
}

function departmentAnswer(found: readonly DepartmentRecipient[]): Answer | undefined {
  return found.length > 1
    ? { why: 'ambiguous', departments: found.slice(0, candidatesAtMost) }
    : found[0] && { departments: [found[0]] };
}

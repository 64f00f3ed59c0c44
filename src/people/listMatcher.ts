import type { Accounts } from '../accounts/account';
import { findPeople } from '../bitrix24/peopleByText';
import type { FoundPeople } from '../bitrix24/peopleByText';
import type { Person } from '../bitrix24/person';
import type { Departments } from './departments/departments';
import type { DepartmentTree } from './departments/departmentTree';
import { Breather } from './directory/breather';
import type { Directories } from './directory/directories';
import type { PeopleDirectory } from './directory/peopleDirectory';
import { wordsOf } from './directory/words';
import type { SavedGroups } from './groups';
import { readEntry, splitMixedList } from './pastedList';
import type { ListEntry } from './pastedList';
import { matchName, matchWholeName } from './matchName';
import { recipientOf } from './peopleSearch';
import type { PeopleSearch } from './peopleSearch';
import type { DepartmentRecipient, Recipient } from './recipient';

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

export interface UnmatchedEntry {
  text: string;
  /** `ambiguous`: several people or departments have this name. `inactive`: the person was dismissed. */
  why: 'unknown' | 'ambiguous' | 'noScope' | 'inactive';
  /** For `ambiguous`: a few people whom it may mean, the likeliest first. */
  candidates?: Recipient[] | undefined;
  /** For `ambiguous`: a few departments that it may mean. */
  departments?: DepartmentRecipient[] | undefined;
}

export interface ListMatcherDeps {
  accounts: Pick<Accounts, 'get' | 'client'>;
  people: Pick<PeopleSearch, 'resolveIds'>;
  directories: Pick<Directories, 'open'>;
  departments: Pick<Departments, 'of'>;
  groups: Pick<SavedGroups, 'list'>;
  /** The words by which users mean themselves, in English and in their language. */
  meWords: () => readonly string[];
}

/** The result for one entry. */
type Answer =
  { people?: Recipient[]; departments?: DepartmentRecipient[] } | Omit<UnmatchedEntry, 'text'>;

/** More candidates would not help the user to choose. */
const candidatesAtMost = 8;
/** Enough hits to contain all people with the same name. */
const hitsAtMost = 200;
const nameWordsAtMost = 3;

/**
 * Finds the people and departments that a pasted list means: in the directory, then on the portal with as few requests
 * as possible. Nothing is guessed: entries that are not certain are returned as unmatched.
 */
export class ListMatcher {
  readonly #deps: ListMatcherDeps;

  constructor(deps: ListMatcherDeps) {
    this.#deps = deps;
  }

  /** Throws Bitrix24Error; the signal cancels it. */
  async match(accountId: string, text: string, signal: AbortSignal): Promise<ListMatch> {
    const entries = [...new Set(splitMixedList(text))].map(readEntry);
    const answers = new Map<ListEntry, Answer>();
    await this.#answerIds(accountId, entries, answers, signal);
    await this.#answerNames(accountId, entries, answers, signal);
    const lacks = await this.#answerByPortal(accountId, entries, answers, signal);
    signal.throwIfAborted();
    return {
      ...collect(entries, answers),
      missingScope: lacks.has('email') ? 'user_basic' : lacks.has('name') ? 'user' : undefined,
    };
  }

  async #answerIds(
    accountId: string,
    entries: readonly ListEntry[],
    answers: Map<ListEntry, Answer>,
    signal: AbortSignal,
  ): Promise<void> {
    const wanted = entries.filter((entry) => entry.kind === 'id');
    const ids = wanted.map(({ id }) => id);
    const found = await this.#deps.people.resolveIds(accountId, ids, signal);
    for (const entry of wanted) {
      const { id } = entry;
      const person = found.hits.find((hit) => hit.id === id);
      answers.set(
        entry,
        found.inactive.includes(id)
          ? { why: 'inactive', ...(person ? { candidates: [person] } : {}) }
          : found.unknown.includes(id)
            ? { why: 'unknown' }
            : { people: [person ?? { id }] },
      );
    }
  }

  /** Answers the names that groups, departments and the directory know, without a request for each. */
  async #answerNames(
    accountId: string,
    entries: readonly ListEntry[],
    answers: Map<ListEntry, Answer>,
    signal: AbortSignal,
  ): Promise<void> {
    const { accounts, directories, departments, groups } = this.#deps;
    const wanted = entries.filter((entry) => entry.kind === 'name');
    const account = wanted.length > 0 ? await accounts.get(accountId) : undefined;
    if (!account) {
      return;
    }
    const me: Recipient = { id: account.userId, name: account.userName };
    const meWords = this.#deps.meWords().map((word) => word.toLocaleLowerCase());
    const byGroup = new Map(groups.list(account.host).map((group) => [keyOf(group.name), group]));
    const directory = await directories.open(accountId);
    const byDepartment = departmentsByName(await departments.of(accountId, signal));
    const breather = new Breather();
    for (const entry of wanted) {
      if (breather.due) {
        await breather.breathe();
        signal.throwIfAborted();
      }
      const group = byGroup.get(keyOf(entry.name));
      const answer = meWords.includes(entry.name.toLocaleLowerCase())
        ? { people: [me] }
        : group
          ? { people: group.people.map((id) => ({ id })), departments: group.departments }
          : (departmentOf(entry.name, byDepartment) ??
            (directory && personOf(entry.name, directory)));
      if (answer) {
        answers.set(entry, answer);
      }
    }
  }

  /** Asks the portal for the remaining entries: all e-mail addresses, and names that the directory does not have. */
  async #answerByPortal(
    accountId: string,
    entries: readonly ListEntry[],
    answers: Map<ListEntry, Answer>,
    signal: AbortSignal,
  ): Promise<FoundPeople['lacks']> {
    const open = entries.filter((entry) => !answers.has(entry));
    const emails = open.flatMap((entry) => (entry.kind === 'email' ? [entry.email] : []));
    const names = open.flatMap(({ kind, ...entry }) => (kind === 'name' ? askable(entry) : []));
    if (emails.length + names.length === 0) {
      return new Set();
    }
    const client = await this.#deps.accounts.client(accountId);
    const found = await findPeople(client, { emails, names }, { signal });
    const directory = found.lacks.has('email')
      ? await this.#deps.directories.open(accountId)
      : undefined;
    for (const entry of open) {
      if (entry.kind === 'email') {
        const people = found.byEmail.get(entry.email.toLowerCase());
        const byName = people ? undefined : directory && personOf(entry.name, directory);
        answers.set(
          entry,
          people
            ? (answerOf(people.filter(({ active }) => active)) ?? { why: 'inactive' })
            : byName && !('why' in byName)
              ? byName
              : { why: found.lacks.has('email') ? 'noScope' : 'unknown' },
        );
      } else if (entry.kind === 'name') {
        const hits = found.byName.get(entry.name);
        answers.set(
          entry,
          (hits && meantAnswer(entry.name, hits.people, hits.isAll)) ?? {
            why: found.lacks.has('name') ? 'noScope' : 'unknown',
          },
        );
      }
    }
    return found.lacks;
  }
}

/** The name, unless the portal cannot be asked for it: `$result[` would refer to another command of the batch. */
function askable(entry: Omit<ListEntry, 'kind'>): string[] {
  const name = 'name' in entry ? String(entry.name) : '';
  return /[\p{L}\p{N}]/u.test(name) && name.length < 200 && !name.includes('$result[')
    ? [name]
    : [];
}

function collect(
  entries: readonly ListEntry[],
  answers: ReadonlyMap<ListEntry, Answer>,
): Omit<ListMatch, 'missingScope'> {
  const people = new Map<number, Recipient>();
  const departments = new Map<number, DepartmentRecipient>();
  const unmatched: UnmatchedEntry[] = [];
  for (const entry of entries) {
    const answer = answers.get(entry) ?? { why: 'unknown' };
    if ('why' in answer) {
      unmatched.push({ text: entry.text, ...answer });
      continue;
    }
    for (const one of answer.people ?? []) {
      people.set(
        one.id,
        people.get(one.id)?.name === undefined ? one : { ...one, ...people.get(one.id) },
      );
    }
    for (const one of answer.departments ?? []) {
      // A department with its sub-departments is not replaced by its direct members.
      if (departments.get(one.id)?.reach !== 'tree') {
        departments.set(one.id, one);
      }
    }
  }
  return { people: [...people.values()], departments: [...departments.values()], unmatched };
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
  const { who, isCertain } = matchName(name, people, isAll);
  return answerOf(who, isCertain);
}

function answerOf(who: readonly Person[], isCertain = who.length === 1): Answer | undefined {
  if (who.length === 0) {
    return undefined;
  }
  const people = who.map(recipientOf);
  return isCertain
    ? { people }
    : { why: 'ambiguous', candidates: people.slice(0, candidatesAtMost) };
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
  return people.length > 0 ? { people } : undefined;
}

/** Departments by their names, and by their paths from any department above: "moscow sales". */
function departmentsByName(tree: DepartmentTree): ReadonlyMap<string, DepartmentRecipient[]> {
  const byName = new Map<string, DepartmentRecipient[]>();
  for (const { department } of tree.inTreeOrder()) {
    const { id, name } = department;
    const path = tree.path(id);
    const keys = new Set(path.map((_, at) => keyOf(path.slice(at).join(' '))).concat(keyOf(name)));
    for (const key of keys) {
      byName.set(key, [...(byName.get(key) ?? []), { id, name, reach: 'tree' }]);
    }
  }
  return byName;
}

function departmentOf(
  name: string,
  byName: ReadonlyMap<string, DepartmentRecipient[]>,
): Answer | undefined {
  const found = byName.get(keyOf(name)) ?? [];
  return found.length > 1
    ? { why: 'ambiguous', departments: found.slice(0, candidatesAtMost) }
    : found[0] && { departments: [found[0]] };
}

function keyOf(name: string): string {
  return wordsOf(name).join(' ');
}

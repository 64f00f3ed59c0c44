import type { Account } from '../accounts/account';
import { plainIds } from '../common/plainIds';
import { plainText } from '../common/plainText';
import type { Departments } from './departments/departments';
import type { DepartmentTree } from './departments/departmentTree';
import { audienceOfGroup } from './groups';
import type { SavedGroups } from './groups';
import type { ListMatch, ListMatcher, UnmatchedEntry, WhyUnmatched } from './listMatcher';
import { spelled } from './matchName';
import type { PeopleSearch } from './peopleSearch';
import { audienceOf } from './recipient';
import type { Audience, ChosenAudience, DepartmentRecipient } from './recipient';

export interface NamedRecipientsDeps {
  lists: Pick<ListMatcher, 'match'>;
  groups: Pick<SavedGroups, 'list'>;
  departments: Pick<Departments, 'of'>;
  people: Pick<PeopleSearch, 'resolveIds'>;
}

export interface KnownMeaningDeps {
  lists: Pick<ListMatcher, 'matchKnown'>;
  groups: Pick<SavedGroups, 'list'>;
  departments: Pick<Departments, 'peek'>;
}

/** An entry that means nobody for certain. */
export type DoubtfulEntry = Omit<UnmatchedEntry, 'why'> & {
  why: WhyUnmatched | 'unknownGroup' | 'unknownDepartment' | 'empty';
};

/** Whom an entry means. `unchecked`: the portal has to be asked. */
export interface EntryMeaning {
  audience: ChosenAudience;
  doubtful: readonly DoubtfulEntry[];
  unchecked: boolean;
}

/** `group:Release team`; `department:Sales`, `department:Sales #12`, `department:Sales (direct)`. */
const groupEntry = /^group:(.*)$/isu;
const departmentEntry = /^department:\s*(.*?)\s*(?:#(\d{1,10}))?\s*(\(direct\))?$/isu;

/**
 * Finds whom a file or a program means. Nobody is there to choose, so anything that is not certain is doubtful. Throws
 * Bitrix24Error, or the signal's reason.
 */
export async function findNamedRecipients(
  account: Account,
  to: readonly string[],
  deps: NamedRecipientsDeps,
  signal: AbortSignal,
): Promise<{ audience: ChosenAudience; doubtful: DoubtfulEntry[] }> {
  const meanings: EntryMeaning[] = [];
  for (const entry of entriesOf(to)) {
    // Entries are looked up one by one: side by side, they might look like a table or like one name.
    meanings.push(
      await meaningOf(account, entry, deps, {
        tree: () => deps.departments.of(account.id, signal),
        match: () => deps.lists.match(account.id, entry, signal),
      }),
    );
  }
  const audience = audienceOf(meanings.map((one) => one.audience));
  return {
    audience: await named(account, audience, deps, signal),
    doubtful: meanings.flatMap((one) => one.doubtful),
  };
}

/** Finds whom one entry means without a request. */
export async function knownMeaning(
  account: Account,
  entry: string,
  deps: KnownMeaningDeps,
  signal: AbortSignal,
): Promise<EntryMeaning> {
  return await meaningOf(account, entry, deps, {
    tree: () => Promise.resolve(deps.departments.peek(account.id)),
    match: () => deps.lists.matchKnown(account, entry, signal),
  });
}

interface Look {
  tree: () => Promise<DepartmentTree | undefined>;
  match: () => Promise<ListMatch & { unchecked?: readonly string[] }>;
}

async function meaningOf(
  account: Account,
  entry: string,
  { groups }: Pick<NamedRecipientsDeps, 'groups'>,
  { tree, match }: Look,
): Promise<EntryMeaning> {
  const certain = (one: Partial<Audience>): EntryMeaning => ({
    ...{ audience: audienceOf([one]), doubtful: [], unchecked: false },
  });
  const doubt = (one: Omit<DoubtfulEntry, 'text'>): EntryMeaning => ({
    ...{ audience: audienceOf([]), doubtful: [{ text: entry, ...one }], unchecked: false },
  });
  const groupName = groupEntry.exec(entry.trim())?.[1];
  if (groupName !== undefined) {
    const group = groups
      .list(account.host)
      .find(({ name }) => spelled(name) === spelled(groupName));
    return group ? certain(audienceOfGroup(group)) : doubt({ why: 'unknownGroup' });
  }
  const [isDepartment, name = '', id, direct] = departmentEntry.exec(entry.trim()) ?? [];
  if (isDepartment !== undefined) {
    const all = await tree();
    const reach = direct === undefined ? 'tree' : 'direct';
    const found = all && departmentsNamed(all, name, id === undefined ? undefined : Number(id));
    const departments = found?.map((one) => ({ ...one, reach }) as const) ?? [];
    if (!all || all.size === 0) {
      return { ...certain({}), unchecked: true };
    }
    return departments.length === 1
      ? certain({ departments })
      : doubt(
          departments.length === 0
            ? { why: 'unknownDepartment' }
            : { why: 'ambiguous', departments },
        );
  }
  const { people, departments, unmatched, unchecked = [] } = await match();
  const isNobody = people.length + departments.length + unmatched.length + unchecked.length === 0;
  return {
    audience: audienceOf([{ people, departments }]),
    doubtful: isNobody ? [{ text: entry, why: 'empty' }] : unmatched,
    unchecked: unchecked.length > 0,
  };
}

/** An id and a name that differ mean nobody. */
function departmentsNamed(
  tree: DepartmentTree,
  name: string,
  id: number | undefined,
): Omit<DepartmentRecipient, 'reach'>[] {
  return tree
    .inTreeOrder()
    .map(({ department }) => department)
    .filter((one) => id === undefined || one.id === id)
    .filter((one) => spelled(one.name) === spelled(name) || (name === '' && id !== undefined))
    .map((one) => ({ id: one.id, name: one.name }));
}

/** Ids are looked up together. */
function entriesOf(to: readonly string[]): string[] {
  const ids = to.flatMap((entry) => plainIds(entry) ?? []).join(', ');
  return [...(ids === '' ? [] : [ids]), ...to.filter((entry) => plainIds(entry) === undefined)];
}

/** The people of a group are ids in a setting. The user must see whom the push goes to. */
async function named(
  account: Account,
  audience: ChosenAudience,
  { people }: Pick<NamedRecipientsDeps, 'people'>,
  signal: AbortSignal,
): Promise<ChosenAudience> {
  const nameless = audience.people.filter(({ name }) => !name).map(({ id }) => id);
  if (nameless.length === 0) {
    return audience;
  }
  const { hits } = await people.resolveIds(account.id, nameless, signal);
  const isAsked = new Set(nameless);
  return audienceOf([audience, { people: hits.filter(({ id }) => isAsked.has(id)) }]);
}

/** Names the first of them, for whoever asked. */
export function doubtfulSentence(doubtful: readonly DoubtfulEntry[]): string {
  const first = doubtful
    .slice(0, shownAtMost)
    .map(({ text, why }) => `“${plainText(text, 80)}”: ${reasons[why]}.`);
  const more = doubtful.length - first.length;
  return [...first, ...(more > 0 ? [`So are ${more} more.`] : [])].join(' ');
}

const shownAtMost = 5;

const reasons: Record<DoubtfulEntry['why'], string> = {
  unknownGroup: 'there is no such group for this portal',
  unknownDepartment: 'there is no such department on this portal',
  empty: 'it names nobody',
  unknown: 'nobody on this portal has this name or address',
  unknownId: 'nobody on this portal has this id',
  noScope: 'the application may not look up names here, so use an id',
  portal: 'this profile is on another portal',
  inactive: 'this person was dismissed',
  ambiguous: 'several people or departments are called so, so use an id or an address',
  spelling: 'it is spelled differently on the portal, so use an id or the exact name',
  address: 'nobody on this portal has this address',
  number: 'it may be an id or only a number, so write # before an id',
  mismatch: 'the person with this id has another name',
};

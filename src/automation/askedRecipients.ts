import type { Account } from '../accounts/account';
import { plainText } from '../common/plainText';
import { plainIds } from '../common/plainIds';
import { audienceOfGroup } from '../people/groups';
import type { SavedGroups } from '../people/groups';
import type { ListMatcher, WhyUnmatched } from '../people/listMatcher';
import { spelled } from '../people/matchName';
import type { PeopleSearch } from '../people/peopleSearch';
import { audienceOf } from '../people/recipient';
import type { Audience, ChosenAudience } from '../people/recipient';

export interface AskedRecipientsDeps {
  lists: Pick<ListMatcher, 'match'>;
  groups: Pick<SavedGroups, 'list'>;
  people: Pick<PeopleSearch, 'resolveIds'>;
}

/** An entry that means nobody for certain. `why`: the rest of an English sentence. */
export interface DoubtfulEntry {
  text: string;
  why: string;
}

/**
 * Finds whom a program means. Nobody is there to choose, so anything that is not certain is doubtful. Throws
 * Bitrix24Error, or the signal's reason.
 */
export async function findAskedRecipients(
  account: Account,
  to: readonly string[],
  deps: AskedRecipientsDeps,
  signal: AbortSignal,
): Promise<{ audience: ChosenAudience; doubtful: DoubtfulEntry[] }> {
  const found: Partial<Audience>[] = [];
  const doubtful: DoubtfulEntry[] = [];
  for (const entry of entriesOf(to)) {
    const groupName = /^group:(.*)$/isu.exec(entry.trim())?.[1];
    if (groupName !== undefined) {
      const group = deps.groups
        .list(account.host)
        .find(({ name }) => spelled(name) === spelled(groupName));
      if (group) {
        found.push(audienceOfGroup(group));
      } else {
        doubtful.push({ text: entry, why: 'there is no such group for this portal' });
      }
      continue;
    }
    // Entries are looked up one by one: side by side, they might look like a table or like one name.
    const { people, departments, unmatched } = await deps.lists.match(account.id, entry, signal);
    found.push({ people, departments });
    doubtful.push(...unmatched.map(({ text, why }) => ({ text, why: reasons[why] })));
    if (people.length + departments.length + unmatched.length === 0) {
      doubtful.push({ text: entry, why: 'it names nobody' });
    }
  }
  const audience = audienceOf(found);
  return { audience: await named(account, audience, deps, signal), doubtful };
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
  { people }: AskedRecipientsDeps,
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
    .map(({ text, why }) => `“${plainText(text, 80)}”: ${why}.`);
  const more = doubtful.length - first.length;
  return [...first, ...(more > 0 ? [`So are ${more} more.`] : [])].join(' ');
}

const shownAtMost = 5;

const reasons: Record<WhyUnmatched, string> = {
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

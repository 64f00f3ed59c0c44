import type { FoundUsers, SandboxUser } from './controlApi';
import { PageTexts } from './page/client/pageTexts';
import { PeopleFilter } from './page/client/peopleFilter';
import type { PageWords } from './page/client/pageWords';
import type { PortalState } from './portalState';

/**
 * Finds people by the same rule as the filter box of the phones' page: every word of `find` is a part
 * of the person's name, position or status line, which begins with the id.
 * @param pageWords of the page where `find` was typed: the status line is in its language
 * @returns the first `most` of them by id, and how many match.
 */
export function findUsers(
  portal: PortalState,
  find: string,
  most: number,
  pageWords: PageWords,
): FoundUsers {
  const { byId } = portal.staffIndex;
  const filter = new PeopleFilter(new PageTexts(pageWords));
  const words = filter.wordsOf(find);
  if (words.length === 0) {
    return { users: byId.slice(0, most).map((p) => portal.describe(p)), matching: byId.length };
  }
  const users: SandboxUser[] = [];
  let matching = 0;
  for (const person of byId) {
    const user = portal.describe(person);
    if (!filter.matches(user, words)) {
      continue;
    }
    matching++;
    if (users.length < most) {
      users.push(user);
    }
  }
  return { users, matching };
}

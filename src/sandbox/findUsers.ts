import type { FoundUsers, SandboxUser } from './controlApi';
import { phoneFacts } from './page/client/phoneFacts';
import type { PortalState } from './portalState';

/**
 * The first `most` people, by id, of whose name, id, position or state all words of `find` are a
 * part: what the filter box of the phones' page finds.
 */
export function findUsers(portal: PortalState, find: string, most: number): FoundUsers {
  const { byId } = portal.peopleIndex;
  const { wordsOf, matches } = phoneFacts();
  const words = wordsOf(find);
  if (words.length === 0) {
    return { users: byId.slice(0, most).map((p) => portal.describe(p)), matching: byId.length };
  }
  const users: SandboxUser[] = [];
  let matching = 0;
  for (const person of byId) {
    const user = portal.describe(person);
    if (!matches(user, words)) {
      continue;
    }
    matching++;
    if (users.length < most) {
      users.push(user);
    }
  }
  return { users, matching };
}

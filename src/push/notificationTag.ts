/**
 * The tag of a draft's notification in a person's bell. It stays the same through retries, so that a later one takes
 * the place of the earlier one instead of standing beside it. It names the person, because a portal removes all
 * notifications of the application that have the tag of a new one (docs/bitrix24.md, section 9).
 */
export function notificationTag(draftId: string, userId: number): string {
  return `bitrix24-push ${draftId} ${userId}`;
}

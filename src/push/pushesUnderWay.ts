import { l10n } from 'vscode';
import { counted } from '../common/counted';
import { plainText } from '../common/plainText';
import { summaryOf } from './push';
import type { PushStore } from './pushStore';

/** Resolves to a sentence for each push of these accounts that some window of this machine is sending now. */
export async function pushesUnderWay(
  store: Pick<PushStore, 'open'>,
  accountIds: readonly string[],
): Promise<string[]> {
  return (await store.open())
    .filter(
      ({ endedAt, draft }) => endedAt === undefined && accountIds.includes(draft.accountId ?? ''),
    )
    .map((push) => {
      const { people, counts } = summaryOf(push);
      return counted(
        l10n.t(
          'A push to {0} person is being sent: “{1}”. Accepted so far: {2}.|A push to {0} people is being sent: “{1}”. Accepted so far: {2}.',
        ),
        people,
        plainText(push.draft.text, 80),
        counts.accepted,
      );
    });
}

import { Bitrix24Error } from '../../src/bitrix24';
import type { PortalClient } from '../../src/bitrix24';
import { templateOf } from '../../src/push/draft';
import type { Draft } from '../../src/push/draft';
import type { DraftStore } from '../../src/push/draftStore';
import type { Outbox } from '../../src/push/outbox/outbox';
import type { PushRecord } from '../../src/push/outbox/pushRecord';
import { planPush } from '../../src/push/plan';
import { sendPlan } from '../../src/push/sendPlan';

export interface RoadInput {
  draft: Draft;
  host: string;
  client: PortalClient;
  drafts: DraftStore;
  outbox: Outbox;
}

/** The part of the road from a yes to an outcome, with nobody to ask. */
export async function thinRoad(input: RoadInput): Promise<PushRecord | undefined> {
  const { draft, host, client, drafts, outbox } = input;
  const people = draft.recipients.map(({ id }) => ({ id, firstName: `N${id}` }));
  const plan = planPush(templateOf(draft), people);
  const parcel = await outbox.prepare({ draft, host });
  const sent = await sendPlan({
    client,
    plan,
    avatar: draft.avatar,
    now: Date.now,
    note: ({ wire }) => parcel.sending(wire),
    noteFates: (fates) => parcel.answered(fates),
    errorOf: (error) => {
      if (error instanceof Bitrix24Error) {
        return error;
      }
      throw error;
    },
  });
  const record = await parcel.end(sent.error);
  if (!sent.error) {
    drafts.accepted(draft);
    await drafts.flush();
  }
  return record;
}

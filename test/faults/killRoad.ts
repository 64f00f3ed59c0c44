import type { Account } from '../../src/accounts/account';
import type { PortalClient } from '../../src/bitrix24/portalClient';
import { silentLog } from '../../src/common/log';
import type { Draft } from '../../src/push/draft';
import type { DraftStore } from '../../src/push/draftStore';
import type { Outbox } from '../../src/push/outbox/outbox';
import type { Outcome } from '../../src/push/outcome';
import { PushRoad } from '../../src/push/pushRoad';
import type { PushRoadDeps, SendOptions } from '../../src/push/pushRoad';
import { unasked } from '../support/outboxes';

export interface RoadInput {
  draft: Draft;
  host: string;
  client: PortalClient;
  drafts: DraftStore;
  outbox: Outbox;
  options?: Partial<SendOptions>;
  /** Instead of one that lets everything through. */
  secrets?: PushRoadDeps['secrets'];
}

/** The road of a push with a user who says yes to everything. */
export async function sureRoad(input: RoadInput): Promise<Outcome> {
  const { draft, host, client, drafts, outbox, options, secrets } = input;
  const account = { id: draft.accountId, host, clientId: 'local.1' } as Account;
  const road = new PushRoad({
    ...unasked,
    ...(secrets && { secrets }),
    accounts: {
      current: () => Promise.resolve(account),
      get: () => Promise.resolve(account),
      client: () => Promise.resolve(client),
    },
    drafts,
    outbox,
    confirm: () => Promise.resolve(true),
    resolve: (_, people) => Promise.resolve(people.map(({ id }) => ({ id, firstName: `N${id}` }))),
    recents: { record: () => Promise.resolve() },
    clock: { now: Date.now },
    log: silentLog,
  });
  return await road.send(draft, { origin: 'form', ...options });
}

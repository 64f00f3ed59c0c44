import path from 'node:path';
import type { Account } from '../../src/accounts/account';
import type { PortalClient } from '../../src/bitrix24/portalClient';
import { systemClock } from '../../src/common/clock';
import type { Clock } from '../../src/common/clock';
import { noSecrets } from '../support/builders';
import { silentLog } from '../support/silentLog';
import { storageFolder } from '../../src/common/storageFolder';
import type { StorageFolder } from '../../src/common/storageFolder';
import { summaryOf } from '../../src/push/push';
import { DraftStore } from '../../src/push/draftStore';
import type { PersonFacts } from '../../src/push/personFacts';
import { PushHistory } from '../../src/push/pushHistory';
import { PushService } from '../../src/push/pushService';
import type { ActResult, PushServiceDeps } from '../../src/push/pushService';
import { PushStore } from '../../src/push/pushStore';
import type { PushStoreDeps } from '../../src/push/pushStore';
import { createResolveAudience } from '../../src/push/resolveAudience';

export interface PushWindowOptions {
  /** Folder of everything that windows keep. */
  root: string;
  client: PortalClient;
  account: Account;
  clock?: Pick<Clock, 'now'>;
  /** What a text may say about people; default: that a person's first name is "N" and the id. */
  facts?: PersonFacts;
  /** Default: one that lets everything through. */
  secrets?: PushServiceDeps['secrets'];
  takeOutScheduled?: PushServiceDeps['takeOutScheduled'];
  fateOf?: PushStoreDeps['fateOf'];
  /** All windows before this one have ended, though the process that played them may live. */
  isAlone?: boolean;
  /** Puts something before one of the folders `drafts`, `pushes` and `history`. */
  wrap?: (folder: StorageFolder, name: 'drafts' | 'pushes' | 'history') => StorageFolder;
}

/** All that a window has to send pushes, and a user who says yes to everything. */
export interface PushWindow {
  drafts: DraftStore;
  store: PushStore;
  history: PushHistory;
  service: PushService;
  /** Names of files that could not be understood. */
  damaged: string[];
  close(): Promise<void>;
}

export async function openPushWindow(options: PushWindowOptions): Promise<PushWindow> {
  const { root, client, account, secrets, fateOf } = options;
  const shared = { clock: options.clock ?? systemClock, log: silentLog };
  const wrap = options.wrap ?? ((folder) => folder);
  const folder = (name: 'drafts' | 'pushes' | 'history') =>
    wrap(storageFolder(path.join(root, name)), name);
  const damaged: string[] = [];
  const onDamaged = (name: string) => void damaged.push(name);
  const drafts = new DraftStore({
    ...{ ...shared, disk: folder('drafts'), key: 'w', onDamaged },
    ...(options.isAlone && { fateOf: () => 'ended' as const }),
  });
  await drafts.ready;
  const history = new PushHistory({
    ...shared,
    ...{ folder: folder('history'), keep: () => 'all', onDamaged, onUnreadable: onDamaged },
  });
  const store = new PushStore({
    ...shared,
    ...{ folder: folder('pushes'), history, onDamaged, onUnreadable: onDamaged },
    uptime: () => shared.clock.now(),
    ...(fateOf && { fateOf }),
  });
  const accounts = {
    current: () => Promise.resolve(account),
    get: () => Promise.resolve(account),
    client: () => Promise.resolve(client),
  };
  const service = new PushService({
    ...shared,
    ...{ accounts, drafts, store, history },
    secrets: secrets ?? noSecrets,
    resolveAudience: createResolveAudience({ accounts, facts: options.facts ?? numberedNames }),
    confirmDuplicate: () => Promise.resolve(true),
    confirm: () => Promise.resolve(true),
    recents: { record: () => Promise.resolve() },
    takeOutScheduled: options.takeOutScheduled ?? (() => Promise.resolve(true)),
    onPortalAnswered: () => undefined,
  });
  return {
    ...{ drafts, store, history, service, damaged },
    close: async () => {
      await drafts.flush();
      [drafts, store, history].forEach((one) => one.dispose());
    },
  };
}

/** An account that only tells who sends. */
export function accountOf(id: string, portal: string): Account {
  return {
    ...{ id, portal, host: new URL(portal).host, userId: 1, userName: 'Anna' },
    ...{ administrator: true, clientId: 'local.1' },
    ...{ integrationId: undefined, senderName: undefined },
  };
}

/** The state of the push that came of it; else the kind of the result. */
export function stateOf(result: ActResult): string {
  return result.kind === 'push' ? summaryOf(result.push).state : result.kind;
}

const numberedNames: PersonFacts = (_, people) =>
  Promise.resolve(people.map(({ id }) => ({ id, firstName: `N${id}` })));

import path from 'node:path';
import type { Account } from '../../src/accounts/account';
import { Bitrix24Error } from '../../src/bitrix24/errors';
import type { Bitrix24ErrorFields } from '../../src/bitrix24/errors';
import type { CallControl, PortalClient } from '../../src/bitrix24/portalClient';
import { silentLog } from './silentLog';
import { storageFolder } from '../../src/common/storageFolder';
import type { StorageFolder } from '../../src/common/storageFolder';
import { newDraft } from '../../src/push/draft';
import type { Draft, DraftContent } from '../../src/push/draft';
import { DraftStore } from '../../src/push/draftStore';
import type { DraftStoreDeps } from '../../src/push/draftStore';
import type { DeliveryStatus, Push, PushPerson } from '../../src/push/push';
import { newPushId } from '../../src/push/pushFileName';
import { PushHistory } from '../../src/push/pushHistory';
import { PushService } from '../../src/push/pushService';
import type { PushServiceDeps } from '../../src/push/pushService';
import { PushStore } from '../../src/push/pushStore';
import type { PushStoreDeps } from '../../src/push/pushStore';

/** Anna's account on acme.example. */
export function anAccount(patch: Partial<Account> = {}): Account {
  return {
    id: 'acme:1',
    portal: 'https://acme.example',
    host: 'acme.example',
    userId: 1,
    userName: 'Anna',
    administrator: true,
    clientId: 'local.1',
    integrationId: undefined,
    senderName: undefined,
    ...patch,
  };
}

/** A draft of Anna's that can be sent: to one person, without departments. */
export function aDraft(patch: Partial<Draft> = {}): Draft {
  return {
    ...newDraft({ accountId: 'acme:1', recipients: [{ id: 3, name: 'Ivan' }], text: 'hi' }),
    ...patch,
  };
}

/** Everything about a draft but its identity. */
export function contentOf(draft: Draft): DraftContent {
  const content: Partial<Draft> & DraftContent = { ...draft };
  delete content.id;
  delete content.version;
  return content;
}

/** A push of {@link aDraft} that has ended and was accepted for all its people. */
export function aPush(patch: Partial<Push> = {}): Push {
  const draft = patch.draft ?? aDraft();
  return {
    id: newPushId(1_790_000_000_000),
    replaces: [],
    origin: 'form',
    at: 1_790_000_000_000,
    host: 'acme.example',
    draft,
    people: peopleOf('accepted', ...draft.recipients.map(({ id }) => id)),
    isResolved: true,
    error: undefined,
    endedAt: 1_790_000_001_000,
    isRestMoved: false,
    decision: undefined,
    ...patch,
  };
}

/** People of a push who share a delivery status. */
export function peopleOf(status: DeliveryStatus, ...ids: number[]): PushPerson[] {
  return ids.map((id) => ({ id, status }));
}

/** An error of the protocol; a lost answer unless told otherwise. */
export function anError(patch: Partial<Bitrix24ErrorFields> = {}): Bitrix24Error {
  return new Bitrix24Error({ kind: 'timeout', phase: 'noAnswer', code: 'TIMEOUT', ...patch });
}

export interface CallToPortal {
  method: string;
  params: Record<string, unknown>;
  options: CallControl;
}

/** A client whose calls are answered by the test. `wire` gets what has left. */
export function fakeClient(
  answer: (call: CallToPortal) => unknown,
  wire: Record<string, unknown>[] = [],
): PortalClient {
  return {
    call: async (
      method: string,
      params: Record<string, unknown>,
      options: CallControl,
    ): Promise<unknown> => {
      await options.beforeLeaving?.();
      wire.push({ method, ...params });
      return { result: await answer({ method, params, options }) };
    },
  } as unknown as PortalClient;
}

/** The drafts of a window in this folder. Other windows are dead. */
export function openDrafts(folder: string, patch: Partial<DraftStoreDeps> = {}): DraftStore {
  return new DraftStore({
    disk: storageFolder(folder),
    key: 'w',
    clock: { now: () => Date.now() },
    log: silentLog,
    process: '1',
    fateOf: () => 'ended',
    ...patch,
  });
}

/** The pushes that are not over and the history in this folder, as a window of this number sees them. */
export function openStores(
  folder: string,
  patch: Partial<PushStoreDeps> = {},
): { store: PushStore; history: PushHistory } {
  const shared = { clock: { now: () => Date.now() }, log: silentLog };
  const history = new PushHistory({
    ...shared,
    folder: storageFolder(path.join(folder, 'history')),
    keep: () => 'all',
    onDamaged: () => undefined,
    onUnreadable: () => undefined,
  });
  const store = new PushStore({
    ...shared,
    folder: storageFolder(path.join(folder, 'pushes')),
    history,
    onDamaged: () => undefined,
    onUnreadable: () => undefined,
    fateOf: () => 'ended',
    process: '1',
    uptime: () => (patch.clock ?? Date).now(),
    ...patch,
  });
  return { store, history };
}

export interface ServicePatch extends Partial<
  Omit<PushServiceDeps, 'store' | 'drafts' | 'history'>
> {
  /** Number of the window's process. */
  pid?: number;
  /** Patches what pushes are stored by. */
  stores?: Partial<PushStoreDeps>;
  /** Signs in at the fake portal, or at the sandbox. */
  client?: PortalClient;
}

export interface OpenService {
  service: PushService;
  /** The same with other dependencies, over the same stores. */
  with(patch: Partial<PushServiceDeps>): PushService;
  drafts: DraftStore;
  store: PushStore;
  history: PushHistory;
  /** Ends the window. */
  close(): Promise<void>;
}

/** Finds nothing that looks like a secret. */
export const noSecrets = {
  allows: () => Promise.resolve(true),
  isClean: () => Promise.resolve(true),
};

/**
 * The service of one window over real drafts, pushes and history in this folder, where Anna is signed in and says yes
 * to every question. Whoever opens it closes it.
 */
export async function openService(
  folder: string,
  { pid = 1, stores, client = fakeClient(() => true), ...patch }: ServicePatch = {},
): Promise<OpenService> {
  const account = anAccount();
  const drafts = openDrafts(folder, { process: String(pid) });
  await drafts.ready;
  const { store, history } = openStores(folder, { process: String(pid), ...stores });
  const deps: PushServiceDeps = {
    accounts: {
      current: () => Promise.resolve(account),
      get: (id) => Promise.resolve(id === account.id ? account : undefined),
      client: () => Promise.resolve(client),
    },
    ...{ drafts, store, history },
    secrets: noSecrets,
    resolveAudience: (_, { recipients }) =>
      Promise.resolve({ people: recipients, facts: undefined, departments: [] }),
    confirmDuplicate: () => Promise.resolve(true),
    confirm: () => Promise.resolve(true),
    recents: { record: () => Promise.resolve() },
    takeOutScheduled: () => Promise.resolve(true),
    onPortalAnswered: () => undefined,
    clock: { now: () => Date.now() },
    log: silentLog,
    ...patch,
  };
  return {
    service: new PushService(deps),
    with: (more) => new PushService({ ...deps, ...more }),
    ...{ drafts, store, history },
    close: async () => {
      await drafts.flush().catch(() => undefined);
      drafts.dispose();
      store.dispose();
    },
  };
}

/** A folder that also remembers in `states` all its files after each line that was added to one. */
export function rememberingFolder(
  disk: StorageFolder,
  states: Map<string, string>[],
): StorageFolder {
  return {
    ...disk,
    append: async (...line) => {
      const isThere = await disk.append(...line);
      const names = await disk.list();
      const files = names.map(async (name) => [name, (await disk.read(name)) ?? ''] as const);
      states.push(new Map(await Promise.all(files)));
      return isThere;
    },
  };
}

/** Puts exactly these files into a folder. */
export async function restoreFolder(
  disk: StorageFolder,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  for (const name of await disk.list()) {
    await disk.remove(name);
  }
  for (const [name, content] of files) {
    await disk.write(name, content);
  }
}

/** Remembers the files of drafts in this folder; resolves to what puts exactly these back. */
export async function rememberDrafts(folder: string): Promise<() => Promise<void>> {
  const disk = storageFolder(folder);
  const names = async () => (await disk.list()).filter((name) => name.endsWith('.json'));
  const files = new Map<string, string>();
  for (const name of await names()) {
    files.set(name, (await disk.read(name)) ?? '');
  }
  return async () => {
    for (const name of await names()) {
      await disk.remove(name);
    }
    for (const [name, content] of files) {
      await disk.write(name, content);
    }
  };
}

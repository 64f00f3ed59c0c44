import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import { ifThere } from '../../common/files';
import type { StorageFolder } from '../../common/storageFolder';
import { connectables } from './connectable';
import type { AgentFile, Connectable, ConnectableId, Places } from './connectable';
import { isChange, planToConnect, planToDisconnect } from './filePlan';
import type { FilePlan } from './filePlan';
import { Receipts } from './receipt';
import type { FileReceipt } from './receipt';
import { deleteUserFile, missingFolder, readUserFile, writeUserFile } from './userFile';
import type { WriteResult } from './userFile';

/** `partly`: some of it is there, e.g. after an update of ours, or because somebody took a part out. */
export type ConnectionState = 'notFound' | 'notConnected' | 'partly' | 'connected';

export interface AgentPlan {
  id: ConnectableId;
  direction: 'connect' | 'disconnect';
  files: FilePlan[];
}

/** How far a plan came: it stops at the first file that cannot be written as it was shown. */
export type PlanResult =
  { kind: 'done' } | { kind: 'stopped'; path: string; why: Exclude<WriteResult, 'written'> };

export interface AgentConnectionsDeps {
  places: Places;
  /** Where it is remembered what was written. */
  folder: StorageFolder;
}

/** Puts our hooks and tools into the files of coding agents, and takes them out again. Writes only what a plan shows. */
export class AgentConnections {
  readonly #places: Places;
  readonly #receipts: Receipts;

  constructor({ places, folder }: AgentConnectionsDeps) {
    this.#places = places;
    this.#receipts = new Receipts(folder);
  }

  /** Returns every agent that we know, and whether it is here and connected. */
  async list(): Promise<{ id: ConnectableId; state: ConnectionState }[]> {
    return await Promise.all(
      connectables(this.#places).map(async (agent) => ({
        id: agent.id,
        state: await this.#stateOf(agent),
      })),
    );
  }

  async plan(id: ConnectableId, direction: AgentPlan['direction']): Promise<AgentPlan> {
    const agent = connectables(this.#places).find((known) => known.id === id);
    const receipts = await this.#receipts.of(id);
    const files = (agent?.files ?? []).map(async (file) => {
      const place = await placeOf(file, receipts);
      const receipt = receipts.find((known) => known.path === place);
      const now = await readUserFile(place);
      return direction === 'connect'
        ? planToConnect(file, place, now, receipt)
        : planToDisconnect(file, place, now, receipt);
    });
    return { id, direction, files: await Promise.all(files) };
  }

  async carryOut({ id, files }: AgentPlan): Promise<PlanResult> {
    const earlier = await this.#receipts.of(id);
    const receipts = (await Promise.all(files.map((file) => withMadeFolder(file, earlier)))).filter(
      (receipt) => receipt !== undefined,
    );
    const isReplaced = ({ path: place }: FileReceipt) =>
      receipts.some((receipt) => receipt.path === place);
    // First, so that what is written can be taken out again whenever this ends.
    await this.#receipts.keep(id, [...receipts, ...earlier.filter((old) => !isReplaced(old))]);
    for (const file of files.filter(isChange)) {
      const result = await write(file, earlier);
      if (result !== 'written') {
        return { kind: 'stopped', path: file.path, why: result };
      }
    }
    await this.#receipts.keep(id, receipts);
    return { kind: 'done' };
  }

  async #stateOf(agent: Connectable): Promise<ConnectionState> {
    const { files: added } = await this.plan(agent.id, 'connect');
    if (!added.some((file) => isChange(file) || file.fault)) {
      return 'connected';
    }
    const { files: removed } = await this.plan(agent.id, 'disconnect');
    if (removed.some((file) => isChange(file) || file.fault === 'changedByHand')) {
      return 'partly';
    }
    const isHere = (await exists(agent.folder)) || (await this.#isOnPath(agent.program));
    return isHere ? 'notConnected' : 'notFound';
  }

  async #isOnPath(program: string): Promise<boolean> {
    const { env, platform } = this.#places;
    const endings = platform === 'win32' ? ['.cmd', '.exe', '.ps1'] : [''];
    const folders = (env['PATH'] ?? env['Path'] ?? '').split(path.delimiter).filter(Boolean);
    for (const folder of folders) {
      for (const ending of endings) {
        if (await canRun(path.join(folder, program + ending))) {
          return true;
        }
      }
    }
    return false;
  }
}

/** An agent may know two names for one file: the one that is ours already, or that is there, is the right one. */
async function placeOf(file: AgentFile, receipts: readonly FileReceipt[]): Promise<string> {
  const other = file.format === 'own' ? undefined : file.otherPath;
  if (other === undefined || receipts.some((known) => known.path === file.path)) {
    return file.path;
  }
  return !(await exists(file.path)) && (await exists(other)) ? other : file.path;
}

async function withMadeFolder(
  { path: place, before, receipt }: FilePlan,
  earlier: readonly FileReceipt[],
): Promise<FileReceipt | undefined> {
  if (!receipt) {
    return undefined;
  }
  const made =
    before === undefined
      ? await missingFolder(place)
      : earlier.find((known) => known.path === place)?.madeFolder;
  return made === undefined ? receipt : { ...receipt, madeFolder: made };
}

async function write(
  { path: place, before, after }: FilePlan,
  earlier: readonly FileReceipt[],
): Promise<WriteResult> {
  if (after !== undefined) {
    return await writeUserFile(place, before, after);
  }
  const made = earlier.find((known) => known.path === place)?.madeFolder;
  return before === undefined ? 'written' : await deleteUserFile(place, before, made);
}

async function exists(file: string): Promise<boolean> {
  return (await ifThere(stat(file)).catch(() => undefined)) !== undefined;
}

async function canRun(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

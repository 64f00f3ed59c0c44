import { homedir } from 'node:os';
import { DisposableStore } from '../../common/dispose';
import type { Disposable } from '../../common/dispose';
import type { Messages } from '../../common/messages';
import type { QuickInputs } from '../../common/quickStep';
import { storageFolder } from '../../common/storageFolder';
import { AgentConnections } from './agentConnections';
import { connectAgents } from './connectAgents';
import { PlanPreview } from './planPreview';

export interface OpenAgentsDeps {
  /** Path of the program that hooks and servers start. */
  b24push: string;
  /** Folder for receipts of what was written. */
  folder: string;
  inputs: QuickInputs;
  messages: Messages;
}

/** What the command "Connect Coding Agents" leads to; a bundle of its own, read when it is run. */
export interface Agents extends Disposable {
  connect(): Promise<void>;
}

export function openAgents({ b24push, folder, inputs, messages }: OpenAgentsDeps): Agents {
  const owned = new DisposableStore();
  const preview = owned.add(new PlanPreview());
  const connections = new AgentConnections({
    places: {
      ...{ home: homedir(), env: process.env, platform: process.platform },
      ...{ b24push },
    },
    folder: storageFolder(folder),
  });
  return {
    connect: () => connectAgents({ connections, preview, inputs, messages, home: homedir() }),
    dispose: () => owned.dispose(),
  };
}

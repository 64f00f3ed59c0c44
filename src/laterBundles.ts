import { Uri, ViewColumn, commands as vscodeCommands, window } from 'vscode';
import { handlerAddress } from './accounts/loopbackListener';
import { programFolder, scriptPath } from './b24push/place';
import { loopbackOnly } from './bitrix24/loopbackTransport';
import type { DisposableStore } from './common/dispose';
import { lazy } from './common/lazy';
import { newDraft } from './push/draft';
import type { Services, ServicesDeps } from './services';
import { SandboxTrial } from './trial/sandboxTrial';

/** Does the work, and tells what went wrong. */
type Guard = (work: () => Promise<unknown>) => Promise<unknown>;

/** What serves push files is a bundle of its own. */
export function pushFiles(
  { context, showPush }: ServicesDeps,
  services: Services,
  owned: DisposableStore,
  guard: Guard,
): () => Promise<void> {
  const { history, store, notifier, schedule } = services;
  const opened = lazy(async () => {
    const { openPushFiles } = await import('./pushFiles/openPushFiles');
    return owned.add(
      openPushFiles({
        ...{ ...services, context, showPush, guard, messages: notifier },
        sendLater: (draft, origin) => schedule.sendLater.ask(draft, origin),
        findPush: async (id) => (await store.get(id)) ?? (await history.get(id)),
      }),
    );
  });
  return async () => {
    await opened();
  };
}

/** What judges calls in sources is a bundle of its own. */
export function ownCalls(
  { drafts, focusForm, notifier }: Services,
  trial: SandboxTrial,
  owned: DisposableStore,
  guard: Guard,
): () => Promise<void> {
  const opened = lazy(async () => {
    const { openOwnCalls } = await import('./ownCalls/openOwnCalls');
    return owned.add(
      openOwnCalls({
        ...{ guard, messages: notifier, inputs: window },
        tryInSandbox: (parameters) => trial.tryCall(parameters),
        openInForm: async ({ text, avatar, ids }) => {
          await drafts.ready;
          const recipients = ids.map((id) => ({ id }));
          drafts.open(newDraft({ text, avatar, recipients, mode: 'literal' }));
          await focusForm('text');
        },
      }),
    );
  });
  return async () => {
    await opened();
  };
}

/** The command "Connect Coding Agents". */
export function agentsCommand(
  { notifier, stored }: Services,
  owned: DisposableStore,
): () => Promise<void> {
  const agents = lazy(async () => {
    const { openAgents } = await import('./agents/connect/openAgents');
    return owned.add(
      openAgents({
        ...{ b24push: scriptPath(programFolder()), folder: stored('agents') },
        ...{ inputs: window, messages: notifier },
      }),
    );
  });
  return async () => {
    await (await agents()).connect();
  };
}

/** The sandbox is a bundle of its own, loaded when it is asked for. */
export function sandboxTrial({ accounts, transport, signInPort, globalState, log }: Services) {
  return new SandboxTrial({
    ...{ accounts, transport: loopbackOnly(transport), log },
    load: () => import('./sandbox'),
    openPhones: async (address) => {
      await vscodeCommands.executeCommand('simpleBrowser.api.open', Uri.parse(address), {
        viewColumn: ViewColumn.Beside,
        preserveFocus: true,
      });
    },
    handler: () => handlerAddress(signInPort()),
    remembered: {
      get: () => globalState.get<string[]>('sandbox.accounts', []),
      set: (ids) => globalState.update('sandbox.accounts', ids),
    },
  });
}

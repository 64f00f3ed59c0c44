import {
  EventEmitter,
  Uri,
  authentication,
  commands as vscodeCommands,
  window,
  workspace,
} from 'vscode';
import type {
  AuthenticationProviderAuthenticationSessionsChangeEvent as SessionsChange,
  Disposable,
  ExtensionContext,
} from 'vscode';
import { commands, views } from './common/commands';
import { lazy } from './common/lazy';
import { redactingLog } from './common/redactingLog';
import { FormView } from './form/formView';
import { historyHandlers } from './history/historyHandlers';
import { LazyHistory } from './history/lazyHistory';
import { anythingLeft } from './push/outbox/anythingLeft';
import type { Rooms } from './rooms';

/** Registers what VS Code asks for, and nothing else: the rooms behind it are built with the first use. */
export function activate(context: ExtensionContext): void {
  const { subscriptions, extensionUri, globalStorageUri } = context;
  const owned = <T extends Disposable>(item: T): T => {
    subscriptions.push(item);
    return item;
  };
  const output = owned(window.createOutputChannel('Bitrix24 Push', { log: true }));
  const log = redactingLog(output);

  const rooms = lazy(async (): Promise<Rooms> => {
    const { buildRooms } = await import('./rooms');
    return buildRooms({ context, owned, output, log, form, sessionsChanged });
  });

  // First, since VS Code waits for it where another extension asks for a session.
  const sessionsChanged = owned(new EventEmitter<SessionsChange>());
  const sessions = async () => (await rooms()).sessions;
  owned(
    authentication.registerAuthenticationProvider(
      'bitrix24',
      'Bitrix24',
      {
        onDidChangeSessions: sessionsChanged.event,
        getSessions: async (scopes, options) => (await sessions()).getSessions(scopes, options),
        createSession: async (scopes, options) => (await sessions()).createSession(scopes, options),
        removeSession: async (id) => (await sessions()).removeSession(id),
      },
      { supportsMultipleAccounts: true },
    ),
  );

  const form = owned(
    new FormView({ extensionUri, log, open: async (page) => (await rooms()).openForm(page) }),
  );
  owned(form.register());
  const history = owned(
    new LazyHistory({
      id: views.history,
      open: async (tree, changed) => (await rooms()).openHistory(tree, changed),
    }),
  );
  owned(
    window.registerUriHandler({
      handleUri: async (link) => (await rooms()).handleLink(link),
    }),
  );
  for (const id of Object.values(commands)) {
    owned(vscodeCommands.registerCommand(id, async () => (await rooms()).run(id)));
  }
  for (const [id, handle] of Object.entries(historyHandlers(history))) {
    owned(
      vscodeCommands.registerCommand(id, async (line: unknown) =>
        (await rooms()).guard(() => handle(line)),
      ),
    );
  }

  // What other windows left is told once this one is there, and when its user comes back to it.
  const outbox = Uri.joinPath(globalStorageUri, 'outbox').fsPath;
  const lookBack = () =>
    anythingLeft(outbox)
      .then(async (isLeft) => isLeft && (await rooms()).lookBack())
      .catch((error: unknown) => log.error(`Pushes that were left: ${String(error)}`));
  const settled = setTimeout(() => void lookBack(), 300);
  owned({ dispose: () => clearTimeout(settled) });
  owned(window.onDidChangeWindowState(({ focused }) => focused && void lookBack()));
  owned(
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('bitrix24Push.history')) {
        void rooms()
          .then((built) => built.tidyHistory())
          .catch((error: unknown) => log.error(`History: ${String(error)}`));
      }
    }),
  );
}

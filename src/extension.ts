import {
  Disposable,
  EventEmitter,
  Uri,
  authentication,
  commands as vscodeCommands,
  window,
  workspace,
} from 'vscode';
import type {
  AuthenticationProviderAuthenticationSessionsChangeEvent as SessionsChange,
  ExtensionContext,
} from 'vscode';
import { commands, historyCommands, views } from './common/commands';
import { lazy } from './common/lazy';
import { redactingLog } from './common/redactingLog';
import { FormView } from './form/formView';
import { LazyHistory } from './history/lazyHistory';
import type { Main } from './main';
import { hasAnyPush } from './push/hasAnyPush';
import type { Bitrix24PushExports } from './tools/api';
import { createApi } from './tools/createApi';
import { registerTools } from './tools/registerTools';

/** Registers what VS Code asks for, and nothing else: the rest is loaded with the first use. */
export function activate(context: ExtensionContext): Bitrix24PushExports {
  const { subscriptions, extensionUri, globalStorageUri } = context;
  const owned = <T extends Disposable>(item: T): T => {
    subscriptions.push(item);
    return item;
  };
  const output = owned(window.createOutputChannel('Bitrix24 Push', { log: true }));
  const log = redactingLog(output);

  const main = lazy(async (): Promise<Main> => {
    const { openMain } = await import('./main');
    const opened = owned(
      openMain({
        ...{ context, output, log },
        focusForm: (field) => form.focus(field),
        showPush: (id) => history.show(id),
      }),
    );
    owned(opened.sessions.onDidChangeSessions((change) => sessionsChanged.fire(change)));
    return opened;
  });

  // First, since VS Code waits for it where another extension asks for a session.
  const sessionsChanged = owned(new EventEmitter<SessionsChange>());
  owned(
    authentication.registerAuthenticationProvider(
      'bitrix24',
      'Bitrix24',
      {
        onDidChangeSessions: sessionsChanged.event,
        getSessions: async (...asked) => (await main()).sessions.getSessions(...asked),
        createSession: async (...asked) => (await main()).sessions.createSession(...asked),
        removeSession: async (id) => (await main()).sessions.removeSession(id),
      },
      { supportsMultipleAccounts: true },
    ),
  );

  const form = owned(
    new FormView({ extensionUri, log, open: async (page) => (await main()).openForm(page) }),
  );
  owned(form.register());
  const history = owned(
    new LazyHistory({
      id: views.history,
      open: async (tree, changed) => (await main()).openHistory(tree, changed),
    }),
  );
  owned(
    window.registerUriHandler({
      handleUri: async (link) => (await main()).handleLink(link),
    }),
  );
  owned(registerCommands(main, history));
  const environment = () => Promise.resolve({});
  owned(registerTools({ context, main, environment }));

  // Pushes that other windows left are told about once this one is there, and when its user comes back to it.
  const outbox = Uri.joinPath(globalStorageUri, 'outbox').fsPath;
  const lookBack = () =>
    hasAnyPush(outbox)
      .then(async (isAny) => isAny && (await main()).lookBack())
      .catch((error: unknown) => log.error(`Interrupted pushes: ${String(error)}`));
  const settled = setTimeout(() => void lookBack(), 300);
  owned({ dispose: () => clearTimeout(settled) });
  owned(window.onDidChangeWindowState(({ focused }) => focused && void lookBack()));
  owned(
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('bitrix24Push.history')) {
        void main()
          .then((opened) => opened.tidyHistory())
          .catch((error: unknown) => log.error(`History: ${String(error)}`));
      }
    }),
  );
  return createApi(async (...asked) => (await main()).sendWritten(...asked));
}

function registerCommands(main: () => Promise<Main>, history: LazyHistory): Disposable {
  const { registerCommand } = vscodeCommands;
  const ours = Object.values(commands).map((id) =>
    registerCommand(id, async (argument: unknown) => (await main()).run(id, argument)),
  );
  const ofHistory = Object.values(historyCommands).map((id) =>
    registerCommand(id, async (line: unknown) => (await main()).guard(() => history.run(id, line))),
  );
  return Disposable.from(...ours, ...ofHistory);
}

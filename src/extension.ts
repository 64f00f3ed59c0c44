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
  Memento,
  TextDocument,
} from 'vscode';
import { Away } from './automation/away';
import { mayBePaused, mayHaveStandingYes } from './automation/reachHints';
import { registerPushTasks } from './automation/sources/pushTaskType';
import { commands, historyCommands, views } from './common/commands';
import { lazy } from './common/lazy';
import type { Log } from './common/log';
import { redactingLog } from './common/redactingLog';
import { watchFolders } from './common/watchFolders';
import { FormView } from './form/formView';
import { LazyHistory } from './history/lazyHistory';
import type { Listeners } from './listeners';
import type { Main } from './main';
import type { StartProgramDeps } from './program/startProgram';
import { namesPush, ownCallLanguages } from './ownCalls/language';
import { hasAnyPush } from './push/hasAnyPush';
import { pushFileLanguage } from './pushFiles/pushFileLanguage';
import type { Bitrix24PushExports } from './tools/api';
import { createApi } from './tools/createApi';
import { registerMcpServer, registerTools } from './tools/registerTools';

/** Registers what VS Code asks for, and nothing else: the rest is loaded with the first use. */
export function activate(context: ExtensionContext): Bitrix24PushExports {
  const { subscriptions, extensionUri, globalState, globalStorageUri } = context;
  const owned = <T extends Disposable>(item: T): T => {
    subscriptions.push(item);
    return item;
  };
  const output = owned(window.createOutputChannel('Bitrix24 Push', { log: true }));
  const log = redactingLog(output);

  const away = owned(new Away({ window, now: Date.now }));
  const main = lazy(async (): Promise<Main> => {
    const { openMain } = await import('./main');
    const opened = owned(
      openMain({
        ...{ context, output, log, away, listeners },
        focusForm: (field) => form.focus(field),
        showPush: (id) => history.show(id),
      }),
    );
    owned(opened.sessions.onDidChangeSessions((change) => sessionsChanged.fire(change)));
    return opened;
  });

  const listeners = lazy(async () => {
    const { openListeners } = await import('./listeners');
    return owned(openListeners({ globalState, log, reach: async () => (await main()).reach }));
  });

  const program = lazy(async () => {
    const { startProgram } = await import('./program/startProgram');
    const handle: StartProgramDeps['handle'] = async (...call) =>
      (await main()).answerProgram(...call);
    return owned(startProgram({ context, handle, log }));
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
  owned(registerPushTasks(async (task) => (await main()).runTask(task)));
  owned(registerCommands(main, history));
  const environment = async () => (await program()).environment();
  owned(registerTools(main));
  const mcp = () => registerMcpServer({ context, environment });

  const isPushFile = ({ languageId }: TextDocument) => languageId === pushFileLanguage;
  owned(whenOpened(isPushFile, async () => (await main()).openPushFiles(), log));
  owned(whenOpened(hasOwnCalls, async () => (await main()).openOwnCalls(), log));

  const left = ['outbox', 'notices', 'scheduled'].map(
    (name) => Uri.joinPath(globalStorageUri, name).fsPath,
  );
  attend({ owned, globalState, left, main, listeners, program, mcp, log });
  return createApi(async (...asked) => (await main()).sendWritten(...asked));
}

interface AttendDeps {
  owned: (item: Disposable) => unknown;
  globalState: Memento;
  /** Folders where other windows leave what is not over. */
  left: readonly string[];
  main: () => Promise<Main>;
  listeners: () => Promise<Listeners>;
  /** Opens the window to b24push. */
  program: () => Promise<unknown>;
  /** Offers the tools to agents that speak MCP. */
  mcp: () => Disposable;
  log: Log;
}

/** What a window does by itself, when it starts and later. */
function attend(deps: AttendDeps): void {
  const { owned, globalState, left, main, listeners, program, mcp, log } = deps;
  // Pushes that other windows left are told about once this one is there, and when its user comes back to it.
  const lookBack = () =>
    Promise.all(left.map((folder) => hasAnyPush(folder)))
      .then((isAny) => isAny.includes(true) || mayBePaused(globalState, Date.now()))
      .then(async (isAny) => isAny && (await main()).lookBack())
      .catch((error: unknown) => log.error(`Interrupted pushes: ${String(error)}`));
  // Where there is no standing yes, there is nothing to listen to; another window may hear of the yes first.
  const listen = () => {
    if (mayHaveStandingYes(globalState)) {
      listeners()
        .then((opened) => opened.refresh())
        .catch((error: unknown) => log.error(`Listeners: ${String(error)}`));
    }
  };
  // A window that starts has better things to do first.
  const settled = setTimeout(() => {
    listen();
    owned(mcp());
    program().catch((error: unknown) => log.error(`b24push: ${String(error)}`));
    void lookBack();
    owned(watchSchedule(left.at(-1) ?? '', main, log));
  }, 300);
  owned({ dispose: () => clearTimeout(settled) });
  owned(
    window.onDidChangeWindowState(({ focused }) => {
      listen();
      if (focused) {
        void lookBack();
      }
    }),
  );
  owned(
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('bitrix24Push.history')) {
        void main()
          .then((opened) => opened.tidyHistory())
          .catch((error: unknown) => log.error(`History: ${String(error)}`));
      }
    }),
  );
}

/** What another window schedules is for this one, too: once there is something, the rest is loaded and watches itself. */
function watchSchedule(folder: string, main: () => Promise<Main>, log: Log): Disposable {
  const watching = watchFolders(
    [folder],
    () => {
      hasAnyPush(folder)
        .then(async (isAny) => {
          if (isAny) {
            watching.dispose();
            await (await main()).lookAtSchedule();
          }
        })
        .catch((error: unknown) => log.error(`Scheduled pushes: ${String(error)}`));
    },
    log,
  );
  return watching;
}

/** Begins what serves such documents when the first of them is open. */
function whenOpened(
  isMeant: (document: TextDocument) => boolean,
  open: () => Promise<void>,
  log: Log,
): Disposable {
  const look = (document: TextDocument) => {
    if (isMeant(document)) {
      watching.dispose();
      open().catch((error: unknown) => log.error(`${document.languageId}: ${String(error)}`));
    }
  };
  const watching = Disposable.from(
    workspace.onDidOpenTextDocument(look),
    workspace.onDidSaveTextDocument(look),
  );
  workspace.textDocuments.forEach(look);
  return watching;
}

/** True for a source that names the method, where its calls shall be judged. */
function hasOwnCalls(document: TextDocument): boolean {
  return (
    ownCallLanguages.includes(document.languageId) &&
    namesPush(document.getText()) &&
    workspace.getConfiguration('bitrix24Push', document.uri).get('ownCalls') !== false
  );
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

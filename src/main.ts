import { commands as vscodeCommands, env, l10n, window, workspace } from 'vscode';
import type { AuthenticationProvider, Disposable, Uri } from 'vscode';
import type { Account } from './accounts/account';
import { createHookHandler } from './agents/hooks/hookHandler';
import type { AskedAnswer } from './automation/askedSend';
import type { Reach } from './automation/notice';
import { noticeLine } from './automation/noticeText';
import { ReachMe } from './automation/reachMe';
import { pauseHintKey } from './automation/reachHints';
import { createPushTask } from './automation/sources/pushTask';
import type { RunPushTask } from './automation/sources/pushTaskType';
import { pushWhenThisEnds } from './automation/sources/whenThisEnds';
import type { ToolName } from './b24push/toolRequest';
import { commands, contextKeys, views } from './common/commands';
import type { CommandId } from './common/commands';
import { DisposableStore } from './common/dispose';
import { plainText } from './common/plainText';
import { watchFolders } from './common/watchFolders';
import { ComposeLinkHandler } from './compose/composeLinkHandler';
import { Palette } from './compose/palette';
import { saveGroup } from './compose/saveGroup';
import { SelectionIntoForm } from './compose/selection';
import { pickPerson } from './delivery/personPicker';
import { WhyNotDelivered } from './delivery/whyNotDelivered';
import { openForm } from './form/formHost';
import type { FormController, FormPage } from './form/formController';
import { HistoryCommands } from './history/historyCommands';
import type { LazyHistoryDeps } from './history/lazyHistory';
import type { Recipient } from './people/recipient';
import { problemOf, problemOfSetup } from './problems/catalogue';
import { problemOfDeleted } from './problems/deletedNotification';
import { createProgramHandler } from './program/programHandler';
import type { HandleRequest } from './program/programServer';
import { agentsCommand, ownCalls, pushFiles, sandboxTrial } from './laterBundles';
import { buildServices } from './services';
import type { Services, ServicesDeps } from './services';
import { AgentTools } from './tools/agentTools';
import { isWrittenPush, sendWritten } from './tools/askedByCode';

/** What the registrations of extension.ts lead to. */
export interface Main extends Disposable {
  sessions: Pick<
    AuthenticationProvider,
    'getSessions' | 'createSession' | 'removeSession' | 'onDidChangeSessions'
  >;
  openForm(page: FormPage): FormController;
  openHistory: LazyHistoryDeps['open'];
  /** Begins to serve push files, once one is open. */
  openPushFiles(): Promise<void>;
  /** Begins to judge calls of the push method in sources, once one is open. */
  openOwnCalls(): Promise<void>;
  handleLink(link: Uri): Promise<void>;
  /** Runs a task of the type bitrix24-push. */
  runTask: RunPushTask;
  /** Runs a command. Only "Send" looks at the argument of its caller. */
  run(command: CommandId, argument?: unknown): Promise<unknown>;
  /** Calls a tool for a chat agent of VS Code; answers in sentences. */
  callTool(name: ToolName, input: unknown, signal: AbortSignal): Promise<string>;
  /** Answers an agent outside of VS Code, whose request nobody has looked at. */
  answerTool: AgentTools['answer'];
  /** Sends what another extension has written, after the user's yes. */
  sendWritten(written: unknown, signal?: AbortSignal): Promise<AskedAnswer>;
  /** Does the work, and tells what went wrong. */
  guard(work: () => Promise<unknown>): Promise<unknown>;
  /** Tells what other windows left when they ended, and offers what waits. */
  lookBack(): Promise<void>;
  /** The way to the user's phone, for what happens without them. */
  reach: Reach;
  /** Answers a call of b24push. */
  answerProgram: HandleRequest;
  /** Sends what is due of the scheduled pushes, now and from now on. */
  lookAtSchedule(): Promise<void>;
  /** Applies a change of the setting for the history. */
  tidyHistory(): Promise<void>;
}

type Handler = (account?: Account, person?: Recipient) => Promise<unknown>;
type Handlers = Record<CommandId, Handler>;

/** Everything behind the registrations; loaded with the first use. */
export function openMain(deps: ServicesDeps): Main {
  const owned = new DisposableStore();
  const services = owned.add(buildServices(deps));
  const { accounts, notifier, history, log, reach } = services;
  const { notices, standingYes, askedSend } = services;
  const trial = owned.add(sandboxTrial(services));
  const adopted = trial
    .adopt(process.env['BITRIX24_PUSH_SANDBOX'])
    .catch((error: unknown) => log.warn(`The sandbox of the environment: ${String(error)}`));
  const handlers: Handlers = {
    ...composeHandlers(services),
    ...accountHandlers(services),
    ...reachHandlers(services),
    [commands.whyNotDelivered]: whyNotDelivered(services, owned),
    [commands.connectAgents]: agentsCommand(services, owned),
    [commands.sandbox]: () => trial.open(),
    [commands.sendLater]: () => sendFormLater(services),
    [commands.pushWhenEnds]: () => whenThisEnds(deps, services),
  };
  const guard: Main['guard'] = async (work) => {
    try {
      return await work();
    } catch (error) {
      await notifier.tellError(error);
      return undefined;
    }
  };
  /** `account` and `person` come from our own form only, never from whoever calls a command. */
  const run = (id: CommandId, account?: Account, person?: Recipient): Promise<unknown> =>
    guard(async () => {
      await adopted;
      return await handlers[id](account, person);
    });
  const listen = async () => (await deps.listeners()).refresh();
  owned.add(
    standingYes.onDidChange(() => void listen().catch((error: unknown) => log.warn(String(error)))),
  );
  owned.add(accounts.onDidChange(() => noticeAccounts(services)));
  noticeAccounts(services);
  const tidyHistory = async () => {
    await history.tidy();
    await notices.tidy();
  };
  owned.add(lookWhenChanged(services));
  void tidyHistory().catch((error: unknown) => log.warn(`History: ${String(error)}`));
  const links = new ComposeLinkHandler({ ...services, messages: notifier });
  const agents = agentServices(services, adopted);
  const settled: Reach = {
    take: (notice) => adopted.then(() => reach.take(notice)),
    goesOn: (thread) => reach.goesOn(thread),
  };
  return {
    ...{ sessions: services.sessions, reach: settled, guard, tidyHistory, ...agents },
    run: (id, argument) =>
      id === commands.send && isWrittenPush(argument) ? agents.sendByCommand(argument) : run(id),
    runTask: createPushTask({
      ...{ reach: settled, askedSend, log, isTrusted: () => workspace.isTrusted },
    }),
    answerProgram: createProgramHandler({
      ...{ reach: () => Promise.resolve(settled), tool: agents.answerTool, log },
      askedSend: () => adopted.then(() => askedSend),
      hook: hookHandler(services, settled),
    }),
    openForm: (page) =>
      openForm({
        ...{ ...services, page, messages: notifier },
        run: (command, account, person) => run(commands[command], account, person),
      }),
    openHistory: (tree, changed) => Promise.resolve(historyOf(services, tree, changed)),
    openPushFiles: pushFiles(deps, services, owned, guard),
    openOwnCalls: ownCalls(services, trial, owned, guard),
    handleLink: (link) => links.handleUri(link),
    ...looks(services, owned, adopted),
    dispose: () => owned.dispose(),
  };
}

/** What the window does by itself about what is not over. `adopted`: the sandbox of the environment is there. */
function looks(
  services: Services,
  owned: DisposableStore,
  adopted: Promise<unknown>,
): Pick<Main, 'lookBack' | 'lookAtSchedule'> {
  const { schedule, interrupted, waiting, reach, stored, log } = services;
  owned.add(watchFolders([stored('scheduled')], () => void schedule.clock.look(), log));
  return {
    lookBack: async () => {
      await adopted;
      // First, because it looks for the records of pushes before they are told and decided.
      await schedule.clock.look(true);
      await interrupted.tell();
      await waiting.focused();
      await reach.recover();
    },
    lookAtSchedule: async () => {
      await adopted;
      await schedule.clock.look();
    },
  };
}

/** Looks at what is held once another window has changed the pause, or the user a setting, such as quiet hours. */
function lookWhenChanged({ reach, stored, log }: Services): Disposable {
  const owned = new DisposableStore();
  owned.add(watchFolders([stored('reach')], () => void reach.look(), log));
  owned.add(
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('bitrix24Push.reachMe')) {
        void reach.look();
      }
    }),
  );
  return owned;
}

async function sendFormLater({ drafts, schedule }: Services): Promise<void> {
  await drafts.ready;
  await schedule.sendLater.ask(drafts.current, 'form');
}

async function whenThisEnds(deps: ServicesDeps, services: Services): Promise<void> {
  const { sources } = await deps.listeners();
  await pushWhenThisEnds({
    ...{ sources, clock: services.clock, messages: services.notifier },
    isOn: async () => (await services.standingYes.get()) !== undefined,
    setUp: async () => await vscodeCommands.executeCommand(commands.reachMe),
    pick: (items, options) => window.showQuickPick(items, options),
    mention: (message) => void window.setStatusBarMessage(`$(bell) ${message}`, 6_000),
  });
}

/** What other programs may ask for. `adopted`: the sandbox of the environment is there. */
function agentServices(services: Services, adopted: Promise<unknown>) {
  const { accounts, people, notifier, log, askedSend, reach } = services;
  const tools = new AgentTools({
    ...{ reach, askedSend, accounts, people, log },
    describeError: (error, { host }) => problemOf(error, { host })?.message ?? '',
    anAgent: () => l10n.t('An agent'),
  });
  const send = async (written: unknown, by: string, signal?: AbortSignal) => {
    await adopted;
    return await sendWritten(written, { by, askedSend, signal });
  };
  return {
    callTool: async (name: ToolName, input: unknown, signal: AbortSignal) => {
      await adopted;
      const by = l10n.t('A chat agent in VS Code');
      return (await tools.call(name, input, by, signal)).message;
    },
    answerTool: async (request: unknown, signal: AbortSignal) => {
      await adopted;
      return await tools.answer(request, signal);
    },
    sendWritten: (written: unknown, signal?: AbortSignal) =>
      send(written, l10n.t('Another extension'), signal),
    sendByCommand: async (written: unknown) => {
      const answer = await send(written, l10n.t('Another extension or a key binding'));
      if (answer.outcome === 'invalid') {
        // Whoever pressed a key sees no answer.
        notifier.inform(l10n.t('A push by command was not sent: {0}', plainText(answer.message)));
      }
      return answer;
    },
  };
}

/** The ways to write a push besides the form. */
function composeHandlers(services: Services) {
  const { accounts, drafts, picker, sender, groups, notifier, settings, focusForm } = services;
  const { schedule } = services;
  const palette = new Palette({
    sendLater: (draft, origin) => schedule.sendLater.ask(draft, origin),
    ...{ accounts, drafts, picker, sender, inputs: window, clipboard: env.clipboard },
    focusForm: () => focusForm('text'),
    setWriting: (isWriting) =>
      vscodeCommands.executeCommand('setContext', contextKeys.writingText, isWriting),
  });
  const selection = new SelectionIntoForm({
    ...{ drafts, messages: notifier },
    ...{ inputs: window, clipboard: env.clipboard },
    editor: () => window.activeTextEditor,
    terminal: () => window.activeTerminal,
    copyTerminalSelection: async () =>
      await vscodeCommands.executeCommand('workbench.action.terminal.copySelection'),
    includeLocation: () => settings().get('selection.includeLocation'),
    focusForm: () => focusForm('recipients'),
  });
  return {
    [commands.send]: () => palette.run(),
    [commands.writeInForm]: () => palette.writeInForm(),
    [commands.sendSelection]: () => selection.run(),
    [commands.sendEditorSelection]: () => selection.run('editor'),
    [commands.sendTerminalSelection]: () => selection.run('terminal'),
    [commands.saveGroup]: () =>
      saveGroup({
        ...{ accounts, picker, groups, inputs: window, messages: notifier },
        written: () => {
          const { accountId, recipients, departments } = drafts.current;
          return { accountId, people: recipients, departments };
        },
        hasWorkspace: () => workspace.isTrusted && workspace.workspaceFolders !== undefined,
      }),
  };
}

function accountHandlers({ accountCommands, fixes, output }: Services) {
  return {
    [commands.signIn]: () => accountCommands.signIn(),
    [commands.signOut]: () => accountCommands.signOut(),
    [commands.switchAccount]: () => accountCommands.switchAccount(),
    [commands.checkSetup]: (account?: Account) => accountCommands.checkSetup(account),
    [commands.setAppName]: () => fixes.run('setAppName', {}),
    [commands.setSenderName]: (account?: Account) => accountCommands.setSenderName(account),
    [commands.editCredentials]: () => accountCommands.editCredentials(),
    [commands.showLog]: () => {
      output.show();
      return Promise.resolve();
    },
  };
}

/** The standing yes for pushes to oneself, and its pauses. */
function reachHandlers(services: Services) {
  const { accounts, standingYes, reach, service, sender, notifier, clock, showPush, globalState } =
    services;
  const reachMe = new ReachMe({
    ...{ accounts, standing: standingYes, reach, service, clock },
    ...{ inputs: window, messages: notifier },
    tell: (result, draft) => sender.tell(result, draft, { origin: 'command' }),
    openSettings: () =>
      vscodeCommands.executeCommand('workbench.action.openSettings', 'bitrix24Push.reachMe'),
    showHistory: () => showPush(),
    remember: (until) => globalState.update(pauseHintKey, until),
  });
  return {
    [commands.reachMe]: () => reachMe.run(),
    [commands.pauseReachingMe]: () => reachMe.pause(),
    [commands.resumeReachingMe]: () => reachMe.resume(),
  };
}

/** The page "Why Didn't It Arrive?". */
function whyNotDelivered(services: Services, owned: DisposableStore): Handler {
  const { accounts, accountCommands, fixes, hints, people, recents, clock, log } = services;
  const page = owned.add(
    new WhyNotDelivered({
      ...{ hints, clock, log },
      checkSetup: ({ id }, signal) => accounts.checkSetup(id, signal),
      describe: (trouble, about) =>
        (trouble instanceof Error ? problemOf(trouble, about) : problemOfSetup(trouble, about))
          ?.message ?? '',
      pickPerson: (of) => pickPerson({ people, recents, inputs: window, log }, of),
      run: {
        permissions: (of) => fixes.run('openPermissions', { account: of }),
        setup: (of) => accountCommands.checkSetup(of),
      },
    }),
  );
  return async (of, person) => {
    const account = of ?? (await accounts.current()) ?? (await accountCommands.switchAccount());
    if (account) {
      await (person ? page.show(account, person) : page.open(account));
    }
  };
}

function historyOf(
  services: Services,
  ...[tree, changed]: Parameters<LazyHistoryDeps['open']>
): HistoryCommands {
  const { accounts, drafts, focusForm, notifier, stored, reach, phrases, log } = services;
  const { deleteNotification } = services;
  const isHere = (isHeldHere: boolean) => {
    if (!isHeldHere) {
      notifier.inform(l10n.t('Another window holds this. Send or discard it there.'));
    }
  };
  return new HistoryCommands({
    ...{ ...services, tree, changed, messages: notifier },
    lineOf: (notice) => noticeLine(notice, 'all', phrases).text,
    sendHeld: async (id) => isHere(await reach.sendNow(id)),
    discardHeld: async (id) => isHere(await reach.discard(id)),
    deleteNotification: async (push) => {
      const { host } = push;
      const result = await window.withProgress({ location: { viewId: views.history } }, () =>
        deleteNotification(push),
      );
      void notifier.tell(problemOfDeleted(result, { host }));
    },
    openDraft: async (draft) => {
      await drafts.ready;
      drafts.open(draft);
      await focusForm('text');
    },
    portalOf: async (id) => (await accounts.get(id))?.portal,
    watch: (then) =>
      watchFolders(
        ['outbox', 'history', 'notices', 'noticesPast', 'scheduled'].map(stored),
        then,
        log,
      ),
    copy: (text) => env.clipboard.writeText(text),
    mention: (message) => void window.setStatusBarMessage(`$(check) ${message}`, 4_000),
    showInputBox: (options) => window.showInputBox(options),
  });
}

function hookHandler({ clock, settings }: Services, reach: Reach) {
  return createHookHandler({
    ...{ reach: () => Promise.resolve(reach), clock },
    wantsWords: () => settings().get<unknown>('reachMe.agentWords') === true,
  });
}

/** When-clauses of the manifest need to know whether somebody is signed in. */
function noticeAccounts({ accounts, log }: Services): void {
  accounts
    .list()
    .then((all) =>
      vscodeCommands.executeCommand('setContext', contextKeys.signedIn, all.length > 0),
    )
    .catch((error: unknown) => log.warn(`Accounts could not be read: ${String(error)}`));
}

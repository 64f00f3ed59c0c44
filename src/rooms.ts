import path from 'node:path';
import * as vscode from 'vscode';
import type { Account } from './accounts/account';
import { AccountBoard } from './accounts/accountBoard';
import { createAccountCommands } from './accounts/accountCommands';
import { Bitrix24AuthenticationProvider } from './accounts/authenticationProvider';
import { Bitrix24Accounts } from './accounts/bitrix24Accounts';
import { handlerAddress, handlerPort } from './accounts/handlerAddress';
import { sharedBuckets } from './accounts/sharedBuckets';
import { Vault } from './accounts/vault';
import type { VscodeSignInDialogs } from './accounts/vscodeSignInDialogs';
import type { Transport } from './bitrix24/transport';
import { systemClock as clock } from './common/clock';
import { type CommandId, commands, contextKeys } from './common/commands';
import { lazy } from './common/lazy';
import type { Log } from './common/log';
import type { FormView, FormViewDeps } from './form/formView';
import { SelectionIntoForm } from './compose/selection';
import type { WhyNotDelivered } from './delivery/whyNotDelivered';
import type { LazyHistoryDeps } from './history/lazyHistory';
import { createFixes } from './problems/fixes';
import { Notifier } from './problems/notifier';
import { problemOfWaiting } from './problems/waiting';
import { workspaceKey } from './push/draftFile';
import { DraftStore } from './push/draftStore';
import { folderDisk } from './push/folderDisk';
import type { TellOutcome } from './push/tellOutcome';
import { forgetPeopleWithAccount } from './people/forgetPeople';
import type { ListMatcher } from './people/mixedList';
import type { Recipient } from './people/recipient';
import { SandboxTrial } from './trial/sandboxTrial';

export interface RoomsDeps {
  context: vscode.ExtensionContext;
  /** Disposes it with the extension. */
  owned: <T extends vscode.Disposable>(item: T) => T;
  output: vscode.LogOutputChannel;
  log: Log;
  form: Pick<FormView, 'focus'>;
  sessionsChanged: Pick<vscode.EventEmitter<SessionsChange>, 'fire'>;
}

type SessionsChange = vscode.AuthenticationProviderAuthenticationSessionsChangeEvent;

/** What the registrations of extension.ts lead to. */
export interface Rooms {
  sessions: vscode.AuthenticationProvider;
  openForm: FormViewDeps['open'];
  openHistory: LazyHistoryDeps['open'];
  handleLink(link: vscode.Uri): Promise<void>;
  run(command: CommandId): Promise<unknown>;
  /** Does it, and tells what went wrong. */
  guard(work: () => Promise<unknown>): Promise<unknown>;
  /** Tells what other windows left when they ended. */
  lookBack(): Promise<void>;
  /** The setting for what is kept has changed. */
  tidyHistory(): Promise<void>;
}

/** Builds the rooms in order. No logic, and nothing is awaited. */
export function buildRooms({
  context,
  owned,
  output,
  log,
  form,
  sessionsChanged,
}: RoomsDeps): Rooms {
  const { globalState, secrets, globalStorageUri } = context;
  /** What the windows of this machine share. */
  const stored = (name: string) => path.join(globalStorageUri.fsPath, name);
  const settings = () => vscode.workspace.getConfiguration('bitrix24Push');
  const signInPort = () => handlerPort(settings().get('signIn.port'));
  const openExternal = (url: string) => vscode.env.openExternal(vscode.Uri.parse(url, true));

  // What went wrong is told by one notifier; its fixes come last, because they reach into every room.
  const notifier = new Notifier({ log, clock, fixes: () => fixes });

  // The protocol, and who we are on which portal.
  const { version } = context.extension.packageJSON as { version: string };
  const network = lazy(async () => {
    const { nodeFetchTransport } = await import('./bitrix24/nodeFetchTransport');
    return nodeFetchTransport({ userAgent: `bitrix24-push/${version} (VS Code)` });
  });
  const transport: Transport = { send: async (request) => (await network()).send(request) };
  const board = owned(new AccountBoard({ folder: stored('accounts'), log }));
  const onDamaged = () =>
    notifier.inform(
      vscode.l10n.t('A saved account could not be read. It was set aside; sign in again.'),
    );
  const vault = owned(new Vault({ secrets, clock, log, board, onDamaged }));
  const limiter = lazy(async () => {
    const { RateLimiter } = await import('./accounts/openClient');
    return new RateLimiter({ state: sharedBuckets(stored('pace'), log), clock, log });
  });
  let dialogs: VscodeSignInDialogs | undefined;
  const accounts = owned(
    new Bitrix24Accounts({
      vault,
      globalState,
      transport,
      clock,
      log,
      limiter,
      openExternal,
      messages: notifier,
      dialogs: async () => {
        const signIn = await import('./accounts/vscodeSignInDialogs');
        const { clipboard } = vscode.env;
        dialogs ??= owned(new signIn.VscodeSignInDialogs({ openExternal, clipboard, signInPort }));
        return dialogs;
      },
      signInPort,
    }),
  );
  const sessions = owned(new Bitrix24AuthenticationProvider({ vault, accounts }));
  owned(sessions.onDidChangeSessions((change) => sessionsChanged.fire(change)));
  const accountCommands = createAccountCommands({
    accounts,
    messages: notifier,
    tellSetup: async (account, result) => {
      const { problemOfSetup } = await import('./problems/catalogue');
      void notifier.tell(problemOfSetup(result, { host: account.host }), { account });
    },
  });

  // The fixes of what went wrong.
  const fixes = createFixes({
    accounts,
    signIn: (options) => accounts.signIn(options),
    switchAccount: () => accountCommands.switchAccount(),
    editCredentials: (account) =>
      account ? accounts.editCredentials(account) : accountCommands.editCredentials(),
    openExternal,
    showLog: () => output.show(),
    openSettings: (query) => vscode.commands.executeCommand('workbench.action.openSettings', query),
    focusForm: (field) => form.focus(field),
  });

  // To whom.
  const audience = lazy(async () => {
    const part = await import('./people/audience');
    const recents = new part.RecentRecipients({ memento: globalState, clock });
    const folder = part.directoryFolder(stored('people'));
    const directories = owned(new part.Directories({ accounts, folder, clock, log }));
    const departments = owned(new part.Departments({ accounts, directories, clock, log }));
    const people = new part.PeopleSearch({ accounts, directories, recents, log });
    const delivery = owned(new part.DeliveryFacts({ accounts, clock, log }));
    const groups = new part.SavedGroups({
      setting: {
        read: (from) =>
          settings().inspect('groups')?.[from === 'user' ? 'globalValue' : 'workspaceValue'],
        write: (to, value) => {
          const { Global, Workspace } = vscode.ConfigurationTarget;
          return settings().update('groups', value, to === 'user' ? Global : Workspace);
        },
      },
      isTrusted: () => vscode.workspace.isTrusted,
      report: (fault) => log.warn(fault),
    });
    const meWords = () => ['me', vscode.l10n.t('Me')];
    const lists = {
      match: async (...wanted: Parameters<ListMatcher['match']>) => {
        const { ListMatcher } = await import('./people/mixedList');
        const deps = { accounts, people, directories, departments, groups, meWords };
        return new ListMatcher(deps).match(...wanted);
      },
    };
    const picker = new part.RecipientPicker({
      people,
      recents,
      departments,
      groups,
      lists,
      hints: (accountId, id) => delivery.peek(accountId, id)?.map(part.hintWords)[0],
      askHints: (accountId, ids, signal) => delivery.hints(accountId, ids, signal),
      inputs: vscode.window,
      describeError: async (error, { host }) => {
        const { problemOf } = await import('./problems/catalogue');
        const known = error instanceof Error ? error : new Error(String(error));
        return problemOf(known, { host })?.message ?? '';
      },
      log,
    });
    const { hintWords: words, deliverySummary: summary } = part;
    return {
      ...{ recents, directories, departments, people, groups, lists, picker, meWords },
      ...{ delivery, words, summary },
      sentence: part.createDeliverySentence({ facts: delivery, clock }),
    };
  });
  const keepers = async () => {
    const { recents, directories, delivery } = await audience();
    return [recents, directories, delivery];
  };
  owned(forgetPeopleWithAccount(vault, keepers, log));

  // One push on its way.
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  const drafts = owned(
    new DraftStore({
      disk: folderDisk(stored('drafts')),
      key: workspaceKey((workspaceFile ?? workspaceFolders?.[0]?.uri)?.toString()),
      clock,
      log,
      onDamaged: (name) =>
        notifier.inform(
          vscode.l10n.t('The saved draft could not be read. It was set aside as {0}.', name),
        ),
    }),
  );
  const tell: TellOutcome = async (outcome, about) => {
    const { problemOf } = await import('./problems/catalogue');
    const problem = problemOf(outcome, { host: about.account?.host });
    if (problem) {
      void notifier.tell(problem, about);
    }
  };
  const pushes = lazy(async () => {
    const [part, { recents, directories, departments, sentence }] = await Promise.all([
      import('./push/sending'),
      audience(),
    ]);
    const damagedPush = (name: string) =>
      notifier.inform(
        vscode.l10n.t(
          'A push that was noted could not be read. Its file was set aside as {0}.',
          name,
        ),
      );
    const noted = (name: string) => ({
      folder: part.recordFolder(stored(name)),
      onDamaged: damagedPush,
    });
    const keep = () => part.historyKeep(settings().get('history'));
    const history = owned(new part.PushHistory({ ...noted('history'), keep, clock, log }));
    const outbox = owned(new part.Outbox({ ...noted('outbox'), history, clock, log }));
    const resolve = part.createResolvePeople({
      accounts,
      log,
      known: (accountId, id) => directories.peek(accountId)?.person(id),
      departments: (accountId) => departments.of(accountId),
    });
    const road = new part.PushRoad({
      accounts,
      drafts,
      outbox,
      secrets: new part.SecretCheck({
        confirm: part.createConfirmSecrets(notifier),
        load: () => import('./secrets/findSecrets'),
        log,
      }),
      confirmTwin: part.createConfirmTwin(notifier),
      confirm: part.createConfirmSend({
        messages: notifier,
        policy: () => settings().get('confirm'),
        countAbove: () => settings().get('confirmCount'),
        doubts: sentence,
      }),
      resolve,
      departments: part.createResolveDepartments({ accounts }),
      recents,
      portalAnswered: (host) => void waiting.answered(host),
      clock,
      log,
    });
    const notice = owned(new part.AcceptedNotice({ sentence, current: () => accounts.current() }));
    const sender = new part.SendAndTell({
      road,
      drafts,
      outbox,
      messages: notifier,
      accounts,
      tell,
      tellAccepted: (message, draft) =>
        void notice.show(message, draft).catch((error: unknown) => log.warn(String(error))),
    });
    const waiting = owned(
      new part.WaitingPushes({
        outbox,
        reaches: part.createReaches({ accounts, transport }),
        offer: (records, host) =>
          void notifier.tell(problemOfWaiting(records.length, host), {
            retry: () => sender.sendAllWaiting(records.map(({ id }) => id)),
          }),
        isFocused: () => vscode.window.state.focused,
        clock,
        log,
      }),
    );
    const leftOvers = owned(new part.LeftOvers({ outbox, drafts, sender, waiting, log }));
    void history.tidy().catch((error: unknown) => log.warn(`History: ${String(error)}`));
    return { history, outbox, resolve, road, sender, waiting, leftOvers };
  });

  // The ways to write one.
  const openForm: Rooms['openForm'] = async (page) => {
    const [{ FormPeople, openForm }, { problemOf }, to, { outbox, road, resolve }] =
      await Promise.all([
        import('./form/formHost'),
        import('./problems/catalogue'),
        audience(),
        pushes(),
      ]);
    const { people, recents, meWords, delivery, words, summary } = to;
    return openForm({
      page,
      accounts,
      drafts,
      outbox,
      road,
      people: new FormPeople({ search: people, recents, log, meWords }),
      audience: { ...to, now: () => clock.now(), log },
      delivery: { facts: delivery, words, summary },
      resolve,
      problemOf,
      fixes,
      log,
      run: (command, account, person) => run(commands[command], account, person),
      tell,
      messages: notifier,
    });
  };
  const writeInPalette = async () => {
    const [{ Palette }, { picker }, { sender }] = await Promise.all([
      import('./compose/palette'),
      audience(),
      pushes(),
    ]);
    await new Palette({ accounts, drafts, picker, sender, inputs: vscode.window }).run();
  };
  const saveGroup = async () => {
    const [{ SaveGroup }, { picker, groups }] = await Promise.all([
      import('./compose/paletteSaveGroup'),
      audience(),
    ]);
    await new SaveGroup({
      accounts,
      written: () => {
        const { accountId, recipients, departments = [] } = drafts.current;
        return { accountId, people: recipients, departments };
      },
      picker,
      groups,
      hasWorkspace: () =>
        vscode.workspace.isTrusted && vscode.workspace.workspaceFolders !== undefined,
      inputs: vscode.window,
      messages: notifier,
    }).run();
  };
  const selection = new SelectionIntoForm({
    drafts,
    messages: notifier,
    editor: () => vscode.window.activeTextEditor,
    includeLocation: () => settings().get('selection.includeLocation'),
    focusForm: () => form.focus('recipients'),
  });
  const links = lazy(async () => {
    const { DeepLink } = await import('./compose/deepLink');
    const focusForm = () => form.focus();
    return new DeepLink({ drafts, accounts, messages: notifier, log, focusForm });
  });

  // Why a push may not have arrived: loaded when somebody asks.
  let page: WhyNotDelivered | undefined;
  const whyNotDelivered = async (of?: Account, person?: Recipient) => {
    const account = of ?? (await accounts.current()) ?? (await accountCommands.switchAccount());
    if (!account) {
      return;
    }
    const [{ WhyNotDelivered, pickPerson }, { problemOf, problemOfSetup }, to] = await Promise.all([
      import('./delivery/whyNotDelivered'),
      import('./problems/catalogue'),
      audience(),
    ]);
    const { people, recents, delivery } = to;
    page ??= owned(
      new WhyNotDelivered({
        facts: delivery,
        checkSetup: ({ id }, signal) => accounts.checkSetup(id, signal),
        describe: (trouble, about) =>
          (trouble instanceof Error ? problemOf(trouble, about) : problemOfSetup(trouble, about))
            ?.message ?? '',
        pickPerson: (of) => pickPerson({ people, recents, inputs: vscode.window, log }, of),
        run: {
          permissions: (of) => fixes.run('openPermissions', { account: of }),
          setup: (of) => accountCommands.checkSetup(of),
        },
        clock,
        log,
      }),
    );
    await (person ? page.show(account, person) : page.open(account));
  };

  // What was sent, and what waits.
  const openHistory: Rooms['openHistory'] = async (tree, changed) => {
    const [{ openHistory }, { outbox, history, sender }] = await Promise.all([
      import('./history/historyRoom'),
      pushes(),
    ]);
    return openHistory({
      tree,
      changed,
      clock,
      log,
      outbox,
      history,
      openDraft: async (draft) => {
        await drafts.ready;
        drafts.open(draft);
        await form.focus('text');
      },
      sendWaiting: (id) => sender.sendWaiting(id),
      portalOf: async (id) => (await accounts.get(id))?.portal,
      findSecrets: async (text) => (await import('./secrets/findSecrets')).findSecrets(text),
      copy: (text) => vscode.env.clipboard.writeText(text),
      showInputBox: (options) => vscode.window.showInputBox(options),
      messages: notifier,
    });
  };

  // The sandbox is a bundle of its own, loaded when it is asked for.
  const trial = owned(
    new SandboxTrial({
      accounts,
      transport,
      load: () => import('./sandbox'),
      openPhones: async (address) => {
        await vscode.commands.executeCommand('simpleBrowser.api.open', vscode.Uri.parse(address), {
          viewColumn: vscode.ViewColumn.Beside,
          preserveFocus: true,
        });
      },
      handler: () => handlerAddress(signInPort()),
      remembered: {
        get: () => globalState.get<string[]>('sandbox.accounts', []),
        set: (ids) => globalState.update('sandbox.accounts', ids),
      },
      log,
    }),
  );
  const adopted = trial
    .adopt(process.env['BITRIX24_PUSH_SANDBOX'])
    .catch((error: unknown) => log.warn(`The sandbox of the environment: ${String(error)}`));

  const handlers: Record<CommandId, (account?: Account, person?: Recipient) => Promise<unknown>> = {
    [commands.send]: writeInPalette,
    [commands.sendSelection]: () => selection.run(),
    [commands.saveGroup]: () => saveGroup(),
    [commands.signIn]: () => accountCommands.signIn(),
    [commands.signOut]: () => accountCommands.signOut(),
    [commands.switchAccount]: () => accountCommands.switchAccount(),
    [commands.checkSetup]: (account) => accountCommands.checkSetup(account),
    [commands.whyNotDelivered]: whyNotDelivered,
    [commands.setAppName]: () => fixes.run('setAppName', {}),
    [commands.setSenderName]: (account) => accountCommands.setSenderName(account),
    [commands.editCredentials]: () => accountCommands.editCredentials(),
    [commands.sandbox]: () => trial.open(),
    [commands.showLog]: () => {
      output.show();
      return Promise.resolve();
    },
  };
  const guard: Rooms['guard'] = async (work) => {
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
      return handlers[id](account, person);
    });

  const tellSignedIn = async () => {
    const signedIn = (await accounts.list()).length > 0;
    await vscode.commands.executeCommand('setContext', contextKeys.signedIn, signedIn);
  };
  const noticeAccounts = () =>
    void tellSignedIn().catch((error: unknown) =>
      log.warn(`Accounts could not be read: ${String(error)}`),
    );
  owned(accounts.onDidChange(noticeAccounts));
  noticeAccounts();

  return {
    sessions,
    openForm,
    openHistory,
    handleLink: async (link) => (await links()).handleUri(link),
    run: (id) => run(id),
    guard,
    lookBack: async () => {
      const { leftOvers, waiting } = await pushes();
      await leftOvers.tell();
      await waiting.focused();
    },
    tidyHistory: async () => (await pushes()).history.tidy(),
  };
}

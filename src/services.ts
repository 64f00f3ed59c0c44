import path from 'node:path';
import * as vscode from 'vscode';
import { l10n, window } from 'vscode';
import { AccountCommands } from './accounts/accountCommands';
import { Bitrix24AuthenticationProvider } from './accounts/authenticationProvider';
import { Bitrix24Accounts } from './accounts/bitrix24Accounts';
import { handlerPort } from './accounts/loopbackListener';
import { sharedBuckets } from './accounts/sharedBuckets';
import { TokenStore } from './accounts/tokenStore';
import { VscodeSignInDialogs } from './accounts/signInDialogs';
import type { Away } from './automation/away';
import { createCleanLine } from './automation/cleanLine';
import { createIsAtDesktop } from './automation/isAtDesktop';
import { createIsRecorded } from './automation/isRecorded';
import { noticePhrases } from './automation/noticePhrases';
import { NoticePush } from './automation/noticePush';
import { NoticeStore } from './automation/noticeStore';
import { PhoneReach } from './automation/reach';
import { readReachSettings } from './automation/reachSettings';
import { ReachState, parseReachFile } from './automation/reachState';
import { ReachStatus } from './automation/reachStatus';
import { StandingYes } from './automation/standingYes';
import { createReachTeller } from './automation/reachTeller';
import { createAskedSend } from './automation/askedSendService';
import { nodeFetchTransport } from './bitrix24/nodeFetchTransport';
import { RateLimiter } from './bitrix24/rateLimiter';
import { systemClock as clock } from './common/clock';
import { DisposableStore } from './common/dispose';
import type { Log } from './common/log';
import { SharedFile } from './common/sharedFile';
import { storageFolder } from './common/storageFolder';
import { AcceptedStatus } from './delivery/acceptedStatus';
import { DeliveryHints } from './delivery/deliveryHints';
import { createDeliverySentence, hintText } from './delivery/hintText';
import type { FormField } from './form/protocol';
import type { Listeners } from './listeners';
import { Departments } from './people/departments/departments';
import { Directories } from './people/directory/directories';
import { forgetPeopleWithAccount } from './people/forgetPeople';
import { SavedGroups } from './people/groups';
import { ListMatcher } from './people/listMatcher';
import { PeopleSearch } from './people/peopleSearch';
import { RecentRecipients } from './people/recentRecipients';
import { RecipientPicker } from './people/recipientPicker';
import { problemOf, problemOfResult, problemOfSetup, problemOfWaiting } from './problems/catalogue';
import { createFixes } from './problems/fixes';
import { Notifier } from './problems/notifier';
import { callerName } from './push/callerName';
import { strictestCount, strictestPolicy, valuesOf } from './push/confirmPolicy';
import { createConfirmDuplicate, createConfirmSend } from './push/confirmSend';
import type { ConfirmSendDeps } from './push/confirmSend';
import { createConfirmSecrets } from './push/confirmSecrets';
import { createDeleteNotification } from './push/deleteNotification';
import { isNotification } from './push/draft';
import type { Draft } from './push/draft';
import { workspaceKey } from './push/draftFile';
import { DraftStore } from './push/draftStore';
import { InterruptedPushes } from './push/interruptedPushes';
import { createPersonFacts } from './push/personFacts';
import { PushHistory, historyKeep } from './push/pushHistory';
import { PushService } from './push/pushService';
import { PushStore } from './push/pushStore';
import { pushesUnderWay } from './push/pushesUnderWay';
import type { RecordFolder } from './push/recordFolder';
import { createResolveAudience } from './push/resolveAudience';
import { SecretCheck } from './push/secretCheck';
import type { SecretCheckDeps } from './push/secretCheck';
import { SendWithProgress } from './push/sendWithProgress';
import type { TellResult } from './push/sendWithProgress';
import { WaitingPushes, createIsReachable } from './push/waitingPushes';
import { createIsRecorded as createIsRecordedSchedule } from './schedule/isRecorded';
import { openSchedule } from './schedule/openSchedule';
import { ScheduleStore } from './schedule/scheduleStore';
import { Seals } from './schedule/seals';

export interface ServicesDeps {
  context: vscode.ExtensionContext;
  output: vscode.LogOutputChannel;
  log: Log;
  /** What hears of tasks, terminals and programs; loaded if it is not yet. */
  listeners: () => Promise<Listeners>;
  /** Brings the form forward with the cursor in a field. */
  focusForm: (field?: FormField) => Promise<void>;
  /** Brings the history forward, with this push selected. */
  showPush: (id?: string) => Promise<void>;
  /** Whether its user is at the window; watched from its start. */
  away: Away;
}

export type Services = ReturnType<typeof buildServices>;

/** Builds the services in order. Constructors do no work: nothing is read or sent before something is asked for. */
export function buildServices(deps: ServicesDeps) {
  const owned = new DisposableStore();
  const shared = sharedServices(deps, owned);
  const accounts = { ...shared, ...accountServices(shared) };
  const people = { ...accounts, ...peopleServices(accounts) };
  const push = { ...people, ...pushServices(people) };
  return { ...push, ...automationServices(push), dispose: () => owned.dispose() };
}

/** Storage, settings, the network and messages. */
function sharedServices(deps: ServicesDeps, owned: DisposableStore) {
  const { context, output, log, focusForm, showPush, away } = deps;
  const { globalState, secrets, globalStorageUri, extension } = context;
  const settings = () => vscode.workspace.getConfiguration('bitrix24Push');
  const { version } = extension.packageJSON as { version: string };
  return {
    ...{ owned, clock, log, output, globalState, secrets, settings, focusForm, showPush, away },
    /** Folders that the windows of this machine share. */
    stored: (name: string) => path.join(globalStorageUri.fsPath, name),
    signInPort: () => handlerPort(settings().get('signIn.port')),
    openExternal: (url: string) => vscode.env.openExternal(vscode.Uri.parse(url, true)),
    transport: nodeFetchTransport({ userAgent: `bitrix24-push/${version} (VS Code)` }),
  };
}

/** Builds the services of accounts: sign-in and tokens, the notifier, and the drafts and records that outlive a failure. */
function accountServices(shared: ReturnType<typeof sharedServices>) {
  const { owned, log, output, globalState, secrets, settings, focusForm, showPush } = shared;
  const { stored, signInPort, openExternal, transport } = shared;
  const notifier = new Notifier({ log, clock, fixes: () => fixes, isSaved: () => drafts.isSaved });
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  const drafts = owned.add(
    new DraftStore({
      ...{ disk: storageFolder(stored('drafts')), clock, log },
      key: workspaceKey((workspaceFile ?? workspaceFolders?.[0]?.uri)?.toString()),
      onDamaged: (name) =>
        notifier.inform(
          l10n.t('The saved draft could not be read. It was set aside as {0}.', name),
        ),
    }),
  );
  const tokens = owned.add(
    new TokenStore({
      ...{ secrets, folder: stored('accounts'), clock, log },
      onDamaged: () =>
        notifier.inform(
          l10n.t('A saved account could not be read. It was set aside; sign in again.'),
        ),
    }),
  );
  const keep = () => historyKeep(settings().get('history'));
  const recordsIn = (name: string) => recordFolder(stored(name), log, notifier);
  const history = owned.add(new PushHistory({ ...recordsIn('history'), keep }));
  const store = owned.add(new PushStore({ ...recordsIn('outbox'), history }));
  const scheduled = owned.add(
    new ScheduleStore({
      ...{ ...recordsIn('scheduled'), seals: new Seals({ secrets, clock }) },
      isRecorded: createIsRecordedSchedule({ store, history }),
    }),
  );
  const limiter = new RateLimiter({ state: sharedBuckets(stored('pace'), log), clock, log });
  const { clipboard } = vscode.env;
  const dialogs = new VscodeSignInDialogs({ clipboard, signInPort });
  owned.add({ dispose: () => dialogs.close() });
  const accounts = owned.add(
    new Bitrix24Accounts({
      ...{ store: tokens, globalState, transport, clock, log, openExternal, signInPort },
      ...{ messages: notifier, limiter, dialogs },
    }),
  );
  const accountCommands = new AccountCommands({
    ...{ accounts, messages: notifier },
    tellSetup: (account, result) =>
      void notifier.tell(problemOfSetup(result, { host: account.host }), { account }),
    underWay: (ids) => pushesUnderWay(store, ids),
  });
  const sessions = new Bitrix24AuthenticationProvider({
    store: tokens,
    signIn: (options) => accounts.signIn(options),
    signOut: (id) => accountCommands.signOutFromMenu(id),
  });
  const fixes = createFixes({
    ...{ accounts, openExternal, focusForm, showPush },
    signIn: (options) => accounts.signIn(options),
    switchAccount: () => accountCommands.switchAccount(),
    editCredentials: (account) =>
      account ? accounts.editCredentials(account) : accountCommands.editCredentials(),
    showLog: () => output.show(),
    language: vscode.env.language,
    openSettings: (query) => vscode.commands.executeCommand('workbench.action.openSettings', query),
  });
  const pushes = { drafts, history, store, scheduled, keep };
  return { ...pushes, notifier, tokens, accounts, sessions, accountCommands, fixes };
}

/** Whom pushes go to, and what speaks against it. */
function peopleServices(
  services: ReturnType<typeof sharedServices> & ReturnType<typeof accountServices>,
) {
  const { owned, log, globalState, settings, stored, accounts, tokens } = services;
  const recents = new RecentRecipients({ memento: globalState, clock });
  const folder = storageFolder(stored('people'));
  const directories = owned.add(new Directories({ accounts, folder, clock, log }));
  const departments = owned.add(new Departments({ accounts, directories, clock, log }));
  const people = new PeopleSearch({ accounts, directories, recents, log });
  const groups = new SavedGroups({
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
  const meWords = () => ['me', l10n.t('Me')];
  const lists = new ListMatcher({ accounts, people, directories, departments, groups, meWords });
  const hints = owned.add(new DeliveryHints({ accounts, clock, log }));
  const picker = new RecipientPicker({
    ...{ people, directories, recents, departments, groups, lists, inputs: window, log },
    hints: (accountId, id) => hints.peek(accountId, id)?.map(hintText)[0],
    askHints: (accountId, ids, signal) => hints.hints(accountId, ids, signal),
    describeError: (error, { host }) => {
      const known = error instanceof Error ? error : new Error(String(error));
      return problemOf(known, { host })?.message ?? '';
    },
  });
  owned.add(forgetPeopleWithAccount(tokens, [recents, directories, hints], log));
  return { recents, directories, departments, people, groups, meWords, lists, hints, picker };
}

/** A folder of records of pushes. */
function recordFolder(path: string, log: Log, notifier: Pick<Notifier, 'inform'>): RecordFolder {
  return {
    ...{ folder: storageFolder(path), clock, log },
    onDamaged: (file) =>
      notifier.inform(
        l10n.t('A saved push could not be read. Its file was set aside as {0}.', file),
      ),
    onUnreadable: (file) =>
      notifier.inform(
        l10n.t('A saved push could not be read from the disk: {0}. All others are shown.', file),
      ),
  };
}

/** Drafts, pushes, and what the user is told of them. */
function pushServices(
  services: ReturnType<typeof sharedServices> &
    ReturnType<typeof accountServices> &
    ReturnType<typeof peopleServices>,
) {
  const { owned, log, accounts, notifier, drafts, transport, history, store } = services;
  const { recents, directories, departments, hints, scheduled, focusForm, showPush } = services;
  const personFacts = createPersonFacts({
    ...{ accounts, log },
    known: (accountId, id) => directories.peek(accountId)?.person(id),
    departments: (accountId) => departments.of(accountId),
  });
  // The rules for secrets are 75 KB: a bundle of its own, read when the first push is about to leave.
  const load = () => import('./secrets/findSecrets');
  const doubts = createDeliverySentence({ hints, clock });
  const service = new PushService({
    ...{ accounts, drafts, store, history, recents, clock, log },
    resolveAudience: createResolveAudience({ accounts, facts: personFacts }),
    ...questionsOf({ ...services, doubts, load }),
    takeOutScheduled: (draft, id) => scheduled.takeOut(draft, id),
    onPortalAnswered: (host) => void waiting.answered(host),
  });
  const tell: TellResult = async (result, context) => {
    // It is said whether the text is kept.
    await drafts.flush().catch(() => undefined);
    const about = { host: context.account?.host, isUnsaved: !drafts.isSaved };
    const problem = problemOfResult(result, about);
    if (problem) {
      void notifier.tell(problem, context);
    }
  };
  const current = () => accounts.current();
  const accepted = owned.add(new AcceptedStatus({ sentence: doubts, current }));
  const sender = new SendWithProgress({
    ...{ service, drafts, accounts, messages: notifier, tell, window },
    tellAccepted: (message, draft) =>
      void accepted
        // What speaks against a push says nothing about a bell.
        .show(message, isNotification(draft) ? { ...draft, recipients: [] } : draft)
        .catch((error: unknown) => log.warn(String(error))),
  });
  const waiting: WaitingPushes = owned.add(
    new WaitingPushes({
      ...{ store, log, isReachable: createIsReachable({ accounts, transport }) },
      offer: (pushes, host) =>
        void notifier.tell(problemOfWaiting(pushes.length, host), {
          actions: ['retry'],
          act: () => sender.retryAll(pushes),
        }),
      isFocused: () => window.state.focused,
    }),
  );
  const schedule = owned.add(
    openSchedule({
      ...{ accounts, drafts, notifier, sender, service, tell, clock, log },
      ...{ store: scheduled, inputs: window, isFocused: () => window.state.focused },
      editDraft: editInForm(drafts, focusForm),
      showHistory: () => showPush(),
    }),
  );
  const interrupted = owned.add(new InterruptedPushes({ service, store, sender, waiting, log }));
  const findSecrets = async (text: string) => await (await load()).findSecrets(text);
  const askedSend = createAskedSend({
    ...{ ...services, sender },
    tellWithdrawn: (by) =>
      notifier.inform(
        l10n.t('“{0}” took back its request, so the push was not sent.', callerName(by)),
      ),
  });
  return {
    deleteNotification: createDeleteNotification({ accounts, history, clock }),
    ...{ personFacts, service, tell, sender, waiting, interrupted, askedSend, schedule },
    findSecrets,
  };
}

/** Pushes to oneself about what happens while nobody is at the window. */
function automationServices(
  services: ReturnType<typeof sharedServices> &
    ReturnType<typeof accountServices> &
    ReturnType<typeof peopleServices> &
    ReturnType<typeof pushServices>,
) {
  const { owned, log, globalState, secrets, settings, stored, away, accounts, tokens } = services;
  const { notifier, history, keep, hints, service, sender, findSecrets } = services;
  const reachState = new ReachState(
    new SharedFile({
      ...{ file: path.join(stored('reach'), 'state.json'), parse: parseReachFile },
      ...{ durable: false, log },
    }),
    clock,
  );
  const notices = owned.add(
    new NoticeStore({
      ...{ folder: storageFolder(stored('notices')), past: storageFolder(stored('noticesPast')) },
      ...{ keep, clock, log },
    }),
  );
  const standingYes = owned.add(
    new StandingYes({ secrets, globalState, accounts, state: reachState, clock, log }),
  );
  owned.add(forgetPeopleWithAccount(tokens, [standingYes], log));
  const phrases = noticePhrases();
  const cleanLine = createCleanLine({ findSecrets, phrases, log });
  const reach = owned.add(
    new PhoneReach({
      ...{ standing: standingYes, store: notices, state: reachState, away, clock, log },
      push: new NoticePush({ store: notices, service, cleanLine, phrases }),
      settings: () => readReachSettings((name) => settings().get(`reachMe.${name}`)),
      isAtDesktop: createIsAtDesktop({ hints, clock, log }),
      isRecorded: createIsRecorded({ outbox: storageFolder(stored('outbox')), history, keep }),
      tell: createReachTeller({ notifier, sender }),
    }),
  );
  owned.add(new ReachStatus({ reach }));
  return { reach, notices, standingYes, phrases };
}

/** Brings a draft into the form; what is being written there is kept. */
function editInForm(drafts: DraftStore, focusForm: ServicesDeps['focusForm']) {
  return async (draft: Draft) => {
    if (drafts.current.id !== draft.id) {
      drafts.forget(draft.id);
      drafts.open(draft);
    }
    await focusForm('text');
  };
}

/** What the user is asked before a push leaves. */
function questionsOf(
  services: Pick<ReturnType<typeof sharedServices>, 'log' | 'settings' | 'focusForm'> &
    Pick<ReturnType<typeof accountServices>, 'notifier' | 'drafts'> &
    Pick<SecretCheckDeps, 'load'> &
    Pick<ConfirmSendDeps, 'doubts'>,
) {
  const { log, settings, focusForm, notifier, drafts, doubts, load } = services;
  const editText = editInForm(drafts, focusForm);
  return {
    secrets: new SecretCheck({
      ...{ load, log },
      confirm: createConfirmSecrets({ messages: notifier, editText }),
    }),
    confirmDuplicate: createConfirmDuplicate(notifier),
    confirm: createConfirmSend({
      ...{ messages: notifier, doubts, window, change: editText },
      policy: () => strictestPolicy(valuesOf(settings().inspect('confirm'))),
      countAbove: () => strictestCount(valuesOf(settings().inspect('confirmCount'))),
    }),
  };
}

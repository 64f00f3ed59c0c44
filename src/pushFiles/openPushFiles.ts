import { Uri, commands, languages, window, workspace } from 'vscode';
import type { Event, ExtensionContext, TextDocument, TextEditor } from 'vscode';
import type { Accounts } from '../accounts/account';
import type { Clock } from '../common/clock';
import { fileCommands } from '../common/commands';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { Log } from '../common/log';
import type { Messages } from '../common/messages';
import type { DeliveryHints } from '../delivery/deliveryHints';
import type { Departments } from '../people/departments/departments';
import type { Directories } from '../people/directory/directories';
import type { SavedGroups } from '../people/groups';
import type { ListMatcher } from '../people/listMatcher';
import type { PeopleSearch } from '../people/peopleSearch';
import type { Draft } from '../push/draft';
import type { FindSecrets } from '../push/maskSecrets';
import type { Push, PushOrigin } from '../push/push';
import type { SendWithProgress } from '../push/sendWithProgress';
import { builtInValues } from './builtInValues';
import type { BuiltInSources, LastEditor } from './builtInValues';
import { FilePushes } from './filePushes';
import type { FileSend } from './filePushes';
import { parseFilePushRef, refsOf } from './filePushRef';
import type { FilePushRef } from './filePushRef';
import { KnownPeople } from './fileKnowledge';
import { gitFacts } from './gitFacts';
import { registerPushFileLanguage } from './language';
import { LastSends } from './lastSends';
import { parsePushFile, pushAt } from './pushFile';
import { pushFileLanguage } from './pushFileLanguage';
import { PushFileLenses } from './pushFileLenses';
import { PushPreview } from './pushPreview';

/** The services that push files need, by the names that services.ts gives them. */
export interface OpenPushFilesDeps {
  context: Pick<ExtensionContext, 'extensionUri' | 'workspaceState'>;
  accounts: Accounts;
  directories: Directories;
  departments: Departments;
  people: PeopleSearch;
  groups: SavedGroups;
  lists: ListMatcher;
  hints: Pick<DeliveryHints, 'peek'>;
  findSecrets: FindSecrets;
  sender: Pick<SendWithProgress, 'send'>;
  messages: Messages;
  /** Asks when a draft shall be sent, and keeps it until then. */
  sendLater: (draft: Draft, origin: PushOrigin) => Promise<unknown>;
  findPush: (id: string) => Promise<Push | undefined>;
  showPush: (id: string) => Promise<void>;
  /** Runs what a command does, and tells what went wrong. */
  guard: (work: () => Promise<unknown>) => Promise<unknown>;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** Everything about push files (`.b24push`); a bundle of its own, read when the first one is opened. */
export function openPushFiles(deps: OpenPushFilesDeps): Disposable {
  const { context, clock, guard } = deps;
  const owned = new DisposableStore();
  const lastEditor = owned.add(new LastEditors());
  const sources: BuiltInSources = {
    ...{ clock, git: gitFacts, lastEditor: () => lastEditor.last },
    ask: async (question) => await window.showInputBox({ prompt: question, ignoreFocusOut: true }),
  };
  const lastSends = owned.add(
    new LastSends({ memento: context.workspaceState, find: deps.findPush }),
  );
  const isTrusted = () => workspace.isTrusted;
  const openDocument = async (uri: string): Promise<TextDocument> =>
    workspace.textDocuments.find((one) => one.uri.toString() === uri) ??
    (await workspace.openTextDocument(Uri.parse(uri, true)));
  const pushes = new FilePushes({
    ...{ ...deps, ...sources, lastSends, isTrusted, openDocument },
    showDocument: async (document) => await window.showTextDocument(document),
  });
  const onDidChangePeople = watchPeople(deps, owned);
  const known = owned.add(new KnownPeople({ ...deps, onDidChangePeople }));
  const { departments } = deps;
  const lenses = owned.add(new PushFileLenses({ known, departments, lastSends, isTrusted }));
  owned.add(
    registerPushFileLanguage({
      ...{ ...deps, known },
      valuesOf: async (names, file) => await builtInValues(names, file, sources, false),
    }),
  );
  const selector = { language: pushFileLanguage };
  owned.add(languages.registerCodeLensProvider(selector, lenses));
  const { extensionUri } = context;
  const preview = owned.add(
    new PushPreview({ ...{ ...deps, ...sources, known, extensionUri, isTrusted, openDocument } }),
  );
  const onPush = (id: string, run: (ref: FilePushRef) => Promise<unknown>) =>
    owned.add(
      commands.registerCommand(id, async (argument: unknown) =>
        guard(async () => {
          const ref = parseFilePushRef(argument) ?? refAtCursor();
          return ref && (await run(ref));
        }),
      ),
    );
  const sends: [string, FileSend][] = [
    [fileCommands.send, 'recipients'],
    [fileCommands.sendToMe, 'me'],
    [fileCommands.sendLater, 'later'],
  ];
  for (const [id, to] of sends) {
    onPush(id, (ref) => pushes.send(ref, to));
  }
  onPush(fileCommands.preview, (ref) => {
    preview.show(ref);
    return Promise.resolve();
  });
  onPush(fileCommands.showSent, async (ref) => {
    const push = await lastSends.of(ref);
    if (push) {
      await deps.showPush(push.id);
    }
  });
  return owned;
}

/** Fires when what is known of people or groups may have changed. Reads them in the background, once, for a start. */
function watchPeople(
  { accounts, directories, departments, people, log }: OpenPushFilesDeps,
  owned: DisposableStore,
): Event<undefined> {
  const changed = owned.add(new Emitter<undefined>());
  owned.add(directories.onDidChange(() => changed.fire(undefined)));
  owned.add(
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('bitrix24Push.groups')) {
        changed.fire(undefined);
      }
    }),
  );
  owned.add(workspace.onDidGrantWorkspaceTrust(() => changed.fire(undefined)));
  const read = () =>
    void accounts
      .current()
      .then(async (account) => {
        if (account) {
          people.prepare(account.id);
          await departments.of(account.id);
          changed.fire(undefined);
        }
      })
      .catch((error: unknown) => log.info(`Push files: people are not known: ${String(error)}`));
  read();
  owned.add(accounts.onDidChange(read));
  return changed.event;
}

/** The push in which the cursor of the active editor is. */
function refAtCursor(): FilePushRef | undefined {
  const editor = window.activeTextEditor;
  if (editor?.document.languageId !== pushFileLanguage) {
    return undefined;
  }
  const { document, selection } = editor;
  const file = parsePushFile(document.getText());
  const push = pushAt(file, document.offsetAt(selection.active));
  return push && refsOf(document.uri.toString(), file)[file.pushes.indexOf(push)];
}

/** Remembers the editor that was used last and shows no push file. */
class LastEditors implements Disposable {
  readonly #owned = new DisposableStore();
  #editor: TextEditor | undefined;

  constructor() {
    this.#see(window.activeTextEditor);
    this.#owned.add(window.onDidChangeActiveTextEditor((editor) => this.#see(editor)));
  }

  get last(): LastEditor | undefined {
    const editor =
      this.#editor ??
      window.visibleTextEditors.find(({ document }) => document.languageId !== pushFileLanguage);
    return (
      editor && {
        uri: editor.document.uri,
        file: workspace.asRelativePath(editor.document.uri),
        selection: editor.document.getText(editor.selection),
      }
    );
  }

  dispose(): void {
    this.#owned.dispose();
    this.#editor = undefined;
  }

  #see(editor: TextEditor | undefined): void {
    const scheme = editor?.document.uri.scheme;
    const isFile = scheme !== undefined && scheme !== 'output' && scheme !== 'debug';
    if (editor && isFile && editor.document.languageId !== pushFileLanguage) {
      this.#editor = editor;
    }
  }
}

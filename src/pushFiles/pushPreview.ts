import { Uri, ViewColumn, env, window, workspace } from 'vscode';
import type { TextDocument, WebviewPanel } from 'vscode';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import { formHtml } from '../form/formHtml';
import { formStrings } from '../form/formStrings';
import { accountView } from '../form/formViews';
import type { FormState, ToForm } from '../form/protocol';
import type { Directories } from '../people/directory/directories';
import { audienceOf } from '../people/recipient';
import { accountOfPush } from './accountOfPush';
import { builtInValues } from './builtInValues';
import type { BuiltInSources } from './builtInValues';
import type { KnownPeople } from './fileKnowledge';
import { fileNameOf, usedIn } from './filePushes';
import { findFilePush, refsOf } from './filePushRef';
import type { FilePushRef } from './filePushRef';
import { parsePushFile, pushAt } from './pushFile';
import { pushFileLanguage } from './pushFileLanguage';
import { fileValues, readText } from './readText';

export interface PushPreviewDeps extends BuiltInSources {
  extensionUri: Uri;
  known: Pick<KnownPeople, 'accounts' | 'meaningOf'>;
  directories: Pick<Directories, 'peek'>;
  isTrusted: () => boolean;
  openDocument: (uri: string) => Promise<TextDocument>;
  log: Log;
}

/** The phone beside the editor. It shows the push that the cursor is in, as it is typed. */
export class PushPreview implements Disposable {
  readonly #deps: PushPreviewDeps;
  readonly #owned = new DisposableStore();
  #panel: WebviewPanel | undefined;
  #shown: FilePushRef | undefined;
  /** Counts what was drawn: the page takes a draft with a higher number. */
  #generation = 0;

  constructor(deps: PushPreviewDeps) {
    this.#deps = deps;
    this.#owned.add(
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === this.#shown?.uri) {
          this.#draw();
        }
      }),
    );
    this.#owned.add(
      window.onDidChangeTextEditorSelection(({ textEditor: { document }, selections }) => {
        const [selection] = selections;
        if (this.#panel && selection && document.languageId === pushFileLanguage) {
          this.#follow(document, document.offsetAt(selection.active));
        }
      }),
    );
    this.#owned.add({ dispose: () => void this.#panel?.dispose() });
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Shows the push beside its editor, which keeps the cursor. */
  show(ref: FilePushRef): void {
    this.#shown = ref;
    if (this.#panel) {
      this.#panel.reveal(undefined, true);
      this.#draw();
    } else {
      this.#open();
    }
  }

  #open(): void {
    const { extensionUri, log } = this.#deps;
    const dist = Uri.joinPath(extensionUri, 'dist');
    const media = Uri.joinPath(extensionUri, 'media');
    const panel = window.createWebviewPanel(
      'bitrix24Push.preview',
      'Bitrix24 Push',
      { viewColumn: ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [dist, media] },
    );
    this.#panel = panel;
    panel.iconPath = Uri.joinPath(media, 'bitrix24-push.svg');
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    panel.webview.onDidReceiveMessage((data: unknown) => {
      // The page says that it is there; it asks for nothing else.
      if (typeof data === 'object' && data !== null && 'type' in data && data.type === 'ready') {
        this.#post({ type: 'init', locale: env.language, strings: formStrings(), view: 'phone' });
        this.#draw();
      }
    });
    panel.webview.html = formHtml({
      language: env.language,
      title: panel.title,
      script: panel.webview.asWebviewUri(Uri.joinPath(dist, 'webview.js')).toString(),
      style: panel.webview.asWebviewUri(Uri.joinPath(media, 'form.css')).toString(),
      source: panel.webview.cspSource,
    });
    log.info('The preview of push files was opened.');
  }

  #follow(document: TextDocument, offset: number): void {
    const file = parsePushFile(document.getText());
    const push = pushAt(file, offset);
    const ref = push && refsOf(document.uri.toString(), file)[file.pushes.indexOf(push)];
    if (ref && JSON.stringify(ref) !== JSON.stringify(this.#shown)) {
      this.#shown = ref;
      this.#draw();
    }
  }

  #draw(): void {
    const generation = ++this.#generation;
    this.#state(generation)
      .then((state) => {
        // Only the last of several edits is drawn.
        if (state && generation === this.#generation) {
          this.#post({ type: 'state', state });
        }
      })
      .catch((error: unknown) => this.#deps.log.warn(`Preview: ${String(error)}`));
  }

  async #state(generation: number): Promise<FormState | undefined> {
    const { known, directories, openDocument, isTrusted } = this.#deps;
    const ref = this.#shown;
    if (!ref || !this.#panel) {
      return undefined;
    }
    const document = await openDocument(ref.uri);
    const found = findFilePush(document, ref);
    if (!found) {
      return undefined;
    }
    const { file, push } = found;
    this.#panel.title = ref.title || fileNameOf(document.uri);
    const names = usedIn(file, push);
    const values = fileValues(file, await builtInValues(names, document.uri, this.#deps, false));
    const account = await accountOfPush(push.portal?.text, known.accounts);
    const meanings = account
      ? await Promise.all(
          push.to.map((entry) => known.meaningOf(account, readText(entry, 'literal', values).text)),
        )
      : [];
    const { people } = audienceOf(meanings.map(({ audience }) => audience));
    const directory = account && directories.peek(account.id);
    const recipients = people.map((one) => {
      const person = directory?.person(one.id);
      const { firstName, lastName, position } = person ?? {};
      return { ...one, ...(person && { firstName, lastName, position }) };
    });
    // A file that is not trusted makes no request for its picture.
    const avatar = push.avatar && isTrusted() ? readText(push.avatar, 'literal', values).text : '';
    const { text } = readText(push.text, push.mode, values);
    const { mode } = push;
    return {
      ...(account && { account: accountView(account) }),
      ...{ accounts: 1, issues: [], kept: [], otherPortal: false, phase: { kind: 'idle' } },
      draft: { generation, edit: 0, recipients, departments: [], text, mode, avatar },
    };
  }

  #post(message: ToForm): void {
    void this.#panel?.webview.postMessage(message);
  }
}

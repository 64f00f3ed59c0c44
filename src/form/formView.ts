import { Uri, commands as vscodeCommands, env, window } from 'vscode';
import type { WebviewView, WebviewViewProvider } from 'vscode';
import { views } from '../common/commands';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { lazy } from '../common/lazy';
import type { Log } from '../common/log';
import type { FormController, FormPage } from './formController';
import { formHtml } from './formHtml';
import type { FormField, ToForm } from './protocol';

type Controller = Pick<FormController, 'receive' | 'pageGone' | 'dispose'>;

export interface FormViewDeps {
  extensionUri: Uri;
  /** Opens the host half of the form, when the page first comes into view. */
  open: (page: FormPage) => Promise<Controller>;
  log: Log;
}

/** VS Code's half of the form in the side bar. The page is rebuilt each time that it comes into view. */
export class FormView implements WebviewViewProvider, Disposable {
  readonly #deps: FormViewDeps;
  readonly #owned = new DisposableStore();
  readonly #host: () => Promise<Controller>;
  #controller: Controller | undefined;
  #view: WebviewView | undefined;
  /** The page has its first state. */
  #isDrawn = false;
  /** The field that gets the cursor once the page is there. */
  #focus: FormField | undefined;

  constructor(deps: FormViewDeps) {
    this.#deps = deps;
    this.#host = lazy(async () => {
      const post = (message: ToForm) => this.#post(message);
      const controller = await deps.open({ post, onScreen: () => this.#onScreen });
      this.#controller = this.#owned.add(controller);
      return controller;
    });
  }

  /** For the extension's subscriptions. */
  register(): Disposable {
    return window.registerWebviewViewProvider(views.form, this);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  resolveWebviewView(view: WebviewView): void {
    const { extensionUri } = this.#deps;
    const { webview } = view;
    const dist = Uri.joinPath(extensionUri, 'dist');
    const media = Uri.joinPath(extensionUri, 'media');
    this.#view = view;
    const owned = new DisposableStore();
    owned.add(
      webview.onDidReceiveMessage((data: unknown) => {
        this.#host()
          .then((controller) => controller.receive(data))
          .catch((error: unknown) => {
            this.#deps.log.error(`Form: a message could not be handled: ${String(error)}`);
          });
      }),
    );
    owned.add(
      view.onDidChangeVisibility(() => {
        if (!view.visible) {
          this.#gone();
        }
      }),
    );
    owned.add(
      view.onDidDispose(() => {
        owned.dispose();
        if (this.#view === view) {
          this.#view = undefined;
          this.#gone();
        }
      }),
    );
    webview.options = { enableScripts: true, localResourceRoots: [dist, media] };
    webview.html = formHtml({
      language: env.language,
      title: view.title ?? 'Bitrix24 Push',
      script: webview.asWebviewUri(Uri.joinPath(dist, 'webview.js')).toString(),
      style: webview.asWebviewUri(Uri.joinPath(media, 'form.css')).toString(),
      source: webview.cspSource,
    });
  }

  /** Brings the form forward, with the cursor in a field. */
  async focus(field: FormField = 'text'): Promise<void> {
    this.#focus = field;
    await vscodeCommands.executeCommand(`${views.form}.focus`);
    this.#putCursor();
  }

  get #onScreen(): boolean {
    return this.#isDrawn && this.#view?.visible === true;
  }

  #gone(): void {
    this.#isDrawn = false;
    this.#controller?.pageGone();
  }

  #putCursor(): void {
    if (this.#focus && this.#onScreen) {
      this.#post({ type: 'focus', field: this.#focus });
      this.#focus = undefined;
    }
  }

  #post(message: ToForm): void {
    void this.#view?.webview.postMessage(message);
    if (message.type === 'state' && !this.#isDrawn) {
      this.#isDrawn = true;
      this.#putCursor();
    }
  }
}

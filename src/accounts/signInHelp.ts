import { randomBytes } from 'node:crypto';
import { env, l10n, ViewColumn, window } from 'vscode';
import type { Clipboard, WebviewPanel } from 'vscode';
import * as v from 'valibot';
import { escapeHtml as escape, renderPanelPage } from '../common/staticPage';

export interface SignInHelpRequest {
  /** Origin of the portal, once known. */
  portal: string | undefined;
  /** The address for "Your handler path". */
  handler: string;
}

const pageMessage = v.object({ copy: v.number() });

/** The page beside the sign-in steps that says what to type into Bitrix24; there is at most one. */
export class SignInHelp {
  readonly #clipboard: Pick<Clipboard, 'writeText'>;
  #panel: WebviewPanel | undefined;
  #handler = '';

  constructor(clipboard: Pick<Clipboard, 'writeText'>) {
    this.#clipboard = clipboard;
  }

  /** Opens or updates the page; the step keeps the keyboard. */
  show(request: SignInHelpRequest): void {
    this.#panel ??= this.#open();
    this.#handler = request.handler;
    this.#panel.webview.html = renderHelpPage(request, randomBytes(16).toString('base64'));
    this.#panel.reveal(undefined, true);
  }

  close(): void {
    this.#panel?.dispose();
  }

  #open(): WebviewPanel {
    const panel = window.createWebviewPanel(
      'bitrix24Push.signInHelp',
      l10n.t('Bitrix24: Add an Application'),
      { viewColumn: ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [] },
    );
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const parsed = v.safeParse(pageMessage, message);
      const value = parsed.success && fieldsToFill(this.#handler)[parsed.output.copy]?.value;
      if (value) {
        void this.#clipboard.writeText(value);
      }
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    return panel;
  }
}

/** Returns the page. Its only message to the host is `{copy}`, the index of the field whose value is to be copied. */
export function renderHelpPage({ portal, handler }: SignInHelpRequest, nonce: string): string {
  const title = l10n.t('Add Bitrix24 Push to your portal');
  const intro = l10n.t(
    'Bitrix24 sends pushes only on behalf of an application added to the portal. An administrator adds one in two minutes; everybody who signs in with it needs its ID and key.',
  );
  const mustBe = l10n.t(
    'You must be an administrator of the portal, and its plan must allow applications.',
  );
  const tip = l10n.t(
    'Tip: paste the address of the application’s page on the portal when you are asked for the portal. Then Set App Name opens that page.',
  );
  const body = `<h1>${escape(title)}</h1>
<p>${escape(intro)}</p>
<h2>1. ${escape(l10n.t('Open the form'))}</h2>
<p class="path">Applications → Developer resources → Common use cases → Other → Local application</p>
<p class="path" lang="ru">Приложения → Разработчикам → Готовые сценарии → Другое → Локальное приложение</p>
<p>${portal === undefined ? '' : linksTo(portal)}</p>
<p class="note">${escape(mustBe)}</p>
<h2>2. ${escape(l10n.t('Fill it in'))}</h2>
${table(fieldsToFill(handler))}
<h2>3. ${escape(l10n.t('Save, and copy two values into VS Code'))}</h2>
${table(valuesToBringBack())}
<p class="note">${escape(tip)}</p>
<p role="status" aria-live="polite" id="status" data-copied="${escape(l10n.t('Copied.'))}"></p>`;
  return renderPanelPage({ language: env.language, title, nonce, body, styles, script });
}

function linksTo(portal: string): string {
  const link = (path: string, text: string) =>
    `<a href="${escape(new URL(path, portal).href)}">${escape(text)}</a>`;
  const { host } = new URL(portal);
  return [
    link('/devops/section/standard/', l10n.t('Add an application on {0}', host)),
    link('/devops/list/', l10n.t('Existing applications')),
  ].join(' ');
}

/** One line of the application's form. */
interface HelpField {
  /** Its name in Bitrix24, which may be in either language whatever VS Code speaks. */
  english: string;
  russian: string;
  text: string;
  /** What to put into it, with a Copy button. */
  value?: string;
}

function table(fields: readonly HelpField[]): string {
  const copy = l10n.t('Copy');
  const rows = fields.map(
    ({ english, russian, text, value }, index) => `<div class="field">
<dt>${escape(english)} <span lang="ru">${escape(russian)}</span></dt>
<dd>${value ? `<code>${escape(value)}</code> <button data-copy="${index}" aria-label="${escape(`${copy}: ${english}`)}">${escape(copy)}</button>` : ''}<p>${escape(text)}</p></dd>
</div>`,
  );
  return `<dl>\n${rows.join('\n')}\n</dl>`;
}

function fieldsToFill(handler: string): HelpField[] {
  return [
    {
      english: 'Title (the pencil)',
      russian: 'Название (карандаш)',
      text: l10n.t('Phones show this name as the sender. Without a name Bitrix24 sends nothing.'),
      value: 'VS Code',
    },
    {
      english: 'Server',
      russian: 'Серверное',
      text: l10n.t('Choose this if you are asked.'),
    },
    {
      english: 'Your handler path*',
      russian: 'Путь вашего обработчика*',
      text: l10n.t('Exactly this address: it brings the browser back to VS Code.'),
      value: handler,
    },
    {
      english: 'Initial installation path',
      russian: 'Путь для первоначальной установки',
      text: l10n.t('Leave it empty.'),
    },
    {
      english: 'Script only (no user interface)',
      russian: 'Использует только API',
      text: l10n.t('Tick it: there is nothing to show inside Bitrix24.'),
    },
    {
      english: 'Assign permissions: Pull&Push',
      russian: 'Настройка прав: Pull&Push',
      text: l10n.t('Needed to send pushes.'),
      value: 'Pull&Push',
    },
    {
      english: 'Assign permissions: Users',
      russian: 'Настройка прав: Пользователи',
      text: l10n.t('Lets you choose colleagues by name. Without it you type their ids.'),
      value: 'Users',
    },
  ];
}

function valuesToBringBack(): HelpField[] {
  return [
    {
      english: 'Application ID (client_id)',
      russian: 'Код приложения (client_id)',
      text: l10n.t('Paste it into the box at the top of this window.'),
    },
    {
      english: 'Application key (client_secret)',
      russian: 'Ключ приложения (client_secret)',
      text: l10n.t(
        'You are asked for it next. VS Code keeps it encrypted and sends it only to Bitrix24’s authorization server.',
      ),
    },
  ];
}

const styles = `
.field { border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); padding: .6em 0; }
dt span { color: var(--vscode-descriptionForeground); font-weight: 400; margin-inline-start: .5em; }
.path { margin: .25em 0; }
code { color: inherit; font-family: var(--vscode-editor-font-family); background: var(--vscode-textCodeBlock-background); padding: .1em .35em; border-radius: 2px; overflow-wrap: anywhere; }
a { color: var(--vscode-textLink-foreground); margin-inline-end: 1.5em; }
`;

/** Runs in the page. */
const script = `
const vscode = acquireVsCodeApi();
const status = document.getElementById('status');
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  if (button?.dataset.copy) {
    vscode.postMessage({ copy: Number(button.dataset.copy) });
    status.textContent = status.dataset.copied;
  }
});
`;

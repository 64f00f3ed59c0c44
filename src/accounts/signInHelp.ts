import { randomBytes } from 'node:crypto';
import { env, l10n, ViewColumn, window } from 'vscode';
import type { WebviewPanel } from 'vscode';
import * as v from 'valibot';
import { renderHelpPage } from './signInHelpPage';
import type { HelpField, HelpPageContent } from './signInHelpPage';

export interface SignInHelpDeps {
  openExternal: (url: string) => Thenable<boolean>;
  writeClipboard(text: string): Thenable<void>;
}

export interface SignInHelpRequest {
  /** Origin of the portal, once known. */
  portal: string | undefined;
  /** The address for "Your handler path". */
  handler: string;
}

/** The messages that the page may send. */
const pageMessage = v.object({
  type: v.picklist(['copy', 'open']),
  name: v.pipe(v.string(), v.maxLength(20)),
});

/** The page beside the sign-in steps; there is at most one. */
export class SignInHelp {
  readonly #deps: SignInHelpDeps;
  #panel: WebviewPanel | undefined;
  /** What the page shows now. */
  #content: HelpPageContent | undefined;

  constructor(deps: SignInHelpDeps) {
    this.#deps = deps;
  }

  /** Opens or updates the page; the step keeps the keyboard. */
  show(request: SignInHelpRequest): void {
    this.#panel ??= this.#open();
    this.#content = contentOf(request);
    this.#panel.webview.html = renderHelpPage(this.#content, randomBytes(16).toString('base64'));
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
      if (parsed.success) {
        this.#pressed(parsed.output);
      }
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    return panel;
  }

  #pressed({ type, name }: v.InferOutput<typeof pageMessage>): void {
    if (type === 'copy') {
      const field = this.#content?.steps.fill.fields.find(({ copy }) => copy?.name === name);
      if (field?.copy) {
        void this.#deps.writeClipboard(field.copy.value);
      }
    } else {
      const link = this.#content?.links.find((one) => one.name === name);
      if (link) {
        void this.#deps.openExternal(link.url);
      }
    }
  }
}

function contentOf({ portal, handler }: SignInHelpRequest): HelpPageContent {
  return {
    language: env.language,
    title: l10n.t('Add Bitrix24 Push to your portal'),
    intro: l10n.t(
      'Bitrix24 sends pushes only on behalf of an application added to the portal. An administrator adds one in two minutes; everybody who signs in with it needs its ID and key.',
    ),
    steps: {
      open: {
        title: l10n.t('Open the form'),
        english:
          'Applications → Developer resources → Common use cases → Other → Local application',
        russian: 'Приложения → Разработчикам → Готовые сценарии → Другое → Локальное приложение',
        note: l10n.t(
          'You must be an administrator of the portal, and its plan must allow applications.',
        ),
      },
      fill: { title: l10n.t('Fill it in'), fields: fieldsToFill(handler) },
      save: {
        title: l10n.t('Save, and copy two values into VS Code'),
        fields: valuesToBringBack(),
        note: l10n.t(
          'Tip: paste the address of the application’s page on the portal when you are asked for the portal. Then Set App Name opens that page.',
        ),
      },
    },
    links: portal === undefined ? [] : linksTo(portal),
    copy: l10n.t('Copy'),
    copied: l10n.t('Copied.'),
  };
}

function linksTo(portal: string): HelpPageContent['links'] {
  const url = (path: string) => new URL(path, portal).href;
  return [
    {
      name: 'create',
      text: l10n.t('Add an application on {0}', new URL(portal).host),
      url: url('/devops/section/standard/'),
    },
    { name: 'list', text: l10n.t('Existing applications'), url: url('/devops/list/') },
  ];
}

/** The labels are those of Bitrix24's own form, which may be in either language whatever VS Code speaks. */
function fieldsToFill(handler: string): HelpField[] {
  return [
    {
      english: 'Title (the pencil)',
      russian: 'Название (карандаш)',
      text: l10n.t('Phones show this name as the sender. Without a name Bitrix24 sends nothing.'),
      copy: { name: 'name', value: 'VS Code' },
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
      copy: { name: 'handler', value: handler },
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
      copy: { name: 'pull', value: 'Pull&Push' },
    },
    {
      english: 'Assign permissions: Users',
      russian: 'Настройка прав: Пользователи',
      text: l10n.t('Lets you choose colleagues by name. Without it you type their ids.'),
      copy: { name: 'users', value: 'Users' },
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

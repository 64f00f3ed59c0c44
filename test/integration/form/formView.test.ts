import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventEmitter, Uri, ViewColumn, extensions, window } from 'vscode';
import type { WebviewPanel } from 'vscode';
import type { Account } from '../../../src/accounts/account';
import { silentLog } from '../../../src/common/log';
import { FormPeople } from '../../../src/form/formPeople';
import { formStrings } from '../../../src/form/formStrings';
import { openForm } from '../../../src/form/formHost';
import type { FormHostDeps } from '../../../src/form/formHost';
import { FormView } from '../../../src/form/formView';
import { parseFromForm, parseToForm } from '../../../src/form/protocol';
import type { FromForm, ToForm } from '../../../src/form/protocol';
import type { Draft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';
import { openOutbox } from '../../support/outboxes';
import { until } from '../../support/until';

const anna: Account = {
  id: 'acme:1',
  portal: 'https://acme.example',
  host: 'acme.example',
  userId: 1,
  userName: 'Anna',
  administrator: true,
  clientId: 'local.1',
  integrationId: undefined,
  senderName: 'Deploy Bot',
};

/** The form in a panel of its own, so that it can be seen from both ends: VS Code loads the real page. */
describe('the form in VS Code', () => {
  let folder: string;
  let drafts: DraftStore;
  let form: FormView;
  let panel: WebviewPanel;
  let fromPage: FromForm[];
  let toPage: ToForm[];
  let strange: unknown[];
  let sent: Draft[];
  const accountsChanged = new EventEmitter<void>();
  const visibility = new EventEmitter<void>();
  let visible: boolean;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'form-'));
    drafts = new DraftStore({
      disk: storageFolder(folder),
      key: 'w',
      clock: { now: () => 1 },
      log: silentLog,
    });
    await drafts.ready;
    [fromPage, toPage, strange, sent, visible] = [[], [], [], [], true];
    const { extensionUri } = extensions.getExtension('bitrix24-push.bitrix24-push')!;
    const deps: Omit<FormHostDeps, 'page'> = {
      accounts: {
        onDidChange: accountsChanged.event,
        list: () => Promise.resolve([anna]),
        current: () => Promise.resolve(anna),
      },
      drafts,
      outbox: openOutbox(folder).outbox,
      messages: { inform: () => undefined },
      road: {
        send: (draft) => {
          sent.push(draft);
          return Promise.resolve({ kind: 'cancelled' });
        },
      },
      people: new FormPeople({
        search: {
          prepare: () => undefined,
          search: () => Promise.resolve({ hits: [] }),
          resolveIds: () => Promise.resolve({ hits: [], unknown: [], inactive: [] }),
        },
        recents: { last: () => [], list: () => [] },
        log: silentLog,
        meWords: () => ['Me'],
      }),
      problemOf: () => undefined,
      fixes: { label: (fix) => fix, run: () => Promise.resolve(undefined) },
      log: silentLog,
      run: () => Promise.resolve(),
      tell: () => Promise.resolve(),
    };
    form = new FormView({
      extensionUri: Uri.file(extensionUri.fsPath),
      open: (page) => Promise.resolve(openForm({ ...deps, page })),
      log: silentLog,
    });
    panel = window.createWebviewPanel('test.form', 'Form', ViewColumn.One, {});
    const { webview } = panel;
    webview.onDidReceiveMessage((data: unknown) => {
      const message = parseFromForm(data);
      if (message) {
        fromPage.push(message);
      } else {
        strange.push(data);
      }
    });
    form.resolveWebviewView({
      viewType: 'test.form',
      webview: {
        cspSource: webview.cspSource,
        asWebviewUri: (uri) => webview.asWebviewUri(uri),
        onDidReceiveMessage: webview.onDidReceiveMessage,
        postMessage: (message: unknown) => {
          const parsed = parseToForm(message);
          if (parsed) {
            toPage.push(parsed);
          } else {
            strange.push(message);
          }
          return webview.postMessage(message);
        },
        get options() {
          return webview.options;
        },
        set options(options) {
          webview.options = options;
        },
        get html() {
          return webview.html;
        },
        set html(html) {
          webview.html = html;
        },
      },
      get visible() {
        return visible;
      },
      onDidChangeVisibility: visibility.event,
      onDidDispose: panel.onDidDispose,
      show: () => undefined,
    });
  });

  afterEach(async () => {
    panel.dispose();
    form.dispose();
    drafts.dispose();
    await drafts.flush();
    await rm(folder, { recursive: true, force: true });
  });

  const types = (messages: readonly { type: string }[]): string[] =>
    messages.map(({ type }) => type);

  it('lets its script run under its policy, which says ready and is given words and state', async () => {
    await until(() => types(toPage).includes('state'), 'the first state');
    assert.deepEqual(types(fromPage), ['ready']);
    assert.deepEqual(types(toPage), ['init', 'state']);
    assert.deepEqual(strange, []);
    assert.match(panel.webview.html, /script-src 'nonce-/);
    assert.deepEqual(
      panel.webview.options.localResourceRoots?.map(({ path: folderPath }) =>
        path.posix.basename(folderPath),
      ),
      ['dist', 'media'],
    );
  });

  it('shows a draft that others change, and posts nothing to a page that is gone', async () => {
    await until(() => types(toPage).includes('state'), 'the first state');
    drafts.update({ text: 'a selection' });
    const last = toPage.at(-1);
    assert.ok(last?.type === 'state');
    assert.equal(last.state.draft.text, 'a selection');
    visible = false;
    visibility.fire();
    const before = toPage.length;
    drafts.update({ text: 'another' });
    assert.equal(toPage.length, before);
  });

  it('drops what is no message of the form', async () => {
    await until(() => types(toPage).includes('state'), 'the first state');
    panel.webview.html = `<script>
      const vscode = acquireVsCodeApi();
      vscode.postMessage({ type: 'send', to: 'recipients', text: 'not ours' });
      vscode.postMessage({ type: 'command', id: 1, command: 'workbench.action.quit' });
      vscode.postMessage({ type: 'cancel' });
    </script>`;
    await until(() => types(fromPage).includes('cancel'), 'the last message');
    assert.equal(strange.length, 2);
    assert.deepEqual(sent, []);
  });

  it('has a sentence for every key, whose placeholders are numbers', () => {
    for (const [key, words] of Object.entries(formStrings())) {
      for (const sentence of words.split('|')) {
        assert.ok(sentence.trim() !== '', key);
        assert.doesNotMatch(sentence, /\{(?!\d\})/, key);
      }
    }
  });
});

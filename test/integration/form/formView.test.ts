import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventEmitter, Uri, ViewColumn, extensions, window } from 'vscode';
import type { WebviewPanel } from 'vscode';
import { silentLog } from '../../support/silentLog';
import { formStrings } from '../../../src/form/formStrings';
import { openForm } from '../../../src/form/formHost';
import { FormView } from '../../../src/form/formView';
import { parseFromForm, parseToForm } from '../../../src/form/protocol';
import type { FromForm, ToForm } from '../../../src/form/protocol';
import type { Draft } from '../../../src/push/draft';
import type { DraftStore } from '../../../src/push/draftStore';
import { anAccount, openService } from '../../support/builders';
import type { OpenService } from '../../support/builders';
import { formDeps } from '../../support/formDeps';
import { until } from '../../support/until';

/** The form in a panel of its own, so that it can be seen from both ends: VS Code loads the real page. */
describe('the form in VS Code', () => {
  let folder: string;
  let opened: OpenService;
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
    opened = await openService(folder);
    ({ drafts } = opened);
    [fromPage, toPage, strange, sent, visible] = [[], [], [], [], true];
    const { extensionUri } = extensions.getExtension('bitrix24-push.bitrix24-push')!;
    const { service } = opened;
    const accounts = {
      onDidChange: accountsChanged.event,
      list: () => Promise.resolve([anAccount()]),
      current: () => Promise.resolve(anAccount()),
    };
    const deps = formDeps({
      ...{ accounts, drafts },
      service: {
        send: (draft) => {
          sent.push(draft);
          return Promise.resolve({ kind: 'cancelled' });
        },
        act: (...asked) => service.act(...asked),
        open: () => service.open(),
        onDidChange: service.onDidChange,
      },
    });
    const messages = { inform: () => undefined };
    form = new FormView({
      extensionUri: Uri.file(extensionUri.fsPath),
      open: (page) => Promise.resolve(openForm({ ...deps, messages, page })),
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
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  });

  const types = (messages: readonly { type: string }[]): string[] =>
    messages.map(({ type }) => type);

  it('lets its script run under its policy, which says ready and is given words and state', async () => {
    await until(() => types(toPage).includes('pastTexts'), 'all that a new page is given');
    assert.deepEqual(types(fromPage), ['ready']);
    assert.deepEqual(types(toPage), ['init', 'state', 'pastTexts']);
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

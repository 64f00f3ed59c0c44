import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  NotebookCellData,
  NotebookCellKind,
  NotebookData,
  Position,
  Range,
  Selection,
  Uri,
  commands,
  window,
  workspace,
} from 'vscode';
import type { TextEditor } from 'vscode';
import { silentLog } from '../../support/silentLog';
import { SelectionIntoForm } from '../../../src/compose/selection';
import { newDraft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';
import { contentOf } from '../../support/builders';
import { until } from '../../support/until';
import { WatchedInputs, goTo, press } from './watchedInputs';

describe('Send Selection as Bitrix24 Push', () => {
  let folder: string;
  let drafts: DraftStore;
  let said: string[];
  let focused: number;
  let includeLocation: unknown;
  let inputs: WatchedInputs;
  let terminal: { name: string } | undefined;
  let selectedInTerminal: string;
  let clipboard: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'selection-'));
    drafts = new DraftStore({
      disk: storageFolder(folder),
      key: 'w',
      clock: { now: () => 1 },
      log: silentLog,
    });
    said = [];
    focused = 0;
    includeLocation = true;
    inputs = new WatchedInputs();
    [terminal, selectedInTerminal, clipboard] = [undefined, '', 'of the user'];
  });

  afterEach(async () => {
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    drafts.dispose();
    await drafts.flush();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (from?: 'editor' | 'terminal') =>
    new SelectionIntoForm({
      drafts,
      inputs,
      messages: { inform: (message) => said.push(message) },
      terminal: () => terminal,
      copyTerminalSelection: () => {
        clipboard = selectedInTerminal || clipboard;
        return Promise.resolve();
      },
      clipboard: {
        readText: () => Promise.resolve(clipboard),
        writeText: (text) => {
          clipboard = text;
          return Promise.resolve();
        },
      },
      editor: () => window.activeTextEditor,
      includeLocation: () => includeLocation,
      focusForm: () => Promise.resolve((focused += 1)),
    }).run(from);

  async function edit(uri: Uri, content: string): Promise<TextEditor> {
    await workspace.fs.writeFile(uri, new TextEncoder().encode(content));
    return await window.showTextDocument(await workspace.openTextDocument(uri));
  }

  const inWorkspace = (name: string) => Uri.joinPath(workspace.workspaceFolders![0]!.uri, name);
  const selection = (
    ...[line, character, endLine, endCharacter]: [number, number, number, number]
  ) => new Selection(new Position(line, character), new Position(endLine, endCharacter));

  it('brings the text literally, with its place beside it', async () => {
    const code = 'if (цена > 0) {\r\n\treturn "скидка {name} 👩‍👩‍👧";\r\n}\r\n';
    const editor = await edit(inWorkspace('checkout.ts'), code);
    editor.selection = selection(0, 0, 2, 1);
    await run();
    assert.equal(drafts.current.text, 'if (цена > 0) {\n\treturn "скидка {name} 👩‍👩‍👧";\n}');
    assert.deepEqual(drafts.current.location, { label: 'checkout.ts:1-3', included: true });
    assert.deepEqual([focused, said, drafts.kept], [1, [], []]);
  });

  it('names the path in the workspace, and only the name of a file elsewhere', async () => {
    includeLocation = false;
    await workspace.fs.createDirectory(inWorkspace('src'));
    const inside = await edit(inWorkspace('src/cart.ts'), 'a\nb\n');
    inside.selection = selection(1, 0, 2, 0);
    await run();
    assert.deepEqual(drafts.current.location, { label: 'src/cart.ts:2', included: false });
    const outside = await edit(Uri.file(path.join(folder, 'notes.txt')), 'abc');
    outside.selection = selection(0, 0, 0, 2);
    await run();
    assert.equal(drafts.current.text, 'ab');
    assert.equal(drafts.current.location.label, 'notes.txt:1');
  });

  it('takes a setting of the wrong type for the default', async () => {
    includeLocation = 'yes';
    const editor = await edit(inWorkspace('typed.ts'), 'abc\n');
    editor.selection = selection(0, 0, 0, 3);
    await run();
    assert.deepEqual(drafts.current.location, { label: 'typed.ts:1', included: true });
  });

  it('joins several selections in the order of the document', async () => {
    const editor = await edit(inWorkspace('many.ts'), 'one\ntwo\nthree\n');
    editor.selections = [selection(2, 0, 2, 5), selection(1, 1, 1, 1), selection(0, 3, 0, 0)];
    await run();
    assert.equal(drafts.current.text, 'one\nthree');
    assert.equal(drafts.current.location?.label, 'many.ts:1, 3');
  });

  it('loses nothing that was written in the form', async () => {
    const editor = await edit(inWorkspace('again.ts'), 'one\ntwo\n');
    drafts.update({ text: 'unsent', recipients: [{ id: 3 }], avatar: 'https://a/b.png' });
    editor.selection = selection(0, 0, 0, 3);
    await run();
    await run();
    assert.deepEqual(
      drafts.kept.map(({ text }) => text),
      ['unsent'],
    );
    assert.deepEqual(contentOf(drafts.current), {
      ...contentOf(newDraft()),
      text: 'one',
      mode: 'literal',
      recipients: [{ id: 3 }],
      avatar: 'https://a/b.png',
      location: { label: 'again.ts:1', included: true },
    });
  });

  it('names the cell of a notebook (trial 8.14)', async () => {
    const code = (text: string) => new NotebookCellData(NotebookCellKind.Code, text, 'python');
    const notebook = await workspace.openNotebookDocument(
      'jupyter-notebook',
      new NotebookData([code('a'), code('print(1)\nprint(2)\n')]),
    );
    const document = notebook.cellAt(1).document;
    const editor = await window.showTextDocument(document);
    editor.selection = selection(0, 0, 2, 0);
    await run();
    assert.match(drafts.current.location?.label ?? '', /^Untitled-\d+\.ipynb, cell 2:1-2$/);
  });

  it('calls a document without a path by its tab, or offers no place (trial 9.10)', async () => {
    const none = workspace.registerTextDocumentContentProvider('nowhere', {
      provideTextDocumentContent: () => 'one\ntwo',
    });
    try {
      const editor = await window.showTextDocument(Uri.parse('nowhere://x/'));
      editor.selection = selection(0, 0, 1, 3);
      await run();
      const { activeTab } = window.tabGroups.activeTabGroup;
      const label = activeTab?.label ?? '';
      assert.deepEqual(drafts.current.location?.label, label === '' ? undefined : `${label}:1-2`);
      assert.ok(!/^:/.test(drafts.current.location?.label ?? ''));
    } finally {
      none.dispose();
    }
  });

  it('calls a search by the title of its tab (trial 9.10)', async () => {
    await commands.executeCommand('search.action.openNewEditor', {
      query: 'checkout',
      triggerSearch: false,
    });
    const isSearch = () => window.activeTextEditor?.document.uri.scheme === 'search-editor';
    await until(isSearch, 'the search editor');
    const editor = window.activeTextEditor!;
    editor.selection = selection(0, 0, 0, 5);
    await run();
    assert.match(drafts.current.location?.label ?? '', /^Search: .*checkout.*:1$/);
  });

  it('keeps the name of a document that has no file yet (trial 9.10)', async () => {
    const document = await workspace.openTextDocument({ content: 'one\ntwo\n' });
    const editor = await window.showTextDocument(document);
    editor.selection = selection(0, 0, 1, 3);
    await run();
    assert.match(drafts.current.location?.label ?? '', /^Untitled-\d+:1-2$/);
  });

  it('names lines under each other as one range, however many carets there are (trial 9.9)', async () => {
    const lines = Array.from({ length: 300 }, (_, line) => `line ${line}\n`).join('');
    const editor = await edit(inWorkspace('carets.ts'), lines);
    editor.selections = Array.from({ length: 300 }, (_, line) => selection(line, 0, line, 4));
    await run();
    assert.equal(drafts.current.location?.label, 'carets.ts:1-300');
    editor.selections = Array.from({ length: 150 }, (_, at) => selection(2 * at, 0, 2 * at, 4));
    await run();
    assert.equal(drafts.current.location.label, 'carets.ts:1, 3, 5, … 299');
  });

  it('takes what is selected in the terminal, and leaves the clipboard as it was (trial 9.11)', async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    terminal = { name: 'bash' };
    selectedInTerminal = 'make: *** [all]\r\nError 2';
    for (const from of [undefined, 'terminal'] as const) {
      drafts.update({ text: '', location: undefined });
      await run(from);
      assert.deepEqual(
        [drafts.current.text, drafts.current.location?.label, drafts.current.mode, clipboard],
        ['make: *** [all]\nError 2', 'Terminal bash', 'literal', 'of the user'],
      );
    }
    selectedInTerminal = '';
    await run('terminal');
    assert.deepEqual([said.length, clipboard], [1, 'of the user']);
    assert.match(said[0] ?? '', /or in the terminal/);
  });

  it("asks whether the terminal's or the editor's selection is meant (trial 9.11)", async () => {
    const editor = await edit(inWorkspace('either.ts'), 'one\ntwo\n');
    editor.selection = selection(0, 0, 0, 3);
    terminal = { name: 'bash' };
    selectedInTerminal = 'from the terminal';
    const first = run();
    const pick = await inputs.nextPick();
    assert.deepEqual(
      pick.items.map(({ label, description }) => [label, description]),
      [
        ['$(file) either.ts:1', 'one'],
        ['$(terminal) Terminal bash', undefined],
      ],
    );
    await goTo(pick, '$(terminal) Terminal bash');
    await press.enter();
    await first;
    assert.equal(drafts.current.text, 'from the terminal');
    const second = run();
    await inputs.nextPick();
    await press.enter();
    await second;
    assert.equal(drafts.current.text, 'one');
    const third = run();
    await inputs.nextPick();
    drafts.update({ text: 'mine' });
    await press.escape();
    await third;
    assert.equal(drafts.current.text, 'mine');
    // The editor's own menu leaves no question.
    await run('editor');
    assert.equal(drafts.current.text, 'one');
  });

  it('says what to do when nothing is selected, and leaves the form alone', async () => {
    const editor = await edit(inWorkspace('empty.ts'), 'one');
    editor.selection = selection(0, 1, 0, 1);
    await run();
    await commands.executeCommand('workbench.action.closeAllEditors');
    await run();
    assert.equal(said.length, 2);
    assert.deepEqual([contentOf(drafts.current), focused], [contentOf(newDraft()), 0]);
  });

  it('does not take a whole log for a push', async () => {
    const editor = await edit(inWorkspace('huge.log'), 'x'.repeat(100_001));
    editor.selection = new Selection(
      new Position(0, 0),
      editor.document.validateRange(new Range(0, 0, 1, 0)).end,
    );
    await run();
    assert.equal(said.length, 1);
    assert.deepEqual(contentOf(drafts.current), contentOf(newDraft()));
  });
});

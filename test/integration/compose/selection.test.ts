import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Position, Range, Selection, Uri, commands, window, workspace } from 'vscode';
import type { TextEditor } from 'vscode';
import { silentLog } from '../../../src/common/log';
import { SelectionIntoForm } from '../../../src/compose/selection';
import { newDraft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';
import { contentOf } from '../../support/builders';

describe('Send Selection as Bitrix24 Push', () => {
  let folder: string;
  let drafts: DraftStore;
  let said: string[];
  let focused: number;
  let includeLocation: unknown;

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
  });

  afterEach(async () => {
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    drafts.dispose();
    await drafts.flush();
    await rm(folder, { recursive: true, force: true });
  });

  const run = () =>
    new SelectionIntoForm({
      drafts,
      messages: { inform: (message) => said.push(message) },
      editor: () => window.activeTextEditor,
      includeLocation: () => includeLocation,
      focusForm: () => Promise.resolve((focused += 1)),
    }).run();

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

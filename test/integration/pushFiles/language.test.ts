import assert from 'node:assert/strict';
import {
  CompletionItemKind,
  EventEmitter,
  Position,
  Uri,
  WorkspaceEdit,
  commands,
  languages,
  workspace,
} from 'vscode';
import type {
  CodeAction,
  CompletionList,
  Diagnostic,
  DocumentSymbol,
  FoldingRange,
  Hover,
  TextDocument,
} from 'vscode';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import type { ListMatch } from '../../../src/people/listMatcher';
import { pushFileLanguage } from '../../../src/pushFiles/pushFileLanguage';
import { KnownPeople } from '../../../src/pushFiles/fileKnowledge';
import type { FileKnowledgeDeps } from '../../../src/pushFiles/fileKnowledge';
import { registerPushFileLanguage } from '../../../src/pushFiles/language';
import type { PushFileLanguageDeps } from '../../../src/pushFiles/language';
import { anAccount } from '../../support/builders';
import { silentLog } from '../../support/silentLog';

const anna = anAccount({ host: 'acme.bitrix24.com' });
const oleg = { id: 4, name: 'Oleg Smith', position: '[boss](command:x)' };
const ivan = { id: 3, name: 'Ivan Smith' };
const tree = new DepartmentTree([
  { id: 1, name: 'Acme' },
  { id: 7, name: 'Sales', parent: 1 },
]);

describe('the language of push files', () => {
  let matches: Record<string, Partial<ListMatch>>;
  let peopleChanged: EventEmitter<undefined>;
  let owned: { dispose(): unknown }[];

  beforeEach(() => {
    matches = {
      me: { people: [{ id: 1, name: 'Anna' }] },
      'Oleg Smith': { people: [oleg] },
      Smith: { unmatched: [{ text: 'Smith', why: 'ambiguous', candidates: [ivan, oleg] }] },
      'Ivan Smith': { unmatched: [{ text: 'Ivan Smith', why: 'ambiguous' }] },
      'Oleg Smith #4': { people: [oleg] },
    };
    peopleChanged = new EventEmitter();
    const looked: FileKnowledgeDeps & Omit<PushFileLanguageDeps, 'known'> = {
      accounts: {
        ...{ current: () => Promise.resolve(anna), list: () => Promise.resolve([anna]) },
        onDidChange: new EventEmitter<void>().event,
      },
      lists: {
        matchKnown: (_, text) =>
          Promise.resolve({
            ...{ people: [], departments: [], unmatched: [], unchecked: [] },
            ...(matches[text] ?? { unchecked: [text] }),
          }),
      },
      people: {
        local: () => [ivan, oleg],
        known: (_, id) => [ivan, oleg].find((one) => one.id === id),
      },
      departments: { peek: () => tree, count: () => 12 },
      directories: { peek: () => undefined },
      groups: {
        list: () => [{ name: 'Release, all', people: [3, 4], departments: [], from: 'user' }],
      },
      hints: {
        peek: (_, id) => (id === 4 ? [{ rule: 'active', result: 'certain' }] : []),
      },
      findSecrets: () => Promise.resolve([]),
      valuesOf: () => Promise.resolve((name: string) => (name === 'branch' ? 'main' : undefined)),
      onDidChangePeople: peopleChanged.event,
      log: silentLog,
    };
    const known = new KnownPeople(looked);
    owned = [registerPushFileLanguage({ ...looked, known }), known, peopleChanged];
  });
  afterEach(() => owned.forEach((one) => void one.dispose()));

  const open = async (content: string): Promise<TextDocument> =>
    await workspace.openTextDocument({ language: pushFileLanguage, content });
  /** Resolves to the first diagnostics of a document that are as wanted; the test's own time limits it. */
  const diagnostics = (
    { uri }: TextDocument,
    isWanted: (all: Diagnostic[]) => boolean,
  ): Promise<Diagnostic[]> =>
    new Promise((resolve) => {
      const look = () => {
        const all = languages.getDiagnostics(uri);
        if (isWanted(all)) {
          resolve(all);
        }
      };
      owned.push(languages.onDidChangeDiagnostics(look));
      look();
    });
  const hasCode = (code: string) => (all: Diagnostic[]) => all.some((one) => one.code === code);
  const atMark = async (marked: string): Promise<[TextDocument, Position]> => {
    const offset = marked.indexOf('¦');
    const document = await open(marked.replace('¦', ''));
    return [document, document.positionAt(offset)];
  };
  const completions = async (marked: string) => {
    const [document, position] = await atMark(marked);
    const { items } = await commands.executeCommand<CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      position,
    );
    // The extension itself serves the document too, with nobody signed in, and has snippets.
    const own = items.filter(({ kind }) => kind !== CompletionItemKind.Snippet);
    return [...new Set(own.map(({ insertText }) => insertText))];
  };
  const hoverText = async (marked: string) => {
    const [document, position] = await atMark(marked);
    const hovers = await commands.executeCommand<Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      position,
    );
    return hovers
      .flatMap(({ contents }) => contents)
      .map((one) => {
        assert.ok(typeof one === 'object' && 'isTrusted' in one);
        assert.ok(!one.isTrusted && !one.supportHtml);
        return one.value;
      });
  };

  it('marks what is wrong, and a quick fix puts it right', async () => {
    const document = await open('### A\nto: me, Smith\n\nHi');
    const [found] = (await diagnostics(document, hasCode('RECIPIENT'))).filter(
      ({ code }) => code === 'RECIPIENT',
    );
    assert.ok(found);
    assert.equal(document.getText(found.range), 'Smith');
    assert.equal(found.message, '“Smith”: several match. Choose one.');
    const actions = await commands.executeCommand<CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      found.range,
    );
    const choices = actions.filter(({ title }) => title.startsWith('Choose '));
    assert.deepEqual(
      choices.map(({ title }) => title),
      ['Choose Ivan Smith · #3', 'Choose Oleg Smith · [boss] (command :x) · #4'],
    );
    const edit = choices[1]?.edit;
    assert.ok(edit && (await workspace.applyEdit(edit)));
    assert.equal(document.getText(), '### A\nto: me, Oleg Smith #4\n\nHi');
    await diagnostics(document, (all) => !hasCode('RECIPIENT')(all));
  });

  it('serves files by their extension once the first one is opened', async () => {
    owned.splice(0).forEach((one) => void one.dispose());
    const address = Uri.from({ scheme: 'untitled', path: '/release.b24push' });
    const document = await workspace.openTextDocument(address);
    assert.equal(document.languageId, pushFileLanguage);
    const edit = new WorkspaceEdit();
    edit.insert(document.uri, new Position(0, 0), '### A\n\nHi');
    assert.ok(await workspace.applyEdit(edit));
    await diagnostics(document, hasCode('NOBODY'));
  });

  it('looks again when what is known of people changes', async () => {
    const document = await open('### A\nto: Smith\n\nHi');
    await diagnostics(document, hasCode('RECIPIENT'));
    matches = {};
    peopleChanged.fire(undefined);
    await diagnostics(document, (all) => !hasCode('RECIPIENT')(all));
  });

  it('completes people by what means them for certain, groups, departments and portals', async () => {
    assert.deepEqual(await completions('### A\nto: Smi¦\n\nx'), ['Ivan Smith #3', 'Oleg Smith']);
    assert.deepEqual(await completions('### A\nto: m¦\n\nx').then((all) => all[0]), 'me');
    assert.deepEqual(await completions('### A\nto: group:¦\n\nx'), ['"group:Release, all"']);
    assert.deepEqual(await completions('### A\nto: department:Sal¦\n\nx'), ['department:Sales']);
    assert.deepEqual(await completions('### A\nportal: ¦\n\nx'), ['acme.bitrix24.com']);
  });

  it('completes headers, modes, variables and placeholders', async () => {
    assert.ok((await completions('### A\nto: me\np¦\n\nx')).includes('portal: '));
    assert.deepEqual(await completions('### A\nmode: ¦\n\nx'), ['personal', 'literal']);
    const variables = await completions('@version = 1\n### A\nto: me\n\n{{¦}}');
    assert.deepEqual(variables.slice(0, 2), ['version', 'date']);
    const placeholders = await completions('### A\nto: me\n\nHi {na¦');
    assert.ok(placeholders.includes('name}') && placeholders.includes('full_name}'));
  });

  it('says who a recipient is, and who may not get it, as plain text', async () => {
    const [person = ''] = await hoverText('### A\nto: Oleg¦ Smith\n\nx');
    assert.match(person, /Oleg.*Smith.*#4.*was.*dismissed/u);
    assert.doesNotMatch(person, /\]\(command:/u);
    const [group = ''] = await hoverText('### A\nto: "group:Rel¦ease, all"\n\nx');
    assert.match(group, /2.*people[^]*Ivan[^]*Oleg/u);
    const [department = ''] = await hoverText('### A\nto: department:Sa¦les\n\nx');
    assert.match(department, /Sales.*12.*people/u);
  });

  it('says what a variable holds and what a header is for', async () => {
    const own = await hoverText('@version = 2.4\n@all = v{{version}}\n### A\nto: me\n\n{{al¦l}}');
    assert.match(own.join(), /v2/u, JSON.stringify(own));
    assert.match((await hoverText('### A\nto: me\n\n{{bran¦ch}}')).join(), /Git[^]*main/u);
    assert.match((await hoverText('### A\nmo¦de: literal\n\nx')).join(), /personal/u);
  });

  it('outlines and folds variables and pushes', async () => {
    const document = await open('# C\n@v = 1\n\n### A\nto: me\n\nx\n\n### \nto: Smith\n\ny\nz\n\n');
    const symbols = await commands.executeCommand<DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    );
    assert.deepEqual(
      [...new Set(symbols.map(({ name, detail }) => `${name}: ${detail}`))],
      ['v: 1', 'A: me', 'Push 2: Smith'],
    );
    const folds = await commands.executeCommand<FoldingRange[]>(
      'vscode.executeFoldingRangeProvider',
      document.uri,
    );
    const lines = folds.map(({ start, end }) => `${start}-${end}`);
    assert.deepEqual([...new Set(lines)], ['0-1', '3-6', '8-12']);
  });
});

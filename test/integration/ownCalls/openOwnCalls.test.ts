import assert from 'node:assert/strict';
import { commands, languages, workspace } from 'vscode';
import type { CodeAction, CodeLens, Diagnostic, TextDocument } from 'vscode';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { tryInSandbox } from '../../../src/ownCalls/tryInSandbox';
import { until } from '../../support/until';

const call = `<?php
CRest::call('pull.application.push.add', [
    'USER_ID' => [1],
    'MESSAGE' => 'Your order is ready',
    'TITLE' => 'Shop',
    'SOUND' => 'default',
]);
`;

/** What the extension shows in a source: here answers the extension itself, which runs beside these tests. */
describe('calls of the push method in a source', () => {
  let document: TextDocument;

  before(async () => {
    document = await workspace.openTextDocument({ language: 'php', content: call });
    await until(() => ours(document).length > 0);
  });
  after(async () => {
    await workspace.getConfiguration('bitrix24Push').update('ownCalls', undefined, true);
  });

  const ours = ({ uri }: TextDocument): Diagnostic[] =>
    languages.getDiagnostics(uri).filter(({ source }) => source === 'Bitrix24');
  const lenses = async () => {
    const found = await commands.executeCommand<CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    return found.filter(({ command }) => command?.command.startsWith('bitrix24Push.ownCall'));
  };

  it('get a diagnostic for each parameter that the method does not know', () => {
    assert.deepEqual(
      ours(document).map(({ message, range }) => [document.getText(range), message]),
      [
        ["'MESSAGE'", 'pull.application.push.add does not know MESSAGE. Use TEXT.'],
        ...['TITLE', 'SOUND'].map((name) => [
          `'${name}'`,
          `pull.application.push.add does not know ${name} and ignores it. It has USER_ID, TEXT and AVATAR only.`,
        ]),
      ],
    );
  });

  it('have lenses with what they say', async () => {
    const found = (await lenses()).map(({ command }) => [
      command?.title,
      command?.arguments?.[0] as unknown,
    ]);
    assert.deepEqual(found, [
      [
        'Try in Sandbox',
        [
          { name: 'USER_ID', value: [1] },
          { name: 'MESSAGE', value: 'Your order is ready' },
          { name: 'TITLE', value: 'Shop' },
          { name: 'SOUND', value: 'default' },
        ],
      ],
      ['Open in Form', { text: 'Your order is ready', avatar: '', ids: [1] }],
    ]);
  });

  it('are mended by the fix that is preferred', async () => {
    const [message] = ours(document);
    const actions = await commands.executeCommand<CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      message?.range,
    );
    const fix = actions.find(({ isPreferred }) => isPreferred);
    assert.equal(fix?.title, 'Rename MESSAGE to TEXT');
    assert.ok(fix.edit);
    await workspace.applyEdit(fix.edit);
    assert.match(document.getText(), /'TEXT' => 'Your order is ready'/);
    await until(() => ours(document).length === 2);
  });

  it('are left alone once the setting is off', async () => {
    await workspace.getConfiguration('bitrix24Push').update('ownCalls', false, true);
    await until(() => ours(document).length === 0);
    assert.deepEqual(await lenses(), []);
  });
});

describe('calls of the push method: one that is tried in the sandbox', () => {
  let sent: Record<string, unknown>[];
  let said: string[];
  let questions: string[];

  beforeEach(() => {
    sent = [];
    said = [];
    questions = [];
  });

  const run = (argument: unknown, answer: string | undefined, refusal?: Bitrix24Error) =>
    tryInSandbox(argument, {
      tryInSandbox: (parameters) => {
        sent.push(parameters);
        return Promise.resolve(refusal);
      },
      messages: { inform: (message) => void said.push(message) },
      inputs: {
        showInputBox: ({ prompt }) => {
          questions.push(prompt);
          return Promise.resolve(answer);
        },
      },
    });
  const asked = [{ name: 'USER_ID' }, { name: 'TEXT', value: null }, { name: 'SOUND', value: 'x' }];

  it('asks for what is computed, sends, and tells what the sandbox ignored', async () => {
    await run(asked, '7');
    assert.deepEqual(questions, ['USER_ID is computed in the source. Which value shall be sent?']);
    assert.deepEqual(sent, [{ USER_ID: '7', TEXT: null, SOUND: 'x' }]);
    assert.deepEqual(said, ['The sandbox answered true. It ignored: SOUND.']);
  });

  it('tells the code of a refusal', async () => {
    const refusal = new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'TEXT_ERROR' });
    await run([{ name: 'USER_ID', value: 1 }], undefined, refusal);
    assert.deepEqual(said, ['The sandbox refused the call: TEXT_ERROR.']);
  });

  it('sends nothing when a value is not given, or the argument is not that of the lens', async () => {
    await run(asked, undefined);
    await assert.rejects(run({ name: 'USER_ID' }, '1'));
    assert.deepEqual([sent, said], [[], []]);
  });
});

import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { toolCatalogue } from '../../../src/b24push/toolCatalogue';
import { commands } from '../../../src/common/commands';
import type { Bitrix24PushAnswer, Bitrix24PushExports } from '../../../src/tools/api';
import { mcpProvider } from '../../../src/tools/mcpProvider';
import { languageModelTool, languageModelTools } from '../../../src/tools/registerTools';

const id = 'bitrix24-push.bitrix24-push';

/** What a tool of the extension that runs here answers. Nobody is signed in. */
async function invoke(name: keyof typeof languageModelTools, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  return content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : assert.fail()))
    .join();
}

describe('the tools for agents in VS Code', () => {
  before(async () => {
    await vscode.extensions.getExtension(id)?.activate();
  });

  it('are listed with what the model reads of them', () => {
    const ours = vscode.lm.tools.filter(({ name }) => name.startsWith('bitrix24_'));
    assert.deepEqual(
      ours.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
      Object.entries(languageModelTools).map(([name, tool]) => ({
        name,
        description: toolCatalogue[tool].description,
        inputSchema: toolCatalogue[tool].inputSchema,
      })),
    );
  });

  it('send nothing to a phone without the standing yes, and say how it is given', async () => {
    const answer = await invoke('bitrix24_notify_me', { text: 'The build is done.' });
    assert.match(answer, /^No push was sent.*"Bitrix24: Reach Me on My Phone"/);
  });

  it('find nobody as long as nobody is signed in', async () => {
    assert.match(await invoke('bitrix24_find_people', { query: 'anna' }), /not signed in/);
  });

  it('read their input themselves, because VS Code does not', async () => {
    for (const [name, tool] of Object.entries(languageModelTools)) {
      const answer = await invoke(name as keyof typeof languageModelTools, { txt: 1 });
      assert.match(answer, new RegExp(`^${tool} did nothing\\.`));
    }
  });
});

describe('a call of a tool in VS Code', () => {
  const input = { to: ['Anna'], text: 'Hi' };
  const options = { input, toolInvocationToken: undefined };

  it('hands its input over as it came, and answers with the sentence', async () => {
    const calls: unknown[] = [];
    const tool = languageModelTool('send_push', () =>
      Promise.resolve({
        callTool: (name, given, { aborted }) => {
          calls.push([name, given, aborted]);
          return Promise.resolve('The user said no.');
        },
      }),
    );
    const { token } = new vscode.CancellationTokenSource();
    const result = await tool.invoke(options, token);
    assert.deepEqual(result?.content, [new vscode.LanguageModelTextPart('The user said no.')]);
    assert.deepEqual(calls, [['send_push', input, false]]);
    const prepared = await tool.prepareInvocation?.({ input }, token);
    assert.deepEqual(prepared, { invocationMessage: 'Asking you about a push' });
  });

  it('is withdrawn when the chat is stopped', async () => {
    const source = new vscode.CancellationTokenSource();
    const tool = languageModelTool('send_push', () =>
      Promise.resolve({
        callTool: (...[, , signal]) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve('It was taken back.'));
            source.cancel();
          }),
      }),
    );
    const result = await tool.invoke(options, source.token);
    assert.deepEqual(result?.content, [new vscode.LanguageModelTextPart('It was taken back.')]);
  });
});

describe('the MCP server that VS Code is offered', () => {
  const { token } = new vscode.CancellationTokenSource();

  it('runs b24push with the Node.js of VS Code, and learns of the window only when it starts', async () => {
    const environment = { B24PUSH_IPC: '/run/x', B24PUSH_TOKEN: 'secret' };
    let asked = 0;
    const provider = mcpProvider({
      program: path.join('dist', 'b24push.js'),
      version: '1.2.3',
      environment: () => {
        asked += 1;
        return Promise.resolve(environment);
      },
    });
    const [server, ...others] = (await provider.provideMcpServerDefinitions(token)) ?? [];
    assert.ok(server);
    assert.deepEqual(others, []);
    const { label, command, args, version } = server;
    assert.deepEqual(
      { label, command, args, version },
      {
        ...{ label: 'Bitrix24 Push', command: process.execPath, version: '1.2.3' },
        args: [path.join('dist', 'b24push.js'), 'mcp'],
      },
    );
    assert.deepEqual(server.env, { ELECTRON_RUN_AS_NODE: '1' });
    assert.equal(asked, 0);
    const resolved = await provider.resolveMcpServerDefinition?.(server, token);
    assert.deepEqual(resolved?.env, { ELECTRON_RUN_AS_NODE: '1', ...environment });
  });
});

describe('other extensions', () => {
  it('get an answer from the command with a push', async () => {
    const push = { to: ['Anna'], text: 'Hi', by: 'GitLens' };
    const answer = await vscode.commands.executeCommand<Bitrix24PushAnswer>(commands.send, push);
    assert.ok(['notSent', 'invalid'].includes(answer.outcome), answer.outcome);
    assert.equal(answer.accepted, 0);
    assert.notEqual(answer.message, '');
  });

  it('learn from the command what is wrong with a push', async () => {
    const push = { to: ['Anna'], text: 7 };
    assert.deepEqual(await vscode.commands.executeCommand(commands.send, push), {
      outcome: 'invalid',
      message: '"text" is not valid: Invalid type: Expected string but received 7.',
      accepted: 0,
    });
  });

  it('get version 1 of the API, whose pushes are parsed as well', async () => {
    const extension = vscode.extensions.getExtension<Bitrix24PushExports>(id);
    const exported = await extension?.activate();
    const api = exported?.getAPI(1) ?? assert.fail();
    const { outcome } = await api.send({ to: [], text: 'Hi' });
    assert.equal(outcome, 'invalid');
    const { accepted } = await api.send({ to: ['Anna'], text: 'Hi' });
    assert.equal(accepted, 0);
    assert.throws(() => exported?.getAPI(2 as 1), /no API of version 2/);
  });
});

import assert from 'node:assert/strict';
import childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { opencodePlugin } from '../../../src/agents/connect/opencodePlugin';
import { temporaryFolder } from '../../support/temporaryFolder';

interface Plugin {
  Bitrix24Push: (input: { directory: string }) => Promise<{
    'chat.message': (input: { sessionID: string }) => Promise<void>;
    event: (input: { event: { type: string; properties: object } }) => Promise<void>;
  }>;
}

interface Started {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  input: string;
}

const sessionID = 'o1';

describe('the plugin for opencode', () => {
  const folder = temporaryFolder();
  const { spawn } = childProcess;
  let started: Started[];
  let plugin: Awaited<ReturnType<Plugin['Bitrix24Push']>>;

  beforeEach(async () => {
    started = [];
    const fake = (
      program: string,
      args: readonly string[],
      { env }: { env: NodeJS.ProcessEnv },
    ) => {
      const stdin = Object.assign(new EventEmitter(), {
        end: (input: string) => void started.push({ args: [program, ...args], env, input }),
      });
      return Object.assign(new EventEmitter(), { stdin, unref: () => undefined });
    };
    Object.assign(childProcess, { spawn: fake });
    syncBuiltinESMExports();
    await mkdir(folder(), { recursive: true });
    const file = path.join(folder(), 'plugin.mjs');
    await writeFile(file, opencodePlugin(['b24push', '--hook', 'opencode']));
    const { Bitrix24Push } = (await import(pathToFileURL(file).href)) as Plugin;
    plugin = await Bitrix24Push({ directory: folder() });
  });
  afterEach(() => {
    Object.assign(childProcess, { spawn });
    syncBuiltinESMExports();
  });

  const event = (type: string, properties: object) =>
    plugin.event({ event: { type, properties: { sessionID, ...properties } } });
  const message = async (role: string, id: string, text: string) => {
    await event('message.updated', { info: { id, role, sessionID } });
    const part = { type: 'text', sessionID, messageID: id, text };
    await event('message.part.updated', { part });
  };
  const told = () => started.map(({ input }) => JSON.parse(input) as unknown);

  it('starts the program with the event, which may read for as long as opencode is busy', async () => {
    await event('permission.asked', { metadata: { command: 'rm -r x' } });
    assert.deepEqual(
      started.map(({ args }) => args),
      [['b24push', '--hook', 'opencode', 'permission.asked']],
    );
    assert.deepEqual(told(), [{ type: 'permission.asked', properties: { sessionID } }]);
    // This lifts the limit on how long standard input is read; see src/b24push/hook.ts.
    assert.equal(started[0]?.env['B24PUSH_DETACHED'], '1');
  });

  it('tells the last words of the agent, and never those of its user', async () => {
    await plugin['chat.message']({ sessionID });
    await message('user', 'm1', 'My question');
    await event('session.idle', {});
    await message('assistant', 'm2', 'The answer');
    await message('user', 'm3', 'Thanks');
    await event('session.idle', {});
    assert.deepEqual(told().slice(1), [
      { type: 'session.idle', properties: { sessionID } },
      { type: 'session.idle', properties: { sessionID, words: 'The answer' } },
    ]);
  });

  it('tells of a turn that an error ended by the error alone, and of the next turn by its end', async () => {
    await event('session.error', { error: { name: 'APIError', data: { message: 'Key 123' } } });
    await event('session.idle', {});
    await event('session.idle', {});
    await plugin['chat.message']({ sessionID });
    await event('session.idle', {});
    assert.deepEqual(told(), [
      { type: 'session.error', properties: { sessionID, error: { name: 'APIError' } } },
      { type: 'chat.message', properties: { sessionID } },
      { type: 'session.idle', properties: { sessionID } },
    ]);
  });

  it('tells nothing of a subagent', async () => {
    await event('session.created', { info: { id: sessionID, parentID: 'o0' } });
    await event('session.idle', {});
    assert.deepEqual(told(), []);
  });
});

import assert from 'node:assert/strict';
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { AgentConnections } from '../../../src/agents/connect/agentConnections';
import type { ConnectableId } from '../../../src/agents/connect/connectable';
import { storageFolder } from '../../../src/common/storageFolder';
import { temporaryFolder } from '../../support/temporaryFolder';

const ids = ['claude', 'codex', 'gemini', 'copilot', 'opencode', 'qwen'] as const;

describe('AgentConnections', () => {
  const folder = temporaryFolder();
  const home = () => path.join(folder(), 'home');
  const file = (...parts: string[]) => path.join(home(), ...parts);
  let env: Record<string, string | undefined>;

  beforeEach(async () => {
    env = {};
    await mkdir(home());
  });

  const connections = (b24push = '/opt/b24push') =>
    new AgentConnections({
      places: { home: home(), env, platform: 'linux', b24push },
      folder: storageFolder(path.join(folder(), 'receipts')),
    });
  const run = async (id: ConnectableId, direction: 'connect' | 'disconnect') => {
    const all = connections();
    return await all.carryOut(await all.plan(id, direction));
  };
  const stateOf = async (id: ConnectableId) =>
    (await connections().list()).find((agent) => agent.id === id)?.state;
  const write = async (text: string, ...parts: string[]) => {
    await mkdir(path.dirname(file(...parts)), { recursive: true });
    await writeFile(file(...parts), text);
  };
  /** Every file and folder of the home, with its content. */
  const everything = async () => {
    const entries = await readdir(home(), { recursive: true, withFileTypes: true });
    const read = entries.map(async (entry) => {
      const place = path.join(entry.parentPath, entry.name);
      return [place, entry.isFile() ? await readFile(place, 'latin1') : 'folder'];
    });
    return (await Promise.all(read)).sort();
  };

  for (const id of ids) {
    it(`connects ${id} and leaves the home of its user as it was`, async () => {
      const before = await everything();
      assert.equal(await stateOf(id), 'notFound');
      assert.deepEqual(await run(id, 'connect'), { kind: 'done' });
      assert.equal(await stateOf(id), 'connected');
      assert.notDeepEqual(await everything(), before);
      assert.deepEqual(await run(id, 'disconnect'), { kind: 'done' });
      assert.deepEqual(await everything(), before);
      assert.deepEqual(await readdir(path.join(folder(), 'receipts')), []);
    });
  }

  it('keeps the files of its user byte for byte', async () => {
    await write('\ufeff{\r\n\t"model": "opus"\r\n}', '.claude', 'settings.json');
    await write('# mine\nmodel = "x"', '.codex', 'config.toml');
    await write('{ // note\n}', '.gemini', 'settings.json');
    await write('{"hooks":{"Stop":[]}}', '.codex', 'hooks.json');
    await write('{\n  "theme": "x", // note\n}', '.config', 'opencode', 'opencode.jsonc');
    const before = await everything();
    for (const id of ids) {
      await run(id, 'connect');
    }
    for (const id of ids) {
      assert.deepEqual(await run(id, 'disconnect'), { kind: 'done' });
    }
    assert.deepEqual(await everything(), before);
  });

  it('writes the file that is there where an agent knows two names for it', async () => {
    await write('{}', '.config', 'opencode', 'opencode.jsonc');
    await run('opencode', 'connect');
    assert.match(await readFile(file('.config/opencode/opencode.jsonc'), 'utf8'), /bitrix24/);
    await assert.rejects(stat(file('.config/opencode/opencode.json')));
  });

  it('writes through a link, and keeps the mode of a file', async () => {
    await write('{}', 'dotfiles', 'claude.json');
    await chmod(file('dotfiles', 'claude.json'), 0o640);
    await mkdir(file('.claude'));
    await symlink(file('dotfiles', 'claude.json'), file('.claude', 'settings.json'));
    await run('claude', 'connect');
    assert.ok((await lstat(file('.claude', 'settings.json'))).isSymbolicLink());
    const { mode } = await stat(file('dotfiles', 'claude.json'));
    assert.equal(mode & 0o777, 0o640);
    assert.match(await readFile(file('dotfiles', 'claude.json'), 'utf8'), /--hook claude/);
    await run('claude', 'disconnect');
    assert.equal(await readFile(file('dotfiles', 'claude.json'), 'utf8'), '{}');
  });

  it('makes files that only their user can read', async () => {
    await run('claude', 'connect');
    assert.equal((await stat(file('.claude', 'settings.json'))).mode & 0o777, 0o600);
  });

  it('writes nothing over what somebody else has written meanwhile', async () => {
    await write('{}', '.claude', 'settings.json');
    const all = connections();
    const plan = await all.plan('claude', 'connect');
    await write('{"new":1}', '.claude', 'settings.json');
    const place = file('.claude', 'settings.json');
    assert.deepEqual(await all.carryOut(plan), { kind: 'stopped', path: place, why: 'changed' });
    assert.equal(await readFile(place, 'utf8'), '{"new":1}');
  });

  it('deletes nothing that somebody else has written meanwhile', async () => {
    await run('copilot', 'connect');
    const all = connections();
    const plan = await all.plan('copilot', 'disconnect');
    await write('mine', '.copilot', 'hooks', 'bitrix24-push.json');
    assert.equal((await all.carryOut(plan)).kind, 'stopped');
    assert.equal(await readFile(file('.copilot', 'hooks', 'bitrix24-push.json'), 'utf8'), 'mine');
  });

  it('can take out what was written before it was interrupted', async () => {
    await write('{\n}', '.claude', 'settings.json');
    await write('{"x":1}', '.claude.json');
    const before = await everything();
    const all = connections();
    const plan = await all.plan('claude', 'connect');
    await write('{"x":2}', '.claude.json');
    assert.equal((await all.carryOut(plan)).kind, 'stopped');
    assert.equal(await stateOf('claude'), 'partly');
    await write('{"x":1}', '.claude.json');
    await run('claude', 'disconnect');
    assert.deepEqual(await everything(), before);
  });

  it('finishes what was interrupted, and still knows what the files were', async () => {
    await write('{\n}', '.claude', 'settings.json');
    const before = await everything();
    await run('claude', 'connect');
    await rm(file('.claude.json'));
    assert.equal(await stateOf('claude'), 'partly');
    await run('claude', 'connect');
    assert.equal(await stateOf('claude'), 'connected');
    await run('claude', 'disconnect');
    assert.deepEqual(await everything(), before);
  });

  for (const [title, fault, make] of [
    ['is no text', 'notText', async (place: string) => await writeFile(place, Buffer.of(0xff))],
    ['is a link that leads nowhere', 'noTarget', async (to: string) => await symlink('gone', to)],
    ['is a folder', 'noAccess', async (place: string) => await mkdir(place)],
  ] as const) {
    it(`leaves a file alone that ${title}`, async () => {
      await mkdir(file('.claude'));
      await make(file('.claude', 'settings.json'));
      const [first] = (await connections().plan('claude', 'connect')).files;
      assert.equal(first?.fault, fault);
      assert.equal(first.before, first.after);
    });
  }

  it('finds an agent by its folder, or by its program on the PATH', async () => {
    await mkdir(file('.gemini'));
    assert.equal(await stateOf('gemini'), 'notConnected');
    env['PATH'] = `${file('none')}:${file('bin')}`;
    await write('#!/bin/sh', 'bin', 'qwen');
    assert.equal(await stateOf('qwen'), 'notFound');
    await chmod(file('bin', 'qwen'), 0o755);
    assert.equal(await stateOf('qwen'), 'notConnected');
  });

  it('looks where the environment says that the files are', async () => {
    env['CLAUDE_CONFIG_DIR'] = file('c');
    env['CODEX_HOME'] = file('x');
    env['GEMINI_CLI_HOME'] = file('g');
    env['COPILOT_HOME'] = file('p');
    env['XDG_CONFIG_HOME'] = file('xdg');
    const plans = await Promise.all(ids.map((id) => connections().plan(id, 'connect')));
    const places = plans.flatMap(({ files }) =>
      files.map((one) => path.relative(home(), one.path)),
    );
    assert.deepEqual(places, [
      'c/settings.json',
      'c/.claude.json',
      'x/config.toml',
      'x/hooks.json',
      'g/.gemini/settings.json',
      'p/hooks/bitrix24-push.json',
      'p/mcp-config.json',
      'xdg/opencode/plugin/bitrix24-push.js',
      'xdg/opencode/opencode.json',
      '.qwen/settings.json',
    ]);
  });

  it('quotes the path of the program for the shell', async () => {
    const strange = "/opt/it's here/b24push";
    const plan = await connections(strange).plan('claude', 'connect');
    const written = JSON.parse(plan.files[0]!.after!) as {
      hooks: Record<string, { hooks: { command: string }[] }[]>;
    };
    const { command } = written.hooks['Stop']![0]!.hooks[0]!;
    assert.equal(command, String.raw`'/opt/it'\''s here/b24push' --hook claude`);
  });
});

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { AgentConnections } from '../../src/agents/connect/agentConnections';
import type { ConnectableId } from '../../src/agents/connect/connectable';
import { createHookHandler } from '../../src/agents/hooks/hookHandler';
import type { NewNotice, Reach } from '../../src/automation/notice';
import { scriptPath } from '../../src/b24push/place';
import { systemClock } from '../../src/common/clock';
import { storageFolder } from '../../src/common/storageFolder';
import { createProgramHandler } from '../../src/program/programHandler';
import type { ProgramHandlerDeps } from '../../src/program/programHandler';
import { openTestWindow, programBundle } from '../support/b24pushProgram';
import { silentLog } from '../support/silentLog';

/** The home of a user with one window of VS Code, a project, and an agent that is connected by us. */
export type Stage = Awaited<ReturnType<typeof openStage>>;

type CallTool = ProgramHandlerDeps['tool'];

/** `files`: what the user has in the home already. `callTool`: takes the calls of tools in place of the stage. */
export async function openStage(
  id: ConnectableId,
  files: Readonly<Record<string, string>>,
  callTool?: CallTool,
) {
  // Short and without links: the name of a socket and the trust in a folder depend on it.
  const home = await mkdtemp(path.join(os.tmpdir(), 'b24a-'));
  const project = path.join(home, 'shop');
  await mkdir(project);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(home, name)), { recursive: true });
    await writeFile(path.join(home, name), text.replaceAll('$PROJECT', project));
  }
  const notices: NewNotice[] = [];
  const wentOn: string[] = [];
  const tools: unknown[] = [];
  const reach: Reach = {
    take: (notice) => {
      notices.push(notice);
      return Promise.resolve({ kind: 'notDue' });
    },
    goesOn: (thread) => {
      wentOn.push(thread);
      return Promise.resolve();
    },
  };
  const programFolder = path.join(home, '.bitrix24-push');
  await buildTools();
  const window = await openTestWindow(programFolder, {
    workspaceFolders: [project],
    handle: createProgramHandler({
      reach: () => Promise.resolve(reach),
      askedSend: () => Promise.reject(new Error('Nobody asks for a push to others.')),
      hook: createHookHandler({
        ...{ reach: () => Promise.resolve(reach), wantsWords: () => true, clock: systemClock },
      }),
      tool: async (request, signal) => {
        tools.push(request);
        return callTool
          ? await callTool(request, signal)
          : { message: 'It is on its way.', isError: false };
      },
      log: silentLog,
    }),
  });
  const b24push = scriptPath(programFolder);
  const connections = new AgentConnections({
    places: { home, env: {}, platform: process.platform, b24push },
    folder: storageFolder(path.join(home, '.receipts')),
  });
  const change = async (direction: 'connect' | 'disconnect') =>
    await connections.carryOut(await connections.plan(id, direction));
  const paths = (await connections.plan(id, 'connect')).files.map((file) => file.path);
  return {
    ...{ home, project, b24push, notices, wentOn, tools, paths, change },
    requests: window.requests,
    /** Content of the agent's files; undefined where there is none. */
    contents: async () =>
      await Promise.all(paths.map((file) => readFile(file, 'utf8').catch(() => undefined))),
    close: async () => {
      window.dispose();
      await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** The tools are a bundle beside the program. */
async function buildTools(): Promise<void> {
  await build({
    entryPoints: { mcp: path.join(__dirname, '../../src/b24push/mcp.ts') },
    ...{ outdir: path.dirname(await programBundle()), bundle: true, platform: 'node' },
    ...{ format: 'cjs', logLevel: 'error' },
  });
}

/** Runs an agent to its end in the project; resolves to what it said. */
export async function runAgent(
  program: string,
  args: readonly string[],
  { project, home }: Stage,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(program, args, {
    ...{ cwd: project, stdio: ['ignore', 'pipe', 'pipe'] },
    env: agentEnv(home, env),
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const late = setTimeout(() => child.kill('SIGKILL'), 90_000);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(late);
  return Buffer.concat(said).toString();
}

/** Nothing of the user's own environment but what every program needs. */
export function agentEnv(home: string, env: Readonly<Record<string, string>>) {
  const path = `${process.execPath.slice(0, process.execPath.lastIndexOf('/'))}:/usr/bin:/bin`;
  return { HOME: home, PATH: path, LANG: 'C.UTF-8', TERM: 'xterm-256color', ...env };
}

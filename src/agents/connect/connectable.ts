import path from 'node:path';
import type { AgentId } from '../agent';
import { opencodePlugin } from './opencodePlugin';
import type { JsonObject, Wanted } from './wanted';

/** An agent that can be connected. VS Code's own agents run the hooks of Claude Code's file. */
export type ConnectableId = Exclude<AgentId, 'vscode'>;

export type AgentFile =
  | {
      format: 'json' | 'jsonc' | 'toml';
      path: string;
      /** The agent's other name for the same file: it is used if only that one is there. */
      otherPath?: string;
      wanted: Wanted;
    }
  /** A file that is ours as a whole. */
  | { format: 'own'; path: string; content: string };

export interface Connectable {
  id: ConnectableId;
  /** Where its files are; it is there if this folder is, or its program on the PATH. */
  folder: string;
  program: string;
  files: readonly AgentFile[];
}

export interface Places {
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** Where `b24push` stands for good. */
  b24push: string;
}

/** The name of our server of tools in the files of agents. */
const server = 'bitrix24';

/** Returns every agent that can be connected, with what its files should contain. Each has its files in the user's home. */
export function connectables(places: Places): Connectable[] {
  return [
    claude(places),
    codex(places),
    gemini(places),
    copilot(places),
    opencode(places),
    qwen(places),
  ];
}

function claude(places: Places): Connectable {
  const { home, env } = places;
  const folder = env['CLAUDE_CONFIG_DIR'] || path.join(home, '.claude');
  // Claude Code keeps this one beside its folder, unless the folder was chosen.
  const own = path.join(env['CLAUDE_CONFIG_DIR'] || home, '.claude.json');
  const question = 'AskUserQuestion|ExitPlanMode';
  const hooks = {
    ...hooksFor(places, 'claude', ['UserPromptSubmit', 'Stop', 'StopFailure', 'Notification']),
    // Other permissions are notified of after six seconds: these questions may not be.
    PermissionRequest: [{ matcher: question, ...group(places, 'claude') }],
    PostToolUse: [{ matcher: question, ...group(places, 'claude') }],
  };
  const wanted = { mcpServers: { [server]: { type: 'stdio', ...toolServer(places) } } };
  return {
    ...{ id: 'claude', folder, program: 'claude' },
    files: [
      { format: 'json', path: path.join(folder, 'settings.json'), wanted: { hooks } },
      { format: 'json', path: own, wanted },
    ],
  };
}

function codex(places: Places): Connectable {
  const { home, env, b24push } = places;
  const folder = env['CODEX_HOME'] || path.join(home, '.codex');
  const events = ['UserPromptSubmit', 'PermissionRequest', 'PostToolUse', 'Stop', 'SessionEnd'];
  const wanted = {
    notify: [...programOf(places, b24push), '--hook', 'codex'],
    mcp_servers: {
      // Codex passes on only those variables of the environment that are named.
      [server]: { ...toolServer(places), env_vars: ['B24PUSH_IPC'] },
    },
  };
  return {
    ...{ id: 'codex', folder, program: 'codex' },
    files: [
      { format: 'toml', path: path.join(folder, 'config.toml'), wanted },
      {
        format: 'json',
        path: path.join(folder, 'hooks.json'),
        wanted: { hooks: hooksFor(places, 'codex', events) },
      },
    ],
  };
}

function gemini(places: Places): Connectable {
  const folder = path.join(places.env['GEMINI_CLI_HOME'] || places.home, '.gemini');
  const events = ['BeforeAgent', 'AfterAgent', 'AfterTool', 'Notification'];
  return inOneFile(places, { id: 'gemini', folder, program: 'gemini' }, events);
}

function qwen(places: Places): Connectable {
  const folder = path.join(places.home, '.qwen');
  const events = ['UserPromptSubmit', 'Stop', 'StopFailure', 'PermissionRequest', 'PostToolUse'];
  return inOneFile(places, { id: 'qwen', folder, program: 'qwen' }, events);
}

function inOneFile(
  places: Places,
  agent: Omit<Connectable, 'files'>,
  events: readonly string[],
): Connectable {
  const wanted = {
    hooks: hooksFor(places, agent.id, events),
    mcpServers: { [server]: toolServer(places) },
  };
  const file = path.join(agent.folder, 'settings.json');
  return { ...agent, files: [{ format: 'jsonc', path: file, wanted }] };
}

function copilot(places: Places): Connectable {
  const folder = places.env['COPILOT_HOME'] || path.join(places.home, '.copilot');
  const events = ['userPromptSubmitted', 'postToolUse', 'notification', 'agentStop', 'sessionEnd'];
  const shell = places.platform === 'win32' ? 'powershell' : 'bash';
  const hooks = Object.fromEntries(
    // Most of its payloads do not say which event it is.
    events.map((event) => [
      event,
      [{ type: 'command', [shell]: commandOf(places, 'copilot', event), timeoutSec: 30 }],
    ]),
  );
  const wanted = {
    mcpServers: { [server]: { type: 'local', ...toolServer(places), tools: ['*'] } },
  };
  return {
    ...{ id: 'copilot', folder, program: 'copilot' },
    files: [
      {
        format: 'own',
        path: path.join(folder, 'hooks', 'bitrix24-push.json'),
        content: `${JSON.stringify({ version: 1, hooks }, undefined, 2)}\n`,
      },
      { format: 'json', path: path.join(folder, 'mcp-config.json'), wanted },
    ],
  };
}

function opencode(places: Places): Connectable {
  const { home, env, b24push } = places;
  const folder = path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'opencode');
  const command = [...programOf(places, b24push), 'mcp'];
  return {
    ...{ id: 'opencode', folder, program: 'opencode' },
    files: [
      {
        format: 'own',
        path: path.join(folder, 'plugin', 'bitrix24-push.js'),
        content: opencodePlugin([...programOf(places, b24push), '--hook', 'opencode']),
      },
      {
        format: 'jsonc',
        path: path.join(folder, 'opencode.json'),
        otherPath: path.join(folder, 'opencode.jsonc'),
        wanted: { mcp: { [server]: { type: 'local', command, enabled: true } } },
      },
    ],
  };
}

function hooksFor(places: Places, agent: ConnectableId, events: readonly string[]): JsonObject {
  return Object.fromEntries(events.map((event) => [event, [group(places, agent)]]));
}

function group(places: Places, agent: ConnectableId) {
  return { hooks: [{ type: 'command', command: commandOf(places, agent) }] };
}

function toolServer(places: Places) {
  const [command = '', ...args] = programOf(places, places.b24push);
  return { command, args: [...args, 'mcp'] };
}

/** A script of Windows is no program: the shell runs it. */
function programOf({ platform }: Places, program: string): string[] {
  return platform === 'win32' ? ['cmd', '/c', program] : [program];
}

/** The line for the shell that runs a hook. */
function commandOf({ platform, b24push }: Places, agent: ConnectableId, event?: string): string {
  const rest = ` --hook ${agent}${event === undefined ? '' : ` ${event}`}`;
  if (platform === 'win32') {
    // Copilot CLI runs PowerShell, in which a quoted program needs the call operator.
    return `${agent === 'copilot' ? '& ' : ''}"${b24push}"${rest}`;
  }
  const isPlain = /^[\w./@+-]+$/.test(b24push);
  return (isPlain ? b24push : `'${b24push.replaceAll("'", String.raw`'\''`)}'`) + rest;
}

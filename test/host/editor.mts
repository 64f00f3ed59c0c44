import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { host } from './install.mjs';
import { writeLanguagePack } from './languagePack.mjs';

export interface EditorOptions {
  /** Where this editor keeps its data; made when missing. */
  directory: string;
  /** Folder with installed extensions; default: one inside `directory`. */
  extensions?: string;
  /** 0 (default) for any free port. */
  port?: number;
  /** Lets a page run extension tests by the `payload` parameter; hides notification toasts. */
  testDriver?: boolean;
  /** For the server and thus the extension hosts. */
  env?: Record<string, string>;
  /** Settings of the machine, for every window. */
  settings?: Record<string, unknown>;
  trustWorkspaces?: boolean;
  /** The language of the extension in every window, such as "ru". Default: English. */
  locale?: string;
  /** Makes `kill` possible; a Ctrl+C in the terminal does not reach this editor then. */
  mayBeKilled?: boolean;
}

/** Nothing in the window but what somebody came for. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  // The folders that are opened lie inside other repositories, at most.
  'git.enabled': false,
};

export interface Editor {
  /** Origin without a trailing slash. */
  readonly origin: string;
  readonly port: number;
  /** Address of a window. */
  url(folder: string, parameters?: Record<string, string>): string;
  stop(): Promise<void>;
  /** SIGKILL for the server and its extension hosts, as when the machine goes down. */
  kill(): Promise<void>;
}

/** Starts the VS Code server (its workbench is served to a browser, its extension host runs here). */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  const extensions = options.extensions ?? path.join(options.directory, 'extensions');
  mkdirSync(extensions, { recursive: true });
  for (const level of ['Machine', 'User']) {
    const folder = path.join(options.directory, 'data', level);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      path.join(folder, 'settings.json'),
      JSON.stringify(options.settings ?? {}, null, 2),
    );
  }

  if (options.locale !== undefined) {
    writeLanguagePack(options.locale, options.directory);
  }
  const child = spawn(
    host.node,
    [
      ...['--import', new URL('./secretKey.mjs', import.meta.url).href],
      host.server,
      ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
      '--without-connection-token',
      '--accept-server-license-terms',
      ...['--server-data-dir', options.directory, '--extensions-dir', extensions],
      ...['--telemetry-level', 'off'],
      ...((options.trustWorkspaces ?? true) ? ['--disable-workspace-trust'] : []),
      ...(options.testDriver ? ['--enable-smoke-test-driver'] : []),
      ...(options.locale === undefined ? [] : ['--locale', options.locale]),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that one signal reaches all of its processes at once.
      detached: options.mayBeKilled ?? false,
      env: {
        ...process.env,
        // Else addresses on this machine are opened through a proxy that this server does not have.
        VSCODE_PROXY_URI: '',
        // Windows of tests are not found by the user's own calls of b24push.
        B24PUSH_HOME: path.join(options.directory, 'b24push'),
        ...options.env,
      },
    },
  );
  const port = await listeningPort(child);
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    port,
    url: (folder, parameters = {}) =>
      `${origin}/?${new URLSearchParams({ folder, ...parameters }).toString()}`,
    stop: () => stopProcess(child),
    kill: () => killGroup(child),
  };
}

/** Installs a packed extension, as `code --install-extension` does. */
export async function installExtension(
  vsix: string,
  directory: string,
  extensions: string,
): Promise<void> {
  mkdirSync(extensions, { recursive: true });
  const child = spawn(
    host.node,
    [
      host.server,
      ...['--install-extension', vsix, '--force'],
      ...['--server-data-dir', directory, '--extensions-dir', extensions],
      '--accept-server-license-terms',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0 || !output.includes('successfully installed')) {
    throw new Error(`The VSIX could not be installed:\n${output}`);
  }
}

function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (line: string) => {
      output += `${line}\n`;
      const port = /Extension host agent listening on (\d+)/.exec(line)?.[1];
      if (port) {
        resolve(Number(port));
      }
    };
    if (child.stdout && child.stderr) {
      createInterface(child.stdout).on('line', read);
      createInterface(child.stderr).on('line', read);
    }
    child.on('error', reject);
    child.on('exit', (code) =>
      reject(new Error(`VS Code's server ended with ${code}:\n${output}`)),
    );
  });
}

async function killGroup(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.once('exit', resolve));
  if (child.pid === undefined) {
    throw new Error("VS Code's server does not run.");
  }
  process.kill(-child.pid, 'SIGKILL');
  await closed;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const closed = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  // The server waits for its extension hosts; it has nothing to save.
  const impatient = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await closed;
  clearTimeout(impatient);
}

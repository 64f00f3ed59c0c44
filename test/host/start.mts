// `npm start`: the sandbox portal and a real VS Code with the extension installed and signed in to it.
//   --no-open   leaves the browser alone
//   --desktop   uses an installed `code` instead of the VS Code that npm carries
//   --locale ru shows the extension in Russian (or another language of l10n); may run beside an English one
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import open from 'open';
import * as v from 'valibot';
import { type Editor, installExtension, quietSettings, startEditor } from './editor.mjs';
import { root, say } from './install.mjs';

const { values: flags } = parseArgs({
  options: {
    open: { type: 'boolean', default: true },
    desktop: { type: 'boolean', default: false },
    locale: { type: 'string' },
  },
  allowNegative: true,
});

// One for each language, so that two of them can run side by side.
const home = path.join(root, '.vscode-test', ['start', flags.locale ?? []].flat().join('-'));
const workspace = path.join(home, 'workspace');
const extensions = path.join(home, 'extensions');
const data = path.join(home, 'data');
const vsix = path.join(root, 'bitrix24-push.vsix');

const started: { stop: () => Promise<void> | void }[] = [];
let ending: Promise<void> | undefined;
/** Ends everything that was started, last first. */
function end(code: number): Promise<void> {
  ending ??= (async () => {
    for (const { stop } of started.reverse()) {
      await stop();
    }
    process.exit(code);
  })();
  return ending;
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void end(0));
}

/** The port if nobody has it, so that addresses stay the same from start to start; else any. */
async function preferred(port: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(0));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

const sandboxInfo = v.object({ portal: v.string() });

async function startSandboxPortal(): Promise<{ description: string; portal: string }> {
  const child = spawn(
    process.execPath,
    [path.join(root, 'dist', 'sandboxMain.js'), '--json', '--port', String(await preferred(24080))],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  started.push({ stop: () => void child.kill() });
  child.on('exit', () => void end(1));
  const description = await new Promise<string>((resolve) =>
    createInterface(child.stdout).once('line', resolve),
  );
  const { portal } = v.parse(v.pipe(v.string(), v.parseJson(), sandboxInfo), description);
  return { description, portal };
}

/** Packs the extension and installs it into an editor of its own. */
async function install(): Promise<void> {
  run(process.execPath, ['--import', 'tsx', path.join('test', 'host', 'package.mts')]);
  // The sandbox is a new portal at each start, so what an earlier one left is of no use.
  rmSync(extensions, { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
  if (flags.desktop) {
    code('--install-extension', vsix, '--force');
    if (flags.locale !== undefined) {
      code('--install-extension', `MS-CEINTL.vscode-language-pack-${flags.locale}`);
    }
  } else {
    await installExtension(vsix, data, extensions);
  }
}

function run(program: string, args: string[]): void {
  const result = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) {
    throw new Error(`${args.join(' ')} failed:\n${result.stdout}${result.stderr}`);
  }
}

const language = flags.locale === undefined ? [] : ['--locale', flags.locale];
const codeArguments = ['--user-data-dir', data, '--extensions-dir', extensions, ...language];

function code(...args: string[]): void {
  const result = spawnSync('code', [...codeArguments, ...args], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    throw new Error(
      `\`code\` could not be run; is VS Code installed and on the PATH? ${result.stderr}`,
    );
  }
}

function startDesktop(environment: Record<string, string>): ChildProcess {
  const child = spawn('code', [...codeArguments, '--new-window', '--wait', workspace], {
    stdio: 'ignore',
    shell: process.platform === 'win32',
    env: { ...process.env, ...environment },
  });
  started.push({ stop: () => void child.kill() });
  child.on('exit', () => void end(0));
  return child;
}

/** A folder to try things in; what was written there stays. */
function prepareWorkspace(): void {
  mkdirSync(home, { recursive: true });
  if (!existsSync(workspace)) {
    cpSync(path.join(root, 'test', 'host', 'workspace'), workspace, { recursive: true });
  }
}

async function main(): Promise<void> {
  say('• Building and installing the extension …');
  prepareWorkspace();
  await install();
  // Packing empties dist, so the sandbox is bundled after it.
  run(process.execPath, ['esbuild.js', '--quiet', '--only=sandboxMain']);
  say('• Starting the sandbox portal and VS Code …');
  const sandbox = await startSandboxPortal();
  const phones = `${sandbox.portal}/sandbox/`;
  // The extension signs in to this sandbox by itself; it takes none but one on this machine.
  const environment = { BITRIX24_PUSH_SANDBOX: sandbox.description };

  if (flags.desktop) {
    startDesktop(environment);
    console.log(`\n  Editor   the VS Code window that just opened\n  Phones   ${phones}\n`);
  } else {
    const editor: Editor = await startEditor({
      directory: data,
      extensions,
      port: await preferred(24040),
      env: environment,
      settings: quietSettings,
      ...(flags.locale !== undefined && { locale: flags.locale }),
    });
    started.push(editor);
    const address = editor.url(workspace);
    console.log(`\n  Editor   ${address}\n  Phones   ${phones}\n`);
    if (flags.open) {
      await open(phones);
      await open(address);
    }
  }
  console.log('  Press F1 and choose "Send Bitrix24 Push". Ctrl+C ends it all.\n');
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  await end(1);
}

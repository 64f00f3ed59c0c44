// @ts-check
// What a fresh clone lacks, from the lock files: our packages, a VS Code to test in, a browser to drive it.
// Plain JavaScript without dependencies: this is what runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const hostDirectory = path.join(root, '.vscode-test', 'host');
const hostManifest = path.join(root, 'test', 'host', 'vscode');

/** Progress goes to stderr: stdout belongs to the task (the sandbox prints JSON there). */
export function say(/** @type {string} */ text) {
  process.stderr.write(`${text}\n`);
}

/** True when every package that the lock file names is installed in its version. */
function matchesLock(/** @type {string} */ lockFile, /** @type {string} */ directory) {
  const installedFile = path.join(directory, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) {
    return false;
  }
  const locked = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(locked).every(
    ([name, entry]) =>
      name === '' || entry.optional || entry.peer || installed[name]?.version === entry.version,
  );
}

/** Runs npm quietly; its output is shown only when it fails. */
function npm(/** @type {string[]} */ args, /** @type {string} */ cwd) {
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      let output = '';
      const child = spawn('npm', args, {
        cwd,
        shell: process.platform === 'win32',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (output += chunk));
      child.on('error', reject);
      child.on('close', (code) =>
        code === 0 ? resolve() : reject(new Error(`npm ${args.join(' ')} failed:\n${output}`)),
      );
    })
  );
}

/** Says what takes long, and how long it took. */
async function step(/** @type {string} */ title, /** @type {() => Promise<void>} */ work) {
  const start = Date.now();
  say(`• ${title} …`);
  const tick = setInterval(
    () => say(`  ${title}: ${Math.round((Date.now() - start) / 1000)} s so far`),
    15_000,
  );
  try {
    await work();
  } finally {
    clearInterval(tick);
  }
  say(`✓ ${title} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
}

/** Our own packages, as package-lock.json says. */
export async function ensurePackages() {
  if (!matchesLock(path.join(root, 'package-lock.json'), root)) {
    await step('Installing packages', () => npm(['ci', '--ignore-scripts'], root));
  }
}

/** The Node.js that runs this is the one that VS Code brings. */
export const hasNode24 = process.versions.node.startsWith('24.');

/** Where the VS Code server and its Node.js stand after ensureHost(). */
export const host = {
  server: path.join(hostDirectory, 'node_modules/code-server/lib/vscode/out/server-main.js'),
  get node() {
    if (hasNode24) {
      return process.execPath;
    }
    const modules = path.join(hostDirectory, 'node_modules');
    const carrier = readdirSync(modules).find((name) =>
      /^node-(bin-)?(linux|darwin|win)-/.test(name),
    );
    if (!carrier) {
      throw new Error(
        `VS Code's server needs Node.js 24, and npm carries none for ${process.platform}-${process.arch}. ` +
          'Install Node.js 24 and run this again.',
      );
    }
    return path.join(modules, carrier, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  },
};

/** A real VS Code (server, workbench, extension host) from npm alone, in .vscode-test/. */
export async function ensureHost() {
  const stamp = path.join(hostDirectory, 'ready');
  const lock = readFileSync(path.join(hostManifest, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) {
    replaceLogger();
    return;
  }
  await step('Installing a VS Code to run in (about 700 MB, once)', async () => {
    mkdirSync(hostDirectory, { recursive: true });
    for (const file of ['package.json', 'package-lock.json']) {
      cpSync(path.join(hostManifest, file), path.join(hostDirectory, file));
    }
    await npm(['ci', '--ignore-scripts'], hostDirectory);
    // VS Code's own modules, by the shrinkwrap that comes with it.
    await npm(
      ['install', '--omit=dev', '--ignore-scripts', '--no-save'],
      path.join(hostDirectory, 'node_modules/code-server/lib/vscode'),
    );
    replaceLogger();
    writeFileSync(stamp, lock);
  });
}

/** VS Code's logger is native and stays unbuilt here; see spdlog.cjs. */
function replaceLogger() {
  const logger = path.join(path.dirname(host.server), '../node_modules/@vscode/spdlog');
  if (!existsSync(path.join(logger, 'build'))) {
    cpSync(path.join(root, 'test', 'host', 'spdlog.cjs'), path.join(logger, 'index.js'));
  }
}

/** Chrome, Chromium or Edge, in the places where they are usually installed. */
function findBrowser() {
  const onPath = [
    'chromium',
    'chromium-browser',
    'google-chrome-stable',
    'google-chrome',
    'microsoft-edge-stable',
    'microsoft-edge',
  ].flatMap((name) =>
    (process.env['PATH'] ?? '')
      .split(path.delimiter)
      .map((directory) => path.join(directory, name)),
  );
  const programs = [
    process.env['PROGRAMFILES'],
    process.env['PROGRAMFILES(X86)'],
    process.env['LOCALAPPDATA'],
  ];
  return [
    process.env['CHROME_PATH'] ?? '',
    ...onPath,
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ...programs.flatMap((directory) =>
      directory
        ? [
            path.join(directory, 'Google/Chrome/Application/chrome.exe'),
            path.join(directory, 'Microsoft/Edge/Application/msedge.exe'),
          ]
        : [],
    ),
  ].find((file) => file !== '' && existsSync(file));
}

/** The browser that tests drive; installed by apt where that is possible. Returns its path. */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found) {
    return found;
  }
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    await step('Installing Chromium by apt', async () => {
      const apt = (/** @type {string[]} */ ...args) => {
        const result = spawnSync('apt-get', args, {
          encoding: 'utf8',
          env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        });
        if (result.status !== 0) {
          throw new Error(`apt-get ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`);
        }
      };
      apt('update', '-q');
      apt(
        'install',
        '-y',
        '-q',
        '--no-install-recommends',
        'chromium',
        'fonts-noto-color-emoji',
        'fonts-dejavu-core',
      );
    });
    const installed = findBrowser();
    if (installed) {
      return installed;
    }
  }
  throw new Error(
    'The tests drive a browser: install Chromium, Google Chrome or Microsoft Edge (Debian: apt install chromium), ' +
      'or set CHROME_PATH to one.',
  );
}

// @ts-check
// The door of every npm script: installs what a fresh clone lacks, then runs the task.
//   node test/host/run.mjs <task> [arguments]
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ensureBrowser, ensureHost, ensurePackages, host, root, say } from './install.mjs';

const bin = (/** @type {string} */ name) => path.join('node_modules', name);
const tsx = ['--import', 'tsx'];

/** The children that are running, so that Ctrl+C ends everything that was started. */
const running = new Set();
let stopping = false;
function stop(/** @type {NodeJS.Signals} */ signal) {
  stopping = true;
  for (const child of running) {
    child.kill(signal);
  }
}
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, stop);
}
// npm passes no SIGTERM on: when it is gone, so are we.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && stop('SIGTERM'), 500).unref();

/** These run on the Node.js at hand; all others on Node.js 24, as VS Code does. */
const light = new Set(['build', 'watch', 'sandbox']);
const [task = '', ...args] = process.argv.slice(2);

/**
 * Runs Node.js with these arguments; throws when it fails.
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, later?: boolean }} [options] `later`: what it says is printed at its end,
 * in one piece, because others run beside it.
 */
function node(args, { env = {}, later = false } = {}) {
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      const program = light.has(task) ? process.execPath : host.node;
      const child = spawn(program, args, {
        cwd: root,
        stdio: later ? ['ignore', 'pipe', 'pipe'] : 'inherit',
        env: {
          ...process.env,
          PATH: `${path.dirname(program)}${path.delimiter}${process.env['PATH'] ?? ''}`,
          ...env,
        },
      });
      running.add(child);
      /** @type {Buffer[]} */
      const said = [];
      child.stdout?.on('data', (/** @type {Buffer} */ chunk) => said.push(chunk));
      child.stderr?.on('data', (/** @type {Buffer} */ chunk) => said.push(chunk));
      child.on('error', reject);
      child.on('close', (code, signal) => {
        running.delete(child);
        process.stdout.write(Buffer.concat(said));
        if (code === 0 || stopping) {
          resolve();
        } else {
          reject(new Error(`${args.join(' ')} ended with ${code ?? signal}`));
        }
      });
    })
  );
}

/** @param {string[]} args @param {Parameters<typeof node>[1]} [options] */
const mocha = (args, options) => node([...tsx, bin('mocha/bin/mocha.js'), ...args], options);

/** Waits for all of them, also when one fails, so that each has said what it found; then throws the first failure. */
async function together(/** @type {Promise<void>[]} */ tasks) {
  for (const result of await Promise.allSettled(tasks)) {
    if (result.status === 'rejected') {
      throw result.reason;
    }
  }
}

/** How long these end-to-end tests take on two cores, in seconds; any other about a minute. */
const seconds = {
  problems: 160,
  signIn: 75,
  people: 65,
  looks: 56,
  once: 55,
  form: 53,
  sandbox: 36,
  selection: 32,
  zSecrets: 25,
  trust: 22,
  palette: 20,
  send: 5,
  package: 1,
};

/** Two shares of the end-to-end tests, about as long as each other: each test waits more than it works. */
function shares() {
  const folder = path.join('test', 'e2e');
  const tests = readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => ({
      file: path.join(folder, name),
      seconds: new Map(Object.entries(seconds)).get(name.replace('.test.ts', '')) ?? 60,
    }))
    .sort((a, b) => b.seconds - a.seconds);
  /** @type {{ files: string[], seconds: number }[]} */
  const shares = [
    { files: [], seconds: 0 },
    { files: [], seconds: 0 },
  ];
  for (const test of tests) {
    const share = shares.reduce((least, one) => (one.seconds < least.seconds ? one : least));
    share.files.push(test.file);
    share.seconds += test.seconds;
  }
  return shares.map(({ files }) => files.sort());
}

const lint = () => node([bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0']);

async function typesAndFormat() {
  await node([bin('typescript/bin/tsc'), '-p', 'tsconfig.json']);
  await node([bin('typescript/bin/tsc'), '-p', 'src/webview/tsconfig.json']);
  await node([bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']);
}

/** Each works alone, and each needs the ones named in it. */
const tasks = {
  /** Bundles for development and tests. */
  build: () => node(['esbuild.js']),
  watch: () => node(['esbuild.js', '--watch']),
  /** Types, lint and format; the list of strings to translate is a unit test. */
  check: () => together([typesAndFormat(), lint()]),
  unit: (/** @type {string[]} */ args) =>
    mocha(args.length > 0 ? args : ['test/unit/**/*.test.ts']),
  integration: async (/** @type {string[]} */ _args, { later = false } = {}) => {
    await tasks.build();
    const env = { CHROME_PATH: await ensureBrowser() };
    await node([...tsx, 'test/host/runIntegration.mts'], { env, later });
  },
  /** The same suite in a desktop VS Code, downloaded or installed (VSCODE_PATH). */
  desktop: async () => {
    await tasks.build();
    await node([...tsx, 'test/host/runIntegration.mts', '--desktop']);
  },
  /** The figures of the README; `--json` prints one object. */
  bench: async (/** @type {string[]} */ args) => {
    const browser = await ensureBrowser();
    await node(['--expose-gc', ...tsx, 'test/bench/main.ts', ...args], {
      env: { CHROME_PATH: browser },
    });
  },
  /** The proof that a push is sent once or told of; `--short` as the tests run it, names choose a part. */
  faults: (/** @type {string[]} */ args, { later = false } = {}) =>
    node([...tsx, 'test/faults/main.ts', ...args], { later }),
  package: () => node([...tsx, 'test/host/package.mts']),
  e2e: async (/** @type {string[]} */ args, { packaged = false } = {}) => {
    if (!packaged) {
      await tasks.package();
    }
    const browser = await ensureBrowser();
    process.env['CHROME_PATH'] = browser;
    const config = ['--config', 'test/e2e/.mocharc.json'];
    if (args.length > 0) {
      await mocha([...config, ...args]);
      return;
    }
    const [first = [], second = []] = shares();
    await together([
      mocha([...config, ...first]),
      mocha([...config, ...(process.stdout.isTTY ? ['--color'] : []), ...second], { later: true }),
    ]);
  },
  /** Makes the README's pictures anew. */
  screenshots: () => tasks.e2e(['test/e2e/pictures/readme.pictures.ts']),
  /** Two at a time, as there are cores; the end-to-end tests last, since they watch what is drawn when. */
  test: async () => {
    say('\n── lint and unit tests, beside them types, format, faults, integration and package ──');
    const lintAndUnit = async () => {
      await lint();
      await tasks.unit([]);
    };
    const others = async () => {
      await typesAndFormat();
      // The other proofs' short forms are unit tests.
      await tasks.faults(['--short', 'kill', 'windows'], { later: true });
      await tasks.integration([], { later: true });
      // Last: integration tests build for themselves, to the same folder.
      await tasks.package();
    };
    await together([lintAndUnit(), others()]);
    say('\n── e2e ──');
    await tasks.e2e([], { packaged: true });
  },
  /** The sandbox portal alone; needs no VS Code. */
  sandbox: async (/** @type {string[]} */ args) => {
    await node(['esbuild.js', '--quiet', '--only=sandboxMain']);
    await node(['dist/sandboxMain.js', ...args]);
  },
  start: (/** @type {string[]} */ args) => node([...tsx, 'test/host/start.mts', ...args]),
};

if (!Object.hasOwn(tasks, task)) {
  say(`Tasks: ${Object.keys(tasks).join(', ')}`);
  process.exit(2);
}
try {
  await Promise.all([ensurePackages(), ...(light.has(task) ? [] : [ensureHost()])]);
  await tasks[/** @type {keyof typeof tasks} */ (task)](args);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

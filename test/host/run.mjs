// @ts-check
// The door of every npm script: installs what a fresh clone lacks, then runs the task.
//   node test/host/run.mjs <task> [arguments]
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  ensureBrowser,
  ensureHost,
  ensurePackages,
  hasNode24,
  host,
  root,
  say,
} from './install.mjs';

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
/** These need no VS Code, only the Node.js 24 that comes with it where another one is at hand. */
const withoutVscode = new Set([
  ...['check', 'unit', 'package', 'faults', 'mutation', 'check:publish'],
]);
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

/** Each file of end-to-end tests is a process of its own, so that no file can lean on what another one left behind. */
async function endToEnd() {
  const folder = path.join('test', 'e2e');
  const sizeOf = (/** @type {string} */ file) => statSync(path.join(root, file)).size;
  const queue = readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(folder, name))
    // Long files take long, as a rule. What is begun first cannot be what everybody waits for at the end.
    .sort((a, b) => sizeOf(b) - sizeOf(a));
  // Its pushes are held for many seconds each: it waits beside the others.
  const waiting = queue.splice(queue.indexOf(path.join(folder, 'reachMe.test.ts')), 1);
  const colour = process.stdout.isTTY ? ['--color'] : [];
  /** @type {string[]} */
  const failed = [];
  const worker = async (/** @type {string[]} */ files) => {
    for (let file = files.shift(); file !== undefined && !stopping; file = files.shift()) {
      try {
        await mocha([...e2eConfig, ...colour, file], { later: true });
      } catch {
        failed.push(file);
      }
    }
  };
  // Each test waits for VS Code more than it works itself.
  const workers = Array.from({ length: Math.max(2, availableParallelism()) }, () => worker(queue));
  await Promise.all([worker(waiting), ...workers]);
  if (failed.length > 0) {
    throw new Error(`Failed: ${failed.join(', ')}`);
  }
}

const stryker = '@stryker-mutator/core/bin/stryker.js';
const e2eConfig = ['--config', 'test/e2e/.mocharc.json'];

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
  /** The figures of docs/figures.md; `--json` prints one object. */
  bench: async (/** @type {string[]} */ args) => {
    const browser = await ensureBrowser();
    await node(['--expose-gc', ...tsx, 'test/bench/main.ts', ...args], {
      env: { CHROME_PATH: browser },
    });
  },
  /** Drives the real programs of coding agents, which it installs first; see docs/agents.md. */
  agents: (/** @type {string[]} */ args) =>
    mocha([...(args.length > 0 ? args : []), 'test/agents/*.test.ts'], {
      env: { UPDATE_AGENTS_TABLE: args.length > 0 ? '' : '1' },
    }),
  /** The proof that a push is sent once or told of; `--short` as the tests run it, names choose a part. */
  faults: (/** @type {string[]} */ args, { later = false } = {}) =>
    node([...tsx, 'test/faults/main.ts', ...args], { later }),
  /** Changes the code in small ways and counts the changes that unit tests notice; see docs/mutation.md. */
  mutation: (/** @type {string[]} */ args) =>
    node([bin(stryker), 'run', ...args], {
      env: {
        NODE_OPTIONS: `--import ${pathToFileURL(path.join(root, 'test/host/requireCjs.mjs'))}`,
      },
    }),
  package: () => node([...tsx, 'test/host/package.mts']),
  /** Says what publish.json and the manifest lack for the Marketplace and Open VSX. */
  'check:publish': () => node([...tsx, 'test/host/checkPublish.mts']),
  /** All that comes before publishing, which it leaves to a person; `--dry-run` makes no tag. */
  release: (/** @type {string[]} */ args) => node([...tsx, 'test/host/release.mts', ...args]),
  e2e: async (/** @type {string[]} */ args, { packaged = false } = {}) => {
    if (!packaged) {
      await tasks.package();
    }
    process.env['CHROME_PATH'] = await ensureBrowser();
    await (args.length > 0 ? mocha([...e2eConfig, ...args]) : endToEnd());
  },
  /** Makes the pictures of README and walkthrough anew. */
  screenshots: (/** @type {string[]} */ args) =>
    tasks.e2e([...args, 'test/e2e/pictures/*.pictures.ts']),
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
  const needsHost = !light.has(task) && !(withoutVscode.has(task) && hasNode24);
  await Promise.all([ensurePackages(), ...(needsHost ? [ensureHost()] : [])]);
  await tasks[/** @type {keyof typeof tasks} */ (task)](args);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

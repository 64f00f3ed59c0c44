import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { yesHintKey } from '../../src/automation/reachHints';
import type { Bench } from './benches';
import { makeProduction, vsix } from './production';
import { middle, times } from './stage';

const ours = 'bitrix24-push.bitrix24-push';
const tiny = 'bench.tiny';
/** Goes before both: the first activation of an extension host asks the window for things. */
const first = 'bench.first';

const measured = v.object({ [ours]: v.number(), [tiny]: v.number() });

export const benches: Bench[] = [
  {
    name: 'activation.overTinyMs',
    what: 'Activation of the shipped extension with the standing yes, in the VS Code of the tests: ms of the extension host’s thread over those of an extension with one command. What listens to tasks, terminals and b24push is read 300 ms later',
    atMost: 8,
    run: activation,
  },
];

/** One extension host after another, each activates both; which comes first changes. */
async function activation(): Promise<number> {
  makeProduction();
  // What follows is only loaded here: it is for those whose machine has a browser.
  const { startBrowser } = await import('../host/browser.mjs');
  const { installExtension, startEditor } = await import('../host/editor.mjs');
  const directory = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-activation-'));
  const extensions = path.join(directory, 'extensions');
  for (const file of [vsix, await tinyVsix(directory)]) {
    await installExtension(file, path.join(directory, 'installer'), extensions);
  }
  await waitToBeAsked(extensions);
  await listenToEverything(extensions);
  await extension(directory, 'first', '');
  const result = path.join(directory, 'result.json');
  const suites = [
    await suite(directory, 'first', [ours, tiny], result),
    await suite(directory, 'second', [tiny, ours], result),
  ];
  const editor = await startEditor({
    directory: path.join(directory, 'data'),
    extensions,
    testDriver: true,
  });
  const browser = await startBrowser();
  try {
    const over: number[] = [];
    // The first window finds nothing in caches: it does not count.
    for (let time = 0; time <= times; time += 1) {
      const page = await browser.newPage();
      try {
        const done = new Promise<number>((resolve, reject) => {
          void page.exposeFunction('codeAutomationExit', resolve);
          void page.exposeFunction('codeAutomationLog', () => undefined);
          page.on('crash', () => reject(new Error("The workbench's page crashed.")));
        });
        const remote = (file: string) => `vscode-remote://127.0.0.1:${editor.port}${file}`;
        await page.goto(
          editor.url(directory, {
            payload: JSON.stringify([
              ['extensionDevelopmentPath', remote(path.join(directory, 'first'))],
              ['extensionTestsPath', remote(suites[time % 2] ?? '')],
              ['skipWelcome', 'true'],
            ]),
          }),
        );
        const code = await done;
        if (code !== 0) {
          throw new Error(`the extension host ended with ${code}`);
        }
        const line = await readFile(result, 'utf8');
        const ms = v.parse(measured, JSON.parse(line));
        if (process.env['BENCH_RUNS'] !== undefined) {
          process.stderr.write(`  ${line}\n`);
        }
        if (time > 0) {
          over.push(ms[ours] - ms[tiny]);
        }
      } finally {
        await page.close();
      }
    }
    return middle(over);
  } finally {
    await browser.close();
    await editor.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Ours starts by itself once a window is there; here it is to start when it is measured. */
async function waitToBeAsked(extensions: string): Promise<void> {
  const folder = (await readdir(extensions)).find((name) => name.startsWith(ours)) ?? '';
  const file = path.join(extensions, folder, 'package.json');
  const manifest = v.parse(v.looseObject({}), JSON.parse(await readFile(file, 'utf8')));
  await writeFile(file, JSON.stringify({ ...manifest, activationEvents: [] }));
}

/** Ours listens where there is a standing yes; here it finds the mark of one. */
async function listenToEverything(extensions: string): Promise<void> {
  const folder = (await readdir(extensions)).find((name) => name.startsWith(ours)) ?? '';
  await appendFile(
    path.join(extensions, folder, 'dist', 'extension.js'),
    `
;{
  const { activate } = module.exports;
  const state = (memento) => ({
    get: (key, otherwise) => key === ${JSON.stringify(yesHintKey)} || memento.get(key, otherwise),
  });
  module.exports = {
    activate: (context) =>
      activate(Object.create(context, { globalState: { value: state(context.globalState) } })),
  };
}
`,
  );
}

async function tinyVsix(directory: string): Promise<string> {
  const folder = await extension(directory, 'tiny', oneCommand);
  const packagePath = path.join(directory, 'tiny.vsix');
  // As a process of its own: it prints what it packs.
  const vsce = path.join(path.dirname(require.resolve('@vscode/vsce/package.json')), 'vsce');
  const asItIs = ['--no-dependencies', '--allow-missing-repository', '--skip-license'];
  execFileSync(process.execPath, [vsce, 'package', ...asItIs, '--out', packagePath], {
    cwd: folder,
    stdio: 'pipe',
  });
  return packagePath;
}

const oneCommand = `subscriptions.push(
  require('vscode').commands.registerCommand('tiny.nothing', () => undefined),
);`;

async function extension(directory: string, name: string, activation: string): Promise<string> {
  const folder = path.join(directory, name);
  await mkdir(folder);
  const manifest = {
    ...{ name, publisher: 'bench', version: '1.0.0', main: './extension.js' },
    ...{ engines: { vscode: '^1.106.0' }, extensionKind: ['ui', 'workspace'] },
    contributes: { commands: [{ command: `${name}.nothing`, title: 'Nothing' }] },
  };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  const code = `exports.activate = ({ subscriptions }) => { ${activation} };\n`;
  await writeFile(path.join(folder, 'extension.js'), code);
  return folder;
}

/** Runs in the extension host. */
async function suite(
  directory: string,
  name: string,
  order: readonly [string, string],
  result: string,
): Promise<string> {
  const file = path.join(directory, `${name}.cjs`);
  await writeFile(
    file,
    `const { writeFileSync } = require('node:fs');
const vscode = require('vscode');
/** A window has work of its own: half a second in which nothing kept this process busy. */
const calm = async () => {
  const until = performance.now() + 10_000;
  for (let calm = 0; calm < 25 && performance.now() < until; ) {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
    calm = performance.now() - start < 25 ? calm + 1 : 0;
  }
};
exports.run = async () => {
  await calm();
  await vscode.extensions.getExtension('${first}').activate();
  const ms = {};
  for (const id of ${JSON.stringify(order)}) {
    const extension = vscode.extensions.getExtension(id);
    if (extension.isActive) throw new Error(id + ' is active already');
    // What the one before still has to do is not this one's.
    await calm();
    // What the thread itself takes: how long it waits for a processor says more about the machine.
    const start = process.threadCpuUsage();
    await extension.activate();
    const { user, system } = process.threadCpuUsage(start);
    ms[id] = (user + system) / 1000;
  }
  writeFileSync(${JSON.stringify(result)}, JSON.stringify(ms));
};
`,
  );
  return file;
}

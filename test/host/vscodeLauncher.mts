// Stands where @vscode/test-electron expects a VS Code executable: takes VS Code's own arguments, runs the
// extension tests in the VS Code that npm carries, and exits with their exit code.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { format, parseArgs } from 'node:util';
import { startBrowser } from './browser.mjs';
import { suiteMark } from '../integration/suiteMark';
import { startEditor } from './editor.mjs';

const { values } = parseArgs({
  strict: false,
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    'extensions-dir': { type: 'string' },
    'user-data-dir': { type: 'string' },
  },
});
const { extensionDevelopmentPath, extensionTestsPath } = values;
if (typeof extensionDevelopmentPath !== 'string' || typeof extensionTestsPath !== 'string') {
  throw new Error('--extensionDevelopmentPath and --extensionTestsPath are needed.');
}

const directory = mkdtempSync(path.join(tmpdir(), 'bitrix24-push-host-'));
const editor = await startEditor({ directory, testDriver: true });
const browser = await startBrowser();
try {
  const page = await browser.newPage();
  const exitCode = new Promise<number>((resolve, reject) => {
    void page.exposeFunction('codeAutomationExit', resolve);
    void page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
      // The suite marks its lines; the rest is the workbench's own news (it looks for a marketplace, for
      // GitHub, and for native modules that tests do without).
      const text = format(...args);
      if (text.startsWith(suiteMark)) {
        process.stdout.write(`${text.slice(suiteMark.length)}\n`);
      } else if (process.env['VERBOSE']) {
        process.stdout.write(`${type}: ${text}\n`);
      }
    });
    page.on('crash', () => reject(new Error("The workbench's page crashed.")));
  });
  const remote = (file: string) => `vscode-remote://127.0.0.1:${editor.port}${path.resolve(file)}`;
  await page.goto(
    editor.url(directory, {
      payload: JSON.stringify([
        ['extensionDevelopmentPath', remote(extensionDevelopmentPath)],
        ['extensionTestsPath', remote(extensionTestsPath)],
        ['skipWelcome', 'true'],
      ]),
    }),
  );
  process.exitCode = await exitCode;
} finally {
  await browser.close();
  await editor.stop();
  rmSync(directory, { recursive: true, force: true });
}

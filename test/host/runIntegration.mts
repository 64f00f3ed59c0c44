// The integration suite, by @vscode/test-electron's runTests in both worlds: in the VS Code that npm carries,
// or with --desktop in a desktop VS Code (VSCODE_PATH, or a downloaded one).
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { root } from './install.mjs';

/** An executable that stands for VS Code's and runs vscodeLauncher.mts on this Node.js. */
function launcher(): string {
  const directory = path.join(root, '.vscode-test');
  mkdirSync(directory, { recursive: true });
  const script = path.join(root, 'test', 'host', 'vscodeLauncher.mts');
  if (process.platform === 'win32') {
    const file = path.join(directory, 'vscode.cmd');
    writeFileSync(
      file,
      `@cd /d "${root}" && "${process.execPath}" --import tsx "${script}" %*\r\n`,
    );
    return file;
  }
  const file = path.join(directory, 'vscode');
  writeFileSync(
    file,
    `#!/bin/sh\ncd "${root}" && exec "${process.execPath}" --import tsx "${script}" "$@"\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

const desktop = process.argv.includes('--desktop');
const installed = process.env['VSCODE_PATH'];
try {
  process.exitCode = await runTests({
    ...(desktop
      ? installed
        ? { vscodeExecutablePath: installed }
        : {}
      : { vscodeExecutablePath: launcher() }),
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(root, 'dist', 'test', 'integration.js'),
    launchArgs: desktop ? ['--disable-extensions'] : [],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { PackageManager, listFiles } from '@vscode/vsce';
import { root } from '../host/install.mjs';

describe('the VSIX', () => {
  it('carries exactly these files', async () => {
    const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
    const { size } = statSync(path.join(root, 'bitrix24-push.vsix'));
    console.log(`      ${files.length} files, ${size.toLocaleString('en')} bytes`);
    assert.deepEqual(files.sort(), [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/THIRD-PARTY-NOTICES.txt',
      'dist/extension.js',
      'dist/sandbox.js',
      'dist/webview.js',
      'l10n/bundle.l10n.json',
      'l10n/bundle.l10n.ru.json',
      'media/bitrix24-push.svg',
      'media/form.css',
      'media/icon.png',
      'media/walkthrough-phone.svg',
      'package.json',
      'package.nls.json',
      'package.nls.ru.json',
    ]);
  });
});

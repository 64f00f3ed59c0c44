import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { hostBundle } from '../bench/production';
import { root } from '../host/install.mjs';
import { stage } from './support/stage';

describe('the VSIX', () => {
  it('carries what its manifest names, its licences and texts, and nothing of the workshop', async () => {
    const files = await installedFiles();
    const { size } = statSync(path.join(root, 'bitrix24-push.vsix'));
    console.log(`      ${files.length} files, ${size.toLocaleString('en')} bytes`);
    const ships =
      /^(LICENSE\.txt|(changelog|readme)\.md|package(\.nls(\.ru)?)?\.json|dist\/(.+\.js|THIRD-PARTY-NOTICES\.txt)|l10n\/bundle\.l10n\.ru\.json|media\/[^/]+\.(css|png|svg))$/;
    assert.deepEqual(
      files.filter((file) => !ships.test(file) || /test|esbuild|sandboxMain/.test(file)),
      [],
    );
    const manifest = await readFile(path.join(await installed(), 'package.json'), 'utf8');
    const named = [...manifest.matchAll(/"(?:\.\/)?((?:dist|media)\/[^"]+)"/g)].map(
      ([, file]) => file,
    );
    assert.ok(named.length >= 3, named.join());
    const texts = ['LICENSE.txt', 'readme.md', 'package.nls.json', 'package.nls.ru.json'];
    const needed = [...named, ...texts, 'l10n/bundle.l10n.ru.json', 'dist/THIRD-PARTY-NOTICES.txt'];
    assert.deepEqual(
      needed.filter((file) => file === undefined || !files.includes(file)),
      [],
    );
  });

  it('gives a window no more than 200,000 bytes to read at its start and with any first use', async () => {
    const folder = await installed();
    const inFolder = hostBundle.map((file) => path.join(folder, path.relative(root, file)));
    const sizes = inFolder.map((file) => statSync(file).size);
    const size = sizes.reduce((one, other) => one + other);
    console.log(`      ${sizes.map((bytes) => bytes.toLocaleString('en')).join(' + ')} bytes`);
    assert.ok(size <= 200_000, `${size} bytes`);
    // Every window reads the first: registrations only.
    assert.ok((sizes[0] ?? Infinity) <= 20_000, `${sizes[0]} bytes`);
  });

  it('is no more than 300,000 bytes to download', () => {
    const { size } = statSync(path.join(root, 'bitrix24-push.vsix'));
    assert.ok(size <= 300_000, `${size} bytes`);
  });
});

/** Where VS Code unpacked it to. */
async function installed(): Promise<string> {
  const extensions = path.join(stage.directory, 'extensions');
  const folder = (await readdir(extensions)).find((name) => name.startsWith('bitrix24-push.'));
  assert.ok(folder);
  return path.join(extensions, folder);
}

/** What VS Code unpacked of it, but for its own note of where it came from. */
async function installedFiles(): Promise<string[]> {
  const folder = await installed();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name !== '.vsixmanifest')
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
    .map((file) => file.split(path.sep).join('/'));
}

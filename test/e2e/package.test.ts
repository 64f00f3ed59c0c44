import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { pictures, startBundle } from '../bench/production';
import { root } from '../host/install.mjs';
import { stage } from './support/stage';

describe('the VSIX', () => {
  it('carries what its manifest names, its licences and texts, and nothing of the workshop', async () => {
    const files = await installedFiles();
    const { size } = statSync(path.join(root, 'bitrix24-push.vsix'));
    console.log(`      ${files.length} files, ${size.toLocaleString('en')} bytes`);
    const ships =
      /^(LICENSE\.txt|(changelog|readme)\.md|package(\.nls(\.ru)?)?\.json|dist\/(.+\.js|THIRD-PARTY-NOTICES\.txt)|l10n\/bundle\.l10n\.ru\.json|media\/([^/]+\.(css|png|svg|json)|walkthrough\/[^/]+\.png))$/;
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

  it('gives every window no more than 20,000 bytes to read at its start', async () => {
    const file = path.join(await installed(), path.relative(root, startBundle));
    const { size } = statSync(file);
    assert.ok(size <= 20_000, `${size} bytes`);
  });

  it('is no more than 640,000 bytes to download, and 150,000 of pictures', () => {
    const { size } = statSync(path.join(root, 'bitrix24-push.vsix'));
    const pictureSize = readdirSync(pictures)
      .map((name) => statSync(path.join(pictures, name)).size)
      .reduce((sum, bytes) => sum + bytes, 0);
    assert.ok(pictureSize <= 150_000, `${pictureSize} bytes of pictures`);
    assert.ok(size - pictureSize <= 640_000, `${size} bytes, ${pictureSize} of them pictures`);
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

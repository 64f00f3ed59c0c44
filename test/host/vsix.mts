// Packs an extension with what publish.json says.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PackageManager, createVSIX, listFiles } from '@vscode/vsce';
import * as v from 'valibot';
import { type Publish, basesOf, mergedManifest } from './publish.mjs';

const manifestFile = v.pipe(v.string(), v.parseJson(), v.looseObject({ version: v.string() }));

/**
 * Packs the files that .vscodeignore lets through from a copy, because the packaged manifest differs from the one in
 * the repository. With a repository in `publish`, vsce checks everything; without one, it lets the repository be
 * missing and leaves the README's relative links as they are. Everything is bundled, so node_modules has nothing to add.
 */
export async function makeVsix(root: string, packagePath: string, publish: Publish): Promise<void> {
  const copy = mkdtempSync(path.join(tmpdir(), 'bitrix24-push-vsix-'));
  try {
    const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
    for (const file of [...files, '.vscodeignore']) {
      cpSync(path.join(root, file), path.join(copy, file));
    }
    const manifest = v.parse(manifestFile, readFileSync(path.join(root, 'package.json'), 'utf8'));
    writeFileSync(
      path.join(copy, 'package.json'),
      `${JSON.stringify(mergedManifest(manifest, publish), null, 2)}\n`,
    );
    rmSync(packagePath, { force: true });
    const bases = basesOf(publish, manifest.version);
    await createVSIX({
      ...{ cwd: copy, packagePath, dependencies: false },
      ...(bases
        ? { baseContentUrl: bases.links, baseImagesUrl: bases.pictures }
        : { allowMissingRepository: true, rewriteRelativeLinks: false }),
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

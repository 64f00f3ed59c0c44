// `npm run package`: the VSIX, in production form. Prints its files and size.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './install.mjs';
import { bundledPackages, noticesOf } from './notices.mjs';
import { parsePublish } from './publish.mjs';
import { makeVsix } from './vsix.mjs';

const bundles = spawnSync(process.execPath, ['esbuild.js', '--production'], {
  cwd: root,
  stdio: 'inherit',
});
if (bundles.status !== 0) {
  process.exit(1);
}
const inDist = (name: string) => path.join(root, 'dist', name);
const packages = bundledPackages(readFileSync(inDist('meta.json'), 'utf8'));
writeFileSync(inDist('THIRD-PARTY-NOTICES.txt'), noticesOf(packages, root));
rmSync(inDist('meta.json'));
const packagePath = path.join(root, 'bitrix24-push.vsix');
const publish = parsePublish(readFileSync(path.join(root, 'publish.json'), 'utf8'));
await makeVsix(root, packagePath, publish);
const width = 32;
for (const name of readdirSync(path.join(root, 'dist'), { recursive: true, encoding: 'utf8' })) {
  const file = statSync(path.join(root, 'dist', name));
  if (file.isFile()) {
    console.log(`${name.padEnd(width)} ${file.size.toLocaleString('en')} bytes`);
  }
}
console.log(`${'VSIX'.padEnd(width)} ${statSync(packagePath).size.toLocaleString('en')} bytes`);

// `npm run release`: checks everything, makes the VSIX, tags the version, and prints the commands that publish.
//   --dry-run makes no tag
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { root, say } from './install.mjs';
import { parsePublish } from './publish.mjs';
import { publishFaults } from './publishFaults.mjs';
import { release } from './releaseSteps.mjs';

const { values: flags } = parseArgs({
  options: { 'dry-run': { type: 'boolean', default: false } },
});
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const { version } = v.parse(
  v.pipe(v.string(), v.parseJson(), v.object({ version: v.string() })),
  read('package.json'),
);

function npm(...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, {
      ...{ cwd: root, stdio: 'inherit', shell: process.platform === 'win32' },
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`npm ${args.join(' ')} ended with ${code}`)),
    );
  });
}

try {
  await release(
    {
      git: (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }),
      npm,
      publishFaults: () => publishFaults(root),
      publish: parsePublish(read('publish.json')),
      version,
      changelog: read('CHANGELOG.md'),
      say: (text) => console.log(text),
    },
    { dryRun: flags['dry-run'] },
  );
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

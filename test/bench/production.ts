import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(__dirname, '../..');
export const vsix = path.join(root, 'bitrix24-push.vsix');
/** The bundle that every window reads at its start. */
export const startBundle = path.join(root, 'dist', 'extension.js');
/** The folder of the walkthrough's pictures. */
export const pictures = path.join(root, 'media', 'walkthrough');
/** The program b24push. */
export const programBundle = path.join(root, 'dist', 'b24push.js');
/** The bundles that a window reads at its start and with its first use. */
export const hostBundle = [startBundle, path.join(root, 'dist', 'main.js')];

let made = false;

/** What ships, made anew once a run. */
export function makeProduction(): void {
  if (made) {
    return;
  }
  const args = ['--import', 'tsx', path.join('test', 'host', 'package.mts')];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(`The VSIX could not be made:\n${stdout}${stderr}`);
  }
  made = true;
}

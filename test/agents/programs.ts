import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The versions that the hooks were tried with. */
export const versions = {
  '@anthropic-ai/claude-code': '2.1.332',
  '@openai/codex': '0.171.0',
  '@google/gemini-cli': '0.61.0',
  '@github/copilot': '1.0.102',
  'opencode-ai': '1.18.33',
  '@qwen-code/qwen-code': '0.24.4',
} as const;

const folder = path.join(__dirname, '../../.vscode-test/agents');

/** Installs the agents, once. Returns why they cannot be had. */
export async function installAgents(): Promise<string | undefined> {
  const wanted = JSON.stringify({ private: true, dependencies: versions });
  const stamp = path.join(folder, 'ready');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    return undefined;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), wanted);
  const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];
  const child = spawn('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  if (code !== 0) {
    return `npm could not install them: ${Buffer.concat(said).toString().slice(-300)}`;
  }
  // These put the program for this machine where its command is.
  for (const [name, script] of [
    ['@anthropic-ai/claude-code', 'install.cjs'],
    ['opencode-ai', 'postinstall.mjs'],
  ] as const) {
    spawnSync(process.execPath, [script], { cwd: path.join(folder, 'node_modules', name) });
  }
  writeFileSync(stamp, wanted);
  return undefined;
}

export function programOf(name: string): string {
  return path.join(folder, 'node_modules/.bin', name);
}

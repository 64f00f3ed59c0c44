import assert from 'node:assert/strict';
import path from 'node:path';
import { build } from 'esbuild';
import { bundledPackages, noticesOf } from '../../host/notices.mjs';

const root = path.join(__dirname, '../../..');

describe('the licences of what ships', () => {
  it('are told for every package in the bundles', async () => {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: [
        ...['src/extension.ts', 'src/sandbox/index.ts', 'src/webview/main.ts'],
        'src/b24push/mcp.ts',
      ],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      outdir: 'dist',
      external: ['vscode', 'web-streams-polyfill'],
      logLevel: 'error',
    });
    const packages = bundledPackages(JSON.stringify(metafile));
    for (const name of ['node-fetch', 'valibot', '@modelcontextprotocol/sdk', 'zod']) {
      assert.ok(packages.includes(name), packages.join());
    }
    const notices = noticesOf(packages, root);
    for (const name of packages) {
      assert.match(notices, new RegExp(`\\n${name.replaceAll('/', '\\/')} \\d+\\.\\d+\\.\\d+ \\(`));
    }
    const permissions = notices.match(/permission|licen[cs]ed under/gi) ?? [];
    assert.ok(permissions.length >= packages.length);
  });

  it('are missed aloud', () => {
    const meta = {
      outputs: { a: { inputs: { 'node_modules/mocha/x.js': { bytesInOutput: 1 } } } },
    };
    assert.deepEqual(bundledPackages(JSON.stringify(meta)), ['mocha']);
    assert.throws(() => noticesOf(['no-such-package'], root));
  });
});

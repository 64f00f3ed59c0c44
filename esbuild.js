// Bundles what ships (extension, main, secrets, sandbox, webview) and what only tests and scripts use.
//   node esbuild.js [--production] [--watch] [--quiet] [--only=NAME]
const { existsSync, rmSync, writeFileSync } = require('node:fs');
const esbuild = require('esbuild');

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const isQuiet = process.argv.includes('--quiet');
const only = process.argv
  .find((argument) => argument.startsWith('--only='))
  ?.slice('--only='.length);

/** Lines that the problem matcher in .vscode/tasks.json reads. */
const problemMatcher = {
  name: 'problem-matcher',
  setup(build) {
    build.onStart(() => console.log('[watch] build started'));
    build.onEnd(({ errors }) => {
      for (const { text, location } of errors) {
        console.error(`✘ [ERROR] ${text}`);
        if (location) {
          console.error(`    ${location.file}:${location.line}:${location.column}:`);
        }
      }
      console.log('[watch] build finished');
    });
  },
};

const shared = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  // Licences of what is bundled ship beside it: see test/host/notices.mjs.
  legalComments: 'none',
  charset: 'utf8',
  metafile: production,
  logLevel: isQuiet ? 'error' : 'warning',
  plugins: watch ? [problemMatcher] : [],
};

const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  // The oldest extension host that engines.vscode allows runs Node.js 22.
  target: 'node22',
  external: ['vscode'],
  // VS Code loads extensions as CommonJS, so that a later import is a require.
  supported: { 'dynamic-import': false },
};

const quiet = './src/secrets/quiet.ts';
const noSchemas = './src/b24push/noSchemas.ts';

// Bundles that others load stand beside them in dist, under the name that the source imports.
const besides = [
  ...['./main', './listeners', './program/startProgram'],
  ...['./sandbox', './secrets/findSecrets', './agents/connect/openAgents'],
  ...['./pushFiles/openPushFiles', './ownCalls/openOwnCalls'],
];

// Nobody comes to the last two: the polyfill is for a Node.js without streams of its own, which no extension host is,
// and no answer is a form.
const host = {
  ...node,
  outdir: 'dist',
  external: ['vscode', ...besides, 'web-streams-polyfill', './utils/multipart-parser.js'],
  // The CommonJS build of jsonc-parser hides its parts from the bundler.
  alias: {
    ...{ debug: quiet, '@secretlint/profiler': quiet },
    'jsonc-parser': 'jsonc-parser/lib/esm/main.js',
  },
};

const bundles = {
  /** Registrations only: all that a window reads at its start. */
  extension: { ...host, entryPoints: { extension: 'src/extension.ts' } },
  /** Hears of what happens while nothing of the rest is loaded; read at a window's start once there is a standing yes. */
  listeners: { ...host, entryPoints: { listeners: 'src/listeners.ts' } },
  /** Everything behind them, read with the first use. */
  main: { ...host, entryPoints: { main: 'src/main.ts' } },
  /** The rules for secrets, read when the first push is about to leave. */
  secrets: { ...host, entryPoints: { 'secrets/findSecrets': 'src/secrets/findSecrets.ts' } },
  /** Writes hooks into the files of coding agents; read with the command that connects them. */
  agents: {
    ...host,
    entryPoints: { 'agents/connect/openAgents': 'src/agents/connect/openAgents.ts' },
  },
  /** Lenses, preview and language of push files, read when the first one is opened. */
  pushFiles: {
    ...host,
    entryPoints: { 'pushFiles/openPushFiles': 'src/pushFiles/openPushFiles.ts' },
  },
  /** Judges calls of the push method in sources, with their parsers; read when the first such source is opened. */
  ownCalls: {
    ...host,
    entryPoints: { 'ownCalls/openOwnCalls': 'src/ownCalls/openOwnCalls.ts' },
  },
  /** Listens for calls of b24push; read once a window has started. */
  program: { ...host, entryPoints: { 'program/startProgram': 'src/program/startProgram.ts' } },
  /** The program b24push, and the tools that it serves to agents. */
  b24push: {
    ...node,
    entryPoints: { b24push: 'src/b24push/main.ts' },
    outdir: 'dist',
    external: ['./mcp'],
  },
  /** The tools for agents over MCP, read by `b24push mcp` only. */
  mcp: {
    ...node,
    entryPoints: ['src/b24push/mcp.ts'],
    outfile: 'dist/mcp.js',
    alias: { ajv: noSchemas, 'ajv-formats': noSchemas },
  },
  sandbox: { ...node, entryPoints: ['src/sandbox/index.ts'], outfile: 'dist/sandbox.js' },
  webview: {
    ...shared,
    entryPoints: ['src/webview/main.ts'],
    outfile: 'dist/webview.js',
    platform: 'browser',
    format: 'iife',
    target: 'es2023',
  },
  /** `npm run sandbox`; does not ship. */
  sandboxMain: {
    ...node,
    target: 'node20',
    entryPoints: ['src/sandbox/main.ts'],
    outfile: 'dist/sandboxMain.js',
  },
  /** The integration suite, run by mocha inside VS Code; does not ship. */
  integration: {
    ...node,
    entryPoints: ['test/integration/index.ts'],
    outfile: 'dist/test/integration.js',
    external: ['vscode', 'mocha'],
  },
};

async function main() {
  const names = only
    ? [only]
    : Object.keys(bundles).filter(
        (name) => !production || !['sandboxMain', 'integration'].includes(name),
      );
  if (production && !only && existsSync('dist')) {
    rmSync('dist', { recursive: true });
  }
  const contexts = await Promise.all(names.map((name) => esbuild.context(bundles[name])));
  if (watch) {
    await Promise.all(contexts.map((context) => context.watch()));
    return;
  }
  try {
    const results = await Promise.all(contexts.map((context) => context.rebuild()));
    if (production) {
      const outputs = results.flatMap(({ metafile }) => Object.entries(metafile.outputs));
      writeFileSync('dist/meta.json', JSON.stringify({ outputs: Object.fromEntries(outputs) }));
    }
  } finally {
    await Promise.all(contexts.map((context) => context.dispose()));
  }
}

main().catch((error) => {
  if (!error.errors) {
    console.error(error);
  }
  process.exit(1);
});

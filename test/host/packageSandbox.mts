// `npm run package:sandbox`: the sandbox as an npm package, a folder (dist/bitrix24-sandbox, or the one that is named)
// and a tarball beside it, ready to publish. Prints the tarball's path.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';
import { root } from './install.mjs';
import { bundledPackages, noticesOf } from './notices.mjs';

const NAME = 'bitrix24-sandbox';
const source = (...names: string[]) => path.join(root, 'src', 'sandbox', ...names);

/**
 * Makes the package anew in this folder, and packs it.
 * @returns path of the tarball, which stands beside the folder
 */
async function packageSandbox(folder: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const inFolder = (...names: string[]) => path.join(folder, ...names);
  const packages = await bundle(folder);
  chmodSync(inFolder('cli.js'), 0o755);
  writeFileSync(
    inFolder('library.mjs'),
    "import library from './library.js';\nexport const { API_VERSION, startSandbox } = library;\n",
  );
  for (const [name, text] of declarations()) {
    mkdirSync(path.dirname(inFolder('types', name)), { recursive: true });
    writeFileSync(inFolder('types', name), text);
  }
  writeFileSync(inFolder('types', 'library.d.mts'), "export * from './library.js';\n");
  writeFileSync(inFolder('package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
  writeFileSync(inFolder('README.md'), readme(readFileSync(source('README.md'), 'utf8')));
  writeFileSync(inFolder('THIRD-PARTY-NOTICES.txt'), noticesOf(packages, root, NAME));
  copyFileSync(path.join(root, 'LICENSE'), inFolder('LICENSE'));
  cpSync(path.join(root, 'docs', 'sandbox'), inFolder('docs'), { recursive: true });
  cpSync(path.join(root, 'docs', 'fidelity.md'), inFolder('docs', 'fidelity.md'));
  return pack(folder);
}

/** Bundles the library and, beside it, the command line. @returns the npm packages that are in the bundles */
async function bundle(outdir: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { library: source('library.ts'), cli: source('main.ts') },
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['./library'],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
  });
  return bundledPackages(JSON.stringify(metafile));
}

/** Makes the declarations of the library and of the files whose types it shows, by name. Types are checked elsewhere. */
function declarations(): Map<string, string> {
  const made = new Map<string, string>();
  const program = ts.createProgram([source('library.ts')], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    exactOptionalPropertyTypes: true,
    types: ['node'],
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    skipLibCheck: true,
    rootDir: source(),
    outDir: source(),
  });
  program.emit(undefined, (file, text) => made.set(path.relative(source(), file), text));
  const shown = new Map<string, string>();
  const show = (name: string) => {
    const text = made.get(name);
    if (text === undefined || shown.has(name)) {
      return;
    }
    shown.set(name, text);
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      show(path.join(path.dirname(name), `${fileName}.d.ts`));
    }
  };
  show('library.d.ts');
  return shown;
}

/** Makes the package's own manifest. It has no dependencies, since everything is bundled. */
function manifest() {
  const own = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
    license: string;
    engines: { node: string };
  };
  return {
    name: NAME,
    version: own.version,
    description:
      'A Bitrix24 portal with its authorization server on your own computer, for tests of apps, integrations and SDKs',
    license: own.license,
    keywords: ['bitrix24', 'mock', 'emulator', 'oauth', 'rest', 'push', 'testing', 'битрикс24'],
    engines: { node: own.engines.node },
    type: 'commonjs',
    bin: { [NAME]: 'cli.js' },
    main: './library.js',
    types: './types/library.d.ts',
    exports: {
      '.': {
        import: { types: './types/library.d.mts', default: './library.mjs' },
        require: { types: './types/library.d.ts', default: './library.js' },
      },
      './package.json': './package.json',
    },
  };
}

/** What the package's README says otherwise than the one in the repository. Each is found, or the packaging fails. */
const rewordings: readonly [RegExp, string][] = [
  [/^# The sandbox portal$/m, `# ${NAME}`],
  [/npm run -s sandbox --/g, `npx ${NAME}`],
  [/npm run -s sandbox/g, `npx ${NAME}`],
  [/Use it to try and test the extension, or any other program/, 'Use it to test any program'],
  [/'\.\/src\/sandbox\/library'/g, `'${NAME}'`],
  [/\[controlApi\.ts\]\(controlApi\.ts\)/, '[types/controlApi.d.ts](types/controlApi.d.ts)'],
  [/\(\.\.\/\.\.\/docs\/sandbox\//g, '(docs/'],
  [/\(\.\.\/\.\.\/docs\/fidelity\.md\)/, '(docs/fidelity.md)'],
  [
    /\[documentedMethods\.ts\]\([^)]*\), made from the documentation by `[^`]*`/,
    'made from the documentation',
  ],
  [/\n## How it is built\n[\s\S]*$/, ''],
];

function readme(text: string): string {
  return rewordings.reduce((now, [from, to]) => {
    if (now.search(from) < 0) {
      throw new Error(`src/sandbox/README.md has nothing like ${String(from)} any more.`);
    }
    return now.replace(from, to);
  }, text);
}

function pack(folder: string): string {
  const destination = path.dirname(folder);
  const packed = spawnSync('npm', ['pack', '--json', '--pack-destination', destination], {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (packed.status !== 0) {
    throw new Error(`npm pack failed: ${packed.stderr}`);
  }
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  return path.join(destination, filename);
}

const tarball = await packageSandbox(
  path.resolve(process.argv[2] ?? path.join(root, 'dist', NAME)),
);
console.log(tarball);

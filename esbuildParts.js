// An esbuild plugin for CommonJS in parts: the entry in one file, and beside it, in parts/, what `import()` names.
// esbuild itself splits ES modules only, and VS Code loads CommonJS. A part takes what the entry has too from the
// entry, so that each module lives once: an error thrown on one side is an `instanceof` on the other.
/* global module */
const path = require('node:path');
const esbuild = require('esbuild');

const smallBytes = 3_000;

/** @param {import('esbuild').BuildOptions} options Of the entry and the parts as CommonJS. */
module.exports = (options) => ({
  name: 'parts',
  setup(build) {
    Object.assign(build.initialOptions, {
      format: 'esm',
      splitting: true,
      metafile: true,
      write: false,
      chunkNames: 'parts/[name]-[hash]',
      sourcemap: options.sourcemap ? 'inline' : false,
    });
    build.onEnd(async ({ outputFiles, metafile, errors }) => {
      if (errors.length > 0) {
        return;
      }
      const texts = new Map(outputFiles.map((file) => [file.path, file.text]));
      const imports = new Map(
        Object.entries(metafile.outputs).map(([name, output]) => [
          path.resolve(name),
          output.imports
            .filter(({ external }) => !external)
            .map(({ path: to, kind }) => ({ to: path.resolve(to), kind })),
        ]),
      );
      const [entry] = Object.entries(metafile.outputs)
        .filter(([name, { entryPoint }]) => entryPoint && path.dirname(name) !== 'dist/parts')
        .map(([name]) => path.resolve(name));
      const isShared = (file) => path.basename(file).startsWith('chunk-');
      // What parts share and is small costs less in the entry than in a file of its own.
      const small = [...texts.keys()].filter(
        (file) => isShared(file) && texts.get(file).length < smallBytes,
      );
      const atOnce = new Set([entry, ...small]);
      for (const file of atOnce) {
        for (const { to, kind } of imports.get(file)) {
          if (kind === 'import-statement') {
            atOnce.add(to);
          }
        }
      }
      const parts = [...texts.keys()].filter((file) => !atOnce.has(file));
      const taken = [...atOnce].filter((file) =>
        parts.some((part) => imports.get(part).some(({ to }) => to === file)),
      );
      /** Chunks of the entry, by the names under which it hands them out. */
      const names = new Map(taken.map((file, at) => [file, `$${at}`]));
      const written = (file) =>
        path.join(
          path.dirname(file),
          isShared(file) ? path.basename(file) : `${path.basename(file).slice(0, -12)}.js`,
        );

      const make = (file, contents, isInside) =>
        esbuild.build({
          ...options,
          bundle: true,
          // What is read as "dist/extension.js" is in memory.
          allowOverwrite: true,
          stdin: { contents, resolveDir: path.dirname(file), sourcefile: 'all.js' },
          outfile: file === entry ? entry : written(file),
          plugins: [
            {
              name: 'from-memory',
              setup(inner) {
                inner.onResolve({ filter: /^\.\.?\// }, ({ path: wanted, resolveDir }) => {
                  const to = path.resolve(resolveDir, wanted);
                  if (!texts.has(to)) {
                    return { path: wanted, external: true };
                  }
                  if (isInside(to)) {
                    return { path: to };
                  }
                  if (atOnce.has(to)) {
                    return { path: to, namespace: 'entry' };
                  }
                  const relative = path.relative(path.dirname(file), written(to));
                  return { path: `./${relative.replaceAll(path.sep, '/')}`, external: true };
                });
                inner.onLoad({ filter: /./, namespace: 'file' }, ({ path: wanted }) => ({
                  contents: texts.get(wanted),
                  resolveDir: path.dirname(wanted),
                }));
                inner.onLoad({ filter: /./, namespace: 'entry' }, ({ path: wanted }) => ({
                  contents: `module.exports = require('../${path.basename(entry)}').${names.get(wanted)}`,
                }));
                inner.onResolve({ filter: /^\.\.\//, namespace: 'entry' }, ({ path: wanted }) => ({
                  path: wanted,
                  external: true,
                }));
              },
            },
          ],
        });
      await make(
        entry,
        [
          `export * from './${path.basename(entry)}';`,
          ...Array.from(
            names,
            ([file, name]) => `export * as ${name} from './parts/${path.basename(file)}';`,
          ),
        ].join('\n'),
        (file) => atOnce.has(file),
      );
      for (const part of parts) {
        await make(part, texts.get(part), () => false);
      }
    });
  },
});

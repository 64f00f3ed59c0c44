// An esbuild plugin for CommonJS in parts: the entry in one file, and beside it, in parts/, what `import()` names.
// esbuild itself splits ES modules only, and VS Code loads CommonJS. A part takes what the entry has too from the
// entry, so that each module lives once: an error thrown on one side is an `instanceof` on the other.
/* global module */
const path = require('node:path');
const esbuild = require('esbuild');

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
      const dist = path.dirname(entry);
      const atOnce = new Set([entry]);
      for (const file of atOnce) {
        for (const { to, kind } of imports.get(file)) {
          if (kind === 'import-statement') {
            atOnce.add(to);
          }
        }
      }
      const others = [...texts.keys()].filter((file) => !atOnce.has(file));
      const isChunk = (file) => path.basename(file).startsWith('chunk-');
      // What only parts share is one part more: a file for each would cost more than it saves.
      const shared = new Set(others.filter(isChunk));
      const parts = others.filter((file) => !isChunk(file));
      const sharedFile = path.join(path.dirname(entry), 'parts', 'shared.js');
      const written = (file) =>
        path.join(path.dirname(file), `${path.basename(file).slice(0, -12)}.js`);

      /** Where what others take lives, and under which name it is handed out there. */
      const homes = new Map();
      for (const [home, inside] of [
        [entry, atOnce],
        [sharedFile, shared],
      ]) {
        const taken = [...inside].filter((file) =>
          others.some(
            (other) => !inside.has(other) && imports.get(other).some(({ to }) => to === file),
          ),
        );
        taken.forEach((file, at) => homes.set(file, { home, name: `$${at}` }));
      }
      const from = (file, to) => {
        const relative = path.relative(path.dirname(file), to).replaceAll(path.sep, '/');
        return relative.startsWith('.') ? relative : `./${relative}`;
      };

      const make = (outfile, contents, resolveDir, isInside) =>
        esbuild.build({
          ...options,
          bundle: true,
          // What is read as "dist/extension.js" is in memory.
          allowOverwrite: true,
          stdin: { contents, resolveDir, sourcefile: 'all.js' },
          outfile,
          plugins: [
            {
              name: 'from-memory',
              setup(inner) {
                inner.onResolve({ filter: /^\.\.?\//, namespace: 'home' }, ({ path: wanted }) => ({
                  path: wanted,
                  external: true,
                }));
                inner.onResolve({ filter: /^\.\.?\// }, ({ path: wanted, resolveDir: dir }) => {
                  const to = path.resolve(dir, wanted);
                  if (!texts.has(to)) {
                    // Another bundle, named as the entry sees it, whichever file asks.
                    return { path: from(outfile, path.resolve(dist, wanted)), external: true };
                  }
                  if (isInside(to)) {
                    return { path: to };
                  }
                  return homes.has(to)
                    ? { path: to, namespace: 'home' }
                    : { path: from(outfile, written(to)), external: true };
                });
                inner.onLoad({ filter: /./, namespace: 'file' }, ({ path: wanted }) => ({
                  contents: texts.get(wanted),
                  resolveDir: path.dirname(wanted),
                }));
                inner.onLoad({ filter: /./, namespace: 'home' }, ({ path: wanted }) => {
                  const { home, name } = homes.get(wanted);
                  return { contents: `module.exports = require('${from(outfile, home)}').${name}` };
                });
              },
            },
          ],
        });
      const handOut = (home) =>
        Array.from(homes).flatMap(([file, { home: at, name }]) =>
          at === home ? [`export * as ${name} from '${from(entry, file)}';`] : [],
        );
      await make(
        entry,
        [`export * from '${from(entry, entry)}';`, ...handOut(entry)].join('\n'),
        dist,
        (file) => atOnce.has(file),
      );
      if (shared.size > 0) {
        await make(sharedFile, handOut(sharedFile).join('\n'), dist, (file) => shared.has(file));
      }
      for (const part of parts) {
        await make(written(part), texts.get(part), path.dirname(part), () => false);
      }
    });
  },
});

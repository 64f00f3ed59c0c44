// @ts-check
// Two lint rules about what a file of src may import. They look at static imports, `import()` and `import type` alike:
// a type that travels in a circle binds two files to each other as much as a value does, and the usual no-cycle rules
// (import, import-x) skip exactly those.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** @typedef {Readonly<Record<string, readonly string[]>>} Allowed Folders of src, and which others each may import. */

/**
 * Throws if folders may import each other in a circle.
 * @param {Allowed} allowed
 */
export function assertNoCycle(allowed) {
  /** @param {string} folder @param {readonly string[]} way */
  const visit = (folder, way) => {
    if (way.includes(folder)) {
      throw new Error(`Folders import each other in a circle: ${[...way, folder].join(' -> ')}`);
    }
    const next = allowed[folder];
    if (!next) {
      throw new Error(`${way.at(-1)} may import ${folder}, which is not in the table`);
    }
    next.forEach((one) => visit(one, [...way, folder]));
  };
  Object.keys(allowed).forEach((folder) => visit(folder, []));
}

/** The imports of a file, read again only when it has changed: an editor keeps its linter running. */
const known = /** @type {Map<string, { mtimeMs: number, imports: string[] }>} */ (new Map());

/** @param {string} file @returns {readonly string[]} The files that it imports, packages left out. */
function importsOf(file) {
  const { mtimeMs } = statSync(file);
  const before = known.get(file);
  if (before?.mtimeMs === mtimeMs) {
    return before.imports;
  }
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  const imports = importedFiles.flatMap(({ fileName }) => resolved(file, fileName) ?? []);
  known.set(file, { mtimeMs, imports });
  return imports;
}

/** @param {string} from @param {string} specifier @returns {string | undefined} The TypeScript file it names. */
function resolved(from, specifier) {
  if (!specifier.startsWith('.') || specifier.endsWith('.json')) {
    return undefined;
  }
  const base = path.resolve(path.dirname(from), specifier);
  return [`${base}.ts`, path.join(base, 'index.ts')].find(
    (file) => statSync(file, { throwIfNoEntry: false }) !== undefined,
  );
}

/**
 * The shortest way from one file to another along imports, both included.
 * @param {string} from @param {string} to
 */
function wayBetween(from, to) {
  const cameFrom = new Map([[from, '']]);
  for (const file of cameFrom.keys()) {
    if (file === to) {
      const way = [];
      for (let at = file; at !== ''; at = cameFrom.get(at) ?? '') {
        way.unshift(at);
      }
      return way;
    }
    for (const next of importsOf(file)) {
      if (!cameFrom.has(next)) {
        cameFrom.set(next, file);
      }
    }
  }
  return undefined;
}

/**
 * Calls back for each import of a TypeScript file of ours.
 * @param {import('eslint').Rule.RuleContext} context
 * @param {(node: import('estree').Node, file: string) => void} found
 * @returns {import('eslint').Rule.RuleListener}
 */
function eachImport(context, found) {
  /** @param {any} node */
  const look = (node) => {
    const specifier = node.source?.value;
    const file = typeof specifier === 'string' && resolved(context.physicalFilename, specifier);
    if (file) {
      found(node, file);
    }
  };
  return {
    ImportDeclaration: look,
    ExportNamedDeclaration: look,
    ExportAllDeclaration: look,
    ImportExpression: look,
    TSImportType: look,
  };
}

/**
 * @param {string} src The folder with the code that ships.
 * @param {Allowed} allowed
 * @returns {{ rules: Record<string, import('eslint').Rule.RuleModule> }} A plugin.
 */
export function walls(src, allowed) {
  /** @param {string} file @returns {string} The folder of src it is in; '' for a file beside the folders. */
  const folderOf = (file) => {
    const [folder = '', ...rest] = path.relative(src, file).split(path.sep);
    return rest.length > 0 ? folder : '';
  };
  return {
    rules: {
      'no-import-cycle': {
        create: (context) =>
          eachImport(context, (node, file) => {
            const way = wayBetween(file, context.physicalFilename);
            if (way) {
              const names = way.map((one) => path.relative(src, one).replaceAll(path.sep, '/'));
              context.report({
                node,
                message: `Import cycle: ${[names.at(-1), ...names].join(' -> ')}`,
              });
            }
          }),
      },
      folders: {
        create: (context) =>
          eachImport(context, (node, file) => {
            const from = folderOf(context.physicalFilename);
            const to = folderOf(file);
            const mayLookAt = allowed[from] ?? [];
            if (from !== '' && from !== to && !mayLookAt.includes(to)) {
              const what = to || path.basename(file);
              const only = mayLookAt.join(', ') || 'no other folder';
              context.report({
                node,
                message: `${from} may not look at ${what}; it may look at: ${only} (ARCHITECTURE.md).`,
              });
            }
          }),
      },
    },
  };
}

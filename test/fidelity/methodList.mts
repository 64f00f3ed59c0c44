// Writes src/sandbox/methods/documentedMethods.ts: the names of all REST methods that the documentation describes,
// with the scopes that open them, so that the sandbox knows which methods a portal has.
//   node --import tsx test/fidelity/methodList.mts PATH     PATH is a checkout of github.com/bitrix24/b24restdocs
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../host/install.mjs';

/** One method as a page of the documentation describes it. */
interface Described {
  name: string;
  /** The scopes of which any opens the method; none for a method that every token may call. */
  scopes: readonly string[];
  version: 2 | 3;
}

/** Codes that pages write but a portal does not have, with the portal's. Source: api-reference/scopes/permissions.md; rest, RestManager::getModuleScopeAlias. */
const PORTAL_CODES: Readonly<Record<string, string>> = { tasks: 'task', sonet: 'sonet_group' };

/** Pages whose titles end with a group of methods, and not with one. */
const NO_METHODS = /\/(?:events|change-log|migration)\.md$/;
/** The methods for events are described beside the events, and their pages name no scope. */
const EVENT_METHODS = /^api-reference\/events\/event-[\w-]+\.md$/;

const METHOD_NAME = /^[a-z][\w]*(?:\.[a-z][\w]*)+$/i;

function readPage(page: string, text: string): Described[] {
  const isEventMethod = EVENT_METHODS.test(page);
  const scopeLine = /^> Scope:(.*)$/m.exec(text)?.[1];
  if (NO_METHODS.test(page) || (scopeLine === undefined && !isEventMethod)) {
    return [];
  }
  // What follows this word are examples.
  const named = (scopeLine ?? '').split('module scope')[0] ?? '';
  const scopes = Array.from(named.matchAll(/`([^`]+)`/g), ([, codes = '']) => codes)
    .flatMap((codes) => codes.split(','))
    .map((code) => code.trim())
    .filter((code) => /^[a-z][a-z0-9_.]*$/.test(code) && code !== 'basic')
    .map((code) => PORTAL_CODES[code] ?? code);
  const version = text.includes('/rest/api/') ? 3 : 2;
  return namesIn(page, text).map((name) => ({ name, scopes: [...new Set(scopes)], version }));
}

/** Finds the methods that a page is about: its title names them, or its file is called as the method that it calls. */
function namesIn(page: string, text: string): string[] {
  const title = /^# (.+)$/m.exec(text)?.[1] ?? '';
  const titled = title
    .split(/[\s,/]+/)
    .map((word) => word.replace(/[`():]/g, ''))
    .filter((word) => METHOD_NAME.test(word) && /^[a-z]/.test(word));
  const slug = path.posix.basename(page, '.md').toLowerCase();
  const called = Array.from(text.matchAll(/\/([a-z][\w.]*)(?:\.json)?\/?$/gim), ([, name = '']) =>
    name.toLowerCase(),
  );
  const own = called.filter((name) => name.replaceAll(/[._]/g, '-') === slug).slice(0, 1);
  // Some titles misspell the name, so a page that calls one counts only those that it calls.
  const all = [...new Set([...titled.map((name) => name.toLowerCase()), ...own])];
  return own.length === 0 ? all : all.filter((name) => called.includes(name));
}

/** Methods of REST 3 that its overview describes without pages of their own; none needs a scope. Source: api-reference/rest-v3.md. */
const OVERVIEW_OF_V3 = ['batch', 'documentation', 'rest.documentation.openapi', 'rest.scope.list'];

/** Collects the methods of one version by the scopes that open them, joined by commas; sorted. */
function byScopes(described: readonly Described[], version: 2 | 3): [string, string[]][] {
  const scopesOf = new Map(
    version === 3 ? OVERVIEW_OF_V3.map((name): [string, string] => [name, '']) : [],
  );
  for (const { name, scopes, version: own } of described) {
    if (own === version && !scopesOf.has(name)) {
      scopesOf.set(name, scopes.join(','));
    }
  }
  return [...new Set(scopesOf.values())].sort().map((scopes) => {
    const names = [...scopesOf].filter(([, own]) => own === scopes).map(([name]) => name);
    return [scopes, names.sort()];
  });
}

/** Parts of names, each with what follows it; '' where a name ends. */
class Tree extends Map<string, Tree> {}

/** Writes names as a tree of their parts: `a.b`, `a.c` and `a.c.d` become `a(b c c(d))`. */
function folded(names: readonly string[]): string {
  const tree = new Tree();
  for (const name of names) {
    let place = tree;
    for (const part of name.split('.')) {
      const next = place.get(part) ?? new Tree();
      place.set(part, next);
      place = next;
    }
    place.set('', new Tree());
  }
  return write(tree);
}

function write(tree: Tree): string {
  const parts = [...tree].filter(([part]) => part !== '');
  return parts
    .map(([part, inner]) => {
      const below = write(inner);
      const deeper = below === '' ? [] : [`${part}(${below})`];
      return [...(inner.has('') ? [part] : []), ...deeper].join(' ');
    })
    .join(' ');
}

const WIDTH = 110;

/** Breaks a text at blanks into lines, each with the indentation of the file. */
function wrapped(text: string): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length >= WIDTH) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    }
  }
  return lines.map((line) => `    ${line}`).join('\n');
}

function table(name: string, comment: string, groups: readonly [string, string[]][]): string {
  const rows = groups.map(([scopes, names]) => {
    const key = /^\w+$/.test(scopes) ? scopes : `'${scopes}'`;
    return `  ${key}: \`\n${wrapped(folded(names))}\n  \`,`;
  });
  return `/** ${comment} */\nexport const ${name}: Readonly<Record<string, string>> = {\n${rows.join('\n')}\n};\n`;
}

/** @returns the hash and the date of the last commit. */
function lastCommit(directory: string): string[] {
  const log = spawnSync('git', ['-C', directory, 'log', '-1', '--format=%H %cs'], {
    encoding: 'utf8',
  });
  if (log.status !== 0) {
    throw new Error(`${directory} is no checkout: ${log.stderr}`);
  }
  return log.stdout.trim().split(' ');
}

const [documentation] = process.argv.slice(2);
if (documentation === undefined) {
  throw new Error('Name a checkout of github.com/bitrix24/b24restdocs.');
}
const described = readdirSync(documentation, { recursive: true, encoding: 'utf8' })
  .map((page) => page.split(path.sep).join('/'))
  .filter((page) => /^(?:api-reference|settings)\/.*\.md$/.test(page))
  .sort()
  .flatMap((page) => readPage(page, readFileSync(path.join(documentation, page), 'utf8')));
const [commit, date] = lastCommit(documentation);
const versions = ([2, 3] as const).map((version) => byScopes(described, version));
const [two = [], three = []] = versions;
const target = path.join(root, 'src', 'sandbox', 'methods', 'documentedMethods.ts');
writeFileSync(
  target,
  `// Written by test/fidelity/methodList.mts from github.com/bitrix24/b24restdocs, commit ${commit} of ${date}.
// Keys are the scopes of which any opens the methods; '' opens them to every token. \`a(b c)\` means a.b and a.c.

${table('METHODS_OF_REST_2', 'Methods below /rest/.', two)}
${table('METHODS_OF_REST_3', 'Methods below /rest/api/. A method below both is another one in each, with parameters of its own.', three)}`,
);
const counts = versions.map((groups) => groups.reduce((sum, [, names]) => sum + names.length, 0));
process.stdout.write(`${counts.join(' and ')} methods of REST 2 and 3 are in ${target}\n`);

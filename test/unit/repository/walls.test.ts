import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { assertNoCycle, walls } from '../../../eslint.walls.mjs';

describe('the walls between folders', () => {
  let src: string;
  beforeEach(() => (src = mkdtempSync(path.join(tmpdir(), 'walls-'))));
  afterEach(() => rmSync(src, { recursive: true, force: true }));

  /** Writes the files (name to text) and returns what lint says of one of them. */
  function messagesFor(name: string, files: Record<string, string>): string[] {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(src, file)), { recursive: true });
      writeFileSync(path.join(src, file), text);
    }
    const config: Linter.Config = {
      files: ['**/*.ts'],
      languageOptions: { parser: tseslint.parser },
      plugins: { walls: walls(src, { low: [], high: ['low'] }) },
      rules: { 'walls/folders': 'error', 'walls/no-import-cycle': 'error' },
    };
    const linter = new Linter({ cwd: src });
    const text = files[name] ?? '';
    return linter
      .verify(text, [config], { filename: path.join(src, name) })
      .map(({ message }) => message);
  }

  for (const text of [
    "import { b } from '../high/b';",
    "import type { b } from '../high/b';",
    "export * from '../high/b';",
    "void import('../high/b');",
    "type B = import('../high/b').b;",
    "import { main } from '../main';",
  ]) {
    it(`refuse ${text}`, () => {
      const files = { 'high/b.ts': 'export type b = 1;', 'main.ts': 'export const main = 1;' };
      const [message = '', ...others] = messagesFor('low/a.ts', { 'low/a.ts': text, ...files });
      assert.match(
        message,
        /^low may not look at (high|main\.ts); it may look at: no other folder/,
      );
      assert.deepEqual(others, []);
    });
  }

  it('let a folder look at what the table allows, and files beside the folders at everything', () => {
    const files = {
      'low/a.ts': 'export const a = 1;',
      'high/b.ts': "export { a } from '../low/a';",
      'main.ts': "import './high/b'; import './low/a'; import 'node:path';",
    };
    assert.deepEqual(messagesFor('high/b.ts', files), []);
    assert.deepEqual(messagesFor('main.ts', files), []);
  });

  it('find a circle of files, by types alone too', () => {
    const files = {
      'low/a.ts': "import type { B } from './b'; export type A = B;",
      'low/b.ts': "import { c } from './c'; export type B = typeof c;",
      'low/c.ts': "import type { A } from './a'; export const c: A | 1 = 1;",
      'low/d.ts': "import type { A } from './a'; export type D = A;",
    };
    assert.deepEqual(messagesFor('low/a.ts', files), [
      'Import cycle: low/a.ts -> low/b.ts -> low/c.ts -> low/a.ts',
    ]);
    assert.deepEqual(messagesFor('low/d.ts', files), [], 'it is beside the circle');
  });

  it('refuse a table that goes in a circle, or names a folder that is not there', () => {
    assertNoCycle({ low: [], high: ['low'] });
    assert.throws(
      () => assertNoCycle({ low: ['high'], middle: ['low'], high: ['middle'] }),
      /low -> high -> middle -> low/,
    );
    assert.throws(() => assertNoCycle({ low: ['lost'] }), /low may import lost/);
  });
});

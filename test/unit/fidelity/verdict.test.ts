import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEntries, type Entry } from '../../fidelity/entries';
import { fidelityOf, placesIn, type Places } from '../../fidelity/fidelity';
import { mendEntries } from '../../fidelity/mendEntries';
import { fidelityPage } from '../../fidelity/page';
import { sandboxChecks } from '../../fidelity/sandboxChecks';
import { takeEntries } from '../../fidelity/takeEntries';

const root = path.join(__dirname, '../../..');

const entry: Entry = {
  id: 'code.lifetime',
  what: 'A code lives 30 seconds.',
  source: 'source',
  where: 'module oauth',
  test: 'sandbox/oauth.test.ts › codes › live 30 seconds',
  checks: ['tokens.ts: CODE_SECONDS = 30'],
};
// The tests of the repository that is checked. The skipped one is planted: an entry that names it must fail.
const tests = `
  describe('codes', () => {
    it('live 30 seconds', () => {});
    it.skip('are sent once', () => {});
    it('are refused with NO_AUTH when they are old', () => {});
  });`;

const titles = {
  running: new Map([
    [
      'sandbox/oauth.test.ts',
      new Set(['codes live 30 seconds', 'codes are refused with NO_AUTH when they are old']),
    ],
  ]),
  skipped: new Map([['sandbox/oauth.test.ts', new Set(['codes are sent once'])]]),
};

describe('npm run fidelity, in a repository of its own', () => {
  let places: Places;

  beforeEach(() => {
    const folder = path.join(root, 'test-results', `fidelity-${process.pid}`);
    rmSync(folder, { recursive: true, force: true });
    places = placesIn(folder);
    for (const made of [places.entries, places.sandbox, path.dirname(places.page)]) {
      mkdirSync(made, { recursive: true });
    }
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
    write('test/unit/sandbox/oauth.test.ts', tests);
    write('src/sandbox/tokens.ts', 'export const CODE_SECONDS = 30;');
    writeEntries(entry);
  });
  afterEach(() => {
    rmSync(places.root, { recursive: true, force: true });
  });

  function write(name: string, text: string): void {
    const file = path.join(places.root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  function writeEntries(...entries: readonly Entry[]): void {
    write('test/fidelity/entries/tokens.json', JSON.stringify(entries));
  }

  /** Titles without asking mocha, which takes a second. */
  const find = () => Promise.resolve(titles);
  const problems = async () => (await fidelityOf(places, find)).problems;

  it('passes where every check has its entry and every entry its test', async () => {
    assert.deepEqual((await fidelityOf(places)).problems, []);
  });

  it('tells a test that was renamed, is skipped, or whose file is gone', async () => {
    writeEntries({
      ...entry,
      test: [
        'sandbox/oauth.test.ts › codes › live 30 seconds',
        'sandbox/oauth.test.ts › codes › live 31 seconds',
        'sandbox/oauth.test.ts › codes › are sent once',
        'sandbox/gone.test.ts › codes › live 30 seconds',
      ],
    });
    assert.deepEqual((await fidelityOf(places)).problems, [
      'code.lifetime: no such test: sandbox/oauth.test.ts › codes › live 31 seconds\n' +
        '    Nearest: sandbox/oauth.test.ts › codes live 30 seconds',
      'code.lifetime: skipped test: sandbox/oauth.test.ts › codes › are sent once',
      'code.lifetime: no such test: sandbox/gone.test.ts › codes › live 30 seconds',
    ]);
  });

  it('tells a refusal that is new and has no entry, and where to add it', async () => {
    write(
      'src/sandbox/auth.ts',
      `class Refusal extends Error { constructor(code: string, text: string, status: number) { super(text); } }
throw new Refusal('NO_AUTH', 'Wrong data', 401);`,
    );
    assert.deepEqual(await problems(), [
      'src/sandbox/auth.ts:2: no entry has this check: auth.ts: 401 | NO_AUTH | Wrong data\n' +
        '    Add to the "checks" of an entry in test/fidelity/entries: "auth.ts: 401 | NO_AUTH | Wrong data"',
    ]);
  });

  it('tells an entry whose check is gone or says something else now', async () => {
    write('src/sandbox/tokens.ts', 'export const CODE_SECONDS = 60;');
    const [gone, added] = await problems();
    assert.equal(
      gone,
      'code.lifetime: its check is not in src/sandbox any more: tokens.ts: CODE_SECONDS = 30',
    );
    assert.match(added ?? '', /^src\/sandbox\/tokens\.ts:1: no entry .*CODE_SECONDS = 60\n/);
  });

  it('tells two entries of one id', async () => {
    writeEntries(entry, entry);
    assert.deepEqual(await problems(), ['code.lifetime: two entries have this id.']);
  });

  it('knows whether the page is up to date', async () => {
    const { page, isPageUpToDate } = await fidelityOf(places, find);
    assert.equal(isPageUpToDate, false);
    writeFileSync(places.page, page);
    assert.equal((await fidelityOf(places, find)).isPageUpToDate, true);
    writeEntries({ ...entry, what: 'A code lives half a minute.' });
    assert.equal((await fidelityOf(places, find)).isPageUpToDate, false);
  });

  it('follows a check that moved to another file, and none that says something else', async () => {
    writeEntries(entry, { ...entry, id: 'other', checks: ['tokens.ts: MOST = 5'] });
    write('src/sandbox/tokens.ts', 'export const MOST = 6;');
    write('src/sandbox/codes.ts', 'export const CODE_SECONDS = 30;');
    assert.deepEqual(await mendEntries(places, sandboxChecks(places.sandbox)), [
      'code.lifetime: its check is now codes.ts: CODE_SECONDS = 30',
    ]);
    const [gone, added, ...more] = await problems();
    assert.match(gone ?? '', /^other: its check is not in src\/sandbox any more: .*MOST = 5$/);
    assert.match(added ?? '', /no entry has this check: tokens\.ts: MOST = 6/);
    assert.deepEqual(more, []);
  });

  describe('taking in entries from elsewhere', () => {
    const take = (...entries: readonly unknown[]) => {
      write('protocol.json', JSON.stringify(entries));
      const file = path.join(places.root, 'protocol.json');
      return takeEntries(places, file, sandboxChecks(places.sandbox), find);
    };
    const taken = () =>
      parseEntries(
        'protocol.json',
        readFileSync(path.join(places.entries, 'protocol.json'), 'utf8'),
      );
    const given = {
      id: 'code.old',
      what: 'An old code gets 401 NO_AUTH.',
      source: 'docs',
      where: 'settings/oauth',
      test: 'test/unit/sandbox/oauth.test.ts › are refused with NO_AUTH',
    };

    beforeEach(() => {
      write(
        'src/sandbox/auth.ts',
        `class Refusal extends Error { constructor(code: string, text: string, status: number) { super(text); } }
throw new Refusal('NO_AUTH', 'Wrong data', 401); throw new Refusal('OTHER', 'Other', 401);`,
      );
    });

    it('completes titles, and gives a check to the one entry that names its code', async () => {
      const said = await take(given);
      assert.match(said, /1 entries taken into protocol\.json; 1 checks have no entry yet\.$/);
      assert.deepEqual(taken(), [
        {
          ...given,
          test: 'sandbox/oauth.test.ts › codes are refused with NO_AUTH when they are old',
          checks: ['auth.ts: 401 | NO_AUTH | Wrong data'],
        },
      ]);
      const [other, ...more] = await problems();
      assert.match(other ?? '', /auth\.ts: 401 \| OTHER \| Other/);
      assert.deepEqual(more, []);
    });

    it('leaves a check alone that two entries name, and keeps what was taken before', async () => {
      await take({ ...given, id: 'first' }, { ...given, id: 'second' });
      await take({ ...given, id: 'third', what: 'Nothing of it.' });
      assert.deepEqual(
        taken().map(({ id, checks }) => [id, checks]),
        [
          ['first', undefined],
          ['second', undefined],
          ['third', undefined],
        ],
      );
    });

    it('refuses an entry without a source', async () => {
      await assert.rejects(take({ ...given, source: 'hearsay' }), /0\.source/);
    });
  });
});

describe('docs/fidelity.md', () => {
  it('counts by source, and lists each behaviour with its checks, source and tests', () => {
    const own: Entry = {
      ...entry,
      id: 'page.look',
      source: 'own',
      test: ['a.test.ts › b', 'c.test.ts › d'],
    };
    const page = fidelityPage([{ name: 'sign-in', entries: [entry, own] }]);
    assert.match(page, /^\| source \| 1 \| read in/m);
    assert.match(page, /^\| all \| 2 \|/m);
    assert.match(page, /^\| \[sign in\]\(#sign-in\) \| 0 \| 1 \| 0 \| 0 \| 1 \| 2 \|$/m);
    assert.ok(page.includes('\n## Sign in\n') || page.includes('\n## sign in\n'));
    assert.ok(
      page.includes(
        '| `code.lifetime` | A code lives 30 seconds.<br>`CODE_SECONDS = 30` | source | module oauth | sandbox/oauth.test.ts › codes › live 30 seconds |',
      ),
    );
    assert.ok(page.includes('| a.test.ts › b<br>c.test.ts › d |'));
  });

  it('keeps a table whole whatever stands in it', () => {
    const odd: Entry = { ...entry, what: 'a | b <b> [c]', checks: ['a.ts: 400 | X | `y`'] };
    const page = fidelityPage([{ name: 'x', entries: [odd] }]);
    assert.ok(page.includes('a \\| b &lt;b> \\[c\\]<br>`400 \\| X \\| ´y´`'));
  });
});

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import * as v from 'valibot';
import { commands, fileCommands, historyCommands, views } from '../../../src/common/commands';

const root = path.join(__dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const sources = (folder: string) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file));

const manifest = v.parse(
  v.object({
    contributes: v.object({
      commands: v.array(
        v.object({ command: v.string(), title: v.string(), category: v.literal('Bitrix24') }),
      ),
      views: v.record(v.string(), v.array(v.object({ id: v.string(), name: v.string() }))),
      viewsContainers: v.object({
        activitybar: v.array(v.object({ id: v.string(), title: v.string() })),
      }),
      configuration: v.pipe(
        v.array(v.object({ properties: v.record(v.string(), v.object({ scope: v.string() })) })),
        v.transform((sections) => ({
          properties: Object.assign({}, ...sections.map(({ properties }) => properties)) as Record<
            string,
            { scope: string }
          >,
        })),
      ),
      menus: v.record(v.string(), v.unknown()),
    }),
    capabilities: v.object({
      untrustedWorkspaces: v.object({ restrictedConfigurations: v.array(v.string()) }),
    }),
  }),
  JSON.parse(read('package.json')),
);
const strings = (file: string) => v.parse(v.record(v.string(), v.string()), JSON.parse(read(file)));

describe('the manifest', () => {
  it('contributes exactly the commands of the catalogue', () => {
    assert.deepEqual(
      manifest.contributes.commands.map(({ command }) => command).sort(),
      [commands, historyCommands, fileCommands]
        .flatMap((some) => Object.values<string>(some))
        // Only a lens runs it.
        .filter((id) => id !== fileCommands.showSent)
        .sort(),
    );
  });

  it('contributes exactly the views of the catalogue', () => {
    assert.deepEqual(
      Object.values(manifest.contributes.views).flatMap((list) => list.map(({ id }) => id)),
      Object.values<string>(views),
    );
  });

  it('takes no setting at all from an untrusted workspace, and no address or port from any', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    for (const [setting, { scope }] of Object.entries(
      manifest.contributes.configuration.properties,
    )) {
      const machine = scope === 'machine' || scope === 'application';
      assert.ok(machine || restrictedConfigurations.includes(setting), setting);
      if (/port|host|portal|url|address|recipient|account/i.test(setting)) {
        assert.ok(machine, `${setting} could redirect or choose`);
      }
    }
  });

  it('adds nothing to what VS Code itself puts into an issue report', () => {
    assert.ok(!('issue/reporter' in manifest.contributes.menus));
  });

  it('has every string that it names, in English and Russian, and no other', () => {
    const named = [...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key).sort();
    const unique = [...new Set(named)];
    assert.deepEqual(Object.keys(strings('package.nls.json')).sort(), unique);
    assert.deepEqual(Object.keys(strings('package.nls.ru.json')).sort(), unique);
  });

  for (const language of ['en', 'ru'] as const) {
    it(`finds Send first for “push” in the Command Palette (trial 8.7): ${language}`, () => {
      const english = strings('package.nls.json');
      const translated = language === 'en' ? english : strings('package.nls.ru.json');
      const { commandPalette = [] } = manifest.contributes.menus as {
        commandPalette?: { command: string; when: string }[];
      };
      const hidden = commandPalette.filter(({ when }) => when === 'false');
      const title = (nls: Record<string, string>, text: string) => nls[text.slice(1, -1)] ?? text;
      const ours = manifest.contributes.commands
        .filter(({ command }) => !hidden.some((one) => one.command === command))
        .map((one) => ({
          command: one.command,
          label: `${one.category}: ${title(translated, one.title)}`,
          alias: `${one.category}: ${title(english, one.title)}`,
        }));
      // What VS Code adds by itself for the views, and its own commands for Git.
      const others = [
        ...Object.entries(manifest.contributes.views).flatMap(([container, list]) => {
          const { title: group } =
            manifest.contributes.viewsContainers.activitybar.find(({ id }) => id === container) ??
            assert.fail();
          return list.map(({ name }) =>
            language === 'en'
              ? `${group}: Focus on ${title(translated, name)} View`
              : `${group}: Перевести фокус на представление «${title(translated, name)}»`,
          );
        }),
        ...(language === 'en' ? ['Git: Push', 'Git: Push To...'] : ['Git: Отправить (push)']),
      ].map((label) => ({ command: '', label, alias: '' }));
      const found = [...ours, ...others].filter(({ label, alias }) =>
        /push/i.test(`${label} ${alias}`),
      );
      for (const locale of ['en', 'ru']) {
        // VS Code sorts what was never used by its label, in the order of the language that it runs in.
        const [first] = found.toSorted((a, b) => a.label.localeCompare(b.label, locale));
        assert.equal(first?.command, commands.send, first?.label);
      }
    });
  }

  it('documents every setting in docs/settings.md', () => {
    const page = read('docs/settings.md');
    for (const setting of Object.keys(manifest.contributes.configuration.properties)) {
      assert.ok(page.includes(`\`${setting}\``), setting);
    }
  });
});

describe('the strings to translate', () => {
  const placeholders = (text: string) => [...text.matchAll(/\{\d+\}/g)].map(String).sort();

  it('are those of the source', async function () {
    // It reads every file with strings, on a machine that may be busy.
    this.timeout(30_000);
    const files = sources('src').map(read);
    const found = await getL10nJson(
      files
        .filter((contents) => contents.includes('l10n'))
        .map((contents) => ({ extension: '.ts', contents })),
    );
    const listed: unknown = JSON.parse(read('l10n/bundle.l10n.json'));
    assert.deepEqual(listed, found, 'npm run l10n');
  });

  it('are all in Russian, with the same placeholders', () => {
    const english = v.parse(
      v.record(v.string(), v.union([v.string(), v.object({ message: v.string() })])),
      JSON.parse(read('l10n/bundle.l10n.json')),
    );
    const russian = strings('l10n/bundle.l10n.ru.json');
    assert.deepEqual(Object.keys(russian).sort(), Object.keys(english).sort());
    for (const [key, text] of Object.entries(russian)) {
      const message = english[key];
      const source = typeof message === 'string' ? message : (message?.message ?? '');
      // Plural forms: one and other in English, one, few and many in Russian.
      const forms = source.split('|');
      assert.ok(forms.length <= 2, key);
      const translated = text.split('|');
      assert.ok([1, 3].includes(translated.length), key);
      assert.ok(forms.length === 2 || translated.length === 1, key);
      for (const form of [...forms, ...translated]) {
        assert.deepEqual(placeholders(form), placeholders(forms[0] ?? ''), key);
        assert.notEqual(form.trim(), '', key);
      }
    }
  });
});

describe('the integration suites', () => {
  it('are all listed', () => {
    const files = readdirSync(path.join(root, 'test/integration'), {
      recursive: true,
      encoding: 'utf8',
    })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => `./${file.replaceAll(path.sep, '/').replace(/\.ts$/, '')}`);
    const listed = [...read('test/integration/suites.ts').matchAll(/import '([^']+)'/g)].map(
      ([, file]) => file,
    );
    assert.deepEqual(listed.sort(), files.sort());
  });
});

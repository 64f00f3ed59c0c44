import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { faultsOf, missingIn, parsePublish, withTexts } from '../../host/publish.mjs';
import type { Publish } from '../../host/publish.mjs';
import { makeVsix } from '../../host/vsix.mjs';
import { temporaryFolder } from '../../support/temporaryFolder';
import { filesOfZip } from '../../support/zip';

const root = path.join(__dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const empty: Publish = { repository: '', bugs: '', homepage: '' };
const filled: Publish = {
  repository: 'https://github.com/acme/push',
  bugs: 'https://github.com/acme/push/issues',
  homepage: 'https://acme.example/push',
};

/** Writes an extension of few files, whose README has a picture and a link beside it. */
function writeExtension(folder: string): void {
  const files = {
    'package.json': JSON.stringify({
      ...{ name: 'push', publisher: 'acme', version: '1.2.3', license: 'MIT' },
      ...{ engines: { vscode: '^1.106.0' }, main: './main.js', activationEvents: ['onUri'] },
    }),
    'main.js': '// nothing',
    LICENSE: 'MIT',
    'README.md': '# Push\n\n![A form](media/form.png) and [settings](docs/settings.md)\n',
    'media/form.png': 'PNG',
    '.vscodeignore': '**\n!main.js\n!package.json\n!README.md\n!LICENSE\n',
  };
  mkdirSync(path.join(folder, 'media'));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), text);
  }
}

/** What a package made with this publish.json has: its manifest, its README, its own list of links. */
async function packed(folder: string, publish: Publish) {
  writeExtension(folder);
  const before = readFileSync(path.join(folder, 'package.json'), 'utf8');
  const vsix = path.join(folder, 'push.vsix');
  await makeVsix(folder, vsix, publish);
  assert.equal(readFileSync(path.join(folder, 'package.json'), 'utf8'), before);
  const files = filesOfZip(vsix);
  const text = (name: string) => files.get(name) ?? assert.fail(name);
  return {
    files: [...files.keys()].filter((name) => name.startsWith('extension/')).sort(),
    manifest: JSON.parse(text('extension/package.json')) as Record<string, unknown>,
    readme: text('extension/readme.md'),
    links: text('extension.vsixmanifest'),
  };
}

describe('publish.json', () => {
  const folder = temporaryFolder();

  it('gives the package its addresses, and its README pictures and links of that version', async () => {
    const { files, manifest, readme, links } = await packed(folder(), filled);
    assert.deepEqual(
      [manifest['repository'], manifest['bugs'], manifest['homepage']],
      [{ type: 'git', url: filled.repository }, { url: filled.bugs }, filled.homepage],
    );
    assert.ok(readme.includes('](https://github.com/acme/push/raw/v1.2.3/media/form.png)'), readme);
    assert.ok(readme.includes('](https://github.com/acme/push/blob/v1.2.3/docs/settings.md)'));
    assert.match(links, /Links\.Support" Value="https:\/\/github\.com\/acme\/push\/issues"/);
    assert.deepEqual(
      files,
      ['LICENSE.txt', 'main.js', 'package.json', 'readme.md'].map((name) => `extension/${name}`),
    );
  });

  it('leaves manifest and README as they are while it is empty', async () => {
    const { manifest, readme } = await packed(folder(), empty);
    assert.deepEqual(
      ['repository', 'bugs', 'homepage'].filter((field) => field in manifest),
      [],
    );
    assert.ok(readme.includes('](media/form.png)'), readme);
  });

  it('names links and pictures itself for a repository elsewhere', async () => {
    const elsewhere = { ...filled, repository: 'https://code.acme.example/push' };
    assert.match(missingIn(elsewhere).join(), /lacks "links" and "pictures"/);
    const told = {
      ...elsewhere,
      links: 'https://code.acme.example/push/{tag}',
      pictures: 'https://pictures.acme.example/{tag}',
    };
    assert.deepEqual(missingIn(told), []);
    const { readme } = await packed(folder(), told);
    assert.ok(readme.includes('](https://pictures.acme.example/v1.2.3/media/form.png)'), readme);
  });

  it('is asked for each value that it lacks, in plain words', () => {
    assert.deepEqual(missingIn(filled), []);
    assert.deepEqual(missingIn({ ...filled, bugs: '' }), [
      'publish.json lacks "bugs", the address where people report bugs.',
    ]);
    assert.equal(missingIn(empty).length, 3);
  });

  it('is refused with what is wrong in it', () => {
    const faulty = JSON.stringify({ ...filled, homepage: 'http://acme.example' });
    assert.throws(() => parsePublish(faulty), /homepage: does not begin with https/);
    assert.throws(() => parsePublish(JSON.stringify({ ...filled, bug: '' })), /bug/);
    assert.throws(() => parsePublish('{'), /publish\.json cannot be used/);
    assert.deepEqual(parsePublish(JSON.stringify(filled)), filled);
  });
});

describe('what the registries ask of the manifest', () => {
  const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
  const manifest = withTexts(read('package.json'), texts) as Record<string, unknown>;

  it('is all there, but for what publish.json gives', () => {
    parsePublish(read('publish.json'));
    assert.deepEqual(faultsOf(manifest), []);
  });

  for (const [field, value, said] of [
    ['license', undefined, /"license"/],
    ['version', '1.2', /"version" is not three numbers/],
    ['engines', { vscode: '*' }, /"engines.vscode" is not a version/],
    ['icon', 'media/icon.svg', /"icon" is not a PNG/],
    ['displayName', 'x'.repeat(256), /"displayName" is longer than 255/],
    ['description', 'a\u200bb', /"description" has a character that cannot be seen/],
    [
      'keywords',
      Array.from({ length: 31 }, (_, index) => `word${index}`),
      /"keywords" names more than 30/,
    ],
    ['galleryBanner', { color: '#1b2a4a', theme: 'blue' }, /"galleryBanner.theme"/],
    ['enabledApiProposals', ['chat'], /"enabledApiProposals" names proposed APIs/],
  ] as const) {
    it(`is missed in a wrong ${field}`, () => {
      const faults = faultsOf({ ...manifest, [field]: value });
      assert.equal(faults.length, 1, faults.join());
      assert.match(faults[0] ?? '', said);
    });
  }
});

import assert from 'node:assert/strict';
import {
  changelogFaults,
  checkoutFaults,
  publishCommands,
  release,
} from '../../host/releaseSteps.mjs';
import type { ReleaseDeps } from '../../host/releaseSteps.mjs';

const publish = {
  repository: 'https://github.com/acme/push',
  bugs: 'https://github.com/acme/push/issues',
  homepage: 'https://acme.example/push',
};

/** A checkout that can be released, and what was done with it. */
function checkout(
  git: { branch?: string; status?: string; tags?: string } = {},
  more: Partial<ReleaseDeps> = {},
) {
  const did: string[] = [];
  const said: string[] = [];
  const deps: ReleaseDeps = {
    git: (...args) => {
      const command = ['git', ...args].join(' ');
      const answers = new Map([
        ['git rev-parse --abbrev-ref HEAD', `${git.branch ?? 'main'}\n`],
        ['git status --porcelain', git.status ?? ''],
        ['git tag --list v1.2.3', git.tags ?? ''],
        ['git tag --list v1.2.4', git.tags ?? ''],
      ]);
      const answer = answers.get(command);
      if (answer === undefined) {
        did.push(command);
      }
      return answer ?? '';
    },
    npm: (...args) => {
      did.push(['npm', ...args].join(' '));
      return Promise.resolve();
    },
    publishFaults: () => [],
    ...{ publish, version: '1.2.3', changelog: '# Changelog\n\n## 1.2.3 (2026-01-31)\n\nText\n' },
    say: (text) => void said.push(text),
    ...more,
  };
  return { deps, did, said };
}

const checks = [
  'npm audit',
  'npm test',
  'npm run faults',
  'npm run bench -- --limits bundle vsix',
  'npm run package',
];

describe('a release', () => {
  it('runs all checks, makes the VSIX, and then tags the version', async () => {
    const { deps, did } = checkout();
    await release(deps, { dryRun: false });
    assert.deepEqual(did, [...checks, 'git tag --annotate v1.2.3 --message Version 1.2.3']);
  });

  it('makes no tag in a dry run', async () => {
    const { deps, did, said } = checkout();
    await release(deps, { dryRun: true });
    assert.deepEqual(did, checks);
    assert.ok(said.includes('A dry run: v1.2.3 is not tagged.'), said.join());
  });

  it('prints the commands that publish, without credentials, and runs none', async () => {
    const { deps, did, said } = checkout();
    await release(deps, { dryRun: false });
    const commands = publishCommands('1.2.3', publish);
    assert.deepEqual(commands, [
      'git push origin main v1.2.3',
      'npx vsce publish --azure-credential --packagePath bitrix24-push.vsix',
      'npx ovsx@1.4.0 publish bitrix24-push.vsix',
    ]);
    for (const command of commands) {
      assert.ok(said.at(-1)?.includes(command), command);
    }
    assert.ok(!did.some((line) => /publish|push/.test(line)), did.join());
  });

  it('ends at the first check that fails, without a tag', async () => {
    const { deps, did } = checkout();
    const failing = {
      ...deps,
      npm: (...args: string[]) =>
        args[1] === 'faults' ? Promise.reject(new Error('a fault')) : deps.npm(...args),
    };
    await assert.rejects(release(failing, { dryRun: false }), /a fault/);
    assert.deepEqual(did, ['npm audit', 'npm test']);
  });

  it('is refused with everything that is wrong, before anything runs', async () => {
    const { deps, did } = checkout(
      { branch: 'topic', status: ' M README.md\n', tags: 'v1.2.3\n' },
      { version: '1.2.4', publishFaults: () => ['publish.json lacks "bugs".'] },
    );
    await assert.rejects(release(deps, { dryRun: true }), (error: Error) => {
      for (const said of [
        'The checkout is on topic, not on main.',
        'Not everything is committed:\nM README.md',
        'The tag v1.2.3 is there already.',
        'package.json has the version 1.2.4, but the newest section of CHANGELOG.md is 1.2.3.',
        'publish.json lacks "bugs".',
      ]) {
        assert.ok(error.message.includes(said), error.message);
      }
      return true;
    });
    assert.deepEqual(did, []);
  });

  it('is refused where a check has changed a file', async () => {
    const { deps, did } = checkout();
    const { git } = deps;
    const changing: ReleaseDeps = {
      ...deps,
      git: (...args) =>
        args[0] === 'status' && did.length > 0 ? ' M docs/agents.md' : git(...args),
    };
    await assert.rejects(release(changing, { dryRun: false }), /changed while it was checked/);
    assert.deepEqual(did, checks);
  });
});

describe('version and changelog', () => {
  for (const [what, text, said] of [
    ['agree', '## 1.2.3 (2026-01-31)\n\n## 1.2.2 (2025-12-01)', undefined],
    ['disagree', '## 1.2.2 (2025-12-01)', 'the newest section of CHANGELOG.md is 1.2.2'],
    ['lack a date', '## 1.2.3 (unreleased)', 'has no date'],
    ['lack a section', '# Changelog', 'CHANGELOG.md is missing'],
  ] as const) {
    it(what, () => {
      const faults = changelogFaults('1.2.3', text).join();
      assert.ok(said === undefined ? faults === '' : faults.includes(said), faults);
    });
  }

  it('are of a checkout without faults', () => {
    assert.deepEqual(checkoutFaults(checkout().deps.git, '1.2.3'), []);
  });
});

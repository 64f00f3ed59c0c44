// What `npm run release` does, with all that it touches passed in.
import { basesOf, type Publish } from './publish.mjs';

export interface ReleaseDeps {
  /** The output of git with these arguments; throws when it fails. */
  git: (...args: string[]) => string;
  /** Runs an npm command, such as `run faults`; throws when it fails. */
  npm: (...args: string[]) => Promise<void>;
  /** The faults that `check:publish` finds. */
  publishFaults: () => string[];
  publish: Publish;
  version: string;
  /** The text of CHANGELOG.md. */
  changelog: string;
  say: (text: string) => void;
}

/** What is wrong with version and changelog: the newest section must be of this version, and have a date. */
export function changelogFaults(version: string, changelog: string): string[] {
  const [, newest, rest = ''] = /^## (\S+)(.*)$/m.exec(changelog) ?? [];
  if (newest !== version) {
    return [
      `package.json has the version ${version}, but the newest section of CHANGELOG.md is ${newest ?? 'missing'}.`,
    ];
  }
  return /^ \(\d{4}-\d{2}-\d{2}\)$/.test(rest)
    ? []
    : [`The section ${version} of CHANGELOG.md has no date, such as (2026-01-31).`];
}

/** What is wrong with the checkout: a release is what main has, committed, and not tagged yet. */
export function checkoutFaults(git: ReleaseDeps['git'], version: string): string[] {
  const branch = git('rev-parse', '--abbrev-ref', 'HEAD').trim();
  const changed = git('status', '--porcelain').trim();
  const tag = git('tag', '--list', `v${version}`).trim();
  return [
    ...(branch === 'main' ? [] : [`The checkout is on ${branch}, not on main.`]),
    ...(changed === '' ? [] : [`Not everything is committed:\n${changed}`]),
    ...(tag === '' ? [] : [`The tag ${tag} is there already.`]),
  ];
}

/** The commands that publish the VSIX. Credentials are never in them. */
export function publishCommands(version: string, publish: Publish): string[] {
  return [
    // The README's pictures are shown from the tag.
    ...(basesOf(publish, version) ? [`git push origin main v${version}`] : []),
    // Signed in with Microsoft Entra ID, by `az login` or a managed identity.
    'npx vsce publish --azure-credential --packagePath bitrix24-push.vsix',
    // ovsx reads its token from the environment variable OVSX_PAT.
    `npx ovsx@${ovsxVersion} publish bitrix24-push.vsix`,
  ];
}

const ovsxVersion = '1.4.0';

/** The scripts that must pass. What fails quickly comes first. */
const steps: readonly string[][] = [
  ['audit'],
  ['test'],
  ['run', 'faults'],
  ['run', 'bench', '--', '--limits', 'bundle', 'vsix'],
  // Last, so that the VSIX is certainly of this commit and in production form.
  ['run', 'package'],
];

/** Everything up to publishing. Throws an error with all that is wrong before anything long runs. */
export async function release(deps: ReleaseDeps, { dryRun }: { dryRun: boolean }): Promise<void> {
  const { git, npm, version, say } = deps;
  const faults = [
    ...checkoutFaults(git, version),
    ...changelogFaults(version, deps.changelog),
    ...deps.publishFaults(),
  ];
  if (faults.length > 0) {
    throw new Error(`This is no release yet:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
  for (const step of steps) {
    say(`── npm ${step.join(' ')} ──`);
    await npm(...step);
  }
  // The long steps may have written something, such as a table in the documentation.
  const after = checkoutFaults(git, version);
  if (after.length > 0) {
    throw new Error(`The release changed while it was checked:\n${after.join('\n')}`);
  }
  if (dryRun) {
    say(`A dry run: v${version} is not tagged.`);
  } else {
    git('tag', '--annotate', `v${version}`, '--message', `Version ${version}`);
    say(`Tagged v${version}.`);
  }
  say(
    ['bitrix24-push.vsix is ready. To publish it:', ...publishCommands(version, deps.publish)].join(
      '\n  ',
    ),
  );
}

// What a public address gives to the manifest, and what the Marketplace and Open VSX check of it.
import * as v from 'valibot';

const address = v.union([
  v.literal(''),
  v.pipe(
    v.string(),
    v.url('is no address'),
    v.startsWith('https://', 'does not begin with https://'),
  ),
]);

const publishFile = v.strictObject({
  /** Address of the source repository. */
  repository: address,
  /** Where people report bugs. */
  bugs: address,
  homepage: address,
  /**
   * Base addresses of the README's relative links and of its pictures, with `{tag}` for the version's tag. They are
   * needed only for a repository elsewhere than on GitHub and GitLab, whose addresses tell them.
   */
  links: v.optional(address),
  pictures: v.optional(address),
});

/** publish.json: the one place for what only a public address gives. A value that is not known yet is empty. */
export type Publish = v.InferOutput<typeof publishFile>;

/** Throws an error that says in plain words what is wrong. */
export function parsePublish(text: string): Publish {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), publishFile), text);
  if (!result.success) {
    const faults = result.issues.map((issue) =>
      [v.getDotPath(issue), issue.message].filter((part) => part !== null).join(': '),
    );
    throw new Error(`publish.json cannot be used: ${faults.join('; ')}`);
  }
  return result.output;
}

const fields = {
  repository: 'the address of the source repository',
  bugs: 'the address where people report bugs',
  homepage: 'the address of the page about the extension',
} as const;

/** One sentence for each value that is missing. */
export function missingIn(publish: Publish): string[] {
  const missing = Object.entries(fields)
    .filter(([field]) => publish[field as keyof typeof fields] === '')
    .map(([field, what]) => `publish.json lacks "${field}", ${what}.`);
  if (publish.repository !== '' && !basesOf(publish, '0.0.0')) {
    missing.push(
      'publish.json lacks "links" and "pictures": the repository is neither on GitHub nor on GitLab, so it must ' +
        'say where the README’s links and pictures are.',
    );
  }
  return missing;
}

/** Base addresses of the README's relative links and of its pictures. */
export interface LinkBases {
  links: string;
  pictures: string;
}

/** Returns base addresses at the version's tag, so that a later README does not change an older page; undefined where publish.json does not tell them. */
export function basesOf(publish: Publish, version: string): LinkBases | undefined {
  const tag = `v${version}`;
  if (publish.links && publish.pictures) {
    return {
      links: publish.links.replaceAll('{tag}', tag),
      pictures: publish.pictures.replaceAll('{tag}', tag),
    };
  }
  const repository = publish.repository.replace(/(\.git)?\/?$/, '');
  if (/^https:\/\/github\.com\/[^/]+\/[^/]+$/.test(repository)) {
    return { links: `${repository}/blob/${tag}`, pictures: `${repository}/raw/${tag}` };
  }
  if (/^https:\/\/gitlab\.com\/.+\/[^/]+$/.test(repository)) {
    return { links: `${repository}/-/blob/${tag}`, pictures: `${repository}/-/raw/${tag}` };
  }
  return undefined;
}

/** The manifest as it is packaged. The one in the repository stays as it is. */
export function mergedManifest(
  manifest: Readonly<Record<string, unknown>>,
  { repository, bugs, homepage }: Publish,
): Record<string, unknown> {
  return {
    ...manifest,
    ...(repository !== '' && { repository: { type: 'git', url: repository } }),
    ...(bugs !== '' && { bugs: { url: bugs } }),
    ...(homepage !== '' && { homepage }),
  };
}

const line = v.pipe(
  v.string(),
  v.nonEmpty('is empty'),
  v.regex(/^[^\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]*$/u, 'has a character that cannot be seen'),
);
const short = v.pipe(line, v.maxLength(255, 'is longer than 255 characters'));
const name = v.pipe(
  short,
  v.regex(/^[a-z0-9][a-z0-9-]*$/i, 'has other characters than letters, digits and -'),
);

/** What vsce and the server of Open VSX (ExtensionValidator.java) refuse; vsce checks the same when it packages. */
const publishable = v.object({
  name,
  publisher: name,
  version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/, 'is not three numbers such as 1.2.3')),
  displayName: short,
  description: v.pipe(line, v.maxLength(2048, 'is longer than 2,048 characters')),
  license: short,
  icon: v.pipe(v.string(), v.regex(/\.png$/, 'is not a PNG')),
  categories: v.pipe(v.array(short), v.minLength(1, 'names none')),
  keywords: v.pipe(v.array(short), v.maxLength(30, 'names more than 30')),
  engines: v.object({
    vscode: v.pipe(v.string(), v.regex(/^\^\d+\.\d+\.\d+$/, 'is not a version such as ^1.106.0')),
  }),
  galleryBanner: v.object({
    color: v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i, 'is not a colour such as #1b2a4a')),
    theme: v.picklist(['dark', 'light']),
  }),
  pricing: v.picklist(['Free', 'Trial']),
  // Who proposes an API cannot publish.
  enabledApiProposals: v.optional(
    v.pipe(v.array(v.string()), v.maxLength(0, 'names proposed APIs')),
  ),
});

/** One sentence for each thing that a registry would refuse. The manifest's texts are filled in (no %keys%). */
export function faultsOf(manifest: unknown): string[] {
  const result = v.safeParse(publishable, manifest);
  return (result.issues ?? []).map(
    (issue) => `package.json: "${v.getDotPath(issue)}" ${issue.message}.`,
  );
}

/** The manifest with its %keys% filled in, as a registry shows it. */
export function withTexts(manifest: string, texts: Readonly<Record<string, string>>): unknown {
  return v.parse(
    v.pipe(v.string(), v.parseJson()),
    manifest.replace(/"%([\w.]+)%"/g, (whole, key: string) => JSON.stringify(texts[key] ?? whole)),
  );
}

// @ts-check
// The licences of what is bundled into the VSIX, from what esbuild says is in there.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Names of the npm packages of which at least a byte is in a bundle, sorted.
 * @param {string} meta esbuild's metafile: `outputs` with `inputs`
 */
export function bundledPackages(meta) {
  /** @type {{ outputs: Record<string, { inputs?: Record<string, { bytesInOutput: number }> }> }} */
  const { outputs } = JSON.parse(meta);
  const names = new Set();
  for (const { inputs = {} } of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
      if (name !== undefined && bytesInOutput > 0) {
        names.add(name);
      }
    }
  }
  return /** @type {string[]} */ ([...names]).sort();
}

/**
 * One text with every package's name, version and licence. Throws where a licence cannot be found.
 * @param {readonly string[]} packages
 * @param {string} root where node_modules is
 * @param {string} [product] what contains them
 */
export function noticesOf(packages, root, product = 'Bitrix24 Push') {
  const sections = packages.map((name) => {
    const folder = path.join(root, 'node_modules', name);
    /** @type {{ version: string, license?: string }} */
    const { version, license } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    );
    const text = licenceText(folder);
    if (license === undefined || text === undefined) {
      throw new Error(`No licence found for ${name} ${version}, which would ship`);
    }
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  const rule = `\n${'-'.repeat(80)}\n\n`;
  return [`${product} contains these packages, under their own licences:\n`, ...sections].join(
    rule,
  );
}

/** @param {string} folder */
function licenceText(folder) {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const licence = files.find((file) => /^licen[cs]e/i.test(file));
  if (licence !== undefined) {
    return readFileSync(path.join(folder, licence), 'utf8').trim();
  }
  // Some have it at the end of their readme.
  const readme = files.find((file) => /^readme/i.test(file));
  const text = readme && readFileSync(path.join(folder, readme), 'utf8').replaceAll('\r\n', '\n');
  return text?.match(/(?:^#+ *|\n)licen[cs]e\n-*\n*([\s\S]+)$/i)?.[1]?.trim();
}

// `npm run check:publish`: says what is missing before the extension can be published.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { root } from './install.mjs';
import { faultsOf, missingIn, parsePublish, withTexts } from './publish.mjs';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const texts = v.parse(
  v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string())),
  read('package.nls.json'),
);
const faults = [
  ...missingIn(parsePublish(read('publish.json'))),
  ...faultsOf(withTexts(read('package.json'), texts)),
  // Open VSX takes nothing without a licence.
  ...(existsSync(path.join(root, 'LICENSE')) ? [] : ['The file LICENSE is missing.']),
];
if (faults.length > 0) {
  console.log(
    `The extension cannot be published yet:\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
  );
  process.exitCode = 1;
} else {
  console.log('The manifest has all that the Marketplace and Open VSX ask for.');
}

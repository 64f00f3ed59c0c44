import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { faultsOf, missingIn, parsePublish, withTexts } from './publish.mjs';

/** All that keeps the extension in this folder from being published, a sentence each. */
export function publishFaults(root: string): string[] {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const texts = v.parse(
    v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string())),
    read('package.nls.json'),
  );
  return [
    ...missingIn(parsePublish(read('publish.json'))),
    ...faultsOf(withTexts(read('package.json'), texts)),
    // Open VSX takes nothing without a licence.
    ...(existsSync(path.join(root, 'LICENSE')) ? [] : ['The file LICENSE is missing.']),
  ];
}

import { statSync } from 'node:fs';
import type { Bench } from './benches';
import { hostBundle, makeProduction, vsix } from './production';

function bytesOf(...files: readonly string[]): Promise<number> {
  makeProduction();
  return Promise.resolve(files.reduce((bytes, file) => bytes + statSync(file).size, 0));
}

export const benches: Bench[] = [
  {
    name: 'bundle.hostBytes',
    what: 'Bytes of the minified host bundle that a window reads at its start and with any first use',
    atMost: 200_000,
    run: () => bytesOf(...hostBundle),
  },
  {
    name: 'vsix.bytes',
    what: 'Bytes of the VSIX',
    atMost: 300_000,
    run: () => bytesOf(vsix),
  },
];

import { statSync } from 'node:fs';
import type { Bench } from './benches';
import { hostBundle, makeProduction, startBundle, vsix } from './production';

function bytesOf(...files: readonly string[]): Promise<number> {
  makeProduction();
  return Promise.resolve(files.reduce((bytes, file) => bytes + statSync(file).size, 0));
}

export const benches: Bench[] = [
  {
    name: 'bundle.startBytes',
    what: 'Bytes of the minified bundle that every window reads at its start',
    atMost: 20_000,
    run: () => bytesOf(startBundle),
  },
  {
    name: 'bundle.hostBytes',
    what: 'Bytes of the minified host bundles that a window reads at its start and with its first use',
    atMost: 470_000,
    run: () => bytesOf(...hostBundle),
  },
  {
    name: 'vsix.bytes',
    what: 'Bytes of the VSIX',
    atMost: 460_800,
    run: () => bytesOf(vsix),
  },
];

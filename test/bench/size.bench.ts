import { statSync } from 'node:fs';
import type { Bench } from './benches';
import { hostBundle, makeProduction, vsix } from './production';

function bytesOf(file: string): Promise<number> {
  makeProduction();
  return Promise.resolve(statSync(file).size);
}

export const benches: Bench[] = [
  {
    name: 'bundle.hostBytes',
    what: 'Bytes of the minified bundle that a window reads at its start',
    atMost: 200_000,
    run: () => bytesOf(hostBundle),
  },
  {
    name: 'vsix.bytes',
    what: 'Bytes of the VSIX',
    atMost: 300_000,
    run: () => bytesOf(vsix),
  },
];

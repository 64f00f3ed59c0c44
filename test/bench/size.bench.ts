import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Bench } from './benches';
import { hostBundle, makeProduction, pictures, startBundle, vsix } from './production';

function bytesOf(...files: readonly string[]): Promise<number> {
  makeProduction();
  return Promise.resolve(files.reduce((bytes, file) => bytes + statSync(file).size, 0));
}

/** The pictures of the walkthrough ship; a VSIX holds PNGs in nearly the size that they have. */
const pictureBytes = () =>
  bytesOf(...readdirSync(pictures).map((name) => path.join(pictures, name)));

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
    atMost: 500_000,
    run: () => bytesOf(...hostBundle),
  },
  {
    name: 'vsix.bytes',
    what: 'Bytes of the VSIX without the pictures of the walkthrough',
    atMost: 640_000,
    run: async () => (await bytesOf(vsix)) - (await pictureBytes()),
  },
  {
    name: 'vsix.pictureBytes',
    what: 'Bytes of the pictures of the walkthrough',
    atMost: 150_000,
    run: pictureBytes,
  },
];

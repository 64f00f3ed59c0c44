// `npm run check:publish`: says what is missing before the extension can be published.
import { root } from './install.mjs';
import { publishFaults } from './publishFaults.mjs';

const faults = publishFaults(root);
if (faults.length > 0) {
  console.log(['The extension cannot be published yet:', ...faults].join('\n  '));
  process.exitCode = 1;
} else {
  console.log('The manifest has all that the Marketplace and Open VSX ask for.');
}

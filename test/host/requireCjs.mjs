// @ts-check
// Stryker's runner asks for files of mocha without their ending, and mocha 12 ends them in .cjs. Preloaded for
// `npm run mutation` alone; goes when the runner knows mocha 12.0.3.
import Module from 'node:module';

const { _extensions: endings } = /** @type {{ _extensions: Record<string, unknown> }} */ (
  /** @type {unknown} */ (Module)
);
endings['.cjs'] ??= endings['.js'];

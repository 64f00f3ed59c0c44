// @ts-check
// Mutation tests of what the promise "once, or you are told" hangs on. docs/mutation.md says how it is read.

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [
    'src/push/{pushService,earlierPushes,pushStore,plan,sendPlan}.ts',
    'src/bitrix24/{rateLimiter,rateLimiterState,portalClient}.ts',
    'src/accounts/{tokenStore,sharedTokenState,tokenRefresh}.ts',
  ],
  testRunner: 'mocha',
  testRunnerNodeArgs: ['--import', 'tsx'],
  mochaOptions: {
    // The unit tests that touch these files and take little time.
    spec: [
      // The arithmetic goes first: a mistake in it lets some of the others wait for ever.
      ...[
        'rateLimiterState',
        'rateLimiter',
        'limitedClient',
        'portalClient',
        'restBatch',
        'push',
      ].map((name) => `test/unit/bitrix24/${name}.test.ts`),
      'test/unit/accounts/{sharedTokenState,token*}.test.ts',
      'test/unit/push/*.test.ts',
    ],
  },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A wait that never ends is a mutant found, and it should be found soon.
  timeoutMS: 10_000,
  // Only what the tests read is copied.
  ignorePatterns: [
    '**',
    '!src/**',
    '!test/**',
    '!package.json',
    '!package.nls*.json',
    '!tsconfig.json',
    '!l10n/**',
  ],
  tempDirName: 'test-results/mutation',
  reporters: ['clear-text', 'progress-append-only', 'json', 'html'],
  jsonReporter: { fileName: 'test-results/mutation.json' },
  htmlReporter: { fileName: 'test-results/mutation.html' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 90, low: 85, break: 85 },
};

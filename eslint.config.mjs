// @ts-check
import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';

/** The rooms of src and what each may look at; ARCHITECTURE.md draws the same. */
const rooms = {
  common: [],
  bitrix24: [],
  sandbox: [],
  accounts: ['bitrix24', 'problems', 'common'],
  problems: ['bitrix24', 'accounts', 'push', 'common'],
  recipients: ['bitrix24', 'accounts', 'push', 'common'],
  push: ['bitrix24', 'accounts', 'recipients', 'problems', 'common'],
  compose: ['bitrix24', 'push', 'recipients', 'accounts', 'problems', 'common'],
  trial: ['accounts', 'problems', 'sandbox', 'common'],
  webview: ['compose', 'bitrix24'],
};

export default tseslint.config(
  { ignores: ['dist/', '.vscode-test/', 'test-results/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'src/webview/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-empty-function': 'off',
      // VS Code's Disposable is a class that everybody implements as a shape.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { boundaries },
    settings: {
      'boundaries/elements': [
        ...Object.keys(rooms).map((type) => ({ type, pattern: `src/${type}` })),
        { type: 'composition', pattern: 'src/extension.ts', mode: 'full' },
      ],
      'import/resolver': { node: { extensions: ['.ts'] } },
    },
    rules: {
      'boundaries/element-types': [
        'error',
        {
          default: 'disallow',
          message: '${file.type} may not look at ${dependency.type} (see ARCHITECTURE.md)',
          rules: [
            { from: ['composition'], allow: Object.keys(rooms).map((type) => [type]) },
            ...Object.entries(rooms).map(([from, allow]) => ({ from: [from], allow: [from, ...allow] })),
          ],
        },
      ],
      'no-console': 'error',
    },
  },
  {
    // The protocol, on either side, knows nothing of VS Code.
    files: ['src/bitrix24/**', 'src/sandbox/**', 'src/webview/**'],
    rules: { 'no-restricted-imports': ['error', 'vscode'] },
  },
  {
    files: ['src/sandbox/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Tests say what they know; a wrong guess fails them.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['*.js', '*.mjs', '**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        ['console', 'process', 'require', 'setInterval', 'clearInterval'].map((name) => [name, 'readonly']),
      ),
    },
  },
);

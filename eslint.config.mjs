// @ts-check
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The rooms of src and which other rooms each may look at; ARCHITECTURE.md draws the same. */
const rooms = {
  common: [],
  bitrix24: [],
  sandbox: [],
  secrets: [],
  accounts: ['bitrix24', 'common'],
  problems: ['bitrix24', 'accounts', 'push', 'common'],
  people: ['bitrix24', 'accounts', 'common'],
  delivery: ['bitrix24', 'accounts', 'people', 'common'],
  push: ['bitrix24', 'accounts', 'people', 'delivery', 'common'],
  compose: ['bitrix24', 'push', 'people', 'delivery', 'accounts', 'problems', 'form', 'common'],
  form: ['bitrix24', 'push', 'people', 'delivery', 'accounts', 'problems', 'common'],
  history: ['push', 'people', 'common'],
  trial: ['bitrix24', 'accounts', 'sandbox', 'common'],
  webview: ['form', 'bitrix24'],
};

/** The protocol, on either side, and the form's page know nothing of VS Code. */
const withoutVscode = ['bitrix24', 'sandbox', 'secrets', 'webview'];

const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: withoutVscode.includes(room)
          ? [{ name: 'vscode', message: `${room} works without VS Code.` }]
          : [],
        patterns: [
          {
            regex: `^(\\.\\./)+(?!(${[room, ...allowed].join('|')})/)(${Object.keys(rooms).join('|')}|(extension|rooms)$)`,
            message: `${room} may look at ${allowed.join(', ') || 'no other room'} only (see ARCHITECTURE.md).`,
          },
        ],
      },
    ],
  },
}));

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
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
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
  ...roomRules,
  { files: ['src/**/*.ts'], rules: { 'no-console': 'error' } },
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
        ['console', 'process', 'require', 'setInterval', 'clearInterval'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
);

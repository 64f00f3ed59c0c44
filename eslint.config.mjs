// @ts-check
import path from 'node:path';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import { assertNoCycle, walls } from './eslint.walls.mjs';

/**
 * The folders of src, and which other folders each may import; ARCHITECTURE.md draws the same. Files beside them
 * (extension.ts, main.ts, services.ts) may import everything, and no folder may import them.
 */
const folders = {
  common: [],
  bitrix24: [],
  sandbox: [],
  secrets: ['common'],
  accounts: ['bitrix24', 'common'],
  people: ['bitrix24', 'accounts', 'common'],
  delivery: ['bitrix24', 'accounts', 'people', 'common'],
  push: ['bitrix24', 'accounts', 'people', 'common'],
  problems: ['bitrix24', 'accounts', 'push', 'common'],
  form: ['bitrix24', 'push', 'people', 'delivery', 'accounts', 'problems', 'common'],
  compose: ['bitrix24', 'push', 'people', 'delivery', 'accounts', 'problems', 'form', 'common'],
  history: ['automation', 'schedule', 'push', 'people', 'common'],
  automation: ['bitrix24', 'push', 'people', 'delivery', 'accounts', 'problems', 'common'],
  program: ['automation', 'push', 'b24push', 'common'],
  b24push: [],
  agents: ['automation', 'b24push', 'common'],
  tools: ['automation', 'people', 'push', 'accounts', 'b24push', 'common'],
  pushFiles: ['bitrix24', 'push', 'people', 'delivery', 'accounts', 'problems', 'form', 'common'],
  schedule: ['push', 'accounts', 'problems', 'common'],
  ownCalls: ['push', 'bitrix24', 'common'],
  trial: ['bitrix24', 'accounts', 'sandbox', 'common'],
  webview: ['form', 'push', 'bitrix24', 'common'],
};
assertNoCycle(folders);

/** The protocol, on either side, and the form's page work without VS Code. */
const withoutVscode = ['bitrix24', 'sandbox', 'secrets', 'webview', 'b24push'];

const namedExports = { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' };

/** Walls against texts that come from elsewhere: no link, command or markup may be made of them. */
const plainTexts = [
  {
    selector: 'MemberExpression[property.name=/^show(Information|Warning|Error)Message$/]',
    message: 'Only the notifier shows messages: it takes links and commands out of them.',
  },
  {
    selector:
      ':matches(Property[key.name=/^(isTrusted|supportHtml)$/][value.value=true], AssignmentExpression[left.property.name=/^(isTrusted|supportHtml)$/][right.value=true])',
    message: 'No Markdown may run commands or become HTML.',
  },
  {
    selector:
      'Literal[value=/openIssueReporter/], MemberExpression[property.name=/^registerIssue/]',
    message: 'Nothing of ours goes into an issue report of VS Code.',
  },
];

/** The page of the form draws texts, never HTML, and listens to its own host only. */
const formPage = [
  {
    selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML)$/]',
    message: 'The form sets text, never HTML.',
  },
  {
    selector: "CallExpression[callee.object.name='document'][callee.property.name='write']",
    message: 'The form sets text, never HTML.',
  },
  {
    selector:
      "CallExpression[callee.property.name='addEventListener'][arguments.0.value='message']",
    message: 'Only messaging.ts listens to messages: it checks where they come from.',
  },
];

const counted = { skipBlankLines: true, skipComments: true };

export default tseslint.config(
  { ignores: ['dist/', '.vscode-test/', 'test-results/', 'node_modules/'] },
  js.configs.recommended,
  { rules: { curly: ['error', 'all'] } },
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
      'no-restricted-syntax': ['error', namedExports],
      'no-eval': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { walls: walls(path.join(import.meta.dirname, 'src'), folders) },
    rules: {
      'walls/folders': 'error',
      'walls/no-import-cycle': 'error',
      // A long function or file hides a seam. Split it there; never write a line cleverer to get below the number.
      'max-lines-per-function': ['error', { max: 80, ...counted }],
      'max-lines': ['error', { max: 400, ...counted }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/sandbox/**', 'src/problems/notifier.ts'],
    rules: { 'no-restricted-syntax': ['error', namedExports, ...plainTexts] },
  },
  {
    files: ['src/webview/**/*.ts'],
    ignores: ['src/webview/messaging.ts'],
    rules: { 'no-restricted-syntax': ['error', namedExports, ...plainTexts, ...formPage] },
  },
  {
    files: withoutVscode.map((folder) => `src/${folder}/**/*.ts`),
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'vscode', message: 'This folder works without VS Code.' }] },
      ],
    },
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
        [
          ...['console', 'process', 'require', 'setInterval', 'clearInterval'],
          ...['fetch', 'URL', 'URLSearchParams'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);

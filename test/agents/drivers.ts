import type { ConnectableId } from '../../src/agents/connect/connectable';
import { anthropicModel } from './models/anthropic';
import { geminiModel } from './models/gemini';
import type { ModelServer } from './models/modelServer';
import { openaiModel } from './models/openai';
import type { versions } from './programs';

/** How an agent is run against a model of ours. */
export interface Driver {
  id: ConnectableId;
  package: keyof typeof versions;
  program: string;
  model: () => Promise<ModelServer>;
  env: (model: string) => Record<string, string>;
  /** What its user has in the home before we connect it. */
  files: (model: string) => Record<string, string>;
  /** One turn, without a screen. */
  once: (prompt: string) => string[];
  /** Arguments that start it with a screen, where the prompt is typed; undefined where its screen is not driven. */
  screen: string[] | undefined;
  /** One turn without a screen, in each mode of what the agent may do unasked. The last one allows everything. */
  modes: Readonly<Record<string, (prompt: string) => string[]>>;
  /** True for a program that ends before it can tell of an error, unless it has a screen. */
  failsOnScreen: boolean;
}

export const drivers: readonly Driver[] = [
  {
    ...{ id: 'claude', package: '@anthropic-ai/claude-code', program: 'claude' },
    model: anthropicModel,
    env: (model) => ({
      ...{ ANTHROPIC_BASE_URL: model, ANTHROPIC_AUTH_TOKEN: 'x', CLAUDE_CODE_MAX_RETRIES: '1' },
      ...{ DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
      // Else it allows nobody everything who is root.
      IS_SANDBOX: '1',
    }),
    files: () => ({
      '.claude/settings.json': '{\n\t"permissions": {"allow": ["mcp__bitrix24__notify_me"]}\n}',
      '.claude.json': JSON.stringify(
        {
          hasCompletedOnboarding: true,
          theme: 'dark',
          projects: { $PROJECT: { hasTrustDialogAccepted: true } },
        },
        undefined,
        2,
      ),
    }),
    once: (prompt) => ['-p', prompt],
    screen: ['--permission-mode', 'default'],
    modes: {
      default: (prompt) => ['--permission-mode', 'default', '-p', prompt],
      acceptEdits: (prompt) => ['--permission-mode', 'acceptEdits', '-p', prompt],
      plan: (prompt) => ['--permission-mode', 'plan', '-p', prompt],
      'allowed tool': (prompt) => ['-p', prompt, '--allowedTools', 'mcp__bitrix24__send_push'],
      bypassPermissions: (prompt) => ['--dangerously-skip-permissions', '-p', prompt],
    },
    failsOnScreen: true,
  },
  {
    ...{ id: 'codex', package: '@openai/codex', program: 'codex' },
    model: openaiModel,
    env: () => ({ MODEL_KEY: 'x' }),
    files: (model) => ({
      '.codex/config.toml': `# Mine.
model = "fake-model"
model_provider = "loopback"
approval_policy = "on-request"
sandbox_mode = "workspace-write"

[model_providers.loopback]
name = "Loopback"
base_url = "${model}/v1"
env_key = "MODEL_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 0

[projects."$PROJECT"]
trust_level = "trusted"`,
    }),
    once: (prompt) => [
      ...['exec', '--skip-git-repo-check', '--dangerously-bypass-hook-trust'],
      ...['-c', 'mcp_servers.bitrix24.default_tools_approval_mode="approve"', prompt],
    ],
    screen: ['--no-daemon', '--dangerously-bypass-hook-trust'],
    modes: {
      'on-request': (prompt) => ['exec', '--skip-git-repo-check', prompt],
      'never, full access': (prompt) => [
        ...['exec', '--skip-git-repo-check', '-c', 'approval_policy="never"'],
        ...['-s', 'danger-full-access', prompt],
      ],
      'approved tools': (prompt) => [
        ...['exec', '--skip-git-repo-check'],
        ...['-c', 'mcp_servers.bitrix24.default_tools_approval_mode="approve"', prompt],
      ],
      'bypass approvals': (prompt) => [
        ...['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'],
        ...['-c', 'mcp_servers.bitrix24.default_tools_approval_mode="approve"', prompt],
      ],
    },
    failsOnScreen: false,
  },
  {
    ...{ id: 'gemini', package: '@google/gemini-cli', program: 'gemini' },
    model: geminiModel,
    env: (model) => ({
      ...{ GOOGLE_GEMINI_BASE_URL: model, GEMINI_API_KEY: 'x' },
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
    }),
    files: () => ({
      '.gemini/settings.json':
        '{\n  // Mine.\n  "security": { "auth": { "selectedType": "gemini-api-key" } },\n  "general": { "enableAutoUpdate": false }\n}\n',
    }),
    once: (prompt) => ['--yolo', '-p', prompt],
    screen: [],
    modes: {
      default: (prompt) => ['-p', prompt],
      auto_edit: (prompt) => ['--approval-mode', 'auto_edit', '-p', prompt],
      yolo: (prompt) => ['--yolo', '-p', prompt],
    },
    failsOnScreen: true,
  },
  {
    ...{ id: 'copilot', package: '@github/copilot', program: 'copilot' },
    model: openaiModel,
    env: (model) => ({
      ...{ COPILOT_PROVIDER_BASE_URL: `${model}/v1`, COPILOT_PROVIDER_TYPE: 'openai' },
      ...{ COPILOT_PROVIDER_API_KEY: 'x', COPILOT_MODEL: 'fake-model', COPILOT_OFFLINE: 'true' },
    }),
    files: () => ({
      '.copilot/config.json': JSON.stringify({ trusted_folders: ['$PROJECT'], banner: 'never' }),
    }),
    once: (prompt) => ['--allow-tool', 'bitrix24', '-p', prompt],
    screen: [],
    modes: {
      default: (prompt) => ['-p', prompt],
      'allow-tool': (prompt) => ['--allow-tool', 'bitrix24', '-p', prompt],
      'allow-all-tools': (prompt) => ['--allow-all-tools', '-p', prompt],
      'allow-all': (prompt) => ['--allow-all', '-p', prompt],
    },
    failsOnScreen: false,
  },
  {
    ...{ id: 'opencode', package: 'opencode-ai', program: 'opencode' },
    model: openaiModel,
    env: () => ({
      ...{ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' },
      ...{ OPENCODE_DISABLE_LSP_DOWNLOAD: '1', OPENCODE_DISABLE_SHARE: '1' },
      // Else it downloads 95 MB for plugins into each home. Ours needs nothing of it.
      ...{ npm_config_registry: 'http://127.0.0.1:9', npm_config_fetch_retries: '0' },
    }),
    files: (model) => ({
      // It adds its schema where there is none.
      '.config/opencode/opencode.json': `{
  "$schema": "https://opencode.ai/config.json",
  // Mine.
  "model": "loopback/fake-model",
  "small_model": "loopback/fake-model",
  "permission": { "bash": "ask" },
  "provider": {
    "loopback": {
      "npm": "@ai-sdk/openai-compatible",
      "options": { "baseURL": "${model}/v1", "apiKey": "x" },
      "models": { "fake-model": {} }
    }
  }
}
`,
    }),
    once: (prompt) => ['run', prompt],
    // It draws nothing for half a minute and more.
    screen: undefined,
    modes: {
      default: (prompt) => ['run', prompt],
      auto: (prompt) => ['run', '--auto', prompt],
    },
    failsOnScreen: false,
  },
  {
    ...{ id: 'qwen', package: '@qwen-code/qwen-code', program: 'qwen' },
    model: openaiModel,
    env: (model) => ({
      ...{ OPENAI_BASE_URL: `${model}/v1`, OPENAI_API_KEY: 'x', OPENAI_MODEL: 'fake-model' },
    }),
    files: () => ({
      // It adds the version where there is none.
      '.qwen/settings.json':
        '{\n  // Mine.\n  "security": { "auth": { "selectedType": "openai" } },\n  "general": { "enableAutoUpdate": false },\n  "$version": 4\n}\n',
    }),
    once: (prompt) => ['--allowed-tools', 'mcp__bitrix24__notify_me', '-p', prompt],
    screen: [],
    modes: {
      default: (prompt) => ['-p', prompt],
      plan: (prompt) => ['--approval-mode', 'plan', '-p', prompt],
      'auto-edit': (prompt) => ['--approval-mode', 'auto-edit', '-p', prompt],
      yolo: (prompt) => ['--yolo', '-p', prompt],
    },
    failsOnScreen: true,
  },
];

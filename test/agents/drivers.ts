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
  /** With a screen; the prompt is typed. */
  screen: string[];
}

export const drivers: readonly Driver[] = [
  {
    ...{ id: 'claude', package: '@anthropic-ai/claude-code', program: 'claude' },
    model: anthropicModel,
    env: (model) => ({
      ...{ ANTHROPIC_BASE_URL: model, ANTHROPIC_AUTH_TOKEN: 'x', CLAUDE_CODE_MAX_RETRIES: '1' },
      ...{ DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
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
  },
];

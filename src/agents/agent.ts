/** The agents that can tell of their turns, as hooks name them on the command line. */
export const agentIds = [
  'claude',
  'codex',
  'gemini',
  'copilot',
  'opencode',
  'qwen',
  'vscode',
] as const;

export type AgentId = (typeof agentIds)[number];

/** Product names are the same in every language. */
export const agentNames: Readonly<Record<AgentId, string>> = {
  claude: 'Claude Code',
  codex: 'Codex',
  gemini: 'Gemini CLI',
  copilot: 'Copilot CLI',
  opencode: 'opencode',
  qwen: 'Qwen Code',
  vscode: 'VS Code',
};

export function isAgentId(id: string): id is AgentId {
  return agentIds.some((known) => known === id);
}

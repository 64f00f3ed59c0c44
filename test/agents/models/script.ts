/** What an agent has asked its model. */
export interface Turn {
  /** The newest text of the user. */
  prompt: string;
  /** True if the newest message is what a tool has answered. */
  isAfterTool: boolean;
  /** Names of the tools that the agent offers. */
  tools: readonly string[];
  /** Names of the tools that were called since the prompt. */
  called: readonly string[];
}

export type Reply =
  | { kind: 'text'; text: string }
  | { kind: 'tool'; name: string; input: object }
  | { kind: 'error'; status: number };

/** The words in a prompt that make the model do something else than answer. */
export const orders = {
  say: 'SAY_HELLO',
  run: 'RUN_A_COMMAND',
  notify: 'CALL_NOTIFY_ME',
  delegate: 'ASK_A_SUBAGENT',
  fail: 'FAIL_WITH_AN_ERROR',
} as const;

const shells = /^(Bash|bash|shell|exec_command|shell_command|local_shell|run_shell_command)$/;
const agents = /^(Agent|Task|task|invoke_agent|spawn_agent|generalist)$/;
const notify = /notify_me$/;
const command = 'touch made-by-agent';

/** Decides what a model answers. There is one script for all wire formats. */
export function replyTo({ prompt, isAfterTool, tools, called }: Turn): Reply {
  const tool = (pattern: RegExp) => tools.find((name) => pattern.test(name));
  const text: Reply = { kind: 'text', text: 'The last words of the model.' };
  if (prompt.includes(orders.fail)) {
    return { kind: 'error', status: 400 };
  }
  if (prompt.includes(orders.notify)) {
    return notifyReply(tool(notify), tools, called) ?? text;
  }
  // What a subagent has found comes as a message of its own, behind the same prompt.
  if (isAfterTool || called.some((name) => agents.test(name))) {
    return text;
  }
  const shell = tool(shells);
  if (prompt.includes(orders.run) && shell !== undefined) {
    return { kind: 'tool', name: shell, input: shellInput(shell) };
  }
  const agent = tool(agents);
  if (prompt.includes(orders.delegate) && agent !== undefined) {
    return { kind: 'tool', name: agent, input: agentInput(agent) };
  }
  return text;
}

/** Some agents show their model the tools of servers only after it has searched for them. */
function notifyReply(
  name: string | undefined,
  tools: readonly string[],
  called: readonly string[],
): Reply | undefined {
  if (called.some((one) => notify.test(one))) {
    return undefined;
  }
  const search = tools.find((one) => /^(ToolSearch|tool_search)$/.test(one));
  const isFound = search !== undefined && called.includes(search);
  if (name !== undefined || isFound) {
    const known = name ?? 'mcp__bitrix24__notify_me';
    return { kind: 'tool', name: known, input: { text: 'A word of the agent.' } };
  }
  return search === undefined
    ? undefined
    : {
        kind: 'tool',
        name: search,
        input: { query: 'select:mcp__bitrix24__notify_me', max_results: 5 },
      };
}

function shellInput(name: string): object {
  switch (name) {
    case 'exec_command':
      // Codex asks its user only about what should leave its sandbox.
      return {
        ...{ cmd: command, sandbox_permissions: 'require_escalated' },
        justification: 'The test wants it.',
      };
    case 'shell':
      return { command: ['bash', '-lc', command] };
    default:
      return { command, description: 'Makes a file' };
  }
}

function agentInput(name: string): object {
  const prompt = `${orders.say} as a part of it`;
  const common = { description: 'A part', prompt, name: 'part' };
  switch (name) {
    case 'spawn_agent':
      return { agent_type: 'default', message: prompt, task_name: 'part' };
    case 'invoke_agent':
      return { agent_name: 'generalist', prompt };
    case 'task':
      return { ...common, agent_type: 'general-purpose' };
    default:
      return { ...common, subagent_type: 'general-purpose' };
  }
}

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

export interface ToolCall {
  name: string;
  input: object;
}

export type Reply =
  | { kind: 'text'; text: string }
  /** Tools that are called in one turn: at least one. */
  | { kind: 'tools'; calls: readonly ToolCall[] }
  | { kind: 'error'; status: number };

/** The words in a prompt that make the model do something else than answer. */
export const orders = {
  say: 'SAY_HELLO',
  run: 'RUN_A_COMMAND',
  notify: 'CALL_NOTIFY_ME',
  send: 'CALL_SEND_PUSH',
  delegate: 'ASK_A_SUBAGENT',
  fail: 'FAIL_WITH_AN_ERROR',
} as const;

const shells = /^(Bash|bash|shell|exec_command|shell_command|local_shell|run_shell_command)$/;
const agents = /^(Agent|agent|Task|task|invoke_agent|spawn_agent|generalist)$/;
const command = 'touch made-by-agent';
/** How often a model calls `send_push` in one turn. */
export const pushes = 100;

/** Decides what one model answers. There is one script for all wire formats. */
export function newScript(): (turn: Turn) => Reply {
  let failures = 0;
  return (turn) => {
    if (turn.prompt.includes(orders.fail)) {
      failures += 1;
      // An error that is worth another try, and then one that ends the turn.
      return { kind: 'error', status: failures === 1 ? 500 : 400 };
    }
    return replyTo(turn);
  };
}

function replyTo({ prompt, isAfterTool, tools, called }: Turn): Reply {
  const tool = (pattern: RegExp) => tools.find((name) => pattern.test(name));
  const text: Reply = { kind: 'text', text: 'The last words of the model.' };
  if (prompt.includes(orders.notify)) {
    return ourTool('notify_me', [{ text: 'A word of the agent.' }], tools, called) ?? text;
  }
  if (prompt.includes(orders.send)) {
    const inputs = Array.from({ length: pushes }, (_, index) => ({
      ...{ to: ['2'], text: `Push ${index + 1} that nobody wanted` },
    }));
    return ourTool('send_push', inputs, tools, called) ?? text;
  }
  // What a subagent has found comes as a message of its own, behind the same prompt.
  if (isAfterTool || called.some((name) => agents.test(name))) {
    return text;
  }
  const shell = tool(shells);
  if (prompt.includes(orders.run) && shell !== undefined) {
    return { kind: 'tools', calls: [{ name: shell, input: shellInput(shell) }] };
  }
  const agent = tool(agents);
  if (prompt.includes(orders.delegate) && agent !== undefined) {
    return { kind: 'tools', calls: [{ name: agent, input: agentInput(agent) }] };
  }
  return text;
}

/** Calls a tool of ours once for each input. Some agents show their model the tools of servers only after a search. */
function ourTool(
  tool: string,
  inputs: readonly object[],
  tools: readonly string[],
  called: readonly string[],
): Reply | undefined {
  if (called.some((one) => one.endsWith(tool))) {
    return undefined;
  }
  const name = tools.find((one) => one.endsWith(tool));
  const search = tools.find((one) => /^(ToolSearch|tool_search)$/.test(one));
  const isFound = search !== undefined && called.includes(search);
  const known = `mcp__bitrix24__${tool}`;
  if (name !== undefined || isFound) {
    return { kind: 'tools', calls: inputs.map((input) => ({ name: name ?? known, input })) };
  }
  const input = { query: `select:${known}`, max_results: 5 };
  return search === undefined ? undefined : { kind: 'tools', calls: [{ name: search, input }] };
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

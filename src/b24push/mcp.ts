import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { toolCatalogue } from './toolCatalogue';
import { isToolName, toolRequest } from './toolRequest';
import type { ToolAnswer, ToolRequest } from './toolRequest';

/**
 * Asks a VS Code window. Resolves to undefined if there is none, so nothing was asked; rejects if the window was lost
 * before it answered. A signal that aborts withdraws the question.
 */
export type AskWindow = (
  request: ToolRequest,
  signal: AbortSignal,
) => Promise<ToolAnswer | undefined>;

export interface McpDeps {
  ask: AskWindow;
  /** Version of the extension. */
  version: string;
  /** Standard input and output, unless told otherwise. */
  transport?: Transport | undefined;
  /** How often a waiting call says that it goes on, ms. */
  progressEvery?: number | undefined;
}

const instructions =
  'Bitrix24 Push reaches the phone of the user you work for (notify_me) and, after the user has said yes in VS Code, other people of their Bitrix24 portal (send_push).';

/** The SDK checks with it what a client answers to questions, which this server does not ask. */
const noValidator = {
  getValidator: () => {
    throw new Error('This server asks no questions.');
  },
};

/** Serves the tools by the Model Context Protocol. Resolves when the agent has closed the connection. */
export async function serveMcp(deps: McpDeps): Promise<void> {
  const { ask, version, transport = new StdioServerTransport(), progressEvery = 10_000 } = deps;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- The high-level server is three times as large, and three fixed tools have no use for it.
  const server = new Server(
    { name: 'bitrix24-push', title: 'Bitrix24 Push', version },
    { capabilities: { tools: {} }, instructions, jsonSchemaValidator: noValidator },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.entries(toolCatalogue).map(([name, tool]) => ({ name, ...tool })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    if (!isToolName(params.name)) {
      return resultOf({ message: `There is no tool ${params.name}.`, isError: true });
    }
    const client = server.getClientVersion();
    const by = client?.title ?? client?.name ?? '';
    const { request, fault } = toolRequest(params.name, params.arguments ?? {}, by);
    if (!request) {
      return resultOf(fault);
    }
    const { _meta, signal, sendNotification } = extra;
    const progressToken = _meta?.progressToken;
    let progress = 0;
    // A question may stand for minutes, and clients give up on a call that says nothing.
    const stillThere =
      progressToken === undefined
        ? undefined
        : setInterval(() => {
            const message = 'Waiting for VS Code.';
            const params = { progressToken, progress: ++progress, message };
            sendNotification({ method: 'notifications/progress', params }).catch(() => undefined);
          }, progressEvery);
    try {
      return resultOf(await answerOf(ask, request, signal));
    } finally {
      clearInterval(stillThere);
    }
  });
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve;
  });
  await server.connect(transport);
  if (!deps.transport) {
    // The transport does not look at the ends of its pipes, which is how an agent leaves.
    process.stdin.once('end', () => void server.close());
    process.stdout.on('error', () => void server.close());
  }
  await closed;
}

async function answerOf(
  ask: AskWindow,
  request: ToolRequest,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  try {
    const noWindow =
      'Nothing was sent: no VS Code window with Bitrix24 Push is open on this computer. The user has to open one.';
    return (await ask(request, signal)) ?? { message: noWindow, isError: true };
  } catch {
    const lost =
      'The VS Code window went away before it answered, so it is not known whether anything was sent. Do not repeat the call by yourself.';
    return { message: lost, isError: true };
  }
}

function resultOf({ message, isError }: ToolAnswer): CallToolResult {
  return { content: [{ type: 'text', text: message }], isError };
}

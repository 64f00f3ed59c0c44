import { Disposable, LanguageModelTextPart, LanguageModelToolResult, Uri, l10n, lm } from 'vscode';
import type { ExtensionContext, LanguageModelTool } from 'vscode';
import type { ToolName } from '../b24push/toolRequest';
import { mcpProvider, mcpProviderId } from './mcpProvider';
import type { McpProviderDeps } from './mcpProvider';

/** The tools by their names in the manifest, which all extensions share. */
export const languageModelTools = {
  bitrix24_notify_me: 'notify_me',
  bitrix24_send_push: 'send_push',
  bitrix24_find_people: 'find_people',
} as const satisfies Record<string, ToolName>;

/** Loads what answers in sentences, whatever it is called with. */
type LoadCaller = () => Promise<{
  callTool(name: ToolName, input: unknown, signal: AbortSignal): Promise<string>;
}>;

/** Registers the tools for agents in VS Code. */
export function registerTools(main: LoadCaller): Disposable {
  return Disposable.from(
    ...Object.entries(languageModelTools).map(([id, name]) =>
      lm.registerTool(id, languageModelTool(name, main)),
    ),
  );
}

export interface RegisterMcpServerDeps extends Pick<McpProviderDeps, 'environment'> {
  context: Pick<ExtensionContext, 'extension'>;
}

/** Offers the same tools to agents that speak MCP. */
export function registerMcpServer({ context, environment }: RegisterMcpServerDeps): Disposable {
  const { extension } = context;
  const { version } = extension.packageJSON as { version: string };
  const program = Uri.joinPath(extension.extensionUri, 'dist', 'b24push.js').fsPath;
  return lm.registerMcpServerDefinitionProvider(
    mcpProviderId,
    mcpProvider({ program, version, environment }),
  );
}

export function languageModelTool(name: ToolName, main: LoadCaller): LanguageModelTool<unknown> {
  return {
    prepareInvocation: () => ({ invocationMessage: workingMessage(name) }),
    invoke: async ({ input }, token) => {
      const abort = new AbortController();
      const watch = token.onCancellationRequested(() => abort.abort());
      try {
        const text = await (await main()).callTool(name, input, abort.signal);
        return new LanguageModelToolResult([new LanguageModelTextPart(text)]);
      } finally {
        watch.dispose();
      }
    },
  };
}

/** Shown in the chat while the tool runs. */
function workingMessage(name: ToolName): string {
  switch (name) {
    case 'notify_me':
      return l10n.t('Telling you on your phone');
    case 'send_push':
      return l10n.t('Asking you about a push');
    case 'find_people':
      return l10n.t('Looking for people on your portal');
  }
}

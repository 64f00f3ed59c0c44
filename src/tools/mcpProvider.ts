import { McpStdioServerDefinition } from 'vscode';
import type { McpServerDefinitionProvider } from 'vscode';

/** Its name in the manifest. */
export const mcpProviderId = 'bitrix24Push.mcp';

export interface McpProviderDeps {
  /** Path of b24push. */
  program: string;
  /** Version of the extension. */
  version: string;
  /** The variables that lead b24push to this window; they may hold a secret. */
  environment: () => Promise<Readonly<Record<string, string>>>;
}

/** Offers `b24push mcp` to VS Code's own agents. Its environment is filled in when it starts, and stored nowhere. */
export function mcpProvider(
  deps: McpProviderDeps,
): McpServerDefinitionProvider<McpStdioServerDefinition> {
  const { program, version, environment } = deps;
  return {
    provideMcpServerDefinitions: () => [
      new McpStdioServerDefinition(
        'Bitrix24 Push',
        process.execPath,
        [program, 'mcp'],
        { ELECTRON_RUN_AS_NODE: '1' },
        version,
      ),
    ],
    resolveMcpServerDefinition: async (server) => {
      server.env = { ...server.env, ...(await environment()) };
      return server;
    },
  };
}

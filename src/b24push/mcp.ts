import type { askTool } from './connect';

/** Serves the tools of agents. Another bundle, read by `b24push mcp` only. */
export function serveMcp({ version }: { ask: typeof askTool; version: string }): Promise<void> {
  return Promise.reject(new Error(`The tools are not built into ${version}.`));
}

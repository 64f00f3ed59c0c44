/**
 * Stands in for the MCP SDK's validator of JSON schemas, 110 KB that check what a client answers to a server's
 * questions. This server asks none.
 */
const noSchemas = (): void => undefined;

export { noSchemas as default };

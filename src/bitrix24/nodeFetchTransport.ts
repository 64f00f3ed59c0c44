import type { Transport } from './transport';

export interface NodeFetchTransportOptions {
  userAgent: string;
  maxBytes?: number;
  connectTimeoutMs?: number;
  /** For the whole exchange, connecting included. */
  answerTimeoutMs?: number;
}

export function nodeFetchTransport(options: NodeFetchTransportOptions): Transport {
  throw new Error(`not written yet ${options.userAgent}`);
}

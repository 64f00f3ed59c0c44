/** One HTTP exchange, as small as the protocol needs. */
export interface HttpRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal | undefined;
  /** For the whole exchange, ms; instead of the transport's own limit. */
  timeoutMs?: number | undefined;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** The seam to the network. Never follows redirects; rejects only with Bitrix24Error (phase notSent or noAnswer). */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
}

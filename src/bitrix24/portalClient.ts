import type * as v from 'valibot';
import type { Bitrix24Error } from './errors';
import type { Tokens } from './oauth';
import type { Transport } from './transport';

/** Where a client gets its tokens from; it keeps none itself. */
export interface TokenSource {
  /** The current tokens; no network where possible. */
  tokens(signal?: AbortSignal): Promise<Tokens>;
  /** Newer tokens than the ones that failed: refreshes, or returns what another window already stored. */
  refreshed(failedAccessToken: string, signal?: AbortSignal): Promise<Tokens>;
  /** Asks the user whether the renamed portal is theirs; undefined means no. Returns tokens with that endpoint. */
  moved(clientEndpoint: string, signal?: AbortSignal): Promise<Tokens | undefined>;
}

/** The part of a clock that the client needs. */
export interface ClientClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface ClientLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** A pause that the server asked for. */
export interface Wait {
  /** Unix ms. */
  until: number;
  /** QUERY_LIMIT_EXCEEDED or OPERATION_TIME_LIMIT. */
  code: string;
}

export interface CallControl {
  signal?: AbortSignal | undefined;
  /** Called before each pause, so that the user sees it. */
  onWait?: ((wait: Wait) => void) | undefined;
}

export interface CallOptions<T> extends CallControl {
  /** Shape of `result`. */
  schema: v.GenericSchema<unknown, T>;
}

/** Bitrix24: `time` of an answer, in seconds; the operating fields only in the cloud. */
export interface CallTime {
  duration?: number | undefined;
  operating?: number | undefined;
  /** Unix seconds. */
  operatingResetAt?: number | undefined;
}

export interface Answer<T> {
  result: T;
  total?: number | undefined;
  next?: number | undefined;
  time?: CallTime | undefined;
}

export interface BatchCommand {
  method: string;
  params: Record<string, unknown>;
}

export type CommandOutcome =
  | { kind: 'answered'; result: unknown; total?: number | undefined; next?: number | undefined }
  | { kind: 'failed'; error: Bitrix24Error }
  /** Not reached because `halt` stopped the batch. */
  | { kind: 'notRun' };

export interface PortalClientDeps {
  transport: Transport;
  tokens: TokenSource;
  clock: ClientClock;
  log?: ClientLog;
}

/** Speaks to one portal as one user. */
export class PortalClient {
  readonly #deps: PortalClientDeps;

  constructor(deps: PortalClientDeps) {
    this.#deps = deps;
  }

  call<T>(method: string, params: Record<string, unknown>, options: CallOptions<T>): Promise<Answer<T>> {
    throw new Error(`not written yet ${method}${String(params)}${String(options)}${String(this.#deps)}`);
  }

  batch(commands: readonly BatchCommand[], options: CallControl & { halt?: boolean }): Promise<CommandOutcome[]> {
    throw new Error(`not written yet ${String(commands)}${String(options)}${String(this.#deps)}`);
  }
}

/**
 * Tells how far a request came, which decides whether repeating is safe:
 * `notSent`: the server certainly did nothing; `noAnswer`: it may have acted; `answered`: it said what it did.
 */
export type Phase = 'notSent' | 'noAnswer' | 'answered';

/** The kind of an error; `server` means that a Bitrix24 error code came. */
export type ErrorKind =
  | 'server'
  /** Connection refused. */
  | 'refused'
  /** The name could not be resolved: offline or a wrong address. */
  | 'dns'
  /** Certificate or TLS handshake trouble. */
  | 'tls'
  /** A proxy answered instead of the portal. */
  | 'proxy'
  /** The connection broke. */
  | 'reset'
  | 'timeout'
  /** An answer that is not JSON or not of the documented shape. */
  | 'notJson'
  | 'tooLarge'
  /** The portal sends us to a site that the user did not agree to. */
  | 'redirect'
  | 'cancelled'
  /** Caught before sending: bad recipients, text, avatar or address. */
  | 'invalid';

export interface Bitrix24ErrorFields {
  kind: ErrorKind;
  phase: Phase;
  /** The server's `error` as sent (mixed case), or our own word for kinds other than `server`. */
  code: string;
  /** The server's `error_description` or a technical English sentence. Never a token or a text. */
  description?: string | undefined;
  httpStatus?: number | undefined;
  /** Host that was asked. */
  host?: string | undefined;
  /** The time from which trying again makes sense, Unix ms (set for OPERATION_TIME_LIMIT). */
  retryAt?: number | undefined;
  /** For insufficient_scope: the scope that would help, if the caller knows it. */
  scope?: string | undefined;
  cause?: unknown;
}

/** The only error of the protocol. Compare codes with {@link Bitrix24Error.is}, never texts. */
export class Bitrix24Error extends Error {
  readonly kind: ErrorKind;
  readonly phase: Phase;
  readonly code: string;
  readonly description: string | undefined;
  readonly httpStatus: number | undefined;
  readonly host: string | undefined;
  readonly retryAt: number | undefined;
  readonly scope: string | undefined;

  constructor(fields: Bitrix24ErrorFields) {
    super(fields.description ? `${fields.code}: ${fields.description}` : fields.code, {
      cause: fields.cause,
    });
    this.name = 'Bitrix24Error';
    this.kind = fields.kind;
    this.phase = fields.phase;
    this.code = fields.code;
    this.description = fields.description;
    this.httpStatus = fields.httpStatus;
    this.host = fields.host;
    this.retryAt = fields.retryAt;
    this.scope = fields.scope;
  }

  /** A copy with some fields changed, e.g. for the call that the error kept from leaving. */
  with(
    changes: Partial<Pick<Bitrix24ErrorFields, 'phase' | 'retryAt' | 'host' | 'scope'>>,
  ): Bitrix24Error {
    const { kind, phase, code, description, httpStatus, host, retryAt, scope } = this;
    return new Bitrix24Error({
      ...{ kind, phase, code, description, httpStatus, host, retryAt, scope, cause: this },
      ...changes,
    });
  }

  /** True when the code is one of these; Bitrix24 sends codes in mixed case. */
  is(...codes: string[]): boolean {
    return codes.some((code) => code.toLowerCase() === this.code.toLowerCase());
  }
}

import type { SandboxState } from './controlApi';
import type { Json } from './phpJson';

/** A refusal by the portal's REST server. `message` is the answer's error_description. */
export class RestError extends Error {
  readonly code: string;
  /** What only the log of requests says about it; '' for nothing. */
  readonly note: string;
  readonly #status: number;

  constructor(code: string, description: string, status = 400, note = '') {
    super(description);
    this.code = code;
    this.note = note;
    this.#status = status;
  }

  /** @returns the HTTP status; the server's source and the documentation disagree about some (docs/bitrix24.md, section 2). */
  status(statuses: SandboxState['statuses']): number {
    const documented = DOCUMENTED_STATUSES[`${this.code} ${String(this.#status)}`];
    return statuses === 'documented' ? (documented ?? this.#status) : this.#status;
  }

  body(): { error: string; error_description: string } & Record<string, Json> {
    return { error: this.code, error_description: this.message };
  }
}

/** Statuses of the documentation, by the code and the status of the server's source. */
const DOCUMENTED_STATUSES: Readonly<Record<string, number>> = {
  'ACCESS_DENIED 401': 403,
  'INVALID_CREDENTIALS 401': 403,
  'INVALID_REQUEST 401': 400,
  'OVERLOAD_LIMIT 401': 503,
  'PORTAL_DELETED 403': 500,
  'insufficient_scope 401': 403,
  'user_access_error 401': 403,
};

export const methodNotFound = () =>
  new RestError('ERROR_METHOD_NOT_FOUND', 'Method not found!', 404);

import type { SandboxState } from './controlApi';
import type { Json } from './phpJson';

/** A refusal by the portal's REST server. `message` is the answer's error_description. */
export class RestError extends Error {
  readonly code: string;
  readonly #status: number;

  constructor(code: string, description: string, status = 400) {
    super(description);
    this.code = code;
    this.#status = status;
  }

  /** Source code and documentation of Bitrix24 disagree about some statuses. */
  status(statuses: SandboxState['statuses']): number {
    const documented = DOCUMENTED_STATUSES[`${this.code} ${String(this.#status)}`];
    return statuses === 'documented' ? (documented ?? this.#status) : this.#status;
  }

  body(): { error: string; error_description: string } & Record<string, Json> {
    return { error: this.code, error_description: this.message };
  }
}

/** By code and the status that the source code uses. */
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

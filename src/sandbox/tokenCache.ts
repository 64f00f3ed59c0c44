import type { RestError } from './restError';
import { LIFETIME } from './tokens';

/** What the authorization server tells of an access token. */
export interface TokenInfo {
  userId: number;
  /** Unix seconds. */
  expires: number;
  /** The scopes that the application has at the moment of the question. */
  scopes: readonly string[];
}

/**
 * Keeps what the authorization server told the portal of each token, refusals too, for an hour. Until then
 * the portal does not ask again, so a token keeps the scopes that it had at its first call. Source:
 * docs/bitrix24.md, section 1; rest/lib/oauth/auth.php (check).
 */
export class TokenCache {
  readonly #now: () => number;
  /** The answer about each token, and until when (Unix ms) it is kept. */
  readonly #kept = new Map<string, { answer: TokenInfo | RestError; until: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  get(token: string): TokenInfo | RestError | null {
    const kept = this.#kept.get(token);
    return kept !== undefined && kept.until > this.#now() ? kept.answer : null;
  }

  keep(token: string, answer: TokenInfo | RestError): void {
    this.#kept.set(token, { answer, until: this.#now() + LIFETIME.access * 1000 });
  }

  /** Forgets everything, as if an hour had passed. */
  clear(): void {
    this.#kept.clear();
  }
}

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SecretStorage } from 'vscode';
import type { Clock } from '../common/clock';

export interface SealsDeps {
  /** Where no other program can read the key. */
  secrets: Pick<SecretStorage, 'get' | 'store'>;
  clock: Pick<Clock, 'sleep'>;
}

const key = 'schedule.seal.v1';
const deadlineMs = 10_000;

/**
 * Seals what the user has agreed to. A scheduled push leaves without a question, so a file that another program has
 * written or changed must not pass for the user's yes: the seal is an HMAC with a key in SecretStorage.
 */
export class Seals {
  readonly #deps: SealsDeps;

  constructor(deps: SealsDeps) {
    this.#deps = deps;
  }

  /** Rejects where SecretStorage does not give or take the key. */
  async of(text: string): Promise<string> {
    return hmac((await this.#key()) ?? (await this.#newKey()), text);
  }

  /** True if this text was sealed here. Rejects where SecretStorage does not answer. */
  async fits(text: string, seal: string): Promise<boolean> {
    const known = await this.#key();
    const wanted = Buffer.from(known === undefined ? '' : hmac(known, text));
    const given = Buffer.from(seal);
    return wanted.length > 0 && wanted.length === given.length && timingSafeEqual(wanted, given);
  }

  async #newKey(): Promise<string> {
    const { secrets } = this.#deps;
    const made = randomBytes(32).toString('base64');
    await this.#inTime(secrets.store(key, made));
    // Another window may have made one at the same moment: the one that is stored holds for all.
    return (await this.#key()) ?? made;
  }

  async #key(): Promise<string | undefined> {
    return await this.#inTime(this.#deps.secrets.get(key));
  }

  /** A locked keyring may never answer. */
  async #inTime<T>(answer: Thenable<T>): Promise<T> {
    const asked = new AbortController();
    const deadline = this.#deps.clock.sleep(deadlineMs, asked.signal).then(() => {
      throw new Error('The keyring does not answer.');
    });
    deadline.catch(() => undefined);
    try {
      return await Promise.race([answer, deadline]);
    } finally {
      asked.abort();
    }
  }
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', Buffer.from(secret, 'base64')).update(text).digest('base64');
}

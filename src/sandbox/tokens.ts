import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export type TokenKind = 'code' | 'access' | 'refresh';

/** Lifetimes in seconds: 30 s, one hour, 180 days. Source: docs/bitrix24.md, section 1. */
export const LIFETIME: Readonly<Record<TokenKind, number>> = {
  code: 30,
  access: 3600,
  refresh: 180 * 24 * 3600,
};

export interface TokenContent {
  userId: number;
  /** Unix seconds. */
  expires: number;
}

const KINDS: readonly TokenKind[] = ['code', 'access', 'refresh'];
const CONTENT_BYTES = 19;
const SIGNATURE_BYTES = 16;

/**
 * Makes and reads codes and tokens of 70 hexadecimal digits. They carry their content and a signature, so
 * nothing has to be stored. The real server does the same with other bytes. Source: docs/bitrix24.md,
 * section 1; oauth/lib/security/timesignershort.php.
 */
export class TokenMint {
  readonly #key: Buffer;
  readonly #issued: string[] = [];

  constructor(key: Buffer = randomBytes(32)) {
    this.#key = key;
  }

  issue(kind: TokenKind, clientId: string, content: TokenContent): string {
    const bytes = randomBytes(CONTENT_BYTES);
    bytes.writeUInt32LE(content.expires, 0);
    bytes.writeUInt8(KINDS.indexOf(kind), 4);
    bytes.writeUInt32LE(content.userId, 5);
    const token = Buffer.concat([bytes, this.#sign(clientId, bytes)]).toString('hex');
    this.#issued.push(token);
    return token;
  }

  /** @returns all codes and tokens issued so far. */
  issued(): string[] {
    return [...this.#issued];
  }

  /** @returns null if the token was not issued here, or not of this kind, or not to this client. */
  read(kind: TokenKind, clientId: string, token: string): TokenContent | null {
    if (!/^[0-9a-f]{70}$/.test(token)) {
      return null;
    }
    const all = Buffer.from(token, 'hex');
    const bytes = all.subarray(0, CONTENT_BYTES);
    if (!timingSafeEqual(this.#sign(clientId, bytes), all.subarray(CONTENT_BYTES))) {
      return null;
    }
    if (KINDS[bytes.readUInt8(4)] !== kind) {
      return null;
    }
    return { expires: bytes.readUInt32LE(0), userId: bytes.readUInt32LE(5) };
  }

  #sign(clientId: string, bytes: Buffer): Buffer {
    const mac = createHmac('sha256', this.#key).update(clientId).update('\0').update(bytes);
    return mac.digest().subarray(0, SIGNATURE_BYTES);
  }
}

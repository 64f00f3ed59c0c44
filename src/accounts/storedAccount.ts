import * as v from 'valibot';
import type { Tokens } from '../bitrix24/oauth';
import type { Account } from './account';

const text = v.pipe(v.string(), v.maxLength(4096));
const id = v.pipe(v.number(), v.integer(), v.minValue(1));

const tokensSchema = v.object({
  accessToken: text,
  refreshToken: text,
  expiresAt: v.number(),
  clientEndpoint: v.pipe(text, v.url()),
  serverEndpoint: v.optional(text),
  memberId: v.pipe(text, v.minLength(1)),
  userId: v.optional(v.number()),
  status: v.optional(text),
  scope: v.optional(text),
});

export const storedAccountSchema = v.object({
  version: v.literal(1),
  portal: v.pipe(text, v.url()),
  userId: id,
  userName: text,
  administrator: v.optional(v.boolean()),
  integrationId: v.optional(id),
  senderName: v.optional(text),
  /** Scopes that the portal granted, as far as known. */
  scopes: v.array(text),
  /** Host of the authorization server that the user agreed to; the only one that gets the client secret. */
  authServer: text,
  app: v.object({ clientId: text, clientSecret: text }),
  tokens: tokensSchema,
  /** What windows agree by, see AccountBoard; made when the account is stored first. */
  windows: v.optional(
    v.object({
      /** Names this sign-in on the board. Not a secret. */
      signIn: text,
      /** AES-256 key in base64, of what the windows tell each other. */
      seal: text,
      /** Counts the tokens of this sign-in: the higher the newer. */
      generation: v.pipe(v.number(), v.integer(), v.minValue(0)),
    }),
  ),
});

/** Everything about one account, secrets included. Never leaves this room. */
export type StoredAccount = v.InferOutput<typeof storedAccountSchema>;

export function accountId(stored: StoredAccount): string {
  return `${stored.tokens.memberId}:${stored.userId}`;
}

/** The part that may be shown, logged and sent to the form. */
export function accountOf(stored: StoredAccount): Account {
  return {
    id: accountId(stored),
    portal: stored.portal,
    host: new URL(stored.portal).host,
    userId: stored.userId,
    userName: stored.userName,
    administrator: stored.administrator,
    clientId: stored.app.clientId,
    integrationId: stored.integrationId,
    senderName: stored.senderName,
  };
}

export function tokensOf({ tokens }: StoredAccount): Tokens {
  return { ...tokens, serverEndpoint: tokens.serverEndpoint, userId: tokens.userId };
}

/** The account in a stored secret; undefined when it cannot be read. */
export function parseStored(value: string): StoredAccount | undefined {
  try {
    const parsed = v.safeParse(storedAccountSchema, JSON.parse(value));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

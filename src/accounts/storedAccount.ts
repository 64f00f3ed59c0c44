import * as v from 'valibot';
import type { Account } from './account';

const text = v.pipe(v.string(), v.maxLength(4096));
const id = v.pipe(v.number(), v.integer(), v.minValue(1));

export const storedAccountSchema = v.object({
  version: v.literal(1),
  portal: v.pipe(text, v.url()),
  userId: id,
  userName: text,
  administrator: v.optional(v.boolean()),
  integrationId: v.optional(id),
  senderName: v.optional(text),
  /** Whether the portal is the sandbox, which must never lead to a real host. */
  isSandbox: v.optional(v.boolean()),
  /** The scopes that the portal granted, as far as known. */
  scopes: v.array(text),
  /** Host of the authorization server that the user agreed to; the only one that gets the client secret. */
  authServer: text,
  app: v.object({ clientId: text, clientSecret: text }),
  tokens: v.object({
    accessToken: text,
    refreshToken: text,
    clientEndpoint: v.pipe(text, v.url()),
    serverEndpoint: v.optional(text),
    memberId: v.pipe(text, v.minLength(1)),
    userId: v.optional(v.number()),
  }),
  /** Lets the windows agree, see SharedTokenState; added when the account is stored first. */
  shared: v.object({
    /** Names this sign-in in the shared state. Not a secret. */
    signIn: text,
    /** AES-256 key in base64 for what the windows tell each other. */
    sealKey: text,
    /** Counts the token pairs of this sign-in: the higher the newer. */
    generation: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
});

/** Everything about one account, secrets included. Never leaves this folder. */
export type StoredAccount = v.InferOutput<typeof storedAccountSchema>;
/** The same before it is stored: windows have not agreed about it yet. */
export type SignedInAccount = Omit<StoredAccount, 'shared'>;

export function accountId({ tokens, userId }: SignedInAccount): string {
  return `${tokens.memberId}:${userId}`;
}

/** Returns the part that may be shown, logged and sent to the form. */
export function accountOf(stored: SignedInAccount): Account {
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
    ...(stored.isSandbox === true ? { isSandbox: true } : {}),
    ...(stored.scopes.length > 0 ? { mayNotify: stored.scopes.includes('im') } : {}),
  };
}

/** Returns the account in a stored secret; undefined when it cannot be understood. */
export function parseStored(value: string): StoredAccount | undefined {
  try {
    const parsed = v.safeParse(storedAccountSchema, JSON.parse(value));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

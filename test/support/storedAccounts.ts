import type { StoredAccount } from '../../src/accounts/storedAccount';

/** An account as the token store keeps it; the secrets are easy to find where they do not belong. */
export function storedAccount(changes: Partial<StoredAccount> = {}): StoredAccount {
  return {
    version: 1,
    portal: 'https://acme.bitrix24.com',
    userId: 1,
    userName: 'Anna Petrova',
    administrator: true,
    integrationId: undefined,
    senderName: undefined,
    scopes: ['pull', 'user'],
    authServer: 'oauth.bitrix.info',
    app: { clientId: 'local.0123456789abcd.01234567', clientSecret: 'canary-client-secret' },
    tokens: {
      accessToken: 'canary-access-1',
      refreshToken: 'canary-refresh-1',
      clientEndpoint: 'https://acme.bitrix24.com/rest/',
      serverEndpoint: 'https://oauth.bitrix.info/rest/',
      memberId: 'a'.repeat(32),
      userId: 1,
    },
    shared: {
      signIn: 'sign-in-1',
      sealKey: Buffer.alloc(32, 'canary-seal-key').toString('base64'),
      generation: 1,
    },
    ...changes,
  };
}

/** As SecretStorage has it. */
export function secretOf(account: StoredAccount): [key: string, value: string] {
  return [`account.v1:${account.tokens.memberId}:${account.userId}`, JSON.stringify(account)];
}

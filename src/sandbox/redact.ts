import { PhpArray, isList, type PhpValue } from './php';

const SECRET_NAMES: ReadonlySet<string> = new Set([
  'auth',
  'access_token',
  'code',
  'refresh_token',
  'client_secret',
  'ap',
  'application_token',
  'auth_id',
  'refresh_id',
  'app_sid',
]);

/**
 * Makes parameters safe for the log: it removes the fields that carry tokens, codes and secrets, and
 * hides texts that look like one in all other fields.
 */
export function redact(params: PhpArray, secrets: readonly string[]): unknown {
  return plain(params, secrets, true);
}

function plain(value: PhpValue, secrets: readonly string[], topLevel: boolean): unknown {
  if (typeof value === 'string') {
    return hideSecrets(value, secrets);
  }
  if (!(value instanceof PhpArray)) {
    return value;
  }
  if (!topLevel && isList(value)) {
    return Array.from(value.values(), (item) => plain(item, secrets, false));
  }
  return Object.fromEntries(
    Array.from(value)
      .filter(([name]) => !SECRET_NAMES.has(name.toLowerCase()))
      .map(([name, item]) => [hideSecrets(name, secrets), plain(item, secrets, false)]),
  );
}

/** Replaces the secrets, and all that looks like a code or token of the sandbox. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const withoutTokens = text.replace(/[0-9a-f]{70,}/gi, '***');
  return secrets.reduce((done, secret) => done.replaceAll(secret, '***'), withoutTokens);
}

import { bitrix24Secrets } from '../common/bitrix24Secrets';
import type { Span } from './value';

/** A secret of Bitrix24 in the source: a token, an application's key, or the key of a webhook. */
export interface SecretFinding extends Span {
  code: 'secret';
}

/**
 * Finds what has the shape of a secret, in ascending order. Outside of strings, names and calls may have it, too: the
 * caller leaves those alone.
 */
export function findSecrets(text: string): SecretFinding[] {
  const found: SecretFinding[] = [];
  for (const pattern of bitrix24Secrets()) {
    for (const match of text.matchAll(pattern)) {
      const to = match.index + match[0].length;
      const from = to - (match[1] ?? '').length;
      if (!found.some((other) => other.from < to && from < other.to)) {
        found.push({ code: 'secret', from, to });
      }
    }
  }
  return found.sort((a, b) => a.from - b.from);
}

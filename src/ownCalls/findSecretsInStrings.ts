import type { Tree } from '@lezer/common';
import { bitrix24Secrets } from '../common/bitrix24Secrets';
import { stringNodes } from './readValue';
import type { Source } from './readValue';
import type { Span } from './value';

/** A secret of Bitrix24 in the source: a token, an application's key, or the key of a webhook. */
export interface SecretFinding extends Span {
  code: 'secret';
}

/** Finds secrets in string literals. Names and calls that only look like one are code, and left alone. */
export function findSecretsInStrings(tree: Tree, { text }: Source): SecretFinding[] {
  const found: SecretFinding[] = [];
  for (const pattern of bitrix24Secrets()) {
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? '';
      const to = match.index + match[0].length;
      const from = to - secret.length;
      const isLiteral = stringNodes.includes(tree.resolveInner(from, 1).name);
      if (isLiteral && !found.some((other) => other.from < to && from < other.to)) {
        found.push({ code: 'secret', from, to });
      }
    }
  }
  return found.sort((a, b) => a.from - b.from);
}

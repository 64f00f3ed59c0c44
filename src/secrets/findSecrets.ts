/** What in a text looks like a secret; loaded when the first push is about to leave. */
import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import { ownPatterns } from './ownPatterns';

export interface SecretFinding {
  /** `key`: a private one. `connection`: a connection string with a password in it. */
  kind: 'key' | 'token' | 'password' | 'connection';
  /** UTF-16 units from the beginning of the text. */
  start: number;
  end: number;
}

/** Where a text looks like it carries secrets, in order. Nothing leaves the machine. */
export async function findSecrets(text: string): Promise<SecretFinding[]> {
  const found = [...(await byRules(text)), ...byPatterns(text)];
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  // One that lies in another is the same secret.
  return found.filter(
    ({ start, end }, index) =>
      !found.some(
        (other, at) =>
          other.start <= start &&
          other.end >= end &&
          (at < index || other.end - other.start > end - start),
      ),
  );
}

async function byRules(text: string): Promise<SecretFinding[]> {
  const { messages } = await lintSource({
    source: {
      filePath: 'push.txt',
      ext: '.txt',
      contentType: 'text',
      // Comments in a repository must not switch the rules off; as long as before.
      content: text.replaceAll('secretlint-', 'secretlint_'),
    },
    options: { config: { rules: [{ id: 'recommended', rule: recommended }] } },
  });
  return messages.map(({ ruleId, range: [start, end] }) => ({ kind: kindOf(ruleId), start, end }));
}

function kindOf(rule: string): SecretFinding['kind'] {
  if (rule.endsWith('privatekey')) {
    return 'key';
  }
  if (rule.endsWith('basicauth')) {
    return 'password';
  }
  return rule.endsWith('database-connection-string') ? 'connection' : 'token';
}

function byPatterns(text: string): SecretFinding[] {
  return ownPatterns.flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)].flatMap(({ indices }) => {
      const secret = indices?.slice(1).find((range) => range !== undefined);
      return secret ? { kind, start: secret[0], end: secret[1] } : [];
    }),
  );
}

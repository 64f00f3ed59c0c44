import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';

export interface SecretFinding {
  /** `key` is a private key, `connection` a connection string with a password in it. */
  kind: 'key' | 'token' | 'password' | 'connection';
  /** Offset in UTF-16 units. */
  start: number;
  end: number;
}

const quoted = `["'\`](?![$<*%{])([^\\s"'\`]{4,})["'\`]`;
/** Without quotes, a secret must hold a digit or a sign, because words of a sentence are no passwords. */
const unquoted = `(?!["'\`$<*%]|process\\.|env\\.|os\\.)(?=[^\\s"'\`,;()[\\]{}]*[\\d!@#%^&+?])([^\\s"'\`,;()[\\]{}]{6,})`;

/** Finds a value assigned to one of these names, but no mere reference: `$NAME`, `\${…}`, `<…>`, `***`, `process.env`. */
const assigned = (names: string): RegExp =>
  new RegExp(`(?:${names})["'\`\\]]?\\s*(?:=>|:=|[:=])\\s*(?:${quoted}|${unquoted})`, 'giud');

/**
 * Shapes that the rule set leaves out, because source code is full of harmless ones. In a push they are worth a
 * question. The secret is the only group of a pattern that takes part in a match.
 */
const ownPatterns: readonly { kind: SecretFinding['kind']; pattern: RegExp }[] = [
  { kind: 'password', pattern: assigned('passw(?:or)?d|passwd|passphrase|pwd|парол[ья]') },
  {
    kind: 'token',
    pattern: assigned(
      'api[_-]?key|(?:access|auth|refresh|private|secret|client)[_-]?(?:token|key|secret)|secret|token',
    ),
  },
  { kind: 'token', pattern: /\bbearer\s+([\w~+/.-]{16,}=*)/dgiu },
  { kind: 'token', pattern: /\b(eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*)/dgu },
  // The address of a Bitrix24 incoming webhook contains its key.
  { kind: 'token', pattern: /\/rest\/\d+\/([\da-z]{12,})(?![\da-z])/dgiu },
  { kind: 'password', pattern: /\b[a-z][\w+.-]*:\/\/[^\s:/@]*:([^\s:/@]{3,})@[\w.[]/dgiu },
  // The first line of a key is enough, because a selection may end before its last line.
  { kind: 'key', pattern: /(-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)/dgu },
];

/** Finds what looks like secrets in a text, in order of their places. Nothing leaves the machine. */
export async function findSecrets(text: string): Promise<SecretFinding[]> {
  const found = [...(await byRules(text)), ...byPatterns(text)];
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  // A finding that lies inside another one is the same secret.
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
      // A comment such as secretlint-disable must not switch the rules off. The replacement keeps all offsets.
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

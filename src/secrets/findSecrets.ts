import { lintSource } from '@secretlint/core';
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend';
import { bitrix24Secrets } from '../common/bitrix24Secrets';
import { namedSecrets } from './namedSecrets';
import type { SecretFinding } from './namedSecrets';

/**
 * Tokens whose issuers gave them a shape of their own, as far as the rule set leaves them out, because source code is
 * full of harmless ones. In a push they are worth a question. The only group of each is the secret.
 */
const tokens: readonly RegExp[] = [
  ...bitrix24Secrets(),
  // A bot of Telegram.
  /(?:\/bot|(?<![\w:-]))(\d{8,10}:[\w-]{35})(?![\w-])/g,
  // Google: keys of the API, tokens and secrets of applications.
  /(?<![\w-])(AIza[\w-]{35})(?![\w-])/g,
  /(?<![\w-])((?:ya29\.|1\/\/0)[\w-]{30,})/g,
  /(?<![\w-])(GOCSPX-[\w-]{20,})/g,
  // Yandex and VK.
  /(?<![\w-])(y[0-3]_[\w-]{50,}|AQVN[\w-]{35,}|t1\.[\w-]{20,}\.[\w-]{40,}|vk1\.a\.[\w-]{40,})/g,
  // Discord and Teams.
  /(?<![\w.-])([MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,38})(?![\w-])/g,
  /discord(?:app)?\.com\/api\/webhooks\/\d+\/([\w-]{30,})/g,
  /webhook\.office\.com\/webhookb2\/([\w@/-]{40,})/g,
  /(?<![\w-])((?:glpat|gldt|glrt|dop_v1|doo_v1|dckr_pat|pypi|npm|hf|lin_api|ntn|shpat|rk_live|sk_live|sk_test|whsec|sbp|PMAK|ATATT|xox[abeprs]|sk-ant|sk-proj|github_pat|gh[oprsu])[_-][\w=-]{16,})/g,
  /(?<![\w-])(SG\.[\w-]{16,}\.[\w-]{16,}|SK[\da-f]{32}|key-[\da-f]{32})(?![\w-])/g,
  /\b(AGE-SECRET-KEY-1[\dA-Z]{50,})/g,
  /\b(?:AccountKey|SharedAccessKey)=([\w+/]{40,}={0,2})/g,
  // WireGuard.
  /\bPrivateKey\s*=\s*([\w+/]{43}=)/g,
  /\bauthorization["']?\s*[:=]\s*["']?basic\s+([\w+/]{8,}={0,2})(?![\w+/])/gi,
  /\bbearer\s+((?=\S*\d)[\w~+/.-]{16,}=*)/gi,
  /\b(eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*)/g,
];

const ownPatterns: readonly { kind: SecretFinding['kind']; pattern: RegExp }[] = [
  ...tokens.map((pattern) => ({ kind: 'token' as const, pattern: withPlaces(pattern) })),
  {
    kind: 'password',
    pattern:
      /\b[a-z][\w+.-]*:\/\/[^\s:/@]*:(?!pass(?:word)?@|\*|x+@|\$|<|\{|%)([^\s:/@]{3,})@[\w.[]/dgiu,
  },
  // The first line of a key is enough, because a selection may end before its last line.
  {
    kind: 'key',
    pattern: /(-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d)/dgu,
  },
];

function withPlaces(pattern: RegExp): RegExp {
  return new RegExp(pattern, `d${pattern.flags}`);
}

/** Finds what looks like secrets in a text, in order of their places. Nothing leaves the machine. */
export async function findSecrets(text: string): Promise<SecretFinding[]> {
  const found = [...(await byRules(text)), ...byPatterns(text), ...namedSecrets(text)];
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

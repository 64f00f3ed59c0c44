/** Shapes that the rule set leaves out, because source code is full of harmless ones. In a push they are worth a question. */
export interface OwnPattern {
  kind: 'password' | 'token' | 'key';
  /** With the secret as its only group that takes part. */
  pattern: RegExp;
}

const quoted = `["'\`](?![$<*%{])([^\\s"'\`]{4,})["'\`]`;
/** With a digit or a sign in it: words of a sentence are no passwords. */
const bare = `(?!["'\`$<*%]|process\\.|env\\.|os\\.)(?=[^\\s"'\`,;()[\\]{}]*[\\d!@#%^&+?])([^\\s"'\`,;()[\\]{}]{6,})`;

/** What is assigned to such a name; not what only refers to it: `$NAME`, `\${…}`, `<…>`, `***`, `process.env`. */
const assigned = (names: string): RegExp =>
  new RegExp(`(?:${names})["'\`\\]]?\\s*(?:=>|:=|[:=])\\s*(?:${quoted}|${bare})`, 'giud');

export const ownPatterns: readonly OwnPattern[] = [
  { kind: 'password', pattern: assigned('passw(?:or)?d|passwd|passphrase|pwd|парол[ья]') },
  {
    kind: 'token',
    pattern: assigned(
      'api[_-]?key|(?:access|auth|refresh|private|secret|client)[_-]?(?:token|key|secret)|secret|token',
    ),
  },
  { kind: 'token', pattern: /\bbearer\s+([\w~+/.-]{16,}=*)/dgiu },
  { kind: 'token', pattern: /\b(eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*)/dgu },
  /** Bitrix24: the address of an incoming webhook carries its key. */
  { kind: 'token', pattern: /\/rest\/\d+\/([\da-z]{12,})(?![\da-z])/dgiu },
  { kind: 'password', pattern: /\b[a-z][\w+.-]*:\/\/[^\s:/@]*:([^\s:/@]{3,})@[\w.[]/dgiu },
  /** Its first line is enough: a selection may end before the last. */
  { kind: 'key', pattern: /(-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----)/dgu },
];

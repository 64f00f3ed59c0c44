export interface SecretFinding {
  /** `key` is a private key, `connection` a connection string with a password in it. */
  kind: 'key' | 'token' | 'password' | 'connection';
  /** Offset in UTF-16 units. */
  start: number;
  end: number;
}

/** Signs of Markdown, HTML and code that may stand around a name or a value. */
const marks = `(?:[*_\`"'\\\\\\])]|</?[a-z]\\w{0,9}>){0,6}`;
/** What stands between a name and its value. */
const sign = `(?::\\s{0,3}[a-z][\\w<>[\\]| ]{0,30}=(?![=>])|=>|:=|[:=—–|]|-(?=\\s)|%3[ad]|\\s{1,20}value\\s?[:=]|(?<=\\s)(?:is|это)(?=\\s))`;
const between = `(?:${marks}\\s{0,10}${sign}\\s{0,10}|>)${marks}?\\s{0,3}`;
/** More words about the name, as in "password for the staging server: …". */
const further = `((?:\\s{1,3}(?:\\([^()\\n]{1,40}\\)|[\\p{L}\\d_@./-]{1,40})){0,5}?)`;
const quoted = `(?:\\\\?["'\`])(?![\\s$<*%{])([^\\n"'\`\\\\]{4,200})(?:\\\\?["'\`])`;
const bare = `(?!["'\`$<*%])([^\\s"'\`<>|,;()[\\]{}*\\\\]{4,200})`;

/** Passwords, whose words must hold a digit or a sign where they are not quoted. */
const passwords = [
  `passw(?:or)?d|passwort|kennwort|passphrase|passcode|pwd|contraseña|mot de passe|senha|hasło|parola|şifre|парол(?:ь|я|ем)|(?<!\\p{L})parol|кодовое слово`,
  // Short words are names only where they stand alone or end a longer name.
  `(?<![\\p{L}\\d])(?:db|smtp|ftp|admin|root|user|mysql|my|wifi|vpn|ssh|rdp)?(?:pass|pw|пасс)|(?<=_)(?:pass|pw)`,
].join('|');
const tokens = [
  `(?:api|апи)[ _-]?(?:key|ключ)|(?:access|auth|refresh|private|secret|client|deploy|bot|signing|encryption|master)[ _-]?(?:token|key|secret)`,
  `_authtoken|secret|token|токена?|ключа? (?:api|апи|доступа|приложения|шифрования)|секрет(?:ный ключ)?`,
].join('|');
const oneTime = `(?<![\\p{L}\\d])(?:pin|пин|otp|2fa)(?:[- ]?(?:code|код))?|(?:verification|confirmation|one-time|login) code|код (?:подтверждения|из смс|для входа)`;

const named = (names: string): RegExp =>
  new RegExp(
    `(?:${names})(?:_?\\d{1,2})?(?![\\p{L}\\d]|_[\\p{L}\\d])${further}${between}(?:${quoted}|${bare})`,
    'giud',
  );
/** A value that follows its name without `=` or `:` counts only if it can hardly be anything but a secret. */
const follows = (names: string): RegExp =>
  new RegExp(
    `(?:${names})(?![\\p{L}\\d]|_[\\p{L}\\d])()(?:\\s{1,3}|\\s?\\(\\s?)(?:${quoted}|${bare})`,
    'giud',
  );

const rules: readonly {
  kind: SecretFinding['kind'];
  pattern: RegExp;
  /** `word`: the value without the marks of the sentence around it. */
  isSecret: (word: string, found: Found) => boolean;
}[] = [
  { kind: 'password', pattern: named(passwords), isSecret: isPassword },
  // In names such as dbPass the capital letter begins the word.
  { kind: 'password', pattern: camelCase(), isSecret: isPassword },
  { kind: 'password', pattern: follows(passwords), isSecret: isStrong },
  {
    kind: 'password',
    pattern: follows(passwords),
    isSecret: (word) => /^(?!19|20)\d{8,12}$/.test(word),
  },
  // "Credentials: USER / PASSWORD", and USER:PASSWORD@HOST.
  {
    kind: 'password',
    pattern: new RegExp(
      `(?:credentials|creds|креды|доступы?)${further}${between}[^\\s/:|,]{2,60}\\s{0,2}[/:|,]\\s{0,2}(?:${quoted}|${bare})`,
      'giud',
    ),
    isSecret: isStrong,
  },
  {
    kind: 'password',
    pattern:
      /(?<![\w/.:-])[\w.-]{1,40}():(?:"()"|([^\s"'`<>,;:/@]{6,60}))@(?!sha\d)[\w-]+\.[\w.-]+/dgu,
    isSecret: (word) => /\d/.test(word) && /\p{L}/u.test(word),
  },
  { kind: 'token', pattern: named(tokens), isSecret: isToken },
  {
    kind: 'token',
    pattern: named('(?<!\\p{L})(?:ключ|key)'),
    isSecret: (word) =>
      /^(?=\D*\d)(?=[^a-z]*[a-z])(?:[\da-f]{16,}|(?=.*[A-Z])[\w+/=-]{20,})$/.test(word),
  },
  { kind: 'token', pattern: follows(tokens), isSecret: isStrong },
  {
    kind: 'password',
    pattern: new RegExp(
      `(?:${oneTime})${further}(?:${between}|\\s)(?:"(\\d{4,8})"|(\\d{4,8}))(?![\\w.,:/%-]*\\w)`,
      'giud',
    ),
    isSecret: (word) => !/^(?:19|20)\d\d$/.test(word),
  },
  // Command lines: curl -u USER:PASSWORD, mysql -pPASSWORD, sshpass -p PASSWORD.
  {
    kind: 'password',
    pattern:
      /\bcurl\b[^\n]{0,200}?\s(?:-u|--user)()[ =]["']?[^\s:"']{1,100}:(?:"()"|([^\s"'$<{]{4,}))/dgu,
    isSecret: (word) => !isReference(word),
  },
  {
    kind: 'password',
    pattern:
      /\b(?:mysql|mysqldump|mariadb|sshpass)\b[^\n]{0,200}?\s-p ?()(?:["']([^\s"'$]{4,})["']|([^\s"'$<{-][^\s"']{3,}))/dgu,
    isSecret: (word) => /\d/.test(word) && !/^\d+$/.test(word),
  },
];

/** What was found, and where. */
interface Found {
  isQuoted: boolean;
  /** True if more words stand between the name and the sign. */
  isFar: boolean;
  /** From the name up to the value. */
  before: string;
  /** What follows the value. */
  after: string;
}

/** Values that stand behind a name such as "password" or "token", unless they cannot be one. */
export function namedSecrets(text: string): SecretFinding[] {
  return rules.flatMap(({ kind, pattern, isSecret }) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const range = match.indices?.[2] ?? match.indices?.[3];
      if (!range) {
        return [];
      }
      const [start] = range;
      // The next parameter of an address is none of it.
      const [written = ''] = text.slice(...range).split(/&[\w[\]]+=/);
      const end = start + written.length;
      const word = written.replace(/[.!?:…]+$/u, '');
      const found = {
        isQuoted: match.indices?.[2] !== undefined,
        isFar: (match[1] ?? '') !== '',
        before: text.slice(match.index, start),
        after: text.slice(end, end + 20),
      };
      return isSecret(word, found) && !isHarmless(word, found) ? [{ kind, start, end }] : [];
    }),
  );
}

function camelCase(): RegExp {
  const value = `${between}(?:${quoted}|${bare})`;
  return new RegExp(`(?<=[a-z\\d])(?:Pass|Pwd|Pw)()(?![\\p{L}\\d])${value}`, 'gud');
}

function isPassword(word: string, { isQuoted, isFar, before, after }: Found): boolean {
  if (/^\d+$/.test(word)) {
    // A number that is followed by what it counts is none.
    return word.length >= (isFar ? 8 : 6) && !/^ \p{L}+(?!\p{L}*\s?[:=])/u.test(after);
  }
  if (isQuoted) {
    const isPhrase = /phrase/i.test(before);
    return (isPhrase || !/\s/.test(word)) && !/^\p{Script=Cyrillic}+$/u.test(word);
  }
  if (/(?:is|это)\s*$/.test(before)) {
    return isStrong(word, { isQuoted });
  }
  const hasDigit = /\d/.test(word);
  return word.length >= 6 && (hasDigit || (!isFar && /[!@#%^&+?$~]/.test(word.slice(1))));
}

function isToken(word: string, { isQuoted, isFar }: Found): boolean {
  if (/\s/.test(word) || word.length < (isFar ? 10 : 8) || !/\p{L}/u.test(word)) {
    return false;
  }
  // A name with a number at its end is code, or a sentence.
  return isQuoted && /[a-z]/.test(word) && /[A-Z]/.test(word) && word.length >= 20
    ? true
    : /\d/.test(word) && !/^[\p{L}_.-]+\d{0,2}$/u.test(word);
}

/** Letters of both cases or a sign beside digits: no word of a sentence looks so. */
function isStrong(word: string, { isQuoted }: Pick<Found, 'isQuoted'>): boolean {
  const isMixed =
    /[a-zа-я]/.test(word) && /[A-ZА-Я]/.test(word) && !/^[A-Z][a-z]+\d{1,2}$/.test(word);
  return (
    !/\s/.test(word) &&
    word.length >= (isQuoted ? 6 : 8) &&
    /\d/.test(word) &&
    /\p{L}/u.test(word) &&
    (isQuoted || isMixed || /[!@#%^&+?$~]/.test(word.slice(1)) || word.length >= 14)
  );
}

const words =
  /^(?:required|optional|string|text|number|boolean|invalid|expired|missing|empty|hidden|none|null|nil|undefined|true|false|off|on|yes|no|bearer|basic|digest|admin_?only|new-password|current-password|one-time-code|readonly|todo|tbd|n\/a|changeme\d*|redacted|dummy\w*|placeholder|(?:your|my|some|the)[_-].*|example\w*|sample\w*|test|x{3,}\d*|(.)\1+)$/iu;

/** Kinds of values that are no secrets, whatever stands before them. */
const harmless: readonly RegExp[] = [
  words,
  // Rules of a form: required|string|min:8.
  /^[a-z]+(?:[|:][\w]+){1,9}$/,
  // Dates, times, ranges, versions, telephone numbers and addresses of the network.
  /^[+v]?\d+[.,:/_–-][\d.,:/_–-]*(?:[tT]\d[\d:.]*(?:[zZ]|[+-]\d\d:?\d\d)?)?$/,
  /^\d{1,4}[./-](?:\d{1,2}|[a-zа-я]{3,8})[./-]\d{1,4}/iu,
  /^v?\d+(?:\.\d+){1,3}(?:[-+][\w.]+)?$/,
  // Amounts: 3600s, 128k, 15min, 20%.
  /^[~<>≈]?\d[\d.,_]*(?:%|ms|s|secs?|seconds?|min|mins|minutes?|m|h|hrs?|hours?|d|days?|w|y|k|kb|kib|mb|mib|gb|gib|b|bytes?|bit|px|x|usd|eur|rub|tokens?|chars?|шт|мин|сек|час\w*|дн\w*|руб\w*|симв\w*)\.?$/iu,
  // Tickets and numbers: ABC-123, #4521, №7, PR42.
  /^(?:[A-Z][A-Z\d]{1,9}-\d+|[#№]\d+|(?:PR|MR|RFC|CVE|ISO|HTTP)[-_/]?\d[\d-]*)$/,
  // Addresses, paths and files.
  /^(?:[a-z][\w+.-]*:\/\/|mailto:|\/|\.{1,2}\/|~\/|[a-z]:\\|www\.)/i,
  /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/,
  /^[a-z._-]+(?:\/[a-z._-]+)+\d?$/i,
  /^[a-z\d._-]+(?:\/[a-z\d._-]+){2,}$/,
  /^[\w-]+\.(?:md|txt|json|ya?ml|ts|js|py|go|php|java|cs|rb|rs|env|ini|conf|toml|pdf|docx?|xlsx?|png|html?|com|ru|org|net|io|dev|local)(?:[:/]\S*)?$/i,
  // Types and algorithms.
  /^(?:u?int\d+|uint8array|float\d+|string\d+|varchar\d*|char\d+|base\d+\w*|utf-?\d+|sha-?\d+\w*|hs\d+|rs\d+|es\d+|md5|aes-?\d+\w*|bcrypt\d?|argon2\w*|pbkdf2|oauth\d?\w*|http\d|ipv\d|x509)$/i,
];

function isHarmless(word: string, { isQuoted, before, after }: Found): boolean {
  if (harmless.some((kind) => kind.test(word)) || isReference(word)) {
    return true;
  }
  // Names of the thing itself: `password: "Password"`, `token = csrf_token2`.
  const isName = /^[\p{L}_$][\p{L}\d_$-]*$/u.test(word);
  const namesItself = /pass|pwd|token|secret|парол|токен|key$/iu.test(word);
  if (isQuoted) {
    return isName && namesItself && !/\d/.test(word);
  }
  const isCode = /(?:=|=>)\s*$/.test(before) || /^\s?[;,)]/.test(after);
  return (
    isName && (after.startsWith('(') || (isCode && (namesItself || /^[a-z_]+\d$/i.test(word))))
  );
}

/** Something that stands for a value: a variable, a property, a call, a place in a vault. */
function isReference(word: string): boolean {
  return (
    /^[$@&!%:]?[\p{L}_$][\w$]*(?:(?:\.|\?\.|->|::)[\p{L}_$][\w$]*)+$/u.test(word) ||
    /^(?:\$|@|%\w+%|op:\/\/|vault:|ref\+|enc\[|ssm:|arn:|secretref|!(?:ref|vault|secret|sub)\b)/i.test(
      word,
    ) ||
    /^(?:pass(?:word)?|pwd|secret|token|user(?:name)?|login|x+|\*+|\.+)$/i.test(word) ||
    /\*{3}|\.{3}|…|\$\{|\{\{|<\w+>/u.test(word)
  );
}

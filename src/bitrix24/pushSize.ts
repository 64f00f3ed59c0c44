import { avatarAddress } from './avatarAddress';

export type PushPlatform = 'ios' | 'android';

export interface PlatformBudget {
  /** Size of the whole message as the push service would get it. */
  usedBytes: number;
  limitBytes: number;
  fits: boolean;
  /** UTF-16 index, on a grapheme boundary, where the text must end to fit; the text's length when it does. */
  cutAt: number;
  /** The text up to `cutAt`. */
  shown: string;
}

export interface PushBudget {
  ios: PlatformBudget;
  android: PlatformBudget;
  /** `over`: a platform would cut or drop it; `near`: beyond the size that is safe whatever Bitrix24 adds. */
  level: 'ok' | 'near' | 'over';
  /** UTF-8 size of text, sender name and avatar together. */
  bytes: number;
  /** The size up to which `bytes` are safe. */
  safeBytes: number;
}

export interface BudgetInput {
  text: string;
  /** Sender name; as long as the user has not told it, what the form assumes. */
  appName: string;
  /** '' for none. */
  avatar: string;
  /** The application's client_id: the server adds it as the group. */
  clientId: string;
}

/** The largest message that Apple and Firebase take; the portal cuts the text to it. docs/bitrix24.md, section 5. */
const limitBytes = 4096;
const safeBytes = 3400;

/**
 * Computes how large a push becomes on its way to each platform, and where its text would have to end.
 * Fast enough for every keystroke. docs/bitrix24.md, section 5.
 */
export function pushBudget({ text, appName, avatar, clientId }: BudgetInput): PushBudget {
  const picture = avatarAddress(avatar) ?? avatar;
  const platform = (name: PushPlatform): PlatformBudget => {
    const costs = name === 'ios' ? iosCosts : androidCosts;
    const frame =
      (name === 'ios' ? iosFrameBytes : androidFrameBytes) +
      [appName, picture, clientId].reduce((sum, part) => sum + cost(part, costs), 0);
    return measure(text, frame, costs);
  };
  const ios = platform('ios');
  const android = platform('android');
  const bytes = utf8Length(text) + utf8Length(appName) + utf8Length(picture);
  const over = !ios.fits || !android.fits;
  return {
    ios,
    android,
    level: over ? 'over' : bytes > safeBytes ? 'near' : 'ok',
    bytes,
    safeBytes,
  };
}

/** The bytes that a piece of text adds to a push on each platform, and in plain UTF-8. */
export function textBytes(text: string): Record<PushPlatform | 'utf8', number> {
  return { ios: cost(text, iosCosts), android: cost(text, androidCosts), utf8: utf8Length(text) };
}

/**
 * How a lock screen draws the text. iOS keeps line breaks, unless Bitrix24 had to cut: then they become spaces.
 * Android's collapsed notification is one running line.
 */
export function lockScreenText(text: string, platform: PushPlatform, cut = false): string {
  const lines = text.replace(/\r\n?/g, '\n').trim();
  return platform === 'android' || cut ? lines.replace(/[^\S\u00A0]*\n\s*/g, ' ') : lines;
}

/** Bytes per character class once JSON is written; PHP leaves other Unicode as it is. */
interface Costs {
  /** `<` `>` `&` `'` `"`, control characters and the two Unicode line separators: `\u00XX`. */
  hex: number;
  /** `\n` `\r` `\t` `\b` `\f`. */
  short: number;
  /** `/` and `\`. */
  slash: number;
}

const iosCosts: Costs = { hex: 6, short: 2, slash: 2 };
/** JSON within JSON: each backslash of the inner one is written twice, and `\/` becomes `\\\/`. */
const androidCosts: Costs = { hex: 7, short: 3, slash: 4 };

/** The JSON around text, name, avatar and client_id; lengths as they come, values made up. docs/bitrix24.md, section 5. */
const time = '2026-01-01T00:00:00+03:00';
const extra = `"extra":{"server_time":"${time}","server_time_unix":1789999999.1234}`;
const target = `"target":"${'0'.repeat(32)}"`;
const iosFrame =
  '{"aps":{"alert":{"body":"","title":""},"mutable-content":1,"badge":10},' +
  `"params":"[]","group":"","avatarUrl":"",${extra},${target}}`;
const androidInner = `{"params":"[]","group":"","avatarUrl":"","senderName":"","senderMessage":"",${extra},${target}}`;
const androidFrame =
  '{"message":{"data":{"contentTitle":null,"contentText":"","badge":"10","messageParams":"","category":null,"sound":""},' +
  `"android":{"ttl":"43200s","priority":"high"},"token":"${'0'.repeat(163)}"}}`;
const iosFrameBytes = iosFrame.length;
/** Within a JSON string every quotation mark of the inner JSON needs a backslash. */
const androidFrameBytes = androidFrame.length + JSON.stringify(androidInner).length - 2;

function measure(text: string, frameBytes: number, costs: Costs): PlatformBudget {
  const room = limitBytes - frameBytes;
  let used = 0;
  let end = 0;
  let fitting = 0;
  for (const char of text) {
    used += costOf(char, costs);
    end += char.length;
    if (used <= room) {
      fitting = end;
    }
  }
  const fits = used <= room;
  const cutAt = fits ? text.length : graphemeBoundary(text, fitting);
  return { usedBytes: frameBytes + used, limitBytes, fits, cutAt, shown: text.slice(0, cutAt) };
}

let segmenter: Intl.Segmenter | undefined;

/** The last boundary between whole characters at or before `index`. Only what comes before it matters, and one more. */
function graphemeBoundary(text: string, index: number): number {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text.slice(0, index + 2)).containing(index)?.index ?? index;
}

function cost(text: string, costs: Costs): number {
  let sum = 0;
  for (const char of text) {
    sum += costOf(char, costs);
  }
  return sum;
}

function costOf(char: string, costs: Costs): number {
  switch (char) {
    case '\b':
    case '\t':
    case '\n':
    case '\f':
    case '\r':
      return costs.short;
    case '/':
    case '\\':
      return costs.slash;
    case '"':
    case '&':
    case "'":
    case '<':
    case '>':
    case '\u2028':
    case '\u2029':
      return costs.hex;
    default:
      return char < ' ' ? costs.hex : utf8Of(char);
  }
}

/** Half of a surrogate pair is sent as U+FFFD, which has three bytes too. */
function utf8Of(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

const encoder = new TextEncoder();

function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

import type { Account, Accounts } from '../accounts/account';
import type { PushPlatform } from '../bitrix24/pushSize';
import { Breather } from '../people/directory/breather';
import type { DoubtfulEntry, EntryMeaning } from '../people/namedRecipients';
import type { Recipient } from '../people/recipient';
import { audienceOf } from '../people/recipient';
import { checkDraft } from '../push/checkDraft';
import type { DraftIssue, Sender } from '../push/checkDraft';
import { newDraft } from '../push/draft';
import type { FindSecrets } from '../push/maskSecrets';
import type { TextPerson } from '../push/personalText';
import { accountOfPush } from './accountOfPush';
import { parsePushFile } from './pushFile';
import type { FileFault, FilePush, PushFile, Span, Written } from './pushFile';
import { definitionOf, fileValues, isBuiltIn, readText, variableUses } from './readText';
import type { VariableUse, VariableValues } from './readText';
import { cutsOf, shortenedAt } from './textLength';

/** Something that is wrong in a push file, and where. */
export type FileFinding = Span & {
  /** `error`: the push would not be sent. `warning`: the user would be asked. */
  severity: 'error' | 'warning';
} & FindingKind;

export type FindingKind =
  | { code: FileFault['code'] | 'NOBODY' }
  | { code: PlainIssue }
  | { code: 'RECIPIENT'; doubt: DoubtfulEntry }
  | { code: 'UNKNOWN_VARIABLE'; name: string }
  | { code: 'UNKNOWN_PORTAL'; host: string }
  | {
      code: 'TEXT_TOO_LONG';
      platform: PushPlatform;
      /** The offset in the file from which on the text can be replaced by an ellipsis. */
      shortenAt: number | undefined;
    }
  | { code: 'SECRET' };

/** The issues of a draft that are findings as they are. */
type PlainIssue =
  'TEXT_EMPTY' | 'TEXT_ZERO' | 'AVATAR_NOT_HTTP' | 'PLACEHOLDER_UNKNOWN' | 'PLACEHOLDER_OPEN';

/** What is known without a request. */
export interface FileKnowledge {
  accounts: Pick<Accounts, 'current' | 'list'>;
  meaningOf(account: Account, entry: string): Promise<EntryMeaning>;
  /** What a text may say about somebody, as far as it is known. */
  factsOf(account: Account, person: Recipient): TextPerson;
  findSecrets(text: string): ReturnType<FindSecrets>;
}

export interface CheckedFile {
  file: PushFile;
  findings: FileFinding[];
}

/** Before somebody signs in, texts are measured without the parts that depend on the account. */
const nobodySignedIn: Sender = { clientId: '', senderName: undefined };

/**
 * Checks a push file as it is typed. A push is checked again only if its text, the file's variables, or what is known
 * of people and accounts changed.
 */
export class FileChecker {
  readonly #knowledge: FileKnowledge;
  /**
   * What was found in each push and in each variable's value. The key is the push's source, or an @ and the value;
   * offsets count from its beginning.
   */
  #checked = new Map<string, readonly FileFinding[]>();
  #variables = '';

  constructor(knowledge: FileKnowledge) {
    this.#knowledge = knowledge;
  }

  /** Call this when what is known of people or accounts changed. */
  forget(): void {
    this.#checked = new Map();
  }

  /** Throws the signal's reason, and what the knowledge throws; pushes that were checked by then stay checked. */
  async check(source: string, signal: AbortSignal): Promise<CheckedFile> {
    const file = parsePushFile(source);
    const variables = JSON.stringify(file.variables.map(({ name, value }) => [name, value.text]));
    if (variables !== this.#variables) {
      this.#variables = variables;
      this.forget();
    }
    const checked = this.#checked;
    const used = new Map<string, readonly FileFinding[]>();
    const values = fileValues(file, standIn);
    const findings = [...file.faults.map(ofFault), ...findingsOfVariables(file)];
    const breather = new Breather();
    for (const { value } of file.variables) {
      const key = `@${value.text}`;
      const found = checked.get(key) ?? (await this.#secretsIn(value));
      checked.set(key, found);
      used.set(key, found);
      findings.push(...found.map((one) => moved(one, value.start)));
    }
    for (const push of file.pushes) {
      await breather.breathe();
      signal.throwIfAborted();
      const key = source.slice(push.start, push.end);
      let found = checked.get(key);
      if (!found) {
        const fresh = await findingsOfPush({ push, source, file, values }, this.#knowledge);
        found = fresh.map((one) => moved(one, -push.start));
        checked.set(key, found);
      }
      used.set(key, found);
      findings.push(...found.map((one) => moved(one, push.start)));
    }
    signal.throwIfAborted();
    if (this.#checked === checked) {
      this.#checked = used;
    }
    return { file, findings };
  }

  async #secretsIn(value: Written): Promise<FileFinding[]> {
    const found = await secretsIn([value], this.#knowledge);
    return found.map((one) => moved(one, -value.start));
  }
}

/** What stands for the values that are known only when a push is sent. */
function standIn(name: string): string | undefined {
  return isBuiltIn(name) ? `[${name}]` : undefined;
}

interface PushInFile {
  push: FilePush;
  source: string;
  file: PushFile;
  values: VariableValues;
}

async function findingsOfPush(
  { push, source, file, values }: PushInFile,
  knowledge: FileKnowledge,
): Promise<FileFinding[]> {
  const { accounts } = knowledge;
  const findings: FileFinding[] = [];
  // An entry in quotes begins behind its quotation mark, so it is read as it stands in the file.
  const entries = push.to.map((one) => ({ ...one, text: source.slice(one.start, one.end) }));
  const written = [...entries, ...(push.avatar ? [push.avatar] : []), push.text];
  findings.push(...written.flatMap((one) => unknownIn(one, file)).map(ofUnknownVariable));
  const account = await accountOfPush(push.portal?.text, accounts);
  if (!account && push.portal && (await accounts.list()).length > 0) {
    const host = push.portal.text;
    findings.push({
      ...spanOf(push.portal),
      ...{ severity: 'error', code: 'UNKNOWN_PORTAL', host },
    });
  }
  const meanings: EntryMeaning[] = [];
  for (const entry of account ? push.to : []) {
    const { text, unknown } = readText(entry, 'literal', values);
    if (account && unknown.length === 0) {
      const meaning = await knowledge.meaningOf(account, text);
      meanings.push(meaning);
      findings.push(...meaning.doubtful.map((doubt) => ofDoubt(entry, doubt)));
    }
  }
  if (push.to.length === 0) {
    findings.push({ ...push.heading, severity: 'error', code: 'NOBODY' });
  }
  const { people } = audienceOf(meanings.map(({ audience }) => audience));
  const facts = account ? people.map((one) => knowledge.factsOf(account, one)) : [];
  findings.push(...findingsOfText(push, values, account ?? nobodySignedIn, facts));
  const parts = [push.text, ...(push.avatar ? [push.avatar] : [])];
  findings.push(...(await secretsIn(parts, knowledge)));
  return findings;
}

/** What is wrong with the text and the avatar. */
function findingsOfText(
  push: FilePush,
  values: VariableValues,
  sender: Sender,
  people: readonly TextPerson[],
): FileFinding[] {
  const { mode } = push;
  const read = readText(push.text, mode, values);
  const avatar = push.avatar ? readText(push.avatar, 'literal', values).text : '';
  const isLong = ({ code }: DraftIssue) => code === 'TEXT_TOO_LONG';
  const issues = checkDraft(newDraft({ text: read.text, mode, avatar }), sender, people);
  const found = issues.flatMap(({ code, offset, length }): FileFinding[] => {
    const error = { severity: 'error' } as const;
    switch (code) {
      case 'TEXT_EMPTY':
      case 'TEXT_ZERO':
        return [{ ...(push.text.text === '' ? push.heading : spanOf(push.text)), ...error, code }];
      case 'PLACEHOLDER_UNKNOWN':
      case 'PLACEHOLDER_OPEN': {
        const start = read.sourceOf(offset ?? 0);
        const last = read.sourceOf((offset ?? 0) + (length ?? 1) - 1);
        return [{ start, end: last + 1, ...error, code }];
      }
      case 'AVATAR_NOT_HTTP':
        return push.avatar ? [{ ...spanOf(push.avatar), ...error, code }] : [];
      // Recipients and accounts are looked at by themselves, and the length below.
      case 'NO_ACCOUNT':
      case 'NO_RECIPIENTS':
      case 'BAD_RECIPIENT':
      case 'TEXT_TOO_LONG':
        return [];
    }
  });
  if (!issues.some(isLong)) {
    return found;
  }
  const avatarIsBad = issues.some(({ code }) => code === 'AVATAR_NOT_HTTP');
  const long = {
    ...{ written: push.text, mode, avatar: avatarIsBad ? '' : avatar, values, people, sender },
  };
  const shortenAt = shortenedAt(long);
  return [
    ...found,
    ...cutsOf(long).map(({ platform, at }): FileFinding => ({
      ...{ start: at, end: push.text.end, severity: 'error' },
      ...{ code: 'TEXT_TOO_LONG', platform, shortenAt },
    })),
  ];
}

async function secretsIn(
  parts: readonly Written[],
  knowledge: Pick<FileKnowledge, 'findSecrets'>,
): Promise<FileFinding[]> {
  const found = await Promise.all(
    parts.map(async ({ text, start }) =>
      (await knowledge.findSecrets(text)).map((one): FileFinding => ({
        ...{ start: start + one.start, end: start + one.end },
        ...{ severity: 'warning', code: 'SECRET' },
      })),
    ),
  );
  return found.flat();
}

/** A value may name built-in variables and those above its own. */
function findingsOfVariables(file: PushFile): FileFinding[] {
  return file.variables.flatMap(({ value }, index) =>
    unknownIn(value, { ...file, variables: file.variables.slice(0, index) }).map(ofUnknownVariable),
  );
}

function unknownIn(written: Written, file: PushFile): VariableUse[] {
  return variableUses(written).filter(({ name }) => !isBuiltIn(name) && !definitionOf(file, name));
}

function ofUnknownVariable({ start, end, name }: VariableUse): FileFinding {
  return { start, end, severity: 'error', code: 'UNKNOWN_VARIABLE', name };
}

function ofFault({ start, end, code }: FileFault): FileFinding {
  return { start, end, severity: 'error', code };
}

function ofDoubt(entry: Written, doubt: DoubtfulEntry): FileFinding {
  return { ...spanOf(entry), severity: 'error', code: 'RECIPIENT', doubt };
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

function moved(finding: FileFinding, by: number): FileFinding {
  const span = { start: finding.start + by, end: finding.end + by };
  return finding.code === 'TEXT_TOO_LONG'
    ? { ...finding, ...span, shortenAt: finding.shortenAt && finding.shortenAt + by }
    : { ...finding, ...span };
}

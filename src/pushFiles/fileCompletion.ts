import { CompletionItem, CompletionItemKind, CompletionList, l10n } from 'vscode';
import type { CompletionItemProvider, Position, TextDocument } from 'vscode';
import type { Account } from '../accounts/account';
import { countOfPeople } from '../common/counted';
import { plainText } from '../common/plainText';
import type { Departments } from '../people/departments/departments';
import type { SavedGroups } from '../people/groups';
import type { PeopleSearch } from '../people/peopleSearch';
import type { DepartmentRecipient, Recipient } from '../people/recipient';
import { recipientName } from '../people/recipientName';
import { placeholderWords } from '../push/personalText';
import { accountOfPush } from './accountOfPush';
import { rangeOf } from './diagnosticPublisher';
import { cursorPlace } from './fileCursor';
import type { CursorPlace } from './fileCursor';
import { departmentEntry, personEntry, quoted } from './fileFixes';
import type { KnownPeople } from './fileKnowledge';
import { builtInMeaning, headerMeaning, modeMeanings, placeholderMeaning } from './languageWords';
import { builtInVariables, parsePushFile } from './pushFile';
import type { PushFile } from './pushFile';

export interface FileCompletionDeps {
  known: Pick<KnownPeople, 'accounts' | 'meaningOf'>;
  people: Pick<PeopleSearch, 'local'>;
  departments: Pick<Departments, 'peek' | 'count'>;
  groups: Pick<SavedGroups, 'list'>;
  /** VS Code's language, such as `ru`. */
  language: string;
}

/** The characters after which completions are offered. */
export const completionTriggers = [':', ' ', ',', '{'];

/** More lines would not be read. */
const linesAtMost = 20;

interface Line {
  label: string;
  insert: string;
  kind: CompletionItemKind;
  description?: string | undefined;
  documentation?: string | undefined;
  isFollowed?: boolean;
}

/** Completes headers, recipients, portals, variables and placeholders. Asks no portal. */
export class FileCompletion implements CompletionItemProvider {
  readonly #deps: FileCompletionDeps;

  constructor(deps: FileCompletionDeps) {
    this.#deps = deps;
  }

  async provideCompletionItems(
    document: TextDocument,
    position: Position,
  ): Promise<CompletionList | undefined> {
    const source = document.getText();
    const file = parsePushFile(source);
    const place = cursorPlace(file, source, document.offsetAt(position));
    if (!place) {
      return undefined;
    }
    const range = rangeOf(document, place.replace);
    const lines = await this.#linesOf(place, file, document.offsetAt(position));
    const items = lines.map((line, index) => {
      const { label, insert, kind, description, documentation, isFollowed } = line;
      const item = new CompletionItem({ label, ...(description && { description }) }, kind);
      item.insertText = insert;
      item.range = range;
      item.sortText = String(index).padStart(4, '0');
      if (place.kind === 'recipient') {
        // People are found by other spellings too, which VS Code would filter out.
        item.filterText = document.getText(range.with(undefined, position)) || label;
      }
      if (documentation !== undefined) {
        item.documentation = documentation;
      }
      if (isFollowed) {
        item.command = { title: '', command: 'editor.action.triggerSuggest' };
      }
      return item;
    });
    return new CompletionList(items, place.kind === 'recipient');
  }

  async #linesOf(place: CursorPlace, file: PushFile, offset: number): Promise<Line[]> {
    const { Keyword, Value, Variable, EnumMember } = CompletionItemKind;
    switch (place.kind) {
      case 'headers':
        return place.names.map((name) => ({
          ...{ label: name, insert: `${name}: `, kind: Keyword, isFollowed: name !== 'avatar' },
          documentation: headerMeaning(name),
        }));
      case 'mode':
        return modeMeanings().map(([mode, documentation]) => ({
          ...{ label: mode, insert: mode, kind: EnumMember, documentation },
        }));
      case 'portal': {
        const accounts = await this.#deps.known.accounts.list();
        const hosts = [...new Set(accounts.map(({ host }) => host))];
        return hosts.map((host) => ({ label: host, insert: host, kind: Value }));
      }
      case 'variable': {
        const end = place.isClosed ? '' : '}}';
        const own = file.variables
          .filter(({ value }) => value.end < offset)
          .map(({ name, value }) => ({
            ...{ label: name.text, insert: `${name.text}${end}`, kind: Variable },
            description: plainText(value.text, 60),
          }));
        const builtIn = builtInVariables.map((name) => ({
          ...{ label: name, insert: `${name}${end}`, kind: CompletionItemKind.Constant },
          documentation: builtInMeaning(name),
        }));
        const input = {
          ...{ label: 'input:…', insert: `input:${l10n.t('Question')}${end}` },
          ...{ kind: CompletionItemKind.Constant, documentation: builtInMeaning('input:') },
        };
        return [...own, ...builtIn, input];
      }
      case 'placeholder': {
        const isRussian = this.#deps.language.startsWith('ru');
        return placeholderWords.map(([name, russian]) => {
          const [word, other] = isRussian ? [russian, name] : [name, russian];
          return {
            ...{ label: word, insert: `${word}${place.isClosed ? '' : '}'}`, kind: Variable },
            ...{ description: other, documentation: placeholderMeaning(name) },
          };
        });
      }
      case 'recipient': {
        const account = await accountOfPush(place.push.portal?.text, this.#deps.known.accounts);
        return account ? await this.#recipients(account, place.typed.trim()) : [];
      }
    }
  }

  async #recipients(account: Account, typed: string): Promise<Line[]> {
    const { people, departments, groups } = this.#deps;
    const [, prefix = '', wanted = ''] = /^(group:|department:)?\s*(.*)$/isu.exec(typed) ?? [];
    const kind = prefix.toLowerCase();
    const lower = wanted.toLowerCase();
    const lines: Line[] = [];
    if (kind === '' && 'me'.startsWith(lower)) {
      const description = plainText(account.userName, 60);
      lines.push({ label: 'me', insert: 'me', kind: CompletionItemKind.Keyword, description });
    }
    if (kind !== 'department:') {
      for (const { name } of groups.list(account.host)) {
        const isSound = !/["{}\r\n]/u.test(name) && name.toLowerCase().includes(lower);
        const insert = quoted(`group:${name}`);
        const description = l10n.t('saved group');
        if (isSound) {
          lines.push({ label: name, insert, kind: CompletionItemKind.Class, description });
        }
      }
    }
    const found = kind === '' && wanted !== '' ? (people.local(account.id, wanted) ?? []) : [];
    for (const person of found.slice(0, linesAtMost)) {
      lines.push({
        ...{ label: plainText(recipientName(person), 80), kind: CompletionItemKind.User },
        insert: await this.#personInsert(account, person),
        description: [person.position, `#${person.id}`].filter(Boolean).join(' · '),
      });
    }
    const tree = kind === 'group:' ? undefined : departments.peek(account.id);
    const met =
      wanted === '' && kind === '' ? [] : wanted === '' ? tree?.roots() : tree?.search(wanted, 10);
    for (const { id, name } of met ?? []) {
      const department: DepartmentRecipient = { id, name, reach: 'tree' };
      const count = departments.count(account.id, department);
      const path = tree?.path(id).slice(0, -1).join(' / ');
      lines.push({
        ...{ label: plainText(name, 80), kind: CompletionItemKind.Module },
        insert: await this.#departmentInsert(account, department),
        description: [
          l10n.t('department'),
          ...(path ? [plainText(path, 60)] : []),
          ...(count === undefined ? [] : [countOfPeople(count)]),
        ].join(' · '),
      });
    }
    return lines;
  }

  /** The name alone where it means nobody else. */
  async #personInsert(account: Account, person: Recipient): Promise<string> {
    const { name } = person;
    if (name && !/["{},\r\n]/u.test(name)) {
      const { audience, doubtful, unchecked } = await this.#deps.known.meaningOf(account, name);
      const [one, ...more] = audience.people;
      const others = more.length + audience.departments.length + doubtful.length;
      if (one?.id === person.id && others === 0 && !unchecked) {
        return name;
      }
    }
    return personEntry(person);
  }

  async #departmentInsert(account: Account, department: DepartmentRecipient): Promise<string> {
    const { name = '', id } = department;
    if (name !== '' && !/["{}#()\r\n]/u.test(name)) {
      const entry = `department:${name}`;
      const { audience } = await this.#deps.known.meaningOf(account, entry);
      const [one, ...more] = audience.departments;
      if (one?.id === id && more.length === 0) {
        return quoted(entry);
      }
    }
    return departmentEntry(department);
  }
}

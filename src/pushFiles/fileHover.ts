import { Hover, MarkdownString, l10n } from 'vscode';
import type { HoverProvider, Position, TextDocument, Uri } from 'vscode';
import type { Account } from '../accounts/account';
import { countOfPeople, counted } from '../common/counted';
import { plainText } from '../common/plainText';
import type { DeliveryHints } from '../delivery/deliveryHints';
import { hintText } from '../delivery/hintText';
import type { Departments } from '../people/departments/departments';
import type { EntryMeaning } from '../people/namedRecipients';
import type { PeopleSearch } from '../people/peopleSearch';
import type { DepartmentRecipient, Recipient } from '../people/recipient';
import { departmentName, recipientName } from '../people/recipientName';
import { accountOfPush } from './accountOfPush';
import { rangeOf } from './diagnosticPublisher';
import { hoverPlace } from './fileCursor';
import type { HoverPlace } from './fileCursor';
import type { KnownPeople } from './fileKnowledge';
import { recipientMessage } from './findingSentences';
import { builtInMeaning, headerMeaning } from './languageWords';
import { builtInVariables, parsePushFile } from './pushFile';
import type { PushFile } from './pushFile';
import { definitionOf, fileValues, questionOf, readText } from './readText';
import type { VariableValues } from './readText';

export interface FileHoverDeps {
  known: Pick<KnownPeople, 'accounts' | 'meaningOf'>;
  people: Pick<PeopleSearch, 'known'>;
  departments: Pick<Departments, 'peek' | 'count'>;
  hints: Pick<DeliveryHints, 'peek'>;
  /** The values of built-in variables now. Asks the user nothing. */
  valuesOf: (names: ReadonlySet<string>, file: Uri) => Promise<VariableValues | undefined>;
}

const peopleAtMost = 8;

/** Says who a recipient is and who may not get it, what a variable holds, and what a header is for. */
export class FileHover implements HoverProvider {
  readonly #deps: FileHoverDeps;

  constructor(deps: FileHoverDeps) {
    this.#deps = deps;
  }

  async provideHover(document: TextDocument, position: Position): Promise<Hover | undefined> {
    const source = document.getText();
    const file = parsePushFile(source);
    const place = hoverPlace(file, source, document.offsetAt(position));
    const lines = place && (await this.#linesOf(place, file, document.uri));
    if (!place || !lines || lines.length === 0) {
      return undefined;
    }
    const text = new MarkdownString();
    lines.forEach((line, index) => {
      text.appendMarkdown(index === 0 ? '' : '\n\n').appendText(line);
    });
    return new Hover(text, rangeOf(document, place));
  }

  async #linesOf(place: HoverPlace, file: PushFile, uri: Uri): Promise<string[]> {
    switch (place.kind) {
      case 'header':
        return [headerMeaning(place.name)];
      case 'variable':
        return await this.#variable(place.name, file, uri);
      case 'recipient': {
        const account = await accountOfPush(place.push.portal?.text, this.#deps.known.accounts);
        const { text, unknown } = readText(writtenEntry(place), 'literal', fileValues(file));
        return account && unknown.length === 0
          ? this.#recipient(account, await this.#deps.known.meaningOf(account, text))
          : [];
      }
    }
  }

  async #variable(name: string, file: PushFile, uri: Uri): Promise<string[]> {
    const builtIn = builtInVariables.find((one) => one === name);
    const names = new Set([name, ...builtInVariables]);
    const values = fileValues(file, await this.#deps.valuesOf(names, uri));
    const value = questionOf(name) === undefined ? values(name) : undefined;
    const meaning =
      questionOf(name) !== undefined
        ? builtInMeaning('input:')
        : builtIn && !definitionOf(file, name)
          ? builtInMeaning(builtIn)
          : undefined;
    return [
      ...(meaning === undefined ? [] : [meaning]),
      ...(value === undefined ? [] : [l10n.t('Now: {0}', plainText(value, 300))]),
    ];
  }

  #recipient(account: Account, { audience, doubtful, unchecked }: EntryMeaning): string[] {
    const { people, departments } = audience;
    const more = people.length - peopleAtMost;
    return [
      ...(people.length + departments.length > 1 && people.length > 0
        ? [countOfPeople(people.length)]
        : []),
      ...people.slice(0, peopleAtMost).map((one) => this.#person(account, one)),
      ...(more > 0 ? [counted(l10n.t('and {0} more'), more)] : []),
      ...departments.map((one) => this.#department(account, one)),
      ...doubtful.map(recipientMessage),
      ...(unchecked ? [l10n.t('The portal is asked who this is when the push is sent.')] : []),
    ];
  }

  #person(account: Account, person: Recipient): string {
    const known = { ...person, ...this.#deps.people.known(account.id, person.id) };
    const who = [recipientName(known), known.position, `#${known.id}`].filter(Boolean).join(' · ');
    const [hint] = this.#deps.hints.peek(account.id, person.id) ?? [];
    return hint ? l10n.t('{0} ({1})', plainText(who, 200), hintText(hint)) : plainText(who, 200);
  }

  #department({ id: accountId }: Account, department: DepartmentRecipient): string {
    const { id, reach } = department;
    const name = department.name ?? this.#deps.departments.peek(accountId)?.get(id)?.name;
    const count = this.#deps.departments.count(accountId, department);
    return [
      plainText(departmentName({ id, name }), 100),
      reach === 'tree' ? l10n.t('with sub-departments') : l10n.t('direct members only'),
      ...(count === undefined ? [] : [countOfPeople(count)]),
      `#${id}`,
    ].join(' · ');
  }
}

function writtenEntry({ entry: text, start, end }: Extract<HoverPlace, { kind: 'recipient' }>) {
  return { text, start, end };
}

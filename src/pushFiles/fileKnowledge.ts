import type { Event } from 'vscode';
import type { Account, Accounts } from '../accounts/account';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { Log } from '../common/log';
import type { Departments } from '../people/departments/departments';
import type { Directories } from '../people/directory/directories';
import { knownMeaning } from '../people/namedRecipients';
import type { EntryMeaning, KnownMeaningDeps } from '../people/namedRecipients';
import type { Recipient } from '../people/recipient';
import type { FindSecrets } from '../push/maskSecrets';
import { textPersonOf } from '../push/personFacts';
import type { TextPerson } from '../push/personalText';
import type { FileKnowledge } from './fileDiagnostics';

export interface FileKnowledgeDeps extends KnownMeaningDeps {
  accounts: Pick<Accounts, 'current' | 'list' | 'onDidChange'>;
  departments: Pick<Departments, 'peek'>;
  directories: Pick<Directories, 'peek'>;
  findSecrets: FindSecrets;
  /** Fires when what is known of people or groups may have changed. */
  onDidChangePeople: Event<unknown>;
  log: Log;
}

/** What the language of push files knows about accounts and people. Everything is looked up once until it changes. */
export class KnownPeople implements FileKnowledge, Disposable {
  readonly #deps: FileKnowledgeDeps;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new Emitter<undefined>());
  readonly onDidChange: Event<undefined> = this.#changed.event;
  #current: Promise<Account | undefined> | undefined;
  #list: Promise<readonly Account[]> | undefined;
  /** Whom each entry means; the key names account and entry. */
  readonly #meanings = new Map<string, Promise<EntryMeaning>>();
  #isSearchable = true;

  /** Without a keyring nobody is signed in, as far as a file is checked; sending tells of it. */
  readonly accounts: FileKnowledge['accounts'] = {
    current: () =>
      (this.#current ??= this.#deps.accounts.current().catch((error: unknown) => {
        this.#current = undefined;
        this.#logUnread(error);
        return undefined;
      })),
    list: () =>
      (this.#list ??= this.#deps.accounts.list().catch((error: unknown) => {
        this.#list = undefined;
        this.#logUnread(error);
        return [];
      })),
  };

  constructor(deps: FileKnowledgeDeps) {
    this.#deps = deps;
    const renew = () => {
      this.#current = undefined;
      this.#list = undefined;
      this.#meanings.clear();
      this.#changed.fire(undefined);
    };
    this.#owned.add(deps.accounts.onDidChange(renew));
    this.#owned.add(deps.onDidChangePeople(renew));
  }

  dispose(): void {
    this.#owned.dispose();
    this.#meanings.clear();
  }

  meaningOf(account: Account, entry: string): Promise<EntryMeaning> {
    const key = `${account.id} ${entry}`;
    const known = this.#meanings.get(key);
    if (known) {
      return known;
    }
    const { signal } = new AbortController();
    const meaning = knownMeaning(account, entry, this.#deps, signal);
    this.#meanings.set(key, meaning);
    meaning.catch(() => this.#meanings.delete(key));
    return meaning;
  }

  factsOf({ id: accountId }: Account, person: Recipient): TextPerson {
    const { directories, departments } = this.#deps;
    const known = directories.peek(accountId)?.person(person.id);
    return known ? textPersonOf(known, departments.peek(accountId)) : person;
  }

  /** Finds nothing where the rules for secrets cannot be read: the push is asked about when it is sent. */
  async findSecrets(text: string): ReturnType<FindSecrets> {
    if (text === '' || !this.#isSearchable) {
      return [];
    }
    try {
      return await this.#deps.findSecrets(text);
    } catch (error) {
      this.#isSearchable = false;
      this.#deps.log.warn(`Push files are not searched for secrets: ${String(error)}`);
      return [];
    }
  }

  #logUnread(error: unknown): void {
    this.#deps.log.info(`Push files: accounts could not be read: ${String(error)}`);
  }
}

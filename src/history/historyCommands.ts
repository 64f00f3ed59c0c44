import { l10n } from 'vscode';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import { draftText } from '../push/draft';
import type { Draft } from '../push/draft';
import { maskSecrets } from '../push/maskSecrets';
import type { FindSecrets } from '../push/maskSecrets';
import type { Outbox } from '../push/outbox/outbox';
import type { PushHistory } from '../push/outbox/pushHistory';
import type { PushRecord } from '../push/outbox/pushRecord';
import { restOfRecord } from '../push/outbox/recordOutcome';
import { asCode } from './asCode';
import type { CodeLanguage } from './asCode';
import type { PushLine } from './historyTree';

export interface HistoryCommandsDeps {
  outbox: Pick<Outbox, 'settle'>;
  history: Pick<PushHistory, 'remove' | 'clear'>;
  view: {
    filter: string;
    /** The push that VS Code means; undefined for anything that is not on screen. */
    pushOf: (line: unknown) => PushLine | undefined;
  };
  /** Puts it where drafts are written; what is being written there is kept. Sends nothing. */
  openDraft: (draft: Draft) => Promise<unknown>;
  /** Through the whole road; says it when another window has taken care of it. */
  sendWaiting: (id: string) => Promise<unknown>;
  /** Origin of the account's portal; undefined for an account that is gone. */
  portalOf: (accountId: string) => Promise<string | undefined>;
  findSecrets: FindSecrets;
  copy: (text: string) => Thenable<void>;
  showInputBox: (options: {
    title: string;
    prompt: string;
    value: string;
  }) => Thenable<string | undefined>;
  messages: Pick<Messages, 'ask' | 'inform'>;
}

/** What the lines of the history offer. Each takes what VS Code hands to a command of a tree: anything. */
export class HistoryCommands {
  readonly #deps: HistoryCommandsDeps;

  constructor(deps: HistoryCommandsDeps) {
    this.#deps = deps;
  }

  async sendAgain(line: unknown): Promise<void> {
    const record = this.#withText(line);
    if (record) {
      await this.#deps.openDraft(record.draft);
    }
  }

  /** To those who certainly did not get it. */
  async sendToRest(line: unknown): Promise<void> {
    const record = this.#withText(line);
    const rest = record && restOfRecord(record);
    if (rest) {
      await this.#deps.openDraft(rest);
    }
  }

  async copyText(line: unknown): Promise<void> {
    const record = this.#withText(line);
    if (record) {
      await this.#deps.copy(draftText(record.draft));
    }
  }

  /** What looks like a secret is masked in it, and the access token a placeholder. */
  async copyAs(language: CodeLanguage, line: unknown): Promise<void> {
    const { portalOf, findSecrets, copy } = this.#deps;
    const record = this.#withText(line);
    if (!record) {
      return;
    }
    const { draft, host, people } = record;
    const masked = async (text: string): Promise<string> =>
      maskSecrets(text, await findSecrets(text));
    const portal = (await portalOf(draft.accountId ?? '')) ?? `https://${host}`;
    const ids = people.map(({ id }) => id);
    await copy(
      asCode(language, {
        ...{ portal, ids },
        text: await masked(draftText(draft)),
        avatar: await masked(draft.avatar),
      }),
    );
  }

  /** One that waits: it is sent, or sent anyway. */
  async send(line: unknown): Promise<void> {
    const record = this.#recordOf(line);
    if (record) {
      await this.#deps.sendWaiting(record.id);
    }
  }

  async markAsSent(line: unknown): Promise<void> {
    await this.#decide(line, 'sent');
  }

  async delete(line: unknown): Promise<void> {
    const push = this.#deps.view.pushOf(line);
    if (!push) {
      return;
    }
    if (push.waits) {
      const yes = l10n.t('Delete');
      const question = {
        message: l10n.t('This push may not have been sent. Delete it? Its text will be lost.'),
        detail: plainText(push.record.draft.text),
        answers: [yes],
      };
      if ((await this.#deps.messages.ask(question)) === yes) {
        await this.#decide(line, 'dropped');
        await this.#deps.history.remove(push.record.id);
      }
    } else {
      await this.#deps.history.remove(push.record.id);
    }
  }

  /** What waits stays. */
  async clear(): Promise<void> {
    const yes = l10n.t('Clear History');
    const question = {
      message: l10n.t('Clear the history of pushes? Waiting pushes are kept.'),
      answers: [yes],
    };
    if ((await this.#deps.messages.ask(question)) === yes) {
      await this.#deps.history.clear();
    }
  }

  async find(): Promise<void> {
    const { view, showInputBox } = this.#deps;
    const words = await showInputBox({
      title: l10n.t('Search the History'),
      prompt: l10n.t(
        'Type words from the text, people, a portal or a code. Leave it empty to show all pushes.',
      ),
      value: view.filter,
    });
    if (words !== undefined) {
      view.filter = words.trim();
    }
  }

  async #decide(line: unknown, decision: 'sent' | 'dropped'): Promise<void> {
    const record = this.#recordOf(line);
    if (record && !(await this.#deps.outbox.settle(record.id, decision))) {
      this.#takenCareOf();
    }
  }

  #recordOf(line: unknown): PushRecord | undefined {
    return this.#deps.view.pushOf(line)?.record;
  }

  #withText(line: unknown): PushRecord | undefined {
    const record = this.#recordOf(line);
    return record?.bare ? undefined : record;
  }

  #takenCareOf(): void {
    this.#deps.messages.inform(l10n.t('Another window has taken care of this push.'));
  }
}

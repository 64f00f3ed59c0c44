import { l10n } from 'vscode';
import type { InputBoxOptions } from 'vscode';
import type { Disposable } from '../common/dispose';
import { counted } from '../common/counted';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import { peopleWithNotification } from '../push/deleteNotification';
import { byWay, copyOf, draftText } from '../push/draft';
import type { Draft } from '../push/draft';
import { maskSecrets } from '../push/maskSecrets';
import type { FindSecrets } from '../push/maskSecrets';
import { planDraft } from '../push/plan';
import { actionsOf, restDraft } from '../push/push';
import type { Push } from '../push/push';
import type { PushHistory } from '../push/pushHistory';
import type { ScheduledPush } from '../schedule/scheduledPush';
import type { ScheduledSends } from '../schedule/scheduledSends';
import type { SendWithProgress } from '../push/sendWithProgress';
import { asCode } from './asCode';
import type { CodeLanguage } from './asCode';
import { HistoryView } from './historyView';
import type { HistoryNotices, HistoryViewDeps } from './historyView';

export interface HistoryDeps extends HistoryViewDeps {
  history: HistoryViewDeps['history'] & Pick<PushHistory, 'remove' | 'clear'>;
  notices: HistoryNotices & {
    /** Forgets one that is over, or all of them. What is held stays. */
    forget(id?: string): Promise<void>;
  };
  /** Sends a notice that is held now, whatever holds it. */
  sendHeld: (id: string) => Promise<unknown>;
  discardHeld: (id: string) => Promise<unknown>;
  schedule: { sends: Pick<ScheduledSends, 'sendNow' | 'changeTime' | 'edit' | 'cancel'> };
  /** Sends or decides a push that waits, and tells the user what came of it. */
  sender: Pick<SendWithProgress, 'act'>;
  /** Takes a notification back, and tells the user what came of it. */
  deleteNotification: (push: Push) => Promise<unknown>;
  /** Puts a draft where drafts are written; what is being written there is kept. Sends nothing. */
  openDraft: (draft: Draft) => Promise<unknown>;
  /** Origin of the account's portal; undefined for an account that is gone. */
  portalOf: (accountId: string) => Promise<string | undefined>;
  findSecrets: FindSecrets;
  copy: (text: string) => Thenable<void>;
  /** Says for a moment what was done, where the eye may pass it by. */
  mention: (message: string) => void;
  showInputBox: (options: InputBoxOptions) => Thenable<string | undefined>;
  messages: Pick<Messages, 'ask'>;
}

/** The history's tree and the commands of its lines. Each takes what VS Code hands to a command of a tree: anything. */
export class HistoryCommands implements Disposable {
  readonly view: HistoryView;
  readonly #deps: HistoryDeps;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
    this.view = new HistoryView(deps);
  }

  dispose(): void {
    this.view.dispose();
  }

  /** Opens a copy of the push's draft. */
  async sendAgain(line: unknown): Promise<void> {
    const push = this.#pushWithText(line);
    if (push) {
      await this.#deps.openDraft(copyOf(byWay(push.draft, 'push')));
    }
  }

  /** Opens a draft for the people who certainly did not get it. */
  async sendToRest(line: unknown): Promise<void> {
    const push = this.#pushWithText(line);
    const rest = push && restDraft(push);
    if (rest) {
      await this.#deps.openDraft(copyOf(byWay(rest, 'push')));
    }
  }

  async copyText(line: unknown): Promise<void> {
    const push = this.#pushWithText(line);
    if (push) {
      await this.#copy(draftText(push.draft));
    }
  }

  /** Copies a snippet. What looks like a secret is masked in it, and the access token is a placeholder. */
  async copyAs(language: CodeLanguage, line: unknown): Promise<void> {
    const { portalOf, findSecrets } = this.#deps;
    const push = this.#pushWithText(line);
    if (!push) {
      return;
    }
    const { draft, host, people, facts } = push;
    const masked = async (text: string): Promise<string> =>
      maskSecrets(text, await findSecrets(text));
    const portal = (await portalOf(draft.accountId ?? '')) ?? `https://${host}`;
    const plan = planDraft(draft, facts ?? people);
    const requests = await Promise.all(
      plan.requests.map((request) =>
        Promise.all(request.map(async ({ ids, text }) => ({ ids, text: await masked(text) }))),
      ),
    );
    const avatar = await masked(draft.avatar);
    await this.#copy(asCode(language, { portal, requests, avatar, via: draft.via }));
  }

  /** Sends a push that waits: to the people who did not get it, or else anyway. */
  async send(line: unknown): Promise<void> {
    const push = this.#pushOf(line);
    const action = push && actionsOf(push)[0];
    if (action && action !== 'discard') {
      await this.#deps.sender.act(push, action);
    }
  }

  async markAsSent(line: unknown): Promise<void> {
    const push = this.#pushOf(line);
    if (push) {
      await this.#deps.sender.act(push, 'markAsSent');
    }
  }

  async sendHeld(line: unknown): Promise<void> {
    const id = this.#heldOf(line);
    if (id !== undefined) {
      await this.#deps.sendHeld(id);
    }
  }

  async discardHeld(line: unknown): Promise<void> {
    const id = this.#heldOf(line);
    if (id !== undefined) {
      await this.#deps.discardHeld(id);
    }
  }

  async sendScheduled(line: unknown): Promise<void> {
    await this.#withScheduled(line, ({ id }) => this.#deps.schedule.sends.sendNow(id));
  }

  async changeScheduledTime(line: unknown): Promise<void> {
    await this.#withScheduled(line, ({ id }) => this.#deps.schedule.sends.changeTime(id));
  }

  /** Opens its draft. It is taken out of the schedule when that is sent or scheduled, not before. */
  async editScheduled(line: unknown): Promise<void> {
    await this.#withScheduled(line, (push) => this.#deps.schedule.sends.edit(push));
  }

  async cancelScheduled(line: unknown): Promise<void> {
    await this.#withScheduled(line, async ({ id, draft }) => {
      const yes = l10n.t('Cancel Push');
      const question = {
        message: l10n.t('Cancel this scheduled push? Its text will be lost.'),
        detail: plainText(draft.text),
        answers: [yes],
      };
      if ((await this.#deps.messages.ask(question)) === yes) {
        await this.#deps.schedule.sends.cancel(id);
      }
    });
  }

  /** Removes what is over; asks first about a push that waits, and discards it. */
  async delete(line: unknown): Promise<void> {
    const { sender, history, notices, messages } = this.#deps;
    const { kept } = this.view.noticeOf(line) ?? {};
    if (kept?.state === 'over') {
      await notices.forget(kept.notice.id);
      return;
    }
    const { push, isOpen } = this.view.lineOf(line) ?? {};
    if (!push) {
      return;
    }
    if (isOpen) {
      const yes = l10n.t('Delete');
      const question = {
        message: l10n.t('This push may not have been sent. Delete it? Its text will be lost.'),
        detail: plainText(push.draft.text),
        answers: [yes],
      };
      if ((await messages.ask(question)) !== yes || !(await sender.act(push, 'discard'))) {
        return;
      }
    }
    await history.remove(push.id);
  }

  /** Takes a notification out of the bells where it is or may be, after a question. */
  async deleteNotification(line: unknown): Promise<void> {
    const push = this.#pushOf(line);
    const people = push ? peopleWithNotification(push) : [];
    if (!push || people.length === 0) {
      return;
    }
    const yes = l10n.t('Delete Notification');
    const question = {
      message: counted(
        l10n.t(
          'Delete this notification from the bell of {0} person on {1}?|Delete this notification from the bells of {0} people on {1}?',
        ),
        people.length,
        plainText(push.host, 100),
      ),
      detail: plainText(push.draft.text),
      answers: [yes],
    };
    if ((await this.#deps.messages.ask(question)) === yes) {
      await this.#deps.deleteNotification(push);
    }
  }

  /** What waits or is held stays. */
  async clear(): Promise<void> {
    const yes = l10n.t('Clear History');
    const question = {
      message: l10n.t('Clear the history of pushes? What waits or is held is kept.'),
      answers: [yes],
    };
    if ((await this.#deps.messages.ask(question)) === yes) {
      await this.#deps.history.clear();
      await this.#deps.notices.forget();
    }
  }

  async find(): Promise<void> {
    const words = await this.#deps.showInputBox({
      title: l10n.t('Search the History'),
      prompt: l10n.t(
        'Type words from the text, people, a portal or a code. Leave it empty to show all pushes.',
      ),
      value: this.view.filter,
    });
    if (words !== undefined) {
      this.view.filter = words.trim();
    }
  }

  async #copy(text: string): Promise<void> {
    await this.#deps.copy(text);
    this.#deps.mention(l10n.t('Copied'));
  }

  #heldOf(line: unknown): string | undefined {
    const { kept } = this.view.noticeOf(line) ?? {};
    return kept?.state === 'held' ? kept.notice.id : undefined;
  }

  async #withScheduled(
    line: unknown,
    work: (push: ScheduledPush) => Promise<unknown>,
  ): Promise<void> {
    const found = this.view.scheduledOf(line);
    if (found) {
      await work(found.kept.push);
    }
  }

  #pushOf(line: unknown): Push | undefined {
    return this.view.lineOf(line)?.push;
  }

  #pushWithText(line: unknown): Push | undefined {
    const push = this.#pushOf(line);
    return push?.redactedTo ? undefined : push;
  }
}

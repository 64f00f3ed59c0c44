import { l10n } from 'vscode';
import type { Accounts } from '../accounts/account';
import { plainLabel } from '../common/plainText';
import { askChoice, askLine } from '../common/quickStep';
import type { QuickInputs, StepPlace } from '../common/quickStep';
import { budgetOf, checkDraft } from '../push/checkDraft';
import { edited, fromAccount, isEmptyDraft, newDraft } from '../push/draft';
import type { DraftContent } from '../push/draft';
import type { DraftStore } from '../push/draftStore';
import type { SendWithProgress } from '../push/sendWithProgress';
import type { RecipientPicker } from '../people/recipientPicker';
import { avatarIssue, modeButton, reviewItems, sizeMessage, textIssue } from './paletteText';
import type { Move, StepId, Writing } from './paletteText';

export interface PaletteDeps {
  accounts: Pick<Accounts, 'list' | 'current' | 'signIn'>;
  drafts: DraftStore;
  picker: Pick<RecipientPicker, 'pick'>;
  sender: Pick<SendWithProgress, 'send'>;
  inputs: QuickInputs;
}

/** The command "Send Bitrix24 Push" asks step by step: portal (if there are several), people, text, avatar, review. */
export class Palette {
  readonly #deps: PaletteDeps;

  constructor(deps: PaletteDeps) {
    this.#deps = deps;
  }

  async run(): Promise<void> {
    const writing = await this.#begin();
    if (writing && (await this.#write(writing))) {
      await this.#deps.sender.send(writing.draft, { origin: 'palette' });
    }
  }

  /** Continues the draft that was left in the palette. Signs in first if there is no account. */
  async #begin(): Promise<Writing | undefined> {
    const { accounts, drafts } = this.#deps;
    await drafts.ready;
    let all = await accounts.list();
    if (all.length === 0) {
      if (!(await accounts.signIn())) {
        return undefined;
      }
      all = await accounts.list();
    }
    const saved = drafts.palette;
    const account =
      all.find(({ id }) => id === saved?.accountId) ?? (await accounts.current()) ?? all[0];
    if (!account) {
      return undefined;
    }
    const begun = saved ?? newDraft({ avatar: drafts.current.avatar });
    return { accounts: all, account, draft: fromAccount(begun, account.id) };
  }

  /** Resolves with true if the user wants to send the draft. What was typed is remembered in any case. */
  async #write(writing: Writing): Promise<boolean> {
    const order: StepId[] = ['recipients', 'text', 'avatar', 'review'];
    if (writing.accounts.length > 1) {
      order.unshift('portal');
    }
    let at: StepId = order[0] ?? 'recipients';
    let editing = false;
    for (;;) {
      const index = order.indexOf(at);
      const move = await this.#step(at, writing, {
        title: l10n.t('Send Bitrix24 Push'),
        step: index + 1,
        totalSteps: order.length,
        canGoBack: editing || index > 0,
      });
      this.#remember(writing);
      if (move === 'cancelled' || move === 'send') {
        return move === 'send';
      }
      if (move !== 'next' && move !== 'back') {
        at = move;
        editing = true;
      } else if (editing) {
        // A change that began at the review returns there, unless the draft now has an issue.
        const [issue] = checkDraft(writing.draft, writing.account);
        at = issue && issue.field !== 'account' ? issue.field : 'review';
        editing = at !== 'review';
      } else {
        at = order[index + (move === 'next' ? 1 : -1)] ?? at;
      }
    }
  }

  #step(id: StepId, writing: Writing, frame: StepPlace): Promise<Move> {
    switch (id) {
      case 'portal':
        return this.#portal(writing, frame);
      case 'recipients':
        return this.#recipients(writing, frame);
      case 'text':
        return this.#text(writing, frame);
      case 'avatar':
        return this.#avatar(writing, frame);
      case 'review':
        return this.#review(writing, frame);
    }
  }

  async #portal(writing: Writing, frame: StepPlace): Promise<Move> {
    const items = writing.accounts.map((account) => ({
      label: plainLabel(account.host),
      description: plainLabel(account.userName),
      account,
    }));
    const result = await askChoice(this.#deps.inputs, {
      ...frame,
      items,
      active: items.find(({ account }) => account.id === writing.account.id),
      placeholder: l10n.t('Send from which portal?'),
    });
    if (result.kind === 'next') {
      writing.account = result.value.account;
      writing.draft = fromAccount(writing.draft, writing.account.id);
    }
    return result.kind;
  }

  async #recipients(writing: Writing, frame: StepPlace): Promise<Move> {
    const { account, draft } = writing;
    const picked = await this.#deps.picker.pick({
      ...frame,
      account,
      chosen: draft.recipients,
      departments: draft.departments,
    });
    const { recipients, departments } = picked;
    writing.draft = edited(draft, { recipients, departments });
    return picked.how === 'cancel' ? 'cancelled' : picked.how;
  }

  async #text(writing: Writing, frame: StepPlace): Promise<Move> {
    const { account } = writing;
    let redrawLine = (): void => undefined;
    const switchMode = (): void => {
      const mode = writing.draft.mode === 'personal' ? 'literal' : 'personal';
      this.#edit(writing, { mode });
      redrawLine();
    };
    const result = await askLine(this.#deps.inputs, {
      ...frame,
      value: writing.draft.text,
      placeholder: l10n.t('What the phones will show'),
      prompt: (text) => sizeMessage(budgetOf({ ...writing.draft, text }, account)),
      validate: (text) => textIssue({ ...writing.draft, text }, account),
      buttons: () => [{ ...modeButton(writing.draft), press: switchMode }],
      onShow: (redraw) => (redrawLine = redraw),
      onChange: (text) => {
        this.#edit(writing, { text });
      },
    });
    return result.kind;
  }

  async #avatar(writing: Writing, frame: StepPlace): Promise<Move> {
    const { account } = writing;
    const result = await askLine(this.#deps.inputs, {
      ...frame,
      value: writing.draft.avatar,
      placeholder: l10n.t('https://… address of a picture (optional)'),
      prompt: () => l10n.t('The picture beside the text. The phone downloads it itself.'),
      validate: (avatar) => avatarIssue({ ...writing.draft, avatar: avatar.trim() }, account),
      onChange: (avatar) => {
        this.#edit(writing, { avatar: avatar.trim() });
      },
    });
    return result.kind;
  }

  async #review(writing: Writing, frame: StepPlace): Promise<Move> {
    const result = await askChoice(this.#deps.inputs, {
      ...frame,
      items: reviewItems(writing),
      placeholder: l10n.t('Send, or change something'),
    });
    return result.kind === 'next' ? (result.value.move ?? 'cancelled') : result.kind;
  }

  #edit(writing: Writing, patch: Partial<DraftContent>): void {
    writing.draft = edited(writing.draft, patch);
    this.#remember(writing);
  }

  #remember({ draft }: Writing): void {
    this.#deps.drafts.setPalette(isEmptyDraft(draft) ? undefined : structuredClone(draft));
  }
}

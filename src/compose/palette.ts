import { InputBoxValidationSeverity, QuickPickItemKind, ThemeIcon, l10n } from 'vscode';
import type { InputBoxValidationMessage, QuickInputButton, QuickPickItem } from 'vscode';
import type { Account, Accounts } from '../accounts/account';
import { counted, countOfDepartments, countOfPeople } from '../common/counted';
import { plainLabel } from '../common/plainLabel';
import { issueMessage } from '../problems/draftProblems';
import { budgetOf, checkDraft } from '../push/checkDraft';
import { emptyDraft, fromAccount, isEmptyDraft } from '../push/draft';
import type { Draft } from '../push/draft';
import type { DraftStore } from '../push/draftStore';
import type { SendAndTell } from '../push/sendAndTell';
import { departmentName, recipientName } from '../people/recipientName';
import type { QuickInputs, RecipientPicker } from '../people/recipientPicker';
import { askLine, askOne } from './paletteInputs';
import type { StepFrame } from './paletteInputs';
import { cutMessage, sizeMessage, textIssueMessage } from './paletteWords';

export interface PaletteDeps {
  accounts: Pick<Accounts, 'list' | 'current' | 'signIn'>;
  drafts: DraftStore;
  picker: Pick<RecipientPicker, 'pick'>;
  sender: Pick<SendAndTell, 'send'>;
  inputs: QuickInputs;
}

type StepId = 'portal' | 'recipients' | 'text' | 'avatar' | 'review';
type Move = 'next' | 'back' | 'cancel' | 'send' | Exclude<StepId, 'review'>;

/** More are not read. */
const namesAtMost = 20;

/** What the steps work on. */
interface Writing {
  accounts: readonly Account[];
  account: Account;
  draft: Draft;
}

/** "Send Bitrix24 Push" in the command palette: portal (if several), people, text, avatar, review. */
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

  /** Goes on with what was left in the palette; signs in first where that is needed. */
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
    const left = drafts.palette;
    const account =
      all.find(({ id }) => id === left?.accountId) ?? (await accounts.current()) ?? all[0];
    if (!account) {
      return undefined;
    }
    const begun = left ?? { ...emptyDraft, avatar: drafts.current.avatar };
    return { accounts: all, account, draft: fromAccount(begun, account.id) };
  }

  /** True when the user wants it sent; what was typed is remembered either way. */
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
      if (move === 'cancel' || move === 'send') {
        return move === 'send';
      }
      if (move !== 'next' && move !== 'back') {
        at = move;
        editing = true;
      } else if (editing) {
        // Changed from the review: back to it, unless the change left something open.
        const [issue] = checkDraft(writing.draft, writing.account);
        at = issue && issue.field !== 'account' ? issue.field : 'review';
        editing = at !== 'review';
      } else {
        at = order[index + (move === 'next' ? 1 : -1)] ?? at;
      }
    }
  }

  #step(id: StepId, writing: Writing, frame: StepFrame): Promise<Move> {
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

  async #portal(writing: Writing, frame: StepFrame): Promise<Move> {
    const items = writing.accounts.map((account) => ({
      label: plainLabel(account.host),
      description: plainLabel(account.userName),
      account,
    }));
    const left = await askOne(this.#deps.inputs, {
      ...frame,
      items,
      active: items.find(({ account }) => account.id === writing.account.id),
      placeholder: l10n.t('Send from which portal?'),
    });
    if (left.how === 'next') {
      writing.account = left.value.account;
      writing.draft = fromAccount(writing.draft, writing.account.id);
    }
    return left.how;
  }

  async #recipients(writing: Writing, frame: StepFrame): Promise<Move> {
    const { account, draft } = writing;
    const picked = await this.#deps.picker.pick({
      ...frame,
      account,
      chosen: draft.recipients,
      departments: draft.departments ?? [],
    });
    draft.recipients = picked.recipients;
    if (picked.departments.length > 0) {
      draft.departments = picked.departments;
    } else {
      delete draft.departments;
    }
    return picked.how;
  }

  async #text(writing: Writing, frame: StepFrame): Promise<Move> {
    const { account, draft } = writing;
    const left = await askLine(this.#deps.inputs, {
      ...frame,
      value: draft.text,
      placeholder: l10n.t('What the phones will show'),
      prompt: (text) => sizeMessage(budgetOf({ ...draft, text }, account)),
      validate: (text) => textTrouble({ ...draft, text }, account),
      action: () => ({
        button: modeButton(draft),
        run: () => {
          draft.mode = draft.mode === 'personal' ? 'literal' : 'personal';
          this.#remember(writing);
        },
      }),
      onChange: (text) => {
        draft.text = text;
        this.#remember(writing);
      },
    });
    return left.how;
  }

  async #avatar(writing: Writing, frame: StepFrame): Promise<Move> {
    const { account, draft } = writing;
    const left = await askLine(this.#deps.inputs, {
      ...frame,
      value: draft.avatar,
      placeholder: l10n.t('https://… address of a picture (optional)'),
      prompt: () => l10n.t('The picture beside the text. The phone downloads it itself.'),
      validate: (avatar) => avatarTrouble({ ...draft, avatar: avatar.trim() }, account),
      onChange: (avatar) => {
        draft.avatar = avatar.trim();
        this.#remember(writing);
      },
    });
    return left.how;
  }

  async #review(writing: Writing, frame: StepFrame): Promise<Move> {
    const left = await askOne(this.#deps.inputs, {
      ...frame,
      items: reviewItems(writing),
      placeholder: l10n.t('Send, or change something'),
    });
    return left.how === 'next' ? (left.value.move ?? 'cancel') : left.how;
  }

  #remember({ draft }: Writing): void {
    this.#deps.drafts.setPalette(isEmptyDraft(draft) ? undefined : structuredClone(draft));
  }
}

interface ReviewItem extends QuickPickItem {
  move?: Move;
}

function reviewItems({ accounts, account, draft }: Writing): ReviewItem[] {
  const items: ReviewItem[] = [
    {
      label: `$(send) ${sendLabel(draft)}`,
      description: plainLabel(account.host),
      detail: sizeMessage(budgetOf(draft, account)),
      move: 'send',
    },
    { label: l10n.t('change'), kind: QuickPickItemKind.Separator },
    {
      label: `$(organization) ${l10n.t('Recipients')}`,
      description: recipientsLabel(draft),
      move: 'recipients',
    },
    {
      label: `$(edit) ${l10n.t('Text')}`,
      description: plainLabel(draft.text),
      move: 'text',
    },
    {
      label: `$(file-media) ${l10n.t('Avatar')}`,
      description: draft.avatar ? plainLabel(draft.avatar) : l10n.t('none'),
      move: 'avatar',
    },
  ];
  if (accounts.length > 1) {
    items.push({
      label: `$(globe) ${l10n.t('Portal')}`,
      description: `${plainLabel(account.host)} · ${plainLabel(account.userName)}`,
      move: 'portal',
    });
  }
  return items;
}

/** How many people are in departments is found out when it is sent. */
function sendLabel({ recipients, departments = [] }: Draft): string {
  const people = recipients.length;
  if (departments.length === 0) {
    return counted(l10n.t('Send to {0} person|Send to {0} people'), people);
  }
  if (people > 0) {
    return l10n.t(
      'Send to {0} and {1}',
      countOfPeople(people),
      countOfDepartments(departments.length),
    );
  }
  return counted(
    l10n.t('Send to people of {0} department|Send to people of {0} departments'),
    departments.length,
  );
}

function recipientsLabel({ recipients, departments = [] }: Draft): string {
  const names = [...departments.map(departmentName), ...recipients.map(recipientName)];
  return plainLabel(
    names.slice(0, namesAtMost).join(', ') + (names.length > namesAtMost ? '…' : ''),
  );
}

/** Switches between a text whose braces are placeholders and one that is sent as it is. */
function modeButton({ mode }: Draft): QuickInputButton {
  return mode === 'personal'
    ? {
        iconPath: new ThemeIcon('person'),
        tooltip: l10n.t('Personal: braces are filled in. Switch to literal'),
      }
    : {
        iconPath: new ThemeIcon('json'),
        tooltip: l10n.t('Literal: braces are sent as they are. Switch to personal'),
      };
}

function textTrouble(draft: Draft, account: Account): InputBoxValidationMessage | undefined {
  const issue = checkDraft(draft, account).find(({ field }) => field === 'text');
  if (issue) {
    const message =
      issue.code === 'TEXT_TOO_LONG'
        ? cutMessage(draft, budgetOf(draft, account))
        : textIssueMessage(issue, draft.text);
    return { message, severity: InputBoxValidationSeverity.Error };
  }
  const budget = budgetOf(draft, account);
  return budget.level === 'near'
    ? {
        message: l10n.t('Nearly full. {0}', sizeMessage(budget)),
        severity: InputBoxValidationSeverity.Warning,
      }
    : undefined;
}

function avatarTrouble(draft: Draft, account: Account): InputBoxValidationMessage | undefined {
  const issue = checkDraft(draft, account).find(
    // The address takes room from the text.
    ({ field, code }) => field === 'avatar' || code === 'TEXT_TOO_LONG',
  );
  return issue && { message: issueMessage(issue.code), severity: InputBoxValidationSeverity.Error };
}

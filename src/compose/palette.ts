import { env, InputBoxValidationSeverity, l10n, QuickPickItemKind, ThemeIcon } from 'vscode';
import type { Clipboard, InputBoxValidationMessage, QuickInputButton, QuickPickItem } from 'vscode';
import { shownHost } from '../accounts/account';
import type { Account, Accounts } from '../accounts/account';
import { accountItems } from '../accounts/accountItems';
import type { PushBudget } from '../bitrix24/pushSize';
import {
  counted,
  countOfDepartments,
  countOfPeople,
  firstNames,
  formatNumber,
} from '../common/counted';
import { plainLabel } from '../common/plainText';
import { askChoice, askLine } from '../common/quickStep';
import type { LineStep, QuickInputs, StepButton, StepPlace } from '../common/quickStep';
import { departmentName, recipientName } from '../people/recipientName';
import type { RecipientPicker } from '../people/recipientPicker';
import { issueMessage } from '../problems/draftProblems';
import { budgetOf, checkDraft } from '../push/checkDraft';
import { draftText, edited, fromAccount, isEmptyDraft, newDraft } from '../push/draft';
import type { Draft, DraftContent, DraftMessage } from '../push/draft';
import type { DraftStore } from '../push/draftStore';
import type { SendWithProgress } from '../push/sendWithProgress';

type StepId = 'portal' | 'recipients' | 'text' | 'avatar' | 'review';
type Move = 'next' | 'back' | 'cancelled' | 'send' | 'later' | 'form' | Exclude<StepId, 'review'>;

/** The state that the steps of the palette work on. */
interface Writing {
  accounts: readonly Account[];
  account: Account;
  draft: Draft;
}

export interface PaletteDeps {
  accounts: Pick<Accounts, 'list' | 'current' | 'signIn'>;
  drafts: DraftStore;
  picker: Pick<RecipientPicker, 'pick'>;
  sender: Pick<SendWithProgress, 'send'>;
  /** Asks when the draft shall be sent, and keeps it until then. */
  sendLater: (draft: Draft, origin: 'palette') => Promise<unknown>;
  inputs: QuickInputs;
  clipboard: Pick<Clipboard, 'readText'>;
  /** Shows the form with the cursor in the text. */
  focusForm: () => Thenable<unknown>;
  /** Tells VS Code whether the palette asks for the text: then a key leads to the form. */
  setWriting: (isWriting: boolean) => Thenable<unknown>;
}

/** The command "Send Bitrix24 Push" asks step by step: portal (if there are several), people, text, avatar, review. */
export class Palette {
  readonly #deps: PaletteDeps;
  /** Leaves the line for the text, while that is asked for. */
  #leaveForForm: (() => void) | undefined;

  constructor(deps: PaletteDeps) {
    this.#deps = deps;
  }

  async run(): Promise<void> {
    const { drafts, sender, sendLater, focusForm } = this.#deps;
    const writing = await this.#begin();
    if (!writing) {
      return;
    }
    const end = await this.#write(writing);
    if (end === 'send') {
      await sender.send(writing.draft, { origin: 'palette' });
    } else if (end === 'later') {
      await sendLater(writing.draft, 'palette');
    } else if (end === 'form') {
      drafts.setPalette(undefined);
      drafts.open(writing.draft, this);
      await focusForm();
    }
  }

  /** Goes on in the form, if the palette asks for the text. */
  writeInForm(): Promise<void> {
    this.#leaveForForm?.();
    return Promise.resolve();
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

  /** Resolves with what is to be done with the draft. What was typed is remembered in any case. */
  async #write(writing: Writing): Promise<'send' | 'later' | 'form' | 'cancelled'> {
    const steps: Record<StepId, (frame: StepPlace) => Promise<Move>> = {
      portal: (frame) => this.#portal(writing, frame),
      recipients: (frame) => this.#recipients(writing, frame),
      text: (frame) => this.#text(writing, frame),
      avatar: (frame) => this.#avatar(writing, frame),
      review: (frame) => this.#review(writing, frame),
    };
    const order: StepId[] = ['recipients', 'text', 'avatar', 'review'];
    if (writing.accounts.length > 1) {
      order.unshift('portal');
    }
    let at: StepId = order[0] ?? 'recipients';
    let editing = false;
    for (;;) {
      const index = order.indexOf(at);
      const move = await steps[at]({
        title: l10n.t('Send Bitrix24 Push'),
        step: index + 1,
        totalSteps: order.length,
        canGoBack: editing || index > 0,
      });
      this.#remember(writing);
      if (move === 'cancelled' || move === 'send' || move === 'later' || move === 'form') {
        return move;
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

  async #portal(writing: Writing, frame: StepPlace): Promise<Move> {
    const items = accountItems(writing.accounts);
    const result = await askChoice(this.#deps.inputs, {
      ...frame,
      items,
      active: items.find(({ account }) => account?.id === writing.account.id),
      placeholder: l10n.t('Send from which portal?'),
    });
    if (result.kind === 'next' && result.value.account) {
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
    const { setWriting, inputs } = this.#deps;
    let redrawLine = (): void => undefined;
    let pasted = '';
    const switchMode = (): void => {
      const mode = writing.draft.mode === 'personal' ? 'literal' : 'personal';
      this.#edit(writing, { mode });
      redrawLine();
    };
    const leave = new AbortController();
    const toForm = (): void => {
      this.#edit(writing, { text: withLineBreaks(writing.draft.text, pasted) });
      leave.abort();
    };
    this.#leaveForForm = toForm;
    void setWriting(true);
    const result = await askLine(inputs, {
      ...frame,
      value: writing.draft.text,
      signal: leave.signal,
      placeholder: l10n.t('What the phones will show (Shift+Enter: go on in the form)'),
      prompt: (text) => sizeMessage(budgetOf({ ...writing.draft, text }, account)),
      validate: (text) =>
        textIssue({ ...writing.draft, text }, account) ??
        (withLineBreaks(text, pasted) === text ? undefined : lineBreaksLost()),
      buttons: () => [{ ...modeButton(writing.draft), press: switchMode }, formButton(toForm)],
      onShow: (redraw) => (redrawLine = redraw),
      onChange: (text) => {
        const isPaste = text.length > writing.draft.text.length + 1;
        this.#edit(writing, { text });
        if (isPaste) {
          void this.#pasted().then((found) => {
            pasted = found || pasted;
            redrawLine();
          });
        }
      },
    });
    this.#leaveForForm = undefined;
    void setWriting(false);
    return leave.signal.aborted ? 'form' : result.kind;
  }

  /** Resolves to what was pasted if it has several lines, of which the box makes one. Never rejects. */
  async #pasted(): Promise<string> {
    const text = await Promise.resolve(this.#deps.clipboard.readText()).catch(() => '');
    const lines = text.trim().replace(/\r\n?/g, '\n');
    return lines.includes('\n') ? lines : '';
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

/** The most names that one line shows. */
const namesAtMost = 20;

interface ReviewItem extends QuickPickItem {
  move?: Move;
}

/** The lines of the last step: Send first, then what can be changed. */
function reviewItems({ accounts, account, draft }: Writing): ReviewItem[] {
  const items: ReviewItem[] = [
    {
      label: `$(send) ${sendLabel(draft)}`,
      description: plainLabel(shownHost(account)),
      detail: sizeMessage(budgetOf(draft, account)),
      move: 'send',
    },
    {
      label: `$(clock) ${l10n.t('Send Later…')}`,
      description: l10n.t('tonight, tomorrow, or at any time'),
      move: 'later',
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
      description: `${plainLabel(shownHost(account))} · ${plainLabel(account.userName)}`,
      move: 'portal',
    });
  }
  return items;
}

/** Departments are counted as such, because their members are looked up only when the push is sent. */
function sendLabel({ recipients, departments }: Draft): string {
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

function recipientsLabel({ recipients, departments }: Draft): string {
  const names = [...departments.map(departmentName), ...recipients.map(recipientName)];
  return plainLabel(firstNames(names, namesAtMost));
}

/** The button that switches between a personal text and one that is sent as it is. */
function modeButton({ mode }: Draft): QuickInputButton {
  const isPersonal = mode === 'personal';
  return {
    iconPath: new ThemeIcon(isPersonal ? 'person' : 'json'),
    tooltip: isPersonal
      ? l10n.t('Personal: braces are filled in. Switch to literal')
      : l10n.t('Literal: braces are sent as they are. Switch to personal'),
  };
}

function formButton(press: () => void): StepButton {
  const tooltip = l10n.t('Go On in the Form, for Several Lines (Shift+Enter)');
  return { iconPath: new ThemeIcon('multiple-windows'), tooltip, press };
}

function lineBreaksLost(): InputBoxValidationMessage {
  return {
    message: l10n.t(
      'What you pasted has several lines, and this box has one. Shift+Enter goes on in the form, with all line breaks.',
    ),
    severity: InputBoxValidationSeverity.Warning,
  };
}

/** Puts the line breaks of a pasted text back, where a box has made spaces of them or left them out. */
function withLineBreaks(text: string, pasted: string): string {
  const shown = [pasted.replaceAll('\n', ' '), pasted.replaceAll('\n', '')].find((one) =>
    text.includes(one),
  );
  return shown === undefined || pasted === '' ? text : text.replace(shown, () => pasted);
}

/** What is wrong with the text of a draft, or that it is nearly too long. */
function textIssue(draft: Draft, account: Account): ReturnType<LineStep['validate']> {
  const issue = checkDraft(draft, account).find(({ field }) => field === 'text');
  const budget = budgetOf(draft, account);
  if (issue) {
    return issue.code === 'TEXT_TOO_LONG'
      ? cutMessage(draft, budget)
      : issueMessage(issue, draft.text);
  }
  return budget.level === 'near'
    ? {
        message: l10n.t('Nearly full. {0}', sizeMessage(budget)),
        severity: InputBoxValidationSeverity.Warning,
      }
    : undefined;
}

/** What is wrong with the avatar of a draft. */
function avatarIssue(draft: Draft, account: Account): string | undefined {
  const issue = checkDraft(draft, account).find(
    // The address takes bytes away from the text.
    ({ field, code }) => field === 'avatar' || code === 'TEXT_TOO_LONG',
  );
  return issue && issueMessage(issue);
}

/** Says how many characters of a text that is too long would be lost. */
function cutMessage(draft: DraftMessage, budget: PushBudget): string {
  const text = draftText(draft);
  const characters = new Intl.Segmenter(env.language);
  const lost = (cutAt: number): number => [...characters.segment(text.slice(cutAt))].length;
  return l10n.t(
    'Too long for a push. Characters that would not arrive: iPhone {0}, Android {1}.',
    formatNumber(lost(budget.ios.cutAt)),
    formatNumber(lost(budget.android.cutAt)),
  );
}

/** Says how many bytes a push takes on both platforms. */
function sizeMessage({ ios, android }: PushBudget): string {
  return l10n.t(
    'iPhone: {0} of {1} bytes, Android: {2} of {3} bytes',
    formatNumber(ios.usedBytes),
    formatNumber(ios.limitBytes),
    formatNumber(android.usedBytes),
    formatNumber(android.limitBytes),
  );
}

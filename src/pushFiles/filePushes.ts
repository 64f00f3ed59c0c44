import { Selection, TextEditorRevealType, l10n } from 'vscode';
import type { TextDocument, TextEditor, Uri } from 'vscode';
import type { Account, Accounts } from '../accounts/account';
import type { Log } from '../common/log';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import { findNamedRecipients } from '../people/namedRecipients';
import type { NamedRecipientsDeps } from '../people/namedRecipients';
import { newDraft } from '../push/draft';
import type { Draft } from '../push/draft';
import type { PushOrigin } from '../push/push';
import type { SendWithProgress } from '../push/sendWithProgress';
import { builtInValues } from './builtInValues';
import type { BuiltInSources } from './builtInValues';
import { accountOfPush } from './accountOfPush';
import { unknownVariable } from './findingSentences';
import { findFilePush } from './filePushRef';
import type { FilePushRef } from './filePushRef';
import type { LastSends } from './lastSends';
import type { FilePush, PushFile, Span } from './pushFile';
import { fileValues, readText, variableUses } from './readText';

export interface FilePushesDeps extends NamedRecipientsDeps, BuiltInSources {
  accounts: Pick<Accounts, 'current' | 'list' | 'signIn'>;
  sender: Pick<SendWithProgress, 'send'>;
  /** Asks when, and keeps the draft until then. */
  sendLater: (draft: Draft, origin: PushOrigin) => Promise<unknown>;
  lastSends: Pick<LastSends, 'remember'>;
  messages: Messages;
  isTrusted: () => boolean;
  openDocument: (uri: string) => Promise<TextDocument>;
  showDocument: (document: TextDocument) => Promise<TextEditor>;
  log: Log;
}

/** Whom a push of a file goes to, or that it goes later. */
export type FileSend = 'recipients' | 'me' | 'later';

/** A push of a file that cannot be sent: the sentence for the user, and the place that it is about. */
interface Complaint extends Span {
  message: string;
}

/**
 * Sends pushes of files. The user pressed a lens or a key, but others may have written the file, so a push to others is
 * always asked about, with the file as the one who wants it sent.
 */
export class FilePushes {
  readonly #deps: FilePushesDeps;
  /** Sends under way, so that a double click is one. */
  readonly #running = new Map<string, Promise<void>>();

  constructor(deps: FilePushesDeps) {
    this.#deps = deps;
  }

  async send(ref: FilePushRef, to: FileSend): Promise<void> {
    const key = JSON.stringify([ref, to]);
    const running =
      this.#running.get(key) ?? this.#send(ref, to).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
    await running;
  }

  async #send(ref: FilePushRef, to: FileSend): Promise<void> {
    const { messages, isTrusted, openDocument, lastSends, sender, sendLater } = this.#deps;
    if (!isTrusted()) {
      messages.inform(
        l10n.t('Push files of a folder that is not trusted send nothing. Trust the folder first.'),
      );
      return;
    }
    const document = await openDocument(ref.uri);
    const found = findFilePush(document, ref);
    if (!found) {
      messages.inform(l10n.t('This push is not in the file any more.'));
      return;
    }
    const draft = await this.#draftOf(found.file, found.push, document.uri, to);
    if (draft === undefined) {
      return;
    }
    if ('message' in draft) {
      await this.#complain(document, draft);
      return;
    }
    if (to === 'later') {
      await sendLater(draft, 'file');
      return;
    }
    const by = fileNameOf(document.uri);
    const result = await sender.send(draft, {
      origin: 'file',
      ...(to === 'recipients' && { consent: { kind: 'asked', by } as const }),
    });
    if (result.kind === 'push') {
      await lastSends.remember(ref, result.push.id);
    }
  }

  /** undefined: the user cancelled. */
  async #draftOf(
    file: PushFile,
    push: FilePush,
    uri: Uri,
    to: FileSend,
  ): Promise<Draft | Complaint | undefined> {
    const account = await this.#accountOf(push);
    if (!account || 'message' in account) {
      return account;
    }
    const fault = file.faults.find(
      ({ start }) => start < (file.pushes[0]?.start ?? 0) || isIn(push, start),
    );
    if (fault) {
      return { ...fault, message: l10n.t('This line of the file is not understood.') };
    }
    const names = usedIn(file, push);
    const known = await builtInValues(names, uri, this.#deps, true);
    if (!known) {
      return undefined;
    }
    const values = fileValues(file, known);
    const avatar = push.avatar && readText(push.avatar, 'literal', values);
    const read = readText(push.text, push.mode, values);
    const [unknown] = [...(avatar?.unknown ?? []), ...read.unknown];
    if (unknown) {
      return { ...unknown, message: unknownVariable(unknown.name) };
    }
    const audience = await this.#audienceOf(account, push, to, values);
    return 'message' in audience
      ? audience
      : newDraft({
          ...{ accountId: account.id, ...audience },
          ...{ text: read.text, mode: push.mode, avatar: avatar?.text ?? '' },
        });
  }

  async #accountOf({ portal }: FilePush): Promise<Account | Complaint | undefined> {
    const { accounts } = this.#deps;
    if ((await accounts.list()).length === 0 && !(await accounts.signIn())) {
      return undefined;
    }
    const account = await accountOfPush(portal?.text, accounts);
    return account || !portal
      ? account
      : {
          ...portal,
          message: l10n.t('No account on {0} is signed in.', plainText(portal.text, 100)),
        };
  }

  async #audienceOf(
    account: Account,
    push: FilePush,
    to: FileSend,
    values: (name: string) => string | undefined,
  ): Promise<Pick<Draft, 'recipients' | 'departments'> | Complaint> {
    if (to === 'me') {
      const me = { id: account.userId, name: account.userName };
      return { recipients: [me], departments: [] };
    }
    const entries = push.to.map((entry) => readText(entry, 'literal', values));
    const [unknown] = entries.flatMap((entry) => entry.unknown);
    if (unknown) {
      return { ...unknown, message: unknownVariable(unknown.name) };
    }
    const { signal } = new AbortController();
    const texts = entries.map(({ text }) => text);
    const { audience, doubtful } = await findNamedRecipients(account, texts, this.#deps, signal);
    const [doubt] = doubtful;
    if (doubt) {
      const place = push.to.find(({ text }) => text.includes(doubt.text)) ?? push.heading;
      return {
        ...place,
        message: l10n.t(
          'It is not certain whom “{0}” means on {1}. Nothing was sent.',
          plainText(doubt.text, 80),
          account.host,
        ),
      };
    }
    return { recipients: audience.people, departments: audience.departments };
  }

  async #complain(document: TextDocument, { message, start, end }: Complaint): Promise<void> {
    const { showDocument, messages } = this.#deps;
    const editor = await showDocument(document);
    const [from, until] = [document.positionAt(start), document.positionAt(end)];
    editor.selection = new Selection(from, until);
    editor.revealRange(editor.selection, TextEditorRevealType.InCenterIfOutsideViewport);
    messages.inform(message);
  }
}

/** The variables that a push needs, those of other variables' values too. */
export function usedIn(file: PushFile, push: FilePush): Set<string> {
  const written = [push.text, ...(push.avatar ? [push.avatar] : []), ...push.to];
  const names = new Set(written.flatMap(variableUses).map(({ name }) => name));
  for (const name of names) {
    const own = file.variables.find((one) => one.name.text === name);
    for (const use of own ? variableUses(own.value) : []) {
      names.add(use.name);
    }
  }
  return names;
}

export function fileNameOf({ path }: Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isIn(push: FilePush, offset: number): boolean {
  return offset >= push.start && offset <= push.end;
}

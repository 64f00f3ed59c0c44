import { CodeLens, EventEmitter, Range, l10n } from 'vscode';
import type { CancellationToken, CodeLensProvider, Event, TextDocument } from 'vscode';
import { shownHost } from '../accounts/account';
import type { Account } from '../accounts/account';
import { formatNumber } from '../common/counted';
import { dateTime } from '../common/dateTime';
import { fileCommands } from '../common/commands';
import { DisposableStore } from '../common/dispose';
import { plainLabel } from '../common/plainText';
import type { EntryMeaning } from '../people/namedRecipients';
import type { Departments } from '../people/departments/departments';
import { audienceOf } from '../people/recipient';
import { summaryOf } from '../push/push';
import type { Push, PushState } from '../push/push';
import { accountOfPush } from './accountOfPush';
import type { KnownPeople } from './fileKnowledge';
import { refsOf } from './filePushRef';
import type { FilePushRef } from './filePushRef';
import type { LastSends } from './lastSends';
import { parsePushFile } from './pushFile';
import type { FilePush, PushFile } from './pushFile';
import { fileValues, readText } from './readText';

export interface PushFileLensesDeps {
  known: Pick<KnownPeople, 'accounts' | 'meaningOf' | 'onDidChange'>;
  departments: Pick<Departments, 'count'>;
  lastSends: Pick<LastSends, 'has' | 'of' | 'onDidChange'>;
  isTrusted: () => boolean;
}

/** Lenses over each push. What needs a look at people or history is filled in for the ones in view only. */
class PushLens extends CodeLens {
  readonly kind: 'send' | 'last';
  readonly ref: FilePushRef;
  readonly file: PushFile;
  readonly push: FilePush;

  constructor(range: Range, of: Pick<PushLens, 'kind' | 'ref' | 'file' | 'push'>) {
    super(range);
    ({ kind: this.kind, ref: this.ref, file: this.file, push: this.push } = of);
  }
}

/** Says over each push where it would go, and where it went. Asks no portal. */
export class PushFileLenses implements CodeLensProvider {
  readonly #deps: PushFileLensesDeps;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<void>());
  readonly onDidChangeCodeLenses: Event<void> = this.#changed.event;

  constructor(deps: PushFileLensesDeps) {
    this.#deps = deps;
    this.#owned.add(deps.known.onDidChange(() => this.#changed.fire()));
    this.#owned.add(deps.lastSends.onDidChange(() => this.#changed.fire()));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    const file = parsePushFile(document.getText());
    const refs = refsOf(document.uri.toString(), file);
    return file.pushes.flatMap((push, index) => {
      const ref = refs[index];
      if (!ref) {
        return [];
      }
      const { line } = document.positionAt(push.heading.start);
      const range = new Range(line, 0, line, 0);
      const lens = (title: string, command: string) =>
        new CodeLens(range, { title, command, arguments: [ref] });
      return [
        new PushLens(range, { kind: 'send', ref, file, push }),
        ...(this.#deps.isTrusted()
          ? [
              lens(l10n.t('Send to Me'), fileCommands.sendToMe),
              lens(l10n.t('Send Later…'), fileCommands.sendLater),
            ]
          : []),
        lens(l10n.t('Preview'), fileCommands.preview),
        ...(this.#deps.lastSends.has(ref)
          ? [new PushLens(range, { kind: 'last', ref, file, push })]
          : []),
      ];
    });
  }

  async resolveCodeLens(lens: CodeLens, token: CancellationToken): Promise<CodeLens> {
    if (!(lens instanceof PushLens)) {
      return lens;
    }
    if (lens.kind === 'last') {
      const push = await this.#deps.lastSends.of(lens.ref);
      lens.command = push
        ? { title: outcomeOf(push), command: fileCommands.showSent, arguments: [lens.ref] }
        : { title: l10n.t('No longer in the history'), command: '' };
      return lens;
    }
    const title = await this.#sendTitle(lens, token);
    lens.command = { title, command: fileCommands.send, arguments: [lens.ref] };
    return lens;
  }

  async #sendTitle({ file, push }: PushLens, token: CancellationToken): Promise<string> {
    const { known, isTrusted } = this.#deps;
    if (!isTrusted()) {
      return l10n.t('$(workspace-untrusted) Not Trusted: Nothing Is Sent');
    }
    const account = await accountOfPush(push.portal?.text, known.accounts);
    if (!account) {
      return push.portal
        ? l10n.t('$(warning) Send… · {0}: not signed in', plainLabel(push.portal.text))
        : l10n.t('$(send) Sign In to Send');
    }
    const portal = portalName(account);
    const values = fileValues(file);
    const entries = push.to.map((entry) => readText(entry, 'literal', values).text);
    const meanings: EntryMeaning[] = [];
    for (const entry of entries) {
      if (token.isCancellationRequested) {
        break;
      }
      meanings.push(await known.meaningOf(account, entry));
    }
    if (meanings.some(({ doubtful }) => doubtful.length > 0)) {
      return l10n.t('$(warning) Check Recipients · {0}', portal);
    }
    if (entries.length === 0) {
      return l10n.t('$(warning) Nobody Chosen · {0}', portal);
    }
    const { people, departments } = audienceOf(meanings.map(({ audience }) => audience));
    const counts = departments.map((one) => this.#deps.departments.count(account.id, one));
    const open = meanings.filter(({ unchecked }) => unchecked).length;
    const count = counts.reduce<number>((sum, one) => sum + (one ?? 0), people.length + open);
    // Departments may have people in common with the rest, and their people are asked for when it is sent.
    return departments.length > 0
      ? l10n.t('$(send) Send to about {0} · {1}', formatNumber(count), portal)
      : l10n.t('$(send) Send to {0} · {1}', formatNumber(count), portal);
  }
}

/** `acme` for `acme.bitrix24.com`; a portal of one's own is named whole, and the sandbox as such. */
function portalName(account: Account): string {
  const short = /^([^.]+)\.bitrix24\.[a-z.]+$/u.exec(account.host)?.[1];
  return account.isSandbox === true ? 'SANDBOX' : (short ?? shownHost(account));
}

/** What became of a push the last time, e.g. "$(check) 14:05: accepted for 3". */
function outcomeOf(push: Push): string {
  const { state, counts, people } = summaryOf(push);
  const at = dateTime(push.at, isToday(push.at) ? { timeStyle: 'short' } : { dateStyle: 'medium' });
  const text: Record<PushState, () => string> = {
    pending: () => l10n.t('$(watch) {0}: waits', at),
    sending: () => l10n.t('$(sync~spin) {0}: is being sent', at),
    accepted: () => l10n.t('$(check) {1}: accepted for {0}', formatNumber(counts.accepted), at),
    partly: () =>
      l10n.t(
        '$(warning) {0}: accepted for {1} of {2}',
        at,
        formatNumber(counts.accepted),
        formatNumber(people),
      ),
    refused: () => l10n.t('$(error) {0}: refused', at),
    notSent: () => l10n.t('$(error) {0}: not sent', at),
    unknown: () => l10n.t('$(warning) {0}: may have been sent', at),
  };
  return text[state]();
}

function isToday(at: number): boolean {
  return new Date(at).toDateString() === new Date().toDateString();
}

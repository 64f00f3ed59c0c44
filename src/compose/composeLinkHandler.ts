import { l10n } from 'vscode';
import type { Uri, UriHandler } from 'vscode';
import type { Account, Accounts } from '../accounts/account';
import { counted, firstNames, formatNumber } from '../common/counted';
import type { Log } from '../common/log';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import type { PeopleSearch } from '../people/peopleSearch';
import type { Recipient } from '../people/recipient';
import { recipientName } from '../people/recipientName';
import { copyOf, isSameVersion, newDraft } from '../push/draft';
import type { Draft } from '../push/draft';
import type { DraftStore } from '../push/draftStore';
import { linkLimits, parseComposeLink } from './composeLink';
import type { ComposeLink, LinkFault } from './composeLink';

export interface ComposeLinkHandlerDeps {
  drafts: Pick<DraftStore, 'ready' | 'current' | 'open'>;
  accounts: Pick<Accounts, 'list' | 'current'>;
  people: Pick<PeopleSearch, 'resolveIds'>;
  messages: Messages;
  focusForm: () => Thenable<unknown>;
  log: Log;
}

/** Enough of the text and of the people to judge the link by. */
const excerptAtMost = 600;
const namesAtMost = 30;
/** The question about a link appears after this time at the latest, with ids where names are not known yet. */
const namesMs = 4_000;

/**
 * Handles `vscode://bitrix24-push.bitrix24-push/compose?…`, by which a link from anywhere may propose a push. The
 * user sees the proposal first; after their yes it fills the form, which sends nothing by itself. The draft that was
 * in the form is kept.
 */
export class ComposeLinkHandler implements UriHandler {
  readonly #deps: ComposeLinkHandlerDeps;
  #asking = false;
  /** The link that was followed last, with the draft that it filled in. */
  #last: { link: string; draft: Draft } | undefined;

  constructor(deps: ComposeLinkHandlerDeps) {
    this.#deps = deps;
  }

  /** Never rejects. */
  async handleUri({ path, query }: Pick<Uri, 'path' | 'query'>): Promise<void> {
    const { messages, log } = this.#deps;
    const parsed = parseComposeLink(path, query);
    if (!parsed.ok) {
      log.info(`A link was refused: ${parsed.fault}.`);
      messages.inform(faultSentence(parsed.fault));
      return;
    }
    if (this.#asking) {
      // A web page could open any number of links.
      log.info('A link was ignored while another one waits for its answer.');
      return;
    }
    this.#asking = true;
    try {
      await this.#propose(parsed.link);
    } catch (error) {
      log.error(`A link could not be followed: ${error instanceof Error ? error.name : 'error'}.`);
      messages.inform(l10n.t('The link could not be followed. Nothing was changed or sent.'));
    } finally {
      this.#asking = false;
    }
  }

  async #propose(link: ComposeLink): Promise<void> {
    const { accounts, drafts, messages, focusForm } = this.#deps;
    await drafts.ready;
    const account = link.to.length > 0 ? await this.#accountOf(link) : undefined;
    const people = account ? await this.#peopleOf(account, link.to) : undefined;
    if (link.text === '' && !account) {
      messages.inform(await this.#whyNoPeople(link));
      return;
    }
    if (link.text === '' && account && people?.recipients.length === 0) {
      messages.inform(linesOf(account, people).join(' '));
      return;
    }
    const fill = l10n.t('Fill In the Form');
    const lines = [
      l10n.t('Text: {0}', plainText(link.text, excerptAtMost) || l10n.t('none')),
      ...(account && people ? linesOf(account, people) : []),
      link.to.length > 0 && !account && (await this.#whyNoPeople(link)),
    ].filter((line) => typeof line === 'string');
    const answer = await messages.ask({
      message: l10n.t('A link wants to fill in a Bitrix24 push for you. Nothing will be sent.'),
      detail: lines.join('\n\n'),
      answers: [fill],
    });
    if (answer !== fill) {
      return;
    }
    const isStillSignedIn = account && (await accounts.list()).some(({ id }) => id === account.id);
    const before = drafts.current;
    const { accountId, avatar } = before;
    const filled: Draft =
      link.text === '' ? before : newDraft({ accountId, avatar, text: link.text, mode: 'literal' });
    if (isStillSignedIn && people) {
      const { recipients } = people;
      this.#fill(link, copyOf(filled, { accountId: account.id, recipients, departments: [] }));
    } else if (link.text !== '') {
      // The people in the form were not chosen for this text, so it goes to nobody yet.
      this.#fill(link, filled);
    }
    await focusForm();
  }

  /** Asks who the ids are: one must see whom a stranger's link names. Without an answer they stay ids. */
  async #peopleOf({ id }: Account, ids: readonly number[]): Promise<NamedPeople> {
    const { people, log } = this.#deps;
    try {
      const signal = AbortSignal.timeout(namesMs);
      const { hits, unknown, inactive } = await people.resolveIds(id, ids, signal);
      const named = new Map(hits.map((person) => [person.id, person]));
      const nobody = new Set([...unknown, ...inactive]);
      return {
        recipients: ids
          .filter((one) => !nobody.has(one))
          .map((one) => named.get(one) ?? { id: one }),
        nobody: [...nobody].map((one) => named.get(one) ?? { id: one }),
      };
    } catch (error) {
      log.info(
        `The people of a link could not be asked for: ${error instanceof Error ? error.name : 'error'}.`,
      );
      return { recipients: ids.map((one) => ({ id: one })), nobody: [] };
    }
  }

  /** The same link once more, with nothing edited in between, leaves no second copy beside the form. */
  #fill(link: ComposeLink, draft: Draft): void {
    const { drafts } = this.#deps;
    const name = JSON.stringify(link);
    if (this.#last?.link !== name || !isSameVersion(drafts.current, this.#last.draft)) {
      drafts.open(draft, this);
      this.#last = { link: name, draft };
    }
  }

  /** The account whose portal the link's ids belong to; undefined if there is none, or if only the link's author knows it. */
  async #accountOf({ portal }: ComposeLink): Promise<Account | undefined> {
    const { accounts, drafts } = this.#deps;
    const all = await accounts.list();
    const shown =
      all.find(({ id }) => id === drafts.current.accountId) ?? (await accounts.current());
    if (portal === undefined) {
      // With accounts on several portals, only the link's author knows which one is meant.
      return new Set(all.map(({ host }) => host)).size === 1 ? shown : undefined;
    }
    return shown?.host === portal ? shown : all.find(({ host }) => host === portal);
  }

  async #whyNoPeople({ portal }: ComposeLink): Promise<string> {
    const { accounts } = this.#deps;
    if (portal !== undefined) {
      return l10n.t(
        'The link names people on {0}, where you are not signed in. They are left out.',
        plainText(portal, 100),
      );
    }
    return (await accounts.list()).length === 0
      ? l10n.t('The link names people. They are left out, because you are not signed in.')
      : l10n.t(
          'The link names people but not their portal, and you use several portals. They are left out.',
        );
  }
}

interface NamedPeople {
  recipients: Recipient[];
  /** People who left, and ids that are nobody's. */
  nobody: Recipient[];
}

function linesOf({ host }: Account, { recipients, nobody }: NamedPeople): string[] {
  const names = (people: readonly Recipient[]) =>
    firstNames(
      people.map((one) => plainText(recipientName(one), 100)),
      namesAtMost,
    );
  const lines = [];
  if (recipients.length > 0) {
    lines.push(
      counted(
        l10n.t('{0} person on {1}: {2}|{0} people on {1}: {2}'),
        recipients.length,
        host,
        names(recipients),
      ),
    );
  }
  if (nobody.length > 0) {
    lines.push(
      l10n.t('Left out, because they are not on {0} or have left: {1}', host, names(nobody)),
    );
  }
  return lines;
}

function faultSentence(fault: LinkFault): string {
  return {
    otherPath: l10n.t('Bitrix24 Push cannot do what this link asks for.'),
    tooLong: l10n.t(
      'The text in this link is longer than {0} characters. Nothing was changed.',
      formatNumber(linkLimits.text),
    ),
    twice: l10n.t('This link names the people or the portal twice. Nothing was changed.'),
    to: l10n.t(
      'The people in this link must be ids such as "to=3,5", and at most {0}. Nothing was changed.',
      formatNumber(linkLimits.people),
    ),
    portal: l10n.t(
      'The portal in this link must be an address such as "portal=acme.bitrix24.com". Nothing was changed.',
    ),
    empty: l10n.t(
      'This link has no text such as "text=Hello" and no people such as "to=3,5". Nothing was changed.',
    ),
  }[fault];
}

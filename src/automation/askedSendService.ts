import type { Account, Accounts } from '../accounts/account';
import type { Log } from '../common/log';
import { plainText } from '../common/plainText';
import { doubtfulSentence, findNamedRecipients } from '../people/namedRecipients';
import type { NamedRecipientsDeps } from '../people/namedRecipients';
import { checkDraft } from '../push/checkDraft';
import { newDraft } from '../push/draft';
import type { Draft } from '../push/draft';
import type { SendWithProgress } from '../push/sendWithProgress';
import { asBitrix24Error } from '../push/unexpectedError';
import { answerOf, issuesAnswer, nobody } from './askedAnswer';
import type { AskedAnswer, AskedPush, AskedSend } from './askedSend';

export interface AskedSendDeps extends NamedRecipientsDeps {
  accounts: Pick<Accounts, 'current' | 'list'>;
  /** Asks, sends, and tells the user what went wrong. */
  sender: Pick<SendWithProgress, 'send'>;
  /** Tells the user that the question which they have just answered was taken back before. */
  tellWithdrawn: (by: string) => void;
  log: Log;
}

/** More requests than these do not wait for the user's answers. */
const waitingAtMost = 20;
const entriesAtMost = 100;
const callerAtMost = 60;

const withdrawn = nobody('cancelled', 'The request was taken back. Nothing was sent.');

/** Asks one question at a time. The user's own drafts stay as they are. */
export function createAskedSend(deps: AskedSendDeps): AskedSend {
  const waiting = new Set<symbol>();
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = async (work: () => Promise<AskedAnswer>): Promise<AskedAnswer> => {
    const answer = turn.then(work);
    turn = answer.catch(() => undefined);
    return await answer;
  };
  return async (asked, signal = new AbortController().signal) => {
    if (waiting.size >= waitingAtMost) {
      return nobody('notSent', 'Too many pushes wait for the user’s answer. Nothing was sent.');
    }
    const place = Symbol();
    const leave = () => void waiting.delete(place);
    waiting.add(place);
    signal.addEventListener('abort', leave, { once: true });
    try {
      const draft = await draftOf(asked, deps, signal);
      const answer =
        'outcome' in draft ? draft : await inTurn(() => ask(asked, draft, deps, signal));
      deps.log.info(`Push asked for (${asked.origin}): ${answer.outcome}`);
      return answer;
    } catch (error) {
      return failure(error, deps.log, signal);
    } finally {
      leave();
      signal.removeEventListener('abort', leave);
    }
  };
}

async function ask(
  { origin, by }: AskedPush,
  draft: Draft,
  { sender, tellWithdrawn }: AskedSendDeps,
  signal: AbortSignal,
): Promise<AskedAnswer> {
  if (signal.aborted) {
    return withdrawn;
  }
  const name = plainText(by, callerAtMost);
  const consent = { kind: 'asked', by: name } as const;
  const result = await sender.send(draft, { origin, consent, signal });
  // A question cannot be closed, so its user may have said yes to nothing.
  if (result.kind === 'cancelled' && isAborted(signal)) {
    tellWithdrawn(name);
    return withdrawn;
  }
  return answerOf(result);
}

/** The signal may have been aborted while something was awaited. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** The draft that the user is asked about, or why there is none. */
async function draftOf(
  { to, text, avatar = '', from }: AskedPush,
  deps: AskedSendDeps,
  signal: AbortSignal,
): Promise<Draft | AskedAnswer> {
  const account = await accountOf(from, deps);
  if (!account) {
    return nobody(
      'invalid',
      from === undefined
        ? 'No account of a Bitrix24 portal is signed in. The user can run the command “Sign In” of Bitrix24. Nothing was sent.'
        : `No account on “${plainText(from, 80)}” is signed in. Nothing was sent.`,
    );
  }
  const written = newDraft({ accountId: account.id, text, avatar, mode: 'literal' });
  const faults = checkDraft({ ...written, recipients: [{ id: account.userId }] }, account);
  if (faults.length > 0) {
    return issuesAnswer(faults);
  }
  if (to.length === 0 || to.length > entriesAtMost) {
    return nobody('invalid', `Name 1 to ${entriesAtMost} recipients. Nothing was sent.`);
  }
  const { audience, doubtful } = await findNamedRecipients(account, to, deps, signal);
  if (doubtful.length > 0) {
    return nobody('invalid', `Nothing was sent. ${doubtfulSentence(doubtful)}`);
  }
  const { people: recipients, departments } = audience;
  return { ...written, recipients, departments };
}

/** `from` is the host of a portal, perhaps as an address, or the id of an account. */
async function accountOf(
  from: string | undefined,
  { accounts }: AskedSendDeps,
): Promise<Account | undefined> {
  const current = await accounts.current();
  if (from === undefined) {
    return current;
  }
  const host = from
    .trim()
    .replace(/^https?:\/\//iu, '')
    .replace(/\/+$/u, '')
    .toLowerCase();
  const isMeant = (account: Account) => account.id === from || account.host === host;
  return current && isMeant(current) ? current : (await accounts.list()).find(isMeant);
}

function failure(error: unknown, log: Log, signal: AbortSignal): AskedAnswer {
  if (signal.aborted) {
    return withdrawn;
  }
  const { code, kind } = asBitrix24Error(error, 'notSent');
  const known = plainText(code, 60);
  log.warn(`Push asked for: not sent, ${kind}, ${known}`);
  return nobody('notSent', `The push could not be prepared (${known}). Nothing was sent.`);
}

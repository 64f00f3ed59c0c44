import { Bitrix24Error } from '../bitrix24/errors';
import { budgetOf } from '../push/checkDraft';
import { edited, newDraft } from '../push/draft';
import type { Push } from '../push/push';
import type { PushService, SendResult } from '../push/pushService';
import { asBitrix24Error } from '../push/unexpectedError';
import type { CleanLine } from './cleanLine';
import type { WaitingNotice } from './dueRules';
import { toldThing } from './notice';
import type { NoticeStore } from './noticeStore';
import { details, pushText, wholeLine } from './noticeText';
import type { Detail, NoticeLine, NoticePhrases } from './noticeText';
import type { GivenYes } from './standingYes';

export interface NoticePushDeps {
  store: Pick<NoticeStore, 'join'>;
  service: Pick<PushService, 'send'>;
  cleanLine: CleanLine;
  phrases: NoticePhrases;
}

/** Notices that were to go into one push, and what came of it. */
export interface SentNotices {
  notices: WaitingNotice[];
  /** undefined if there was nothing to send any more. */
  result: SendResult | undefined;
}

/** Makes one push to oneself out of notices, and sends it. */
export class NoticePush {
  readonly #deps: NoticePushDeps;

  constructor(deps: NoticePushDeps) {
    this.#deps = deps;
  }

  /**
   * `take`: called when the texts are ready, for the notices that are still to be sent; they are in the hands of this
   * push from then on. Never rejects.
   */
  async send(
    yes: GivenYes,
    candidates: readonly WaitingNotice[],
    take: () => WaitingNotice[],
  ): Promise<SentNotices> {
    let taken: WaitingNotice[] = [];
    try {
      const lines = await this.#lines(candidates, 'all');
      taken = take();
      return await this.#send(yes, taken, lines);
    } catch (error) {
      return {
        notices: taken,
        result: { kind: 'failed', error: asBitrix24Error(error, 'notSent') },
      };
    }
  }

  async #send(
    { account }: GivenYes,
    taken: readonly WaitingNotice[],
    found: ReadonlyMap<string, NoticeLine>,
  ): Promise<SentNotices> {
    const { store, service } = this.#deps;
    const draft = newDraft({
      accountId: account.id,
      recipients: [{ id: account.userId, name: account.userName }],
      mode: 'literal',
    });
    // Before the push is recorded, so that the next window can tell whether it was.
    const ours = new Set(await store.join(idsOf(taken), draft.id));
    const notices = taken.filter(({ notice }) => ours.has(notice.id));
    if (notices.length === 0) {
      return { notices, result: undefined };
    }
    const fits = (text: string) =>
      budgetOf({ text, mode: 'literal', avatar: '' }, account).level === 'ok';
    let lines = found;
    let result: SendResult | undefined;
    for (const detail of details) {
      if (detail !== 'all') {
        lines = await this.#lines(notices, detail);
      }
      const text = this.#text(notices, lines, fits);
      const things = notices.map(({ notice, toldWhy }) =>
        toldThing(
          notice,
          wholeLine(lines.get(notice.id) ?? noLine),
          toldWhy ?? (notices.length > 1 ? 'gathering' : undefined),
        ),
      );
      result = await service.send(edited(draft, { text }), {
        origin: notices[0]?.notice.origin ?? 'task',
        consent: { kind: 'standing', things },
      });
      // What is no secret in any line may look like one where lines stand together.
      if (result.kind !== 'failed' || !result.error.is('SECRET_IN_TEXT')) {
        break;
      }
    }
    return { notices, result };
  }

  #text(
    notices: readonly WaitingNotice[],
    lines: ReadonlyMap<string, NoticeLine>,
    fits: (text: string) => boolean,
  ): string {
    const told = notices.map(({ notice }) => lines.get(notice.id) ?? noLine);
    const isLate = notices.some(({ isForLater, isNow }) => isForLater && !isNow);
    return pushText(told, isLate, this.#deps.phrases, fits);
  }

  async #lines(
    notices: readonly WaitingNotice[],
    atMost: Detail,
  ): Promise<Map<string, NoticeLine>> {
    const lines = new Map<string, NoticeLine>();
    for (const { notice } of notices) {
      lines.set(notice.id, await this.#deps.cleanLine(notice, atMost));
    }
    return lines;
  }
}

const noLine: NoticeLine = { text: '', words: '' };

export function idsOf(waiting: readonly WaitingNotice[]): string[] {
  return waiting.map(({ notice }) => notice.id);
}

/** The account that the push was to go from is not signed in any more. */
export function isAccountGone(result: SendResult): boolean {
  const error = errorOf(result);
  return error?.is('NO_SUCH_ACCOUNT') === true;
}

export function errorOf(result: SendResult): Bitrix24Error | undefined {
  if (result.kind === 'invalid') {
    const code = result.issues[0]?.code ?? 'INTERNAL_ERROR';
    return new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code });
  }
  return result.kind === 'failed' ? result.error : pushOf(result)?.error;
}

function pushOf(result: SendResult): Push | undefined {
  return result.kind === 'push' ? result.push : undefined;
}

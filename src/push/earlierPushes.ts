import { Bitrix24Error } from '../bitrix24/errors';
import type { Recipient } from '../people/recipient';
import type { ConfirmDuplicate, PushToConfirm } from './confirmSend';
import type { Draft } from './draft';
import type { DraftStore } from './draftStore';
import type { Push } from './push';
import type { PushStore, SameMessage } from './pushStore';

export interface EarlierPushesDeps {
  store: Pick<PushStore, 'sameMessages' | 'get'>;
  drafts: Pick<DraftStore, 'replace'>;
  confirmDuplicate: ConfirmDuplicate;
}

/** What a push that is asked for does to earlier ones. */
export interface Repetition {
  /** The user knows that the same message may have been accepted, and wants it sent. */
  isSendAnyway: boolean;
  /** Ids of the pushes whose place this one takes; those that are found are added. */
  replaces: string[];
  /** True when its user is not there: where they would have to be asked, `SAME_TEXT_SENT` is thrown instead. */
  isUnattended?: boolean | undefined;
}

/** Finds pushes of the same message to the same people, from any window, and asks what that means for this one. */
export class EarlierPushes {
  readonly #deps: EarlierPushesDeps;
  /** Drafts that would have repeated an undecided push, by its id. What is decided about it holds for them. */
  readonly #repeats = new Map<string, Draft>();

  constructor(deps: EarlierPushesDeps) {
    this.#deps = deps;
  }

  /** An undecided push of the same message, unless the user wants it sent all the same. */
  async stillUnknown(
    draft: Draft,
    people: readonly Recipient[] | undefined,
    { isSendAnyway, replaces }: Repetition,
  ): Promise<Push | undefined> {
    const { store } = this.#deps;
    const same = await store.sameMessages(draft, people, new Set(replaces));
    const unknown = same.findLast(({ state }) => state === 'unknown');
    if (!unknown) {
      return undefined;
    }
    if (isSendAnyway) {
      replaces.push(...same.filter(({ state }) => state === 'unknown').map(({ id }) => id));
      return undefined;
    }
    const push = await store.get(unknown.id);
    if (push) {
      this.#repeats.set(push.id, draft);
    }
    return push;
  }

  /**
   * Asks about an equal push that is on its way or went out a moment ago, from any window. Pushes that wait for the
   * network with the same message, or from the same draft, are replaced. `known`: pushes that are no reason to ask;
   * those that were asked about are added.
   */
  async isWantedOnceMore(
    { account, draft, audience, askedBy }: PushToConfirm,
    known: Set<string>,
    { isSendAnyway, replaces, isUnattended }: Repetition,
  ): Promise<boolean> {
    const { store, confirmDuplicate } = this.#deps;
    const same = await store.sameMessages(draft, audience.people, known);
    const earlier: SameMessage[] = [];
    for (const one of same) {
      known.add(one.id);
      if (one.state === 'unsent') {
        replaces.push(one.id);
      } else {
        earlier.push(one);
      }
    }
    if (isSendAnyway || earlier.length === 0) {
      return true;
    }
    if (isUnattended) {
      const code = 'SAME_TEXT_SENT';
      throw new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code, host: account.host });
    }
    return await confirmDuplicate({ account, draft, askedBy }, earlier);
  }

  /** This push was decided: the draft that would have repeated it is not needed any more. */
  forget(id: string): void {
    const draft = this.#repeats.get(id);
    this.#repeats.delete(id);
    if (draft) {
      this.#deps.drafts.replace(draft, undefined);
    }
  }
}

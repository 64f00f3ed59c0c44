import { createHash } from 'node:crypto';
import type { Log } from '../common/log';
import { draftText } from './draft';
import type { Draft } from './draft';
import type { FindSecrets, FoundSecret } from './maskSecrets';

/** The user's yes or no. `found` is undefined where the text could not be searched. */
export type ConfirmSecrets = (input: {
  draft: Draft;
  text: string;
  found: readonly FoundSecret[] | undefined;
  /** The program, agent or extension that wants the text sent. */
  askedBy?: string | undefined;
}) => Promise<boolean>;

export interface SecretCheckDeps {
  confirm: ConfirmSecrets;
  /** The bundle with the rules, loaded when the first push is about to leave. */
  load: () => Promise<{ findSecrets: FindSecrets }>;
  log: Log;
}

/**
 * Asks before a text leaves that looks like it carries a secret. A yes holds for this text while the window lives, unless
 * somebody else asked for the push.
 */
export class SecretCheck {
  readonly #deps: SecretCheckDeps;
  /** Hashes of texts that the user said yes to. */
  readonly #agreed = new Set<string>();

  constructor(deps: SecretCheckDeps) {
    this.#deps = deps;
  }

  /** The user's decision; true where there is nothing to decide. */
  async allows(draft: Draft, askedBy?: string): Promise<boolean> {
    const text = textOf(draft);
    const hash = createHash('sha256').update(text).digest('hex');
    if (askedBy === undefined && this.#agreed.has(hash)) {
      return true;
    }
    const found = await this.#search(text);
    if (found?.length === 0) {
      return true;
    }
    if (!(await this.#deps.confirm({ draft, text, found, askedBy }))) {
      return false;
    }
    if (askedBy === undefined) {
      this.#agreed.add(hash);
    }
    return true;
  }

  /** True if nothing in it looks like a secret; nothing is asked. False where it could not be searched. */
  async isClean(draft: Draft): Promise<boolean> {
    return (await this.#search(textOf(draft)))?.length === 0;
  }

  async #search(text: string): Promise<readonly FoundSecret[] | undefined> {
    const { load, log } = this.#deps;
    try {
      const { findSecrets } = await load();
      const found = await findSecrets(text);
      if (found.length > 0) {
        log.info(`Push: what looks like a secret is in the text ${found.length} times`);
      }
      return found;
    } catch (error) {
      log.error(`A text could not be searched for secrets: ${String(error)}`);
      return undefined;
    }
  }
}

/** All of a draft that could carry a secret. */
function textOf(draft: Draft): string {
  return [draftText(draft), draft.avatar].join('\n').trim();
}

import { createHash } from 'node:crypto';
import { l10n } from 'vscode';
import type { Log } from '../common/log';
import type { Messages } from '../common/messages';
import { draftText } from './draft';
import type { Draft } from './draft';
import { maskSecrets } from './maskSecrets';
import type { FindSecrets, FoundSecret } from './maskSecrets';

export interface SecretCheckDeps {
  messages: Pick<Messages, 'ask'>;
  /** The bundle with the rules, loaded when the first push is about to leave. */
  load: () => Promise<{ findSecrets: FindSecrets }>;
  log: Log;
}

/** Asks before a text leaves that looks like it carries a secret. A yes holds for this text while the window lives. */
export class SecretCheck {
  readonly #deps: SecretCheckDeps;
  /** Hashes of texts that the user said yes to. */
  readonly #agreed = new Set<string>();

  constructor(deps: SecretCheckDeps) {
    this.#deps = deps;
  }

  /** Resolves to the user's decision; true where there is nothing to decide. */
  async allows(draft: Draft): Promise<boolean> {
    const text = `${draftText(draft)}\n${draft.avatar}`;
    const hash = createHash('sha256').update(text).digest('hex');
    if (this.#agreed.has(hash)) {
      return true;
    }
    const question = await this.#question(text);
    if (!question) {
      return true;
    }
    const yes = l10n.t('Send All the Same');
    if ((await this.#deps.messages.ask({ ...question, answers: [yes] })) !== yes) {
      return false;
    }
    this.#agreed.add(hash);
    return true;
  }

  async #question(text: string): Promise<{ message: string; detail?: string } | undefined> {
    const { load, log } = this.#deps;
    let found: readonly FoundSecret[];
    try {
      const { findSecrets } = await load();
      found = await findSecrets(text);
    } catch (error) {
      log.error(`The text could not be searched for secrets: ${String(error)}`);
      return { message: l10n.t('The text could not be searched for secrets. Send it?') };
    }
    const [first] = found;
    if (!first) {
      return undefined;
    }
    log.info(`Push: ${found.length} possible secrets in the text`);
    return {
      message: sentenceOf(first),
      detail: [
        found.map((secret) => maskSecrets(text.slice(secret.start, secret.end))).join('\n'),
        l10n.t(
          'A push is shown on locked phones and kept by the portal and by Apple, Google or Huawei on its way.',
        ),
      ].join('\n\n'),
    };
  }
}

function sentenceOf({ kind }: FoundSecret): string {
  switch (kind) {
    case 'key':
      return l10n.t('The text looks like it carries a private key. Send it?');
    case 'password':
      return l10n.t('The text looks like it carries a password. Send it?');
    case 'connection':
      return l10n.t('The text looks like it carries a connection string with a password. Send it?');
    default:
      return l10n.t('The text looks like it carries a token or a key. Send it?');
  }
}

import { randomBytes } from 'node:crypto';
import { l10n, ViewColumn, window } from 'vscode';
import type { WebviewPanel } from 'vscode';
import * as v from 'valibot';
import type { Account } from '../accounts/account';
import type { SetupResult } from '../accounts/setupCheck';
import type { DeliveryFact } from '../bitrix24/presence';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import type { Recipient } from '../people/recipient';
import { checksOf } from './deliveryChecks';
import type { DeliveryFacts } from './deliveryFacts';
import { pageActions, renderDeliveryPage } from './deliveryPage';
import type { PageAction } from './deliveryPage';
import { deliveryPageContent } from './deliveryPageWords';
import type { DeliveryReport } from './deliveryPageWords';

export { pickPerson } from './personPicker';

export interface WhyNotDeliveredDeps {
  facts: Pick<DeliveryFacts, 'look' | 'missingScopes'>;
  /** Whether the portal takes pushes, without sending one. Rejects only when cancelled. */
  checkSetup: (account: Account, signal: AbortSignal) => Promise<SetupResult>;
  /** One sentence for what is wrong. */
  describe: (trouble: SetupResult | Error, account: Account) => string;
  /** Asks for a person; undefined when cancelled. */
  pickPerson: (account: Account) => Promise<Recipient | undefined>;
  run: Record<Extract<PageAction, 'permissions' | 'setup'>, (account: Account) => Promise<unknown>>;
  clock: Pick<Clock, 'now'>;
  log: Log;
  /** VS Code's own when absent. */
  createPanel?: typeof window.createWebviewPanel;
}

const pageMessage = v.object({ type: v.literal('run'), action: v.picklist(pageActions) });

/** The command "Why Didn't It Arrive?": one page that checks one person against every rule. */
export class WhyNotDelivered implements Disposable {
  readonly #deps: WhyNotDeliveredDeps;
  #panel: WebviewPanel | undefined;
  #asking: AbortController | undefined;
  #about: { account: Account; person: Recipient } | undefined;

  constructor(deps: WhyNotDeliveredDeps) {
    this.#deps = deps;
  }

  /** Resolves when the page says what was found, or the question who was cancelled. */
  async open(account: Account): Promise<void> {
    const person = await this.#deps.pickPerson(account);
    if (person) {
      await this.show(account, person);
    }
  }

  /** `pressed`: the button that asked for it, which keeps the keyboard. */
  async show(account: Account, person: Recipient, pressed?: PageAction): Promise<void> {
    const { facts, checkSetup, describe, clock, log } = this.#deps;
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const { signal } = asking;
    this.#about = { account, person };
    const before: DeliveryReport = {
      account,
      person,
      at: undefined,
      checks: checksOf(undefined, 0),
      sending: { result: 'unchecked' },
      missing: [],
    };
    this.#draw(before);
    this.#panel?.reveal();

    let trouble: string | undefined;
    let fact: DeliveryFact | undefined;
    let setup: SetupResult | undefined;
    const look = async (): Promise<void> => {
      try {
        fact = (await facts.look(account.id, [person.id], signal)).get(person.id);
      } catch (error) {
        log.info(`Whether pushes can arrive could not be asked: ${String(error)}`);
        trouble = describe(error instanceof Error ? error : new Error(String(error)), account);
      }
    };
    try {
      [setup] = await Promise.all([checkSetup(account, signal), look()]);
    } catch (error) {
      if (!signal.aborted) {
        throw error;
      }
    }
    if (signal.aborted) {
      return;
    }
    const at = clock.now();
    const report: DeliveryReport = {
      ...before,
      person: { ...person, name: fact?.name ?? person.name },
      at,
      checks: checksOf(fact, at),
      sending: sendingOf(setup, (result) => describe(result, account)),
      trouble,
      missing: facts.missingScopes(account.id),
    };
    this.#draw(report, pressed);
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #draw(report: DeliveryReport, focus?: PageAction): void {
    const panel = (this.#panel ??= this.#create());
    const content = deliveryPageContent(report, focus);
    panel.title = content.title;
    panel.webview.html = renderDeliveryPage(content, randomBytes(16).toString('base64'));
  }

  #create(): WebviewPanel {
    const create = this.#deps.createPanel ?? window.createWebviewPanel;
    const panel = create(
      'bitrix24Push.whyNotDelivered',
      l10n.t('Why Didn’t It Arrive?'),
      ViewColumn.Active,
      { enableScripts: true, localResourceRoots: [] },
    );
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const parsed = v.safeParse(pageMessage, message);
      if (parsed.success) {
        this.#pressed(parsed.output.action).catch((error: unknown) =>
          this.#deps.log.warn(`The page about delivery: ${String(error)}`),
        );
      }
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#asking?.abort();
    });
    return panel;
  }

  async #pressed(action: PageAction): Promise<void> {
    if (!this.#about) {
      return;
    }
    const { account, person } = this.#about;
    switch (action) {
      case 'again':
        await this.show(account, person, action);
        break;
      case 'another':
        await this.open(account);
        break;
      case 'permissions':
      case 'setup':
        await this.#deps.run[action](account);
    }
  }
}

function sendingOf(
  setup: SetupResult | undefined,
  describe: (setup: SetupResult) => string,
): DeliveryReport['sending'] {
  if (!setup || setup.kind === 'ready') {
    return { result: setup ? 'fine' : 'unchecked' };
  }
  const answered =
    setup.kind !== 'refused' || (setup.error.kind === 'server' && setup.error.phase === 'answered');
  return { result: answered ? 'certain' : 'unchecked', problem: describe(setup) };
}

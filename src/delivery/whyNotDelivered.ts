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
import type { DeliveryHints } from './deliveryHints';
import { pageActions, renderDeliveryPage } from './deliveryPage';
import type { PageAction } from './deliveryPage';
import { deliveryPageContent } from './deliveryPageContent';
import type { DeliveryReport } from './deliveryPageContent';
import { checksOf } from './deliveryRules';

export interface WhyNotDeliveredDeps {
  hints: Pick<DeliveryHints, 'ask' | 'missingScopes'>;
  /** Checks whether the portal accepts pushes, without sending one. Rejects only when cancelled. */
  checkSetup: (account: Account, signal: AbortSignal) => Promise<SetupResult>;
  /** Describes a trouble in one sentence. */
  describe: (trouble: SetupResult | Error, account: Account) => string;
  /** Asks the user for a person; undefined when cancelled. */
  pickPerson: (account: Account) => Promise<Recipient | undefined>;
  run: Record<Extract<PageAction, 'permissions' | 'setup'>, (account: Account) => Promise<unknown>>;
  clock: Pick<Clock, 'now'>;
  log: Log;
  /** For tests; window.createWebviewPanel if absent. */
  createPanel?: typeof window.createWebviewPanel;
}

const pageMessage = v.object({ type: v.literal('run'), action: v.picklist(pageActions) });

/** The command "Why Didn't It Arrive?": a page that checks one person against every rule of delivery. */
export class WhyNotDelivered implements Disposable {
  readonly #deps: WhyNotDeliveredDeps;
  #panel: WebviewPanel | undefined;
  #asking: AbortController | undefined;
  #shown: { account: Account; person: Recipient } | undefined;

  constructor(deps: WhyNotDeliveredDeps) {
    this.#deps = deps;
  }

  /** Asks for a person and shows the page. Resolves when the page has its findings, or the user cancelled. */
  async open(account: Account): Promise<void> {
    const person = await this.#deps.pickPerson(account);
    if (person) {
      await this.show(account, person);
    }
  }

  /** `pressed` is the button of the page that asked for it; the button keeps the keyboard focus. */
  async show(account: Account, person: Recipient, pressed?: PageAction): Promise<void> {
    const { hints, checkSetup, describe, clock, log } = this.#deps;
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const { signal } = asking;
    this.#shown = { account, person };
    const empty: DeliveryReport = {
      account,
      person,
      at: undefined,
      checks: checksOf(undefined, 0),
      sending: { result: 'unchecked' },
      missing: [],
    };
    this.#draw(empty);
    this.#panel?.reveal();

    let trouble: string | undefined;
    let fact: DeliveryFact | undefined;
    let setup: SetupResult | undefined;
    const askAboutPerson = async (): Promise<void> => {
      try {
        fact = (await hints.ask(account.id, [person.id], signal)).get(person.id);
      } catch (error) {
        log.info(`Whether pushes can arrive could not be asked: ${String(error)}`);
        trouble = describe(error instanceof Error ? error : new Error(String(error)), account);
      }
    };
    try {
      [setup] = await Promise.all([checkSetup(account, signal), askAboutPerson()]);
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
      ...empty,
      person: { ...person, name: fact?.name ?? person.name },
      at,
      checks: checksOf(fact, at),
      sending: sendingOf(setup, (result) => describe(result, account)),
      trouble,
      missing: hints.missingScopes(account.id),
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
        this.#run(parsed.output.action).catch((error: unknown) =>
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

  async #run(action: PageAction): Promise<void> {
    if (!this.#shown) {
      return;
    }
    const { account, person } = this.#shown;
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
  // A portal that gave no answer did not refuse.
  const answered =
    setup.kind !== 'refused' || (setup.error.kind === 'server' && setup.error.phase === 'answered');
  return { result: answered ? 'certain' : 'unchecked', problem: describe(setup) };
}

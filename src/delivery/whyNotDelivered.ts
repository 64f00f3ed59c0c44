import { randomBytes } from 'node:crypto';
import { l10n, ViewColumn, window } from 'vscode';
import type { WebviewPanel } from 'vscode';
import * as v from 'valibot';
import type { Account } from '../accounts/account';
import type { SetupResult } from '../accounts/setupCheck';
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
    this.#draw({
      ...{ account, person, at: undefined, checks: checksOf(undefined, 0), missing: [] },
      sending: { result: 'unchecked' },
    });
    this.#panel?.reveal();

    let trouble: string | undefined;
    const asked = hints.ask(account.id, [person.id], signal).catch((error: unknown) => {
      log.info(`Whether pushes can arrive could not be asked: ${String(error)}`);
      trouble = describe(error instanceof Error ? error : new Error(String(error)), account);
    });
    const setup = await checkSetup(account, signal).catch((error: unknown) => {
      if (!signal.aborted) {
        throw error;
      }
    });
    const fact = (await asked)?.get(person.id);
    if (!setup || signal.aborted) {
      return;
    }
    const at = clock.now();
    const report = {
      ...{ account, at, trouble, checks: checksOf(fact, at) },
      person: { ...person, name: fact?.name ?? person.name },
      sending: sendingOf(setup, (result) => describe(result, account)),
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
    const title = l10n.t('Why Didn’t It Arrive?');
    const options = { enableScripts: true, localResourceRoots: [] };
    const panel = create('bitrix24Push.whyNotDelivered', title, ViewColumn.Active, options);
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
    if (action === 'again') {
      await this.show(account, person, action);
    } else if (action === 'another') {
      await this.open(account);
    } else {
      await this.#deps.run[action](account);
    }
  }
}

function sendingOf(
  setup: SetupResult,
  describe: (setup: SetupResult) => string,
): DeliveryReport['sending'] {
  if (setup.kind === 'ready') {
    return { result: 'fine' };
  }
  // A portal that gave no answer did not refuse.
  const answered =
    setup.kind !== 'refused' || (setup.error.kind === 'server' && setup.error.phase === 'answered');
  return { result: answered ? 'certain' : 'unchecked', problem: describe(setup) };
}

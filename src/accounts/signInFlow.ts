import { randomBytes } from 'node:crypto';
import { Bitrix24Error } from '../bitrix24/errors';
import { authorizeUrl } from '../bitrix24/oauth';
import type { AppCredentials } from '../bitrix24/oauth';
import type { Callback, Refusal } from '../bitrix24/callback';
import { parsePortalAddress } from '../bitrix24/portalAddress';
import { Emitter } from '../common/emitter';
import { browserAnswer } from './browserAnswer';
import { completeSignIn, isFromPortal } from './completeSignIn';
import type { CompleteSignInDeps } from './completeSignIn';
import { handlerAddress } from './loopbackListener';
import type {
  AppQuestion,
  BrowserTrouble,
  Complaint,
  KnownApp,
  SignInDialogs,
  SignInPlace,
} from './signInDialogs';
import type { SignedInAccount } from './storedAccount';

export interface SignInFlowDeps extends CompleteSignInDeps {
  dialogs: SignInDialogs;
  openExternal: (url: string) => Thenable<boolean>;
  signInPort: () => number;
  /** Resolves to the applications of this portal (an origin) whose keys are known. */
  knownApps(portal: string): Promise<(AppCredentials & KnownApp)[]>;
  /** Resolves to the hosts of portals that the user is signed in to. */
  knownHosts(): Promise<readonly string[]>;
  /** Called as soon as both keys are typed, so that a network failure does not cost typing them again. */
  keepTyped(portal: string, app: AppCredentials): void;
  /** Client ids that Bitrix24 does not know (wrong_client). They are not offered again. */
  unknownApps: Set<string>;
}

export interface SignInStart {
  /** `browser` and `credentials` need the account. */
  at: 'portal' | 'credentials' | 'browser';
  /** Filled in at the first step. */
  portal?: string | undefined;
  account?: SignedInAccount | undefined;
}

type Stage = 'portal' | 'zone' | 'whichApp' | 'clientId' | 'clientSecret' | 'browser';

/**
 * Signs in step by step, with a way back at each. Resolves to undefined when cancelled; throws Bitrix24Error for
 * what no step can mend. Stores nothing.
 */
export async function runSignIn(
  deps: SignInFlowDeps,
  start: SignInStart,
): Promise<SignedInAccount | undefined> {
  try {
    return await new SignInFlow(deps, start).run();
  } finally {
    deps.dialogs.close();
  }
}

class SignInFlow {
  readonly #deps: SignInFlowDeps;
  readonly #start: SignInStart;
  readonly #first: Stage;
  #stage: Stage;
  #portalText: string;
  #portal = '';
  #integrationId: number | undefined;
  #clientId = '';
  #clientSecret = '';
  /** The keys are an account's own, so two steps fall away. */
  #reused = false;
  #complaint: Complaint | undefined;

  constructor(deps: SignInFlowDeps, start: SignInStart) {
    this.#deps = deps;
    this.#start = start;
    this.#portalText = start.portal ?? start.account?.portal ?? '';
    if (start.account) {
      this.#portal = start.account.portal;
      this.#integrationId = start.account.integrationId;
      this.#clientId = start.account.app.clientId;
    }
    if (start.at === 'browser' && start.account) {
      this.#clientSecret = start.account.app.clientSecret;
      this.#reused = true;
    }
    const stages = { portal: 'portal', credentials: 'clientId', browser: 'browser' } as const;
    this.#first = this.#stage = start.account ? stages[start.at] : 'portal';
  }

  async run(): Promise<SignedInAccount | undefined> {
    for (;;) {
      const complaint = this.#complaint;
      this.#complaint = undefined;
      const result = await this[this.#stage](complaint);
      if (result === 'cancelled') {
        return undefined;
      }
      if (typeof result === 'object') {
        return result;
      }
      this.#stage = result;
    }
  }

  async portal(): Promise<Stage | 'cancelled'> {
    const step = await this.#deps.dialogs.askPortal(this.#place(1), this.#portalText);
    if (step.kind !== 'next') {
      return 'cancelled';
    }
    this.#portalText = step.value;
    const address = parsePortalAddress(step.value);
    if (!address.ok) {
      return address.reason === 'nameOnly' ? 'zone' : 'portal';
    }
    this.#portal = address.origin;
    this.#integrationId = address.integrationId;
    return this.#appOr('clientId');
  }

  async zone(): Promise<Stage | 'cancelled'> {
    const address = parsePortalAddress(this.#portalText);
    if (address.ok || address.reason !== 'nameOnly') {
      return 'portal';
    }
    const step = await this.#deps.dialogs.askZone(this.#place(1), {
      name: address.name,
      knownHosts: await this.#deps.knownHosts(),
    });
    if (step.kind === 'cancelled') {
      return 'cancelled';
    }
    if (step.kind === 'back' || step.value === undefined) {
      return 'portal';
    }
    this.#portalText = step.value;
    this.#portal = `https://${step.value}`;
    this.#integrationId = undefined;
    return this.#appOr('clientId');
  }

  async whichApp(): Promise<Stage | 'cancelled'> {
    const apps = await this.#knownApps();
    const step = await this.#deps.dialogs.askWhichApp(this.#place(2), { host: this.#host, apps });
    if (step.kind !== 'next') {
      return step.kind === 'back' ? 'portal' : 'cancelled';
    }
    const chosen = apps.find(({ clientId }) => clientId === step.value);
    this.#reused = chosen !== undefined;
    if (!chosen) {
      this.#clientId = step.value ?? this.#clientId;
      return step.value === undefined ? 'clientId' : 'clientSecret';
    }
    this.#clientId = chosen.clientId;
    this.#clientSecret = chosen.clientSecret;
    return 'browser';
  }

  async clientId(complaint: Complaint | undefined): Promise<Stage | 'cancelled'> {
    this.#reused = false;
    const step = await this.#deps.dialogs.askClientId(
      this.#place(2),
      this.#question(this.#clientId, complaint),
    );
    if (step.kind !== 'next') {
      return step.kind === 'cancelled' ? 'cancelled' : this.#appOr('portal');
    }
    this.#clientId = step.value.trim();
    return 'clientSecret';
  }

  async clientSecret(complaint: Complaint | undefined): Promise<Stage | 'cancelled'> {
    this.#reused = false;
    const step = await this.#deps.dialogs.askClientSecret(
      this.#place(3),
      this.#question('', complaint),
    );
    if (step.kind !== 'next') {
      return step.kind === 'back' ? 'clientId' : 'cancelled';
    }
    this.#clientSecret = step.value.trim();
    this.#deps.keepTyped(this.#portal, this.#app);
    return 'browser';
  }

  async browser(complaint: Complaint | undefined): Promise<SignedInAccount | Stage | 'cancelled'> {
    const { dialogs, openExternal, signInPort, log } = this.#deps;
    const state = randomBytes(24).toString('base64url');
    const url = authorizeUrl(this.#portal, this.#clientId, state).href;
    const troubles = new Emitter<BrowserTrouble>();
    const openBrowser = async () => {
      const opened = await Promise.resolve(openExternal(url)).catch(() => false);
      if (!opened) {
        troubles.fire({ kind: 'browserNotOpened' });
      }
    };
    log.info(`Sign-in at ${this.#host}: waiting for the browser.`);
    const answering = browserAnswer({
      ...{ portal: this.#portal, host: this.#host, state, authorizeUrl: url, port: signInPort() },
      handler: handlerAddress(signInPort()),
      ...{ place: this.#place(this.#reused ? 3 : 4), complaint, dialogs, troubles, log },
      openBrowser,
    });
    if (!complaint) {
      // After a complaint the user decides when to go there again.
      void openBrowser();
    }
    const answer = await answering;
    switch (answer.kind) {
      case 'callback':
        return this.#complete(answer.callback);
      case 'refused':
        return this.#refused(answer.refusal);
      case 'back':
        return this.#reused ? 'whichApp' : 'clientSecret';
      case 'cancelled':
        return 'cancelled';
    }
  }

  async #complete(callback: Callback): Promise<SignedInAccount | Stage | 'cancelled'> {
    if (!isFromPortal(callback, this.#portal)) {
      this.#complaint = { kind: 'otherPortal', host: callback.domain ?? '' };
      return 'browser';
    }
    const again = this.#start.account?.portal === this.#portal ? this.#start.account : undefined;
    try {
      return await this.#deps.dialogs.whileWorking(this.#host, (signal) =>
        completeSignIn(
          this.#deps,
          {
            ...{ portal: this.#portal, app: this.#app, callback },
            integrationId: this.#integrationId,
            lastAuthServer: again?.authServer,
            memberId: again?.tokens.memberId,
          },
          signal,
        ),
      );
    } catch (error) {
      if (!(error instanceof Bitrix24Error)) {
        throw error;
      }
      this.#deps.log.warn(`Sign-in at ${this.#host} failed: ${error.code}`);
      if (error.kind === 'cancelled') {
        return 'cancelled';
      }
      const stage = this.#mend(error);
      if (!stage) {
        throw error;
      }
      return stage;
    }
  }

  #refused(refusal: Refusal): Stage {
    const { error: code, description } = refusal;
    this.#deps.log.warn(`Sign-in at ${this.#host} was refused: ${code}`);
    const error = new Bitrix24Error({ kind: 'server', phase: 'answered', code, description });
    const stage = this.#mend(error);
    this.#complaint ??= { kind: 'refused', refusal };
    return stage ?? 'browser';
  }

  /** Returns the step at which the user can mend an error, and lets it complain; undefined where there is none. */
  #mend(error: Bitrix24Error): Stage | undefined {
    const step = stepFor(error);
    this.#complaint = step?.complaint;
    if (error.kind === 'server' && error.is('wrong_client')) {
      this.#deps.unknownApps.add(this.#clientId);
      this.#clientId = '';
    }
    return step?.stage;
  }

  get #host(): string {
    return new URL(this.#portal).host;
  }

  get #app(): AppCredentials {
    return { clientId: this.#clientId, clientSecret: this.#clientSecret };
  }

  async #appOr(otherwise: Stage): Promise<Stage> {
    return (await this.#knownApps()).length > 0 ? 'whichApp' : otherwise;
  }

  async #knownApps() {
    const apps = await this.#deps.knownApps(this.#portal);
    return apps.filter(({ clientId }) => !this.#deps.unknownApps.has(clientId));
  }

  #place(step: number): SignInPlace {
    return {
      step,
      totalSteps: this.#reused || this.#stage === 'whichApp' ? 3 : 4,
      canGoBack:
        this.#stage !== 'portal' && !(this.#stage === 'clientId' && this.#first === 'clientId'),
    };
  }

  #question(initial: string, complaint: Complaint | undefined): AppQuestion {
    const handler = handlerAddress(this.#deps.signInPort());
    return { portal: this.#portal, handler, initial, complaint };
  }
}

/** Returns the step at which the user can mend a refused code or application; undefined where there is none. */
function stepFor(error: Bitrix24Error): { stage: Stage; complaint: Complaint } | undefined {
  if (error.kind === 'server' && error.is('invalid_grant', 'expired_token')) {
    return { stage: 'browser', complaint: { kind: 'codeRefused' } };
  }
  if (error.kind === 'server' && error.is('wrong_client', 'unauthorized_client')) {
    return { stage: 'clientId', complaint: { kind: 'unknownApp' } };
  }
  if (error.kind === 'server' && error.is('invalid_client')) {
    return { stage: 'clientSecret', complaint: { kind: 'wrongKey' } };
  }
  if (error.is('SIGN_IN_OTHER_PORTAL')) {
    return { stage: 'browser', complaint: { kind: 'otherPortal', host: error.host ?? '' } };
  }
  return undefined;
}

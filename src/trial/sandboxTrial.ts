import * as v from 'valibot';
import type { Bitrix24Accounts } from '../accounts/bitrix24Accounts';
import { Bitrix24Error } from '../bitrix24/errors';
import { isLoopback } from '../bitrix24/portalAddress';
import type { Transport } from '../bitrix24/transport';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import type { Sandbox } from '../sandbox/sandbox';

/** The fields that are needed of the line that `npm run sandbox -- --json` prints. */
const sandboxInfo = v.object({
  portal: v.pipe(v.string(), v.url()),
  clientId: v.string(),
  clientSecret: v.string(),
  control: v.pipe(v.string(), v.url()),
  /** The id of the application's form, which the fix "Set App Name" opens. */
  integrationId: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
type SandboxInfo = v.InferOutput<typeof sandboxInfo>;

export interface SandboxTrialDeps {
  accounts: Pick<Bitrix24Accounts, 'list' | 'get' | 'client' | 'signInDirectly' | 'signOut'>;
  transport: Transport;
  /** Loads the sandbox's own bundle. */
  load(): Promise<{ startSandbox: (options: { handler: string }) => Promise<Sandbox> }>;
  /** Shows the phones' page beside the editor. */
  openPhones(address: string): Promise<void>;
  /** Returns the handler address of real sign-ins, which the sandbox's application uses too. */
  handler(): string;
  /** Stores the ids of accounts on sandboxes, so that they can be removed when their sandbox has ended. */
  remembered: { get: () => readonly string[]; set: (ids: readonly string[]) => Thenable<void> };
  log: Log;
}

/**
 * Connects the extension to a sandbox, so that it can be tried without a Bitrix24 portal. It starts the sandbox, or
 * uses the one that `npm start` has started and named in the environment. Only a sandbox on loopback is used.
 */
export class SandboxTrial implements Disposable {
  readonly #deps: SandboxTrialDeps;
  #started: Promise<Sandbox> | undefined;
  #adopted: SandboxInfo | undefined;

  constructor(deps: SandboxTrialDeps) {
    this.#deps = deps;
  }

  /** Carries out "Try in Sandbox": starts the sandbox once, signs in as its administrator and opens the phones. */
  async open(): Promise<void> {
    const info = this.#adopted ?? (await this.#start()).info;
    await this.#signIn(info);
    await this.#deps.openPhones(new URL('/sandbox/', info.portal).href);
  }

  /**
   * Sends pull.application.push.add with exactly these parameters to the sandbox, as its administrator, and opens the
   * phones. Resolves with the portal's refusal, or with undefined when it answered `true`. Nothing leaves for another
   * portal, also if the sandbox's account is moved meanwhile.
   */
  async tryCall(parameters: Readonly<Record<string, unknown>>): Promise<Bitrix24Error | undefined> {
    const { accounts } = this.#deps;
    const info = this.#adopted ?? (await this.#start()).info;
    await this.#signIn(info);
    const account = (await accounts.list()).find(({ portal }) => portal === info.portal);
    if (!account || !isLoopback(new URL(info.portal).host)) {
      throw new Error('The sandbox has no account.');
    }
    await this.#deps.openPhones(new URL('/sandbox/', info.portal).href);
    const beforeLeaving = async () => {
      if ((await accounts.get(account.id))?.portal !== info.portal) {
        throw new Error('The account is no longer on the sandbox.');
      }
    };
    const client = await accounts.client(account.id);
    try {
      const schema = v.literal(true);
      await client.call('pull.application.push.add', parameters, { schema, beforeLeaving });
      return undefined;
    } catch (error) {
      if (error instanceof Bitrix24Error && error.phase === 'answered') {
        return error;
      }
      throw error;
    }
  }

  /**
   * Signs in to the sandbox that `npm start` has started, if there is one.
   * @param description the JSON line of that sandbox, from the environment
   */
  async adopt(description: string | undefined): Promise<void> {
    await this.#forgetGone();
    if (!description) {
      return;
    }
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), sandboxInfo), description);
    if (!parsed.success || !isLoopback(new URL(parsed.output.portal).host)) {
      this.#deps.log.warn(
        'The environment names a sandbox that is not one on this machine; ignored.',
      );
      return;
    }
    this.#adopted = parsed.output;
    await this.#signIn(parsed.output);
  }

  dispose(): void {
    void this.#started?.then((sandbox) => sandbox.close());
  }

  #start(): Promise<Sandbox> {
    this.#started ??= this.#deps
      .load()
      .then(({ startSandbox }) => startSandbox({ handler: this.#deps.handler() }))
      .catch((error: unknown) => {
        this.#started = undefined;
        throw error;
      });
    return this.#started;
  }

  async #signIn(info: SandboxInfo): Promise<void> {
    const accounts = await this.#deps.accounts.list();
    if (accounts.some((account) => account.portal === info.portal)) {
      return;
    }
    const account = await this.#deps.accounts.signInDirectly({
      portal: info.portal,
      credentials: { clientId: info.clientId, clientSecret: info.clientSecret },
      integrationId: info.integrationId,
      obtainCallback: (authorizeUrl) => this.#pickAdministrator(authorizeUrl),
    });
    await this.#deps.remembered.set([...new Set([...this.#deps.remembered.get(), account.id])]);
  }

  /** Signs in as the first administrator: a parameter of the sandbox's sign-in page names the person. */
  async #pickAdministrator(authorizeUrl: string): Promise<string> {
    const url = new URL(authorizeUrl);
    url.searchParams.set('sandbox_user', '1');
    const answer = await this.#deps.transport.send({ method: 'GET', url });
    const location = answer.headers.get('location');
    if (answer.status !== 302 || !location) {
      throw new Error(`The sandbox answered ${answer.status} to the sign-in.`);
    }
    return location;
  }

  /** Removes accounts whose sandbox has ended. A sandbox of another window still answers, so its account stays. */
  async #forgetGone(): Promise<void> {
    const remembered = this.#deps.remembered.get();
    const accounts = remembered.length > 0 ? await this.#deps.accounts.list() : [];
    const alive: string[] = [];
    for (const account of accounts.filter(({ id }) => remembered.includes(id))) {
      if (await this.#answers(account.portal)) {
        alive.push(account.id);
      } else {
        await this.#deps.accounts.signOut(account.id);
      }
    }
    if (alive.length !== remembered.length) {
      await this.#deps.remembered.set(alive);
    }
  }

  async #answers(portal: string): Promise<boolean> {
    try {
      const url = new URL('/sandbox/', portal);
      const answer = await this.#deps.transport.send({ method: 'GET', url, timeoutMs: 2_000 });
      return answer.status === 200;
    } catch {
      return false;
    }
  }
}

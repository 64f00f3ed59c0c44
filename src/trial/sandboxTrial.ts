import * as v from 'valibot';
import type { Account } from '../accounts/account';
import type { DirectSignIn } from '../accounts/bitrix24Accounts';
import type { Transport } from '../bitrix24/transport';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import type { Sandbox } from '../sandbox/sandbox';

/** What a running sandbox says of itself; `npm run sandbox -- --json` prints the same. */
const sandboxInfo = v.object({
  portal: v.pipe(v.string(), v.url()),
  clientId: v.string(),
  clientSecret: v.string(),
  control: v.pipe(v.string(), v.url()),
  /** Of the application's form, so that Set App Name opens it. */
  integrationId: v.pipe(v.number(), v.integer(), v.minValue(1)),
});
type SandboxInfo = v.InferOutput<typeof sandboxInfo>;

export interface SandboxTrialDeps {
  accounts: {
    list(): Promise<readonly Account[]>;
    signInDirectly(how: DirectSignIn): Promise<Account>;
    signOut(id: string): Promise<void>;
  };
  transport: Transport;
  /** Loads the sandbox's own bundle. */
  load(): Promise<{ startSandbox: (options: { handler: string }) => Promise<Sandbox> }>;
  /** Shows the sandbox's page beside the editor. */
  openPhones(address: string): Promise<void>;
  /** The handler address of real sign-ins, which the sandbox's application uses too. */
  handler(): string;
  /** Ids of accounts on sandboxes, so that they can be forgotten when their sandbox is gone. Not secret. */
  remembered: { get: () => readonly string[]; set: (ids: readonly string[]) => Thenable<void> };
  log: Log;
}

/**
 * The sandbox portal for trying the extension without a Bitrix24: started here, or by `npm start`, which names a
 * running one in the environment. Only a sandbox on loopback is ever used.
 */
export class SandboxTrial implements Disposable {
  readonly #deps: SandboxTrialDeps;
  #started: Promise<Sandbox> | undefined;
  #adopted: SandboxInfo | undefined;

  constructor(deps: SandboxTrialDeps) {
    this.#deps = deps;
  }

  /** "Try in Sandbox": starts it once, signs in as its administrator and opens the phones. */
  async open(): Promise<void> {
    const info = this.#adopted ?? (await this.#start()).info;
    await this.#signIn(info);
    await this.#deps.openPhones(phonesAddress(info));
  }

  /** Signs in to the sandbox that started this editor, if one did. `description`: its JSON from the environment. */
  async adopt(description: string | undefined): Promise<void> {
    await this.#forgetGone();
    if (!description) {
      return;
    }
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), sandboxInfo), description);
    if (!parsed.success || !isLoopbackAddress(parsed.output.portal)) {
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

  /** The sandbox's sign-in page lets its user be named in the address. */
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

  /** Forgets accounts whose sandbox has ended; another window's sandbox still answers and stays. */
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
      return (
        (await this.#deps.transport.send({ method: 'GET', url, timeoutMs: 2_000 })).status === 200
      );
    } catch {
      return false;
    }
  }
}

function phonesAddress(info: SandboxInfo): string {
  return new URL('/sandbox/', info.portal).href;
}

function isLoopbackAddress(address: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname);
}

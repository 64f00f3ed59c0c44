import { startSandbox, type Sandbox, type StatePatch } from '../../src/sandbox';
import { differences, type Difference } from './compare';
import type { RecordedState, RecordedStep, Recording } from './recording';
import { Side } from './side';
import { keepsTexts, toleranceOf } from './steps';

/** Who signs in at the sandbox: one of its administrators. */
const PERSON = 1;
const HANDLER = 'http://localhost:24042/bitrix24-push';
/** More than one page of people, as most portals have. */
const PEOPLE = 60;

/** A sandbox that is brought into the state of a portal and asked the same. */
export class Mirror {
  readonly #sandbox: Sandbox;
  readonly #side: Side;

  private constructor(sandbox: Sandbox, side: Side) {
    this.#sandbox = sandbox;
    this.#side = side;
  }

  static async start(): Promise<Mirror> {
    const sandbox = await startSandbox({ handler: HANDLER, people: PEOPLE });
    const { portal, authServer, clientId, clientSecret } = sandbox.info;
    const side = new Side({
      portal,
      clientId,
      clientSecret,
      handler: HANDLER,
      signIn: (address) => signInAtSandbox(address, PERSON),
      authServerOrigin: () => authServer,
    });
    return new Mirror(sandbox, side);
  }

  /** Gives the sandbox's side a variable that the recorded requests use. */
  setSecret(name: string, value: string): void {
    this.#side.setSecret(name, value);
  }

  /** Sends the requests of a step, and returns what the sandbox answered differently. */
  async play(step: RecordedStep): Promise<Difference[]> {
    if (step.state !== undefined) {
      this.#sandbox.patchState(patchOf(step.state));
    }
    const found: Difference[] = [];
    for (const { request, answer } of step.exchanges) {
      try {
        const raw = await this.#side.send(request);
        const seen = this.#side.redactor.answer(raw, keepsTexts(step.id));
        found.push(...differences(answer, seen, toleranceOf(step.id)));
      } catch (error) {
        // A request may need what the sandbox has refused before; that difference has been told then.
        const reason = error instanceof Error ? error.message : String(error);
        found.push({ what: 'shape', sentence: `the sandbox cannot be asked: ${reason}` });
      }
    }
    return found;
  }

  close(): Promise<void> {
    return this.#sandbox.close();
  }
}

/** Signs in at a sandbox without a browser. @returns where the browser would be sent. */
export async function signInAtSandbox(address: URL, person: number): Promise<URL | undefined> {
  const url = new URL(address);
  url.searchParams.set('sandbox_user', String(person));
  const response = await fetch(url, { redirect: 'manual' });
  const location = response.headers.get('location');
  return location === null ? undefined : new URL(location);
}

function patchOf({ scopes, admin, photo, named, policy }: RecordedState): StatePatch {
  const me = {
    ...(admin === undefined ? {} : { admin }),
    ...(photo === undefined || photo ? {} : { photo: '' }),
  };
  return {
    ...(scopes === undefined ? {} : { scopes }),
    ...(named === false ? { appName: '' } : {}),
    ...(policy === undefined ? {} : { policy }),
    ...(Object.keys(me).length === 0 ? {} : { users: [{ id: PERSON, ...me }] }),
  };
}

/** The variables that each run makes up for itself, in the shape of a recording's. */
export const STATES = { state: 20, long_state: 300 } as const;

/** Returns a state as clients make one: letters and digits. */
export function makeState(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('');
}

/** Sends everything that a recording holds to a new sandbox. @returns the differences by step. */
export async function replay(
  recording: Recording,
): Promise<{ step: string; found: Difference[] }[]> {
  const mirror = await Mirror.start();
  try {
    for (const [name, length] of Object.entries(STATES)) {
      mirror.setSecret(name, makeState(length));
    }
    const steps = [];
    for (const step of recording.steps) {
      steps.push({ step: step.id, found: await mirror.play(step) });
    }
    return steps.filter(({ found }) => found.length > 0);
  } finally {
    await mirror.close();
  }
}

import type { StepAnswer } from '../../src/common/quickStep';
import type { CallbackPages } from '../../src/accounts/loopbackListener';
import type {
  BrowserTrouble,
  BrowserWait,
  SignInDialogs,
  SignInPlace,
} from '../../src/accounts/signInDialogs';

const pages: CallbackPages = {
  language: 'en',
  done: { title: 'Done', text: '' },
  refused: { title: 'Refused', text: '' },
  otherSignIn: { title: 'Other', text: '' },
  alreadyUsed: { title: 'Used', text: '' },
  notForPeople: { title: 'Nothing', text: '' },
};

type Reply<T> = T | 'back' | 'cancel';

/** What the user does at each step, in order; a step that is not expected fails the test. */
export type ScriptLine =
  | ['portal', Reply<string>]
  | ['zone', Reply<{ host: string | undefined }>]
  | ['whichApp', Reply<{ clientId: string | undefined }>]
  | ['clientId', Reply<string>]
  | ['clientSecret', Reply<string>]
  /** A function gets the wait and gives what is pasted; the word `wait` leaves the box open. */
  | ['answer', Reply<string> | ((wait: BrowserWait) => Promise<string>)];

export class ScriptedDialogs implements SignInDialogs {
  readonly #script: ScriptLine[];
  /** Each step as it was shown: name, place, what stood in it, why it came again. */
  readonly shown: string[] = [];
  readonly troubles: BrowserTrouble[] = [];
  closed = 0;
  /** The user presses Cancel while it works. */
  cancelWork = false;

  constructor(...script: ScriptLine[]) {
    this.#script = script;
  }

  get left(): number {
    return this.#script.length;
  }

  askPortal(place: SignInPlace, initial: string) {
    return this.#step<string>('portal', place, initial);
  }

  async askZone(
    place: SignInPlace,
    { name, knownHosts }: { name: string; knownHosts: readonly string[] },
  ): Promise<StepAnswer<string | undefined>> {
    const shown = [name, ...knownHosts].join();
    const step = await this.#step<{ host: string | undefined }>('zone', place, shown);
    return step.kind === 'next' ? { kind: 'next', value: step.value.host } : step;
  }

  async askWhichApp(
    place: SignInPlace,
    { apps }: { apps: readonly { clientId: string; userName: string | undefined }[] },
  ): Promise<StepAnswer<string | undefined>> {
    const list = apps.map(({ clientId, userName }) => `${clientId}/${userName ?? ''}`).join();
    const step = await this.#step<{ clientId: string | undefined }>('whichApp', place, list);
    return step.kind === 'next' ? { kind: 'next', value: step.value.clientId } : step;
  }

  askClientId(
    place: SignInPlace,
    about: { initial: string; complaint?: { kind: string } | undefined },
  ) {
    return this.#step<string>('clientId', place, about.initial, about.complaint?.kind);
  }

  askClientSecret(
    place: SignInPlace,
    about: { initial: string; complaint?: { kind: string } | undefined },
  ) {
    return this.#step<string>('clientSecret', place, about.initial, about.complaint?.kind);
  }

  async askForAnswer(
    place: SignInPlace,
    wait: BrowserWait,
    signal: AbortSignal,
  ): Promise<StepAnswer<string>> {
    wait.onTrouble((trouble) => this.troubles.push(trouble));
    const step = await this.#step<string | ((wait: BrowserWait) => Promise<string>)>(
      'answer',
      place,
      '',
      wait.complaint?.kind,
    );
    if (step.kind !== 'next') {
      return step;
    }
    if (step.value === 'wait') {
      return new Promise((resolve) =>
        signal.addEventListener('abort', () => resolve({ kind: 'cancelled' })),
      );
    }
    return {
      kind: 'next',
      value: typeof step.value === 'string' ? step.value : await step.value(wait),
    };
  }

  whileWorking<T>(_host: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return work(this.cancelWork ? AbortSignal.abort() : new AbortController().signal);
  }

  callbackPages(): CallbackPages {
    return pages;
  }

  close(): void {
    this.closed += 1;
  }

  #step<T>(
    name: string,
    place: SignInPlace,
    initial: string,
    complaint = '',
  ): Promise<StepAnswer<T>> {
    this.shown.push(
      `${place.step}/${place.totalSteps} ${name}${initial && ` [${initial}]`}${complaint && ` !${complaint}`}${place.canGoBack ? '' : ' (no way back)'}`,
    );
    const [expected, reply] = this.#script.shift() ?? ['nothing more', undefined];
    if (expected !== name) {
      throw new Error(`The flow asks for ${name}; the script has ${expected}.`);
    }
    if (reply === 'back') {
      return Promise.resolve({ kind: 'back' });
    }
    return Promise.resolve(
      reply === 'cancel' ? { kind: 'cancelled' } : { kind: 'next', value: reply as T },
    );
  }
}

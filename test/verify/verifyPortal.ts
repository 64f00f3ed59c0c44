import { makeState, Mirror, STATES } from './mirror';
import { askYes, type Person } from './person';
import { isLoopback } from './portal';
import type { RecordedStep, Recording } from './recording';
import type { RequestTemplate } from './requests';
import { Side, type SideOptions } from './side';
import type { Exchanged, Facts, Step } from './step';
import { keepsTexts, steps } from './steps';
import { Stop } from './stop';

export interface Verified {
  recording: Recording;
  /** Values of which none may be in what is written down. */
  secrets: string[];
  /** The differences between portal and sandbox, with the step that showed each. */
  differences: { step: string; sentence: string }[];
}

interface Options extends SideOptions {
  person: Person;
  /** The day, e.g. 2026-11-27. */
  day: string;
  against: Recording['against'];
}

/** Walks through all steps: asks the portal, asks the sandbox the same, and tells in what they differ. */
export async function verifyPortal(options: Options): Promise<Verified> {
  const mirror = await Mirror.start();
  try {
    return await new Verification(options, mirror).run();
  } finally {
    await mirror.close();
  }
}

class Verification {
  readonly #person: Person;
  readonly #side: Side;
  readonly #mirror: Mirror;
  readonly #recording: Recording;
  readonly #differences: Verified['differences'] = [];
  readonly #facts: Facts = {
    scopes: [],
    admin: false,
    me: undefined,
    profileId: undefined,
    unknownIsNobody: false,
    signedInAgain: false,
    handlerIsLocal: false,
  };

  constructor(options: Options, mirror: Mirror) {
    this.#person = options.person;
    this.#mirror = mirror;
    this.#side = new Side(options);
    const { day, against, handler } = options;
    this.#facts.handlerIsLocal = isLoopback(new URL(handler));
    this.#recording = { version: 1, day, against, answers: {}, steps: [] };
  }

  async run(): Promise<Verified> {
    for (const [name, length] of Object.entries(STATES)) {
      this.#side.setSecret(name, makeState(length));
      this.#mirror.setSecret(name, makeState(length));
    }
    try {
      for (const [index, step] of steps.entries()) {
        if (this.#person.stopped) {
          throw new Stop('You stopped it.');
        }
        this.#person.tell(`\n${index + 1}/${steps.length}  ${step.says}`);
        await this.#step(step);
      }
    } catch (error) {
      if (!(error instanceof Stop)) {
        throw error;
      }
      this.#person.tell(`\n${error.message}`);
    }
    return {
      recording: this.#recording,
      secrets: this.#side.redactor.secrets(),
      differences: this.#differences,
    };
  }

  async #step(step: Step): Promise<void> {
    const recorded: RecordedStep = { id: step.id, exchanges: [] };
    this.#recording.steps.push(recorded);
    const skipped = step.skip?.(this.#facts) ?? (await this.#refused(step));
    if (skipped !== undefined) {
      recorded.skipped = skipped;
      this.#person.tell(`  – skipped: ${skipped}`);
      return;
    }
    if (step.run !== undefined) {
      await this.#compare(step, recorded);
    }
    for (const { id, text, yes, no } of step.asks ?? []) {
      const answer = await askYes(this.#person, `  ${text}`);
      if (answer !== undefined) {
        this.#recording.answers[id] = answer ? yes : no;
      }
    }
  }

  async #refused({ confirms }: Step): Promise<string | undefined> {
    if (confirms === undefined) {
      return undefined;
    }
    return (await askYes(this.#person, `  ${confirms}`)) === true
      ? undefined
      : 'you did not want it';
  }

  async #compare(step: Step, recorded: RecordedStep): Promise<void> {
    const send = async (request: RequestTemplate): Promise<Exchanged> => {
      const raw = await this.#side.send(request);
      const seen = this.#side.redactor.answer(raw, keepsTexts(step.id));
      recorded.exchanges.push({ request, answer: seen });
      return { raw, seen };
    };
    try {
      const learnt = await step.run?.({ facts: this.#facts, send });
      if (learnt?.state !== undefined) {
        recorded.state = learnt.state;
      }
      Object.assign(this.#recording.answers, learnt?.answers);
    } catch (error) {
      if (error instanceof Stop) {
        throw error;
      }
      // Only the person sees the reason, since it may name hosts.
      this.#person.tell(`  – no answer came: ${reasonOf(error)}`);
      recorded.skipped = 'no answer came';
    }
    const found = await this.#mirror.play(recorded);
    if (found.length === 0 && recorded.skipped === undefined) {
      this.#person.tell('  ✓ same');
    }
    for (const { sentence } of found) {
      this.#person.tell(`  ≠ differs: ${sentence}`);
      this.#differences.push({ step: step.id, sentence });
    }
  }
}

function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : { cause: undefined };
  return String(cause ?? error);
}

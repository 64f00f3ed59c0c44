import type { RawAnswer } from './answers';
import type { Tolerance } from './compare';
import type { RecordedState } from './recording';
import type { SeenAnswer } from './redactor';
import type { RequestTemplate } from './requests';

/** What the answers so far have told; later steps go by it. */
export interface Facts {
  /** The permissions of the application. */
  scopes: readonly string[];
  /** Whether the one who signed in is an administrator. */
  admin: boolean;
  /** The caller's id, by the token's answer and by `profile`; they have to agree before a push is sent to it. */
  me: number | undefined;
  profileId: number | undefined;
  /** True once the portal has said that nobody has `unknownId`. */
  unknownIsNobody: boolean;
  /** Whether the second sign-in brought a code. */
  signedInAgain: boolean;
  /** Whether the application's handler is on this computer. */
  handlerIsLocal: boolean;
}

export interface Exchanged {
  raw: RawAnswer;
  seen: SeenAnswer;
}

/** What a step can do. */
export interface Walk {
  readonly facts: Facts;
  readonly send: (request: RequestTemplate) => Promise<Exchanged>;
}

/** What a step has learnt. */
export interface Learnt {
  /** How the sandbox has to be set before it is asked the same. */
  state?: RecordedState;
  /** Sentences that answer open questions, by their ids. They must not contain anything of the portal's. */
  answers?: Readonly<Record<string, string>>;
}

/** A question to the person after a step, about what only they can see. */
export interface Question {
  /** The open question that it answers. */
  id: string;
  text: string;
  yes: string;
  no: string;
}

export interface Step {
  id: string;
  /** What it will do, in one sentence. */
  says: string;
  /** Asked before the step; without a yes the step is left out. */
  confirms?: string;
  /** Why it cannot be done here; undefined if it can. */
  skip?: (facts: Facts) => string | undefined;
  run?: (walk: Walk) => Promise<Learnt | undefined>;
  asks?: readonly Question[];
  tolerance?: Tolerance;
  /** True where lists of codes are kept as they are. */
  keepsTexts?: boolean;
}

import type { Event } from 'vscode';
import type { StepAnswer, StepPlace } from '../common/quickStep';
import type { CallbackPages } from './loopbackListener';

/** Where a step stands among the others; all of them have the title of the sign-in. */
export type SignInPlace = Omit<StepPlace, 'title'>;

/** Why a step is shown again. */
export type Complaint =
  /** Bitrix24 knows no such application: wrong_client. */
  | { kind: 'unknownApp' }
  /** The client_secret is wrong: invalid_client. */
  | { kind: 'wrongKey' }
  /** The code is used, too old or foreign: invalid_grant, expired_token. */
  | { kind: 'codeRefused' }
  /** The answer came from another portal than the one asked. */
  | { kind: 'otherPortal'; host: string };

/** Why the browser may not come back by itself. */
export type BrowserTrouble =
  | { kind: 'portTaken'; port: number }
  /** Nobody answered for five minutes; the box stays. */
  | { kind: 'listeningEnded' }
  | { kind: 'browserNotOpened' };

/** Tells what a pasted text is. */
export type PasteVerdict =
  'answer' | 'bareCode' | 'empty' | 'noCode' | 'otherSignIn' | 'otherPortal';

export interface AppQuestion {
  /** Origin. */
  portal: string;
  /** The address for "Your handler path". */
  handler: string;
  initial: string;
  complaint?: Complaint | undefined;
}

export interface BrowserWait {
  /** Host of the portal. */
  host: string;
  authorizeUrl: string;
  handler: string;
  complaint?: Complaint | undefined;
  readonly onTrouble: Event<BrowserTrouble>;
  openBrowser(): Promise<void>;
  judge(pasted: string): PasteVerdict;
}

/** An application whose keys are stored already. */
export interface KnownApp {
  clientId: string;
  /** The name of a user who signed in with it; undefined for one that was only typed. */
  userName: string | undefined;
}

/** The user's side of signing in; an interface, so that tests drive the flow without a window. */
export interface SignInDialogs {
  /** Asks for the portal. The value is what was typed or pasted, for parsePortalAddress. */
  askPortal(place: SignInPlace, initial: string): Promise<StepAnswer<string>>;
  /** Asks which application to use again. The value is its client_id, or undefined for another one. */
  askWhichApp(
    place: SignInPlace,
    known: { host: string; apps: readonly KnownApp[] },
  ): Promise<StepAnswer<string | undefined>>;
  askClientId(place: SignInPlace, question: AppQuestion): Promise<StepAnswer<string>>;
  askClientSecret(place: SignInPlace, question: AppQuestion): Promise<StepAnswer<string>>;
  /** Shows a box while the browser is asked. The value is what was pasted into it. */
  askForAnswer(
    place: SignInPlace,
    wait: BrowserWait,
    signal: AbortSignal,
  ): Promise<StepAnswer<string>>;
  /** Shows that the work is going on. Its signal is the user's Cancel. */
  whileWorking<T>(host: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  callbackPages(): CallbackPages;
  /** Closes what the flow has opened; it is over. */
  close(): void;
}

import type { Event } from 'vscode';
import type { Disposable } from '../common/dispose';
import type { CallbackPages } from './callbackPage';

/** What the user did with one step. */
export type Step<T> = { kind: 'next'; value: T } | { kind: 'back' } | { kind: 'cancelled' };

export interface StepPlace {
  step: number;
  total: number;
  canGoBack: boolean;
}

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

/** What the wait for the browser has to say. */
export type Notice =
  | { kind: 'portTaken'; port: number }
  /** Nobody answered for five minutes; the box stays. */
  | { kind: 'listeningEnded' }
  | { kind: 'browserNotOpened' };

/** What a pasted text turned out to be. */
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
  readonly onNotice: Event<Notice>;
  openBrowser(): Promise<void>;
  judge(pasted: string): PasteVerdict;
}

/** An application whose keys are stored already. */
export interface KnownApp {
  clientId: string;
  /** Who uses it, for people to read. */
  userName: string | undefined;
}

/** The user's side of signing in, as a seam: the flow can be driven without a window. */
export interface SignInDialogs extends Disposable {
  /** What people type or paste as their portal, understood by parsePortalAddress. */
  askPortal(place: StepPlace, initial: string): Promise<Step<string>>;
  /** The client_id of the application to use again, or undefined for another one. */
  askWhichApp(
    place: StepPlace,
    about: { host: string; apps: readonly KnownApp[] },
  ): Promise<Step<string | undefined>>;
  askClientId(place: StepPlace, about: AppQuestion): Promise<Step<string>>;
  askClientSecret(place: StepPlace, about: AppQuestion): Promise<Step<string>>;
  /** The box that stands open while the browser is asked; what was pasted into it. */
  askForAnswer(place: StepPlace, wait: BrowserWait, signal: AbortSignal): Promise<Step<string>>;
  /** Shows that something is going on; the signal is the user's Cancel. */
  whileWorking<T>(host: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  callbackPages(): CallbackPages;
  /** The flow is over: nothing of it stays open. */
  close(): void;
}

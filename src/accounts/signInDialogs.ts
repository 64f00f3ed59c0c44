import { env, InputBoxValidationSeverity, l10n, ThemeIcon, window } from 'vscode';
import type { Clipboard, Event, QuickPickItem } from 'vscode';
import type { Refusal } from '../bitrix24/callback';
import { likelyZones, parsePortalAddress } from '../bitrix24/portalAddress';
import { plainLabel, plainText } from '../common/plainText';
import { askChoice, askLine } from '../common/quickStep';
import type { StepAnswer, StepButton, StepPlace } from '../common/quickStep';
import { handlerAddress } from './loopbackListener';
import type { CallbackPages } from './loopbackListener';
import { patientProgress } from './patientProgress';
import { SignInHelp } from './signInHelp';
import type { SignInHelpRequest } from './signInHelp';

/** The number of a step and of all steps; the title is that of the sign-in for each. */
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
  | { kind: 'otherPortal'; host: string }
  /** Bitrix24 sent the browser back with an error. */
  | { kind: 'refused'; refusal: Refusal };

/** Why the browser may not come back by itself. */
export type BrowserTrouble =
  | { kind: 'portTaken'; port: number }
  /** Nobody answered for five minutes; the box stays. */
  | { kind: 'listeningEnded' }
  | { kind: 'browserNotOpened' };

/** Tells what a pasted text is. */
export type PasteVerdict =
  'answer' | 'bareCode' | 'refused' | 'empty' | 'noCode' | 'otherSignIn' | 'otherPortal';

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

/** The shape of client_id of local and Marketplace applications, see docs/bitrix24.md, section 1. */
const clientIdPattern = /^[a-z0-9\-_.]{3,50}$/;

/** The user's side of signing in, so that tests drive the flow without a window. */
export type SignInDialogs = Pick<VscodeSignInDialogs, keyof VscodeSignInDialogs>;

export interface VscodeSignInDialogsDeps {
  clipboard: Pick<Clipboard, 'readText' | 'writeText'>;
  /** The setting bitrix24Push.signIn.port. */
  signInPort: () => number;
}

/** Quick inputs with step numbers and Back, and the page that says what to type into Bitrix24. */
export class VscodeSignInDialogs {
  readonly #deps: VscodeSignInDialogsDeps;
  readonly #help: SignInHelp;
  /** The page opens by itself once in a sign-in. */
  #helpOffered = false;

  constructor(deps: VscodeSignInDialogsDeps) {
    this.#deps = deps;
    this.#help = new SignInHelp(deps.clipboard);
  }

  /** Asks for the portal. The value is what was typed or pasted, for parsePortalAddress. */
  askPortal(place: SignInPlace, initial: string): Promise<StepAnswer<string>> {
    const help = this.#helpButton(() => ({
      portal: undefined,
      handler: handlerAddress(this.#deps.signInPort()),
    }));
    return askLine(window, {
      ...frameOf(place),
      prompt: () => l10n.t('The address of your Bitrix24 portal. Any page of it will do.'),
      placeholder: `acme.bitrix24.${likelyZones(env.language, [])[0]}`,
      value: initial,
      validate: (value) => {
        const address = parsePortalAddress(value);
        if (!address.ok && address.reason !== 'nameOnly') {
          return portalFault(address.reason);
        }
        const message = address.ok
          ? l10n.t('Portal: {0}', address.origin)
          : l10n.t(
              'Next, choose the whole address: {0}.{1}, {0}.{2} or another.',
              `${address.name}.bitrix24`,
              ...likelyZones(env.language, []),
            );
        return { message, severity: InputBoxValidationSeverity.Info };
      },
      buttons: () => [help],
    });
  }

  /** Asks for the zone of a portal in the cloud. The value is its host, or undefined for an address to be typed. */
  async askZone(
    place: SignInPlace,
    { name, knownHosts }: { name: string; knownHosts: readonly string[] },
  ): Promise<StepAnswer<string | undefined>> {
    const items: (QuickPickItem & { host: string | undefined })[] = [
      ...likelyZones(env.language, knownHosts).map((zone) => {
        const host = `${name}.bitrix24.${zone}`;
        return {
          label: host,
          host,
          ...(knownHosts.includes(host) ? { description: l10n.t('signed in') } : {}),
        };
      }),
      { label: l10n.t('Another Address…'), host: undefined },
    ];
    const answer = await askChoice(window, {
      ...frameOf(place),
      placeholder: l10n.t('Which of these is your portal?'),
      items,
    });
    return answer.kind === 'next' ? { kind: 'next', value: answer.value.host } : answer;
  }

  /** Asks which application to use again. The value is a client_id, also one that was pasted, or undefined for another one. */
  async askWhichApp(
    place: SignInPlace,
    { host, apps }: { host: string; apps: readonly KnownApp[] },
  ): Promise<StepAnswer<string | undefined>> {
    const items: (QuickPickItem & { clientId: string | undefined })[] = [
      ...apps.map(({ clientId, userName }) => ({
        label: plainLabel(clientId),
        description:
          userName === undefined
            ? l10n.t('typed before')
            : l10n.t('used by {0}', plainLabel(userName)),
        clientId,
      })),
      { label: l10n.t('Another Application…'), clientId: undefined },
    ];
    const answer = await askChoice(window, {
      ...frameOf(place),
      placeholder: l10n.t('Sign in to {0} with which application?', host),
      items,
      typed: (text) => {
        const clientId = text.trim();
        return clientIdPattern.test(clientId) && /\d/.test(clientId)
          ? [{ label: l10n.t('Another application: {0}', clientId), clientId, alwaysShow: true }]
          : [];
      },
    });
    return answer.kind === 'next' ? { kind: 'next', value: answer.value.clientId } : answer;
  }

  askClientId(place: SignInPlace, question: AppQuestion): Promise<StepAnswer<string>> {
    if (!this.#helpOffered) {
      this.#helpOffered = true;
      this.#help.show(question);
    }
    const help = this.#helpButton(() => question);
    const { host } = new URL(question.portal);
    return askLine(window, {
      ...frameOf(place),
      prompt: () => l10n.t('“Application ID (client_id)” of the local application on {0}.', host),
      placeholder: 'local.0123456789abcd.01234567',
      value: question.initial,
      complaint: complaintText(question.complaint),
      validate: (value) =>
        clientIdPattern.test(value.trim())
          ? undefined
          : l10n.t('A client_id looks like local.0123456789abcd.01234567.'),
      buttons: () => [help],
    });
  }

  askClientSecret(place: SignInPlace, question: AppQuestion): Promise<StepAnswer<string>> {
    const help = this.#helpButton(() => question);
    return askLine(window, {
      ...frameOf(place),
      prompt: () =>
        l10n.t(
          '“Application key (client_secret)”. VS Code keeps it encrypted; it goes to Bitrix24’s authorization server only.',
        ),
      placeholder: l10n.t('Application key (client_secret)'),
      value: '',
      password: true,
      complaint: complaintText(question.complaint),
      validate: (value) =>
        /^\S{8,255}$/.test(value.trim())
          ? undefined
          : l10n.t('A client_secret is one long string without spaces.'),
      buttons: () => [help],
    });
  }

  /** Shows a box while the browser is asked. The value is what was pasted into it. */
  askForAnswer(
    place: SignInPlace,
    wait: BrowserWait,
    signal: AbortSignal,
  ): Promise<StepAnswer<string>> {
    const { clipboard } = this.#deps;
    const over = new AbortController();
    let prompt = l10n.t(
      'Continue in the browser at {0}. If it does not come back by itself, paste the address where it stopped, or the code in that address: a code is valid for 30 seconds.',
      wait.host,
    );
    let redraw: () => void = () => undefined;
    const say = (text: string): void => {
      prompt = text;
      redraw();
    };
    const again = button('globe', l10n.t('Open the Browser Again'), () => void wait.openBrowser());
    const copied = l10n.t('Address copied. Open it in a browser where you use {0}.', wait.host);
    const copy = button('copy', l10n.t('Copy the Sign-In Address'), () => {
      void clipboard.writeText(wait.authorizeUrl).then(() => say(copied));
    });
    let onClipboard: string | undefined;
    let useClipboard: (answer: StepAnswer<string>) => void = () => undefined;
    const fromClipboard = new Promise<StepAnswer<string>>((resolve) => {
      useClipboard = resolve;
    });
    const take = button('clippy', l10n.t('Use the Address on the Clipboard'), () => {
      const value = onClipboard ?? '';
      // The clipboard first, while the window has the focus: a browser lets nobody else write there.
      void this.#clearClipboard(value).then(() => useClipboard({ kind: 'next', value }));
    });
    /** Offers an answer of this very sign-in; it is neither shown nor taken by itself. */
    const lookAtClipboard = async (): Promise<void> => {
      const text = await Promise.resolve(clipboard.readText()).catch(() => '');
      if (!over.signal.aborted && text.length <= 8192 && wait.judge(text) === 'answer') {
        onClipboard = text;
        say(
          l10n.t('The clipboard holds the answer to this sign-in. Use it with the button above.'),
        );
      }
    };
    const typed = askLine(window, {
      ...frameOf(place),
      prompt: () => prompt,
      placeholder: `${wait.handler}?code=…`,
      value: '',
      complaint: complaintText(wait.complaint),
      validate: (value) => pasteFault(wait.judge(value)),
      buttons: () => [again, copy, ...(onClipboard === undefined ? [] : [take])],
      signal: AbortSignal.any([signal, over.signal]),
      onShow: (draw, life) => {
        redraw = draw;
        life.add(wait.onTrouble((trouble) => say(troubleText(trouble, wait.host))));
        life.add(
          window.onDidChangeWindowState(({ focused }) => {
            if (focused) {
              void lookAtClipboard();
            }
          }),
        );
      },
    });
    return Promise.race([typed, fromClipboard]).finally(() => over.abort());
  }

  /** Shows that the work is going on. Its signal is the user's Cancel. */
  whileWorking<T>(host: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return patientProgress(l10n.t('Signing in to {0}…', host), work);
  }

  callbackPages(): CallbackPages {
    return {
      language: env.language,
      done: {
        title: l10n.t('Bitrix24 has answered'),
        text: l10n.t('Go back to VS Code to finish signing in. You can close this page.'),
      },
      refused: {
        title: l10n.t('Bitrix24 did not allow the sign-in'),
        text: l10n.t('VS Code says why, and what to do. You can close this page.'),
      },
      otherSignIn: {
        title: l10n.t('This answer belongs to another sign-in'),
        text: l10n.t(
          'Another window of VS Code may be waiting for it: copy the address of this page and paste it there. If you did not sign in anywhere, close this page.',
        ),
      },
      alreadyUsed: {
        title: l10n.t('This answer has already been used'),
        text: l10n.t('Go back to VS Code. You can close this page.'),
      },
      notForPeople: {
        title: l10n.t('Nothing to see here'),
        text: l10n.t('VS Code uses this address only to finish signing in to Bitrix24.'),
      },
    };
  }

  /** Closes what the flow has opened; it is over. */
  close(): void {
    this.#helpOffered = false;
    this.#help.close();
  }

  /** Empties the clipboard if it still holds the answer: no other program needs to find the code. Never rejects. */
  async #clearClipboard(answer: string): Promise<void> {
    const { clipboard } = this.#deps;
    try {
      if ((await clipboard.readText()) === answer) {
        await clipboard.writeText('');
      }
    } catch {
      // A clipboard that cannot be read or written keeps what it has; the code in it is of no use a second time.
    }
  }

  #helpButton(request: () => SignInHelpRequest): StepButton {
    return button('question', l10n.t('Show What to Type into Bitrix24'), () =>
      this.#help.show(request()),
    );
  }
}

function button(icon: string, tooltip: string, press: () => void): StepButton {
  return { iconPath: new ThemeIcon(icon), tooltip, press };
}

function frameOf(place: SignInPlace) {
  return { ...place, title: l10n.t('Sign In to Bitrix24') };
}

function portalFault(reason: 'empty' | 'notAnAddress' | 'notHttps' | 'hasCredentials'): string {
  return {
    empty: l10n.t('Type the address of the portal, like acme.bitrix24.com.'),
    notAnAddress: l10n.t('This is not an address. Type it like acme.bitrix24.com.'),
    notHttps: l10n.t('Plain http would show your tokens to the network. Use the https address.'),
    hasCredentials: l10n.t('Leave out the name and password before the @.'),
  }[reason];
}

/** Returns what is wrong with a pasted text; undefined when nothing is. */
function pasteFault(verdict: PasteVerdict): string | undefined {
  const noCode = l10n.t(
    'There is no code in this. Paste the whole address where the browser stopped.',
  );
  return {
    answer: undefined,
    bareCode: undefined,
    refused: undefined,
    empty: noCode,
    noCode,
    otherSignIn: l10n.t(
      'This address belongs to another sign-in. Open the browser again with the button above.',
    ),
    otherPortal: l10n.t('This address comes from another portal than the one you sign in to.'),
  }[verdict];
}

function complaintText(complaint: Complaint | undefined): string | undefined {
  switch (complaint?.kind) {
    case undefined:
      return undefined;
    case 'unknownApp':
      return l10n.t(
        'Bitrix24 does not know an application with this ID (wrong_client). Copy it from the application’s page.',
      );
    case 'wrongKey':
      return l10n.t(
        'The key does not belong to this application (invalid_client). Copy it from the application’s page.',
      );
    case 'codeRefused':
      return l10n.t(
        'Bitrix24 did not accept the code: it is valid for 30 seconds and works once. Open the browser again with the button above.',
      );
    case 'otherPortal':
      return l10n.t(
        'The answer came from {0}, so it was not used. If that is your portal’s address now, go back and sign in there.',
        complaint.host,
      );
    case 'refused':
      return refusalText(complaint.refusal);
  }
}

function refusalText({ error, description }: Refusal): string {
  if (error === 'access_denied') {
    return l10n.t(
      'Bitrix24 did not allow this sign-in (access_denied). Ask your administrator whether you may use the application, then open the browser again with the button above.',
    );
  }
  return l10n.t(
    'Bitrix24 refused this sign-in: {0}. Open the browser again with the button above, or go back and check the application.',
    plainText([error, description].filter(Boolean).join(', '), 200),
  );
}

function troubleText(trouble: BrowserTrouble, host: string): string {
  switch (trouble.kind) {
    case 'portTaken':
      return l10n.t(
        'Port {0} is taken, perhaps by another window that is signing in. The browser will stop at a page that does not open: paste its address here.',
        trouble.port,
      );
    case 'listeningEnded':
      return l10n.t(
        'No answer for five minutes. Paste the address where the browser stopped, or start again.',
      );
    case 'browserNotOpened':
      return l10n.t(
        'The browser was not opened. Open it with the button above, or copy the sign-in address and open it where you use {0}.',
        host,
      );
  }
}

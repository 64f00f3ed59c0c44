import { InputBoxValidationSeverity, l10n, ThemeIcon, window } from 'vscode';
import type { Clipboard, QuickPickItem } from 'vscode';
import { parsePortalAddress } from '../bitrix24/portalAddress';
import { plainLabel } from '../common/plainText';
import { askChoice, askLine } from '../common/quickStep';
import type { StepAnswer, StepButton } from '../common/quickStep';
import type { CallbackPages } from './callbackPage';
import { handlerAddress } from './loopbackListener';
import { patientProgress } from './patientProgress';
import type {
  AppQuestion,
  BrowserWait,
  KnownApp,
  SignInDialogs,
  SignInPlace,
} from './signInDialogs';
import { SignInHelp } from './signInHelp';
import type { SignInHelpRequest } from './signInHelp';
import {
  callbackPages,
  complaintText,
  flowTitle,
  pasteFault,
  portalFault,
  troubleText,
} from './signInTexts';

export interface VscodeSignInDialogsDeps {
  openExternal: (url: string) => Thenable<boolean>;
  clipboard: Pick<Clipboard, 'readText' | 'writeText'>;
  /** The setting bitrix24Push.signIn.port. */
  signInPort: () => number;
}

/** The shape of client_id of local and Marketplace applications, see docs/bitrix24.md, section 1. */
const clientIdPattern = /^[a-z0-9\-_.]{3,50}$/;

/** Quick inputs with step numbers and Back, and the page that says what to type into Bitrix24. */
export class VscodeSignInDialogs implements SignInDialogs {
  readonly #deps: VscodeSignInDialogsDeps;
  readonly #help: SignInHelp;
  /** The page opens by itself once in a sign-in. */
  #helpOffered = false;

  constructor(deps: VscodeSignInDialogsDeps) {
    this.#deps = deps;
    this.#help = new SignInHelp({
      openExternal: (url) => deps.openExternal(url),
      writeClipboard: (text) => deps.clipboard.writeText(text),
    });
  }

  askPortal(place: SignInPlace, initial: string): Promise<StepAnswer<string>> {
    const help = this.#helpButton(() => ({
      portal: undefined,
      handler: handlerAddress(this.#deps.signInPort()),
    }));
    return askLine(window, {
      ...place,
      title: flowTitle(),
      prompt: () => l10n.t('The address of your Bitrix24 portal. Any page of it will do.'),
      placeholder: 'acme.bitrix24.com',
      value: initial,
      validate: (value) => {
        const address = parsePortalAddress(value);
        return address.ok
          ? {
              message: l10n.t('Portal: {0}', address.origin),
              severity: InputBoxValidationSeverity.Info,
            }
          : portalFault(address.reason);
      },
      buttons: () => [help],
    });
  }

  async askWhichApp(
    place: SignInPlace,
    { host, apps }: { host: string; apps: readonly KnownApp[] },
  ): Promise<StepAnswer<string | undefined>> {
    interface Item extends QuickPickItem {
      clientId: string | undefined;
    }
    const items: Item[] = [
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
      ...place,
      title: flowTitle(),
      placeholder: l10n.t('Sign in to {0} with which application?', host),
      items,
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
      ...place,
      title: flowTitle(),
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
      ...place,
      title: flowTitle(),
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
    const again: StepButton = {
      iconPath: new ThemeIcon('globe'),
      tooltip: l10n.t('Open the Browser Again'),
      press: () => void wait.openBrowser(),
    };
    const copy: StepButton = {
      iconPath: new ThemeIcon('copy'),
      tooltip: l10n.t('Copy the Sign-In Address'),
      press: () => {
        void clipboard
          .writeText(wait.authorizeUrl)
          .then(() =>
            say(l10n.t('Address copied. Open it in a browser where you use {0}.', wait.host)),
          );
      },
    };
    let onClipboard: string | undefined;
    let useClipboard: (answer: StepAnswer<string>) => void = () => undefined;
    const fromClipboard = new Promise<StepAnswer<string>>((resolve) => {
      useClipboard = resolve;
    });
    const take: StepButton = {
      iconPath: new ThemeIcon('clippy'),
      tooltip: l10n.t('Use the Address on the Clipboard'),
      press: () => {
        const value = onClipboard ?? '';
        // The clipboard first, while the window has the focus: a browser lets nobody else write there.
        void this.#clearClipboard(value).then(() => useClipboard({ kind: 'next', value }));
      },
    };
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
      ...place,
      title: flowTitle(),
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

  whileWorking<T>(host: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return patientProgress(l10n.t('Signing in to {0}…', host), work);
  }

  callbackPages(): CallbackPages {
    return callbackPages();
  }

  close(): void {
    this.#helpOffered = false;
    this.#help.close();
  }

  dispose(): void {
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
    return {
      iconPath: new ThemeIcon('question'),
      tooltip: l10n.t('Show What to Type into Bitrix24'),
      press: () => this.#help.show(request()),
    };
  }
}

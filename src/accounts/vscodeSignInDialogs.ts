import { l10n, ThemeIcon, window } from 'vscode';
import type { Clipboard, InputBox, QuickPickItem } from 'vscode';
import { parsePortalAddress } from '../bitrix24/portalAddress';
import { askChoice } from '../common/inputSteps';
import type { CallbackPages } from './callbackPage';
import { handlerAddress } from './handlerAddress';
import { showBox } from './signInBox';
import type { BoxButton } from './signInBox';
import type {
  AppQuestion,
  BrowserWait,
  KnownApp,
  SignInDialogs,
  Step,
  StepPlace,
} from './signInDialogs';
import { patientProgress } from './patientProgress';
import { SignInHelp } from './signInHelp';
import {
  callbackPages,
  complaintText,
  flowTitle,
  noticeText,
  pasteFault,
  portalFault,
} from './signInWords';

export interface VscodeSignInDialogsDeps {
  openExternal: (url: string) => Thenable<boolean>;
  clipboard: Pick<Clipboard, 'readText' | 'writeText'>;
  /** The setting bitrix24Push.signIn.port. */
  signInPort: () => number;
}

/** Bitrix24: client_id of local and Marketplace applications. */
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

  askPortal(place: StepPlace, initial: string): Promise<Step<string>> {
    return showBox({
      place,
      prompt: l10n.t('The address of your Bitrix24 portal. Any page of it will do.'),
      placeholder: 'acme.bitrix24.com',
      value: initial,
      judge: (value) => {
        const address = parsePortalAddress(value);
        return address.ok
          ? { ok: true, message: l10n.t('Portal: {0}', address.origin) }
          : { ok: false, message: portalFault(address.reason) };
      },
      buttons: [
        this.#helpButton(() => ({
          portal: undefined,
          handler: handlerAddress(this.#deps.signInPort()),
        })),
      ],
    });
  }

  async askWhichApp(
    place: StepPlace,
    { host, apps }: { host: string; apps: readonly KnownApp[] },
  ): Promise<Step<string | undefined>> {
    interface Item extends QuickPickItem {
      clientId: string | undefined;
    }
    const items: Item[] = [
      ...apps.map(({ clientId, userName }) => ({
        label: clientId,
        description:
          userName === undefined ? l10n.t('typed before') : l10n.t('used by {0}', userName),
        clientId,
      })),
      { label: l10n.t('Another Application…'), clientId: undefined },
    ];
    const chosen = await askChoice(window, {
      title: flowTitle(),
      step: place.step,
      totalSteps: place.total,
      canGoBack: place.canGoBack,
      items,
      placeholder: l10n.t('Sign in to {0} with which application?', host),
    });
    return chosen.how === 'next'
      ? { kind: 'next', value: chosen.value.clientId }
      : { kind: chosen.how === 'back' ? 'back' : 'cancelled' };
  }

  askClientId(place: StepPlace, about: AppQuestion): Promise<Step<string>> {
    if (!this.#helpOffered) {
      this.#helpOffered = true;
      this.#help.show(about);
    }
    return showBox({
      place,
      prompt: l10n.t(
        '“Application ID (client_id)” of the local application on {0}.',
        hostOf(about),
      ),
      placeholder: 'local.0123456789abcd.01234567',
      value: about.initial,
      complaint: complaintText(about.complaint),
      judge: (value) =>
        clientIdPattern.test(value.trim())
          ? { ok: true }
          : { ok: false, message: l10n.t('A client_id looks like local.0123456789abcd.01234567.') },
      buttons: [this.#helpButton(() => about)],
    });
  }

  askClientSecret(place: StepPlace, about: AppQuestion): Promise<Step<string>> {
    return showBox({
      place,
      prompt: l10n.t(
        '“Application key (client_secret)”. VS Code keeps it encrypted; it goes to Bitrix24’s authorization server only.',
      ),
      placeholder: l10n.t('Application key (client_secret)'),
      password: true,
      complaint: complaintText(about.complaint),
      judge: (value) =>
        /^\S{8,255}$/.test(value.trim())
          ? { ok: true }
          : {
              ok: false,
              message: l10n.t('A client_secret is one long string without spaces.'),
            },
      buttons: [this.#helpButton(() => about)],
    });
  }

  askForAnswer(place: StepPlace, wait: BrowserWait, signal: AbortSignal): Promise<Step<string>> {
    const again: BoxButton = {
      iconPath: new ThemeIcon('globe'),
      tooltip: l10n.t('Open the Browser Again'),
      press: () => void wait.openBrowser(),
    };
    const copy: BoxButton = {
      iconPath: new ThemeIcon('copy'),
      tooltip: l10n.t('Copy the Sign-In Address'),
      press: (box) => {
        void this.#deps.clipboard.writeText(wait.authorizeUrl).then(() => {
          box.prompt = l10n.t('Address copied. Open it in a browser where you use {0}.', wait.host);
        });
      },
    };
    let onClipboard = '';
    const take: BoxButton = {
      iconPath: new ThemeIcon('clippy'),
      tooltip: l10n.t('Use the Address on the Clipboard'),
      press: () => {
        // First, while the window certainly has the focus: a browser lets nobody else write there.
        void this.#takeFromClipboard(onClipboard).then(() => useClipboard(onClipboard));
      },
    };
    let useClipboard: (text: string) => void = () => undefined;
    const taken = new Promise<Step<string>>((resolve) => {
      useClipboard = (value) => resolve({ kind: 'next', value });
    });
    const over = new AbortController();
    const box = showBox({
      place,
      prompt: l10n.t(
        'Continue in the browser at {0}. If it does not come back by itself, paste the address where it stopped, or the code in that address: a code is valid for 30 seconds.',
        wait.host,
      ),
      placeholder: `${wait.handler}?code=…`,
      complaint: complaintText(wait.complaint),
      judge: (value) => {
        const verdict = wait.judge(value);
        return { ok: verdict === 'answer' || verdict === 'bareCode', message: pasteFault(verdict) };
      },
      buttons: [again, copy],
      signal: AbortSignal.any([signal, over.signal]),
      onShow: (input, life) => {
        life.add(
          wait.onNotice((notice) => {
            input.prompt = noticeText(notice, wait.host);
          }),
        );
        life.add(
          window.onDidChangeWindowState(({ focused }) => {
            if (focused) {
              void lookAtClipboard(input);
            }
          }),
        );
      },
    });
    /** Offers an answer of this very sign-in; it is neither shown nor taken by itself. */
    const lookAtClipboard = async (input: InputBox): Promise<void> => {
      const text = await Promise.resolve(this.#deps.clipboard.readText()).catch(() => '');
      if (!over.signal.aborted && text.length <= 8192 && wait.judge(text) === 'answer') {
        onClipboard = text;
        input.buttons = [...input.buttons.filter((button) => button !== take), take];
        input.prompt = l10n.t(
          'The clipboard holds the answer to this sign-in. Use it with the button above.',
        );
      }
    };
    return Promise.race([box, taken]).finally(() => over.abort());
  }

  /** No other program needs to find the code in it. Never rejects. */
  async #takeFromClipboard(answer: string): Promise<void> {
    const { clipboard } = this.#deps;
    try {
      if ((await clipboard.readText()) === answer) {
        await clipboard.writeText('');
      }
    } catch {
      // A clipboard that cannot be read or written keeps what it has; the code in it is of no use a second time.
    }
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
    this.#help.dispose();
  }

  #helpButton(facts: () => { portal: string | undefined; handler: string }): BoxButton {
    return {
      iconPath: new ThemeIcon('question'),
      tooltip: l10n.t('Show What to Type into Bitrix24'),
      press: () => this.#help.show(facts()),
    };
  }
}

function hostOf({ portal }: AppQuestion): string {
  return new URL(portal).host;
}

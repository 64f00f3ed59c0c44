import {
  env,
  InputBoxValidationSeverity,
  l10n,
  ProgressLocation,
  QuickInputButtons,
  ThemeIcon,
  window,
} from 'vscode';
import type {
  Clipboard,
  InputBox,
  InputBoxValidationMessage,
  QuickInputButton,
  QuickPickItem,
} from 'vscode';
import { parsePortalAddress } from '../bitrix24/portalAddress';
import { DisposableStore } from '../common/dispose';
import type { CallbackPages } from './callbackPage';
import { handlerAddress } from './loopbackListener';
import type {
  AppQuestion,
  BrowserWait,
  Complaint,
  KnownApp,
  Notice,
  PasteVerdict,
  SignInDialogs,
  Step,
  StepPlace,
} from './signInDialogs';
import { SignInHelp } from './signInHelp';

export interface VscodeSignInDialogsDeps {
  openExternal: (url: string) => Thenable<boolean>;
  clipboard: Pick<Clipboard, 'readText' | 'writeText'>;
  /** The setting bitrix24Push.signIn.port. */
  signInPort: () => number;
}

/** Bitrix24: client_id of local and Marketplace applications. */
const clientIdPattern = /^[a-z0-9\-_.]{3,50}$/;

interface BoxButton extends QuickInputButton {
  press(box: InputBox): void;
}

interface Box {
  place: StepPlace;
  prompt: string;
  placeholder: string;
  value?: string;
  password?: boolean;
  /** Shown until the user types. */
  complaint?: string | undefined;
  /** What is wrong with the value, or what it was understood as. Nothing is said about an empty one. */
  judge: (value: string) => { ok: boolean; message?: string | undefined };
  buttons?: BoxButton[];
  signal?: AbortSignal | undefined;
  /** More life for the box, ended with it. */
  onShow?(box: InputBox, life: DisposableStore): void;
}

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
    const pick = window.createQuickPick<Item>();
    pick.title = flowTitle();
    pick.step = place.step;
    pick.totalSteps = place.total;
    pick.placeholder = l10n.t('Sign in to {0} with which application?', host);
    pick.ignoreFocusOut = true;
    pick.items = items;
    pick.buttons = place.canGoBack ? [QuickInputButtons.Back] : [];
    try {
      return await new Promise((resolve) => {
        pick.onDidTriggerButton(() => resolve({ kind: 'back' }));
        pick.onDidHide(() => resolve({ kind: 'cancelled' }));
        pick.onDidAccept(() => {
          const [item] = pick.selectedItems;
          if (item) {
            resolve({ kind: 'next', value: item.clientId });
          }
        });
        pick.show();
      });
    } finally {
      pick.dispose();
    }
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
              message: l10n.t('A client_secret is one long word of letters and digits.'),
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
          box.prompt = l10n.t(
            'The address is copied. Open it in a browser where you use {0}.',
            wait.host,
          );
        });
      },
    };
    let onClipboard = '';
    const take: BoxButton = {
      iconPath: new ThemeIcon('clippy'),
      tooltip: l10n.t('Use the Address on the Clipboard'),
      press: () => useClipboard(onClipboard),
    };
    let useClipboard: (text: string) => void = () => undefined;
    const taken = new Promise<Step<string>>((resolve) => {
      useClipboard = (value) => resolve({ kind: 'next', value });
    });
    const over = new AbortController();
    const box = showBox({
      place,
      prompt: l10n.t(
        'Go on in the browser at {0}. If it does not come back by itself, paste the address it ended at, or the code in it: a code lives 30 seconds.',
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
          'The clipboard holds the answer of this sign-in. Use it with the button above.',
        );
      }
    };
    return Promise.race([box, taken]).finally(() => over.abort());
  }

  whileWorking<T>(host: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return Promise.resolve(
      window.withProgress(
        {
          location: ProgressLocation.Notification,
          title: l10n.t('Signing in to {0}…', host),
          cancellable: true,
        },
        (_progress, token) => {
          const abort = new AbortController();
          token.onCancellationRequested(() => abort.abort());
          return work(abort.signal);
        },
      ),
    );
  }

  callbackPages(): CallbackPages {
    return {
      language: env.language,
      done: {
        title: l10n.t('Bitrix24 has answered'),
        text: l10n.t('Go back to VS Code: it finishes signing in. You can close this page.'),
      },
      otherSignIn: {
        title: l10n.t('This answer belongs to another sign-in'),
        text: l10n.t(
          'Another window of VS Code may be waiting for it: copy the address of this page and paste it there. If you did not sign in anywhere, close this page.',
        ),
      },
      alreadyUsed: {
        title: l10n.t('This answer was used already'),
        text: l10n.t('Go back to VS Code. You can close this page.'),
      },
      notForPeople: {
        title: l10n.t('Nothing to see here'),
        text: l10n.t(
          'VS Code waits here for the end of a sign-in to Bitrix24, and for nothing else.',
        ),
      },
    };
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

async function showBox(options: Box): Promise<Step<string>> {
  const life = new DisposableStore();
  const box = life.add(window.createInputBox());
  const { place, signal, judge } = options;
  box.title = flowTitle();
  box.step = place.step;
  box.totalSteps = place.total;
  box.prompt = options.prompt;
  box.placeholder = options.placeholder;
  box.value = options.value ?? '';
  box.password = options.password ?? false;
  box.ignoreFocusOut = true;
  box.buttons = [...(place.canGoBack ? [QuickInputButtons.Back] : []), ...(options.buttons ?? [])];
  box.validationMessage = options.complaint ?? messageFor(judge, box.value);
  try {
    return await new Promise<Step<string>>((resolve) => {
      life.add(
        box.onDidChangeValue((value) => {
          box.validationMessage = messageFor(judge, value);
        }),
      );
      life.add(
        box.onDidAccept(() => {
          if (judge(box.value).ok) {
            resolve({ kind: 'next', value: box.value });
          } else {
            box.validationMessage = messageFor(judge, box.value) ?? options.prompt;
          }
        }),
      );
      life.add(
        box.onDidTriggerButton((button) => {
          if (button === QuickInputButtons.Back) {
            resolve({ kind: 'back' });
          } else {
            (button as Partial<BoxButton>).press?.(box);
          }
        }),
      );
      life.add(box.onDidHide(() => resolve({ kind: 'cancelled' })));
      const abort = () => resolve({ kind: 'cancelled' });
      signal?.addEventListener('abort', abort, { once: true });
      life.add({ dispose: () => signal?.removeEventListener('abort', abort) });
      if (signal?.aborted) {
        abort();
        return;
      }
      options.onShow?.(box, life);
      box.show();
    });
  } finally {
    life.dispose();
  }
}

function messageFor(judge: Box['judge'], value: string): InputBoxValidationMessage | undefined {
  if (value.trim() === '') {
    return undefined;
  }
  const { ok, message } = judge(value);
  return message === undefined
    ? undefined
    : {
        message,
        severity: ok ? InputBoxValidationSeverity.Info : InputBoxValidationSeverity.Error,
      };
}

function flowTitle(): string {
  return l10n.t('Sign In to Bitrix24');
}

function hostOf({ portal }: AppQuestion): string {
  return new URL(portal).host;
}

function portalFault(reason: 'empty' | 'notAnAddress' | 'notHttps' | 'hasCredentials'): string {
  return {
    empty: l10n.t('Type the address of the portal, like acme.bitrix24.com.'),
    notAnAddress: l10n.t('This is not an address. Type it like acme.bitrix24.com.'),
    notHttps: l10n.t('Plain http would show your tokens to the network. Use the https address.'),
    hasCredentials: l10n.t('Leave out the name and password before the @.'),
  }[reason];
}

function pasteFault(verdict: PasteVerdict): string | undefined {
  return {
    answer: undefined,
    bareCode: undefined,
    empty: undefined,
    noCode: l10n.t('There is no code in this. Paste the whole address that the browser ended at.'),
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
        'Bitrix24 did not take the code: it lives 30 seconds and works once. Open the browser again with the button above.',
      );
    case 'otherPortal':
      return l10n.t(
        'The answer came from {0}, so it was not used. If that is your portal’s address now, go back and sign in there.',
        complaint.host,
      );
  }
}

function noticeText(notice: Notice, host: string): string {
  switch (notice.kind) {
    case 'portTaken':
      return l10n.t(
        'Port {0} is taken, perhaps by another window that signs in. The browser will end at a page that does not open: paste its address here.',
        notice.port,
      );
    case 'listeningEnded':
      return l10n.t(
        'No answer for five minutes. Paste the address that the browser ended at, or start again.',
      );
    case 'browserNotOpened':
      return l10n.t(
        'The browser was not opened. Open it with the button above, or copy the sign-in address and open it where you use {0}.',
        host,
      );
  }
}

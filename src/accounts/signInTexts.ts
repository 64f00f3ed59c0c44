import { env, l10n } from 'vscode';
import type { CallbackPages } from './callbackPage';
import type { BrowserTrouble, Complaint, PasteVerdict } from './signInDialogs';

export function flowTitle(): string {
  return l10n.t('Sign In to Bitrix24');
}

export function portalFault(
  reason: 'empty' | 'notAnAddress' | 'notHttps' | 'hasCredentials',
): string {
  return {
    empty: l10n.t('Type the address of the portal, like acme.bitrix24.com.'),
    notAnAddress: l10n.t('This is not an address. Type it like acme.bitrix24.com.'),
    notHttps: l10n.t('Plain http would show your tokens to the network. Use the https address.'),
    hasCredentials: l10n.t('Leave out the name and password before the @.'),
  }[reason];
}

/** Returns what is wrong with a pasted text; undefined when nothing is. */
export function pasteFault(verdict: PasteVerdict): string | undefined {
  const noCode = l10n.t(
    'There is no code in this. Paste the whole address where the browser stopped.',
  );
  return {
    answer: undefined,
    bareCode: undefined,
    empty: noCode,
    noCode,
    otherSignIn: l10n.t(
      'This address belongs to another sign-in. Open the browser again with the button above.',
    ),
    otherPortal: l10n.t('This address comes from another portal than the one you sign in to.'),
  }[verdict];
}

export function complaintText(complaint: Complaint | undefined): string | undefined {
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
  }
}

export function troubleText(trouble: BrowserTrouble, host: string): string {
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

/** Returns the pages that the browser shows at the handler address. */
export function callbackPages(): CallbackPages {
  return {
    language: env.language,
    done: {
      title: l10n.t('Bitrix24 has answered'),
      text: l10n.t('Go back to VS Code to finish signing in. You can close this page.'),
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

import type { Clipboard } from 'vscode';
import type { SignInDialogs } from './signInDialogs';

export interface VscodeSignInDialogsDeps {
  openExternal(url: string): Thenable<boolean>;
  clipboard: Pick<Clipboard, 'readText' | 'writeText'>;
}

/** Quick inputs with step numbers and Back, and the page that says what to type into Bitrix24. */
export function createVscodeSignInDialogs(_deps: VscodeSignInDialogsDeps): SignInDialogs {
  throw new Error('not built yet');
}

import type { Event } from 'vscode';
import type { Disposable } from '../common/dispose';
import { Bitrix24Error } from '../bitrix24/errors';
import type { PortalClient } from '../bitrix24/portalClient';

/** One user on one portal. Holds nothing secret: it may be shown, logged and sent to the form. */
export interface Account {
  /** `${member_id}:${user_id}`; portals are told apart by member_id because hosts can change. */
  readonly id: string;
  /** Origin of the portal, e.g. `https://acme.bitrix24.com`. */
  readonly portal: string;
  /** Host (and port) to show. */
  readonly host: string;
  readonly userId: number;
  readonly userName: string;
  /** From `profile`; undefined until known. */
  readonly administrator: boolean | undefined;
  /** The application's client_id. */
  readonly clientId: string;
  /** The integration's id in `/devops/edit/application/ID/`, when the user gave such an address at sign-in. */
  readonly integrationId: number | undefined;
  /** The name drawn on the form's phone, typed by the user. */
  readonly senderName: string | undefined;
  /** True for an account on the sandbox: everything it sends stays on this computer. */
  readonly isSandbox?: boolean;
  /** Whether the application had the permission `im` at sign-in; absent where the portal did not tell. */
  readonly mayNotify?: boolean;
}

/** Returns the host as people see it where they choose an account or confirm a push. */
export function shownHost({ host, isSandbox }: Pick<Account, 'host' | 'isSandbox'>): string {
  return isSandbox === true ? `SANDBOX ${host}` : host;
}

/** Nothing secret, e.g. the sender name for the preview. */
export type AccountChanges = Partial<
  Pick<Account, 'senderName' | 'integrationId' | 'administrator'>
>;

/** `portal` is filled in at the first step; a known `account` begins in the browser. */
export interface SignInOptions {
  portal?: string;
  account?: Account;
}

/** The accounts of the user on all portals. This folder is the only one that touches secrets. */
export interface Accounts extends Disposable {
  readonly onDidChange: Event<void>;
  /** Resolves to all accounts, from SecretStorage; no network, no prompt. */
  list(): Promise<readonly Account[]>;
  /** Resolves to the account that new drafts use: the one chosen last, else the only one. */
  current(): Promise<Account | undefined>;
  get(id: string): Promise<Account | undefined>;
  select(id: string): Promise<void>;
  /** Runs the sign-in with its dialogs; resolves to undefined when cancelled. */
  signIn(options?: SignInOptions): Promise<Account | undefined>;
  signOut(id: string): Promise<void>;
  update(id: string, changes: AccountChanges): Promise<void>;
  /** Resolves to a REST client that refreshes the token once on expired_token and stores it before use. */
  client(id: string): Promise<PortalClient>;
}

/** The codes of what goes wrong around accounts; the catalogue of problems has a sentence for each. */
type AccountErrorCode =
  /** SecretStorage failed or did not answer: no keyring, or a locked one. */
  | 'KEYRING'
  /** The account was signed out meanwhile. */
  | 'NO_SUCH_ACCOUNT'
  /** The answer belongs to another sign-in. */
  | 'SIGN_IN_STATE'
  | 'SIGN_IN_OTHER_PORTAL'
  | 'SIGN_IN_NO_CODE'
  /** The user did not agree to a site that would have got the application's key. */
  | 'SIGN_IN_UNKNOWN_SERVER'
  /** The application lacks a scope that another extension asked for. */
  | 'SIGN_IN_SCOPES'
  /** An account of the sandbox was led to a host that is not this computer. */
  | 'SANDBOX_ONLY';

/** Makes an error that says that nothing was sent, so that a push which needed the account counts as not sent. */
export function accountError(
  code: AccountErrorCode,
  fields: { description?: string; host?: string | undefined; cause?: unknown } = {},
): Bitrix24Error {
  return new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code, ...fields });
}

import { Bitrix24Error } from '../bitrix24/errors';

/** The codes of what goes wrong around accounts; the catalogue of problems has a sentence for each. */
export type AccountErrorCode =
  /** SecretStorage failed or did not answer: no keyring, or a locked one. */
  | 'KEYRING'
  /** The account asked for is not there (any more). */
  | 'NO_SUCH_ACCOUNT'
  /** The answer belongs to another sign-in. */
  | 'SIGN_IN_STATE'
  /** The answer came from another portal than the one asked. */
  | 'SIGN_IN_OTHER_PORTAL'
  /** The answer holds no code. */
  | 'SIGN_IN_NO_CODE'
  /** The user did not agree to a site that would have got the application's key. */
  | 'SIGN_IN_UNKNOWN_SERVER'
  /** The application lacks a scope that another extension asked for. */
  | 'SIGN_IN_SCOPES';

/**
 * Makes a {@link Bitrix24Error} of this folder. The call that failed has sent nothing, so that a push which needed
 * the account counts as not sent.
 */
export function accountError(
  code: AccountErrorCode,
  fields: { description?: string; host?: string | undefined; cause?: unknown } = {},
): Bitrix24Error {
  return new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code, ...fields });
}

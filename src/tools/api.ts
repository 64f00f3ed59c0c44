// The types of what this extension exports. Other extensions may copy this file; docs/api.md says how to use it.

/** What `getExtension('bitrix24-push.bitrix24-push').exports` is, once the extension is active. */
export interface Bitrix24PushExports {
  /** Throws if this version of the extension does not have the version of the API. */
  getAPI(version: 1): Bitrix24PushApi;
}

export interface Bitrix24PushApi {
  /**
   * Asks the user in a modal window whether to send this push, and sends it after a yes. No setting and no earlier yes
   * skips the question. Never rejects; a signal that aborts withdraws the question.
   */
  send(push: Bitrix24Push, signal?: AbortSignal): Promise<Bitrix24PushAnswer>;
}

export interface Bitrix24Push {
  /** A name, an id, an email address, `group:Release team`, or `me`; one or several. */
  to: string | number | readonly (string | number)[];
  text: string;
  /** http(s) address of a picture. */
  avatar?: string | undefined;
  /** Host of the portal, e.g. `acme.bitrix24.com`; the one in use if absent. */
  from?: string | undefined;
  /** Name of your extension. The user is told who asks. */
  by?: string | undefined;
}

export interface Bitrix24PushAnswer {
  /**
   * `partly`: not the same for everybody; `unknown`: it left and no answer came, so it may have arrived; `cancelled`: the
   * user said no; `invalid`: the push has a fault, and nobody was asked. `accepted` is Bitrix24's word: whether a phone
   * rang is not known.
   */
  outcome: 'accepted' | 'partly' | 'refused' | 'notSent' | 'unknown' | 'cancelled' | 'invalid';
  /** One English sentence. */
  message: string;
  /** How many people Bitrix24 accepted it for. */
  accepted: number;
}

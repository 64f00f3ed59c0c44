/** Every command that the extension contributes. A unit test compares this list with the manifest. */
export const commands = {
  /** Palette steps: portal, recipients, text, avatar, review. */
  send: 'bitrix24Push.send',
  /** The editor's selection into the form. */
  sendSelection: 'bitrix24Push.sendSelection',
  /** The form's recipients, or others, under a name in the settings. */
  saveGroup: 'bitrix24Push.saveGroup',
  signIn: 'bitrix24Push.signIn',
  signOut: 'bitrix24Push.signOut',
  switchAccount: 'bitrix24Push.switchAccount',
  checkSetup: 'bitrix24Push.checkSetup',
  /** A page that checks one person against everything that can stop a push. */
  whyNotDelivered: 'bitrix24Push.whyNotDelivered',
  /** Opens the portal's page where the application gets its name. */
  setAppName: 'bitrix24Push.setAppName',
  /** The name drawn on the form's phone; no REST method tells the real one. */
  setSenderName: 'bitrix24Push.setSenderName',
  editCredentials: 'bitrix24Push.editCredentials',
  sandbox: 'bitrix24Push.sandbox',
  showLog: 'bitrix24Push.showLog',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

/** The one view: the form. */
export const views = { form: 'bitrix24Push.form' } as const;

/** Context keys for when-clauses. */
export const contextKeys = { signedIn: 'bitrix24Push.signedIn' } as const;

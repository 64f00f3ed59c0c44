/** Every command that the extension contributes. A unit test compares this list with the manifest. */
export const commands = {
  /** Asks in palette steps: portal, recipients, text, avatar, review. */
  send: 'bitrix24Push.send',
  /** Brings the selection of the editor or the terminal into the form. */
  sendSelection: 'bitrix24Push.sendSelection',
  /** The same from the editor's and the terminal's menu, which tell where the selection is. */
  sendEditorSelection: 'bitrix24Push.sendEditorSelection',
  sendTerminalSelection: 'bitrix24Push.sendTerminalSelection',
  /** Goes from the palette's line for the text to the form, with what was typed. */
  writeInForm: 'bitrix24Push.writeInForm',
  /** Asks when the form's draft shall be sent, and keeps it until then. */
  sendLater: 'bitrix24Push.sendLater',
  /** Saves the form's recipients, or others, under a name in the settings. */
  saveGroup: 'bitrix24Push.saveGroup',
  /** Asks which of the things that run now shall be told when they end. */
  pushWhenEnds: 'bitrix24Push.pushWhenEnds',
  signIn: 'bitrix24Push.signIn',
  signOut: 'bitrix24Push.signOut',
  switchAccount: 'bitrix24Push.switchAccount',
  checkSetup: 'bitrix24Push.checkSetup',
  /** Opens a page that checks one person against everything that can stop a push. */
  whyNotDelivered: 'bitrix24Push.whyNotDelivered',
  /** Opens the portal's page where the application gets its name. */
  setAppName: 'bitrix24Push.setAppName',
  /** Sets the name drawn on the form's phone; no REST method tells the real one. */
  setSenderName: 'bitrix24Push.setSenderName',
  editCredentials: 'bitrix24Push.editCredentials',
  /** Sets up, or offers what can be done about, pushes to oneself. */
  reachMe: 'bitrix24Push.reachMe',
  pauseReachingMe: 'bitrix24Push.pauseReachingMe',
  resumeReachingMe: 'bitrix24Push.resumeReachingMe',
  /** Puts hooks and tools of ours into the files of coding agents, and takes them out again. */
  connectAgents: 'bitrix24Push.connectAgents',
  sandbox: 'bitrix24Push.sandbox',
  showLog: 'bitrix24Push.showLog',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

/** Commands of the history's lines; each is called with its line. */
export const historyCommands = {
  historyFind: 'bitrix24Push.history.find',
  historyClear: 'bitrix24Push.history.clear',
  historySendAgain: 'bitrix24Push.history.sendAgain',
  historySendToRest: 'bitrix24Push.history.sendToRest',
  historyCopyText: 'bitrix24Push.history.copyText',
  historyCopyCurl: 'bitrix24Push.history.copyAsCurl',
  historyCopyPowerShell: 'bitrix24Push.history.copyAsPowerShell',
  historyCopyJavaScript: 'bitrix24Push.history.copyAsJavaScript',
  historyCopyPhp: 'bitrix24Push.history.copyAsPhp',
  deleteNotification: 'bitrix24Push.history.deleteNotification',
  historyDelete: 'bitrix24Push.history.delete',
  heldSend: 'bitrix24Push.history.heldSend',
  heldDiscard: 'bitrix24Push.history.heldDiscard',
  scheduledSend: 'bitrix24Push.scheduled.send',
  scheduledChangeTime: 'bitrix24Push.scheduled.changeTime',
  scheduledEdit: 'bitrix24Push.scheduled.edit',
  scheduledCancel: 'bitrix24Push.scheduled.cancel',
  waitingSend: 'bitrix24Push.waiting.send',
  waitingSendAnyway: 'bitrix24Push.waiting.sendAnyway',
  waitingMarkAsSent: 'bitrix24Push.waiting.markAsSent',
} as const;

/** Commands of the lenses of push files; each is called with the push. */
export const fileCommands = {
  send: 'bitrix24Push.file.send',
  sendToMe: 'bitrix24Push.file.sendToMe',
  sendLater: 'bitrix24Push.file.sendLater',
  preview: 'bitrix24Push.file.preview',
  /** Shows the push in the history that this one became last. */
  showSent: 'bitrix24Push.file.showSent',
} as const;

/** Commands of the lenses over calls in somebody's source; each is called with what the call says. */
export const ownCallCommands = {
  tryInSandbox: 'bitrix24Push.ownCall.tryInSandbox',
  openInForm: 'bitrix24Push.ownCall.openInForm',
} as const;

export type HistoryCommandId = (typeof historyCommands)[keyof typeof historyCommands];

export const views = { form: 'bitrix24Push.form', history: 'bitrix24Push.history' } as const;

/** Context keys for when-clauses. */
export const contextKeys = {
  signedIn: 'bitrix24Push.signedIn',
  /** The palette asks for the text. */
  writingText: 'bitrix24Push.writingText',
} as const;

import { l10n } from 'vscode';
import { fillableWords, keptSentence } from '../problems/draftProblems';

/**
 * Returns every sentence that the form's page shows, in the user's language; the page has none of its own.
 * Sentences with `|` hold their plural forms, see common/plural.ts.
 */
export function formStrings() {
  return {
    ...accountStrings(),
    ...recipientStrings(),
    ...searchStrings(),
    ...messageStrings(),
    ...sendStrings(),
  } satisfies Record<string, string>;
}

export type FormStringKey = keyof ReturnType<typeof formStrings>;

function accountStrings() {
  return {
    formLabel: l10n.t('Write a Bitrix24 push'),

    welcome: l10n.t(
      'Sign in to your Bitrix24 portal to send a push to the phones of your colleagues. Or try it without a portal: the sandbox shows its own phones.',
    ),
    signIn: l10n.t('Sign In'),
    trySandbox: l10n.t('Try in Sandbox'),
    draftKept: keptSentence(true),
    draftNotKept: keptSentence(false),

    switchAccount: l10n.t('Send from another account'),
    administrator: l10n.t('administrator'),
    notAdministrator: l10n.t('not an administrator'),
    administratorHint: l10n.t(
      'Bitrix24 accepts pushes only from administrators, so it will refuse this account.',
    ),
  };
}

function recipientStrings() {
  return {
    to: l10n.t('To'),
    toPlaceholder: l10n.t('Name, department, id…'),
    toHelp: l10n.t(
      'Type a name and choose from the list, or type ids; a list of names, ids and e-mail addresses can be pasted. Backspace removes the last one; the left arrow goes to those already chosen.',
    ),
    people: l10n.t('{0} person|{0} people'),
    chosen: l10n.t('Chosen people'),
    showChosen: l10n.t('Show these people'),
    filterChosen: l10n.t('Find among the people chosen'),
    moreChosen: l10n.t(
      '{0} more person. Type a name to find them.|{0} more people. Type a name to find one.',
    ),
    me: l10n.t('Me – {0}'),
    personId: l10n.t('id {0}'),
    personUnknown: l10n.t('Nobody on the portal has the id {0}: Bitrix24 would notify nobody.'),
    personInactive: l10n.t('{0} was dismissed: Bitrix24 would not notify them.'),
    otherPortal: l10n.t(
      'The people chosen before belong to another portal. Choose people on this one; the earlier draft is kept below.',
    ),
    removePerson: l10n.t('Remove {0}'),
    removed: l10n.t('{0} removed'),
    clearAll: l10n.t('Clear all'),
    allSelected: l10n.t('All are selected. Delete removes them.'),
    entries: l10n.t('{0} entry|{0} entries'),
    undo: l10n.t('Undo'),
    added: l10n.t('{0} added'),
    morePeople: l10n.t('and {0} more'),
    found: l10n.t('{0} person found|{0} people found'),
    departmentId: l10n.t('department {0}'),
    department: l10n.t('department'),
    departmentOf: l10n.t('department, {0} person|department, {0} people'),
    departments: l10n.t('{0} department|{0} departments'),
    aboutPeople: l10n.t('about {0} person|about {0} people'),
    headOf: l10n.t('head: {0}'),
    withSubdepartments: l10n.t('with sub-departments'),
    directOnly: l10n.t('direct members only'),
    subdepartments: l10n.t('sub-depts'),
    subdepartmentsOf: l10n.t('{0}, sub-depts'),
    switchToTree: l10n.t('Direct members only. Switch to all, with sub-departments'),
    switchToDirect: l10n.t('With sub-departments. Switch to direct members only'),
    reachNow: l10n.t('{0}: {1}'),
    savedGroup: l10n.t('saved group'),
    workspaceGroup: l10n.t('group from the settings of this workspace'),
    chooseByArrow: l10n.t('Press the down arrow to choose from the list.'),
    saveAsGroup: l10n.t('Save as group'),
    foundAny: l10n.t('{0} match found|{0} matches found'),
  };
}

/** What is typed or pasted to find people. */
function searchStrings() {
  return {
    matching: l10n.t('Looking up these people… Press Escape to stop.'),
    matchFailed: l10n.t(
      'The list could not be looked up. It is kept here: press Enter to try again. Ids work in any case.',
    ),
    listTooLong: l10n.t('The list is too long to be pasted at once. Paste it in parts.'),
    unmatched: l10n.t(
      '{0} entry could not be matched; it stays in the field:|{0} entries could not be matched; they stay in the field:',
    ),
    whyUnknown: l10n.t('– no person or department found.'),
    whyAmbiguous: l10n.t('– several match. Choose one:'),
    whyNoScope: l10n.t('– the application has no permission to look this up.'),
    whyUnknownId: l10n.t('– nobody has this id.'),
    whyPortal: l10n.t('– this profile is on another portal.'),
    whySpelling: l10n.t('– spelled differently on the portal. Choose who is meant:'),
    whyAddress: l10n.t('– nobody has this address, but somebody has the name. Choose:'),
    whyNumber: l10n.t('– may be an id or only a number. Choose if it is an id:'),
    whyMismatch: l10n.t('– the person with this id has another name. Choose:'),
    whyInactive: l10n.t('– was dismissed: Bitrix24 would not notify them.'),
    whoIs: l10n.t('Matches for “{0}”'),
    mayNotGet: l10n.t('{0} person may not get it: {1}.|{0} people may not get it: {1}.'),
    mayComeLate: l10n.t('{0} person may get it late: {1}.|{0} people may get it late: {1}.'),
    personHint: l10n.t('{0} ({1})'),
    hintsOfFirst: l10n.t('Checked: the first {0}.'),
    why: l10n.t('Why?'),
    whyOf: l10n.t('Why? About {0}'),
    searching: l10n.t('Searching…'),
    nobodyFound: l10n.t('Nobody found for “{0}”'),
    searchFailed: l10n.t('The portal did not answer the search. Ids still work.'),
    suggestions: l10n.t('People found'),
  };
}

/** Text, avatar and the preview on the phone. */
function messageStrings() {
  return {
    issueUnresolved: l10n.t('Choose “{0}” from the list, or remove it.'),
    issueUnmatched: l10n.t('Correct or remove “{0}” and anything else left in the field.'),
    text: l10n.t('Text'),
    textPlaceholder: l10n.t('What should the phones show?'),
    mode: l10n.t('Braces in the text'),
    modeLiteral: l10n.t('literal'),
    modeLiteralHint: l10n.t('Braces are sent as they are.'),
    modePersonal: l10n.t('personal'),
    modePersonalHint: l10n.t(
      'Filled in for each person: {0}. {1} gives the text to use where the value is not known. To send a brace itself, write it twice.',
    ),
    makeLiteral: l10n.t('Switch to literal'),
    literalHint: l10n.t('“{0}” is sent as it is written.'),
    makePersonal: l10n.t('Fill it in for each person'),
    placeholders: l10n.t('What can be filled in'),
    placeholdersOpen: l10n.t('What can be filled in: choose with the arrow keys.'),
    placeholdersNote: l10n.t(
      'Where the value is not known: {0}. To send a brace itself, write it twice.',
    ),
    placeholderFallback: l10n.t({
      message: 'colleague',
      comment: ['What a text says in place of a name that is not known'],
    }),
    placeholderWords: fillableWords(),
    placeholderMeanings: l10n.t('first name, last name, first and last name, position, department'),
    addLocation: l10n.t('Begin with “{0}”'),
    iphone: l10n.t('iPhone'),
    android: l10n.t('Android'),
    bytes: l10n.t('{0} of {1} bytes'),
    bytesNear: l10n.t('nearly full'),
    bytesOver: l10n.t('too long'),
    tooLongNow: l10n.t('The text is too long: the end will be cut.'),

    avatar: l10n.t('Avatar'),
    avatarPlaceholder: l10n.t('https://… (optional)'),
    avatarBroken: l10n.t(
      'The picture cannot be loaded here. Phones that cannot load it show none.',
    ),
    avatarNotShown: l10n.t(
      'Only https pictures are shown here. The phone may still show this one.',
    ),

    onPhone: l10n.t('On the phone'),
    onPhoneOf: l10n.t('On the phone of {0}'),
    onPhoneExample: l10n.t('On the phone, with {0} as an example'),
    exampleFirstName: l10n.t({ message: 'Anna', comment: ['An invented person'] }),
    exampleLastName: l10n.t({ message: 'Petrova', comment: ['An invented person'] }),
    examplePosition: l10n.t({ message: 'engineer', comment: ['Of an invented person'] }),
    exampleDepartment: l10n.t({ message: 'Sales', comment: ['Department of an invented person'] }),
    choosePhone: l10n.t('Whose phone is shown'),
    platform: l10n.t('Phone in the preview'),
    previewLabel: l10n.t('How it will look on the lock screen'),
    senderUnknown: l10n.t('the application’s name in Bitrix24'),
    setSenderName: l10n.t('Set the application’s name shown here'),
    now: l10n.t('now'),
    previewEmpty: l10n.t('Your text will appear here.'),
    showAll: l10n.t('Show all'),
    showLess: l10n.t('Show less'),
    cutAway: l10n.t(
      'Cut here: {0} character does not arrive.|Cut here: {0} characters do not arrive.',
    ),
  };
}

/** Sending, its outcome, and drafts that are kept. */
function sendStrings() {
  return {
    send: l10n.t('Send'),
    sendTo: l10n.t('Send to {0} person|Send to {0} people'),
    sendToAbout: l10n.t('Send to about {0} person|Send to about {0} people'),
    sendToDepartments: l10n.t('Send to people of {0} department|Send to people of {0} departments'),
    sendToCounts: l10n.t('Send to {0} and {1}'),
    planDepartments: l10n.t('The members of a department are looked up again when you send.'),
    sendLater: l10n.t('Send later…'),
    sendLaterKey: l10n.t('Choose when it is sent ({0})'),
    sendToMe: l10n.t('Send to me'),
    sendToMeHint: l10n.t('Sends to {0} only; the people above stay chosen.'),
    plan: l10n.t({ message: '{0}, {1}, {2}', comment: ['312 people, 40 texts, 1 request'] }),
    planTexts: l10n.t('{0} text|{0} texts'),
    planRequests: l10n.t('{0} request|{0} requests'),
    planBlanks: l10n.t(
      'For {1} of {0} person, a value used in the text is not known and is left empty.|For {1} of {0} people, a value used in the text is not known and is left empty.',
    ),
    sendKey: l10n.t('Send ({0})'),
    checking: l10n.t('Checking…'),
    checkingLong: l10n.t('Nothing has been sent yet.'),
    sending: l10n.t('Sending…'),
    sendingLong: l10n.t(
      'Bitrix24 has not answered yet. If you cancel now, the push may arrive all the same.',
    ),
    progressLabel: l10n.t('Progress of sending'),
    progress: l10n.t('Accepted: {0}, remaining: {1}, failed: {2}'),
    stopping: l10n.t('Stopping. Waiting for answers to what has already been sent.'),
    waiting: l10n.t('Bitrix24 limits requests. Trying again at {0}.'),
    cancel: l10n.t('Cancel'),
    acceptedByBell: l10n.t(
      'In the bell of {0} person since {1}|In the bells of {0} people since {1}',
    ),
    accepted: l10n.t(
      'Accepted by Bitrix24 at {1} for {0} person|Accepted by Bitrix24 at {1} for {0} people',
    ),
    problemKind: l10n.t('What went wrong'),

    kept: l10n.t('{0} text kept for later|{0} texts kept for later'),
    keptRestore: l10n.t('Continue with “{0}”'),
    keptForget: l10n.t('Delete “{0}”'),
    keptForgotten: l10n.t('{0} kept text deleted|{0} kept texts deleted'),
    keptWithoutText: l10n.t('(no text)'),
  };
}

import { env, l10n } from 'vscode';
import type { Account } from '../accounts/account';
import type { DeliveryScope } from '../bitrix24/presence';
import { counted } from '../common/counted';
import { dateTime } from '../common/dateTime';
import { plainText } from '../common/plainText';
import { scopeName } from '../common/scopeName';
import type { Recipient } from '../people/recipient';
import { recipientName } from '../people/recipientName';
import type { DeliveryPageContent, PageAction, PageCheck } from './deliveryPage';
import type { CheckResult, DeliveryCheck, DeliveryRule } from './deliveryRules';

/** The findings about one person, from which the page is written. */
export interface DeliveryReport {
  account: Account;
  person: Recipient;
  /** When the portal answered, Unix ms; undefined while it is being asked. */
  at: number | undefined;
  checks: readonly DeliveryCheck[];
  /** Whether the portal accepts pushes from this account; `problem` says in a sentence why not. */
  sending: { result: CheckResult; problem?: string | undefined };
  /** A sentence that says why the portal could not be asked. */
  trouble?: string | undefined;
  /** The scopes with which the portal would say more. */
  missing: readonly DeliveryScope[];
}

/** The localized text of the page. */
export function deliveryPageContent(
  report: DeliveryReport,
  focus?: PageAction,
): DeliveryPageContent {
  const { account, person, at, sending, missing } = report;
  const busy = at === undefined;
  const host = plainText(account.host, 100);
  const name = plainText(recipientName(person), 100);
  const buttons: DeliveryPageContent['buttons'] = [
    { action: 'again', text: l10n.t('Check Again') },
    { action: 'another', text: l10n.t('Check Another Person…') },
  ];
  if (missing.length > 0) {
    buttons.push({ action: 'permissions', text: l10n.t('Open App Permissions') });
  }
  if (sending.result === 'certain') {
    buttons.push({ action: 'setup', text: l10n.t('Check Setup') });
  }
  return {
    language: env.language,
    title: l10n.t('Why a push to {0} may not arrive', name),
    asked: busy
      ? l10n.t('Asking {0}…', host)
      : l10n.t(
          '{0}, checked as {1} at {2}.',
          host,
          plainText(account.userName, 60),
          dateTime(at, { timeStyle: 'medium' }),
        ),
    intro: l10n.t(
      'Bitrix24 says that it accepted a push, but never whether a phone showed it. These are all the known reasons. Whether somebody is online is checked now; it may have been different when the push was sent.',
    ),
    verdict: verdictOf(report, host, name),
    groups: [
      {
        title: l10n.t('What Bitrix24 says'),
        note:
          missing.length > 0
            ? l10n.t(
                'With the permission {0} the application could check more.',
                missing.map(scopeName).join(', '),
              )
            : undefined,
        checks: [
          sendingCheck(report, host),
          ...report.checks.map((one) => personCheck(one, report, host)),
        ],
      },
      { title: l10n.t('What to check on the phone'), checks: phoneChecks(host) },
      { title: l10n.t('Other possible reasons'), checks: otherChecks(host) },
    ],
    buttons,
    busy,
    focus,
  };
}

function verdictOf(
  report: DeliveryReport,
  host: string,
  name: string,
): DeliveryPageContent['verdict'] {
  const { at, checks, sending, trouble } = report;
  if (at === undefined) {
    return { result: 'unchecked', text: l10n.t('Asking {0}…', host) };
  }
  const certain = checks.find(({ result }) => result === 'certain');
  if (certain) {
    return { result: 'certain', text: findingText(certain, report.person, host) };
  }
  if (sending.result === 'certain') {
    return {
      result: 'certain',
      text: l10n.t('{0} does not accept pushes from you at the moment.', host),
    };
  }
  if (trouble !== undefined) {
    return { result: 'unchecked', text: trouble };
  }
  const maybe = checks.filter(({ result }) => result === 'maybe');
  if (maybe.length > 0) {
    return maybe.every(({ rule }) => rule === 'browser')
      ? { result: 'maybe', text: l10n.t('A push to {0} may come late at the moment.', name) }
      : { result: 'maybe', text: l10n.t('A push to {0} may not be shown at the moment.', name) };
  }
  return checks.some(({ result }) => result === 'unchecked')
    ? {
        result: 'unchecked',
        text: l10n.t('Bitrix24 says little about {0}, but nothing that would stop a push.', name),
      }
    : {
        result: 'fine',
        text: l10n.t('Bitrix24 says nothing that would stop a push to {0}. Check the phone.', name),
      };
}

function sendingCheck({ sending, at }: DeliveryReport, host: string): PageCheck {
  const text =
    at === undefined
      ? l10n.t('Asking {0}…', host)
      : l10n.t(
          'Checked just now, without sending anything: permission, administrator and the application’s name.',
        );
  return check(sending.result, l10n.t('Your right to send'), sending.problem ?? text);
}

function personCheck(one: DeliveryCheck, report: DeliveryReport, host: string): PageCheck {
  const titles: Record<DeliveryRule, string> = {
    exists: l10n.t('Id'),
    active: l10n.t('Employment'),
    mobile: l10n.t('Mobile app'),
    desktop: l10n.t('Desktop app'),
    browser: l10n.t('Online'),
    extranet: l10n.t('Extranet'),
  };
  const text =
    one.result === 'unchecked'
      ? whyUnchecked(one, report, host)
      : findingText(one, report.person, host);
  return check(one.result, titles[one.rule], text);
}

function check(result: CheckResult, title: string, text: string): PageCheck {
  const words: Record<CheckResult, string> = {
    fine: l10n.t('Fine'),
    maybe: l10n.t('May be the cause'),
    certain: l10n.t('This is the cause'),
    unchecked: l10n.t('Not checked'),
  };
  return { result, resultWord: words[result], title, texts: [text] };
}

function whyUnchecked(
  { rule }: DeliveryCheck,
  { at, trouble, missing }: DeliveryReport,
  host: string,
): string {
  if (at === undefined) {
    return l10n.t('Asking {0}…', host);
  }
  if (trouble !== undefined) {
    return l10n.t('{0} could not be checked.', host);
  }
  // The chat tells of the devices.
  const scope = rule === 'mobile' || rule === 'desktop' ? 'im' : 'user';
  return missing.includes(scope)
    ? l10n.t('This can be checked only with the permission {0}.', scopeName(scope))
    : l10n.t('{0} does not say.', host);
}

function findingText(one: DeliveryCheck, { id }: Recipient, host: string): string {
  switch (one.rule) {
    case 'exists':
      return existsText(one, id, host);
    case 'active':
      return one.result === 'certain'
        ? l10n.t('The person was dismissed. Bitrix24 sends nothing to dismissed people.')
        : l10n.t('The account is active.');
    case 'mobile':
      return mobileText(one);
    case 'desktop':
      return desktopText(one);
    case 'browser':
      return browserText(one);
    case 'extranet':
      return l10n.t('The person is from outside the company. They get pushes like everybody else.');
  }
}

function existsText({ result }: DeliveryCheck, id: number, host: string): string {
  if (result === 'fine') {
    return l10n.t('Their id on {0} is {1}.', host, id);
  }
  return result === 'certain'
    ? l10n.t(
        'Nobody on {0} has the id {1}. Bitrix24 still accepts such a push, but sends nothing.',
        host,
        id,
      )
    : l10n.t('{0} does not show anybody with the id {1}.', host, id);
}

function mobileText({ days, mobileAt }: DeliveryCheck): string {
  if (mobileAt === undefined) {
    return l10n.t(
      'Bitrix24 has not seen this person use the mobile app. Until the app is installed on a phone and signed in, there is nowhere to send a push.',
    );
  }
  return days === undefined
    ? l10n.t(
        'Last used {0}. That does not prove that the app is still installed or allowed to notify.',
        dateTime(mobileAt),
      )
    : counted(
        l10n.t(
          'Last used {1}, {0} day ago. Bitrix24 forgets a phone after 14 days without the app, until the app is opened again.|Last used {1}, {0} days ago. Bitrix24 forgets a phone after 14 days without the app, until the app is opened again.',
        ),
        days,
        dateTime(mobileAt),
      );
}

function desktopText({ presence }: DeliveryCheck): string {
  if (presence === 'desktop') {
    return l10n.t(
      'The desktop app is open and in use. Bitrix24 then usually shows nothing on the phone.',
    );
  }
  if (presence === 'desktopIdle') {
    return l10n.t('The desktop app is open but idle, so pushes go to the phone.');
  }
  return presence === 'phone'
    ? phoneInUse()
    : l10n.t('The desktop app has not been open within the last 5 minutes.');
}

function browserText({ presence }: DeliveryCheck): string {
  if (presence === 'browser') {
    return l10n.t(
      'Online in a browser: pushes come 15 to 60 seconds late. If this person has switched off Bitrix24’s smart filter, they come at once, but without a sound.',
    );
  }
  if (presence === 'somewhere') {
    return l10n.t(
      'Online, but only the permission {0} would show where. In a browser, pushes come 15 to 60 seconds late. With the desktop app open, the phone usually shows nothing.',
      scopeName('im'),
    );
  }
  if (presence === 'desktop' || presence === 'desktopIdle') {
    return l10n.t('This depends on the desktop app, see above.');
  }
  return presence === 'phone'
    ? phoneInUse()
    : l10n.t('Not online within the last 5 minutes: pushes come at once.');
}

function phoneInUse(): string {
  return l10n.t('The mobile app was used within the last 5 minutes: pushes come at once.');
}

/** Questions that only the person can answer, because no method of Bitrix24 tells, with where to look. */
function phoneChecks(host: string): PageCheck[] {
  return [
    question(
      l10n.t('Is the Bitrix24 app on the phone, and signed in to {0} as this person?', host),
      l10n.t('In the app: open the menu, the person and the portal are at its top.'),
      l10n.t('If there are several phones, look at each one.'),
    ),
    question(
      l10n.t('Are notifications switched on in the Bitrix24 app?'),
      l10n.t('In the app: Menu > Settings > Notifications.'),
    ),
    question(
      l10n.t('Does the phone let Bitrix24 notify?'),
      l10n.t('iPhone: Settings > Notifications > Bitrix24, with Allow Notifications on.'),
      l10n.t(
        'Android: Settings > Notifications > App notifications > Bitrix24, with all categories on.',
      ),
    ),
    question(
      l10n.t('Does Do Not Disturb or a focus mode hide notifications?'),
      l10n.t('iPhone: Settings > Focus, and Settings > Notifications > Scheduled Summary.'),
      l10n.t(
        'Android: Settings > Notifications > Do Not Disturb, and Settings > Digital Wellbeing > Focus mode.',
      ),
    ),
    question(
      l10n.t('Does the battery saver stop Bitrix24 in the background?'),
      l10n.t('iPhone: nothing to look at, Low Power Mode does not hold pushes back.'),
      l10n.t(
        'Android: Settings > Apps > Bitrix24 > Battery, set to Unrestricted. Some makers have an Autostart switch as well.',
      ),
    ),
    question(
      l10n.t('Was the phone off or without network?'),
      l10n.t(
        'A push waits 12 hours for such a phone, or 2 hours if it was held back because the person was online. After that it does not come.',
      ),
    ),
    question(
      l10n.t('Is it in a group with other pushes of the application?'),
      l10n.t(
        'iPhone: open Notification Center from the top of the screen and tap the stack of Bitrix24.',
      ),
      l10n.t(
        'Android: pull down from the top of the screen and unfold Bitrix24. What was swiped away is in Settings > Notifications > Notification history.',
      ),
    ),
  ];
}

function otherChecks(host: string): PageCheck[] {
  return [
    question(
      l10n.t('If {0} is self-hosted: are its pushes switched on?', host),
      l10n.t(
        'An administrator sees it on the portal: Settings > System settings > Module settings > Push and Pull. Until pushes are switched on there, Bitrix24 accepts them and drops them.',
      ),
      l10n.t('A customization of the portal may hold them back too.'),
    ),
    question(
      l10n.t('Was the text too long?'),
      l10n.t(
        'A push has room for 4,096 bytes in all. The rest is cut off, and if the cut falls inside a letter, an iPhone loses the push. The form warns you when a text is too long.',
      ),
    ),
    question(
      l10n.t('Was the same push sent twice?'),
      l10n.t(
        'If one request carries the same push to a person twice, it arrives once. If the same text is sent twice, one after the other, it arrives twice. The history of this extension shows what was sent.',
      ),
    ),
  ];
}

/** Something that only people can find out. `where`: where to look, a paragraph each. */
function question(title: string, ...where: string[]): PageCheck {
  return { result: 'question', resultWord: l10n.t('You can check'), title, texts: where };
}

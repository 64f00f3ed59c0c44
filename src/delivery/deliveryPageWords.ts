import { env, l10n } from 'vscode';
import type { Account } from '../accounts/account';
import type { DeliveryScope } from '../bitrix24/presence';
import { dateTime } from '../common/dateTime';
import { plainText } from '../common/plainText';
import { scopeName } from '../common/scopeName';
import type { Recipient } from '../people/recipient';
import { recipientName } from '../people/recipientName';
import type { CheckResult, DeliveryCheck } from './deliveryChecks';
import type { DeliveryPageContent, PageAction, PageCheck } from './deliveryPage';

/** What was found out about one person. */
export interface DeliveryReport {
  account: Account;
  person: Recipient;
  /** Unix ms; undefined while the portal is being asked. */
  at: number | undefined;
  checks: readonly DeliveryCheck[];
  /** Whether the portal takes pushes at all; `problem` in a sentence. */
  sending: { result: CheckResult; problem?: string | undefined };
  /** Why the portal could not be asked, in a sentence. */
  trouble?: string | undefined;
  missing: readonly DeliveryScope[];
}

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
      : l10n.t('{0}, asked as {1} at {2}.', host, plainText(account.userName, 60), timeOf(at)),
    intro: l10n.t(
      'Bitrix24 answers that it accepted a push, and never tells whether a phone showed it. These are all the reasons known. Where people are is as of now; it may have been different when the push left.',
    ),
    verdict: verdictOf(report, host, name),
    groups: [
      {
        title: l10n.t('What Bitrix24 tells'),
        note:
          missing.length > 0
            ? l10n.t(
                'With the permission {0} the application would learn more.',
                missing.map(scopeName).join(', '),
              )
            : undefined,
        checks: [
          sendingCheck(report, host),
          ...report.checks.map((check) => wordsOf(check, report, host)),
        ],
      },
      { title: l10n.t('What to look at on the phone'), checks: onThePhone(host) },
      { title: l10n.t('What else there is'), checks: elsewhere() },
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
    return { result: 'certain', text: wordsOf(certain, report, host).text };
  }
  if (sending.result === 'certain') {
    return { result: 'certain', text: l10n.t('{0} takes no pushes from you now.', host) };
  }
  if (trouble !== undefined) {
    return { result: 'unchecked', text: trouble };
  }
  const maybe = checks.filter(({ result }) => result === 'maybe');
  if (maybe.length > 0) {
    return maybe.every(({ rule }) => rule === 'browser')
      ? { result: 'maybe', text: l10n.t('A push to {0} may come late now.', name) }
      : { result: 'maybe', text: l10n.t('A push to {0} may not be shown now.', name) };
  }
  return checks.some(({ result }) => result === 'unchecked')
    ? {
        result: 'unchecked',
        text: l10n.t('The little that Bitrix24 tells speaks for a push to {0}.', name),
      }
    : {
        result: 'fine',
        text: l10n.t(
          'Nothing that Bitrix24 tells speaks against a push to {0}. Look at the phone.',
          name,
        ),
      };
}

function resultWord(result: CheckResult): string {
  switch (result) {
    case 'fine':
      return l10n.t('Fine');
    case 'maybe':
      return l10n.t('May be the cause');
    case 'certain':
      return l10n.t('This is the cause');
    case 'unchecked':
      return l10n.t('Cannot be asked');
  }
}

function check(result: CheckResult, title: string, text: string): PageCheck {
  return { result, resultWord: resultWord(result), title, text };
}

function sendingCheck({ sending, at }: DeliveryReport, host: string): PageCheck {
  return check(
    sending.result,
    l10n.t('Your right to send'),
    sending.problem ??
      (at === undefined
        ? l10n.t('Asking {0}…', host)
        : l10n.t(
            'Asked just now, without sending anything: permission, administrator and the application’s name.',
          )),
  );
}

function wordsOf(
  one: DeliveryCheck,
  { at, person, trouble, missing }: DeliveryReport,
  host: string,
) {
  const { rule, result } = one;
  const scope = chatRules.has(rule) ? 'im' : 'user';
  const open =
    at === undefined
      ? l10n.t('Asking {0}…', host)
      : trouble !== undefined
        ? l10n.t('{0} could not be asked.', host)
        : missing.includes(scope)
          ? l10n.t('Only the permission {0} would tell.', scopeName(scope))
          : l10n.t('{0} did not tell.', host);
  switch (rule) {
    case 'exists':
      return check(
        result,
        l10n.t('Id'),
        {
          fine: l10n.t('Their id on {0} is {1}.', host, person.id),
          certain: l10n.t(
            'Nobody on {0} has the id {1}. Bitrix24 accepts such a push all the same and sends nothing.',
            host,
            person.id,
          ),
          maybe: l10n.t('{0} shows nobody with the id {1}.', host, person.id),
          unchecked: open,
        }[result],
      );
    case 'active':
      return check(
        result,
        l10n.t('Employment'),
        result === 'certain'
          ? l10n.t('The person was dismissed. Bitrix24 sends nothing to dismissed people.')
          : result === 'unchecked'
            ? open
            : l10n.t('The account is active.'),
      );
    case 'mobile':
      return check(result, l10n.t('Mobile app'), result === 'unchecked' ? open : mobileText(one));
    case 'desktop':
      return check(result, l10n.t('Desktop app'), result === 'unchecked' ? open : desktopText(one));
    case 'browser':
      return check(result, l10n.t('Online'), result === 'unchecked' ? open : browserText(one));
    case 'extranet':
      return check(
        result,
        l10n.t('Extranet'),
        l10n.t('The person is from outside the company. They get pushes like everybody else.'),
      );
  }
}

const chatRules: ReadonlySet<string> = new Set(['mobile', 'desktop']);

function mobileText({ hint, mobileAt }: DeliveryCheck): string {
  if (mobileAt === undefined) {
    return l10n.t(
      'Bitrix24 knows of no use of the mobile app. Without the app on a phone, signed in, there is nothing to send to.',
    );
  }
  return hint
    ? l10n.t(
        'Last used {0}, {1} days ago. Bitrix24 forgets phones that have not come back for 14 days, until the app is opened again.',
        dateTime(mobileAt),
        hint.days ?? 14,
      )
    : l10n.t(
        'Last used {0}. That does not prove that the app is still there or may notify.',
        dateTime(mobileAt),
      );
}

const atOnce = () =>
  l10n.t('The mobile app was used within the last 5 minutes: pushes come at once.');

function desktopText({ where }: DeliveryCheck): string {
  switch (where) {
    case 'desktop':
      return l10n.t(
        'The desktop app is open and in use. Bitrix24 then usually shows nothing on the phone.',
      );
    case 'desktopIdle':
      return l10n.t('The desktop app is open but idle, so pushes go to the phone.');
    case 'phone':
      return atOnce();
    case 'browser':
    case 'somewhere':
    case 'offline':
    case undefined:
      return l10n.t('The desktop app has not been open within the last 5 minutes.');
  }
}

function browserText({ where }: DeliveryCheck): string {
  switch (where) {
    case 'browser':
      return l10n.t(
        'Online in a browser: pushes come 15 to 60 seconds late. For people who have switched Bitrix24’s smart filter off they come at once, but without a sound.',
      );
    case 'somewhere':
      return l10n.t(
        'Online, but where is known only with the permission {0}. In a browser: pushes come 15 to 60 seconds late. With the desktop app open: usually not on the phone.',
        scopeName('im'),
      );
    case 'desktop':
    case 'desktopIdle':
      return l10n.t('The desktop app counts, see above.');
    case 'phone':
      return atOnce();
    case 'offline':
    case undefined:
      return l10n.t('Not online within the last 5 minutes: pushes come at once.');
  }
}

/** Nobody but the person can see these: no method of Bitrix24 tells them. */
function onThePhone(host: string): PageCheck[] {
  const look = (title: string, text: string) => ({
    ...check('unchecked', title, text),
    resultWord: l10n.t('Look yourself'),
  });
  return [
    look(
      l10n.t('The app on the phone'),
      l10n.t(
        'The Bitrix24 app is installed and signed in to {0} as this person. With several phones, look at each.',
        host,
      ),
    ),
    look(
      l10n.t('Notifications in the Bitrix24 app'),
      l10n.t('They are switched on in the app’s own settings.'),
    ),
    look(
      l10n.t('Notifications of the phone'),
      l10n.t(
        'The phone lets Bitrix24 notify, and Do Not Disturb or a focus mode does not hide it.',
      ),
    ),
    look(
      l10n.t('Battery saver'),
      l10n.t('On Android, the battery saver does not stop Bitrix24 in the background.'),
    ),
    look(
      l10n.t('Phone off or without network'),
      l10n.t(
        'A push waits 12 hours for a phone that is off or without network; one that was held back for somebody online, 2 hours.',
      ),
    ),
    look(
      l10n.t('Other pushes of the application'),
      l10n.t('They are grouped under its name: look inside the group.'),
    ),
  ];
}

function elsewhere(): PageCheck[] {
  const look = (title: string, text: string) => ({
    ...check('unchecked', title, text),
    resultWord: l10n.t('Look yourself'),
  });
  return [
    look(
      l10n.t('Pushes of the portal'),
      l10n.t(
        'On a self-hosted portal pushes are off until an administrator switches them on in the Push and Pull module. Until then Bitrix24 accepts them and drops them. A portal’s own program may hold them back too.',
      ),
    ),
    look(
      l10n.t('Length of the text'),
      l10n.t(
        'A push may take 4,096 bytes with everything. More is cut, and on an iPhone a cut within a letter loses the push. The form says beforehand when a text is too long.',
      ),
    ),
    look(
      l10n.t('The same push twice'),
      l10n.t(
        'Equal pushes in one request become one for each person. Two pushes with the same text, sent one after the other, are two.',
      ),
    ),
  ];
}

function timeOf(at: number): string {
  return new Intl.DateTimeFormat(env.language, { timeStyle: 'medium' }).format(at);
}

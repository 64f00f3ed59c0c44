import assert from 'node:assert/strict';
import { CancellationError } from 'vscode';
import type { Account } from '../../../src/accounts/account';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { Log } from '../../../src/common/log';
import { Notifier } from '../../../src/problems/notifier';
import type { MessageSurface } from '../../../src/problems/notifier';
import type { FixId, Fixes, Problem, ProblemContext } from '../../../src/problems/problem';
import { newDraft } from '../../../src/push/draft';
import type { PushAction } from '../../../src/push/push';
import { accountOf } from '../../../src/accounts/storedAccount';
import { ManualClock } from '../../support/manualClock';
import { storedAccount } from '../../support/storedAccounts';

const emptyName: Problem = {
  code: 'EMPTY_APP_NAME',
  message: 'The application has no name.',
  severity: 'error',
  fixes: ['setAppName', 'tryAgain'],
};

/** The user's answers, in order: the label of a fix, or nothing. */
function setUp(answers: (FixId | undefined)[] = [], afterFix?: Account | Error) {
  const shown: string[] = [];
  const ran: [FixId, ProblemContext][] = [];
  const logged: string[] = [];
  const clock = new ManualClock();
  const surface: MessageSurface = {
    show: (severity, message, { modal, detail }, buttons) => {
      shown.push(
        [modal ? 'modal' : severity, message, detail, ...buttons].filter(Boolean).join(' | '),
      );
      return Promise.resolve(answers.shift()?.toUpperCase());
    },
  };
  const fixes: Fixes = {
    label: (fix) => fix.toUpperCase(),
    run: (fix, context) => {
      ran.push([fix, context]);
      return afterFix instanceof Error ? Promise.reject(afterFix) : Promise.resolve(afterFix);
    },
  };
  const note = (message: string) => void logged.push(message);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const notifier = new Notifier({
    ...{ log, clock, fixes: () => fixes, surface },
    isSaved: () => isSaved,
  });
  return { notifier, shown, ran, logged, clock };
}

const refusal = new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'PAYMENT_REQUIRED' });
let isSaved = true;
const draft = newDraft({ text: 'canary-text', recipients: [{ id: 3 }] });
const waiting = (...actions: PushAction[]): ProblemContext => ({
  draft,
  actions: actions.length > 0 ? actions : ['retry'],
  act: () => Promise.resolve(),
});

describe('notifier', () => {
  it('never has the button first by which somebody may get a push twice', async () => {
    const { notifier, shown } = setUp();
    const unknown: Problem = { ...emptyName, fixes: ['sendAnyway', 'discard', 'showLog'] };
    await notifier.tell(unknown, waiting('sendAnyway', 'markAsSent', 'discard'));
    assert.match(shown[0] ?? '', / \| DISCARD \| SHOWLOG \| SENDANYWAY$/);
  });

  it('shows the sentence with its code small at the end, and the fixes that can run', async () => {
    const { notifier, shown } = setUp();
    await notifier.tell(emptyName, waiting());
    await notifier.tell(emptyName, {});
    assert.deepEqual(shown, [
      'error | The application has no name. (EMPTY_APP_NAME) | SETAPPNAME | TRYAGAIN',
      'error | The application has no name. (EMPTY_APP_NAME) | SETAPPNAME',
    ]);
  });

  it('offers only what may be done about the push now', async () => {
    const { notifier, shown } = setUp();
    const fixes: FixId[] = ['sendToRest', 'sendAnyway', 'markAsSent', 'showLog'];
    await notifier.tell({ ...emptyName, fixes }, waiting('sendToRest', 'discard'));
    assert.match(shown[0] ?? '', /\(EMPTY_APP_NAME\) \| SENDTOREST \| SHOWLOG$/);
  });

  it('shows at most three buttons', async () => {
    const { notifier, shown } = setUp();
    await notifier.tell({
      ...emptyName,
      fixes: ['openPortal', 'openAppPage', 'showLog', 'switchAccount'],
    });
    assert.equal(shown[0]?.split(' | ').length, 5);
  });

  it('keeps the push one click away after a fix', async () => {
    const { notifier, shown, ran } = setUp(['setAppName', 'tryAgain']);
    await notifier.tell(emptyName, waiting());
    assert.deepEqual(
      { shown: shown.slice(1), ran: ran.map(([fix]) => fix) },
      {
        shown: [
          'info | Give the application a name and save it, then send the push again. Your text is kept. | TRYAGAIN | SETAPPNAME',
        ],
        ran: ['setAppName', 'tryAgain'],
      },
    );
  });

  it('keeps the rest of a push one click away after a fix', async () => {
    const { notifier, shown, ran } = setUp(['signInAsAdministrator', 'sendToRest']);
    const partly: Problem = { ...emptyName, fixes: ['sendToRest', 'signInAsAdministrator'] };
    await notifier.tell(partly, waiting('sendToRest'));
    assert.match(shown[1] ?? '', /kept\. \| SENDTOREST \| SIGNINASADMINISTRATOR$/);
    assert.deepEqual(
      ran.map(([fix]) => fix),
      ['signInAsAdministrator', 'sendToRest'],
    );
  });

  it('says no more to whoever looks at the history', async () => {
    const { notifier, shown, ran } = setUp(['showInHistory']);
    await notifier.tell({ ...emptyName, fixes: ['sendToPhone', 'showInHistory'] }, waiting());
    assert.deepEqual([shown.length, ran.length], [1, 1]);
  });

  it('says that somebody has signed in, and what to press then (trial 8.11)', async () => {
    const anna = accountOf(storedAccount());
    const signedOut: Problem = { ...emptyName, code: 'invalid_token', fixes: ['signInAgain'] };
    const { notifier, shown } = setUp(['signInAgain', undefined], anna);
    await notifier.tell(signedOut, { ...waiting(), account: anna });
    assert.equal(
      shown[1],
      `info | You are signed in to ${anna.host} as ${anna.userName}. The push has not been sent yet. Your text is kept. | TRYAGAIN | SIGNINAGAIN`,
    );
    const other = setUp(['signInAgain'], anna);
    await other.notifier.tell(signedOut, { account: anna });
    assert.equal(other.shown[1], `info | You are signed in to ${anna.host} as ${anna.userName}.`);
    const cancelled = setUp(['signInAgain']);
    await cancelled.notifier.tell(signedOut, { account: anna });
    assert.equal(cancelled.shown.length, 1);
  });

  it('sends from the account that a fix signed in as, on the same portal', async () => {
    const [user, admin] = [storedAccount({ userId: 2 }), storedAccount()].map(accountOf);
    const { notifier, ran } = setUp(['signInAsAdministrator', 'tryAgain'], admin);
    await notifier.tell(
      { ...emptyName, code: 'ACCESS_ERROR', fixes: ['signInAsAdministrator'] },
      { ...waiting(), account: user },
    );
    assert.deepEqual(
      ran.map(([fix, { account }]) => [fix, account?.userId]),
      [
        ['signInAsAdministrator', 2],
        ['tryAgain', 1],
      ],
    );
  });

  it('offers a notification only where the application may have the permission for it', async () => {
    const buttonsFor = async (mayNotify: boolean | undefined) => {
      const { mayNotify: known, ...anna } = accountOf(storedAccount());
      assert.equal(known, false);
      assert.equal(accountOf(storedAccount({ scopes: [] })).mayNotify, undefined);
      const { notifier, shown } = setUp([undefined]);
      await notifier.tell(
        { ...emptyName, code: 'ACCESS_ERROR', fixes: ['sendAsNotification', 'switchAccount'] },
        {
          ...{ ...waiting(), actions: ['retry', 'sendAsNotification'] },
          account: { ...anna, ...(mayNotify !== undefined && { mayNotify }) },
        },
      );
      return shown[0]?.includes('SENDASNOTIFICATION');
    };
    const offered = [await buttonsFor(true), await buttonsFor(undefined), await buttonsFor(false)];
    assert.deepEqual(offered, [true, true, false]);
  });

  it('never sends to the same ids on another portal', async () => {
    const here = accountOf(storedAccount());
    const there: Account = { ...here, id: `${'b'.repeat(32)}:1`, host: 'other.bitrix24.com' };
    const { notifier, shown } = setUp(['switchAccount'], there);
    await notifier.tell(
      { ...emptyName, fixes: ['switchAccount'] },
      { ...waiting(), account: here },
    );
    assert.match(
      shown[1] ?? '',
      /^info \| You are now on other\.bitrix24\.com, .* \| GOTORECIPIENTS$/,
    );
  });

  it('does not repeat a burst of the same problem', async () => {
    const { notifier, shown, clock } = setUp();
    await Promise.all([1, 2, 3].map(() => notifier.tell(emptyName, waiting())));
    assert.equal(shown.length, 1);
    clock.advance(2_000);
    await notifier.tell(emptyName, waiting());
    assert.equal(shown.length, 2);
  });

  it('shows the same problem of another draft', async () => {
    const { notifier, shown } = setUp();
    await notifier.tell(emptyName, waiting());
    await notifier.tell(emptyName, { ...waiting(), draft: newDraft({ text: 'another' }) });
    assert.equal(shown.length, 2);
  });

  it('answers each time who asks whether all is ready', async () => {
    const { notifier, shown } = setUp();
    const ready: Problem = { code: 'READY', message: 'Ready.', severity: 'info', fixes: [] };
    await notifier.tell(ready);
    await notifier.tell(ready);
    assert.deepEqual(shown, ['info | Ready.', 'info | Ready.']);
  });

  it('tells errors of the family by the catalogue', async () => {
    const { notifier, shown, logged } = setUp();
    await notifier.tellError(
      new Bitrix24Error({
        kind: 'server',
        phase: 'answered',
        code: 'ACCESS_ERROR',
        description: 'You do not have\naccess',
        httpStatus: 400,
        host: 'acme.bitrix24.com',
      }),
    );
    assert.match(
      shown[0] ?? '',
      /^error \| Only an administrator of acme\.bitrix24\.com .*\(ACCESS_ERROR\)/,
    );
    assert.equal(
      logged[0],
      'ACCESS_ERROR: kind server, phase answered, HTTP 400, acme.bitrix24.com, You do not have access',
    );
  });

  it('tells a failed fix, and the push still waits', async () => {
    const failed = new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code: 'KEYRING' });
    const { notifier, shown } = setUp(['setAppName'], failed);
    await notifier.tell(emptyName, waiting());
    assert.match(shown[1] ?? '', /keyring.*Your text is kept\. \(KEYRING\).*TRYAGAIN/);
  });

  it('says so where the text that waits could not be saved (trial 9.7)', async () => {
    const [atOnce, afterFix] = [setUp(), setUp(['setAppName'])];
    isSaved = false;
    try {
      await atOnce.notifier.tellError(refusal, waiting());
      await afterFix.notifier.tell(emptyName, waiting());
    } finally {
      isSaved = true;
    }
    assert.match(atOnce.shown[0] ?? '', /could not be saved: copy it before you close/);
    assert.match(afterFix.shown.at(-1) ?? '', /send the push again\. Your text could not be saved/);
    assert.ok([...atOnce.shown, ...afterFix.shown].every((one) => !one.includes('is kept')));
  });

  it('is silent about cancelling', async () => {
    const { notifier, shown } = setUp();
    await notifier.tellError(new CancellationError());
    await notifier.tellError(AbortSignal.abort().reason);
    await notifier.tellError(
      new Bitrix24Error({ kind: 'cancelled', phase: 'notSent', code: 'CANCELLED' }),
    );
    assert.deepEqual(shown, []);
  });

  it('tells a mistake of ours with the log, where the stack is', async () => {
    const { notifier, shown, logged } = setUp();
    await notifier.tellError(new TypeError('x is not a function'));
    await notifier.tellError('just a string');
    assert.match(shown[0] ?? '', /^error \| Something went wrong.*SHOWLOG$/);
    assert.match(logged[0] ?? '', /^Unexpected TypeError: x is not a function\n\s+at /);
  });

  it('does not log what a parser quotes', async () => {
    const { notifier, logged } = setUp();
    try {
      JSON.parse('canary');
    } catch (error) {
      await notifier.tellError(error);
    }
    assert.match(logged[0] ?? '', /^Unexpected SyntaxError\n\s+at /);
    assert.ok(!logged.join().includes('canary'));
  });

  it('logs no text of a push', async () => {
    const { notifier, logged } = setUp(['tryAgain']);
    await notifier.tell(emptyName, waiting());
    assert.ok(!logged.join().includes('canary'));
  });

  it('makes no link of anything, even of a question', async () => {
    const { notifier, shown } = setUp();
    const link = '[x](command:workbench.action.quit)';
    await notifier.tell({ ...emptyName, message: link, code: link });
    await notifier.ask({ message: link, detail: link, answers: ['Yes'] });
    notifier.inform(link);
    assert.equal(shown.length, 3);
    for (const message of shown) {
      assert.ok(!message.includes('](') && !message.includes('command:'), message);
    }
  });

  it('asks modally', async () => {
    const { notifier, shown } = setUp(['signIn']);
    const answer = await notifier.ask({ message: 'Sure?', detail: 'Really', answers: ['SIGNIN'] });
    assert.deepEqual([answer, shown], ['SIGNIN', ['modal | Sure? | Really | SIGNIN']]);
  });
});

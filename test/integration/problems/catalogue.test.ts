import assert from 'node:assert/strict';
import {
  problemOf,
  problemOfEarlier,
  problemOfPush,
  problemOfResult,
  problemOfSetup,
  problemOfSignedIn,
  problemOfWaiting,
} from '../../../src/problems/catalogue';
import { problemOfDeleted } from '../../../src/problems/deletedNotification';
import { issueMessage } from '../../../src/problems/draftProblems';
import type { FixId, Problem } from '../../../src/problems/problem';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { Bitrix24ErrorFields, ErrorKind } from '../../../src/bitrix24/errors';
import type { DraftIssue } from '../../../src/push/checkDraft';
import { byWay, newDraft } from '../../../src/push/draft';
import type { Push, PushPerson } from '../../../src/push/push';

const host = 'acme.bitrix24.com';

function refused(fields: Partial<Bitrix24ErrorFields> & { code: string }): Bitrix24Error {
  return new Bitrix24Error({ kind: 'server', phase: 'answered', host, ...fields });
}

/** A push that has ended, with its people and the reason why not all of them got it. */
function pushOf(
  people: readonly PushPerson[],
  error?: Bitrix24Error,
  more: Partial<Push> = {},
): Push {
  return {
    ...{ id: 'a', replaces: [], origin: 'form', at: 1, host },
    draft: newDraft({ accountId: 'acme:1', recipients: [...people], text: 'Hi' }),
    ...{ people, isResolved: true, error, endedAt: 2, isRestMoved: false, decision: undefined },
    ...more,
  };
}
const refusedPush = (error: Bitrix24Error) =>
  pushOf([{ id: 3, status: 'refused', code: error.code }], error);
const unsentPush = (error: Bitrix24Error) => pushOf([{ id: 3, status: 'notSent' }], error);
const unknownPush = (error: Bitrix24Error) => pushOf([{ id: 3, status: 'unknown' }], error);

/** Every code that Bitrix24 or we ourselves may name, with the fixes offered in their order. */
const byCode: Record<string, { fixes: FixId[]; severity?: Problem['severity'] }> = {
  EMPTY_APP_NAME: { fixes: ['setAppName', 'tryAgain'] },
  ACCESS_ERROR: { fixes: ['signInAsAdministrator', 'sendAsNotification', 'switchAccount'] },
  NOT_ADDED: { fixes: ['showLog'] },
  USER_ID_EMPTY: { fixes: ['goToRecipients'] },
  MESSAGE_EMPTY: { fixes: ['goToText'] },
  WRONG_AUTH_TYPE: { fixes: ['signIn'] },
  TEXT_ERROR: { fixes: ['goToText'] },
  insufficient_scope: { fixes: ['openPermissions', 'signInAgain'] },
  expired_token: { fixes: ['signInAgain', 'switchAccount'] },
  invalid_grant: { fixes: ['signInAgain', 'switchAccount'] },
  invalid_token: { fixes: ['signInAgain', 'switchAccount'] },
  NO_AUTH_FOUND: { fixes: ['signInAgain', 'switchAccount'] },
  INVALID_CREDENTIALS: { fixes: ['signInAgain', 'switchAccount'] },
  authorization_error: { fixes: ['signInAgain', 'switchAccount'] },
  user_access_error: { fixes: ['signInAgain', 'switchAccount', 'openAppPage'] },
  invalid_client: { fixes: ['editCredentials', 'openAppPage'] },
  wrong_client: { fixes: ['editCredentials', 'openAppPage'] },
  unauthorized_client: { fixes: ['editCredentials', 'openAppPage'] },
  NOT_INSTALLED: { fixes: ['editCredentials', 'openAppPage'] },
  APPLICATION_NOT_FOUND: { fixes: ['editCredentials', 'openAppPage'] },
  ERROR_OAUTH: { fixes: ['editCredentials', 'openAppPage'] },
  PAYMENT_REQUIRED: { fixes: ['openPlanHelp', 'openPortal', 'tryAgain'] },
  ACCESS_DENIED: { fixes: ['openPortal', 'tryAgain', 'showLog'] },
  PORTAL_DELETED: { fixes: ['openPortal', 'switchAccount'] },
  OVERLOAD_LIMIT: { fixes: ['openPortal', 'tryAgain'] },
  METHOD_CONFIRM_WAITING: { fixes: ['openPortal', 'tryAgain'], severity: 'warning' },
  METHOD_CONFIRM_DENIED: { fixes: ['openPortal'] },
  ERROR_METHOD_NOT_FOUND: { fixes: ['openPortal', 'showLog'] },
  QUERY_LIMIT_EXCEEDED: { fixes: ['tryAgain'], severity: 'warning' },
  OPERATION_TIME_LIMIT: { fixes: ['tryAgain'], severity: 'warning' },
  CONNECTION_ERROR: { fixes: ['tryAgain', 'showLog'] },
  INTERNAL_SERVER_ERROR: { fixes: ['tryAgain', 'showLog'] },
  ERROR_UNEXPECTED_ANSWER: { fixes: ['tryAgain', 'showLog'] },
  ERROR_CORE: { fixes: ['tryAgain', 'showLog'] },
  KEYRING: { fixes: ['openKeyringHelp', 'tryAgain', 'showLog'] },
  NO_SUCH_ACCOUNT: { fixes: ['signInAgain', 'switchAccount'] },
  SIGN_IN_STATE: { fixes: ['signInAgain'] },
  SIGN_IN_NO_CODE: { fixes: ['signInAgain'] },
  SIGN_IN_OTHER_PORTAL: { fixes: ['signInAgain'] },
  SIGN_IN_UNKNOWN_SERVER: { fixes: ['showLog'] },
  UNKNOWN_AUTH_SERVER: { fixes: ['showLog'] },
  SANDBOX_ONLY: { fixes: ['switchAccount', 'showLog'] },
  SIGN_IN_SCOPES: { fixes: ['openPermissions', 'signInAgain'] },
  STORAGE_FAILED: { fixes: ['tryAgain', 'showLog'] },
  NOT_ONESELF: { fixes: ['showLog'], severity: 'warning' },
  SECRET_IN_TEXT: { fixes: ['showLog'], severity: 'warning' },
  INTERNAL_ERROR: { fixes: ['showLog', 'tryAgain'] },
};

const byKind: Record<Exclude<ErrorKind, 'server' | 'invalid' | 'cancelled'>, FixId[]> = {
  refused: ['tryAgain', 'openProxySettings', 'showLog'],
  dns: ['tryAgain', 'openProxySettings', 'showLog'],
  tls: ['tryAgain', 'openProxySettings', 'showLog'],
  proxy: ['openProxySettings', 'tryAgain', 'showLog'],
  reset: ['tryAgain', 'openProxySettings', 'showLog'],
  timeout: ['tryAgain', 'openProxySettings', 'showLog'],
  notJson: ['tryAgain', 'openProxySettings', 'showLog'],
  tooLarge: ['tryAgain', 'showLog'],
  redirect: ['tryAgain', 'signInAgain', 'showLog'],
};

const byIssue: [DraftIssue, FixId][] = [
  [{ field: 'account', code: 'NO_ACCOUNT' }, 'signIn'],
  [{ field: 'recipients', code: 'NO_RECIPIENTS' }, 'goToRecipients'],
  [{ field: 'recipients', code: 'BAD_RECIPIENT' }, 'goToRecipients'],
  [{ field: 'text', code: 'TEXT_EMPTY' }, 'goToText'],
  [{ field: 'text', code: 'TEXT_ZERO' }, 'goToText'],
  [{ field: 'text', code: 'TEXT_TOO_LONG' }, 'goToText'],
  [{ field: 'avatar', code: 'AVATAR_NOT_HTTP' }, 'goToAvatar'],
];

/** A sentence for people: no code word of ours or theirs, no placeholder left. */
function assertReadable(problem: Problem): void {
  assert.match(problem.message, /[.!]$/, problem.message);
  assert.ok(!/\{\d\}|undefined|\[object/.test(problem.message), problem.message);
  assert.ok(problem.message.length <= 400, problem.message);
  assert.ok(problem.fixes.length <= 3, problem.code);
}

describe('catalogue of problems', () => {
  for (const [code, { fixes, severity = 'error' }] of Object.entries(byCode)) {
    it(`${code}: ${fixes.join(', ')}`, () => {
      for (const kind of ['server', 'invalid'] as const) {
        const problem = problemOfPush(refusedPush(refused({ code, kind })));
        assert.ok(problem);
        assert.deepEqual(
          { code: problem.code, fixes: problem.fixes, severity: problem.severity },
          { code, fixes, severity },
        );
        assert.ok(problem.message.endsWith('Your text is kept.'), problem.message);
        assertReadable(problem);
        const failed = { kind: 'failed', error: refused({ code, kind }) } as const;
        assert.deepEqual(problemOfResult(failed, { host }), problem, 'before it was recorded');
      }
    });
  }

  for (const description of [
    'REST is available only on commercial plans.',
    'REST is available only by subscription.',
    'Access denied! Available only on extended plans',
  ]) {
    it(`tells a plan without REST API from other refusals: ${description}`, () => {
      const problem = problemOf(refused({ code: 'ACCESS_DENIED', description }), { host });
      assert.ok(problem);
      assert.match(problem.message, /plan of acme\.bitrix24\.com does not include the REST API/);
      assert.deepEqual(problem.fixes, ['openPlanHelp', 'openPortal', 'tryAgain']);
      assertReadable(problem);
    });
  }

  it('does not blame the plan where a user may not be authorised', () => {
    const description = "Current user can't be authorized in this context";
    const problem = problemOf(refused({ code: 'ACCESS_DENIED', description }), { host });
    assert.ok(problem);
    assert.ok(problem.message.endsWith(`It says: ${description}`), problem.message);
    assert.ok(!problem.message.includes('plan'), problem.message);
  });

  it('takes codes in any case and keeps them as sent', () => {
    const problem = problemOf(refused({ code: 'empty_APP_name' }), { host });
    assert.deepEqual([problem?.code, problem?.fixes[0]], ['empty_APP_name', 'setAppName']);
  });

  for (const [kind, fixes] of Object.entries(byKind) as [keyof typeof byKind, FixId[]][]) {
    it(`${kind}: ${fixes.join(', ')}, naming the host that failed`, () => {
      const error = refused({ kind, phase: 'notSent', code: 'X', host: 'oauth.bitrix.info' });
      const problem = problemOfPush(unsentPush(error));
      assert.ok(problem);
      assert.deepEqual({ code: problem.code, fixes: problem.fixes }, { code: 'X', fixes });
      assert.ok(problem.message.includes(kind === 'redirect' ? host : 'oauth.bitrix.info'));
      assertReadable(problem);
    });
  }

  it('has a sentence of its own for each kind of trouble', () => {
    const sentences = Object.keys(byKind).map(
      (kind) => problemOf(refused({ kind: kind as ErrorKind, code: 'X' }), { host })?.message,
    );
    assert.equal(new Set(sentences).size, sentences.length);
  });

  it('says where in a text a placeholder is wrong, in lines and characters', () => {
    const at = (code: 'PLACEHOLDER_UNKNOWN' | 'PLACEHOLDER_OPEN', offset: number, length: number) =>
      ({ field: 'text', code, offset, length }) as const;
    const named = issueMessage(at('PLACEHOLDER_UNKNOWN', 8, 6), 'one\r\n🚀 {nmae}!');
    assert.match(named, /^“\{nmae\}” in line 2, character 3 .* name, last_name, full_name/u);
    const brace = issueMessage(at('PLACEHOLDER_OPEN', 2, 1), 'a {');
    assert.match(brace, /“\{” in line 1, character 3/u);
    const long = issueMessage(at('PLACEHOLDER_UNKNOWN', 0, 502), `{${'x'.repeat(500)}}`);
    assert.match(long, /^“\{x{38}…” in line 1/u);
  });

  for (const [issue, fix] of byIssue) {
    it(`${issue.code}: ${fix}`, () => {
      const problem = problemOfResult({ kind: 'invalid', issues: [issue] });
      assert.ok(problem);
      assert.deepEqual([problem.code, problem.fixes], [issue.code, [fix]]);
      assertReadable(problem);
      // The protocol finds the same faults; they must read the same.
      if (issue.code !== 'NO_ACCOUNT') {
        const error = refused({ kind: 'invalid', phase: 'notSent', code: issue.code });
        assert.deepEqual(problemOfPush(unsentPush(error)), problem);
      }
    });
  }

  it('names the department that nobody can be sent to, and the permission that would tell', () => {
    for (const code of ['DEPARTMENT_GONE', 'DEPARTMENT_EMPTY']) {
      const error = refused({ kind: 'invalid', phase: 'notSent', code, description: 'Sales' });
      const problem = problemOfResult({ kind: 'failed', error }, { host });
      assert.ok(problem);
      assert.ok(problem.message.includes('“Sales”'), problem.message);
      assert.deepEqual([problem.code, problem.fixes], [code, ['goToRecipients']]);
    }
    const error = refused({ code: 'insufficient_scope', phase: 'notSent', scope: 'department' });
    const problem = problemOfResult({ kind: 'failed', error }, { host });
    assert.ok(problem?.message.includes('(department)'), problem?.message);
  });

  it('says nothing about what went well or was cancelled', () => {
    assert.deepEqual(
      [
        problemOfResult({ kind: 'push', push: pushOf([{ id: 3, status: 'accepted' }]) }),
        problemOfResult({ kind: 'cancelled' }),
        problemOfResult({ kind: 'invalid', issues: [] }),
        problemOf(refused({ kind: 'cancelled', code: 'CANCELLED' })),
        problemOfPush(unsentPush(refused({ kind: 'cancelled', code: 'CANCELLED' }))),
      ],
      [undefined, undefined, undefined, undefined, undefined],
    );
  });

  it('says nothing about a push that is being sent', () => {
    for (const status of ['pending', 'sending', 'refused'] as const) {
      const push = pushOf([{ id: 3, status }], undefined, { endedAt: undefined });
      assert.equal(problemOfPush(push), undefined);
    }
  });

  it('offers what VS Code was closed before, and what waited for the network, to be sent', () => {
    const error = refused({ kind: 'reset', phase: 'notSent', code: 'INTERRUPTED' });
    const left = problemOfPush(unsentPush(error));
    assert.match(left?.message ?? '', /ended too early, so nothing was sent\.$/u);
    assert.deepEqual(left?.fixes, ['sendWaiting', 'discard']);
    const taken = refused({ kind: 'invalid', phase: 'notSent', code: 'TAKEN_OVER' });
    assert.match(problemOfPush(unsentPush(taken))?.message ?? '', /Another window/u);
    for (const [count, words] of [
      [1, `1 push to ${host} could`],
      [3, `3 pushes to ${host} could`],
    ] as const) {
      const waiting = problemOfWaiting(count, host);
      assert.ok(waiting.message.startsWith(words), waiting.message);
      assert.deepEqual([waiting.severity, waiting.fixes], ['info', ['sendWaiting']]);
    }
  });

  it('never offers a plain retry where the push may have been accepted', () => {
    for (const kind of Object.keys(byKind) as ErrorKind[]) {
      const error = refused({ kind, phase: 'noAnswer', code: 'ECONNRESET' });
      const problem = problemOfResult({ kind: 'push', push: unknownPush(error) });
      assert.ok(problem);
      assert.ok(problem.message.includes('may have been accepted'), problem.message);
      assert.deepEqual(
        { fixes: problem.fixes, severity: problem.severity },
        { fixes: ['sendAnyway', 'markAsSent', 'discard'], severity: 'warning' },
      );
      assertReadable(problem);
    }
    const error = refused({ kind: 'reset', phase: 'noAnswer', code: 'INTERRUPTED' });
    assert.match(
      problemOfPush(unknownPush(error))?.message ?? '',
      /ended before the answer came: it may have been accepted/u,
    );
    const still = problemOfResult({ kind: 'stillUnknown', push: unknownPush(error) });
    assert.equal(still?.code, 'STILL_UNKNOWN');
    assert.match(still.message, /same push .* before .* may have been accepted/u);
    assert.deepEqual(still.fixes, ['sendAnyway', 'markAsSent', 'discard']);
  });

  it('names text, people and time of an earlier push in one line, and opens its history (trial 8.3)', () => {
    const error = refused({ kind: 'timeout', phase: 'noAnswer', code: 'TIMEOUT' });
    const at = new Date(2026, 10, 22, 9, 5).getTime();
    const said = (people: PushPerson[]) => problemOfEarlier(pushOf(people, error, { at })).message;
    const people: PushPerson[] = [
      { id: 2, name: 'Иван [x](command:y)', status: 'unknown' },
      { id: 5, status: 'unknown' },
      { id: 7, name: 'Somebody who has it', status: 'accepted' },
    ];
    assert.match(
      said(people),
      /^May have arrived: “Hi” for Иван .* and 1 more, Nov 22, 9:05\sAM\.$/u,
    );
    assert.ok(!said(people).includes(']('), said(people));
    assert.ok(!said(people).includes('Somebody'), said(people));
    assert.match(said([]), /^May have arrived: “Hi”, Nov 22, 9:05\sAM\.$/u);
    const { code, fixes } = problemOfEarlier(pushOf(people, error));
    assert.deepEqual([code, fixes], ['STILL_UNKNOWN', ['showInHistory']]);
  });

  it('says who has signed in, where, and what to press (trial 8.11)', () => {
    const { message, severity } = problemOfSignedIn({ host, userName: 'Anna' });
    assert.equal(message, `Signed in to ${host} as Anna. Press Send to send the push.`);
    assert.equal(severity, 'info');
  });

  it('names text, people and time of a push whose window ended, and says what is known (trial 9.6)', () => {
    const error = refused({ kind: 'reset', phase: 'noAnswer', code: 'INTERRUPTED' });
    const at = new Date(2026, 10, 22, 9, 5).getTime();
    const anna = { id: 3, name: 'Anna' };
    const cases: [Push, RegExp][] = [
      [pushOf([{ ...anna, status: 'unknown' }], error, { at }), /may have been accepted/],
      [
        pushOf([{ ...anna, status: 'notSent' }], error.with({ phase: 'notSent' }), { at }),
        /nothing was sent/,
      ],
      [
        pushOf(
          [
            { id: 1, status: 'accepted' },
            { ...anna, status: 'notSent' },
          ],
          error.with({ phase: 'notSent' }),
          { at },
        ),
        /ended before it was done/,
      ],
    ];
    for (const [push, known] of cases) {
      const message = problemOfPush(push)?.message ?? '';
      assert.match(message, known);
      assert.ok(message.includes('“Hi”') && /2026.*9:05/u.test(message), message);
      assert.doesNotMatch(message, /VS Code was closed|connection .* was lost/u);
    }
    const messages = cases.slice(0, 2).map(([push]) => problemOfPush(push)?.message ?? '');
    assert.ok(
      messages.every((message) => message.includes('Anna')),
      messages.join(),
    );
    const written = pushOf([], error.with({ phase: 'notSent' }), {
      isResolved: false,
      draft: newDraft({ text: 'Hi', departments: [{ id: 7, name: 'Sales', reach: 'tree' }] }),
    });
    assert.match(problemOfPush(written)?.message ?? '', /Sales/);
  });

  it('tells of a page in place of an answer, and offers the proxy settings (trial 8.2)', () => {
    const page = (phase: Bitrix24ErrorFields['phase']) =>
      refused({ kind: 'notJson', phase, code: 'ANSWER_IS_A_PAGE', httpStatus: 200 });
    const unknown = problemOfPush(unknownPush(page('noAnswer')));
    assert.match(unknown?.message ?? '', /answered with a page.* may have been accepted/u);
    assert.deepEqual(unknown?.fixes, ['openProxySettings', 'markAsSent', 'sendAnyway']);
    const unsent = problemOfPush(unsentPush(page('notSent')));
    assert.match(unsent?.message ?? '', /answered with a page.*proxy/u);
    assert.equal(unsent?.fixes[0], 'openProxySettings');
    const people: PushPerson[] = [
      { id: 1, status: 'accepted' },
      { id: 2, status: 'unknown' },
    ];
    const partly = problemOfPush(pushOf(people, page('noAnswer')));
    assert.match(partly?.message ?? '', /answered with a page/u);
    assert.ok(partly?.fixes.includes('openProxySettings'));
    assert.match(problemOf(page('answered'), { host })?.message ?? '', /answered with a page/u);
    for (const problem of [unknown, unsent, partly]) {
      assertReadable(problem!);
    }
  });

  it('tells of a window that does not finish renewing the sign-in (trial 5.2)', () => {
    const error = refused({ kind: 'timeout', phase: 'notSent', code: 'REFRESH_LOCKED' });
    const problem = problemOfPush(unsentPush(error));
    assert.match(problem?.message ?? '', /Another VS Code window .* Nothing was sent/u);
    assert.deepEqual(problem?.fixes, ['tryAgain', 'showLog']);
  });

  it('says that a push which the disk did not take was not sent', () => {
    const error = refused({ kind: 'invalid', phase: 'notSent', code: 'STORAGE_FAILED' });
    const problem = problemOfResult({ kind: 'failed', error }, { host });
    assert.match(problem?.message ?? '', /disk, so it was not sent\..* Your text is kept\.$/);
    assert.deepEqual([problem?.severity, problem?.fixes], ['error', ['tryAgain', 'showLog']]);
  });

  it('names the missing permission in the words of the form', () => {
    const error = refused({ code: 'insufficient_scope' });
    assert.match(problemOfPush(refusedPush(error))?.message ?? '', /Pull&Push \(pull\)/);
    assert.match(problemOf(error, { host, scope: 'user' })?.message ?? '', /Users \(user\)/);
    assert.match(problemOf(error, { host })?.message ?? '', /lacks a permission\./);
  });

  it('says until when, where Bitrix24 says it', () => {
    const retryAt = new Date(2026, 10, 22, 13, 37).getTime();
    const error = refused({ code: 'OPERATION_TIME_LIMIT', retryAt });
    assert.match(problemOf(error, { host })?.message ?? '', /37/);
  });

  it("shows an unknown code with the server's own words, and the log", () => {
    const error = refused({ code: 'QUOTA_OF_2031', description: 'Too many pushes today' });
    assert.deepEqual(problemOf(error, { host }), {
      code: 'QUOTA_OF_2031',
      message: `${host} answered: Too many pushes today`,
      severity: 'error',
      fixes: ['showLog', 'tryAgain'],
    });
    for (const code of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      assert.equal(problemOf(refused({ code }), { host })?.message, `${host} answered: ${code}`);
    }
  });

  it('makes no link of what the server says', () => {
    const link = '[click](command:workbench.action.quit) [or](https://evil.example)';
    for (const error of [
      refused({ code: link, description: link }),
      refused({ code: 'ACCESS_DENIED', description: link }),
      refused({ kind: 'dns', code: link, host: link }),
    ]) {
      const problem = problemOf(error, { host: link });
      const shown = `${problem?.message ?? ''} (${problem?.code ?? ''})`;
      assert.ok(!shown.includes('](') && !/command:/i.test(shown), shown);
    }
  });

  it('says something fit for people about a mistake of ours', () => {
    const problem = problemOf(new TypeError('Cannot read properties of undefined'), { host });
    assert.deepEqual([problem?.code, problem?.fixes], ['INTERNAL_ERROR', ['showLog', 'tryAgain']]);
    assert.ok(!problem?.message.includes('undefined'));
  });

  it('ends the setup check in one sentence', () => {
    const table = [
      [{ kind: 'ready', people: true }, 'READY', [], 'info'],
      [{ kind: 'ready', people: false }, 'READY', ['openPermissions'], 'info'],
      [
        { kind: 'notAdministrator' },
        'ACCESS_ERROR',
        ['signInAsAdministrator', 'sendAsNotification', 'switchAccount'],
        'error',
      ],
      [
        { kind: 'missingScope', scope: 'pull' },
        'insufficient_scope',
        ['openPermissions', 'signInAgain'],
        'error',
      ],
      [
        { kind: 'refused', error: refused({ code: 'EMPTY_APP_NAME' }) },
        'EMPTY_APP_NAME',
        ['setAppName', 'tryAgain'],
        'error',
      ],
    ] as const;
    for (const [result, code, fixes, severity] of table) {
      const problem = problemOfSetup(result, { host });
      assert.deepEqual(
        [problem.code, problem.fixes, problem.severity, problem.message.includes(host)],
        [code, fixes, severity, true],
      );
      assertReadable(problem);
      assert.ok(!problem.message.includes('Your text is kept'));
    }
  });

  it('calls a notification by its name, and names the permission that it needs', () => {
    const inBell = (push: Push): Push => ({ ...push, draft: byWay(push.draft, 'notification') });
    const noScope = refused({ code: 'insufficient_scope' });
    assert.match(problemOfPush(inBell(refusedPush(noScope)))?.message ?? '', /\(im\)/);
    assert.match(problemOfPush(refusedPush(noScope))?.message ?? '', /\(pull\)/);
    const inDoubt = inBell(unknownPush(refused({ phase: 'noAnswer', code: 'TIMEOUT' })));
    assert.match(problemOfPush(inDoubt)?.message ?? '', /the notification may be in the bell/);
    assert.match(
      problemOfResult({ kind: 'stillUnknown', push: inDoubt })?.message ?? '',
      /^The same text went to bells on /,
    );
    const people: PushPerson[] = [
      { id: 3, status: 'accepted' },
      { id: 5, name: 'Ivan', status: 'refused', code: 'NOT_ADDED' },
    ];
    const some = problemOfPush(inBell(pushOf(people, refused({ code: 'NOT_ADDED' }))));
    assert.match(
      some?.message ?? '',
      /accepted the notification for 1 of 2 people\. Refused for Ivan/,
    );
  });

  it('says for how many people a notification was deleted, and why not for all', () => {
    const gone = problemOfDeleted({ gone: [1, 2], failed: [], error: undefined }, { host });
    assert.deepEqual(
      [gone.message, gone.severity],
      ['The notification is gone from the bells of 2 people.', 'info'],
    );
    const error = refused({ phase: 'noAnswer', kind: 'timeout', code: 'TIMEOUT' });
    const some = problemOfDeleted({ gone: [1, 2], failed: [3], error }, { host });
    assert.match(some.message, /still be in the bell of 1 person; it is gone for 2\. /);
    assert.ok(some.message.includes('did not answer in time'));
    assert.deepEqual([some.severity, some.fixes], ['warning', ['showLog']]);
  });

  describe('a push that went to some', () => {
    const ids = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i);
    const people = (status: PushPerson['status'], of: number[]) =>
      of.map((id): PushPerson => ({ id, status }));
    /** A push that the first five people got. */
    const partly = (error: Bitrix24Error, ...others: PushPerson[]) =>
      problemOfPush(pushOf([...people('accepted', ids(5)), ...others], error));

    it('says who got it, names those who were refused, and offers to send to the rest', () => {
      const others = ids(7, 10).map((id): PushPerson => ({
        ...{ id, name: id === 10 ? undefined : `P${id}` },
        ...{ status: 'refused', code: 'ACCESS_ERROR' },
      }));
      const problem = partly(refused({ code: 'ACCESS_ERROR' }), ...others);
      assert.equal(
        problem?.message,
        `${host} accepted the push for 5 of 12 people. ` +
          'Refused for id 10, P11, P12, P13, P14 and 2 more: ACCESS_ERROR. ' +
          `Only an administrator of ${host} may send pushes, and you are not signed in as one.`,
      );
      assert.deepEqual(problem.fixes, [
        ...['sendToRest', 'signInAsAdministrator', 'sendAsNotification'],
      ]);
    });

    it('says what cancelling left', () => {
      const error = new Bitrix24Error({ kind: 'cancelled', phase: 'notSent', code: 'CANCELLED' });
      const problem = partly(error, ...people('notSent', ids(95, 6)));
      assert.equal(
        problem?.message,
        `${host} accepted the push for 5 of 100 people. It was not sent to 95 people.`,
      );
      assert.deepEqual(problem.fixes, ['sendToRest', 'showLog']);
    });

    it('never offers to send to those in doubt together with the rest', () => {
      const error = new Bitrix24Error({ kind: 'reset', phase: 'noAnswer', code: 'RESET', host });
      const both = partly(error, ...people('unknown', ids(2, 6)), ...people('notSent', [9]));
      assert.match(both?.message ?? '', /No answer came for 2 people.*not sent to 1 person/u);
      assert.deepEqual(both?.fixes.includes('sendAnyway'), false);
      const doubt = partly(error, ...people('unknown', [6]));
      assert.deepEqual(doubt?.fixes, ['sendAnyway', 'markAsSent', 'showLog']);
    });
  });
});

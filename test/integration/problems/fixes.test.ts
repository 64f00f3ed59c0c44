import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import { accountOf } from '../../../src/accounts/storedAccount';
import { createFixes } from '../../../src/problems/fixes';
import type { FixId, ProblemContext } from '../../../src/problems/problem';
import { newDraft } from '../../../src/push/draft';
import type { Push } from '../../../src/push/push';
import { storedAccount } from '../../support/storedAccounts';

const account = accountOf(storedAccount());
const portal = 'https://acme.bitrix24.com';
const push: Push = {
  ...{ id: 'a', replaces: [], origin: 'form', at: 1, host: 'acme.bitrix24.com' },
  draft: newDraft(),
  people: [
    { id: 1, status: 'accepted' },
    { id: 2, status: 'refused', code: 'NO' },
    { id: 3, status: 'notSent' },
    { id: 4, status: 'notSent' },
    { id: 5, status: 'unknown' },
  ],
  ...{ isResolved: true, error: undefined, endedAt: 2, isRestMoved: false, decision: undefined },
};

function setUp(current?: Account, language = 'en') {
  const did: unknown[] = [];
  const note =
    <T>(name: string, result: T) =>
    (...args: unknown[]) => {
      did.push([name, ...args]);
      return Promise.resolve(result);
    };
  const fixes = createFixes({
    accounts: { current: () => Promise.resolve(current) },
    signIn: note('signIn', account),
    switchAccount: note('switchAccount', account),
    editCredentials: note('editCredentials', account),
    openExternal: note('openExternal', true),
    showLog: () => void did.push(['showLog']),
    language,
    openSettings: note('openSettings', undefined),
    focusForm: note('focusForm', undefined),
    showPush: note('showPush', undefined),
  });
  const context: ProblemContext = {
    account,
    push,
    act: note('act', undefined),
  };
  return { fixes, did, context };
}

const table: Record<FixId, { does: unknown[]; account?: true }> = {
  setAppName: { does: ['openExternal', `${portal}/devops/list/`] },
  tryAgain: { does: ['act', 'retry', account] },
  sendAnyway: { does: ['act', 'sendAnyway', account] },
  sendToRest: { does: ['act', 'sendToRest', account] },
  sendAsNotification: { does: ['act', 'sendAsNotification', account] },
  sendWaiting: { does: ['act', 'retry', account] },
  sendToPhone: { does: ['act', 'retry', account] },
  markAsSent: { does: ['act', 'markAsSent', account] },
  discard: { does: ['act', 'discard', account] },
  signIn: { does: ['signIn', { portal }], account: true },
  signInAsAdministrator: { does: ['signIn', { account }], account: true },
  signInAgain: { does: ['signIn', { account }], account: true },
  switchAccount: { does: ['switchAccount'], account: true },
  editCredentials: { does: ['editCredentials', account], account: true },
  openPermissions: { does: ['openExternal', `${portal}/devops/list/`] },
  openAppPage: { does: ['openExternal', `${portal}/devops/list/`] },
  openPortal: { does: ['openExternal', `${portal}/`] },
  openPlanHelp: {
    does: ['openExternal', 'https://apidocs.bitrix24.com/first-steps/access-to-rest-api.html'],
  },
  openProxySettings: { does: ['openSettings', 'http.proxy'] },
  openKeyringHelp: {
    does: [
      'openExternal',
      'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues',
    ],
  },
  showLog: { does: ['showLog'] },
  showInHistory: { does: ['showPush', push.id] },
  goToRecipients: { does: ['focusForm', 'recipients'] },
  goToText: { does: ['focusForm', 'text'] },
  goToAvatar: { does: ['focusForm', 'avatar'] },
};

describe('fixes', () => {
  for (const [fix, { does, account: changes }] of Object.entries(table) as [
    FixId,
    (typeof table)[FixId],
  ][]) {
    it(`${fix}: ${String(does[0])} ${typeof does[1] === 'string' ? does[1] : ''}`, async () => {
      const { fixes, did, context } = setUp();
      const after = await fixes.run(fix, context);
      assert.deepEqual({ did, after }, { did: [does], after: changes ? account : undefined });
    });
  }

  it('say to how many the push still has to go', () => {
    const { fixes, context } = setUp();
    assert.equal(fixes.label('sendToRest', context), 'Send to the 3 who did not get it');
  });

  it('have a label each, and no two the same', () => {
    const { fixes } = setUp();
    const labels = (Object.keys(table) as FixId[]).map((fix) => fixes.label(fix));
    assert.equal(new Set(labels).size, labels.length);
  });

  it("open the application's own page where its number is known", async () => {
    const { fixes, did, context } = setUp();
    await fixes.run('setAppName', { ...context, account: { ...account, integrationId: 7 } });
    assert.deepEqual(did, [['openExternal', `${portal}/devops/edit/application/7/`]]);
  });

  it('work on the current account when the problem names none', async () => {
    const { fixes, did } = setUp(account);
    await fixes.run('setAppName', {});
    assert.deepEqual(did, [['openExternal', `${portal}/devops/list/`]]);
  });

  for (const [of, language, site] of [
    ['acme.bitrix24.ru', 'en', 'ru'],
    ['acme.bitrix24.kz', 'en', 'ru'],
    ['acme.bitrix24.com.br', 'ru', 'com'],
    ['portal.acme.example', 'en', 'com'],
    ['portal.acme.example', 'ru', 'ru'],
    [undefined, 'ru', 'ru'],
  ] as const) {
    it(`show what is sold in the country of ${of ?? 'no portal'}, in ${language}: .${site}`, async () => {
      const { fixes, did } = setUp(undefined, language);
      await fixes.run(
        'openPlanHelp',
        of === undefined ? {} : { account: { ...account, host: of } },
      );
      const page = `https://apidocs.bitrix24.${site}/first-steps/access-to-rest-api.html`;
      assert.deepEqual(did, [['openExternal', page]]);
    });
  }

  it('show the history where the problem is about no push', async () => {
    const { fixes, did } = setUp();
    await fixes.run('showInHistory', {});
    assert.deepEqual(did, [['showPush', undefined]]);
  });

  it('sign in where there is no account at all', async () => {
    const { fixes, did } = setUp();
    for (const fix of ['setAppName', 'signInAgain', 'signIn'] as const) {
      await fixes.run(fix, {});
    }
    assert.deepEqual(did, [
      ['signIn', {}],
      ['signIn', {}],
      ['signIn', {}],
    ]);
  });
});

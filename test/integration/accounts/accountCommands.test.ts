import assert from 'node:assert/strict';
import { CancellationError } from 'vscode';
import { AccountCommands } from '../../../src/accounts/accountCommands';
import type { Bitrix24Accounts } from '../../../src/accounts/bitrix24Accounts';
import { accountItems } from '../../../src/accounts/accountItems';
import { accountOf } from '../../../src/accounts/storedAccount';
import type { Question } from '../../../src/common/messages';
import { newDraft } from '../../../src/push/draft';
import type { Push, PushPerson } from '../../../src/push/push';
import { pushesUnderWay } from '../../../src/push/pushesUnderWay';
import { storedAccount } from '../../support/storedAccounts';

describe('signing out', () => {
  const anna = accountOf(storedAccount());
  const push = (change: Partial<Push> = {}): Push => ({
    id: '1',
    replaces: [],
    origin: 'form',
    at: 1,
    host: anna.host,
    draft: newDraft({ accountId: anna.id, text: 'Server restarts\nat 18:00' }),
    people: Array.from({ length: 300 }, (_, at): PushPerson => ({
      id: at + 1,
      status: at < 50 ? 'accepted' : 'pending',
    })),
    isResolved: true,
    error: undefined,
    endedAt: undefined,
    isRestMoved: false,
    decision: undefined,
    ...change,
  });

  function setUp(open: Push[], yes: boolean) {
    const asked: Question[] = [];
    const signedOut: string[] = [];
    const accounts = {
      list: () => Promise.resolve([anna]),
      get: () => Promise.resolve(anna),
      signOut: (id: string) => Promise.resolve(void signedOut.push(id)),
    };
    const commands = new AccountCommands({
      accounts: accounts as unknown as Bitrix24Accounts,
      messages: {
        ask: (question) => {
          asked.push(question);
          return Promise.resolve(yes ? question.answers[0] : undefined);
        },
        inform: () => undefined,
      },
      tellSetup: () => undefined,
      underWay: (ids) => pushesUnderWay({ open: () => Promise.resolve(open) }, ids),
    });
    return { commands, asked, signedOut };
  }

  it('names the push that is under way (trial 9.2)', async () => {
    const { commands, asked, signedOut } = setUp([push()], true);
    await commands.signOut();
    assert.match(
      asked[0]?.detail ?? '',
      /^A push to 300 people is being sent: “Server restarts at 18:00”\. Accepted so far: 50\.\n\nIt will stop/,
    );
    assert.deepEqual(signedOut, [anna.id]);
  });

  it('says nothing of pushes that are over or of another account (trial 9.2)', async () => {
    const others = [push({ endedAt: 2 }), push({ draft: newDraft({ accountId: 'other:1' }) })];
    const { commands, asked } = setUp(others, true);
    await commands.signOut();
    assert.match(asked[0]?.detail ?? '', /^The tokens and/);
  });

  it('asks in the Accounts menu too while a push is under way, and only then (trial 9.2)', async () => {
    const idle = setUp([], false);
    await idle.commands.signOutFromMenu(anna.id);
    assert.deepEqual([idle.asked.length, idle.signedOut], [0, [anna.id]]);
    const no = setUp([push()], false);
    await assert.rejects(no.commands.signOutFromMenu(anna.id), CancellationError);
    assert.deepEqual([no.asked.length, no.signedOut], [1, []]);
    const yes = setUp([push()], true);
    await yes.commands.signOutFromMenu(anna.id);
    assert.deepEqual(yes.signedOut, [anna.id]);
  });
});

describe('accounts to choose from', () => {
  it('tell each portal once, and who may send (trial 8.12)', () => {
    const anna = accountOf(storedAccount());
    const boris = { ...anna, id: 'x:2', userName: 'Boris $(x)', administrator: false };
    const other = { ...anna, id: 'y:1', host: 'zeta.example', administrator: undefined };
    assert.deepEqual(
      accountItems([anna, other], anna).map(({ label, description }) => [label, description]),
      [
        [anna.host, `${anna.userName} · administrator`],
        ['zeta.example', anna.userName],
      ],
    );
    assert.deepEqual(
      accountItems([anna, boris, other]).map(({ label, account }) => [label, account?.id]),
      [
        [anna.host, undefined],
        [anna.userName, anna.id],
        ['Boris \\$(x)', 'x:2'],
        ['zeta.example', undefined],
        [anna.userName, 'y:1'],
      ],
    );
  });

  it('say SANDBOX, alone and with others of the same portal', () => {
    const anna = accountOf(storedAccount());
    const trial = { ...anna, id: 'z:1', host: '127.0.0.1:1', isSandbox: true };
    assert.deepEqual(
      accountItems([anna, trial]).map(({ label }) => label),
      [anna.host, 'SANDBOX 127.0.0.1:1'],
    );
    assert.deepEqual(
      accountItems([trial, { ...trial, id: 'z:2' }])[0]?.label,
      'SANDBOX 127.0.0.1:1',
    );
  });
});

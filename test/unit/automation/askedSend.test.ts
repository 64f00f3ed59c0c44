import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { Account } from '../../../src/accounts/account';
import type { AskedAnswer, AskedPush, AskedSend } from '../../../src/automation/askedSend';
import { createAskedSend } from '../../../src/automation/askedSendService';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import type { SavedGroup } from '../../../src/people/groups';
import type { ListMatch } from '../../../src/people/listMatcher';
import type { Recipient } from '../../../src/people/recipient';
import type { PushToConfirm } from '../../../src/push/confirmSend';
import type { Draft } from '../../../src/push/draft';
import type { SendResult } from '../../../src/push/pushService';
import {
  aDraft,
  anAccount,
  anError,
  aPush,
  fakeClient,
  openService,
  peopleOf,
} from '../../support/builders';
import type { CallToPortal, OpenService, ServicePatch } from '../../support/builders';
import { silentLog } from '../../support/silentLog';
import { temporaryFolder } from '../../support/temporaryFolder';

const anna = anAccount();
const other = anAccount({ id: 'beta:7', host: 'beta.example', userId: 7 });
const second = anAccount({ id: 'acme:9', userId: 9 });
const known: Record<string, Partial<ListMatch>> = {
  3: { people: [{ id: 3, name: 'Ivan' }] },
  '3, 5': { people: [{ id: 3, name: 'Ivan' }, { id: 5 }] },
  Ivan: { people: [{ id: 3, name: 'Ivan' }] },
  Sales: { departments: [{ id: 7, name: 'Sales', reach: 'tree' }] },
  me: { people: [{ id: 1, name: 'Anna' }] },
  Anna: {
    unmatched: [{ text: 'Anna', why: 'ambiguous', candidates: [{ id: 1, name: 'Anna Secret' }] }],
  },
  Nobody: { unmatched: [{ text: 'Nobody', why: 'unknown' }] },
  'Ivan; Nobody': {
    people: [{ id: 3, name: 'Ivan' }],
    unmatched: [{ text: 'Nobody', why: 'unknown' }],
  },
};

describe('a push that a program asks for', () => {
  const folder = temporaryFolder();
  let window: OpenService;
  let send: AskedSend;
  let wire: Record<string, unknown>[];
  let portal: (call: CallToPortal) => unknown;
  let asked: PushToConfirm[];
  /** The user's answer to each question. */
  let answer: (push: PushToConfirm) => boolean | Promise<boolean>;
  let looked: string[];
  let accounts: Account[];
  let current: Account | undefined;
  let groups: SavedGroup[];
  let takenBack: string[];
  let logged: string[];
  /** Names that the portal knows. */
  let names: Recipient[];
  let match: (text: string) => Promise<Partial<ListMatch>>;

  beforeEach(async () => {
    [wire, asked, looked, takenBack, logged, groups] = [[], [], [], [], [], []];
    [accounts, current, portal, answer] = [[anna, other], anna, () => true, () => true];
    names = [{ id: 5, name: 'Olga' }];
    match = (text) => Promise.resolve(known[text] ?? {});
    await open();
  });
  afterEach(() => window.close());

  async function open(patch: ServicePatch = {}): Promise<void> {
    window = await openService(folder(), {
      client: fakeClient((call) => portal(call), wire),
      confirm: async (push) => {
        asked.push(push);
        return await answer(push);
      },
      resolveAudience: (_, { recipients, departments }) =>
        Promise.resolve({
          people: [...recipients, ...(departments.length > 0 ? [{ id: 70 }] : [])],
          facts: undefined,
          departments: departments.map((department) => ({ department, people: 1 })),
        }),
      ...patch,
    });
    send = asking((draft, options) => window.service.send(draft, options));
  }

  function asking(sender: OpenService['service']['send']): AskedSend {
    const log = { ...silentLog, info: (line: string) => void logged.push(line) };
    return createAskedSend({
      accounts: { current: () => Promise.resolve(current), list: () => Promise.resolve(accounts) },
      departments: { of: () => Promise.resolve(new DepartmentTree([])) },
      lists: {
        match: async (accountId, text) => {
          looked.push(`${accountId} ${text}`);
          return { people: [], departments: [], unmatched: [], ...(await match(text)) };
        },
      },
      groups: { list: (host) => (host === anna.host ? groups : []) },
      people: {
        resolveIds: (_, ids) =>
          Promise.resolve({
            hits: names.filter(({ id }) => ids.includes(id)),
            unknown: [],
            inactive: [],
          }),
      },
      sender: { send: sender },
      tellWithdrawn: (by) => takenBack.push(by),
      log: { ...log, warn: log.info },
    });
  }

  const push = (more: Partial<AskedPush> = {}): AskedPush => ({
    ...{ to: ['Ivan'], text: 'Build is {name}', by: 'Claude Code', origin: 'tool' },
    ...more,
  });
  /** Sending that always comes to this. */
  const coming = (result: SendResult) => asking(() => Promise.resolve(result));

  it('is asked about by the name of who asks, and sent as it is after a yes', async () => {
    const { outcome, message, accepted } = await send(
      push({ avatar: 'https://a.example/x.png', to: ['Ivan', 'Sales'] }),
    );
    assert.deepEqual(
      [outcome, message, accepted],
      ['accepted', 'Bitrix24 accepted the push for 2 people.', 2],
    );
    assert.deepEqual(
      asked.map(({ askedBy, account }) => [askedBy, account.id]),
      [['Claude Code', 'acme:1']],
    );
    // Braces are no placeholders in it.
    assert.deepEqual(
      wire.map((call) => [call['USER_ID'], call['TEXT'], call['AVATAR']]),
      [[[3, 70], 'Build is {name}', 'https://a.example/x.png']],
    );
    const [record] = await window.history.list();
    assert.deepEqual([record?.origin, record?.askedBy], ['tool', 'Claude Code']);
  });

  it('leaves only after a yes, each time', async () => {
    answer = () => false;
    const none = { outcome: 'cancelled', accepted: 0 };
    for (let round = 0; round < 3; round += 1) {
      const { outcome, accepted } = await send(push());
      assert.deepEqual({ outcome, accepted }, none);
    }
    answer = () => true;
    await send(push());
    await send(push());
    assert.deepEqual([asked.length, wire.length], [5, 2]);
  });

  it('leaves the draft that the user is writing alone', async () => {
    const draft = aDraft({ text: 'half a sent' });
    window.drafts.update(draft);
    await send(push());
    assert.equal(window.drafts.current.text, 'half a sent');
  });

  it('is not sent where an entry is not certain, and names it without telling of others', async () => {
    for (const [to, message] of [
      [
        ['Ivan', 'Anna'],
        'Nothing was sent. “Anna”: several people or departments are called so, so use an id or an address.',
      ],
      [
        ['Ivan; Nobody'],
        'Nothing was sent. “Nobody”: nobody on this portal has this name or address.',
      ],
      [['Ivan', ' — '], 'Nothing was sent. “—”: it names nobody.'],
      [['group:None'], 'Nothing was sent. “group:None”: there is no such group for this portal.'],
      [[], 'Name 1 to 100 recipients. Nothing was sent.'],
      [Array.from({ length: 101 }, () => 'Ivan'), 'Name 1 to 100 recipients. Nothing was sent.'],
    ] as const) {
      const expected: AskedAnswer = { outcome: 'invalid', message, accepted: 0 };
      assert.deepEqual(await send(push({ to })), expected);
    }
    const many = await send(push({ to: Array.from({ length: 8 }, () => 'Nobody') }));
    assert.match(many.message, /So are 3 more\.$/u);
    assert.deepEqual([asked, wire], [[], []]);
  });

  it('goes to the people of a group, each with a name for the question', async () => {
    groups = [
      { name: 'Release team', people: [3, 5], departments: [], from: 'workspace' },
      { name: 'Ops', people: [], departments: [{ id: 7, reach: 'direct' }], from: 'user' },
    ];
    await send(push({ to: ['group: release TEAM', 'Ivan', 'group:Ops'] }));
    const { draft } = asked[0]!;
    assert.deepEqual(
      draft.recipients.map(({ id, name, workspaceGroup }) => [id, name, workspaceGroup]),
      [
        [3, 'Ivan', 'Release team'],
        [5, 'Olga', 'Release team'],
      ],
    );
    assert.deepEqual(draft.departments, [{ id: 7, reach: 'direct' }]);
    assert.deepEqual(looked, ['acme:1 Ivan']);
  });

  it('looks up ids together, and everything else alone', async () => {
    await send(push({ to: ['3', 'me', ' #5 ', 'Sales'] }));
    assert.deepEqual(looked, ['acme:1 3, 5', 'acme:1 me', 'acme:1 Sales']);
    assert.deepEqual(
      asked[0]?.draft.recipients.map(({ id, name }) => [id, name]),
      [
        [3, 'Ivan'],
        [5, 'Olga'],
        [1, 'Anna'],
      ],
    );
  });

  for (const [from, id] of [
    ['beta.example', 'beta:7'],
    ['https://Beta.example/', 'beta:7'],
    ['beta:7', 'beta:7'],
    ['acme.example', 'acme:9'],
    ['acme:1', 'acme:1'],
    [undefined, 'acme:9'],
  ] as const) {
    it(`is sent from the account that is meant: ${from ?? 'none named'}`, async () => {
      accounts = [anna, second, other];
      current = second;
      let sent: Draft | undefined;
      const one = asking((draft) => {
        sent = draft;
        return Promise.resolve({ kind: 'cancelled' });
      });
      await one(push({ from }));
      assert.deepEqual([sent?.accountId, looked], [id, [`${id} Ivan`]]);
    });
  }

  it('is not sent from an account that is not there', async () => {
    const none = await send(push({ from: 'gamma.example' }));
    assert.deepEqual(none, {
      ...{ outcome: 'invalid', accepted: 0 },
      message: 'No account on “gamma.example” is signed in. Nothing was sent.',
    });
    current = undefined;
    assert.match((await send(push())).message, /^No account of a Bitrix24 portal is signed in\./u);
    assert.deepEqual([looked, asked], [[], []]);
  });

  it('says what is wrong with text and avatar before anybody is looked up or asked', async () => {
    for (const [more, message] of [
      [{ text: ' \n' }, 'Nothing was sent. The text is empty.'],
      [{ text: '0' }, 'Nothing was sent. Bitrix24 takes the text “0” for an empty one.'],
      [{ text: 'long '.repeat(2_000) }, 'Nothing was sent. The text is too long for a push.'],
      [
        { avatar: 'file:///etc/passwd' },
        'Nothing was sent. The avatar is not an http or https address.',
      ],
    ] as const) {
      assert.deepEqual(await send(push(more)), { outcome: 'invalid', message, accepted: 0 });
    }
    assert.deepEqual([looked, asked], [[], []]);
  });

  describe('is answered with what became of it', () => {
    const code = 'EMPTY_APP_NAME';
    const refused = anError({ kind: 'server', phase: 'answered', code });
    const offline = anError({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
    const results: [SendResult, AskedAnswer['outcome'], RegExp, number?][] = [
      [{ kind: 'push', push: aPush() }, 'accepted', /for 1 person\.$/u, 1],
      [
        { kind: 'push', push: aPush({ people: peopleOf('refused', 3), error: refused }) },
        'refused',
        /\(EMPTY_APP_NAME\)/u,
      ],
      [
        { kind: 'push', push: aPush({ people: peopleOf('notSent', 3), error: offline }) },
        'notSent',
        /waits in the history/u,
      ],
      [
        { kind: 'push', push: aPush({ people: peopleOf('notSent', 3), error: refused }) },
        'notSent',
        /not sent \(EMPTY_APP_NAME\)\.$/u,
      ],
      [
        { kind: 'push', push: aPush({ people: peopleOf('unknown', 3), error: anError() }) },
        'unknown',
        /Do not send it again/u,
      ],
      [
        {
          kind: 'push',
          push: aPush({
            people: [
              ...peopleOf('accepted', 1, 2),
              ...[...peopleOf('refused', 3), ...peopleOf('notSent', 4), ...peopleOf('unknown', 5)],
            ],
            error: refused,
          }),
        },
        'partly',
        /for 2 of 5 people: refused for 1, not sent to 1, no answer came for 1/u,
        2,
      ],
      [
        {
          kind: 'push',
          push: aPush({
            people: [
              ...peopleOf('refused', 3).map((one) => ({ ...one, code: 'OTHER' })),
              ...peopleOf('notSent', 4),
            ],
            error: refused,
          }),
        },
        'refused',
        /for 0 of 2 people/u,
      ],
      [{ kind: 'stillUnknown', push: aPush() }, 'unknown', /Nothing was sent now/u],
      [{ kind: 'failed', error: anError({ code: 'KEYRING' }) }, 'notSent', /\(KEYRING\)/u],
      [{ kind: 'cancelled' }, 'cancelled', /did not agree/u],
      [
        { kind: 'invalid', issues: [{ field: 'recipients', code: 'NO_RECIPIENTS' }] },
        'invalid',
        /There is no recipient\.$/u,
      ],
    ];
    results.forEach(([result, outcome, message, accepted = 0], index) => {
      it(`${index + 1}: ${result.kind}, ${outcome}`, async () => {
        const got = await coming(result)(push());
        assert.deepEqual([got.outcome, got.accepted], [outcome, accepted]);
        assert.match(got.message, message);
      });
    });

    it('without anything that a server has written', async () => {
      const error = anError({ code: 'X'.repeat(500), description: 'server words' });
      const { message } = await coming({ kind: 'failed', error })(push());
      assert.ok(message.length < 120 && !message.includes('server words'), message);
    });
  });

  it('is answered also where the people could not be looked up or the disk fails', async () => {
    match = () => Promise.reject(anError({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' }));
    const lost = await send(push());
    assert.deepEqual([lost.outcome, lost.accepted], ['notSent', 0]);
    assert.match(lost.message, /ENOTFOUND/u);
    match = () => Promise.resolve(known['Ivan']!);
    const broken = await asking(() => Promise.reject(new Error('disk /home/anna')))(push());
    assert.equal(
      broken.message,
      'The push could not be prepared (INTERNAL_ERROR). Nothing was sent.',
    );
  });

  it('leaves neither text nor names in the log', async () => {
    await send(push({ text: 'a canary', by: 'canary' }));
    match = () => Promise.reject(new Error('canary'));
    await send(push({ to: ['canary'] }));
    assert.equal(logged.length, 2);
    assert.ok(!logged.join().includes('canary'), logged.join());
  });

  describe('while others wait for an answer', () => {
    /** Questions that the user has not answered yet. */
    let open: ((yes: boolean) => void)[];

    beforeEach(() => {
      open = [];
      answer = () => new Promise((resolve) => open.push(resolve));
    });
    async function until(condition: () => boolean): Promise<void> {
      while (!condition()) {
        await setImmediate();
      }
    }

    it('waits its turn, but a faulty one is answered at once', async () => {
      const first = send(push({ text: 'first' }));
      await until(() => open.length === 1);
      const next = send(push({ text: 'next', by: 'Codex' }));
      assert.equal((await send(push({ to: ['Nobody'] }))).outcome, 'invalid');
      assert.equal(asked.length, 1);
      open[0]?.(false);
      assert.equal((await first).outcome, 'cancelled');
      await until(() => open.length === 2);
      open[1]?.(true);
      assert.equal((await next).outcome, 'accepted');
      assert.deepEqual(
        asked.map(({ askedBy }) => askedBy),
        ['Claude Code', 'Codex'],
      );
    });

    it('is refused once 20 wait, until one of them leaves', async () => {
      const callers = Array.from({ length: 20 }, () => new AbortController());
      const all = callers.map(({ signal }) => send(push(), signal));
      const refused = await send(push());
      assert.deepEqual([refused.outcome, refused.accepted], ['notSent', 0]);
      assert.match(refused.message, /^Too many pushes wait/u);
      callers[7]?.abort();
      const late = send(push({ text: 'late' }));
      for (let index = 0; index < 20; index += 1) {
        await until(() => open.length > index);
        open[index]?.(true);
      }
      const outcomes = (await Promise.all([...all, late])).map(({ outcome }) => outcome);
      assert.deepEqual(outcomes, [
        ...Array.from({ length: 20 }, (_, index) => (index === 7 ? 'cancelled' : 'accepted')),
        'accepted',
      ]);
      assert.equal(asked.at(-1)?.draft.text, 'late');
    });

    it('is not sent after its caller has left, whatever the user answers then', async () => {
      const caller = new AbortController();
      const sending = send(push(), caller.signal);
      await until(() => open.length === 1);
      caller.abort();
      open[0]?.(true);
      assert.deepEqual(await sending, {
        ...{ outcome: 'cancelled', accepted: 0 },
        message: 'The request was taken back. Nothing was sent.',
      });
      assert.deepEqual([wire, takenBack], [[], ['Claude Code']]);
      const before = await send(push(), caller.signal);
      assert.deepEqual([before.outcome, takenBack.length, asked.length], ['cancelled', 1, 1]);
    });

    it('goes on after one whose sending broke', async () => {
      let count = 0;
      const one = asking(() => {
        count += 1;
        return count === 1
          ? Promise.reject(new Error('broken'))
          : Promise.resolve({ kind: 'cancelled' });
      });
      const both = await Promise.all([one(push()), one(push())]);
      assert.deepEqual(
        both.map(({ outcome }) => outcome),
        ['notSent', 'cancelled'],
      );
    });
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Account } from '../../../src/accounts/account';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { Emitter } from '../../../src/common/emitter';
import { silentLog } from '../../../src/common/log';
import { FormController } from '../../../src/form/formController';
import { FormPeople } from '../../../src/form/formPeople';
import { parseToForm } from '../../../src/form/protocol';
import type { FormCommand, FormState, FromForm, ToForm } from '../../../src/form/protocol';
import type { About } from '../../../src/problems/catalogue';
import type { FixId, Problem, ProblemContext } from '../../../src/problems/problem';
import type { Draft } from '../../../src/push/draft';
import { emptyDraft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { folderDisk } from '../../../src/push/folderDisk';
import type { Outbox } from '../../../src/push/outbox/outbox';
import type { Outcome } from '../../../src/push/outcome';
import type { TextMode, TextPerson } from '../../../src/push/personalText';
import type { SendOptions } from '../../../src/push/pushRoad';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import type { ListMatch } from '../../../src/people/listMatcher';
import type { IdsResolved, PeopleFound } from '../../../src/people/peopleSearch';
import { openOutbox } from '../../support/outboxes';
import { until } from '../../support/until';

const anna: Account = {
  id: 'acme:1',
  portal: 'https://acme.example',
  host: 'acme.example',
  userId: 1,
  userName: 'Anna',
  administrator: true,
  clientId: 'local.1',
  integrationId: undefined,
  senderName: 'Deploy Bot',
};
const boris: Account = {
  ...anna,
  id: 'zeta:7',
  host: 'zeta.example',
  userId: 7,
  userName: 'Boris',
};
const accepted: Outcome = { kind: 'accepted', count: 1, at: 5, host: anna.host };
const lost: Outcome = {
  kind: 'unknown',
  error: new Bitrix24Error({
    kind: 'timeout',
    phase: 'noAnswer',
    code: 'TIMEOUT',
    host: anna.host,
  }),
};
const unnamed: Outcome = {
  kind: 'refused',
  error: new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'EMPTY_APP_NAME' }),
};

describe('the form without its window', () => {
  let folder: string;
  let drafts: DraftStore;
  let outbox: Outbox;
  let takenCareOf: number;
  let posted: ToForm[];
  let sent: { draft: Draft; options: SendOptions }[];
  let answer: (options: SendOptions) => Outcome | Promise<Outcome>;
  let ran: unknown[];
  let told: Outcome[];
  let earlier: About['earlier'];
  let onScreen: boolean;
  let list: Account[];
  let current: Account | undefined;
  let found: PeopleFound;
  let resolved: IdsResolved;
  let matched: ListMatch | Error;
  const tree = new DepartmentTree([
    { id: 1, name: 'Acme' },
    { id: 7, name: 'Продажи', parent: 1, head: 3 },
    { id: 8, name: 'Юг', parent: 7 },
  ]);
  const sales = {
    id: 7,
    name: 'Продажи',
    reach: 'tree' as const,
    parent: true,
    counts: { tree: 3, direct: 1 },
    path: 'Acme / Продажи',
  };
  /** What texts may say, and what was asked about whom. */
  let facts: TextPerson[];
  let asked: unknown[];
  const accountsChanged = new Emitter<void>();
  const peopleRead = new Emitter<string>();
  let form: FormController;
  let lastId: number;
  /** Who a fix that is about accounts signed in. */
  let fixedAs: Account | undefined;
  let commandResult: unknown;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'form-'));
    const clock = { now: () => 1_700_000_000_000 };
    drafts = new DraftStore({ disk: folderDisk(folder), key: 'w', clock, log: silentLog });
    await drafts.ready;
    ({ outbox } = openOutbox(folder));
    takenCareOf = 0;
    [posted, sent, ran, told] = [[], [], [], []];
    [list, current, onScreen, lastId] = [[anna, boris], anna, true, 0];
    answer = () => accepted;
    found = { hits: [] };
    resolved = { hits: [], unknown: [], inactive: [] };
    [facts, asked] = [[], []];
    [fixedAs, commandResult] = [undefined, undefined];
    matched = { people: [], departments: [], unmatched: [] };
    form = new FormController({
      accounts: {
        onDidChange: accountsChanged.event,
        list: () => Promise.resolve(list),
        current: () => Promise.resolve(current),
      },
      drafts,
      outbox,
      takenCareOf: () => void (takenCareOf += 1),
      road: {
        send: async (draft, options) => {
          sent.push({ draft, options });
          const outcome = await answer(options);
          if (outcome.kind === 'accepted') {
            drafts.accepted(draft);
          }
          return outcome;
        },
      },
      people: new FormPeople({
        search: {
          prepare: () => undefined,
          search: () => Promise.resolve(found),
          resolveIds: () => Promise.resolve(resolved),
        },
        recents: { last: () => [], list: () => [{ id: 9, name: 'Often' }] },
        log: silentLog,
        meWords: () => ['Me'],
      }),
      audience: {
        departments: {
          peek: () => tree,
          of: () => Promise.resolve(tree),
          count: (_, { reach }) => (reach === 'tree' ? 3 : 1),
        },
        directories: { peek: () => undefined, onDidChange: peopleRead.event },
        groups: {
          list: () => [
            {
              name: 'Ёлка',
              people: [3, 9],
              departments: [{ id: 7, reach: 'direct' }],
              from: 'user',
            },
          ],
        },
        lists: {
          match: (accountId, text) => {
            asked.push([accountId, text]);
            return matched instanceof Error ? Promise.reject(matched) : Promise.resolve(matched);
          },
        },
        now: () => 0,
        log: silentLog,
      },
      resolve: (_, recipients, placeholders) => {
        asked.push([recipients.map(({ id }) => id), placeholders]);
        return Promise.resolve(facts.filter(({ id }) => recipients.some((one) => one.id === id)));
      },
      problemOf: (what, about) => {
        earlier = about?.earlier;
        return problemFor(what);
      },
      fixes: {
        label: (fix, context) => `label of ${fix}${context?.rest?.people ?? ''}`,
        run: async (fix: FixId, context: ProblemContext) => {
          ran.push(fix);
          await {
            tryAgain: context.retry,
            sendAnyway: context.retry,
            sendToRest: context.rest?.send,
            discard: context.discard,
            markAsSent: context.markAsSent,
          }[fix as 'tryAgain']?.();
          return fix === 'setAppName' ? fixedAs : undefined;
        },
      },
      log: silentLog,
      run: (command: FormCommand) => {
        ran.push(command);
        return Promise.resolve(commandResult);
      },
      tell: (outcome) => Promise.resolve(void told.push(outcome)),
      page: { post: (message) => posted.push(message), onScreen: () => onScreen },
    });
    await form.receive({ type: 'ready' });
  });

  afterEach(async () => {
    form.dispose();
    await drafts.flush();
    drafts.dispose();
    outbox.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  function problemFor(what: Outcome | Error): Problem | undefined {
    const error = what instanceof Error ? what : 'error' in what ? what.error : undefined;
    if (!error || ('kind' in error && error.kind === 'cancelled')) {
      return undefined;
    }
    const code = error instanceof Bitrix24Error ? error.code : 'BUG';
    const unknown = !(what instanceof Error) && what.kind === 'unknown';
    const partly = !(what instanceof Error) && what.kind === 'partly';
    return {
      code,
      message: `message of ${code}`,
      severity: unknown ? 'warning' : 'error',
      fixes: partly
        ? ['sendToRest']
        : unknown
          ? ['sendAnyway', 'markAsSent', 'discard']
          : ['setAppName', 'tryAgain'],
    };
  }

  /** A push to 3 that says this and has ended so. */
  async function noted(text: string, outcome: Outcome): Promise<string> {
    const parcel = await outbox.prepare({
      draft: { ...emptyDraft, accountId: anna.id, recipients: [{ id: 3 }], text },
      host: anna.host,
    });
    if (outcome.kind === 'unknown') {
      await parcel.sending([3]);
      await parcel.answered({ refused: [], unknown: [3], notSent: [] });
    }
    await parcel.end('error' in outcome ? outcome.error : undefined);
    return parcel.id;
  }

  function state(): FormState {
    const message = posted.findLast(({ type }) => type === 'state');
    assert.ok(message?.type === 'state');
    return message.state;
  }

  /** What the page would post after its user wrote this. */
  function stamped(text: string, recipients: number[], mode: TextMode = 'personal') {
    const { generation, edit } = state().draft;
    return { generation, edit: edit + 1, written: { text, recipients, mode, avatar: '' } };
  }

  function write(text: string, recipients: number[] = [3]): Promise<void> {
    return form.receive({ type: 'edit', ...stamped(text, recipients) });
  }

  async function ask(request: Partial<FromForm> & { type: string }) {
    const id = ++lastId;
    await form.receive({ ...request, id });
    const reply = posted.find((message) => message.type === 'reply' && message.id === id);
    assert.ok(reply?.type === 'reply');
    return reply.result;
  }

  function send(text: string, to: 'recipients' | 'me' = 'recipients', recipients = [3]) {
    return ask({ type: 'send', to, ...stamped(text, recipients) });
  }

  const sentAs = (outcome: string) => ({ ok: true, value: { kind: 'sent', outcome } });

  it('says nothing before the page is there, then everything; without anything secret', async () => {
    posted.length = 0;
    form.pageGone();
    accountsChanged.fire();
    drafts.update({ text: 'a selection' });
    await drafts.flush();
    assert.deepEqual(posted, []);
    await form.receive({ type: 'ready' });
    assert.equal(posted.length, 1);
    assert.deepEqual(state().account, {
      id: 'acme:1',
      host: 'acme.example',
      userId: 1,
      userName: 'Anna',
      administrator: true,
      clientId: 'local.1',
      senderName: 'Deploy Bot',
    });
    assert.equal(state().draft.text, 'a selection');
    assert.ok(posted.every((message) => parseToForm(structuredClone(message))));
  });

  it('keeps what is written, with its account, and says what is wrong with it', async () => {
    await write('0', []);
    const { text, accountId } = drafts.current;
    assert.deepEqual([text, accountId], ['0', 'acme:1']);
    assert.deepEqual(posted.at(-1), {
      type: 'checked',
      generation: 1,
      edit: 1,
      issues: [
        { field: 'recipients', code: 'NO_RECIPIENTS' },
        { field: 'text', code: 'TEXT_ZERO' },
      ],
    });
  });

  it('drops an edit of a draft that was replaced meanwhile, and shows the new one', async () => {
    const late = { type: 'edit', ...stamped('typed too late', [3]) };
    drafts.update({ text: 'a selection' }, 'somebody');
    await form.receive(late);
    assert.equal(drafts.current.text, 'a selection');
    assert.equal(state().draft.text, 'a selection');
  });

  it('sends once when Send comes twice, and clears the text but not the people', async () => {
    let finish: (outcome: Outcome) => void = () => undefined;
    answer = () => new Promise((resolve) => (finish = resolve));
    const first = send('hi');
    assert.deepEqual(state().phase, { kind: 'sending' });
    assert.deepEqual(await send('hi'), sentAs('busy'));
    finish(accepted);
    assert.deepEqual(await first, sentAs('accepted'));
    assert.equal(sent.length, 1);
    assert.deepEqual(
      [state().phase, state().accepted, state().draft.text],
      [{ kind: 'idle' }, { at: 5, count: 1, host: 'acme.example' }, ''],
    );
    assert.deepEqual(
      state().draft.recipients.map(({ id }) => id),
      [3],
    );
    assert.deepEqual(told, []);
  });

  it('says that it was accepted until the next text is begun', async () => {
    answer = () => accepted;
    await send('hi');
    await write('', [3, 4]);
    assert.equal(state().accepted?.count, 1);
    await write('The next', [3, 4]);
    assert.equal(state().accepted, undefined);
  });

  it('sends to me alone for a try, and keeps text and people', async () => {
    assert.deepEqual(await send('hi', 'me', [3, 4]), sentAs('accepted'));
    assert.deepEqual(
      sent.map(({ draft }) => draft.recipients.map(({ id }) => id)),
      [[1]],
    );
    assert.deepEqual(drafts.current.text, 'hi');
    assert.deepEqual(
      drafts.current.recipients.map(({ id }) => id),
      [3, 4],
    );
  });

  it('shows a wait and lets it be cancelled', async () => {
    answer = (options) =>
      new Promise((resolve) => {
        options.onWait?.({ until: 99, code: 'QUERY_LIMIT_EXCEEDED' });
        options.signal?.addEventListener('abort', () => resolve({ kind: 'cancelled' }));
      });
    const sending = send('hi');
    assert.deepEqual(state().phase, { kind: 'waiting', until: 99 });
    await form.receive({ type: 'cancel' });
    assert.deepEqual(await sending, sentAs('cancelled'));
    assert.deepEqual([state().phase, state().problem], [{ kind: 'idle' }, undefined]);
    assert.equal(drafts.current.text, 'hi');
  });

  it('offers the fixes of a refusal and tries again with what is written now', async () => {
    answer = () => unnamed;
    assert.deepEqual(await send('hi'), sentAs('refused'));
    assert.deepEqual(state().problem, {
      code: 'EMPTY_APP_NAME',
      message: 'message of EMPTY_APP_NAME',
      severity: 'error',
      fixes: [
        { id: 'setAppName', label: 'label of setAppName' },
        { id: 'tryAgain', label: 'label of tryAgain' },
      ],
    });
    answer = () => accepted;
    await write('hi there');
    await ask({ type: 'fix', fix: 'tryAgain' });
    assert.deepEqual(
      sent.map(({ draft, options }) => [draft.text, options.again, options.sendAnyway]),
      [
        ['hi', undefined, undefined],
        ['hi there', true, undefined],
      ],
    );
    assert.equal(state().problem, undefined);
  });

  it('goes on as whoever a fix signed in, with the same people on the same portal', async () => {
    answer = () => unnamed;
    await send('hi');
    fixedAs = { ...anna, id: 'acme:2', userId: 2, userName: 'Olga' };
    list = [anna, fixedAs, boris];
    await ask({ type: 'fix', fix: 'setAppName' });
    assert.equal(state().account?.userName, 'Olga');
    assert.equal(state().problem, undefined);
    assert.deepEqual(drafts.current, {
      accountId: 'acme:2',
      recipients: [{ id: 3 }],
      text: 'hi',
      mode: 'personal',
      avatar: '',
    });
  });

  it('runs only fixes that are offered', async () => {
    answer = () => unnamed;
    await send('hi');
    await ask({ type: 'fix', fix: 'sendAnyway' });
    await ask({ type: 'fix', fix: 'constructor' });
    assert.deepEqual(ran, []);
  });

  it('shows a push of unknown fate until it is decided, also to a page that comes later', async () => {
    for (const fix of ['discard', 'markAsSent']) {
      await noted('hi', lost);
      form.pageGone();
      await form.receive({ type: 'ready' });
      assert.equal(state().problem?.code, 'STILL_UNKNOWN');
      // The form may hold another text by now: whose fate it is must be said.
      assert.deepEqual(earlier?.people, [{ id: 3 }]);
      await ask({ type: 'fix', fix });
      assert.equal(state().problem, undefined);
      assert.deepEqual(await outbox.waiting(), []);
    }
    assert.deepEqual(sent, []);
  });

  it('does not tell of a push that another window is sending', async () => {
    const other = openOutbox(folder, { pid: 2 }).outbox;
    const draft = { ...emptyDraft, accountId: anna.id, recipients: [{ id: 3 }], text: 'hi' };
    await (await other.prepare({ draft, host: anna.host })).sending([3]);
    form.pageGone();
    await form.receive({ type: 'ready' });
    assert.equal(state().problem, undefined);
    other.dispose();
  });

  it('sends anyway only what no other window has taken care of', async () => {
    const id = await noted('hi', lost);
    form.pageGone();
    await form.receive({ type: 'ready' });
    const other = openOutbox(folder, { pid: 2 }).outbox;
    await other.settle(id, 'again');
    await ask({ type: 'fix', fix: 'sendAnyway' });
    assert.deepEqual([sent, takenCareOf, state().problem], [[], 1, undefined]);
    other.dispose();
  });

  it('lets what was edited take the place of what waits for the network', async () => {
    const offline: Outcome = {
      kind: 'notSent',
      error: new Bitrix24Error({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' }),
    };
    let id = '';
    answer = async () => {
      id = await noted('hi', offline);
      return offline;
    };
    await send('hi');
    answer = () => accepted;
    await send('hi there');
    assert.deepEqual(
      sent.map(({ options: { replaces } }) => replaces),
      [undefined, id],
    );
    // Another text is another push.
    await send('news');
    assert.equal(sent[2]?.options.replaces, undefined);
  });

  it('sends the rest of a push to those who did not get it, and to nobody twice', async () => {
    const error = new Bitrix24Error({ kind: 'reset', phase: 'noAnswer', code: 'RESET' });
    answer = () => ({
      kind: 'partly',
      accepted: [3],
      refused: [{ id: 4, code: 'TEXT_ERROR' }],
      notSent: [5],
      unknown: [6],
      error,
      at: 1,
      host: anna.host,
    });
    await send('hi', 'recipients', [3, 4, 5, 6]);
    assert.deepEqual(state().problem?.fixes, [{ id: 'sendToRest', label: 'label of sendToRest2' }]);
    answer = () => accepted;
    await ask({ type: 'fix', fix: 'sendToRest' });
    assert.deepEqual(
      sent.at(-1)?.draft.recipients.map(({ id }) => id),
      [4, 5],
    );
    assert.equal(sent.length, 2);
  });

  it('says where a placeholder is wrong, and takes the same braces as they are in a literal text', async () => {
    await write('Hi {nmae}');
    const checked = () => posted.findLast(({ type }) => type === 'checked');
    const issue = { field: 'text', code: 'PLACEHOLDER_UNKNOWN', offset: 3, length: 6 };
    assert.deepEqual(checked(), { type: 'checked', generation: 1, edit: 1, issues: [issue] });
    await form.receive({ type: 'edit', ...stamped('Hi {nmae}', [3], 'literal') });
    assert.deepEqual(drafts.current.mode, 'literal');
    assert.deepEqual(checked(), { type: 'checked', generation: 1, edit: 1, issues: [] });
  });

  it('plans a personal text once it knows its people, and asks about each of them once', async () => {
    facts = [
      { id: 3, firstName: 'Ivan', department: 'QA' },
      { id: 4, firstName: 'Olga', lastName: '' },
    ];
    await write('Hi {name}', [3, 4, 5]);
    assert.equal(state().plan, undefined);
    await until(() => state().plan !== undefined);
    assert.deepEqual(state().plan, { people: 3, texts: 3, requests: 1, blanks: 1 });
    assert.deepEqual(state().draft.recipients, [
      { id: 3, firstName: 'Ivan', department: 'QA' },
      { id: 4, firstName: 'Olga' },
      { id: 5 },
    ]);
    await write('Hi {name|you}, {last_name}', [3, 4, 5]);
    await write('Hi', [3, 4]);
    assert.equal(posted.findLast(({ type }) => type === 'checked')?.type, 'checked');
    assert.deepEqual(asked, [[[3, 4, 5], ['name']]]);
    await write('Hi {department}', [3]);
    assert.deepEqual(asked.slice(1), [[[3], ['department']]]);
  });

  it('says how the version of nobody but the longest name is too long', async () => {
    facts = [
      { id: 3, firstName: 'Ivan' },
      { id: 4, firstName: 'O'.repeat(4_000) },
    ];
    await write('Hi {name}', [3, 4]);
    await until(() => state().plan !== undefined);
    assert.deepEqual(state().issues, [{ field: 'text', code: 'TEXT_TOO_LONG' }]);
  });

  it('tells how far a push has come, also while it waits, and lets it be cancelled', async () => {
    const progress = { accepted: 50, left: 100, failed: 0, unknown: 0, total: 150 };
    const more = { ...progress, accepted: 100, left: 50 };
    answer = (options) =>
      new Promise((resolve) => {
        options.onProgress?.(progress);
        options.onWait?.({ until: 99, code: 'QUERY_LIMIT_EXCEEDED' });
        // Of two requests one waits, and the other one is answered.
        options.onProgress?.(more);
        options.onWait?.(undefined);
        options.signal?.addEventListener('abort', () => resolve({ kind: 'cancelled' }));
      });
    const sending = send('hi');
    assert.deepEqual(
      posted.flatMap((message) =>
        message.type === 'phase'
          ? [message.phase]
          : message.type === 'state' && message.state.phase.kind !== 'idle'
            ? [message.state.phase]
            : [],
      ),
      [
        { kind: 'sending' },
        { kind: 'sending', progress },
        { kind: 'waiting', until: 99, progress },
        { kind: 'waiting', until: 99, progress: more },
        { kind: 'sending', progress: more },
      ],
    );
    await form.receive({ type: 'cancel' });
    assert.deepEqual(await sending, sentAs('cancelled'));
    assert.ok(posted.every((message) => parseToForm(structuredClone(message))));
  });

  it('repeats a push of unknown fate as it was, whatever is written now', async () => {
    answer = async () => {
      await noted('hi', lost);
      return lost;
    };
    await send('hi');
    answer = () => accepted;
    await write('something else');
    await ask({ type: 'fix', fix: 'sendAnyway' });
    assert.deepEqual(
      sent.map(({ draft, options }) => [draft.text, options.sendAnyway]),
      [
        ['hi', undefined],
        ['hi', true],
      ],
    );
    assert.equal(drafts.current.text, 'something else');
  });

  it('forgets a warning when its push was decided elsewhere', async () => {
    let id = '';
    answer = async () => {
      id = await noted('hi', lost);
      return lost;
    };
    await send('hi');
    assert.equal(state().problem?.code, 'TIMEOUT');
    await outbox.settle(id, 'sent');
    await until(() => state().problem === undefined);
  });

  it('tells elsewhere what became of a push when the form is not on screen any more', async () => {
    answer = () => {
      onScreen = false;
      return unnamed;
    };
    await send('hi');
    assert.deepEqual(told, [unnamed]);
  });

  it('lets faults of the draft be said by the fields', async () => {
    const issues = [{ field: 'text' as const, code: 'TEXT_EMPTY' as const }];
    answer = () => ({ kind: 'invalid', issues });
    assert.deepEqual(await send(''), sentAs('invalid'));
    assert.deepEqual(state().issues, issues);
    assert.equal(state().problem, undefined);
  });

  it('finds people by name, oneself by a word, and names ids', async () => {
    found = { hits: [{ id: 3, name: 'Ivan', position: 'QA', photo: 'https://a/b.png' }] };
    assert.deepEqual(await ask({ type: 'search', query: 'iv' }), {
      ok: true,
      value: {
        kind: 'people',
        people: [{ id: 3, name: 'Ivan', position: 'QA', photo: 'https://a/b.png' }],
      },
    });
    const names = async (query: string) => {
      const result = await ask({ type: 'search', query });
      return result.ok && result.value.kind === 'people'
        ? result.value.people.map(({ name }) => name)
        : [];
    };
    assert.deepEqual(await names('me'), ['Anna', 'Ivan']);
    assert.deepEqual(await names(''), ['Anna', 'Often']);
    await write('hi', [3]);
    assert.equal(drafts.current.recipients[0]?.name, 'Ivan');
  });

  it('marks ids that nobody has, and keeps them', async () => {
    resolved = {
      hits: [
        { id: 5, name: 'Olga' },
        { id: 6, name: 'Oleg' },
      ],
      unknown: [404],
      inactive: [6],
    };
    await write('hi', [5, 404, 6]);
    await until(() => state().draft.recipients.some(({ trouble }) => trouble !== undefined));
    assert.deepEqual(state().draft.recipients, [
      { id: 5, name: 'Olga' },
      { id: 404, trouble: 'unknown' },
      { id: 6, name: 'Oleg', trouble: 'inactive' },
    ]);
    assert.equal(state().draft.edit, 1);
    // Typed once more into a page that has not heard of them.
    await write('hi', []);
    await form.receive({ type: 'ready' });
    await write('hi', [6]);
    await until(() => state().draft.recipients.length === 1);
    assert.deepEqual(state().draft.recipients, [{ id: 6, name: 'Oleg', trouble: 'inactive' }]);
  });

  it('hints at the scope that is missing for names, and lets its fix run', async () => {
    found = { hits: [], missingScope: 'user' };
    const result = await ask({ type: 'search', query: 'iv' });
    assert.ok(result.ok && result.value.kind === 'people');
    assert.equal(result.value.hint?.code, 'insufficient_scope');
    await ask({ type: 'fix', fix: 'setAppName' });
    assert.deepEqual(ran, ['setAppName']);
  });

  it('runs the commands that it has buttons for, and nothing else', async () => {
    await ask({ type: 'command', command: 'switchAccount' });
    await form.receive({ type: 'command', id: 90, command: 'bitrix24Push.signOut' });
    assert.deepEqual(ran, ['switchAccount']);
  });

  it('takes nobody along to another portal: ids mean other people there', async () => {
    await write('hi', [3]);
    current = boris;
    // The command's own change of account is heard twice: as an event, and as what it returns.
    commandResult = boris;
    accountsChanged.fire();
    await ask({ type: 'command', command: 'switchAccount' });
    assert.equal(state().account?.host, 'zeta.example');
    assert.deepEqual(
      [state().draft.text, state().draft.recipients, state().otherPortal],
      ['hi', [], true],
    );
    assert.deepEqual(
      state().kept.map(({ text, people }) => [text, people]),
      [['hi', 1]],
    );
    await ask({ type: 'kept', action: 'restore', key: state().kept[0]!.key });
    assert.deepEqual([state().account?.host, state().otherPortal], ['acme.example', false]);
    assert.deepEqual(
      state().draft.recipients.map(({ id }) => id),
      [3],
    );
  });

  it('finds departments and saved groups beside people', async () => {
    found = { hits: [{ id: 4, name: 'Prodaev' }] };
    assert.deepEqual(await ask({ type: 'search', query: 'prod' }), {
      ok: true,
      value: { kind: 'people', people: [{ id: 4, name: 'Prodaev' }], departments: [sales] },
    });
    found = { hits: [] };
    const { ok, ...rest } = await ask({ type: 'search', query: 'елк' });
    assert.ok(ok && 'value' in rest && rest.value.kind === 'people');
    assert.deepEqual(rest.value.groups, [
      {
        name: 'Ёлка',
        people: [{ id: 3 }, { id: 9 }],
        departments: [{ ...sales, reach: 'direct' }],
      },
    ]);
  });

  it('keeps departments by id and reach, with a name that only the host tells', async () => {
    const message = stamped('hi', [3]);
    const departments = [{ id: 7, reach: 'direct' as const }];
    await form.receive({ type: 'edit', ...message, written: { ...message.written, departments } });
    assert.deepEqual(drafts.current.departments, [{ id: 7, name: 'Продажи', reach: 'direct' }]);
    await form.receive({ type: 'ready' });
    assert.deepEqual(state().draft.departments, [{ ...sales, reach: 'direct' }]);
    await ask({
      type: 'send',
      to: 'me',
      ...message,
      edit: 2,
      written: { ...message.written, departments },
    });
    assert.deepEqual(
      sent.map(({ draft }) => [draft.recipients.map(({ id }) => id), draft.departments]),
      [[[1], undefined]],
      'to me alone is not to the department',
    );
    await form.receive({ type: 'edit', ...message, edit: 3 });
    assert.equal(drafts.current.departments, undefined);
  });

  it('says whom a pasted list means, and why somebody is not meant', async () => {
    matched = {
      people: [{ id: 3, name: 'Ivan' }],
      departments: [{ id: 7, reach: 'tree' }],
      unmatched: [
        { text: 'Петрова', why: 'ambiguous', candidates: [{ id: 5, name: 'Anna' }] },
        { text: 'Отдел', why: 'ambiguous', departments: [{ id: 7, reach: 'tree' }] },
      ],
    };
    assert.deepEqual(await ask({ type: 'match', text: 'Ivan; Продажи, Петрова' }), {
      ok: true,
      value: {
        kind: 'matched',
        ...matched,
        departments: [sales],
        unmatched: [matched.unmatched[0], { ...matched.unmatched[1], departments: [sales] }],
      },
    });
    assert.deepEqual(asked.at(-1), ['acme:1', 'Ivan; Продажи, Петрова']);
    matched = new Bitrix24Error({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
    const failed = await ask({ type: 'match', text: 'Ivan, Petr' });
    assert.ok(!failed.ok);
    assert.equal(failed.problem.code, 'ENOTFOUND');
    assert.equal(state().problem, undefined, 'it is said in the field');
  });

  it('tells the page when more people can be found', async () => {
    peopleRead.fire('acme:1');
    await form.receive({ type: 'ready' });
    posted = [];
    peopleRead.fire('other:2');
    assert.deepEqual(posted, []);
    peopleRead.fire('acme:1');
    assert.deepEqual(posted, [{ type: 'peopleRead' }]);
  });

  it('keeps the text when everybody has signed out', async () => {
    await write('hi');
    [list, current] = [[], undefined];
    accountsChanged.fire();
    await until(() => state().account === undefined);
    assert.equal(state().draft.text, 'hi');
  });
});

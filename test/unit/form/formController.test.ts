import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { CommandOutcome } from '../../../src/bitrix24/restBatch';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { Emitter } from '../../../src/common/emitter';
import { FormController } from '../../../src/form/formController';
import { parseToForm } from '../../../src/form/protocol';
import type { FormCommand, FormState, FromForm, ToForm } from '../../../src/form/protocol';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import type { ListMatch } from '../../../src/people/listMatcher';
import type { IdsResolved, PeopleFound } from '../../../src/people/peopleSearch';
import type { FixId, Problem, ProblemContext } from '../../../src/problems/problem';
import type { Draft } from '../../../src/push/draft';
import { placeholders } from '../../../src/push/personalText';
import type { TextMode, TextPerson } from '../../../src/push/personalText';
import { actionsOf, peopleWith, summaryOf } from '../../../src/push/push';
import type { Push, PushAction } from '../../../src/push/push';
import type { SendOptions, SendResult } from '../../../src/push/pushService';
import { aDraft, anAccount, anError, fakeClient, openService } from '../../support/builders';
import type { OpenService } from '../../support/builders';
import { formDeps } from '../../support/formDeps';
import { matchByName } from '../../support/noDirectories';
import { temporaryFolder } from '../../support/temporaryFolder';
import { until } from '../../support/until';
import type { SavedGroup } from '../../../src/people/groups';

const anna = anAccount({ senderName: 'Deploy Bot' });
const boris = anAccount({ id: 'zeta:7', host: 'zeta.example', userId: 7, userName: 'Boris' });
const lost = anError({ kind: 'timeout', phase: 'noAnswer', code: 'TIMEOUT' });
const offline = anError({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
const unnamed = anError({ kind: 'server', phase: 'answered', code: 'EMPTY_APP_NAME' });

const denied = anError({ kind: 'server', phase: 'answered', code: 'ACCESS_ERROR' });

const noFates = () => new Map<string, CommandOutcome>();

const actions: Partial<Record<FixId, PushAction>> = {
  tryAgain: 'retry',
  sendAnyway: 'sendAnyway',
  sendToRest: 'sendToRest',
  sendAsNotification: 'sendAsNotification',
  discard: 'discard',
  markAsSent: 'markAsSent',
};

/** A message as it reaches the page: VS Code hands it over as JSON. */
const asPosted = (message: ToForm): ToForm =>
  parseToForm(JSON.parse(JSON.stringify(message))) ?? assert.fail('a message of unknown shape');

describe('the form without its window', () => {
  const folder = temporaryFolder();
  let opened: OpenService;
  let drafts: OpenService['drafts'];
  let takenCareOf: number;
  let posted: ToForm[];
  let sent: { draft: Draft; options: SendOptions }[];
  let acted: PushAction[];
  /** What has left for the portal. */
  let wire: Record<string, unknown>[];
  /** Why the portal does not accept a push; undefined: it does. */
  let trouble: Bitrix24Error | undefined;
  /** What becomes of the push of one person in a batch, by JSON of the ids; accepted if absent. */
  let fates: Map<string, CommandOutcome>;
  /** Plays the service. */
  let play: ((options: SendOptions) => SendResult | Promise<SendResult>) | undefined;
  let ran: unknown[];
  let told: SendResult[];
  let earlier: Push | undefined;
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

  let groups: SavedGroup[];
  beforeEach(async () => {
    groups = [
      { name: 'Ёлка', people: [3, 9], departments: [{ id: 7, reach: 'direct' }], from: 'user' },
    ];
    [posted, sent, ran, told, acted, wire] = [[], [], [], [], [], []];
    [list, current, onScreen, lastId, takenCareOf] = [[anna, boris], anna, true, 0, 0];
    [trouble, play, earlier, fates] = [undefined, undefined, undefined, noFates()];
    const client = fakeClient(() => {
      if (trouble) {
        throw trouble;
      }
      return true;
    }, wire);
    const batch: PortalClient['batch'] = async (commands, options) => {
      await options?.beforeLeaving?.();
      return commands.map(({ params }) => {
        wire.push({ ...params });
        return fates.get(String(params['USER_ID'])) ?? { kind: 'answered', result: true };
      });
    };
    Object.assign(client, { batch });
    const accounts = {
      onDidChange: accountsChanged.event,
      list: () => Promise.resolve(list),
      current: () => Promise.resolve(current),
      get: (id: string) => Promise.resolve(list.find((one) => one.id === id)),
      client: () => Promise.resolve(client),
    };
    opened = await openService(folder(), {
      accounts,
      stores: { clock: { now: () => 5 } },
      resolveAudience: (_, { recipients, text }) => {
        const named = recipients.map((one) => ({ ...one, firstName: `P${one.id}` }));
        const facts = text.includes('{name}') ? named : undefined;
        return Promise.resolve({ people: recipients, facts, departments: [] });
      },
    });
    ({ drafts } = opened);
    const { service } = opened;
    found = { hits: [] };
    resolved = { hits: [], unknown: [], inactive: [] };
    [facts, asked] = [[], []];
    [fixedAs, commandResult] = [undefined, undefined];
    matched = { people: [], departments: [], unmatched: [] };
    form = new FormController(
      formDeps({
        accounts,
        drafts,
        service: {
          send: (draft, options) => {
            sent.push({ draft, options });
            return play ? Promise.resolve(play(options)) : service.send(draft, options);
          },
          act: (id, action, options) => {
            acted.push(action);
            return service.act(id, action, options);
          },
          open: () => service.open(),
          onDidChange: service.onDidChange,
        },
        tellTakenCareOf: () => void (takenCareOf += 1),
        people: {
          prepare: () => undefined,
          search: () => Promise.resolve(found),
          matchOf: matchByName,
          resolveIds: () => Promise.resolve(resolved),
        },
        recents: { last: () => [], list: () => [{ id: 9, name: 'Often' }] },
        departments: {
          peek: () => tree,
          of: () => Promise.resolve(tree),
          count: (_, { reach }) => (reach === 'tree' ? 3 : 1),
        },
        directories: { peek: () => undefined, onDidChange: peopleRead.event },
        groups: {
          list: () => groups,
        },
        lists: {
          match: (accountId, text) => {
            asked.push([accountId, text]);
            return matched instanceof Error ? Promise.reject(matched) : Promise.resolve(matched);
          },
        },
        personFacts: (_, recipients, placeholders) => {
          asked.push([recipients.map(({ id }) => id), placeholders]);
          return Promise.resolve(facts.filter(({ id }) => recipients.some((one) => one.id === id)));
        },
        sentences: {
          ofIssue: ({ code }) => code,
          ofSignedIn: ({ host }) => ({ code: '', message: host, severity: 'info', fixes: [] }),
          ofError: problemOfError,
          ofResult: problemOfResult,
          ofEarlier: (push) => {
            earlier = push;
            return { ...problemOfError(lost), code: 'STILL_UNKNOWN', fixes: ['showInHistory'] };
          },
        },
        fixes: {
          label: (fix, { push } = {}) =>
            `label of ${fix}${fix === 'sendToRest' && push ? peopleWith(push, 'refused', 'notSent').length : ''}`,
          run: async (fix: FixId, context: ProblemContext) => {
            ran.push(fix);
            const action = actions[fix];
            await (action && context.act?.(action, context.account));
            return fix === 'setAppName' ? fixedAs : undefined;
          },
        },
        run: (command: FormCommand) => {
          ran.push(command);
          return Promise.resolve(commandResult);
        },
        tell: (result) => Promise.resolve(void told.push(result)),
        page: { post: (message) => posted.push(asPosted(message)), onScreen: () => onScreen },
      }),
    );
    await form.receive({ type: 'ready' });
  });

  afterEach(async () => {
    form.dispose();
    await opened.close();
  });

  function problemOfError(error: Error): Problem {
    const code = error instanceof Bitrix24Error ? error.code : 'BUG';
    return {
      code,
      message: `message of ${code}`,
      severity: 'error',
      fixes: ['setAppName', 'tryAgain'],
    };
  }

  function problemOfResult(result: SendResult): Problem | undefined {
    if (result.kind === 'failed') {
      return problemOfError(result.error);
    }
    if (!('push' in result) || summaryOf(result.push).state === 'accepted') {
      return undefined;
    }
    const { push } = result;
    const isPartly = summaryOf(push).state === 'partly';
    const fixes = fixesOf(push).filter((fix) => !isPartly || fix !== 'discard');
    const isRetry = fixes[0] === 'tryAgain';
    return {
      ...problemOfError(push.error!),
      fixes: isRetry ? ['setAppName', ...fixes] : fixes,
    };
  }

  function fixesOf(push: Push): FixId[] {
    const possible = actionsOf(push);
    return (Object.keys(actions) as FixId[]).filter((fix) => possible.includes(actions[fix]!));
  }

  /** A push to 3 that says this and whose answer was lost, in another window. */
  async function lostElsewhere(text: string): Promise<string> {
    const other = await otherWindow();
    trouble = lost;
    const result = await other.service.send(aDraft({ text, recipients: [{ id: 3 }] }), {
      origin: 'palette',
    });
    await other.close();
    trouble = undefined;
    wire.length = 0;
    assert.ok(result.kind === 'push');
    return result.push.id;
  }

  /** The same from this form. */
  async function lostHere(text: string): Promise<string> {
    trouble = lost;
    await send(text);
    trouble = undefined;
    wire.length = 0;
    const push = (await opened.store.open()).at(-1);
    assert.ok(push);
    return push.id;
  }

  function otherWindow(): Promise<OpenService> {
    const client = fakeClient(() => {
      if (trouble) {
        throw trouble;
      }
      return true;
    }, wire);
    return openService(folder(), { pid: 2, client, stores: { clock: { now: () => 4 } } });
  }

  function state(): FormState {
    const message = posted.findLast(({ type }) => type === 'state');
    assert.ok(message?.type === 'state');
    return message.state;
  }

  /** What the page would post after its user wrote this. */
  function stamped(text: string, recipients: number[], mode: TextMode = 'personal') {
    const { generation, edit } = state().draft;
    const written = { text, recipients, departments: [], mode, avatar: '' };
    return { generation, edit: edit + 1, written };
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
    assert.deepEqual(
      posted.map(({ type }) => type),
      ['init', 'state', 'pastTexts'],
    );
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
        { field: 'recipients', message: 'NO_RECIPIENTS' },
        { field: 'text', message: 'TEXT_ZERO' },
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
    const first = send('hi');
    assert.deepEqual(state().phase, { kind: 'checking' });
    assert.deepEqual(await send('hi'), sentAs('busy'));
    assert.deepEqual(await first, sentAs('accepted'));
    assert.equal(wire.length, 1);
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
    await send('hi');
    await write('', [3, 4]);
    assert.equal(state().accepted?.count, 1);
    await write('The next', [3, 4]);
    assert.equal(state().accepted, undefined);
  });

  it('sends a copy to me alone for a try, and keeps text and people', async () => {
    assert.deepEqual(await send('hi', 'me', [3, 4]), sentAs('accepted'));
    const copy = sent[0]!.draft;
    assert.deepEqual(
      copy.recipients.map(({ id }) => id),
      [1],
    );
    assert.notEqual(copy.id, drafts.current.id);
    assert.deepEqual(drafts.current.text, 'hi');
    assert.deepEqual(
      drafts.current.recipients.map(({ id }) => id),
      [3, 4],
    );
  });

  it('sends to me once more as it is now, and the same copy while nothing is edited', async () => {
    trouble = unnamed;
    await send('hi', 'me', [3]);
    await ask({ type: 'fix', fix: 'tryAgain' });
    assert.deepEqual([sent.length, acted], [1, ['retry']]);
    await write('hi there');
    await ask({ type: 'fix', fix: 'tryAgain' });
    assert.deepEqual(
      sent.map(({ draft }) => [draft.text, draft.recipients.map(({ id }) => id)]),
      [
        ['hi', [1]],
        ['hi there', [1]],
      ],
    );
  });

  it('sends as a notification what is written now, and says where it went', async () => {
    const offers = () => state().problem?.fixes.map(({ id }) => id);
    trouble = denied;
    await send('hi');
    assert.deepEqual(offers(), ['setAppName', 'tryAgain', 'sendAsNotification']);
    trouble = anError({ kind: 'server', phase: 'answered', code: 'insufficient_scope' });
    await ask({ type: 'fix', fix: 'sendAsNotification' });
    assert.deepEqual([acted, offers()], [['sendAsNotification'], ['setAppName', 'tryAgain']]);
    trouble = undefined;
    await write('hi there');
    wire.length = 0;
    await ask({ type: 'fix', fix: 'tryAgain' });
    assert.deepEqual(
      wire.map(({ method, MESSAGE }) => [method, MESSAGE]),
      [['im.notify.personal.add', 'hi there']],
    );
    assert.deepEqual([state().accepted?.isNotification, drafts.current.via], [true, undefined]);
  });

  it('offers no notification where the application lacks the permission for it', async () => {
    list = [{ ...anna, mayNotify: false }, boris];
    await form.receive({ type: 'ready' });
    trouble = denied;
    await send('hi');
    assert.deepEqual(
      state().problem?.fixes.map(({ id }) => id),
      ['setAppName', 'tryAgain'],
    );
  });

  it('shows a wait and lets it be cancelled', async () => {
    play = (options) =>
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
    trouble = unnamed;
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
    trouble = undefined;
    await write('hi there');
    await ask({ type: 'fix', fix: 'tryAgain' });
    assert.deepEqual(
      sent.map(({ draft, options }) => [draft.text, options.again]),
      [
        ['hi', undefined],
        ['hi there', true],
      ],
    );
    assert.equal(wire.length, 2);
    assert.equal(state().problem, undefined);
  });

  it('goes on as whoever a fix signed in, with the same people on the same portal', async () => {
    trouble = unnamed;
    await send('hi');
    fixedAs = { ...anna, id: 'acme:2', userId: 2, userName: 'Olga' };
    list = [anna, fixedAs, boris];
    await ask({ type: 'fix', fix: 'setAppName' });
    assert.equal(state().account?.userName, 'Olga');
    assert.equal(state().problem?.message, fixedAs.host);
    const { id, version, ...content } = drafts.current;
    assert.deepEqual(content, {
      accountId: 'acme:2',
      recipients: [{ id: 3 }],
      departments: [],
      text: 'hi',
      mode: 'personal',
      avatar: '',
    });
    assert.equal(id, sent[0]?.draft.id);
    assert.notEqual(version, sent[0]?.draft.version);
  });

  it('says who has signed in and what to press, until something is written or sent (trial 8.11)', async () => {
    for (const next of [() => write('hi there'), () => send('hi')]) {
      trouble = unnamed;
      await send('hi');
      fixedAs = anna;
      await ask({ type: 'fix', fix: 'setAppName' });
      const { problem } = state();
      assert.deepEqual(
        [problem?.message, problem?.severity, problem?.fixes],
        [anna.host, 'info', []],
      );
      trouble = undefined;
      await next();
      assert.equal(state().problem, undefined);
    }
  });

  it('runs only fixes that are offered', async () => {
    trouble = unnamed;
    await send('hi');
    await ask({ type: 'fix', fix: 'sendAnyway' });
    await ask({ type: 'fix', fix: 'constructor' });
    assert.deepEqual(ran, []);
  });

  it('names an earlier push without an answer in one line that sends nothing, until it is decided (trial 8.3)', async () => {
    const id = await lostElsewhere('hi');
    form.pageGone();
    await form.receive({ type: 'ready' });
    const line = state().earlier;
    assert.deepEqual(
      [line?.code, line?.fixes.map((fix) => fix.id), earlier?.id],
      ['STILL_UNKNOWN', ['showInHistory'], id],
    );
    assert.equal(state().problem, undefined);
    for (const fix of ['sendAnyway', 'markAsSent', 'discard']) {
      await ask({ type: 'fix', fix });
    }
    assert.deepEqual([ran, acted, wire], [[], [], []]);
    await ask({ type: 'fix', fix: 'showInHistory' });
    assert.deepEqual(ran, ['showInHistory']);
    await opened.service.act(id, 'discard');
    await until(() => state().earlier === undefined);
    assert.deepEqual(sent, []);
  });

  it('shows the buttons of a push without an answer only while its text is written (trial 8.3)', async () => {
    trouble = lost;
    await send('hi');
    trouble = undefined;
    assert.deepEqual(
      [state().problem?.fixes.some(({ id }) => id === 'sendAnyway'), state().earlier],
      [true, undefined],
    );
    await write('something else');
    assert.equal(state().problem, undefined);
    assert.equal(state().earlier?.code, 'STILL_UNKNOWN');
    await ask({ type: 'fix', fix: 'sendAnyway' });
    assert.deepEqual([sent.length, acted, wire.length], [1, [], 1]);
    assert.equal(drafts.current.text, 'something else');
  });

  it('does not tell of a push that another window is sending', async () => {
    const other = await otherWindow();
    const draft = aDraft();
    const { host } = anna;
    const push = { draft, host, origin: 'form', people: draft.recipients, replaces: [] } as const;
    const record = await other.store.create(push);
    await record.sending([3], 1);
    form.pageGone();
    await form.receive({ type: 'ready' });
    assert.equal(state().problem, undefined);
    await record.drop();
    await other.close();
  });

  it('sends anyway only what no other window has taken care of', async () => {
    const id = await lostHere('hi');
    const other = await otherWindow();
    assert.deepEqual(await other.service.act(id, 'markAsSent'), { kind: 'decided' });
    await other.close();
    await ask({ type: 'fix', fix: 'sendAnyway' });
    assert.deepEqual([wire, takenCareOf, state().problem], [[], 1, undefined]);
  });

  it('says so when another window has decided what is marked or discarded here', async () => {
    for (const fix of ['discard', 'markAsSent']) {
      takenCareOf = 0;
      const id = await lostHere(fix);
      const other = await otherWindow();
      await other.service.act(id, 'discard');
      await other.close();
      await ask({ type: 'fix', fix });
      assert.deepEqual([takenCareOf, state().problem], [1, undefined]);
    }
  });

  it('lets what was edited take the place of what waits for the network', async () => {
    trouble = offline;
    await send('hi');
    assert.equal((await opened.store.open()).length, 1);
    trouble = undefined;
    await send('hi there');
    assert.deepEqual(await opened.store.open(), []);
    assert.equal(wire.filter(({ TEXT }) => TEXT === 'hi').length, 1);
  });

  it('does not try again what another window has sent', async () => {
    trouble = offline;
    await send('hi');
    trouble = undefined;
    const [push] = await opened.store.open();
    assert.ok(push);
    const other = await otherWindow();
    const result = await other.service.act(push.id, 'retry');
    assert.equal(result.kind, 'push');
    await other.close();
    wire.length = 0;
    await ask({ type: 'fix', fix: 'tryAgain' });
    assert.deepEqual([wire, takenCareOf], [[], 1]);
  });

  it('lets what was edited for me alone take the place of what waits, and leaves the draft', async () => {
    trouble = offline;
    await send('hi', 'me', [3]);
    await send('hi there', 'me', [3]);
    const waiting = await opened.store.open();
    assert.deepEqual(
      waiting.map(({ draft }) => [draft.text, draft.recipients.map(({ id }) => id)]),
      [['hi there', [1]]],
    );
    assert.deepEqual(
      [drafts.current.text, drafts.current.recipients.map(({ id }) => id)],
      ['hi there', [3]],
    );
  });

  it('tries again what was sent, not another draft that came into the form since', async () => {
    trouble = unnamed;
    await send('hi');
    drafts.makeRoom();
    drafts.update({ text: 'a selection' });
    trouble = undefined;
    await ask({ type: 'fix', fix: 'tryAgain' });
    assert.deepEqual(
      wire.map(({ TEXT }) => TEXT),
      ['hi', 'hi'],
    );
    assert.equal(drafts.current.text, 'a selection');
  });

  it('sends once, and clears the text, when the same push got no answer before', async () => {
    await lostElsewhere('hi');
    assert.deepEqual(await send('hi'), sentAs('stillUnknown'));
    assert.deepEqual([wire, drafts.current.text], [[], 'hi']);
    await ask({ type: 'fix', fix: 'sendAnyway' });
    assert.deepEqual([wire.length, state().accepted?.count, state().draft.text], [1, 1, '']);
    assert.equal(state().problem, undefined);
  });

  it('sends the rest of a push to those who did not get it, and to nobody twice', async () => {
    const error = anError({ kind: 'server', phase: 'answered', code: 'TEXT_ERROR' });
    fates = new Map<string, CommandOutcome>([
      ['[4]', { kind: 'failed', error }],
      ['[5]', { kind: 'failed', error }],
      ['[6]', { kind: 'unknown' }],
    ]);
    assert.deepEqual(await send('hi {name}', 'recipients', [3, 4, 5, 6]), sentAs('partly'));
    assert.deepEqual(state().problem?.fixes, [{ id: 'sendToRest', label: 'label of sendToRest2' }]);
    // They are who stays in the form.
    assert.deepEqual(
      state().draft.recipients.map(({ id }) => id),
      [4, 5],
    );
    [fates, wire.length] = [noFates(), 0];
    await ask({ type: 'fix', fix: 'sendToRest' });
    assert.deepEqual(
      wire.map(({ USER_ID }) => USER_ID),
      ['[4]', '[5]'],
    );
    assert.deepEqual([state().accepted?.count, takenCareOf], [2, 0]);
    // The push to 6 has not been decided: that is told next.
    assert.deepEqual([state().problem, state().earlier?.code], [undefined, 'STILL_UNKNOWN']);
  });

  it('says where a placeholder is wrong, and takes the same braces as they are in a literal text', async () => {
    await write('Hi {nmae}');
    const checked = () => posted.findLast(({ type }) => type === 'checked');
    const issue = { field: 'text', message: 'PLACEHOLDER_UNKNOWN', offset: 3, length: 6 };
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
    await write('Hi {department}', [3]);
    assert.deepEqual(asked, [[[3, 4, 5], [...placeholders]]]);
  });

  it('looks at its people again only when they change, not at every key (trial 9.12)', async () => {
    const many = Array.from({ length: 500 }, (_, at) => at + 1);
    facts = many.map((id) => ({ id, firstName: `P${id}` }));
    await write('Hi {name}', many);
    await until(() => state().plan !== undefined);
    const { recipients } = drafts.current;
    await write('Hi {name}!', many);
    assert.equal(drafts.current.recipients, recipients);
    const checked = posted.findLast(({ type }) => type === 'checked');
    assert.ok(checked?.type === 'checked');
    assert.deepEqual(checked.plan, { people: 500, texts: 500, requests: 10, blanks: 0 });
    await write('Hi {name}!', many.slice(1));
    assert.notEqual(drafts.current.recipients, recipients);
    assert.deepEqual(drafts.current.recipients.length, 499);
    const isState = posted.filter(({ type }) => type === 'state').length;
    await write('Hi {name}!!', many.slice(1));
    assert.equal(
      posted.filter(({ type }) => type === 'state').length,
      isState,
      'no snapshot a key',
    );
  });

  it('keeps its people at an edit that does not name them (trial 9.12)', async () => {
    await write('hi', [3, 4]);
    const { generation, edit } = state().draft;
    const written = { text: 'hi there', mode: 'personal', avatar: '' };
    await form.receive({ type: 'edit', generation, edit: edit + 2, written });
    assert.deepEqual(
      [drafts.current.text, drafts.current.recipients.map(({ id }) => id)],
      ['hi there', [3, 4]],
    );
    await form.receive({
      type: 'send',
      id: 9,
      generation,
      edit: edit + 3,
      written,
      to: 'recipients',
    });
    assert.deepEqual(sent, [], 'a send without people is no message');
  });

  it('names people who came as ids, by a link, at once (trial 9.3)', async () => {
    resolved = { hits: [{ id: 5, name: 'Olga' }], unknown: [404], inactive: [] };
    drafts.open({ ...drafts.current, ...aDraft({ recipients: [{ id: 5 }, { id: 404 }] }) });
    await until(() => state().draft.recipients[0]?.name === 'Olga');
    assert.deepEqual(state().draft.recipients, [
      { id: 5, name: 'Olga' },
      { id: 404, trouble: 'unknown' },
    ]);
    assert.equal(drafts.current.recipients[0]?.name, 'Olga', 'for the confirmation');
  });

  it('says how the version of nobody but the longest name is too long', async () => {
    facts = [
      { id: 3, firstName: 'Ivan' },
      { id: 4, firstName: 'O'.repeat(4_000) },
    ];
    await write('Hi {name}', [3, 4]);
    await until(() => state().plan !== undefined);
    assert.deepEqual(state().issues, [{ field: 'text', message: 'TEXT_TOO_LONG' }]);
  });

  it('does not say “Sending…” while it asks, tells how far it has come, and can be cancelled (trial 8.10)', async () => {
    const progress = { accepted: 50, left: 100, failed: 0, unknown: 0, total: 150 };
    const more = { ...progress, accepted: 100, left: 50 };
    play = (options) =>
      new Promise((resolve) => {
        options.onStep?.('checking');
        options.onStep?.('confirming');
        options.onStep?.('sending');
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
        { kind: 'checking' },
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

  it('forgets a warning when its push was decided elsewhere', async () => {
    trouble = lost;
    await send('hi');
    assert.equal(state().problem?.code, 'TIMEOUT');
    const [push] = await opened.store.open();
    assert.ok(push);
    await opened.service.act(push.id, 'markAsSent');
    await until(() => state().problem === undefined);
  });

  it('tells elsewhere what became of a push when the form is not on screen any more', async () => {
    trouble = unnamed;
    onScreen = false;
    await send('hi');
    const [result] = told;
    assert.ok(told.length === 1 && result?.kind === 'push');
    assert.equal(result.push.error?.code, 'EMPTY_APP_NAME');
  });

  it('lets faults of the draft be said by the fields', async () => {
    assert.deepEqual(await send(''), sentAs('invalid'));
    assert.deepEqual(state().issues, [{ field: 'text', message: 'TEXT_EMPTY' }]);
    assert.equal(state().problem, undefined);
  });

  it('finds people by name, oneself by a word, and names ids', async () => {
    found = { hits: [{ id: 3, name: 'Ivan', position: 'QA', photo: 'https://a/b.png' }] };
    assert.deepEqual(await ask({ type: 'search', query: 'iv' }), {
      ok: true,
      value: {
        kind: 'people',
        people: [{ id: 3, name: 'Ivan', position: 'QA', photo: 'https://a/b.png' }],
        departments: [],
        groups: [],
        ranking: [{ kind: 'person', index: 0, isSure: true }],
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
    const { id } = drafts.current;
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
    // The kept one is what was written; the other portal gets a draft of its own.
    assert.deepEqual([state().kept[0]?.id, drafts.current.id === id], [id, false]);
    await ask({ type: 'kept', action: 'restore', draftId: state().kept[0]!.id });
    assert.deepEqual([state().account?.host, state().otherPortal], ['acme.example', false]);
    assert.deepEqual(
      state().draft.recipients.map(({ id }) => id),
      [3],
    );
  });

  it('forgets all kept texts in one action, and brings them back (trial 8.1)', async () => {
    const kept = () => state().kept.map(({ text }) => text);
    for (const text of ['one', 'two', 'three']) {
      await write(text, []);
      drafts.makeRoom();
    }
    await write('now', []);
    assert.deepEqual(kept(), ['one', 'two', 'three']);
    await ask({ type: 'kept', action: 'forgetAll', draftId: '' });
    assert.deepEqual(kept(), []);
    await ask({ type: 'kept', action: 'bringBack', draftId: '' });
    assert.deepEqual([kept(), state().draft.text], [['one', 'two', 'three'], 'now']);
    await ask({ type: 'kept', action: 'forget', draftId: state().kept[1]!.id });
    await ask({ type: 'kept', action: 'bringBack', draftId: '' });
    assert.deepEqual(kept().toSorted(), ['one', 'three', 'two']);
    await ask({ type: 'kept', action: 'bringBack', draftId: '' });
    assert.equal(kept().length, 3, 'each comes back once');
  });

  for (const [what, next, people] of [
    ['another portal', boris, []],
    ['another person of the portal', { ...anna, id: 'acme:2', userId: 2, userName: 'Olga' }, [3]],
  ] as const) {
    it(`clears what was accepted also when ${what} was switched to meanwhile (trial 9.5)`, async () => {
      list = [anna, boris, next];
      let accept = (): void => undefined;
      play = async (options) => {
        await new Promise<void>((resolve) => (accept = resolve));
        const result = await opened.service.send(sent.at(-1)!.draft, options);
        assert.ok(result.kind === 'push');
        return result;
      };
      const sending = send('hi');
      current = next;
      commandResult = next;
      accountsChanged.fire();
      await ask({ type: 'command', command: 'switchAccount' });
      assert.deepEqual([state().draft.text, state().account?.host], ['hi', anna.host]);
      accept();
      assert.deepEqual(await sending, sentAs('accepted'));
      assert.equal(state().account?.userName, next.userName);
      const { text, recipients } = state().draft;
      assert.deepEqual([text, recipients.map(({ id }) => id)], ['', people]);
      assert.deepEqual([state().kept, state().otherPortal], [[], false]);
      assert.deepEqual([state().accepted?.count, state().accepted?.host], [1, anna.host]);
      assert.equal(drafts.current.accountId, next.id);
    });
  }

  it('moves what was not accepted to the account that was switched to meanwhile', async () => {
    let end = (): void => undefined;
    play = () => new Promise((resolve) => (end = () => resolve({ kind: 'cancelled' })));
    const sending = send('hi');
    current = boris;
    accountsChanged.fire();
    await ask({ type: 'command', command: 'switchAccount' });
    end();
    await sending;
    assert.deepEqual(
      [state().account?.host, state().draft.text, state().draft.recipients, state().otherPortal],
      [boris.host, 'hi', [], true],
    );
    assert.deepEqual(
      state().kept.map(({ text, people }) => [text, people]),
      [['hi', 1]],
    );
  });

  it('finds departments and saved groups beside people', async () => {
    found = { hits: [{ id: 4, name: 'Prodaev' }] };
    assert.deepEqual(await ask({ type: 'search', query: 'prod' }), {
      ok: true,
      value: {
        kind: 'people',
        people: [{ id: 4, name: 'Prodaev' }],
        departments: [sales],
        groups: [],
        ranking: [
          { kind: 'person', index: 0, isSure: true },
          { kind: 'department', index: 0, isSure: false, why: 'alike' },
        ],
      },
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

  it('marks whom a group of the workspace brought, while they are chosen', async () => {
    const marks = () => drafts.current.recipients.map((one) => [one.id, one.workspaceGroup]);
    groups = [{ name: 'Ops', people: [3, 9], departments: [], from: 'workspace' }];
    await write('hi', [3, 5]);
    assert.deepEqual(marks(), [
      [3, undefined],
      [5, undefined],
    ]);
    await write('hi', [3, 5, 9]);
    assert.deepEqual(marks(), [
      [3, 'Ops'],
      [5, undefined],
      [9, 'Ops'],
    ]);
    await write('hi', [5, 9]);
    assert.deepEqual(marks(), [
      [5, undefined],
      [9, 'Ops'],
    ]);
    const found = await ask({ type: 'search', query: 'ops' });
    assert.ok(found.ok && found.value.kind === 'people');
    assert.equal(found.value.groups[0]?.ofWorkspace, true);
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
      [[[1], []]],
      'to me alone is not to the department',
    );
    await form.receive({ type: 'edit', ...message, edit: 3 });
    assert.deepEqual(drafts.current.departments, []);
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
        unmatched: [
          { ...matched.unmatched[0], departments: [] },
          { ...matched.unmatched[1], candidates: [], departments: [sales] },
        ],
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

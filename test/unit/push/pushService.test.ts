import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Bitrix24ErrorFields } from '../../../src/bitrix24/errors';
import type { CallControl, PortalClient } from '../../../src/bitrix24/portalClient';
import type { CommandOutcome } from '../../../src/bitrix24/restBatch';
import { storageFolder } from '../../../src/common/storageFolder';
import { RecentRecipients } from '../../../src/people/recentRecipients';
import type { ConfirmDuplicate } from '../../../src/push/confirmSend';
import { copyOf, edited } from '../../../src/push/draft';
import type { Draft, DraftContent } from '../../../src/push/draft';
import { actionsOf, restDraft, summaryOf } from '../../../src/push/push';
import type { DeliveryStatus, Push } from '../../../src/push/push';
import type { ActResult, SendOptions, SendResult } from '../../../src/push/pushService';
import type { SameMessage } from '../../../src/push/pushStore';
import { createResolveAudience } from '../../../src/push/resolveAudience';
import {
  aDraft,
  anAccount,
  anError,
  fakeClient,
  noSecrets,
  openService,
} from '../../support/builders';
import type { CallToPortal, OpenService, ServicePatch } from '../../support/builders';
import { MemoryMemento } from '../../support/memoryMemento';
import { temporaryFolder } from '../../support/temporaryFolder';

type Fault = Pick<Bitrix24ErrorFields, 'kind' | 'phase' | 'code'>;

const account = anAccount();
const fromForm: SendOptions = { origin: 'form' };
const again: SendOptions = { ...fromForm, again: true };
const failing = (fields: Fault) => () => Promise.reject(anError(fields));
const lost = failing({ kind: 'timeout', phase: 'noAnswer', code: 'TIMEOUT' });
const offline = failing({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
const refusing = failing({ kind: 'server', phase: 'answered', code: 'EMPTY_APP_NAME' });
const accepting = () => Promise.resolve(true);

/** The state of the push, or else the kind of the result. */
const wordOf = (result: ActResult): string =>
  result.kind === 'push' ? summaryOf(result.push).state : result.kind;
function pushOf(result: ActResult): Push {
  assert.ok(result.kind === 'push' || result.kind === 'stillUnknown', result.kind);
  return result.push;
}

describe('the push service', () => {
  const folder = temporaryFolder();
  let draft: Draft;
  let window: OpenService;
  const windows: OpenService[] = [];
  /** What reached the portal. */
  let wire: Record<string, unknown>[];
  let portal: (call: CallToPortal) => unknown;
  let asked: Draft[];
  /** Who asked for each of them. */
  let callers: (string | undefined)[];
  let answer: boolean;
  let duplicates: (readonly SameMessage[])[];
  let duplicateOf: Parameters<ConfirmDuplicate>[0] | undefined;
  let wantsDuplicate: boolean;
  let recents: RecentRecipients;

  beforeEach(async () => {
    draft = aDraft({ recipients: [{ id: 3, name: 'Ivan' }, { id: 5 }], text: 'Привет 🚀' });
    [wire, asked, callers, answer, portal] = [[], [], [], true, accepting];
    [duplicates, wantsDuplicate] = [[], true];
    recents = new RecentRecipients({
      memento: new MemoryMemento(),
      clock: { now: () => Date.now() },
    });
    window = await open();
  });
  afterEach(async () => {
    for (const one of windows.splice(0)) {
      await one.close();
    }
  });

  async function open(patch: ServicePatch = {}): Promise<OpenService> {
    const one = await openService(folder(), {
      client: fakeClient((call) => portal(call), wire),
      confirm: (push) => {
        asked.push(push.draft);
        callers.push(push.askedBy);
        return Promise.resolve(answer);
      },
      confirmDuplicate: (push, earlier) => {
        duplicateOf = push;
        duplicates.push(earlier);
        return Promise.resolve(wantsDuplicate);
      },
      recents,
      ...patch,
    });
    windows.push(one);
    return one;
  }

  /** This window ends without a word, and the next one finds what it left. */
  async function next(patch: ServicePatch = {}): Promise<OpenService> {
    await window.close();
    window = await open({ pid: windows.length + 1, ...patch });
    return window;
  }

  const send = (what: Draft, options = fromForm): Promise<SendResult> =>
    window.service.send(what, options);
  const states = (pushes: readonly Push[]) => pushes.map((push) => summaryOf(push).state);
  const waiting = async () => states(await window.store.open());
  const past = async () => states(await window.history.list());

  it('checks, asks, records, sends once and tells for how many it was accepted', async () => {
    window.drafts.update(draft);
    draft = window.drafts.current;
    const steps: string[] = [];
    portal = async () => {
      steps.push(`on disk: ${(await waiting()).join()}`);
      return true;
    };
    const result = await send(draft, { ...fromForm, onStep: (step) => steps.push(step) });
    assert.deepEqual(summaryOf(pushOf(result)), {
      state: 'accepted',
      counts: { pending: 0, sending: 0, accepted: 2, refused: 0, notSent: 0, unknown: 0 },
      people: 2,
    });
    assert.deepEqual(actionsOf(pushOf(result)), []);
    assert.equal(pushOf(result).host, account.host);
    assert.deepEqual(steps, ['checking', 'confirming', 'sending', 'on disk: sending']);
    assert.deepEqual(wire, [
      { method: 'pull.application.push.add', USER_ID: [3, 5], TEXT: 'Привет 🚀' },
    ]);
    assert.deepEqual(asked, [draft]);
    assert.deepEqual([window.drafts.current.text, window.drafts.current.recipients], ['', []]);
    assert.deepEqual(
      recents.last(account.id).map(({ id }) => id),
      [3, 5],
    );
    assert.deepEqual([await waiting(), await past()], [[], ['accepted']]);
  });

  for (const [what, patch, issues] of [
    ['nobody', { recipients: [] }, [{ field: 'recipients', code: 'NO_RECIPIENTS' }]],
    [
      'an id that is none',
      { recipients: [{ id: -1 }] },
      [{ field: 'recipients', code: 'BAD_RECIPIENT' }],
    ],
    ['no text', { text: '' }, [{ field: 'text', code: 'TEXT_EMPTY' }]],
    ['the text 0', { text: '0' }, [{ field: 'text', code: 'TEXT_ZERO' }]],
    ['too long a text', { text: 'ж'.repeat(3_000) }, [{ field: 'text', code: 'TEXT_TOO_LONG' }]],
    ['a bad avatar', { avatar: 'ftp://a/b' }, [{ field: 'avatar', code: 'AVATAR_NOT_HTTP' }]],
    ['an account that is gone', { accountId: 'gone' }, [{ field: 'account', code: 'NO_ACCOUNT' }]],
  ] as const) {
    it(`stops a draft with ${what} before anybody is asked and anything leaves`, async () => {
      const notYet = () => Promise.reject(new Error('asked too early'));
      const service = window.with({
        secrets: { ...noSecrets, allows: notYet },
        resolveAudience: notYet,
      });
      const written = { ...draft, ...structuredClone(patch) } as Draft;
      assert.deepEqual(await service.send(written, fromForm), { kind: 'invalid', issues });
      assert.deepEqual([wire, asked, await waiting()], [[], [], []]);
    });
  }

  it('stops a push whose departments are empty, and one that gets too long with the facts of its people', async () => {
    const departments = [{ id: 7, reach: 'tree' as const }];
    const toNobody = window.with({
      resolveAudience: () => Promise.resolve({ people: [], facts: undefined, departments: [] }),
    });
    const empty = await toNobody.send(aDraft({ recipients: [], departments }), fromForm);
    assert.deepEqual(empty, {
      ...{ kind: 'invalid', issues: [{ field: 'recipients', code: 'NO_RECIPIENTS' }] },
    });
    const longNames = window.with({
      resolveAudience: (_, { recipients }) =>
        Promise.resolve({
          ...{ people: recipients, departments: [] },
          facts: recipients.map(({ id }) => ({ id, firstName: 'ж'.repeat(3_000) })),
        }),
    });
    const long = await longNames.send(aDraft({ text: '{name}' }), fromForm);
    assert.deepEqual(long, { kind: 'invalid', issues: [{ field: 'text', code: 'TEXT_TOO_LONG' }] });
    assert.deepEqual([wire, asked, await waiting()], [[], [], []]);
  });

  it('sends nothing when the user says no, and keeps the draft', async () => {
    answer = false;
    window.drafts.update(draft);
    draft = window.drafts.current;
    assert.deepEqual(await send(draft), { kind: 'cancelled' });
    assert.deepEqual([wire, await waiting()], [[], []]);
    assert.deepEqual(window.drafts.current, draft);
  });

  it('makes one push of a double click', async () => {
    const results = await Promise.all([
      send(draft),
      send(structuredClone(draft)),
      send({ ...draft, accountId: undefined }, { origin: 'palette' }),
    ]);
    assert.deepEqual([wire.length, asked.length], [1, 1]);
    assert.deepEqual(results.map(wordOf), ['accepted', 'accepted', 'accepted']);
    assert.equal(new Set(results.map((result) => pushOf(result).id)).size, 1);
  });

  it('does not let a different push, or an edited one, wait for one that is on its way', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    portal = async () => {
      if (wire.length === 1) {
        await held;
      }
      return true;
    };
    const first = send(draft);
    while (wire.length === 0) {
      await setImmediate();
    }
    assert.equal(wordOf(await send(copyOf(draft, { text: 'other' }))), 'accepted');
    assert.equal(wordOf(await send(edited(draft, { text: 'edited' }))), 'accepted');
    release();
    assert.equal(wordOf(await first), 'accepted');
    assert.equal(wire.length, 3);
  });

  it('sends the draft as it was when it was asked, whatever is typed meanwhile', async () => {
    const typed = structuredClone(draft);
    const sending = send(typed);
    typed.text = 'something else';
    typed.recipients.push({ id: 99 });
    assert.equal(wordOf(await sending), 'accepted');
    assert.deepEqual(
      wire.map(({ USER_ID, TEXT }) => [USER_ID, TEXT]),
      [[[3, 5], draft.text]],
    );
  });

  for (const [phase, kind, word] of [
    ['answered', 'server', 'refused'],
    ['notSent', 'dns', 'notSent'],
    ['notSent', 'cancelled', 'cancelled'],
    ['noAnswer', 'reset', 'unknown'],
    ['noAnswer', 'cancelled', 'unknown'],
  ] as const) {
    it(`tells ${kind} while ${phase} as ${word}, keeps the draft and does not try again`, async () => {
      portal = failing({ kind, phase, code: 'X' });
      window.drafts.update(draft);
      draft = window.drafts.current;
      assert.equal(wordOf(await send(draft)), word);
      assert.equal(wire.length, 1);
      assert.deepEqual(window.drafts.current, draft);
      const waits = word === 'unknown' || word === 'notSent';
      assert.deepEqual(await waiting(), waits ? [word] : []);
      // A push that was cancelled before it left has never been.
      assert.deepEqual(await past(), word === 'refused' ? ['refused'] : []);
    });
  }

  describe('with an undecided push', () => {
    it('does not repeat it until the user wants it anyway, which settles it', async () => {
      portal = lost;
      const first = pushOf(await send(draft));
      assert.deepEqual(actionsOf(first), ['sendAnyway', 'markAsSent', 'discard']);
      portal = accepting;
      const repeated = await send(draft, again);
      assert.deepEqual([repeated.kind, pushOf(repeated).id], ['stillUnknown', first.id]);
      assert.equal(wire.length, 1);
      assert.equal(wordOf(await send(copyOf(draft, { text: 'other' }))), 'accepted');
      assert.equal(wordOf(await window.service.act(first.id, 'sendAnyway')), 'accepted');
      assert.deepEqual([wire.length, await waiting()], [3, []]);
      assert.equal((await window.history.get(first.id))?.decision, 'replaced');
    });

    it('remembers it over a restart, however old it is', async () => {
      let now = Date.now();
      const clock = { now: () => now };
      await next({ clock, stores: { clock } });
      portal = lost;
      const { id } = pushOf(await send(draft));
      now += 90 * 24 * 60 * 60 * 1000;
      await next({ clock, stores: { clock } });
      await window.service.recover();
      // The same message, by another draft.
      const result = await send(copyOf(draft));
      assert.deepEqual([result.kind, pushOf(result).id, wire.length], ['stillUnknown', id, 1]);
      portal = accepting;
      assert.equal(wordOf(await window.service.act(id, 'sendAnyway')), 'accepted');
      assert.deepEqual([wire.length, await waiting()], [2, []]);
    });

    it('settles all that may have been the same', async () => {
      portal = lost;
      const first = pushOf(await send(draft));
      const second = pushOf(await window.service.act(first.id, 'sendAnyway'));
      assert.deepEqual(await waiting(), ['unknown'], 'the second has taken the place of the first');
      portal = accepting;
      assert.equal(wordOf(await window.service.act(second.id, 'sendAnyway')), 'accepted');
      assert.deepEqual([await waiting(), wire.length], [[], 3]);
    });

    it('settles another one of the same message with it', async () => {
      const things = [{ at: 1, origin: 'task', text: 'built', held: 'pause' }] as const;
      const standing: SendOptions = { origin: 'task', consent: { kind: 'standing', things } };
      const toMe = aDraft({ recipients: [{ id: account.userId }] });
      portal = lost;
      const first = pushOf(await send(toMe, standing));
      const second = pushOf(await send(copyOf(toMe), standing));
      portal = accepting;
      const last = pushOf(await window.service.act(first.id, 'sendAnyway'));
      assert.deepEqual(last.replaces, [first.id, second.id]);
      assert.deepEqual([wire.length, await waiting()], [3, []]);
    });

    it('sends when another window has decided about it in the very moment', async () => {
      portal = lost;
      const { id } = pushOf(await send(draft));
      portal = accepting;
      const get = window.store.get.bind(window.store);
      window.store.get = async (asked) => {
        await (await window.store.claim(id))?.decide('discarded');
        return await get(asked);
      };
      assert.equal(wordOf(await send(copyOf(draft))), 'accepted');
    });

    it('leaves it undecided when it is sent anyway and refused', async () => {
      portal = lost;
      const { id } = pushOf(await send(draft));
      const copy = copyOf(draft);
      window.drafts.open(copy);
      assert.equal((await send(copy)).kind, 'stillUnknown');
      portal = refusing;
      assert.equal(wordOf(await window.service.act(id, 'sendAnyway')), 'refused');
      assert.deepEqual(window.drafts.current, copy, 'it still repeats an undecided one');
      assert.deepEqual(await waiting(), ['unknown']);
      assert.equal((await send(draft)).kind, 'stillUnknown');
    });

    describe('and is sent anyway without a network', () => {
      let first: Push;
      let second: Push;
      beforeEach(async () => {
        portal = lost;
        first = pushOf(await window.service.send(draft, fromForm));
        portal = offline;
        second = pushOf(await window.service.act(first.id, 'sendAnyway'));
        wire.length = 0;
        portal = accepting;
      });

      it('carries on with that decision when it is tried again', async () => {
        assert.equal(wordOf(await window.service.act(second.id, 'retry')), 'accepted');
        assert.equal(wire.length, 1);
        assert.deepEqual(await window.service.open(), []);
      });

      it('does not wait for the network any more once the first one is marked as sent', async () => {
        portal = offline;
        const other = pushOf(await window.service.send(copyOf(draft, { text: 'other' }), fromForm));
        portal = accepting;
        wire.length = 0;
        assert.equal(wordOf(await window.service.act(first.id, 'markAsSent')), 'decided');
        assert.deepEqual(
          (await window.service.open()).map(({ id }) => id),
          [other.id],
        );
        assert.equal((await window.history.get(second.id))?.decision, 'replaced');
        assert.equal(wordOf(await window.service.act(second.id, 'retry')), 'takenCareOf');
        assert.equal(wire.length, 0);
      });
    });

    it('can be decided about while another window has its successor in hand', async () => {
      portal = lost;
      const first = pushOf(await send(draft));
      portal = offline;
      const second = pushOf(await window.service.act(first.id, 'sendAnyway'));
      const other = await open({ pid: 2 });
      const claim = await other.store.claim(second.id);
      assert.equal(wordOf(await window.service.act(first.id, 'markAsSent')), 'decided');
      await claim?.release();
    });

    for (const decision of ['markAsSent', 'sendAnyway'] as const) {
      it(`forgets the draft that would have repeated it: ${decision}`, async () => {
        portal = lost;
        const { id } = pushOf(await send(draft));
        const copy = copyOf(draft);
        window.drafts.open(copy);
        assert.equal((await send(copy)).kind, 'stillUnknown');
        portal = accepting;
        await window.service.act(id, decision);
        assert.equal(window.drafts.current.text, '');
      });
    }
  });

  it('does not ask again for a push that was confirmed and not accepted, but for any other', async () => {
    portal = refusing;
    await send(draft);
    portal = accepting;
    await send(copyOf(draft, { text: 'other' }), again);
    await send(edited(draft, { text: 'edited' }), again);
    await send(draft, again);
    assert.deepEqual(
      asked.map(({ text }) => text),
      [draft.text, 'other', 'edited'],
    );
    await send(draft, again);
    assert.equal(asked.length, 4, 'once it was accepted, the yes is used up');
  });

  it('asks for a new Send, though an earlier one of the same draft was confirmed', async () => {
    portal = refusing;
    await send(draft);
    await send(draft);
    await send(draft, { ...fromForm, again: false });
    assert.equal(asked.length, 3);
  });

  it('asks when somebody has joined since, and when the same ids are of another portal', async () => {
    portal = refusing;
    let people = draft.recipients;
    let current = account;
    const other = anAccount({ id: 'other:1', host: 'other.example' });
    await next({
      resolveAudience: () => Promise.resolve({ people, facts: undefined, departments: [] }),
      accounts: {
        current: () => Promise.resolve(current),
        get: (id) => Promise.resolve(id === account.id ? account : undefined),
        client: () => Promise.resolve(fakeClient((call) => portal(call), wire)),
      },
    });
    const unnamed = { ...draft, accountId: undefined };
    await send(unnamed);
    people = [...people, { id: 9 }];
    await send(unnamed, again);
    assert.equal(asked.length, 2);
    await send(unnamed, again);
    assert.equal(asked.length, 2);
    current = other;
    await send(unnamed, again);
    assert.equal(asked.length, 3);
  });

  it('tells trouble with accounts as not sent', async () => {
    const keyring = failing({ kind: 'invalid', phase: 'notSent', code: 'KEYRING' });
    const accounts = {
      current: () => Promise.resolve(account),
      get: () => Promise.resolve(account),
      client: keyring,
    };
    for (const broken of [accounts, { ...accounts, get: keyring }]) {
      const result = await window.with({ accounts: broken }).send(draft, fromForm);
      assert.equal(result.kind === 'failed' && result.error.code, 'KEYRING');
    }
    assert.deepEqual([wire, await waiting(), await past()], [[], [], []]);
  });

  it('tells a mistake of our own by how far it came', async () => {
    const mistake = (): never => {
      throw new TypeError('x is not a function');
    };
    for (const broken of [{ confirm: mistake }, { resolveAudience: mistake }]) {
      const before = await window.with(broken).send(draft, fromForm);
      assert.ok(before.kind === 'failed');
      assert.deepEqual([before.error.code, before.error.phase], ['INTERNAL_ERROR', 'notSent']);
    }
    portal = mistake;
    const { error } = pushOf(await send(draft));
    assert.deepEqual([error?.code, error?.phase], ['INTERNAL_ERROR', 'noAnswer']);
    assert.deepEqual(await waiting(), ['unknown']);
  });

  it('tells a mistake around the wire of an error that says "not sent" as unknown', async () => {
    const progress = await send(aDraft({ recipients: [{ id: 3 }] }), {
      ...fromForm,
      onProgress: () => {
        throw anError({ kind: 'invalid', phase: 'notSent', code: 'OURS' });
      },
    });
    // The answer was recorded before the mistake, so everybody is known to have it.
    assert.deepEqual([wordOf(progress), pushOf(progress).error?.phase], ['accepted', 'noAnswer']);
    const { store } = window;
    const create = store.create.bind(store);
    store.create = async (push) => {
      const record = await create(push);
      record.answered = () =>
        Promise.reject(anError({ kind: 'invalid', phase: 'notSent', code: 'OURS' }));
      return record;
    };
    const result = await send(draft);
    assert.deepEqual([wordOf(result), pushOf(result).error?.phase], ['unknown', 'noAnswer']);
    assert.deepEqual(actionsOf(pushOf(result)), ['sendAnyway', 'markAsSent', 'discard']);
  });

  it('sends nothing when the disk does not take the record', async () => {
    const disk = storageFolder(path.join(folder(), 'pushes'));
    const noSpace = () => Promise.reject(new Error('disk full'));
    for (const broken of [{ write: noSpace }, { append: noSpace }, { list: noSpace }]) {
      await next({ stores: { folder: { ...disk, ...broken } } });
      const result = await send(draft);
      const error = result.kind === 'failed' ? result.error : pushOf(result).error;
      assert.deepEqual([error?.code, error?.phase], ['STORAGE_FAILED', 'notSent']);
      assert.ok(result.kind === 'failed' || wordOf(result) === 'notSent');
    }
    assert.deepEqual(wire, []);
  });

  it('passes a wait on, ends it, and hands the cancellation through', async () => {
    const heard: unknown[] = [];
    const abort = new AbortController();
    const wait = { until: 5, code: 'QUERY_LIMIT_EXCEEDED' };
    portal = ({ options: { signal, onWait } }) => {
      onWait?.(wait);
      abort.abort();
      return signal?.aborted
        ? failing({ kind: 'cancelled', phase: 'notSent', code: 'CANCELLED' })()
        : true;
    };
    const result = await send(draft, {
      ...fromForm,
      signal: abort.signal,
      onWait: (next) => heard.push(next),
    });
    assert.deepEqual(result, { kind: 'cancelled' });
    assert.deepEqual(heard, [wait, undefined]);
  });

  it('does not begin when it was cancelled during the question', async () => {
    const abort = new AbortController();
    const service = window.with({
      confirm: () => {
        abort.abort();
        return Promise.resolve(true);
      },
    });
    const changes: unknown[] = [];
    service.onDidChange((change) => changes.push(change));
    const result = await service.send(draft, { ...fromForm, signal: abort.signal });
    assert.deepEqual([result, wire, await waiting()], [{ kind: 'cancelled' }, [], []]);
    assert.equal(changes.length, 0, 'not even its record was begun');
    await service.send(draft, fromForm);
    assert.notDeepEqual(changes, []);
  });

  it('keeps nothing of a push when the disk fails between its record and its first request', async () => {
    const { store } = window;
    const sameMessages = store.sameMessages.bind(store);
    store.sameMessages = async (...args) =>
      (await waiting()).length > 0 ? Promise.reject(new Error('EIO')) : await sameMessages(...args);
    assert.equal(wordOf(await send(draft)), 'failed');
    assert.deepEqual([wire, await waiting(), await past()], [[], [], []]);
  });

  it('stays accepted when the disk takes nothing any more', async () => {
    const disk = storageFolder(path.join(folder(), 'pushes'));
    let isBroken = false;
    const unlessBroken =
      <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
      (...args: A) =>
        isBroken ? Promise.reject(new Error('disk full')) : work(...args);
    await next({
      stores: {
        folder: {
          ...disk,
          list: unlessBroken(() => disk.list()),
          append: unlessBroken((...line: Parameters<typeof disk.append>) => disk.append(...line)),
          read: unlessBroken((name: string) => disk.read(name)),
        },
      },
    });
    portal = () => (isBroken = true);
    assert.equal(wordOf(await send(draft)), 'accepted');
  });

  it('stays accepted when nobody can be told that the portal has answered', async () => {
    const service = window.with({
      onPortalAnswered: () => {
        throw new Error('no');
      },
    });
    assert.equal(wordOf(await service.send(draft, fromForm)), 'accepted');
  });

  it('has the draft forgotten on disk before the record goes to the history', async () => {
    const { drafts, history } = window;
    drafts.update(draft);
    await drafts.flush();
    draft = drafts.current;
    const onDisk: unknown[] = [];
    const file = history.file.bind(history);
    history.file = async (id, content) => {
      const names = await storageFolder(folder()).list();
      const texts = names
        .filter((name) => name.endsWith('.json'))
        .map((name) => storageFolder(folder()).readSync(name) ?? '');
      onDisk.push(texts.some((text) => text.includes(draft.text)));
      await file(id, content);
    };
    // A disk that takes its time.
    const flush = drafts.flush.bind(drafts);
    drafts.flush = async () => {
      await setTimeout(50);
      await flush();
    };
    assert.equal(wordOf(await send(draft)), 'accepted');
    assert.deepEqual(onDisk, [false]);
  });

  describe('the same again', () => {
    beforeEach(() => {
      wantsDuplicate = false;
    });
    const statesAsked = () => duplicates.map((found) => found.map(({ state }) => state));

    it('within minutes asks, also in another window, and goes only on a yes', async () => {
      await send(draft);
      const other = await open({ pid: 2 });
      const there = () => other.service.send(copyOf(draft), fromForm);
      assert.deepEqual(await there(), { kind: 'cancelled' });
      assert.deepEqual([wire.length, asked.length], [1, 1]);
      wantsDuplicate = true;
      assert.equal(wordOf(await there()), 'accepted');
      assert.deepEqual(statesAsked(), [['sent'], ['sent']]);
      assert.equal(duplicateOf?.draft.text, draft.text);
      assert.equal(duplicateOf.account.id, account.id);
      assert.deepEqual([wire.length, await waiting()], [2, []]);
    });

    it('after five minutes does not ask', async () => {
      let now = Date.now();
      const clock = { now: () => now };
      await next({ clock, stores: { clock } });
      await send(draft);
      now += 4 * 60_000;
      assert.deepEqual(await send(copyOf(draft)), { kind: 'cancelled' });
      now += 2 * 60_000;
      assert.equal(wordOf(await send(copyOf(draft))), 'accepted');
      assert.equal(duplicates.length, 1);
    });

    it('asks while another window is sending it, and leaves that one alone', async () => {
      const other = await open({ pid: 2 });
      const { recipients: people } = draft;
      const push = { draft, people, host: account.host, origin: 'form', replaces: [] } as const;
      const record = await other.store.create(push);
      await record.sending([3, 5], 0);
      assert.deepEqual(await send(copyOf(draft)), { kind: 'cancelled' });
      assert.deepEqual(statesAsked(), [['sending']]);
      assert.deepEqual([wire, await waiting()], [[], ['sending']]);
    });

    it('asks when another window began it at the same moment, and forgets it on a no', async () => {
      const other = await open({ pid: 2 });
      const service = window.with({
        confirm: async () => {
          const { recipients: people } = draft;
          await other.store.create({
            ...{ draft: copyOf(draft), people, host: account.host },
            ...{ origin: 'palette', replaces: [] },
          });
          return true;
        },
      });
      assert.deepEqual(await service.send(draft, fromForm), { kind: 'cancelled' });
      assert.deepEqual([wire.length, duplicates.length, await waiting()], [0, 1, ['pending']]);
    });

    it('asks when another window has sent the one that waited, while its user was asked', async () => {
      portal = offline;
      const { id } = pushOf(await send(draft));
      portal = accepting;
      const other = await open({ pid: 2 });
      const service = window.with({
        confirm: async () => {
          assert.equal(wordOf(await other.service.act(id, 'retry')), 'accepted');
          return true;
        },
      });
      assert.deepEqual(await service.send(copyOf(draft), fromForm), { kind: 'cancelled' });
      assert.deepEqual([wire.length, statesAsked(), await waiting()], [2, [['sent']], []]);
    });

    it('is not asked about twice, nor when it was refused or not sent before', async () => {
      portal = refusing;
      await send(draft);
      portal = offline;
      await send(draft);
      portal = accepting;
      await send(draft);
      assert.deepEqual(duplicates, []);
      wantsDuplicate = true;
      await send(copyOf(draft));
      assert.equal(duplicates.length, 1);
    });

    it('is another push with another text, for other people, and from another portal', async () => {
      await send(draft);
      await send(copyOf(draft, { text: 'other' }));
      await send(copyOf(draft, { recipients: [{ id: 3 }] }));
      assert.deepEqual([duplicates, wire.length], [[], 3]);
      await send(copyOf(draft, { recipients: [{ id: 5 }, { id: 3, name: 'I.' }] }));
      assert.equal(duplicates.length, 1);
    });
  });

  it('asks about a text with a secret before anything else, and stops on a no', async () => {
    const seen: string[] = [];
    const secrets = {
      allows: ({ text }: Draft) => {
        seen.push(text);
        return Promise.resolve(false);
      },
      isClean: () => Promise.reject(new Error('not asked')),
    };
    assert.deepEqual(await window.with({ secrets }).send(draft, fromForm), { kind: 'cancelled' });
    assert.deepEqual([seen, asked, wire, await waiting()], [[draft.text], [], [], []]);
  });

  describe('under the standing yes', () => {
    const things = [{ at: 1, origin: 'task', text: 'build finished', held: 'pause' }] as const;
    const standing: SendOptions = { origin: 'task', consent: { kind: 'standing', things } };
    const toMe = (patch: Partial<DraftContent> = {}) =>
      aDraft({ recipients: [{ id: account.userId }], text: 'build finished', ...patch });

    it('asks nothing, and its record says what it tells of', async () => {
      answer = false;
      wantsDuplicate = false;
      const push = pushOf(await send(toMe(), standing));
      assert.deepEqual([asked, duplicates, wire.length], [[], [], 1]);
      assert.deepEqual([push.origin, push.things], ['task', things]);
      assert.deepEqual((await window.history.get(push.id))?.things, things);
      // The same words about the next thing are another push.
      pushOf(await send(toMe(), standing));
      portal = lost;
      pushOf(await send(toMe(), standing));
      portal = accepting;
      assert.equal(wordOf(await send(toMe(), standing)), 'accepted');
      assert.deepEqual([duplicates, wire.length], [[], 4]);
    });

    it('goes to nobody else', async () => {
      for (const draft of [
        toMe({ recipients: [{ id: account.userId }, { id: 5 }] }),
        toMe({ departments: [{ id: 1, reach: 'direct' }] }),
      ]) {
        const result = await send(draft, standing);
        assert.ok(result.kind === 'failed' && result.error.is('NOT_ONESELF'));
        assert.deepEqual([result.error.kind, result.error.phase], ['invalid', 'notSent']);
      }
      assert.deepEqual([wire, await waiting()], [[], []]);
    });

    it('does not send what looks like a secret', async () => {
      const secrets = { ...noSecrets, isClean: () => Promise.resolve(false) };
      const result = await window.with({ secrets }).send(toMe(), standing);
      assert.ok(result.kind === 'failed' && result.error.is('SECRET_IN_TEXT'));
      assert.deepEqual(wire, []);
    });
  });

  describe('that somebody else asks for', () => {
    const byAgent: SendOptions = { origin: 'tool', consent: { kind: 'asked', by: 'Claude' } };

    it('is asked about each time, also where the user has agreed to the message', async () => {
      portal = refusing;
      await send(draft);
      assert.equal(asked.length, 1);
      await send(draft, { ...byAgent, again: true });
      assert.equal(asked.length, 2);
      await send(draft, { ...byAgent, again: true });
      assert.equal(asked.length, 3);
      answer = false;
      const sent = wire.length;
      assert.deepEqual(await send(draft, byAgent), { kind: 'cancelled' });
      assert.equal(wire.length, sent);
    });

    it('is named by its caller in each question before it', async () => {
      const seen: (string | undefined)[] = [];
      const named = window.with({
        secrets: {
          ...noSecrets,
          allows: (_, askedBy) => Promise.resolve(seen.push(askedBy) > 0),
        },
        confirmDuplicate: ({ askedBy }) => Promise.resolve(seen.push(askedBy) > 0),
      });
      await send(draft);
      await named.send(copyOf(draft), byAgent);
      assert.deepEqual(
        [seen, callers],
        [
          ['Claude', 'Claude'],
          [undefined, 'Claude'],
        ],
      );
    });

    it('is no yes to the message when the user sends it', async () => {
      portal = refusing;
      await send(draft, byAgent);
      await send(draft, again);
      assert.equal(asked.length, 2);
    });

    it('says in its record who asked, also when it is sent once more', async () => {
      portal = refusing;
      const push = pushOf(await send(draft, byAgent));
      assert.deepEqual([push.origin, push.askedBy], ['tool', 'Claude']);
      portal = accepting;
      const next = pushOf(await window.service.act(push.id, 'retry', { origin: 'form' }));
      assert.deepEqual([next.origin, next.askedBy], ['form', 'Claude']);
    });

    it('is asked about when it is sent once more, since its user may not have seen it yet', async () => {
      const resolveAudience = failing({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
      const push = pushOf(await window.with({ resolveAudience }).send(draft, byAgent));
      assert.deepEqual([asked, wire], [[], []]);
      answer = false;
      assert.deepEqual(await window.service.act(push.id, 'retry'), { kind: 'cancelled' });
      assert.deepEqual([asked.length, wire], [1, []]);
      answer = true;
      assert.equal(wordOf(await window.service.act(push.id, 'retry')), 'accepted');
      assert.deepEqual([callers, wire.length], [['Claude', 'Claude'], 1]);
    });
  });

  describe('when the network keeps a push from leaving', () => {
    it('lets one wait, however often it was tried', async () => {
      portal = offline;
      const first = pushOf(await send(draft));
      assert.deepEqual(actionsOf(first), ['retry', 'discard']);
      const second = pushOf(await send(draft, again));
      assert.deepEqual(await waiting(), ['notSent']);
      assert.equal((await window.history.get(first.id))?.decision, 'replaced');
      assert.deepEqual([second.replaces, wire.length], [[first.id], 2]);
    });

    it('replaces it by the edited draft, unless that is not sent either', async () => {
      portal = offline;
      const first = pushOf(await send(draft));
      const other = edited(draft, { text: 'edited', recipients: [{ id: 7 }] });
      answer = false;
      await send(other);
      assert.deepEqual(
        (await window.store.open()).map(({ id }) => id),
        [first.id],
      );
      answer = true;
      portal = refusing;
      await send(other);
      assert.deepEqual(await waiting(), ['notSent'], 'one that was refused takes no place');
      portal = offline;
      await send(other);
      assert.deepEqual(
        (await window.store.open()).map(({ draft: { text } }) => text),
        ['edited'],
      );
      portal = accepting;
      assert.equal(wordOf(await send(other)), 'accepted');
      assert.deepEqual(await waiting(), []);
      assert.deepEqual(await window.service.act(first.id, 'retry'), { kind: 'takenCareOf' });
    });

    it('replaces the one with the same message, and leaves all others', async () => {
      portal = offline;
      await send(draft);
      await send(copyOf(draft, { text: 'other' }));
      portal = accepting;
      assert.equal(wordOf(await send(copyOf(draft))), 'accepted');
      assert.deepEqual(
        (await window.store.open()).map((push) => push.draft.text),
        ['other'],
      );
      assert.deepEqual(duplicates, []);
    });

    it('lets a push wait whose people could not be asked about', async () => {
      await next({ resolveAudience: offline });
      const first = pushOf(await send(draft));
      assert.equal(summaryOf(first).state, 'notSent');
      await send(draft);
      assert.deepEqual([await waiting(), wire, asked], [['notSent'], [], []]);
    });

    it('does not let it wait for any other reason', async () => {
      const forbidden = failing({ kind: 'server', phase: 'notSent', code: 'insufficient_scope' });
      await next({ resolveAudience: forbidden });
      assert.equal((await send(draft)).kind, 'failed');
      assert.deepEqual([await waiting(), await past()], [[], []]);
    });
  });

  describe('acts on a push of this window', () => {
    it('retry: sends what was refused to the same people, without a second question', async () => {
      portal = refusing;
      window.drafts.update(draft);
      const { id } = pushOf(await send(window.drafts.current));
      portal = accepting;
      const result = await window.service.act(id, 'retry');
      assert.deepEqual([wordOf(result), wire.length, asked.length], ['accepted', 2, 1]);
      assert.deepEqual(pushOf(result).replaces, []);
      assert.equal(window.drafts.current.text, '');
      // The button is still on the screen somewhere.
      assert.deepEqual(await window.service.act(id, 'retry'), { kind: 'takenCareOf' });
      assert.equal(wire.length, 2);
    });

    it('retry: can be pressed again after one more refusal', async () => {
      portal = refusing;
      const { id } = pushOf(await send(draft));
      assert.equal(wordOf(await window.service.act(id, 'retry')), 'refused');
      portal = accepting;
      assert.equal(wordOf(await window.service.act(id, 'retry')), 'accepted');
    });

    it('retry: one push of a double click, and the claim of a waiting push comes back on a no', async () => {
      portal = offline;
      const { id } = pushOf(await send(draft));
      portal = accepting;
      const service = window.with({ confirm: () => Promise.resolve(false) });
      assert.deepEqual(await service.act(id, 'retry'), { kind: 'cancelled' });
      assert.deepEqual(await waiting(), ['notSent']);
      const results = await Promise.all([1, 2].map(() => window.service.act(id, 'retry')));
      assert.deepEqual(results.map(wordOf).sort(), ['accepted', 'takenCareOf']);
      assert.deepEqual([wire.length, await waiting()], [2, []]);
    });

    it('retry: from the account that a fix has signed in to, wherever the draft is written', async () => {
      const colleague = anAccount({ id: 'acme:2', userId: 2, userName: 'Boris' });
      const stranger = anAccount({ id: 'other:1', host: 'other.example' });
      const all = [account, colleague, stranger];
      await next({
        accounts: {
          current: () => Promise.resolve(account),
          get: (id) => Promise.resolve(all.find((one) => one.id === id)),
          client: () => Promise.resolve(fakeClient((call) => portal(call), wire)),
        },
      });
      portal = refusing;
      window.drafts.open(draft);
      const { id } = pushOf(await send(draft));
      const moved = pushOf(await window.service.act(id, 'retry', { as: colleague }));
      assert.equal(moved.draft.accountId, colleague.id);
      assert.deepEqual([window.drafts.current, window.drafts.kept], [moved.draft, []]);
      assert.equal(asked.length, 1, 'the same people of the same portal');
      // The same ids are other people there.
      const elsewhere = await window.service.act(moved.id, 'retry', { as: stranger });
      assert.deepEqual(elsewhere, {
        kind: 'invalid',
        issues: [{ field: 'recipients', code: 'NO_RECIPIENTS' }],
      });
      assert.equal(wire.length, 2);
    });

    it('markAsSent: forgets the draft and sends nothing', async () => {
      portal = lost;
      window.drafts.open(draft);
      const { id } = pushOf(await send(draft));
      assert.deepEqual(await window.service.act(id, 'markAsSent'), { kind: 'decided' });
      assert.deepEqual([await waiting(), wire.length], [[], 1]);
      assert.equal(window.drafts.current.text, '');
      assert.equal((await window.history.get(id))?.decision, 'sent');
      for (const action of ['markAsSent', 'sendAnyway', 'discard'] as const) {
        assert.deepEqual(await window.service.act(id, action), { kind: 'takenCareOf' });
      }
    });

    it('discard: lets it wait no longer, and keeps the draft', async () => {
      for (const fault of [lost, offline]) {
        portal = fault;
        window.drafts.open(draft);
        const { id } = pushOf(await send(draft));
        assert.deepEqual(await window.service.act(id, 'discard'), { kind: 'decided' });
        assert.deepEqual(await waiting(), []);
        assert.deepEqual(window.drafts.current, draft);
        assert.equal((await window.history.get(id))?.decision, 'discarded');
      }
    });

    for (const action of ['markAsSent', 'discard'] as const) {
      it(`${action}: decides nothing about one that another window has taken meanwhile`, async () => {
        portal = lost;
        window.drafts.open(draft);
        const { id } = pushOf(await send(draft));
        const { store } = window;
        const claim = store.claim.bind(store);
        store.claim = async (asked) => {
          const claimed = await claim(asked);
          const disk = storageFolder(path.join(folder(), 'pushes'));
          const [name] = await disk.list();
          await disk.rename(name!, name!.replace(/\.1-[0-9a-f]+\.push$/u, '.9-00000009.push'));
          return claimed;
        };
        assert.deepEqual(await window.service.act(id, action), { kind: 'takenCareOf' });
        assert.deepEqual([await waiting(), window.drafts.current], [['unknown'], draft]);
      });
    }

    it('does nothing that is not among the actions of the push any more', async () => {
      portal = offline;
      const { id } = pushOf(await send(draft));
      for (const action of ['sendToRest', 'sendAnyway', 'markAsSent'] as const) {
        assert.deepEqual(await window.service.act(id, action), { kind: 'takenCareOf' });
      }
      assert.deepEqual(await waiting(), ['notSent'], 'it waits on');
      assert.deepEqual(await window.service.act('0'.repeat(19), 'retry'), { kind: 'takenCareOf' });
      assert.equal(wire.length, 1);
    });
  });

  describe('acts on a push of an earlier window', () => {
    it('sends what waited there after a question, and it is over', async () => {
      portal = offline;
      const { id } = pushOf(await send(draft));
      await next();
      portal = accepting;
      const result = await window.service.act(id, 'retry');
      assert.deepEqual([wordOf(result), pushOf(result).replaces], ['accepted', [id]]);
      assert.deepEqual([asked.length, await waiting()], [2, []]);
      assert.equal((await window.history.get(id))?.decision, 'replaced');
    });

    it('sends what was refused there, from the history', async () => {
      portal = refusing;
      const { id } = pushOf(await send(draft));
      await next();
      portal = accepting;
      const result = await window.service.act(id, 'retry', { origin: 'palette' });
      assert.deepEqual([wordOf(result), pushOf(result).origin], ['accepted', 'palette']);
      assert.deepEqual([wire.length, asked.length], [2, 2]);
    });

    for (const action of ['sendAnyway', 'markAsSent', 'discard'] as const) {
      it(`decides about one that was killed on the wire: ${action}`, async () => {
        window.drafts.open(draft);
        await window.drafts.flush();
        const sending = new Promise<void>((resolve) => {
          portal = () => {
            resolve();
            return new Promise(() => undefined);
          };
        });
        void send(draft);
        await sending;
        await next();
        const [told] = await window.service.recover();
        assert.deepEqual([summaryOf(told!).state, told?.error?.code], ['unknown', 'INTERRUPTED']);
        assert.deepEqual(window.drafts.current, draft);
        portal = accepting;
        const result = await window.service.act(told!.id, action);
        assert.equal(wordOf(result), action === 'sendAnyway' ? 'accepted' : 'decided');
        assert.equal(wire.length, action === 'sendAnyway' ? 2 : 1);
        assert.deepEqual(await waiting(), []);
        assert.equal(window.drafts.current.text, action === 'discard' ? draft.text : '');
      });
    }

    it('leaves what another window has in its hands alone', async () => {
      portal = offline;
      const { id } = pushOf(await send(draft));
      const other = await open({ pid: 2 });
      const claim = await other.store.claim(id);
      for (const action of ['retry', 'discard'] as const) {
        assert.deepEqual(await window.service.act(id, action), { kind: 'takenCareOf' });
      }
      await claim?.release();
      portal = accepting;
      assert.equal(wordOf(await other.service.act(id, 'retry')), 'accepted');
      assert.deepEqual(await window.service.act(id, 'retry'), { kind: 'takenCareOf' });
      assert.equal(wire.length, 2);
    });

    it('does not send again what another window has taken over and sent', async () => {
      const { store } = window;
      const create = store.create.bind(store);
      store.create = async (push) => {
        const record = await create(push);
        record.sending = () =>
          Promise.reject(anError({ kind: 'invalid', phase: 'notSent', code: 'TAKEN_OVER' }));
        // The file is not ours any more when this window goes on.
        const disk = storageFolder(path.join(folder(), 'pushes'));
        const [name] = await disk.list();
        await disk.rename(name!, name!.replace(/\.1-[0-9a-f]+\.push$/u, '.9-00000009.push'));
        return record;
      };
      const { id } = pushOf(await send(draft));
      const other = await open({ pid: 2 });
      const [left] = await other.service.recover();
      assert.equal(left?.id, id);
      assert.equal(wordOf(await other.service.act(id, 'retry')), 'accepted');
      assert.deepEqual(await window.service.act(id, 'retry'), { kind: 'takenCareOf' });
      assert.equal(wire.length, 1);
    });

    it('sends again what was refused and interrupted there, also where the history keeps no texts', async () => {
      const push = { draft, people: draft.recipients, host: account.host, replaces: [] };
      const record = await window.store.create({ ...push, origin: 'form' });
      await record.sending([3, 5], 0);
      const refused = [3, 5].map((id) => ({ id, code: 'EMPTY_APP_NAME' }));
      await record.answered({ refused, unknown: [], notSent: [] }, 0);
      await next();
      const service = window.with({ history: { get: () => Promise.resolve(undefined) } });
      const [told] = await service.recover();
      assert.equal(told && summaryOf(told).state, 'refused');
      assert.equal(wordOf(await service.act(told!.id, 'retry')), 'accepted');
    });

    it('tells all that was interrupted, though a draft cannot be saved', async () => {
      portal = () => new Promise(() => undefined);
      void send(draft);
      while (wire.length === 0) {
        await setImmediate();
      }
      await next();
      window.drafts.flush = () => Promise.reject(new Error('disk full'));
      window.drafts.replace = () => {
        throw new Error('disk full');
      };
      assert.equal((await window.service.recover()).length, 1);
    });
  });

  describe('a push that went to some', () => {
    /** A text that cannot travel in a batch, so each person is a request of its own. */
    const resolveAudience = createResolveAudience({
      accounts: { client: () => Promise.reject(new Error('nobody is asked')) },
      facts: (_, people) => Promise.resolve(people.map(({ id }) => ({ id, firstName: `P${id}` }))),
    });
    const toFour = () =>
      aDraft({
        recipients: [1, 2, 3, 4].map((id) => ({ id, name: `P${id}` })),
        text: '$result[{name}',
      });
    /** The portal's answers, person by person. */
    const answers = (fates: Record<number, () => unknown>): void => {
      portal = ({ params }) => {
        const [id] = params['USER_ID'] as number[];
        return (fates[id!] ?? accepting)();
      };
    };
    const peopleOnWire = () => wire.flatMap(({ USER_ID }) => USER_ID as number[]);
    const idsOf = (written: Draft) => written.recipients.map(({ id }) => id);
    const statusesOf = ({ people }: Push) =>
      Object.fromEntries(people.map(({ id, status }) => [id, status]));

    beforeEach(async () => {
      await next({ resolveAudience });
      draft = toFour();
      window.drafts.open(draft);
    });

    it('leaves the people who certainly did not get it in the draft, which waits', async () => {
      answers({ 3: offline });
      const push = pushOf(await send(draft));
      assert.equal(summaryOf(push).state, 'partly');
      const rest = peopleOnWire().includes(4) ? [3] : [3, 4];
      assert.deepEqual(idsOf(window.drafts.current), rest);
      assert.deepEqual(window.drafts.kept, [], 'and nowhere else');
      assert.deepEqual(
        recents.last(account.id).map(({ id }) => id),
        [1, 2, 4].filter((id) => !rest.includes(id)),
        'only those who got it were used',
      );
      assert.deepEqual(window.drafts.current, restDraft(push));
      assert.equal(window.drafts.current.id, draft.id);
      assert.deepEqual(actionsOf(push), ['sendToRest', 'discard']);
      assert.deepEqual(await waiting(), ['partly']);
      answers({});
      const result = await window.service.act(push.id, 'sendToRest');
      assert.deepEqual([wordOf(result), asked.length], ['accepted', 1], 'the yes was to all');
      assert.deepEqual(
        [...peopleOnWire()].filter((id) => id < 3),
        [1, 2],
      );
      assert.deepEqual([await waiting(), window.drafts.current.text], [[], '']);
    });

    it('leaves the draft to the window that has taken it over on the way', async () => {
      const { store } = window;
      const create = store.create.bind(store);
      store.create = async (push) => {
        const record = await create(push);
        const sending = record.sending.bind(record);
        record.sending = (people, request) =>
          request === 0
            ? sending(people, request)
            : Promise.reject(anError({ kind: 'invalid', phase: 'notSent', code: 'TAKEN_OVER' }));
        return record;
      };
      assert.equal(wordOf(await send(draft)), 'partly');
      assert.deepEqual([peopleOnWire(), window.drafts.current], [[1], draft]);
    });

    it('waits when its user signs out meanwhile (trial 9.2)', async () => {
      const signedOut = failing({ kind: 'invalid', phase: 'notSent', code: 'NO_SUCH_ACCOUNT' });
      answers({ 3: signedOut, 4: signedOut });
      const push = pushOf(await send(draft));
      assert.deepEqual(statusesOf(push), {
        ...{ 1: 'accepted', 2: 'accepted', 3: 'notSent', 4: 'notSent' },
      });
      assert.deepEqual(idsOf(window.drafts.current), [3, 4]);
      await next({ resolveAudience });
      const [left] = await window.store.open();
      assert.deepEqual([left?.id, actionsOf(left!)], [push.id, ['sendToRest', 'discard']]);
      answers({});
      assert.equal(wordOf(await window.service.act(push.id, 'sendToRest')), 'accepted');
      assert.deepEqual([...peopleOnWire()].filter((id) => id < 3).toSorted(), [1, 2]);
      assert.deepEqual(await waiting(), []);
    });

    it('takes the people in doubt out of the draft, and both parts can be sent here', async () => {
      answers({ 2: lost });
      const push = pushOf(await send(draft));
      const { [2]: doubt, ...others } = statusesOf(push);
      assert.equal(doubt, 'unknown');
      const rest = Object.entries(others).flatMap(([id, status]) =>
        status === 'notSent' ? [Number(id)] : [],
      );
      assert.ok(rest.length > 0);
      assert.deepEqual(idsOf(window.drafts.current), rest);
      const [waits] = await window.store.open();
      assert.deepEqual([waits?.id, waits?.isRestMoved], [push.id, true]);
      assert.deepEqual(actionsOf(waits!), ['sendAnyway', 'markAsSent', 'discard']);
      // The rest is in the draft now; the message that told of it still offers to send it.
      answers({});
      assert.deepEqual(actionsOf(push), ['sendToRest', 'discard']);
      assert.equal(wordOf(await window.service.act(push.id, 'sendToRest')), 'accepted');
      assert.deepEqual(
        peopleOnWire().sort(),
        [1, 2, 3, 4],
        'everybody once, and the one in doubt not again',
      );
      assert.deepEqual(await window.service.act(push.id, 'sendToRest'), { kind: 'takenCareOf' });
      assert.deepEqual([await waiting(), window.drafts.current.text], [['partly'], '']);
      assert.equal(wordOf(await window.service.act(push.id, 'sendAnyway')), 'accepted');
      assert.deepEqual([peopleOnWire().at(-1), await waiting()], [2, []]);
      assert.deepEqual([asked.length, duplicates], [1, []]);
    });

    it('goes on from the draft as well, with the yes that was given for all', async () => {
      answers({ 2: lost });
      await send(draft);
      answers({});
      assert.equal(wordOf(await send(window.drafts.current, again)), 'accepted');
      assert.deepEqual(peopleOnWire().sort(), [1, 2, 3, 4]);
      assert.equal(asked.length, 1);
    });

    it('offers its rest no more once that was sent from the draft, edited or not', async () => {
      answers({ 4: refusing });
      const push = pushOf(await send(draft));
      window.drafts.update({ text: 'Another text for {name}' });
      answers({});
      assert.equal(wordOf(await send(window.drafts.current)), 'accepted');
      // The message that told of it is still on the screen.
      assert.deepEqual(await window.service.act(push.id, 'sendToRest'), { kind: 'takenCareOf' });
      assert.equal(peopleOnWire().filter((id) => id === 4).length, 2);
    });

    it('asks for the rest when somebody was added to it, and for the whole once more', async () => {
      answers({ 4: refusing });
      const push = pushOf(await send(draft));
      assert.deepEqual(idsOf(window.drafts.current), [4]);
      window.drafts.update({ recipients: [{ id: 4 }, { id: 9 }] });
      answers({});
      await send(window.drafts.current, again);
      assert.equal(asked.length, 2);
      await send(push.draft, again);
      assert.deepEqual([asked.length, duplicates.length], [3, 1]);
    });

    it('keeps its rest beside a draft that was edited while it was sent', async () => {
      answers({
        4: () => {
          window.drafts.update({ text: 'edited' });
          return refusing();
        },
      });
      await send(draft);
      assert.deepEqual(
        [window.drafts.current.text, idsOf(window.drafts.current)],
        ['edited', [1, 2, 3, 4]],
      );
      assert.deepEqual(window.drafts.kept.map(idsOf), [[4]]);
    });

    it('does not tell that the portal has answered when the network ended it', async () => {
      const told: string[] = [];
      const service = window.with({ onPortalAnswered: (host) => told.push(host) });
      answers({ 2: offline });
      const result = await service.send(draft, fromForm);
      assert.deepEqual([wordOf(result), told], ['partly', []]);
    });

    it('is the rest after a restart, and the push in doubt can be decided there', async () => {
      answers({ 2: lost });
      const push = pushOf(await send(draft));
      const rest = window.drafts.current;
      await next({ resolveAudience });
      assert.deepEqual(window.drafts.current, rest);
      answers({});
      assert.deepEqual(await window.service.act(push.id, 'sendToRest'), { kind: 'takenCareOf' });
      assert.equal(wordOf(await window.service.act(push.id, 'sendAnyway')), 'accepted');
      assert.deepEqual([peopleOnWire().at(-1), await waiting()], [2, []]);
      assert.deepEqual(window.drafts.current, rest, 'what is left to send is still there');
    });
  });

  it('tells that the portal has answered, whatever it said', async () => {
    const told: string[] = [];
    const service = window.with({ onPortalAnswered: (host) => told.push(host) });
    await service.send(draft, fromForm);
    portal = refusing;
    await service.send(copyOf(draft, { text: 'other' }), fromForm);
    portal = lost;
    await service.send(copyOf(draft, { text: 'third' }), fromForm);
    assert.deepEqual(told, [account.host, account.host]);
  });

  it('leaves nothing behind of a push that was accepted but the memory of it', async () => {
    await send(draft);
    const left = await readdir(path.join(folder(), 'pushes'));
    assert.ok(left.length === 1 && left[0]!.endsWith('.sent.push'), left.join());
  });

  describe('that is cancelled between two requests', () => {
    const people = Array.from({ length: 100 }, (_, index) => ({ id: index + 1 }));
    const cancelled = anError({ kind: 'cancelled', phase: 'noAnswer', code: 'CANCELLED' });
    const refusedOutcome: CommandOutcome = {
      kind: 'failed',
      error: anError({ phase: 'answered' }),
    };
    const acceptedOutcome: CommandOutcome = { kind: 'answered', result: true };

    for (const [what, answers, counts] of [
      [
        'as many refused as accepted',
        (commands) => commands.map((_, at) => (at % 2 ? refusedOutcome : acceptedOutcome)),
        { accepted: 25, refused: 25, notSent: 50, unknown: 0 },
      ],
      [
        'as many in doubt as accepted',
        (commands, request) =>
          request === 1 ? commands.map(() => acceptedOutcome) : Promise.reject(cancelled),
        { accepted: 50, refused: 0, notSent: 0, unknown: 50 },
      ],
    ] as [
      string,
      (commands: readonly unknown[], request: number) => CommandOutcome[] | Promise<never>,
      Partial<Record<DeliveryStatus, number>>,
    ][]) {
      it(`is kept and told: ${what}`, async () => {
        const abort = new AbortController();
        let requests = 0;
        const client = {
          batch: async (commands: readonly unknown[], options: CallControl) => {
            await options.beforeLeaving?.();
            requests += 1;
            const outcomes = await answers(commands, requests);
            if (requests === 1 && counts.unknown === 0) {
              abort.abort();
            }
            return outcomes;
          },
        } as unknown as PortalClient;
        await next({
          client,
          resolveAudience: createResolveAudience({
            accounts: { client: () => Promise.reject(new Error('nobody is asked')) },
            facts: (_, all) => Promise.resolve(all.map(({ id }) => ({ id, firstName: `P${id}` }))),
          }),
        });
        const text = 'Hi {name}';
        const result = await send(aDraft({ recipients: people, text }), {
          ...{ ...fromForm, signal: abort.signal },
        });
        const { state, counts: found } = summaryOf(pushOf(result));
        assert.deepEqual([state, found], ['partly', { pending: 0, sending: 0, ...counts }]);
      });
    }
  });

  it('remembers whom it went to, unless that was nobody or more than anybody knows', async () => {
    const recorded: number[] = [];
    const service = window.with({
      recents: {
        record: (_, recipients) => {
          recorded.push(recipients.length);
          return Promise.resolve();
        },
      },
    });
    const toMany = (count: number) =>
      aDraft({ recipients: Array.from({ length: count }, (_, index) => ({ id: index + 1 })) });
    await service.send(toMany(50), fromForm);
    await service.send(toMany(51), fromForm);
    portal = refusing;
    await service.send(toMany(2), fromForm);
    assert.deepEqual(recorded, [50]);
  });

  it('stays accepted when whom it went to cannot be saved', async () => {
    const service = window.with({ recents: { record: () => Promise.reject(new Error('no')) } });
    assert.equal(wordOf(await service.send(draft, fromForm)), 'accepted');
  });

  it('leaves a draft that was edited since alone, in the form and beside it', async () => {
    window.drafts.open(draft);
    portal = () => {
      window.drafts.update({ text: 'edited meanwhile' });
      return true;
    };
    assert.equal(wordOf(await send(draft)), 'accepted');
    assert.equal(window.drafts.current.text, 'edited meanwhile');
  });
});

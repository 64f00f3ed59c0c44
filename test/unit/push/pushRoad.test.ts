import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Account } from '../../../src/accounts/account';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { Bitrix24ErrorFields } from '../../../src/bitrix24/errors';
import type { CallControl, PortalClient } from '../../../src/bitrix24/portalClient';
import { silentLog } from '../../../src/common/log';
import { emptyDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';
import type { Outbox, Twin } from '../../../src/push/outbox/outbox';
import type { PushHistory } from '../../../src/push/outbox/pushHistory';
import type { Outcome } from '../../../src/push/outcome';
import { PushRoad } from '../../../src/push/pushRoad';
import type { PushRoadDeps, SendOptions } from '../../../src/push/pushRoad';
import { RecentRecipients } from '../../../src/people/recentRecipients';
import { openOutbox, unasked } from '../../support/outboxes';

const account: Account = {
  id: 'acme:1',
  portal: 'https://acme.example',
  host: 'acme.example',
  userId: 1,
  userName: 'Anna',
  administrator: true,
  clientId: 'local.1',
  integrationId: undefined,
  senderName: undefined,
};
const draft: Draft = {
  ...emptyDraft,
  accountId: account.id,
  recipients: [{ id: 3, name: 'Ivan' }, { id: 5 }],
  text: 'Привет 🚀',
};
const fromForm: SendOptions = { origin: 'form' };

const failing = (fields: Pick<Bitrix24ErrorFields, 'kind' | 'phase' | 'code'>) => () =>
  Promise.reject(new Bitrix24Error(fields));
const lost = failing({ kind: 'timeout', phase: 'noAnswer', code: 'TIMEOUT' });

describe('the road of a push', () => {
  let folder: string;
  let drafts: DraftStore;
  let outbox: Outbox;
  let history: PushHistory;
  /** What reached the portal's door. */
  let wire: Record<string, unknown>[];
  let portal: (options: CallControl) => Promise<unknown>;
  let asked: Draft[];
  let answer: boolean;
  let recents: RecentRecipients;
  let accounts: PushRoadDeps['accounts'];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'road-'));
    const clock = { now: () => 1_700_000_000_000 };
    drafts = new DraftStore({ disk: storageFolder(folder), key: 'w', clock, log: silentLog });
    await drafts.ready;
    ({ outbox, history } = openOutbox(folder));
    wire = [];
    asked = [];
    answer = true;
    portal = () => Promise.resolve(true);
    const memory = new Map<string, unknown>();
    recents = new RecentRecipients({
      memento: {
        get: (key: string) => memory.get(key),
        update: (key: string, value: unknown) => Promise.resolve(void memory.set(key, value)),
      } as ConstructorParameters<typeof RecentRecipients>[0]['memento'],
      clock,
    });
    const client = {
      call: async (method: string, params: Record<string, unknown>, options: CallControl) => {
        await options.beforeLeaving?.();
        wire.push({ method, ...params });
        return { result: await portal(options) };
      },
    } as unknown as PortalClient;
    accounts = {
      current: () => Promise.resolve(account),
      get: (id) => Promise.resolve(id === account.id ? account : undefined),
      client: () => Promise.resolve(client),
    };
  });

  afterEach(async () => {
    await drafts.flush();
    drafts.dispose();
    outbox.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  function road(more: Partial<PushRoadDeps> = {}): PushRoad {
    return new PushRoad({
      ...unasked,
      accounts,
      drafts,
      outbox,
      confirm: (input) => {
        asked.push(input.draft);
        return Promise.resolve(answer);
      },
      recents,
      clock: { now: () => 1_700_000_000_000 },
      log: silentLog,
      ...more,
    });
  }

  const waiting = async () => (await outbox.waiting()).map(({ state }) => state);
  const past = async () => (await history.list()).map(({ state }) => state);

  it('checks, asks, notes on disk, sends once and tells for how many it was accepted', async () => {
    drafts.update(draft);
    const steps: string[] = [];
    portal = async () => {
      steps.push(`on disk: ${(await waiting()).join()}`);
      return true;
    };
    const outcome = await road().send(draft, { ...fromForm, onStep: (step) => steps.push(step) });
    assert.deepEqual(outcome, {
      kind: 'accepted',
      count: 2,
      at: 1_700_000_000_000,
      host: 'acme.example',
    });
    assert.deepEqual(steps, ['checking', 'confirming', 'sending', 'on disk: sending']);
    assert.deepEqual(wire, [
      { method: 'pull.application.push.add', USER_ID: [3, 5], TEXT: 'Привет 🚀' },
    ]);
    assert.deepEqual(asked, [draft]);
    assert.deepEqual([drafts.current.text, drafts.current.recipients], ['', []]);
    assert.deepEqual(recents.last(account.id), [
      { id: 3, name: 'Ivan' },
      { id: 5, name: undefined },
    ]);
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
      const outcome = await road().send({ ...draft, ...structuredClone(patch) } as Draft, fromForm);
      assert.deepEqual(outcome, { kind: 'invalid', issues });
      assert.deepEqual([wire, asked], [[], []]);
    });
  }

  it('sends nothing when the user says no, and keeps the draft', async () => {
    answer = false;
    drafts.update(draft);
    assert.deepEqual(await road().send(draft, fromForm), { kind: 'cancelled' });
    assert.deepEqual(wire, []);
    assert.deepEqual(drafts.current, draft);
  });

  it('makes one push of a double click, also when one names the account and one means it', async () => {
    const one = road();
    const outcomes = await Promise.all([
      one.send(draft, fromForm),
      one.send({ ...draft, accountId: undefined }, fromForm),
      one.send({ ...draft, recipients: [{ id: 5 }, { id: 3 }] }, { origin: 'palette' }),
    ]);
    assert.equal(wire.length, 1);
    assert.equal(asked.length, 1);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['accepted', 'accepted', 'accepted'],
    );
  });

  it('does not let a different push wait for one that is on its way', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    portal = async () => {
      if (wire.length === 1) {
        await held;
      }
      return true;
    };
    const one = road();
    const first = one.send(draft, fromForm);
    while (wire.length === 0) {
      await new Promise(setImmediate);
    }
    assert.equal((await one.send({ ...draft, text: 'other' }, fromForm)).kind, 'accepted');
    release();
    assert.equal((await first).kind, 'accepted');
  });

  for (const [phase, kind, outcome] of [
    ['answered', 'server', 'refused'],
    ['notSent', 'dns', 'notSent'],
    ['notSent', 'cancelled', 'cancelled'],
    ['noAnswer', 'reset', 'unknown'],
    ['noAnswer', 'cancelled', 'unknown'],
  ] as const) {
    it(`tells ${kind} while ${phase} as ${outcome}, keeps the draft and does not try again`, async () => {
      portal = failing({ kind, phase, code: 'X' });
      drafts.update(draft);
      const result = await road().send(draft, fromForm);
      assert.equal(result.kind, outcome);
      assert.equal(wire.length, 1);
      assert.deepEqual(drafts.current, draft);
      const waits = outcome === 'unknown' || outcome === 'notSent';
      assert.deepEqual(await waiting(), waits ? [outcome] : []);
      // What was cancelled before it left has never been.
      assert.deepEqual(await past(), outcome === 'refused' ? ['refused'] : []);
    });
  }

  it('does not repeat a push of unknown fate until the user wants it anyway', async () => {
    portal = lost;
    const one = road();
    assert.equal((await one.send(draft, fromForm)).kind, 'unknown');
    portal = () => Promise.resolve(true);
    const again = await one.send(draft, { ...fromForm, again: true });
    assert.equal(again.kind === 'unknown' && again.error.code, 'STILL_UNKNOWN');
    assert.equal(wire.length, 1);
    assert.equal((await one.send({ ...draft, text: 'other' }, fromForm)).kind, 'accepted');
    assert.equal((await one.send(draft, { ...fromForm, sendAnyway: true })).kind, 'accepted');
    assert.equal(wire.length, 3);
    assert.deepEqual(await waiting(), []);
  });

  it('remembers a push of unknown fate over a restart', async () => {
    portal = lost;
    await road().send(draft, fromForm);
    outbox.dispose();
    ({ outbox } = openOutbox(folder, { pid: 2 }));
    await outbox.recover();
    assert.equal((await road().send(draft, fromForm)).kind, 'unknown');
    assert.equal(wire.length, 1);
  });

  it('does not ask again for a push that was confirmed and not accepted, but for any other', async () => {
    portal = failing({ kind: 'server', phase: 'answered', code: 'EMPTY_APP_NAME' });
    const one = road();
    await one.send(draft, fromForm);
    portal = () => Promise.resolve(true);
    await one.send({ ...draft, text: 'other' }, { ...fromForm, again: true });
    await one.send(draft, { ...fromForm, again: true });
    assert.deepEqual(
      asked.map(({ text }) => text),
      [draft.text, 'other'],
    );
    await one.send(draft, { ...fromForm, again: true });
    assert.equal(asked.length, 3);
  });

  it('tells trouble with accounts as not sent', async () => {
    const keyring = failing({ kind: 'invalid', phase: 'notSent', code: 'KEYRING' });
    for (const broken of [{ get: keyring }, { client: keyring }]) {
      const outcome = await road({ accounts: { ...accounts, ...broken } }).send(draft, fromForm);
      assert.equal(outcome.kind === 'notSent' && outcome.error.code, 'KEYRING');
    }
    assert.deepEqual([wire, await waiting(), await past()], [[], [], []]);
  });

  it('tells a mistake of our own by how far it came', async () => {
    const mistake = (): never => {
      throw new TypeError('x is not a function');
    };
    const before = await road({ confirm: mistake }).send(draft, fromForm);
    assert.equal(before.kind, 'notSent');
    portal = mistake;
    assert.equal((await road().send(draft, fromForm)).kind, 'unknown');
  });

  it('sends nothing when the disk does not take the note', async () => {
    const disk = storageFolder(path.join(folder, 'full'));
    const noSpace = () => Promise.reject(new Error('disk full'));
    for (const broken of [{ write: noSpace }, { append: noSpace }, { list: noSpace }]) {
      const full = openOutbox(folder, { folder: { ...disk, ...broken } }).outbox;
      const outcome = await road({ outbox: full }).send(draft, fromForm);
      assert.equal(outcome.kind === 'notSent' && outcome.error.code, 'STORAGE_FAILED');
      full.dispose();
    }
    assert.deepEqual(wire, []);
  });

  it('passes a wait on, ends it, and hands the cancellation through', async () => {
    const heard: unknown[] = [];
    const abort = new AbortController();
    const wait = { until: 5, code: 'QUERY_LIMIT_EXCEEDED' };
    portal = ({ signal, onWait }) => {
      onWait?.(wait);
      abort.abort();
      return signal?.aborted
        ? failing({ kind: 'cancelled', phase: 'notSent', code: 'CANCELLED' })()
        : Promise.resolve(true);
    };
    const outcome: Outcome = await road().send(draft, {
      ...fromForm,
      signal: abort.signal,
      onWait: (next) => heard.push(next),
    });
    assert.deepEqual(outcome, { kind: 'cancelled' });
    assert.deepEqual(heard, [wait, undefined]);
  });

  it('does not begin when it was cancelled during the question', async () => {
    const abort = new AbortController();
    const outcome = await road({
      confirm: () => {
        abort.abort();
        return Promise.resolve(true);
      },
    }).send(draft, { ...fromForm, signal: abort.signal });
    assert.deepEqual([outcome, wire], [{ kind: 'cancelled' }, []]);
  });

  it('stays accepted when the disk takes nothing any more', async () => {
    const disk = storageFolder(path.join(folder, 'broken'));
    const noSpace = () => Promise.reject(new Error('disk full'));
    let broken = false;
    const failing = openOutbox(folder, {
      folder: {
        ...disk,
        list: () => (broken ? noSpace() : disk.list()),
        append: (...line) => (broken ? noSpace() : disk.append(...line)),
        read: (name) => (broken ? noSpace() : disk.read(name)),
      },
    }).outbox;
    portal = () => {
      broken = true;
      return Promise.resolve(true);
    };
    assert.equal((await road({ outbox: failing }).send(draft, fromForm)).kind, 'accepted');
    failing.dispose();
  });

  describe('the same again', () => {
    let twins: (readonly Twin[])[];
    let yes: boolean;
    const asking = (more: Partial<PushRoadDeps> = {}) =>
      road({
        confirmTwin: (question) => {
          twins.push(question.twins);
          return Promise.resolve(yes);
        },
        ...more,
      });
    beforeEach(() => {
      [twins, yes] = [[], false];
    });

    it('within minutes asks, also in another window, and goes only on a yes', async () => {
      await asking().send(draft, fromForm);
      const other = openOutbox(folder, { pid: 2 }).outbox;
      const there = asking({ outbox: other });
      assert.deepEqual(await there.send(draft, fromForm), { kind: 'cancelled' });
      assert.deepEqual([wire.length, asked.length], [1, 1]);
      yes = true;
      assert.equal((await there.send(draft, fromForm)).kind, 'accepted');
      assert.deepEqual(
        twins.map((found) => found.map(({ state }) => state)),
        [['sent'], ['sent']],
      );
      assert.equal(wire.length, 2);
      assert.deepEqual(await waiting(), []);
      other.dispose();
    });

    it('asks while another window is sending it, and leaves that one alone', async () => {
      const other = openOutbox(folder, { pid: 2 }).outbox;
      const parcel = await other.prepare({ draft, host: account.host });
      await parcel.sending([3, 5]);
      assert.deepEqual(await asking().send(draft, fromForm), { kind: 'cancelled' });
      assert.equal(twins[0]?.[0]?.state, 'sending');
      assert.deepEqual([wire, await waiting()], [[], ['sending']]);
      other.dispose();
    });

    it('asks when another window began it at the same moment, and forgets it on a no', async () => {
      const other = openOutbox(folder, { pid: 2 }).outbox;
      const outcome = await asking({
        confirm: async () => {
          await other.prepare({ draft, host: account.host });
          return true;
        },
      }).send(draft, fromForm);
      assert.deepEqual(outcome, { kind: 'cancelled' });
      assert.deepEqual([wire.length, twins.length, (await waiting()).length], [0, 1, 1]);
      other.dispose();
    });

    it('is not asked about twice, nor when it was refused or not sent before', async () => {
      const one = asking();
      portal = failing({ kind: 'server', phase: 'answered', code: 'EMPTY_APP_NAME' });
      await one.send(draft, fromForm);
      portal = failing({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
      await one.send(draft, fromForm);
      portal = () => Promise.resolve(true);
      await one.send(draft, fromForm);
      assert.deepEqual(twins, []);
      yes = true;
      await one.send(draft, fromForm);
      assert.equal(twins.length, 1);
    });
  });

  it('asks about a text with a secret before anything else, and stops on a no', async () => {
    const seen: string[] = [];
    const secrets = {
      allows: ({ text }: Draft) => {
        seen.push(text);
        return Promise.resolve(false);
      },
    };
    assert.deepEqual(await road({ secrets }).send(draft, fromForm), { kind: 'cancelled' });
    assert.deepEqual([seen, asked, wire, await waiting()], [[draft.text], [], [], []]);
  });

  it('lets one push wait for the network, however often it was tried', async () => {
    portal = failing({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
    const one = road();
    await one.send(draft, fromForm);
    await one.send(draft, { ...fromForm, again: true });
    assert.deepEqual(await waiting(), ['notSent']);
    const [before] = await outbox.waiting();
    // Edited meanwhile: what was before does not wait any more, unless nothing was sent after all.
    const edited = { ...draft, text: 'edited' };
    answer = false;
    await one.send(edited, { ...fromForm, replaces: before!.id });
    assert.deepEqual(
      (await outbox.waiting()).map(({ id }) => id),
      [before!.id],
    );
    answer = true;
    await one.send(edited, { ...fromForm, replaces: before!.id });
    assert.deepEqual(
      (await outbox.waiting()).map(({ draft: { text } }) => text),
      ['edited'],
    );
    portal = () => Promise.resolve(true);
    assert.equal((await one.send(edited, fromForm)).kind, 'accepted');
    assert.deepEqual(await waiting(), []);
  });

  it('lets a push wait whose people could not be asked about', async () => {
    const one = road({
      resolve: failing({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' }),
    });
    const personal = { ...draft, text: 'Hi {name}' };
    assert.equal((await one.send(personal, fromForm)).kind, 'notSent');
    assert.deepEqual(await waiting(), ['notSent']);
    assert.deepEqual(wire, []);
  });

  it('tells that the portal has answered, whatever it said', async () => {
    const answered: string[] = [];
    const one = road({ portalAnswered: (host) => answered.push(host) });
    await one.send(draft, fromForm);
    portal = failing({ kind: 'server', phase: 'answered', code: 'EMPTY_APP_NAME' });
    await one.send({ ...draft, text: 'other' }, fromForm);
    portal = lost;
    await one.send({ ...draft, text: 'third' }, fromForm);
    assert.deepEqual(answered, [account.host, account.host]);
  });

  it('does not tell that the portal has answered when the network ended the push', async () => {
    const answered: string[] = [];
    const resolve = () => Promise.resolve([{ id: 3, firstName: 'Ivan' }]);
    const one = road({ resolve, portalAnswered: (host) => answered.push(host) });
    const offline = failing({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
    portal = () => (wire.length === 1 ? Promise.resolve(true) : offline());
    // A request for each person: such a text cannot travel in a batch.
    const outcome = await one.send({ ...draft, text: '$result[{name|you}' }, fromForm);
    assert.ok(outcome.kind === 'partly');
    assert.deepEqual([outcome.accepted, outcome.notSent, answered], [[3], [5], []]);
    assert.deepEqual(await waiting(), ['partly']);
  });

  it('leaves nothing behind of a push that was accepted but the memory of it', async () => {
    await road().send(draft, fromForm);
    const left = await readdir(path.join(folder, 'outbox'));
    assert.ok(left.length === 1 && left[0]!.endsWith('.sent.push'), left.join());
  });

  it('stays accepted when whom it went to cannot be noted', async () => {
    const one = road({ recents: { record: () => Promise.reject(new Error('no')) } });
    assert.equal((await one.send(draft, fromForm)).kind, 'accepted');
  });
});

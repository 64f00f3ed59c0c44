import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Account } from '../../../src/accounts/account';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { Bitrix24ErrorFields } from '../../../src/bitrix24/errors';
import type { CallControl, PortalClient } from '../../../src/bitrix24/portalClient';
import { silentLog } from '../../../src/common/log';
import { emptyDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { parseDraftFile } from '../../../src/push/draftFile';
import { DraftStore } from '../../../src/push/draftStore';
import { folderDisk } from '../../../src/push/folderDisk';
import type { Outcome } from '../../../src/push/outcome';
import { PushRoad } from '../../../src/push/pushRoad';
import type { PushRoadDeps, SendOptions } from '../../../src/push/pushRoad';
import { RecentRecipients } from '../../../src/recipients/recentRecipients';

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
    drafts = new DraftStore({ disk: folderDisk(folder), key: 'w', clock, log: silentLog });
    await drafts.ready;
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
    await rm(folder, { recursive: true, force: true });
  });

  function road(more: Partial<PushRoadDeps> = {}): PushRoad {
    return new PushRoad({
      accounts,
      drafts,
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

  const onDisk = async () => parseDraftFile((await folderDisk(folder).read('w.json')) ?? '');

  it('checks, asks, notes on disk, sends once and tells for how many it was accepted', async () => {
    drafts.update(draft);
    const steps: string[] = [];
    portal = async () => {
      steps.push(`on disk: ${(await onDisk())?.pending[0]?.state ?? 'nothing'}`);
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
    await drafts.flush();
    assert.deepEqual((await onDisk())?.pending, []);
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
      await drafts.flush();
      const pending = (await onDisk())?.pending.map(({ state }) => state);
      assert.deepEqual(pending, outcome === 'unknown' ? ['unknown'] : []);
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
    assert.deepEqual(drafts.pendings, []);
  });

  it('remembers a push of unknown fate over a restart', async () => {
    portal = lost;
    await road().send(draft, fromForm);
    await drafts.flush();
    drafts.dispose();
    drafts = new DraftStore({
      disk: folderDisk(folder),
      key: 'w',
      clock: { now: () => 1 },
      log: silentLog,
    });
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
    assert.deepEqual([wire, drafts.pendings], [[], []]);
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
    const full = new DraftStore({
      disk: { ...folderDisk(folder), write: () => Promise.reject(new Error('disk full')) },
      key: 'full',
      clock: { now: () => 1 },
      log: silentLog,
    });
    const outcome = await road({ drafts: full }).send(draft, fromForm);
    assert.equal(outcome.kind === 'notSent' && outcome.error.code, 'STORAGE_FAILED');
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

  it('stays accepted when whom it went to cannot be noted', async () => {
    const one = road({ recents: { record: () => Promise.reject(new Error('no')) } });
    assert.equal((await one.send(draft, fromForm)).kind, 'accepted');
  });
});

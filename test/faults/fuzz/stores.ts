import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { parseBucket } from '../../../src/bitrix24/rateLimiterState';
import type { Log } from '../../../src/common/log';
import { silentLog } from '../../support/silentLog';
import { newDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { parseDraftFile } from '../../../src/push/draftFile';
import type { DraftFile } from '../../../src/push/draftFile';
import { DraftStore } from '../../../src/push/draftStore';
import { PushHistory } from '../../../src/push/pushHistory';
import { eventText, headText, parsePush } from '../../../src/push/pushFile';
import type { EventLine } from '../../../src/push/pushFile';
import { fileNameOf, newPushId, shortDraftId } from '../../../src/push/pushFileName';
import { messageKey } from '../../../src/push/messageKey';
import { actionsOf, isWaiting, summaryOf } from '../../../src/push/push';
import { PushStore } from '../../../src/push/pushStore';
import { RecentRecipients } from '../../../src/people/recentRecipients';
import { memoryFolder } from '../../support/memoryFolder';
import { MemorySecrets } from '../../support/memorySecrets';
import { secretOf, storedAccount } from '../../support/storedAccounts';
import { tokenStore } from '../../support/tokenStores';
import { damage, damaged } from './damage';
import type { FuzzProperty } from './property';

const draft: fc.Arbitrary<Draft> = fc.record({
  id: fc.uuid(),
  version: fc.uuid(),
  accountId: fc.constant('acme:1'),
  recipients: fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 3 })
    .map((ids) => ids.map((id) => ({ id }))),
  departments: fc.constantFrom([], [], [{ id: 3, name: 'Sales', reach: 'tree' as const }]),
  text: fc.string({ unit: 'grapheme', minLength: 1 }),
  mode: fc.constantFrom('literal', 'personal'),
  avatar: fc.constant(''),
});
const draftFile: fc.Arbitrary<DraftFile> = fc.record({
  version: fc.constant(1 as const),
  at: fc.constant(1),
  current: fc.oneof(draft, fc.constant(newDraft())),
  kept: fc.array(draft, { maxLength: 3 }),
  palette: fc.option(draft, { nil: undefined }),
});

const drafts: FuzzProperty = {
  name: 'damaged files with drafts',
  weight: 8,
  open: () => ({
    property: fc.asyncProperty(draftFile, damage, async (state, how) => {
      const content = damaged(JSON.stringify(state), how);
      const files = new Map([['w.1-ab.json', content]]);
      const said: string[] = [];
      const store = new DraftStore({
        disk: memoryFolder(files),
        key: 'w',
        clock: { now: () => 7 },
        log: silentLog,
        process: '2',
        fateOf: () => 'ended',
        onDamaged: (name) => said.push(name),
      });
      await store.ready;
      const read = parseDraftFile(content);
      store.update({ text: 'typed afterwards' });
      await store.flush();
      store.dispose();
      if (!read) {
        // Set aside whole, and said.
        assert.deepEqual(said, ['w.7.damaged']);
        assert.equal(files.get('w.7.damaged'), content);
        return;
      }
      assert.deepEqual(said, []);
      // Whatever was read is there still, except the text that was typed over.
      assert.ok(read.kept.every((one) => store.kept.some(({ text }) => text === one.text)));
      const written = parseDraftFile(
        [...files].find(([name]) => name.startsWith('w.2-'))?.[1] ?? '',
      );
      assert.deepEqual(written?.palette, read.palette);
      assert.ok(read.kept.every((one) => written?.kept.some(({ text }) => text === one.text)));
    }),
  }),
};

const secretsOfAccounts: FuzzProperty = {
  name: 'damaged secrets of accounts',
  weight: 6,
  open: async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-fuzz-'));
    return {
      close: () => rm(folder, { recursive: true, force: true }),
      property: fc.asyncProperty(damage, async (how) => {
        const account = storedAccount();
        const [key, value] = secretOf(account);
        const content = damaged(value, how);
        const secrets = new MemorySecrets({ [key]: content });
        const logged: string[] = [];
        const keep = (line: string) => void logged.push(line);
        const log: Log = { debug: () => undefined, info: keep, warn: keep, error: keep };
        const store = tokenStore(path.join(folder, randomUUID()), { secrets, log });
        const list = await store.list();
        store.dispose();
        assert.ok(!logged.join().includes('canary'), 'a secret in the log');
        const id = key.slice('account.v1:'.length);
        if (list.length === 0) {
          assert.equal(secrets.values.get(`damaged.v1:${id}`), content);
          assert.equal(logged.length, 1);
        } else {
          assert.equal(secrets.values.get(key), content);
          assert.equal(`${list[0]?.tokens.memberId}:${list[0]?.userId}`, id);
        }
      }),
    };
  },
};

const recents: FuzzProperty = {
  name: 'recent people of any shape',
  weight: 4,
  open: () => ({
    property: fc.asyncProperty(
      fc.oneof(
        fc.anything(),
        fc.array(fc.record({ id: fc.integer(), weight: fc.double(), at: fc.double() })),
      ),
      async (value) => {
        let kept: unknown = value;
        const memento = {
          get: <T>(_: string, fallback?: T) => (kept === undefined ? fallback : kept) as T,
          update: (_: string, next: unknown) => {
            kept = next;
            return Promise.resolve();
          },
        };
        const store = new RecentRecipients({ memento, clock: { now: () => 1 } });
        const positive = ({ id }: { id: number }) => Number.isSafeInteger(id) && id > 0;
        assert.ok(store.list('acme:1').every(positive) && store.last('acme:1').every(positive));
        await store.record('acme:1', [{ id: 5 }]);
        assert.equal(store.list('acme:1')[0]?.id, 5);
      },
    ),
  }),
};

const peopleOfDepartments = [undefined, [], [{ id: 1 }, { id: 2, name: 'Boris' }]];

/** A push that a dead window left, as its file tells. */
const leftPush = fc
  .tuple(
    draft,
    fc.array(
      fc.constantFrom(
        ...['sending', 'sending', 'answered', 'unknown', 'notSent', 'end'],
        ...['restMoved', 'replaced'],
      ),
      { maxLength: 4 },
    ),
    fc.constantFrom<{ id: number; name?: string }[] | undefined>(...peopleOfDepartments),
    fc.constantFrom<string[] | undefined>(undefined, ['0000000010123456789']),
  )
  .map(([written, events, people, replaces]) => {
    const [id = 1] = (people ?? written.recipients).map((one) => one.id);
    const lines = events.map((t): EventLine => {
      switch (t) {
        case 'sending':
          return { t, at: 1, request: 0, wire: [id] };
        case 'unknown':
          return { t: 'answered', at: 1, request: 0, unknown: [id] };
        case 'notSent':
          return { t: 'answered', at: 1, request: 0, notSent: [id] };
        case 'end':
          return { t, at: 1 };
        case 'restMoved':
          return { t, at: 1 };
        case 'replaced':
          return { t: 'decision', at: 1, as: 'replaced' };
        default:
          return { t: 'answered', at: 1, request: 0 };
      }
    });
    const head = {
      ...{ id: newPushId(1), at: 1, host: 'acme.example', origin: 'form' as const, draft: written },
      ...{ people, replaces },
    };
    return { head, content: headText(head) + lines.map(eventText).join('') };
  });

const openPushes: FuzzProperty = {
  name: 'damaged files of open pushes',
  weight: 5,
  open: () => ({
    property: fc.asyncProperty(
      leftPush,
      fc.oneof(damage, fc.constant(undefined)),
      async ({ head, content: whole }, how) => {
        const content = how && how.kind !== 'field' ? damaged(whole, how) : whole;
        const files = new Map<string, string>();
        const name = fileNameOf({
          ...{ id: head.id, keys: [messageKey(head.draft)], draft: shortDraftId(head.draft.id) },
          place: { kind: 'held', process: '1', window: 'ab' },
        });
        files.set(name, content);
        const [said, filed]: [string[], string[]] = [[], []];
        const errors: string[] = [];
        const store = new PushStore({
          folder: memoryFolder(files),
          history: {
            file: (id) => {
              filed.push(id);
              return Promise.resolve();
            },
          },
          clock: { now: () => 7 },
          log: { ...silentLog, error: (line) => errors.push(line) },
          onDamaged: (to) => said.push(to),
          onUnreadable: () => undefined,
          process: '2',
          fateOf: () => 'ended',
        });
        const left = await store.recover();
        const open = await store.open();
        store.dispose();
        assert.deepEqual(errors, []);
        const read = parsePush(content);
        if (!read) {
          assert.equal(said.length, 1);
          // Whole, under a name that nobody reads as a push.
          assert.ok([...files].some(([to, kept]) => said.includes(to) && kept === content));
          assert.deepEqual([left, open, filed], [[], [], []]);
          return;
        }
        assert.deepEqual(said, []);
        // It waits for a decision, or it is over and filed: never gone, never on its way.
        assert.equal(open.length + filed.length, 1);
        assert.ok(open.every((push) => isWaiting(push) && actionsOf(push).includes('discard')));
        assert.equal(left.length, read.decision ? 0 : 1);
        for (const { people, endedAt } of left) {
          assert.ok(endedAt !== undefined);
          assert.ok(people.every(({ status }) => status !== 'pending' && status !== 'sending'));
        }
        for (const push of left) {
          const { counts, people } = summaryOf(push);
          // Nobody is lost, and whoever may have it is never called "not sent".
          assert.equal(people, new Set(push.people.map(({ id }) => id)).size);
          const wasOnWire = summaryOf(read).counts;
          assert.ok(counts.unknown >= wasOnWire.sending + wasOnWire.unknown);
        }
      },
    ),
  }),
};

type Status = 'accepted' | 'refused' | 'unknown' | 'notSent';
const status = fc.constantFrom<Status>('accepted', 'refused', 'unknown', 'notSent');

/** Requests of one push whose lines come in any order, because several are on the wire at once. */
const requests = fc
  .array(fc.tuple(fc.array(status, { minLength: 1, maxLength: 3 }), fc.nat(9), fc.nat(9)), {
    minLength: 1,
    maxLength: 4,
  })
  .map((list) => {
    let next = 1;
    return list
      .flatMap(([statuses, leaves, stays], request) => {
        const people = statuses.map((status) => ({ id: next++, status }));
        const met = (wanted: Status) =>
          people.filter(({ status }) => status === wanted).map(({ id }) => id);
        const sending: EventLine = {
          t: 'sending',
          at: 1,
          request,
          wire: people.map(({ id }) => id),
        };
        const answered: EventLine = {
          ...{ t: 'answered', at: 1, request },
          refused: met('refused').map((id): [number, string] => [id, 'X']),
          ...{ unknown: met('unknown'), notSent: met('notSent') },
        };
        return [
          { order: leaves, event: sending, people },
          { order: leaves + stays + 1, event: answered, people },
        ];
      })
      .sort((a, b) => a.order - b.order);
  });

const interleaved: FuzzProperty = {
  name: 'delivery statuses where several requests are on the wire',
  weight: 4,
  open: () => ({
    property: fc.property(
      requests,
      fc.nat(8),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (events, whole, torn) => {
        const ids = [...new Set(events.flatMap(({ people }) => people.map(({ id }) => id)))];
        const written = newDraft({ recipients: ids.map((id) => ({ id })), text: 'a' });
        const head = {
          ...{ id: newPushId(1), at: 1, host: 'acme.example', origin: 'form' as const },
          draft: written,
        };
        const expected = new Map(ids.map((id): [number, string] => [id, 'pending']));
        for (const { event, people } of events.slice(0, whole)) {
          for (const { id, status } of people) {
            const answer = status === 'notSent' ? 'pending' : status;
            expected.set(id, event.t === 'sending' ? 'sending' : answer);
          }
        }
        const [next] = events.slice(whole).map(({ event }) => eventText(event));
        const lines = events.slice(0, whole).map(({ event }) => eventText(event));
        // The line that was being written when the window died.
        const cut = next?.slice(0, Math.floor(torn * (next.length - 1))) ?? '';
        const content = headText(head) + lines.join('');
        const shown = (text: string) =>
          new Map(parsePush(text)?.people.map(({ id, status }) => [id, status]));
        assert.deepEqual(shown(content + cut), expected);
        // And as it stands once the next window has ended it.
        const end = eventText({ t: 'end', at: 2 });
        const ended = new Map<string, string>([
          ['pending', 'notSent'],
          ['sending', 'unknown'],
        ]);
        const final = new Map([...expected].map(([id, was]) => [id, ended.get(was) ?? was]));
        assert.deepEqual(shown(content + end), final);
      },
    ),
  }),
};

const shared: FuzzProperty = {
  name: 'files of the pace and the history of any shape',
  weight: 3,
  open: () => ({
    property: fc.asyncProperty(
      leftPush,
      fc.oneof(damage, fc.constant(undefined)),
      fc.anything(),
      async ({ head, content: whole }, how, stored) => {
        const state = parseBucket(stored);
        assert.ok(state === undefined || state.emptyAt >= 0);
        const content = how && how.kind !== 'field' ? damaged(whole, how) : whole;
        const name = `${head.id}.push`;
        const files = new Map([[name, content]]);
        const said: string[] = [];
        const history = new PushHistory({
          folder: memoryFolder(files),
          keep: () => 'all',
          clock: { now: () => 7 },
          log: silentLog,
          onDamaged: (to) => said.push(to),
          onUnreadable: () => undefined,
        });
        const list = await history.list();
        history.dispose();
        assert.equal(list.length + said.length, 1);
        // Whole, wherever it is now.
        assert.equal(files.get(said[0] ?? name), content);
      },
    ),
  }),
};

export const storeProperties = [
  drafts,
  secretsOfAccounts,
  recents,
  openPushes,
  interleaved,
  shared,
];

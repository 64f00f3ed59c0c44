import assert from 'node:assert/strict';
import { emptyDraft } from '../../../src/push/draft';
import {
  abilitiesOf,
  dayOf,
  historyChildren,
  historyRoots,
  nodeId,
} from '../../../src/history/historyTree';
import type { HistoryNode } from '../../../src/history/historyTree';
import type { Fates, PushRecord } from '../../../src/push/outbox/pushRecord';

const day = 24 * 60 * 60 * 1000;
const now = new Date(2026, 10, 22, 12).getTime();
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

function record(id: string, more: Partial<PushRecord> & { met?: Partial<Fates> } = {}): PushRecord {
  const fates: Fates = { accepted: [], refused: [], unknown: [], notSent: [], ...more.met };
  const ids = [
    ...[...fates.accepted, ...fates.unknown, ...fates.notSent],
    ...fates.refused.map((one) => one.id),
  ];
  const people = ids.map((person) => ({ id: person, name: `Person ${person}` }));
  return {
    id,
    at: now,
    host: 'acme.example',
    draft: { ...emptyDraft, recipients: people, text: `text of ${id}` },
    people,
    unresolved: false,
    bare: false,
    state: 'accepted',
    fates,
    counts: {
      accepted: fates.accepted.length,
      refused: fates.refused.length,
      unknown: fates.unknown.length,
      notSent: fates.notSent.length,
    },
    error: undefined,
    endedAt: now,
    restGone: false,
    decision: undefined,
    ...more,
  };
}

const names = (nodes: readonly HistoryNode[]) => nodes.map(nodeId);
const roots = (past: PushRecord[], filter = '', waiting: PushRecord[] = []) =>
  historyRoots({ past, waiting, filter });

describe('the tree of the history', () => {
  it('shows what waits first, then day by day, newest first', () => {
    const past = [record('c'), record('b', { at: now - 1 }), record('a', { at: now - day })];
    const tree = roots(past, '', [record('old', { at: now - 9 * day }), record('new')]);
    assert.deepEqual(names(tree), ['waiting', dayOf(now), dayOf(now - day)]);
    assert.deepEqual(
      tree.map((node) => names(historyChildren(node))),
      [['new', 'old'], ['c', 'b'], ['a']],
    );
  });

  it('has no line for what is not there', () => {
    assert.deepEqual(roots([]), []);
  });

  it('counts days by the local calendar', () => {
    const midnight = new Date(2026, 10, 22).getTime();
    assert.notEqual(dayOf(midnight), dayOf(midnight - 1));
    assert.equal(dayOf(midnight), '2026-11-22');
  });

  it('tells of few people directly, trouble first', () => {
    const push = record('a', {
      met: { accepted: [3], refused: [{ id: 5, code: 'NO' }], unknown: [7], notSent: [9] },
    });
    const people = historyChildren({ kind: 'push', record: push, waits: false });
    assert.deepEqual(people, [
      { kind: 'person', id: 5, name: 'Person 5', fate: 'refused', code: 'NO', of: 'a' },
      { kind: 'person', id: 7, name: 'Person 7', fate: 'unknown', of: 'a' },
      { kind: 'person', id: 9, name: 'Person 9', fate: 'notSent', of: 'a' },
      { kind: 'person', id: 3, name: 'Person 3', fate: 'accepted', of: 'a' },
    ]);
  });

  it('groups many by their fate, and draws no more than anybody reads', () => {
    const push = record('a', { met: { accepted: range(5_000), unknown: [9_999] } });
    const groups = historyChildren({ kind: 'push', record: push, waits: false });
    assert.deepEqual(names(groups), ['a/unknown', 'a/accepted']);
    const accepted = historyChildren(groups[1]!);
    assert.equal(accepted.length, 501);
    assert.deepEqual(accepted.at(-1), { kind: 'more', count: 4_500, of: 'a/accepted' });
  });

  it('tells of a push without people how many there were', () => {
    const bare = record('a', {
      bare: true,
      people: [],
      counts: { accepted: 3, refused: 1, unknown: 0, notSent: 0 },
    });
    const lines = historyChildren({ kind: 'push', record: bare, waits: false });
    assert.deepEqual(
      lines.map((line) => line.kind === 'fate' && [line.fate, line.count]),
      [
        ['refused', 1],
        ['accepted', 3],
      ],
    );
  });

  it('gives every line a name of its own', () => {
    const all = (nodes: readonly HistoryNode[]): string[] =>
      nodes.flatMap((node) => [nodeId(node), ...all(historyChildren(node))]);
    const ids = all(
      roots(
        [
          record('a', {
            met: { accepted: range(600), unknown: range(600).map((id) => id + 1_000) },
          }),
          record('b', { met: { accepted: [1] } }),
        ],
        '',
        [record('c', { met: { accepted: [1] } })],
      ),
    );
    assert.equal(new Set(ids).size, ids.length);
  });

  it('finds words of the text, people, ids, portals and codes, all of them at once', () => {
    const push = record('a', {
      met: { accepted: [3], refused: [{ id: 5, code: 'ACCESS_DENIED' }] },
      draft: { ...emptyDraft, text: 'Ёлка готова' },
      host: 'acme.example',
    });
    const found = (filter: string) => roots([push], filter).length;
    for (const filter of ['елка', 'ЁЛКА готов', 'person 3', 'acme', 'access_denied', ' 5 ', '']) {
      assert.equal(found(filter), 1, filter);
    }
    for (const filter of ['elka', 'ёлка person 4', 'other']) {
      assert.equal(found(filter), 0, filter);
    }
  });

  it('says what may be done with a push', () => {
    const can = (push: PushRecord, waits = false) => abilitiesOf(push, waits).trim().split(' ');
    assert.deepEqual(can(record('a', { met: { accepted: [1] } })), ['push', 'text', 'past']);
    assert.deepEqual(can(record('a', { met: { accepted: [1], notSent: [2] } })), [
      ...['push', 'text', 'past', 'rest'],
    ]);
    assert.deepEqual(can(record('a', { bare: true })), ['push', 'past']);
    const unknown = record('a', { state: 'unknown', met: { unknown: [1], notSent: [2] } });
    assert.deepEqual(can(unknown, true), ['push', 'text', 'unsent']);
    assert.deepEqual(can({ ...unknown, restGone: true }, true), ['push', 'text', 'unknown']);
    assert.deepEqual(can({ ...unknown, state: 'sending' }, true), ['push', 'text']);
  });
});

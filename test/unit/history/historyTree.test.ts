import assert from 'node:assert/strict';
import type { KeptNotice, Notice, OverReason } from '../../../src/automation/notice';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import {
  contextValueOf,
  dayOf,
  historyChildren,
  historyRoots,
} from '../../../src/history/historyTree';
import type { HistoryNode } from '../../../src/history/historyTree';
import { byWay, newDraft } from '../../../src/push/draft';
import type { DeliveryStatus, Push, PushPerson } from '../../../src/push/push';

const day = 24 * 60 * 60 * 1000;
import type { KeptScheduled } from '../../../src/schedule/scheduleStore';

const now = new Date(2026, 10, 22, 12).getTime();
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const offline = new Bitrix24Error({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });

/** A push that is over, to people of these ids. */
function pushOf(
  id: string,
  ids: Partial<Record<DeliveryStatus, number[]>> = {},
  more: Partial<Push> = {},
): Push {
  const people = (Object.keys(ids) as DeliveryStatus[]).flatMap((status) =>
    (ids[status] ?? []).map((person): PushPerson => ({
      ...{ id: person, name: `Person ${person}`, status },
      ...(status === 'refused' && { code: 'ACCESS_DENIED' }),
    })),
  );
  return {
    ...{ id, replaces: [], origin: 'form', at: now, host: 'acme.example' },
    draft: newDraft({ accountId: 'acme:1', recipients: people, text: `text of ${id}` }),
    ...{ people, isResolved: true, error: undefined, endedAt: now },
    ...{ isRestMoved: false, decision: undefined },
    ...more,
  };
}

const names = (nodes: readonly HistoryNode[]) => nodes.map(({ id }) => id);
const lineOf = (push: Push, isOpen = false): HistoryNode => ({
  ...{ kind: 'push', id: push.id, push, isOpen },
});
const roots = (
  past: Push[],
  filter = '',
  open: Push[] = [],
  notices: KeptNotice[] = [],
  scheduled: KeptScheduled[] = [],
) =>
  historyRoots({
    ...{ past, open, filter, notices, scheduled },
    lineOf: ({ name }) => `${name} ended`,
  });

function noticeOf(id: string, more: Partial<Notice> = {}): Notice {
  return { id, at: now, origin: 'task', result: 'ended', name: `name of ${id}`, ...more };
}
const held = (id: string, more: Partial<Notice> = {}): KeptNotice => ({
  ...{ notice: noticeOf(id, more), state: 'held', why: 'paused' },
});
const over = (
  id: string,
  more: Partial<Notice> = {},
  why: OverReason = 'cameBack',
): KeptNotice => ({
  ...{ notice: noticeOf(id, more), state: 'over', why, at: now },
});

const scheduledOf = (id: string, text = `text of ${id}`): KeptScheduled => ({
  push: {
    ...{ id, host: 'acme.example', origin: 'form', at: now, zone: 'UTC', scheduledAt: now - 1 },
    draft: newDraft({ accountId: 'acme:1', recipients: [{ id: 3, name: 'Ivan' }], text }),
    agreed: { by: 'Anna', people: 1 },
  },
  state: 'waits',
});

describe('the tree of the history', () => {
  it('shows what is scheduled above all else, the next one first, and finds it by text and people', () => {
    const all = [scheduledOf('s1'), scheduledOf('s2', 'release')];
    const tree = roots([pushOf('c')], '', [], [held('h')], all);
    assert.deepEqual(names(tree), ['scheduled', 'held', dayOf(now)]);
    assert.deepEqual(names(historyChildren(tree[0]!)), ['scheduled/s1', 'scheduled/s2']);
    assert.deepEqual(historyChildren(historyChildren(tree[0]!)[0]!), []);
    const found = (filter: string) =>
      roots([], filter, [], [], all).flatMap((root) => names(historyChildren(root)));
    assert.deepEqual(found('RELEASE'), ['scheduled/s2']);
    assert.deepEqual(found('ivan'), ['scheduled/s1', 'scheduled/s2']);
    assert.deepEqual(found('petr'), []);
  });

  it('shows what waits first, then day by day, newest first', () => {
    const past = [
      pushOf('c'),
      pushOf('b', {}, { at: now - 1 }),
      pushOf('a', {}, { at: now - day }),
    ];
    const tree = roots(past, '', [pushOf('old', {}, { at: now - 9 * day }), pushOf('new')]);
    assert.deepEqual(names(tree), ['waiting', dayOf(now), dayOf(now - day)]);
    assert.deepEqual(
      tree.map((node) => names(historyChildren(node))),
      [['new', 'old'], ['c', 'b'], ['a']],
    );
  });

  it('shows what is held before all else, and what is over on its day among the pushes', () => {
    const past = [pushOf('b'), pushOf('a', {}, { at: now - 10 })];
    const notices = [
      over('between', { at: now - 5 }),
      held('old', { at: now - 9 * day }),
      over('yesterday', { at: now - day }),
      held('new'),
      over('last', { at: now - 20 }),
    ];
    const tree = roots(past, '', [pushOf('c')], notices);
    assert.deepEqual(names(tree), ['held', 'waiting', dayOf(now), dayOf(now - day)]);
    assert.deepEqual(
      tree.map((node) => names(historyChildren(node))),
      [
        ['notice/new', 'notice/old'],
        ['c'],
        ['b', 'notice/between', 'a', 'notice/last'],
        ['notice/yesterday'],
      ],
    );
    const [first] = historyChildren(tree[0]!);
    assert.deepEqual(first, { kind: 'notice', id: 'notice/new', kept: notices[3] });
    assert.deepEqual(historyChildren(first), []);
  });

  it('draws 500 lines of a group at once, and all others below a line of their own', () => {
    const asked: string[] = [];
    const notices = range(10_000).map((at) => over(`${at}`, { at: now - at }));
    const tree = historyRoots({
      ...{ past: [], open: [], filter: '', notices, scheduled: [] },
      lineOf: ({ id }) => {
        asked.push(id);
        return id;
      },
    });
    assert.deepEqual(asked, [], 'words are made only for what is drawn or searched');
    const today = tree.find(({ id }) => id === dayOf(now))!;
    let lines = historyChildren(today);
    const ids: string[] = [];
    while (lines.at(-1)?.kind === 'rest') {
      assert.equal(lines.length, 501);
      ids.push(...names(lines.slice(0, 500)));
      lines = historyChildren(lines.at(-1)!);
    }
    ids.push(...names(lines));
    assert.deepEqual(
      ids,
      range(10_000).map((at) => `notice/${at}`),
    );
  });

  it('shows the things that a push tells of, then what became of it', () => {
    const things = [
      { at: now - 9, origin: 'task', text: 'build failed', held: 'paused' },
      { at: now - 5, origin: 'agent', text: 'Claude waits' },
    ] as const;
    const push = pushOf('a', { accepted: [1] }, { origin: 'task', things });
    const lines = historyChildren(lineOf(push));
    assert.deepEqual(lines.slice(0, 2), [
      { kind: 'thing', id: 'a/thing/0', thing: things[0] },
      { kind: 'thing', id: 'a/thing/1', thing: things[1] },
    ]);
    assert.deepEqual(names(lines.slice(2)), ['a/accepted/1']);
    assert.deepEqual(historyChildren(lines[0]!), []);
    const many = pushOf('b', {}, { things: range(501).map((at) => ({ ...things[0], at })) });
    assert.equal(historyChildren(lineOf(many)).at(-1)?.kind, 'rest');
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
    const push = pushOf('a', { accepted: [3], refused: [5], unknown: [7], notSent: [9] });
    const people = historyChildren(lineOf(push));
    assert.deepEqual(
      people.map((line) => line.kind === 'person' && [line.id, line.person]),
      [
        ['a/refused/5', { id: 5, name: 'Person 5', status: 'refused', code: 'ACCESS_DENIED' }],
        ['a/unknown/7', { id: 7, name: 'Person 7', status: 'unknown' }],
        ['a/notSent/9', { id: 9, name: 'Person 9', status: 'notSent' }],
        ['a/accepted/3', { id: 3, name: 'Person 3', status: 'accepted' }],
      ],
    );
  });

  it('tells how far a push has come that is being sent', () => {
    const push = pushOf('a', { accepted: [1], sending: [2], pending: [3] }, { endedAt: undefined });
    assert.deepEqual(names(historyChildren(lineOf(push, true))), [
      ...['a/sending/2', 'a/pending/3', 'a/accepted/1'],
    ]);
  });

  it('groups many by their delivery status, and draws no more lines than anybody reads', () => {
    const push = pushOf('a', { accepted: range(5_000), unknown: [9_999] });
    const groups = historyChildren(lineOf(push));
    assert.deepEqual(names(groups), ['a/unknown', 'a/accepted']);
    const accepted = historyChildren(groups[1]!);
    assert.equal(accepted.length, 501);
    assert.deepEqual(accepted.at(-1), { kind: 'more', count: 4_500, id: 'a/accepted/more' });
  });

  it('tells of a push without people how many there were', () => {
    const counts = { accepted: 3, refused: 1, unknown: 0, notSent: 0, pending: 0, sending: 0 };
    const push = pushOf('a', {}, { redactedTo: counts });
    const lines = historyChildren(lineOf(push));
    assert.deepEqual(
      lines.map((line) => line.kind === 'status' && [line.status, line.count]),
      [
        ['refused', 1],
        ['accepted', 3],
      ],
    );
  });

  it('gives every line a name of its own', () => {
    const all = (nodes: readonly HistoryNode[]): string[] =>
      nodes.flatMap((node) => [node.id, ...all(historyChildren(node))]);
    const more = range(600).map((id) => id + 1_000);
    const past = [
      pushOf('a', { accepted: range(600), unknown: more }),
      pushOf('b', { accepted: [1] }),
    ];
    const things = [1, 2].map((at) => ({ at, origin: 'task' as const, text: 'same' }));
    const open = [pushOf('c', { accepted: [1] }, { things })];
    const ids = all(
      roots(past, '', open, [held('a'), over('b'), ...range(1_001).map((id) => over(`o${id}`))]),
    );
    assert.equal(new Set(ids).size, ids.length);
  });

  it('finds words of the text, people, ids, portals and codes, all of them at once', () => {
    const draft = newDraft({ text: 'Ёлка готова' });
    const push = pushOf('a', { accepted: [3], refused: [5] }, { draft });
    const found = (filter: string) => roots([push], filter).length;
    for (const filter of ['елка', 'ЁЛКА готов', 'person 3', 'acme', 'access_denied', ' 5 ', '']) {
      assert.equal(found(filter), 1, filter);
    }
    for (const filter of ['elka', 'ёлка person 4', 'other']) {
      assert.equal(found(filter), 0, filter);
    }
  });

  it('finds words of notices and of things, and who asked', () => {
    const notices = [
      held('a', { folder: 'Shop', words: 'all green', askedBy: 'Claude Code' }),
      over('b', { name: 'lint' }),
    ];
    const things = [{ at: now, origin: 'task', text: 'deploy failed' }] as const;
    const push = pushOf('p', { accepted: [1] }, { askedBy: 'Robot', things });
    const found = (filter: string) => names(roots([push], filter, [], notices));
    for (const filter of ['shop', 'GREEN all', 'claude', 'name of a', 'a ended']) {
      assert.deepEqual(found(filter), ['held'], filter);
    }
    const today = [dayOf(now)];
    for (const filter of ['lint', 'lint ended', 'deploy', 'robot']) {
      assert.deepEqual(found(filter), today, filter);
    }
    assert.deepEqual(found('lint shop'), []);
    assert.equal(historyChildren(roots([push], 'lint', [], notices)[0]!).length, 1);
  });

  it('says what may be done with a push', () => {
    const can = (push: Push, isOpen = false) => contextValueOf({ push, isOpen }).split(' ');
    assert.deepEqual(can(pushOf('a', { accepted: [1] })), ['push', 'text', 'past']);
    assert.deepEqual(can(pushOf('a', { accepted: [1], notSent: [2] })), [
      ...['push', 'text', 'past', 'rest'],
    ]);
    const bell = pushOf('a', { accepted: [1], unknown: [2], refused: [3] });
    const notification = { ...bell, draft: byWay(bell.draft, 'notification') };
    assert.ok(can(notification).includes('bell') && !can(bell).includes('bell'));
    const people = notification.people.map((one) => ({ ...one, isDeleted: one.id < 3 }));
    assert.ok(!can({ ...notification, people }).includes('bell'));
    const counts = { accepted: 1, refused: 1, unknown: 0, notSent: 0, pending: 0, sending: 0 };
    assert.deepEqual(can(pushOf('a', {}, { redactedTo: counts })), ['push', 'past']);
    const kept = pushOf('a', { notSent: [1] }, { error: offline });
    assert.deepEqual(can(kept, true), ['push', 'text', 'unsent']);
    const unknown = pushOf('a', { unknown: [1], notSent: [2] });
    assert.deepEqual(can(unknown, true), ['push', 'text', 'unsent']);
    assert.deepEqual(can({ ...unknown, isRestMoved: true }, true), ['push', 'text', 'unknown']);
    assert.deepEqual(can({ ...unknown, endedAt: undefined }, true), ['push', 'text']);
  });

  it('offers nothing more about a push that its user has decided', () => {
    const push = pushOf('a', { accepted: [1], refused: [2] }, { decision: 'replaced' });
    assert.equal(contextValueOf({ push, isOpen: false }), 'push text past');
  });
});

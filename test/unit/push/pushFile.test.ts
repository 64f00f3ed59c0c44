import assert from 'node:assert/strict';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { byWay, newDraft } from '../../../src/push/draft';
import { actionsOf, isWaiting, restDraft, summaryOf, unknownDraft } from '../../../src/push/push';
import type { Push } from '../../../src/push/push';
import {
  errorFieldOf,
  eventText,
  headText,
  interruptionOf,
  parsePush,
  redacted,
} from '../../../src/push/pushFile';
import type { EventLine } from '../../../src/push/pushFile';
import { fileNameOf, newPushId, parseFileName, timeOf } from '../../../src/push/pushFileName';
import type { PushFileName } from '../../../src/push/pushFileName';

const draft = newDraft({
  accountId: 'acme:1',
  recipients: [1, 2, 3, 4].map((id) => ({ id, name: `Person ${id}` })),
  text: 'Hi',
});
const byBell = byWay(draft, 'notification');
const host = 'acme.example';
const head = headText({ id: 'a', at: 1, host, origin: 'form', draft });
const contentOf = (...events: EventLine[]) => head + events.map(eventText).join('');
const pushOf = (...events: EventLine[]): Push => parsePush(contentOf(...events))!;

function idsOf({ people }: Push): Record<string, number[]> {
  const groups: Record<string, number[]> = {};
  for (const { id, status } of people) {
    groups[status] = [...(groups[status] ?? []), id];
  }
  return groups;
}

const sending = (request: number, ...wire: number[]): EventLine => ({
  ...{ t: 'sending', at: 1, request, wire },
});
const answered = (
  request: number,
  more: Partial<Extract<EventLine, { t: 'answered' }>> = {},
): EventLine => ({ t: 'answered', at: 2, request, ...more });
const end: EventLine = { t: 'end', at: 3 };
const timeout: EventLine = {
  ...end,
  error: { kind: 'timeout', phase: 'noAnswer', code: 'TIMEOUT' },
};
const mixed: EventLine[] = [
  sending(0, 1, 2),
  answered(0, { refused: [[2, 'NO']] }),
  sending(1, 3),
  timeout,
];

describe('the file of a push', () => {
  it('tells a notification from a push, and takes one that says nothing for a push', () => {
    assert.equal(pushOf(end).draft.via, undefined);
    const bell = headText({ ...{ id: 'a', at: 1, host, origin: 'form' }, draft: byBell });
    assert.equal(parsePush(bell)?.draft.via, 'notification');
    assert.equal(parsePush(redacted(bell))?.draft.via, 'notification');
    assert.equal(parsePush(bell.replace('"notification"', '"letter"')), undefined);
  });

  it('tells out of whose bells a notification was deleted', () => {
    const deleted: EventLine = { t: 'deleted', at: 4, from: [2, 3] };
    const push = pushOf(sending(0, 1, 2, 3), answered(0), end, deleted);
    assert.deepEqual(
      push.people.filter(({ isDeleted }) => isDeleted).map(({ id }) => id),
      [2, 3],
    );
    assert.deepEqual(summaryOf(push), summaryOf(pushOf(sending(0, 1, 2, 3), answered(0), end)));
  });

  it('tells which of two requests at a time was answered, in whatever order', () => {
    const both = [sending(1, 1, 2), sending(2, 3)];
    const first = pushOf(...both, answered(1, { refused: [[2, 'NO']] }));
    assert.deepEqual(idsOf(first), { accepted: [1], refused: [2], sending: [3], pending: [4] });
    const second = pushOf(...both, answered(2));
    assert.deepEqual(idsOf(second), { sending: [1, 2], accepted: [3], pending: [4] });
  });

  it('takes people on the wire for unknown once it has ended, and all others for not sent', () => {
    const push = pushOf(sending(1, 1, 2), sending(2, 3), answered(2), end);
    assert.deepEqual(idsOf(push), { unknown: [1, 2], accepted: [3], notSent: [4] });
  });

  it('keeps people in doubt whose request was noted again before its answer', () => {
    const again = [sending(1, 1, 2), sending(1, 2)];
    assert.deepEqual(idsOf(pushOf(...again)), { unknown: [1], sending: [2], pending: [3, 4] });
    const accepted = idsOf(pushOf(...again, answered(1), end));
    assert.deepEqual(accepted, { unknown: [1], accepted: [2], notSent: [3, 4] });
    for (const answer of [{ refused: [[2, 'NO'] as [number, string]] }, { notSent: [2] }]) {
      // The answer to the second request says nothing about the first one.
      const push = pushOf(...again, answered(1, answer), end);
      assert.deepEqual(idsOf(push), { unknown: [1, 2], notSent: [3, 4] });
      assert.ok(push.people.every(({ code }) => code === undefined));
    }
  });

  it('lets people go once more whose command the portal had no time for', () => {
    const once = [sending(1, 1, 2), answered(1, { notSent: [2] })];
    assert.deepEqual(idsOf(pushOf(...once)), { accepted: [1], pending: [2, 3, 4] });
    const twice = pushOf(...once, sending(1, 2), answered(1, { refused: [[2, 'NO']] }), end);
    assert.deepEqual(idsOf(twice), { accepted: [1], refused: [2], notSent: [3, 4] });
  });

  it('tells the outcome that was told after sending', () => {
    const push = pushOf(...mixed);
    assert.deepEqual(idsOf(push), { accepted: [1], refused: [2], unknown: [3], notSent: [4] });
    assert.deepEqual(push.people[1], { id: 2, name: 'Person 2', status: 'refused', code: 'NO' });
    assert.equal(summaryOf(push).state, 'partly');
    assert.ok(push.error instanceof Bitrix24Error);
    assert.deepEqual([push.error.code, push.error.host], ['TIMEOUT', host]);
    assert.deepEqual([summaryOf(pushOf()).state, isWaiting(pushOf())], ['pending', false]);
  });

  it('gives drafts for the rest and for people in doubt, until they are elsewhere', () => {
    const ids = (part = restDraft(pushOf())) => part?.recipients.map(({ id }) => id);
    const push = pushOf(...mixed);
    assert.deepEqual(ids(restDraft(push)), [2, 4]);
    assert.deepEqual(ids(unknownDraft(push)), [3]);
    assert.equal(restDraft(push)?.id, draft.id, 'the same draft');
    assert.equal(restDraft(push)?.version, restDraft(pushOf(...mixed))?.version, 'for ever');
    assert.notEqual(restDraft(push)?.version, draft.version);
    assert.deepEqual(actionsOf(push), ['sendToRest', 'discard']);
    const moved = pushOf(...mixed, { t: 'restMoved', at: 4 });
    assert.equal(restDraft(moved), undefined);
    assert.deepEqual(actionsOf(moved), ['sendAnyway', 'markAsSent', 'discard']);
    const decided = pushOf(...mixed, { t: 'decision', at: 4, as: 'replaced' });
    assert.deepEqual([isWaiting(decided), actionsOf(decided)], [false, []]);
    const bare = parsePush(redacted(contentOf(...mixed)))!;
    assert.deepEqual(
      [restDraft(bare), unknownDraft(bare), actionsOf(bare)],
      [...[undefined, undefined, []]],
    );
  });

  it('says why not everybody got a push that was interrupted', () => {
    const why = (...events: EventLine[]) => interruptionOf(pushOf(...events));
    const interrupted = { kind: 'reset', code: 'INTERRUPTED' };
    assert.deepEqual(why(), { ...interrupted, phase: 'notSent' });
    assert.deepEqual(why(sending(1, 1)), { ...interrupted, phase: 'noAnswer' });
    assert.deepEqual(why(sending(1, 1), answered(1)), { ...interrupted, phase: 'notSent' });
    assert.equal(why(sending(1, 1, 2, 3, 4), answered(1)), undefined);
    assert.deepEqual(
      why(sending(1, 1, 2, 3, 4), answered(1, { refused: [[2, 'EMPTY_APP_NAME']] })),
      { kind: 'server', phase: 'answered', code: 'EMPTY_APP_NAME' },
    );
  });

  it('keeps of an error what no server has written', () => {
    const error = new Bitrix24Error({
      ...{ kind: 'server', phase: 'answered', code: 'NO', httpStatus: 403 },
      ...{ description: 'canary', host, cause: new Error('canary') },
    });
    const field = errorFieldOf(error);
    assert.deepEqual(field, { kind: 'server', phase: 'answered', code: 'NO', httpStatus: 403 });
  });

  it('loses text, people and texts of errors when it is redacted, and no count', () => {
    const content = redacted(contentOf(...mixed));
    assert.doesNotMatch(content, /Hi|Person/);
    const { counts, people } = summaryOf(parsePush(content)!);
    const { accepted, refused, unknown, notSent } = counts;
    assert.deepEqual([accepted, refused, unknown, notSent, people], [1, 1, 1, 1, 4]);
    assert.equal(redacted(content), content);
  });

  it('is read without a torn end, and not at all when it is damaged', () => {
    const torn = parsePush(`${contentOf(sending(1, 1))}{"t":"answ`);
    assert.deepEqual(idsOf(torn!)['sending'], [1]);
    for (const damaged of ['', 'hello\n', `hello\n${head}`, `${head}{"t":"what"}\n`, `${head}\n`]) {
      assert.equal(parsePush(damaged), undefined, damaged);
    }
  });

  it('has everybody in its first line only where departments were written', () => {
    const departments = [{ id: 7, reach: 'tree' as const }];
    const common = { id: 'a', at: 1, host, origin: 'form' as const };
    const written = { ...draft, recipients: [{ id: 1 }], departments };
    const unresolved = parsePush(headText({ ...common, draft: written }))!;
    assert.deepEqual([unresolved.isResolved, idsOf(unresolved)], [false, { pending: [1] }]);
    const people = [{ id: 1 }, { id: 8, name: 'Person 8' }];
    const resolved = parsePush(headText({ ...common, draft: written, people }))!;
    assert.deepEqual([resolved.isResolved, idsOf(resolved)], [true, { pending: [1, 8] }]);
    assert.deepEqual(resolved.draft.departments, departments);
  });
});

describe('the name of the file of a push', () => {
  it('says who holds it or where it stands, and is read as it was written', () => {
    const file = {
      id: newPushId(1_700_000_000_000),
      keys: ['0123456789abcdef'],
      draft: '89abcdef',
    };
    const places: PushFileName['place'][] = [
      { kind: 'held', process: '42-1a-0b-ff', window: '0a1b2c3d' },
      ...(['unsent', 'unknown', 'sent'] as const).map((kind) => ({ kind })),
    ];
    for (const place of places) {
      for (const keys of [file.keys, [...file.keys, 'fedcba9876543210']]) {
        const one = { ...file, keys, place };
        assert.deepEqual(parseFileName(fileNameOf(one)), one);
      }
    }
    assert.equal(timeOf(file.id), 1_700_000_000_000);
  });

  it('sorts by time', () => {
    const ids = [1, 1_600_000_000_000, 1_700_000_000_000, 4_000_000_000_000].map(newPushId);
    assert.deepEqual([...ids].sort(), ids);
  });

  it('is none of ours when it says anything else', () => {
    const file = { id: newPushId(1), keys: ['0123456789abcdef'], draft: '89abcdef' };
    const name = fileNameOf({ ...file, place: { kind: 'unsent' } });
    for (const other of ['', `${name}.1.damaged`, `${name}.tmp`, `../${name}`, 'x.push']) {
      assert.equal(parseFileName(other), undefined, other);
    }
  });
});

import assert from 'node:assert/strict';
import type { AskedAnswer, AskedPush } from '../../../src/automation/askedSend';
import type { NewNotice, Taken } from '../../../src/automation/notice';
import { createPushTask } from '../../../src/automation/sources/pushTask';
import { silentLog } from '../../support/silentLog';

describe('a task of the type bitrix24-push', () => {
  let taken: NewNotice[];
  let asked: AskedPush[];
  let said: string[];
  let take: () => Promise<Taken>;
  let answer: AskedAnswer;
  let isTrusted: boolean;

  beforeEach(() => {
    [taken, asked, said, isTrusted] = [[], [], [], true];
    take = () => Promise.resolve({ kind: 'kept', id: '1', end: new Promise(() => undefined) });
    answer = { outcome: 'accepted', message: 'Accepted for 1 person.', accepted: 1 };
  });

  const run = (definition: object) =>
    createPushTask({
      reach: {
        take: (notice) => {
          taken.push(notice);
          return take();
        },
      },
      askedSend: (push) => {
        asked.push(push);
        return Promise.resolve(answer);
      },
      isTrusted: () => isTrusted,
      log: silentLog,
    })({
      definition: { type: 'bitrix24-push', ...definition },
      name: 'tell',
      say: (line) => said.push(line),
      signal: new AbortController().signal,
    });

  it('goes to its user as something that was asked for', async () => {
    for (const to of [undefined, 'me', ['me'], ['ME', 'me']]) {
      assert.equal(await run({ text: ' Built. ', ...(to && { to }) }), 0);
    }
    assert.equal(taken.length, 4);
    assert.deepEqual(taken[0], {
      ...{ origin: 'task', result: 'said', isAskedFor: true },
      ...{ name: 'tell', words: 'Built.', askedBy: 'tell' },
    });
    assert.deepEqual(
      [asked, said[0]],
      [[], 'VS Code has the push, and sends it to your phone once nothing holds it.'],
    );
  });

  it('goes to others only by the question to its user', async () => {
    assert.equal(await run({ text: 'Built.', to: ['me', 'group:Release team'] }), 0);
    assert.equal(await run({ text: 'Built.', to: 'Anna' }), 0);
    assert.deepEqual(taken, []);
    assert.deepEqual(asked, [
      { to: ['me', 'group:Release team'], text: 'Built.', by: 'tell', origin: 'task' },
      { to: ['Anna'], text: 'Built.', by: 'tell', origin: 'task' },
    ]);
    assert.deepEqual(said, ['Accepted for 1 person.', 'Accepted for 1 person.']);
  });

  it('ends with a code for each outcome', async () => {
    const codes: [AskedAnswer['outcome'], number][] = [
      ['accepted', 0],
      ['partly', 3],
      ['refused', 3],
      ['notSent', 3],
      ['invalid', 3],
      ['unknown', 4],
      ['cancelled', 5],
    ];
    for (const [outcome, code] of codes) {
      answer = { outcome, message: outcome, accepted: 0 };
      assert.equal(await run({ text: 'Built.', to: ['Anna'] }), code, outcome);
    }
  });

  it('is refused without the standing yes, and where the disk does not take it', async () => {
    take = () => Promise.resolve({ kind: 'off' });
    assert.equal(await run({ text: 'Built.' }), 3);
    take = () => Promise.reject(new Error('disk'));
    assert.equal(await run({ text: 'Built.' }), 3);
    take = () => Promise.resolve({ kind: 'notDue' });
    assert.equal(await run({ text: 'Built.' }), 0);
    assert.equal(new Set(said).size, 3);
  });

  it('sends nothing that it does not understand, and nothing from a workspace that is not trusted', async () => {
    for (const bad of [
      {},
      { text: 5 },
      { text: ' ' },
      { text: 'x', to: [] },
      { text: 'x', to: [5] },
    ]) {
      assert.equal(await run(bad), 3);
    }
    isTrusted = false;
    assert.equal(await run({ text: 'Built.' }), 3);
    assert.equal(await run({ text: 'Built.', to: ['Anna'] }), 3);
    assert.deepEqual([taken, asked], [[], []]);
    assert.match(said[0] ?? '', /“text”/);
  });

  it('writes nothing into its terminal that could steer it', async () => {
    answer = { outcome: 'refused', message: 'No\u001b[2J\r\nlines', accepted: 0 };
    await run({ text: 'Built.', to: ['Anna'] });
    assert.deepEqual(said, ['No [2J lines']);
  });
});

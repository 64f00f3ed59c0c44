import assert from 'node:assert/strict';
import { RecentRecipients } from '../../../src/people/recentRecipients';
import type { RecentRecipientsDeps } from '../../../src/people/recentRecipients';

const day = 24 * 60 * 60 * 1000;

describe('recent recipients', () => {
  let memory: Map<string, unknown>;
  let now: number;
  let recents: RecentRecipients;

  beforeEach(() => {
    memory = new Map();
    now = 100 * day;
    recents = new RecentRecipients({
      memento: {
        get: (key: string) => memory.get(key),
        update: (key: string, value: unknown) => {
          if (value === undefined) {
            memory.delete(key);
          } else {
            // As VS Code does: through JSON.
            memory.set(key, JSON.parse(JSON.stringify(value)));
          }
          return Promise.resolve();
        },
      } as RecentRecipientsDeps['memento'],
      clock: { now: () => now },
    });
  });

  const ids = (account = 'a') => recents.list(account).map(({ id }) => id);

  it('begin with those of the last push, then the most and most recently used', async () => {
    for (const used of [[1], [1], [1], [2], [3]]) {
      await recents.record(
        'a',
        used.map((id) => ({ id })),
      );
      now += 1;
    }
    assert.deepEqual(ids(), [3, 1, 2]);
    now += 100 * day;
    await recents.record('a', [{ id: 2 }]);
    now += 1;
    await recents.record('a', [{ id: 3 }, { id: 4 }]);
    assert.deepEqual(ids(), [3, 4, 2, 1]);
    assert.deepEqual(
      recents.last('a').map(({ id }) => id),
      [3, 4],
    );
  });

  it('weigh more the more often and the more recently they were used', async () => {
    for (const id of [1, 2, 2]) {
      await recents.record('a', [{ id }]);
    }
    now += 100 * day;
    await recents.record('a', [{ id: 3 }]);
    const weights = recents.weights('a');
    const order = [...weights].sort(([, a], [, b]) => b - a).map(([id]) => id);
    assert.deepEqual(order, [3, 2, 1]);
    assert.equal(recents.weights('b').size, 0);
  });

  it('keep ids and names and nothing else, and a name once known', async () => {
    await recents.record('a', [{ id: 1, name: 'Anna', position: 'CTO', photo: 'https://a/b' }]);
    await recents.record('a', [{ id: 1 }]);
    assert.deepEqual(recents.list('a'), [{ id: 1, name: 'Anna' }]);
    assert.doesNotMatch(JSON.stringify([...memory.values()]), /CTO|https/u);
  });

  it('keep fifty', async () => {
    for (let id = 1; id <= 60; id += 1) {
      await recents.record('a', [{ id }]);
      now += 1;
    }
    assert.equal(ids().length, 50);
    assert.equal(ids()[0], 60);
  });

  it('belong to an account and go with it', async () => {
    await recents.record('a', [{ id: 1 }]);
    await recents.record('b', [{ id: 2 }]);
    assert.deepEqual([ids('a'), ids('b'), ids('c')], [[1], [2], []]);
    await recents.forget('a');
    assert.deepEqual([ids('a'), ids('b')], [[], [2]]);
    assert.equal(memory.size, 1);
  });

  it('survive a damaged state', async () => {
    memory.set('recentRecipients/a', [{ id: 'x' }]);
    assert.deepEqual(ids(), []);
    await recents.record('a', [{ id: 1 }]);
    assert.deepEqual(ids(), [1]);
  });

  it('lose to damage only what is damaged', () => {
    const at = now - 1;
    memory.set('recentRecipients/a', [{ id: 'x' }, { id: 2, weight: 1, at }, null, { id: 3 }]);
    assert.deepEqual(ids(), [2]);
  });

  it('have nobody for ever first whom a wrong clock put there', async () => {
    memory.set('recentRecipients/a', [{ id: 6, weight: 1, at: now + 1000 * day }]);
    await recents.record('a', [{ id: 5 }]);
    assert.deepEqual(
      recents.last('a').map(({ id }) => id),
      [5],
    );
  });
});

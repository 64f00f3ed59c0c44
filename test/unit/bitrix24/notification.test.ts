import assert from 'node:assert/strict';
import { addNotifications, deleteNotifications } from '../../../src/bitrix24/notification';
import type { NotificationRequest } from '../../../src/bitrix24/notification';
import type { PushStatus } from '../../../src/bitrix24/push';
import { testClient } from '../../support/testClient';
import { failureOf, FakeClock, FakeTokens, json, ScriptedTransport, type Step } from './support';

const to = (userId: number, text = 'Hi'): NotificationRequest => ({
  ...{ userId, text, tag: `tag ${userId}` },
});
const word = (status: PushStatus) =>
  status.kind === 'accepted' ? 'accepted' : `${status.kind} ${status.error.code}`;

function setUp(...steps: Step[]) {
  const transport = new ScriptedTransport(...steps);
  const client = testClient({ transport, tokens: new FakeTokens(), clock: new FakeClock() });
  return {
    transport,
    add: (...requests: NotificationRequest[]) => addNotifications(client, requests),
    remove: (...tags: string[]) => deleteNotifications(client, tags),
  };
}
const bodyOf = ({ requests }: ScriptedTransport): unknown =>
  JSON.parse(requests[0]?.body ?? '') as unknown;
const batch = (result: object, errors: object = {}) =>
  json({ result: { result, result_error: errors } });

describe('addNotifications', () => {
  it('is a plain call for one person, with a tag', async () => {
    const { transport, add } = setUp(json({ result: 17 }));
    assert.deepEqual((await add(to(3))).map(word), ['accepted']);
    assert.ok(transport.requests[0]?.url.pathname.endsWith('/im.notify.personal.add'));
    const { USER_ID, MESSAGE, TAG } = bodyOf(transport) as Record<string, unknown>;
    assert.deepEqual([USER_ID, MESSAGE, TAG], [3, 'Hi', 'tag 3']);
  });

  it('is a batch with one person a command for several', async () => {
    const { transport, add } = setUp(batch({ c0: 1, c1: 2 }));
    assert.deepEqual((await add(to(3), to(5, 'Yo'))).map(word), ['accepted', 'accepted']);
    const { cmd } = bodyOf(transport) as { cmd: Record<string, string> };
    assert.deepEqual(Object.values(cmd), [
      'im.notify.personal.add?USER_ID=3&MESSAGE=Hi&TAG=tag%203',
      'im.notify.personal.add?USER_ID=5&MESSAGE=Yo&TAG=tag%205',
    ]);
  });

  const answers: [what: string, result: unknown, status: string][] = [
    ['an id', 1, 'accepted'],
    ['false', false, 'refused NOT_ADDED'],
    ['true', true, 'unknown UNEXPECTED_ANSWER'],
    ['no id', 0, 'unknown UNEXPECTED_ANSWER'],
    ['a fraction', 1.5, 'unknown UNEXPECTED_ANSWER'],
    ['words', 'ok', 'unknown UNEXPECTED_ANSWER'],
    ['nothing', null, 'unknown UNEXPECTED_ANSWER'],
  ];
  for (const [what, result, status] of answers) {
    it(`takes the answer ${what} in a batch for ${status}`, async () => {
      const { add } = setUp(batch({ c0: 1, c1: result }));
      assert.deepEqual((await add(to(3), to(5))).map(word), ['accepted', status]);
    });

    it(`takes the answer ${what} to a plain call for ${status}`, async () => {
      const { add } = setUp(json({ result }));
      const isOpen = status.startsWith('unknown');
      const said = isOpen
        ? await failureOf(add(to(3))).then(({ phase, code }) => `${phase} ${code}`)
        : (await add(to(3))).map(word).join();
      assert.equal(said, status.replace('unknown ', 'noAnswer '));
    });
  }

  it('tells the people of one batch apart', async () => {
    const { add } = setUp(
      batch({ c0: 1 }, { c1: { error: 'USER_ID_EMPTY' }, c2: { error: 'INTERNAL_SERVER_ERROR' } }),
    );
    assert.deepEqual((await add(to(3), to(5), to(7), to(9))).map(word), [
      ...['accepted', 'refused USER_ID_EMPTY'],
      ...['unknown INTERNAL_SERVER_ERROR', 'unknown NO_ANSWER'],
    ]);
  });

  it('sends nothing that a batch would garble', async () => {
    const { transport, add } = setUp();
    const error = await failureOf(add(to(3), to(5, '$result[c0]')));
    assert.deepEqual([error.code, error.phase], ['NOT_FOR_BATCH', 'notSent']);
    const many = Array.from({ length: 51 }, (_, index) => to(index + 1));
    assert.equal((await failureOf(add(...many))).code, 'NOT_FOR_BATCH');
    assert.equal(transport.requests.length, 0);
  });
});

describe('deleteNotifications', () => {
  it('deletes by tag, and says which of them failed', async () => {
    const { transport, remove } = setUp(
      batch({ c0: true, c2: false }, { c1: { error: 'ACCESS_DENIED' } }),
    );
    const errors = await remove('a', 'b', 'c', 'd');
    assert.deepEqual(
      errors.map((error) => error?.code),
      [undefined, 'ACCESS_DENIED', 'UNEXPECTED_ANSWER', 'NO_ANSWER'],
    );
    const { cmd } = bodyOf(transport) as { cmd: Record<string, string> };
    assert.equal(cmd['c0'], 'im.notify.delete?TAG=a');
  });
});

import assert from 'node:assert/strict';
import type { AskedAnswer, AskedPush, AskedSend } from '../../../src/automation/askedSend';
import { isWrittenPush, sendWritten } from '../../../src/tools/askedByCode';
import { createApi } from '../../../src/tools/createApi';

const answer: AskedAnswer = { outcome: 'cancelled', message: 'The user said no.', accepted: 0 };

function asking() {
  const pushes: AskedPush[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const askedSend: AskedSend = (push, signal) => {
    pushes.push(push);
    signals.push(signal);
    return Promise.resolve(answer);
  };
  const send = (written: unknown, signal?: AbortSignal) =>
    sendWritten(written, { by: 'Another extension', askedSend, signal });
  return { send, pushes, signals };
}

describe('the argument of a command', () => {
  for (const push of [{ to: 'Anna', text: 'Hi' }, { text: 'Hi' }, { to: [] }]) {
    it(`is a push: ${JSON.stringify(push)}`, () => assert.ok(isWrittenPush(push)));
  }
  const others: unknown[] = [
    ...[undefined, null, '', 'Hi', 7, [], [{ to: 'Anna', text: 'Hi' }], {}],
    ...[{ scheme: 'file', path: '/a' }, ['workspaceFolder', 'text']],
  ];
  for (const other of others) {
    it(`is no push, so the palette asks: ${JSON.stringify(other)}`, () =>
      assert.ok(!isWrittenPush(other)));
  }
});

describe('a push by code', () => {
  it('is sent by the one way that asks every time, with the name of who asks', async () => {
    const { send, pushes, signals } = asking();
    const { signal } = new AbortController();
    const written = { to: ['Anna', 3], text: 'Hi', avatar: 'https://a.example', from: 'b.example' };
    assert.equal(await send({ ...written, by: 'GitLens' }, signal), answer);
    assert.deepEqual(pushes, [{ ...written, to: ['Anna', '3'], by: 'GitLens', origin: 'command' }]);
    assert.deepEqual(signals, [signal]);
  });

  it('is from another extension if it does not say its name, or only looks as if it did', async () => {
    const { send, pushes } = asking();
    await send({ to: 'Anna', text: 'Hi' });
    await send({ to: 'Anna', text: 'Hi', by: '\u200b \n' });
    await send({ to: 'Anna', text: 'Hi', by: 'a\n[b](command:c)' });
    assert.deepEqual(
      pushes.map(({ by }) => by),
      ['Another extension', 'Another extension', 'a [b] (command :c)'],
    );
  });

  it('cannot say its origin, or anything else that would skip the question', async () => {
    const { send, pushes } = asking();
    await send({
      to: 'Anna',
      text: 'Hi',
      origin: 'form',
      consent: { kind: 'standing' },
      yes: true,
    });
    assert.deepEqual(pushes, [
      { to: ['Anna'], text: 'Hi', by: 'Another extension', origin: 'command' },
    ]);
  });

  for (const written of [undefined, {}, { to: 'Anna' }, { to: [], text: 'Hi' }, { text: 'Hi' }]) {
    it(`is answered where it has a fault, and nobody is asked: ${JSON.stringify(written)}`, async () => {
      const { send, pushes } = asking();
      const { outcome, message, accepted } = await send(written);
      assert.equal(outcome, 'invalid');
      assert.match(message, / is not valid: /);
      assert.equal(accepted, 0);
      assert.deepEqual(pushes, []);
    });
  }
});

describe('the API', () => {
  it('is there in version 1, and in no other', async () => {
    const { send, pushes } = asking();
    const api = createApi(send);
    assert.equal(await api.getAPI(1).send({ to: 'Anna', text: 'Hi' }), answer);
    assert.equal(pushes.length, 1);
    for (const version of [0, 2, '1', undefined]) {
      assert.throws(() => api.getAPI(version as 1), /has no API of version/);
    }
  });
});

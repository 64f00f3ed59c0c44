import assert from 'node:assert/strict';
import * as v from 'valibot';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { ask, Client, refusal, type HttpAnswer } from './client';

const PUSH = 'pull.application.push.add';
const BLOCKED = '429 | OPERATION_TIME_LIMIT | Method is blocked due to operation time limit.';
const Time = v.object({
  duration: v.number(),
  operating: v.number(),
  operating_reset_at: v.pipe(v.number(), v.integer()),
});

describe('sandbox: operating time', () => {
  const start = Date.UTC(2026, 10, 27, 12, 5, 20);
  let sandbox: Sandbox;
  let client: Client;
  let time: number;

  before(async () => {
    sandbox = await startSandbox({ now: () => time });
  });
  beforeEach(async () => {
    time = start;
    await sandbox.reset();
    sandbox.patchState({ bucket: { size: 0 } });
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  const timeOf = ({ json }: HttpAnswer) => v.parse(Time, json['time']);
  const usedAfter = async (method: string) =>
    Number(timeOf(await client.json(method, { TEXT: 'hi' })).operating.toFixed(4));
  const used = () => sandbox.snapshot().state.operating.used;

  it('grows with each call of a method, and for each method apart', async () => {
    assert.equal(await usedAfter(PUSH), 0.11);
    assert.equal(await usedAfter(PUSH), 0.22);
    assert.equal(await usedAfter('user.get'), 0.11);
    assert.equal(await usedAfter(PUSH), 0.33);
  });

  it('is not taken by refused calls', async () => {
    await client.json(PUSH, { TEXT: '' });
    await client.json('crm.deal.list');
    assert.deepEqual(used(), {});
  });

  it('is taken by the commands of a batch and not by the batch', async () => {
    const cmd = [`${PUSH}?TEXT=a`, `${PUSH}?TEXT=b`, `${PUSH}?TEXT=c`, 'user.get'];
    const answer = await client.json('batch', { cmd });
    assert.equal(timeOf(answer).operating, 0);
    const rounded = Object.entries(used()).map(([name, seconds]) => [name, seconds.toFixed(2)]);
    assert.deepEqual(rounded, [
      [PUSH, '0.13'],
      ['user.get', '0.11'],
    ]);
  });

  it('is at least part of the duration that the answer tells', async () => {
    sandbox.patchState({ operating: { secondsPerCall: 20 } });
    const { duration, operating } = timeOf(await client.json(PUSH, { TEXT: 'hi' }));
    assert.deepEqual([duration, operating], [20, 20]);
  });

  it('blocks the method by itself once it is above the limit, and until enough was dropped', async () => {
    // The example of the documentation: calls of 20 s, 400 s in the first minutes and 100 s more.
    sandbox.patchState({ operating: { secondsPerCall: 20 } });
    for (let call = 0; call < 2; call++) {
      await client.json(PUSH, { TEXT: 'hi' });
    }
    time = start + 60_000;
    let last = timeOf(await client.json(PUSH, { TEXT: 'hi' }));
    for (let call = 3; call < 25; call++) {
      last = timeOf(await client.json(PUSH, { TEXT: 'hi' }));
    }
    assert.deepEqual([last.operating, last.operating_reset_at], [500, start / 1000 + 600]);
    assert.equal(refusal(await client.json(PUSH, { TEXT: 'hi' })), BLOCKED);
    time = start + 599_999;
    assert.equal(refusal(await client.json(PUSH, { TEXT: 'hi' })), BLOCKED);
    time = start + 600_000;
    const free = timeOf(await client.json(PUSH, { TEXT: 'hi' }));
    assert.deepEqual([free.operating, free.operating_reset_at], [480, start / 1000 + 660]);
    assert.equal((await client.json(PUSH, { TEXT: 'hi' })).status, 200);
    assert.equal(refusal(await client.json(PUSH, { TEXT: 'hi' })), BLOCKED);
  });

  it('blocks one method of one caller only, and says in the log why', async () => {
    sandbox.patchState({ operating: { used: { 'user.get': 481 } } });
    assert.equal(refusal(await client.json('user.get')), BLOCKED);
    assert.equal(
      sandbox.snapshot().requests.at(-1)?.note,
      'user.get has used 481.0 of 480 s in ten minutes',
    );
    assert.equal((await client.json('user.search', { FIND: 'a' })).status, 200);
    assert.equal((await ask(`${sandbox.info.webhook}/user.get`)).status, 200);
    sandbox.patchState({ operating: { usedByWebhook: { 'user.get': 481 } } });
    assert.equal(refusal(await ask(`${sandbox.info.webhook}/user.get`)), BLOCKED);
  });

  it('blocks a command of a batch, and those beside it run', async () => {
    sandbox.patchState({ operating: { used: { [PUSH]: 500 } } });
    const answer = await client.json('batch', { cmd: { push: `${PUSH}?TEXT=a`, me: 'profile' } });
    const { result, result_error } = v.parse(
      v.looseObject({ result: v.looseObject({}), result_error: v.unknown() }),
      answer.json['result'],
    );
    assert.deepEqual(Object.keys(result), ['me']);
    assert.deepEqual(result_error, {
      push: {
        error: 'OPERATION_TIME_LIMIT',
        error_description: 'Method is blocked due to operation time limit.',
      },
    });
  });

  it('is shown and set by the control API, and gone after a reset', async () => {
    await client.control('PATCH', '/state', { operating: { limit: 10, used: { [PUSH]: 9 } } });
    assert.equal(await usedAfter(PUSH), 9.11);
    const { operating } = sandbox.snapshot().state;
    assert.deepEqual(operating, {
      limit: 10,
      secondsPerCall: 0.11,
      secondsPerCommand: 0.01,
      used: { [PUSH]: 9.11 },
      usedByWebhook: {},
    });
    await client.control('PATCH', '/state', { operating: { used: { [PUSH]: 0 } } });
    assert.deepEqual(used(), {});
    const wrong = await client.control('PATCH', '/state', { operating: { used: { [PUSH]: -1 } } });
    assert.equal(wrong.status, 400);
    await client.control('POST', '/reset');
    assert.equal(sandbox.snapshot().state.operating.limit, 480);
  });

  it('has no limit, or is not counted, where it is switched off', async () => {
    sandbox.patchState({ operating: { limit: 0, used: { [PUSH]: 1000 } } });
    assert.equal(await usedAfter(PUSH), 1000.11);
    sandbox.patchState({ operating: { secondsPerCall: 0, used: { [PUSH]: 0 } } });
    assert.equal(await usedAfter(PUSH), 0);
  });

  it('lets a directory of 100,000 people be read and 20,000 personal texts be sent below the limit', () => {
    const { limit, secondsPerCall, secondsPerCommand } = sandbox.snapshot().state.operating;
    const batchOfFifty = secondsPerCall + 49 * secondsPerCommand;
    assert.ok((100_000 / 50 / 50) * batchOfFifty < limit * 0.8);
    assert.ok((20_000 / 50) * batchOfFifty < limit * 0.8);
  });
});

import assert from 'node:assert/strict';
import * as v from 'valibot';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { BucketState } from '../../../src/bitrix24/rateLimiterState';
import { memoryState } from '../../../src/bitrix24/rateLimiter';
import { testClient, testLimiter } from '../../support/testClient';
import type { Wait } from '../../../src/bitrix24/rateLimiter';
import { VirtualClock } from '../../support/virtualClock';
import { failureOf, FakeTokens, json, ScriptedTransport, someTokens } from './support';
import type { Step } from './support';

const push = 'pull.application.push.add';
const ok = json({ result: true });
const limit = json({ error: 'QUERY_LIMIT_EXCEEDED', error_description: 'Too many requests' }, 503);
const operation = json({ error: 'OPERATION_TIME_LIMIT' }, 429);

function setUp(...steps: Step[]) {
  const clock = new VirtualClock();
  const transport = new ScriptedTransport(...steps);
  const tokens = new FakeTokens();
  const shared = memoryState<BucketState>();
  const limiter = testLimiter({ state: () => shared, clock });
  const client = testClient({ transport, tokens, clock, limiter });
  const waits: Wait[] = [];
  const call = (signal?: AbortSignal) =>
    client.call(
      push,
      {},
      { schema: v.literal(true), signal, onWait: (wait) => waits.push(...(wait ? [wait] : [])) },
    );
  const otherWindow = () =>
    testClient({
      ...{ transport, tokens, clock },
      limiter: testLimiter({ state: () => shared, clock }),
    });
  return { clock, transport, tokens, shared, limiter, client, otherWindow, waits, call };
}

describe('a client with turns', () => {
  it('waits out a full bucket visibly, then sends once', async () => {
    const { clock, transport, waits, call } = setUp(limit, ok);
    const start = clock.now();
    assert.equal((await clock.run(call())).result, true);
    assert.deepEqual(waits, [{ until: start + 1_000, code: 'QUERY_LIMIT_EXCEEDED' }]);
    assert.equal(clock.now(), start + 1_000);
    assert.equal(transport.requests.length, 2);
  });

  it('gives up a bucket that stays full', async () => {
    const { clock, transport, call } = setUp(...Array.from({ length: 30 }, () => limit));
    const start = clock.now();
    const { code, phase } = await clock.run(failureOf(call()));
    assert.deepEqual([code, phase], ['QUERY_LIMIT_EXCEEDED', 'answered']);
    assert.ok(clock.now() - start > 30_000 && clock.now() - start < 120_000);
    assert.ok(transport.requests.length < 15);
  });

  it('leaves the wait when the user cancels', async () => {
    const { clock, transport, call } = setUp(limit);
    const stop = new AbortController();
    const work = failureOf(call(stop.signal));
    await clock.run(clock.sleep(500));
    stop.abort();
    const { kind, phase } = await clock.run(work);
    assert.deepEqual([kind, phase], ['cancelled', 'notSent']);
    assert.equal(transport.requests.length, 1);
  });

  it('waits until the operating time is counted anew', async () => {
    const clockNow = new VirtualClock().now();
    const resetAt = clockNow / 1000 + 300;
    const used = json({ result: true, time: { operating: 300, operating_reset_at: resetAt } });
    const { clock, transport, waits, call } = setUp(used, operation, ok);
    await clock.run(call());
    await clock.run(call());
    assert.equal(clock.now(), resetAt * 1000 + 1_000);
    assert.equal(waits[0]?.code, 'OPERATION_TIME_LIMIT');
    assert.equal(transport.requests.length, 3);
  });

  it('waits until the operating time is counted anew that another window was told', async () => {
    const resetAt = new VirtualClock().now() / 1000 + 300;
    const used = json({ result: true, time: { operating: 300, operating_reset_at: resetAt } });
    const { clock, otherWindow, call } = setUp(used, operation, ok);
    await clock.run(call());
    await clock.run(otherWindow().call(push, {}, { schema: v.literal(true) }));
    assert.equal(clock.now(), resetAt * 1000 + 1_000);
  });

  for (const [what, time, seconds] of [
    ['until the time that the answer names', { operating_reset_at: 300 }, 301],
    ['for the whole window where it names none', {}, 600],
  ] as const) {
    it(`holds the method that a command of a batch may not call, ${what}`, async () => {
      const start = new VirtualClock().now();
      const named = Object.fromEntries(
        Object.entries(time).map(([name, ahead]) => [name, start / 1000 + ahead]),
      );
      const result_error = { c0: { error: 'OPERATION_TIME_LIMIT' } };
      const answer = json({ result: { result: [], result_error, result_time: { c0: named } } });
      const { clock, client, otherWindow } = setUp(answer, ok, ok);
      const [outcome] = await clock.run(client.batch([{ method: push, params: {} }]));
      assert.ok(outcome?.kind === 'failed');
      assert.equal(outcome.error.retryAt, start + seconds * 1_000);
      const other = otherWindow();
      await clock.run(other.call('user.get', {}, { schema: v.unknown() }));
      assert.equal(clock.now(), start);
      await clock.run(other.call(push, {}, { schema: v.literal(true) }));
      assert.equal(clock.now(), start + seconds * 1_000);
    });
  }

  it('waits for the same method once, also where a newer answer names a later time', async () => {
    const resetAt = (seconds: number) => new VirtualClock().now() + seconds * 1_000;
    const time = { operating: 300, operating_reset_at: resetAt(300) / 1_000 };
    const laterKnown: Step = async () => {
      const turn = await limiter.of(someTokens.memberId).turn({ methods: [] });
      turn.passed([{ method: push, duration: 1, operating: 1, resetAt: resetAt(600) }]);
      return operation;
    };
    const used = json({ result: true, time });
    const { clock, limiter, transport, call } = setUp(used, operation, laterKnown);
    await clock.run(call());
    const error = await clock.run(failureOf(call()));
    assert.deepEqual([error.code, error.retryAt], ['OPERATION_TIME_LIMIT', resetAt(601)]);
    assert.equal(transport.requests.length, 3);
  });

  it('counts what the portal has taken, whatever it answered', async () => {
    const location = 'https://acme.bitrix24.com/portal/rest/x';
    const moved = { status: 302, headers: new Map([['location', location]]), body: '' };
    const denied = json({ error: 'ACCESS_ERROR' }, 400);
    const { clock, shared, call } = setUp(moved, ok, denied);
    await clock.run(call());
    await clock.run(failureOf(call()));
    await clock.run(clock.sleep(1));
    const state = await shared.update((result) => ({ result }));
    assert.deepEqual([state?.sent, state?.passed], [3, 3]);
  });

  it('ends the pause after a refused connection at Cancel', async () => {
    const refused = new Bitrix24Error({ kind: 'refused', phase: 'notSent', code: 'ECONNREFUSED' });
    const { clock, transport, call } = setUp(refused);
    const stop = new AbortController();
    const work = failureOf(call(stop.signal));
    await clock.run(clock.sleep(100));
    stop.abort();
    const { kind, phase } = await clock.run(work);
    assert.deepEqual([kind, phase, transport.requests.length], ['cancelled', 'notSent', 1]);
  });

  it('heeds the operating time that the commands of a batch have taken', async () => {
    const resetAt = new VirtualClock().now() / 1000 + 400;
    const time = { duration: 2, operating: 440, operating_reset_at: resetAt };
    const answer = json({ result: { result: { c0: true }, result_time: { c0: time } } });
    const { clock, client, call } = setUp(answer, ok);
    const start = clock.now();
    await clock.run(client.batch([{ method: push, params: {} }]));
    await clock.run(call());
    assert.ok(Math.abs(clock.now() - start - 20_000) < 500, `${clock.now() - start} ms`);
  });

  it('asks for its token again after a long wait: its hour may have ended', async () => {
    const { clock, limiter, tokens, transport, call } = setUp(ok);
    limiter.of(someTokens.memberId).hold(push, clock.now() + 5_000);
    const work = call();
    await clock.run(clock.sleep(1_000));
    tokens.current = { ...someTokens, accessToken: 'access-9' };
    await clock.run(work);
    assert.equal(transport.bodies[0]?.['auth'], 'access-9');
  });
});

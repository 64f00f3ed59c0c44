import { testClient, testLimiter } from '../../support/testClient';
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { Bitrix24ErrorFields } from '../../../src/bitrix24/errors';
import type { TokenSource } from '../../../src/bitrix24/portalClient';
import type { Wait } from '../../../src/bitrix24/rateLimiter';
import type { HttpRequest, HttpResponse } from '../../../src/bitrix24/transport';
import { sendPlan } from '../../../src/push/sendPlan';
import type { SendPlanInput, SendProgress } from '../../../src/push/sendPlan';
import { VirtualClock } from '../../support/virtualClock';
import { FakeTokens, json, someTokens } from '../bitrix24/support';

const push = 'pull.application.push.add';
const error = (fields: Partial<Bitrix24ErrorFields>) =>
  new Bitrix24Error({ kind: 'reset', phase: 'noAnswer', code: 'ECONNRESET', ...fields });
const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);

/** One request that left; the test answers it. */
interface OnWire {
  people: number[];
  signal: AbortSignal | undefined;
  answer: (response: HttpResponse) => void;
  fail: (error: Bitrix24Error) => void;
}

/** People by delivery status, and why not everybody got it. */
interface Sent {
  accepted: number[];
  refused: number[];
  unknown: number[];
  notSent: number[];
  error: Bitrix24Error | undefined;
}

/** Requests to three people each: 1, 2, 3; then 11, 12, 13; and so on. */
function setUp(requests: number, tokens: TokenSource = new FakeTokens()) {
  const clock = new VirtualClock();
  const wire: OnWire[] = [];
  let most = 0;
  let onTheWire = 0;
  const transport = {
    send: ({ body, signal }: HttpRequest) =>
      new Promise<HttpResponse>((resolve, reject) => {
        most = Math.max(most, (onTheWire += 1));
        const people = [...(body ?? '').matchAll(/USER_ID=(?:%5B|\[)(\d+)/g)];
        wire.push({
          people: people.map(([, id]) => Number(id)),
          signal,
          answer: resolve,
          fail: reject,
        });
      }).finally(() => (onTheWire -= 1)),
  };
  const limiter = testLimiter({ clock });
  const client = testClient({ transport, tokens, clock, limiter });
  const recorded: string[] = [];
  const waits: (Wait | undefined)[] = [];
  const abort = new AbortController();
  let refuseRecord: (place: number) => Bitrix24Error | undefined = () => undefined;
  const plan = {
    requests: Array.from({ length: requests }, (_, place) =>
      [1, 2, 3].map((one) => ({ text: `Hi ${place}/${one}`, ids: [place * 10 + one] })),
    ),
    summary: { people: requests * 3, texts: requests * 3, requests, blanks: 0 },
  };
  const progress: SendProgress[] = [];
  /** What the record says of each person whose request has left. */
  const statuses = new Map<number, 'accepted' | 'refused' | 'unknown' | 'notSent'>();
  const onWire = new Map<number, readonly number[]>();
  const record: SendPlanInput['record'] = {
    sending: (ids, place) => {
      const refused = refuseRecord(place);
      recorded.push(`${place}: ${ids.join()}`);
      onWire.set(place, ids);
      return refused ? Promise.reject(refused) : Promise.resolve();
    },
    answered: ({ refused, unknown, notSent }, place) => {
      const answers = [refused.map(({ id }) => id), unknown, notSent];
      recorded.push(`${place} answered: ${answers.map((ids) => ids.join()).join(' / ')}`);
      onWire.get(place)?.forEach((id) => statuses.set(id, 'accepted'));
      onWire.delete(place);
      refused.forEach(({ id }) => statuses.set(id, 'refused'));
      unknown.forEach((id) => statuses.set(id, 'unknown'));
      notSent.forEach((id) => statuses.set(id, 'notSent'));
      return Promise.resolve();
    },
  };
  const send = async (): Promise<Sent> => {
    const reason = await sendPlan({
      ...{ client, plan, avatar: '', record, host: 'acme.example', signal: abort.signal },
      onWait: (wait) => waits.push(wait),
      onProgress: (next) => progress.push(next),
    });
    const everybody = plan.requests.flatMap((request) => request.flatMap(({ ids }) => ids));
    const idsWith = (status: string) =>
      everybody.filter((id) => (statuses.get(id) ?? 'notSent') === status);
    return {
      ...{ accepted: idsWith('accepted'), refused: idsWith('refused') },
      ...{ unknown: idsWith('unknown'), notSent: idsWith('notSent'), error: reason },
    };
  };
  /** Until that many requests have left, and whatever else follows has happened. */
  const left = async (count: number) => {
    for (let turn = 0; turn < 20; turn += 1) {
      await setImmediate();
    }
    assert.equal(wire.length, count);
  };
  const answerAll = (place: number) =>
    wire[place]!.answer(json({ result: { result: { c0: true, c1: true, c2: true } } }));
  return {
    ...{
      clock,
      client,
      limiter,
      plan,
      wire,
      recorded,
      waits,
      progress,
      abort,
      send,
      left,
      answerAll,
    },
    most: () => most,
    refuseRecords: (refuse: typeof refuseRecord) => (refuseRecord = refuse),
  };
}

const three = (place: number) => [1, 2, 3].map((one) => place * 10 + one);
function statusesOf({ accepted, refused, unknown, notSent }: Sent) {
  const lists = { accepted, refused, unknown, notSent };
  return Object.fromEntries(
    Object.entries(lists).flatMap(([kind, ids]) => (ids.length > 0 ? [[kind, sorted(ids)]] : [])),
  );
}

describe('the requests of a push', () => {
  it('go one alone first, and never more than two at once; each is recorded before it leaves', async () => {
    const { wire, recorded, send, left, answerAll, most } = setUp(5);
    const sending = send();
    await left(1);
    assert.deepEqual(recorded, ['0: 1,2,3']);
    answerAll(0);
    await left(3);
    // Whichever is answered makes room for one.
    answerAll(2);
    await left(4);
    answerAll(1);
    await left(5);
    answerAll(4);
    answerAll(3);
    assert.deepEqual(statusesOf(await sending), { accepted: [0, 1, 2, 3, 4].flatMap(three) });
    assert.deepEqual([most(), wire.map(({ people }) => people[0])], [2, [1, 11, 21, 31, 41]]);
    assert.equal(recorded.filter((line) => line.includes('answered:  /  / ')).length, 5);
  });

  it('are not recorded as leaving while they wait for their turn', async () => {
    const { clock, limiter, recorded, send, left, answerAll } = setUp(1);
    limiter.of(someTokens.memberId).hold(push, clock.now() + 60_000);
    const sending = send();
    await left(0);
    assert.deepEqual(recorded, []);
    await clock.run(clock.sleep(60_000));
    await left(1);
    assert.deepEqual(recorded, ['0: 1,2,3']);
    answerAll(0);
    assert.deepEqual(statusesOf(await sending), { accepted: three(0) });
  });

  it('stop when one has no answer: the one beside it is heard out, and nothing else leaves', async () => {
    const { wire, send, left, answerAll } = setUp(5);
    const sending = send();
    await left(1);
    answerAll(0);
    await left(3);
    wire[1]!.fail(error({}));
    await left(3);
    answerAll(2);
    const sent = await sending;
    assert.deepEqual(statusesOf(sent), {
      ...{ accepted: [...three(0), ...three(2)], unknown: three(1) },
      notSent: [...three(3), ...three(4)],
    });
    assert.equal(sent.error?.code, 'ECONNRESET');
    assert.equal(wire.length, 3);
  });

  it('do not stop for a command that was refused alone, and its reason is told', async () => {
    const cases: Record<string, string>[] = [
      { c0: 'X' },
      { c2: 'X' },
      { c0: 'X', c1: 'Y', c2: 'X' },
    ];
    for (const codes of cases) {
      const { wire, send, left, answerAll } = setUp(2);
      const sending = send();
      await left(1);
      const failed = Object.entries(codes).map(([key, code]) => [key, { error: code }]);
      const accepted = ['c0', 'c1', 'c2'].filter((key) => !(key in codes));
      const result: unknown = Object.fromEntries(accepted.map((key) => [key, true]));
      const result_error: unknown = Object.fromEntries(failed);
      wire[0]!.answer(json({ result: { result, result_error } }));
      await left(2);
      answerAll(1);
      const sent = await sending;
      assert.equal(sent.error?.code, 'X');
      const refused = Object.keys(codes).map((key) => Number(key.at(1)) + 1);
      assert.deepEqual(sent.refused, refused);
      assert.equal(sent.accepted.length, 6 - refused.length);
    }
  });

  for (const [what, ...ends] of [
    ['refused', json({ error: 'FIRST' }, 403), json({ error: 'SECOND' }, 403)],
    ['lost', error({ code: 'FIRST' }), error({ code: 'SECOND' })],
    ['lost, then refused', error({ code: 'FIRST' }), json({ error: 'SECOND' }, 403)],
  ] as const) {
    it(`tell the first of two reasons to stop that leave the same doubt: ${what}`, async () => {
      const { wire, send, left, answerAll } = setUp(3);
      const sending = send();
      await left(1);
      answerAll(0);
      await left(3);
      for (const [index, end] of ends.entries()) {
        const request = wire[index + 1]!;
        if (end instanceof Bitrix24Error) {
          request.fail(end);
        } else {
          request.answer(end);
        }
        await left(3);
      }
      assert.equal((await sending).error?.code, 'FIRST');
    });
  }

  it('tell the error that leaves somebody in doubt, whichever came first', async () => {
    const { wire, send, left, answerAll } = setUp(4);
    const sending = send();
    await left(1);
    answerAll(0);
    await left(3);
    wire[1]!.answer(json({ error: 'ACCESS_ERROR' }, 403));
    await left(3);
    wire[2]!.fail(error({}));
    const sent = await sending;
    assert.equal(sent.error?.code, 'ECONNRESET');
    assert.deepEqual(statusesOf(sent), {
      ...{ accepted: three(0), refused: three(1), unknown: three(2), notSent: three(3) },
    });
  });

  for (const code of ['TAKEN_OVER', 'STORAGE_FAILED']) {
    it(`do not leave without being recorded (${code}), and nothing leaves after that`, async () => {
      const { wire, send, left, answerAll, refuseRecords } = setUp(5);
      refuseRecords((place) =>
        place === 2 ? error({ kind: 'invalid', phase: 'notSent', code }) : undefined,
      );
      const sending = send();
      await left(1);
      answerAll(0);
      await setImmediate();
      await setImmediate();
      const others = wire.length - 1;
      wire.slice(1).forEach((_, index) => answerAll(index + 1));
      const sent = await sending;
      assert.deepEqual([sent.error?.code, sent.unknown], [code, []]);
      assert.deepEqual(sorted(sent.accepted), others === 0 ? three(0) : [...three(0), ...three(1)]);
      assert.equal(sent.accepted.length + sent.notSent.length, 15);
    });
  }

  it('are recorded as not sent when the portal turns them away, before the pause (trial 9.1)', async () => {
    const { clock, wire, send, left, answerAll, recorded } = setUp(1);
    const sending = send();
    await left(1);
    wire[0]!.answer(json({ error: 'QUERY_LIMIT_EXCEEDED' }, 503));
    await left(1);
    assert.deepEqual(recorded, ['0: 1,2,3', '0 answered:  /  / 1,2,3']);
    await clock.run(clock.sleep(2_000));
    await left(2);
    assert.deepEqual(recorded.slice(2), ['0: 1,2,3']);
    answerAll(1);
    assert.deepEqual((await sending).accepted, [1, 2, 3]);
  });

  it('of one push are not refused when the portal has no time for it', async () => {
    const { wire, send, left, plan } = setUp(1);
    plan.requests = [[{ text: 'Hi', ids: [1, 2] }]];
    const sending = send();
    await left(1);
    wire[0]!.answer(json({ error: 'OPERATION_TIME_LIMIT' }, 429));
    const sent = await sending;
    assert.deepEqual([sent.error?.code, sent.error?.phase], ['OPERATION_TIME_LIMIT', 'notSent']);
    assert.deepEqual([sent.refused, sent.unknown, sent.accepted], [[], [], []]);
  });

  it('of a push with one only are broken off at Cancel', async () => {
    const { wire, abort, send, left, answerAll } = setUp(1);
    const sending = send();
    await left(1);
    assert.equal(wire[0]!.signal, abort.signal);
    answerAll(0);
    await sending;
  });

  it('stop at Cancel: what is on the wire is heard out, what waits does not leave', async () => {
    const { wire, abort, send, left, answerAll } = setUp(5);
    const sending = send();
    await left(1);
    answerAll(0);
    await left(3);
    abort.abort();
    await left(3);
    assert.deepEqual(
      wire.map(({ signal }) => signal),
      [undefined, undefined, undefined],
    );
    answerAll(1);
    answerAll(2);
    const sent = await sending;
    assert.equal(sent.error?.kind, 'cancelled');
    assert.deepEqual(statusesOf(sent), {
      ...{ accepted: [0, 1, 2].flatMap(three), notSent: [3, 4].flatMap(three) },
    });
  });

  it('show their wait until none of them waits any more', async () => {
    const { clock, limiter, waits, send, left, answerAll } = setUp(3);
    const sending = send();
    await left(1);
    limiter.of(someTokens.memberId).hold(push, clock.now() + 60_000);
    answerAll(0);
    await left(1);
    await clock.run(clock.sleep(60_000));
    await left(3);
    answerAll(1);
    answerAll(2);
    await sending;
    assert.equal(waits.length, 3);
    assert.deepEqual(
      [...waits.slice(0, 2).map((wait) => wait?.code), waits[2]],
      [...['OPERATION_TIME_LIMIT', 'OPERATION_TIME_LIMIT', undefined]],
    );
  });

  it('end the wait for their turn at Cancel, at once', async () => {
    const { clock, wire, limiter, waits, abort, send, left } = setUp(3);
    limiter.of(someTokens.memberId).hold(push, clock.now() + 300_000);
    const sending = send();
    await left(0);
    assert.deepEqual(waits, [{ until: clock.now() + 300_000, code: 'OPERATION_TIME_LIMIT' }]);
    abort.abort();
    const sent = await sending;
    assert.deepEqual([sent.error?.kind, sent.notSent.length, wire.length], ['cancelled', 9, 0]);
    assert.equal(waits.at(-1), undefined);
  });

  it('end the wait for a renewed token at Cancel, and the renewal goes on', async () => {
    const tokens = new FakeTokens();
    let renewed = (): void => undefined;
    tokens.onRefresh = () =>
      new Promise((resolve) => {
        renewed = () => resolve({ ...someTokens, accessToken: 'access-2' });
      });
    const { wire, abort, send, left } = setUp(3, tokens);
    const sending = send();
    await left(1);
    wire[0]!.answer(json({ error: 'expired_token' }, 401));
    await left(1);
    abort.abort();
    const sent = await sending;
    assert.deepEqual([sent.error?.kind, sent.notSent.length, wire.length], ['cancelled', 9, 1]);
    renewed();
    await left(1);
    assert.equal(tokens.current.accessToken, 'access-2');
  });

  it('do not leave when the one beside them stops the push while they wait', async () => {
    const { clock, limiter, wire, send, left, answerAll } = setUp(5);
    const sending = send();
    await left(1);
    answerAll(0);
    await left(3);
    answerAll(2);
    limiter.of(someTokens.memberId).hold(push, clock.now() + 300_000);
    await left(3);
    // The fourth waits for its turn.
    wire[1]!.fail(error({}));
    const sent = await sending;
    assert.equal(sent.error?.code, 'ECONNRESET');
    assert.deepEqual(statusesOf(sent), {
      ...{ accepted: [...three(0), ...three(2)], unknown: three(1) },
      notSent: [...three(3), ...three(4)],
    });
  });

  it('tell after each of them how far the push has come', async () => {
    const { wire, progress, send, left, answerAll } = setUp(4);
    const sending = send();
    await left(1);
    answerAll(0);
    await left(3);
    wire[1]!.answer(
      json({ result: { result: { c0: true, c1: true }, result_error: { c2: { error: 'X' } } } }),
    );
    await left(4);
    answerAll(3);
    await left(4);
    wire[2]!.fail(error({}));
    await sending;
    const total = 12;
    assert.deepEqual(progress, [
      { accepted: 3, left: 9, failed: 0, unknown: 0, total },
      { accepted: 5, left: 6, failed: 1, unknown: 0, total },
      { accepted: 8, left: 3, failed: 1, unknown: 0, total },
      { accepted: 8, left: 0, failed: 1, unknown: 3, total },
    ]);
  });

  for (const broken of [0, 1]) {
    it(`reject for a mistake of ours at request ${broken}, and nothing leaves after it`, async () => {
      const { client, plan, wire, left, answerAll } = setUp(5);
      const sending = sendPlan({
        ...{ client, plan, avatar: '', host: 'acme.example' },
        record: {
          sending: () => Promise.resolve(),
          answered: (_, place) =>
            place === broken ? Promise.reject(new Error('ours')) : Promise.resolve(),
        },
      });
      const rejected = assert.rejects(sending, /ours/u);
      await left(1);
      answerAll(0);
      const all = broken === 0 ? 1 : 3;
      await left(all);
      // The other one is heard out.
      wire.slice(1).forEach((_, index) => answerAll(index + 1));
      await rejected;
      assert.equal(wire.length, all);
    });
  }

  it('take a whole request for which the portal has no time for not sent, and stop', async () => {
    const { clock, wire, send, left, answerAll } = setUp(3);
    const sending = send();
    await left(1);
    answerAll(0);
    await left(3);
    answerAll(2);
    wire[1]!.answer(json({ error: 'OPERATION_TIME_LIMIT' }, 429));
    const sent = await clock.run(sending);
    assert.deepEqual(statusesOf(sent), { accepted: [...three(0), ...three(2)], notSent: three(1) });
    assert.deepEqual([sent.error?.code, sent.error?.phase], ['OPERATION_TIME_LIMIT', 'notSent']);
  });

  describe('of which the portal turned commands away for their operating time', () => {
    const over = (now: number, ...turnedAway: string[]) => {
      const time = { duration: 1, operating: 100, operating_reset_at: now / 1000 + 300 };
      const result = Object.fromEntries(
        ['c0', 'c1', 'c2'].flatMap((key) => (turnedAway.includes(key) ? [] : [[key, true]])),
      );
      const failed = Object.fromEntries(
        turnedAway.map((key) => [key, { error: 'OPERATION_TIME_LIMIT' }]),
      );
      const times = Object.fromEntries(['c0', 'c1', 'c2'].map((key) => [key, time]));
      return json({ result: { result, result_error: failed, result_time: times } });
    };

    it('are sent again for just those, once the visible wait is over', async () => {
      const { clock, wire, waits, recorded, progress, send, left, answerAll } = setUp(2);
      const start = clock.now();
      const sending = send();
      await left(1);
      wire[0]!.answer(over(start, 'c1', 'c2'));
      await left(1);
      assert.deepEqual(waits, [{ until: start + 301_000, code: 'OPERATION_TIME_LIMIT' }]);
      // Nobody is on the wire while it waits: a crash now leaves nobody in doubt.
      assert.deepEqual(recorded, ['0: 1,2,3', '0 answered:  /  / 2,3']);
      await clock.run(clock.sleep(301_000));
      await left(2);
      assert.deepEqual(recorded.slice(2), ['0: 2,3']);
      assert.deepEqual([wire[1]!.people, waits.at(-1)], [[2, 3], undefined]);
      answerAll(1);
      await left(3);
      answerAll(2);
      const sent = await sending;
      assert.deepEqual(
        [statusesOf(sent), sent.error],
        [{ accepted: [...three(0), ...three(1)] }, undefined],
      );
      assert.deepEqual(
        progress.map(({ accepted, left: open }) => [accepted, open]),
        [
          [1, 5],
          [3, 3],
          [6, 0],
        ],
      );
    });

    it('stop the push when it lasts longer than it said: not sent, never refused', async () => {
      const { clock, wire, send, left } = setUp(3);
      const sending = send();
      await left(1);
      wire[0]!.answer(over(clock.now(), 'c0', 'c1', 'c2'));
      await clock.run(clock.sleep(301_000));
      await left(2);
      wire[1]!.answer(over(clock.now(), 'c0', 'c2'));
      const sent = await sending;
      assert.deepEqual([sent.error?.code, sent.error?.phase], ['OPERATION_TIME_LIMIT', 'notSent']);
      assert.equal(sent.error?.retryAt, clock.now() + 301_000);
      const notSent = [1, 3, ...three(1), ...three(2)];
      assert.deepEqual(statusesOf(sent), { accepted: [2], notSent });
    });

    it('are not sent again when that is learnt after Cancel', async () => {
      const { clock, wire, abort, send, left } = setUp(2);
      const sending = send();
      await left(1);
      abort.abort();
      wire[0]!.answer(over(clock.now(), 'c1'));
      const sent = await sending;
      assert.deepEqual([sent.error?.kind, wire.length], ['cancelled', 1]);
      assert.deepEqual(statusesOf(sent), { accepted: [1, 3], notSent: [2, ...three(1)] });
    });

    it('can be cancelled while they wait', async () => {
      const { clock, wire, abort, recorded, send, left } = setUp(2);
      const sending = send();
      await left(1);
      wire[0]!.answer(over(clock.now(), 'c1'));
      await left(1);
      abort.abort();
      const sent = await sending;
      assert.equal(sent.error?.kind, 'cancelled');
      assert.deepEqual(statusesOf(sent), { accepted: [1, 3], notSent: [2, ...three(1)] });
      assert.equal(recorded.at(-1), '0 answered:  /  / 2');
    });
  });
});

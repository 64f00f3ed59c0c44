import assert from 'node:assert/strict';
import type { AskedAnswer, AskedPush, AskedSend } from '../../../src/automation/askedSend';
import type { NewNotice, NoticeEnd, Reach, Taken } from '../../../src/automation/notice';
import { createProgramHandler } from '../../../src/program/programHandler';
import type { ProgramHandlerDeps } from '../../../src/program/programHandler';
import type { DeliveryStatus } from '../../../src/push/push';
import { aPush } from '../../support/builders';
import { silentLog } from '../../support/silentLog';

describe('what the program asks of a window', () => {
  const signal = new AbortController().signal;

  function handler(options: {
    taken?: Taken | Error;
    asked?: AskedAnswer | Promise<AskedAnswer>;
    deps?: Partial<ProgramHandlerDeps>;
  }) {
    const notices: NewNotice[] = [];
    const pushes: AskedPush[] = [];
    const { taken = kept(), asked = { outcome: 'accepted', message: 'Sent.', accepted: 1 } } =
      options;
    const reach: Reach = {
      take: (notice) => {
        notices.push(notice);
        return taken instanceof Error ? Promise.reject(taken) : Promise.resolve(taken);
      },
      goesOn: () => Promise.resolve(),
    };
    const send: AskedSend = async (push) => {
      pushes.push(push);
      return await asked;
    };
    const handle = createProgramHandler({
      reach: () => Promise.resolve(reach),
      askedSend: () => Promise.resolve(send),
      hook: () => Promise.resolve(),
      tool: () => Promise.resolve({ message: '', isError: false }),
      log: silentLog,
      ...options.deps,
    });
    const ask = async (message: object) => {
      const { outcome, message: said } = await handle(
        JSON.stringify({ v: 1, cwd: '/home/anna/shop', ...message }),
        signal,
      );
      return [outcome, said];
    };
    return { handle, ask, notices, pushes };
  }

  const kept = (end?: NoticeEnd): Taken => ({
    ...{ kind: 'kept', id: '1' },
    end: end ? Promise.resolve(end) : new Promise(() => undefined),
  });
  const say = { kind: 'say', text: 'Hi', isSync: false };

  it('tells its user a text, and does not wait for the portal', async () => {
    const { ask, notices } = handler({});
    assert.deepEqual(await ask(say), [
      'queued',
      'VS Code has it, and sends it to your phone once nothing holds it.',
    ]);
    assert.deepEqual(notices, [
      { origin: 'program', result: 'said', name: 'b24push', words: 'Hi', isAskedFor: true },
    ]);
  });

  it('says that a long text will be cut', async () => {
    const { ask } = handler({});
    const most = 'я'.repeat(1_500);
    assert.doesNotMatch((await ask({ ...say, text: most }))[1] ?? '', /beginning/);
    assert.match(
      (await ask({ ...say, text: `${most}!` }))[1] ?? '',
      /it. The text is long: the phone shows its beginning/,
    );
    const off = handler({ taken: { kind: 'off' } });
    assert.doesNotMatch((await off.ask({ ...say, text: `${most}!` }))[1] ?? '', /beginning/);
  });

  for (const [exitCode, notice] of [
    [0, { result: 'ended' }],
    [undefined, { result: 'ended' }],
    [3, { result: 'failed', exitCode: 3 }],
  ] as const) {
    it(`tells of a command that ended with ${exitCode ?? 'a signal'}`, async () => {
      const { ask, notices } = handler({});
      const ended = { kind: 'ended', name: 'make', exitCode, durationMs: 72_000, isSync: false };
      await ask({ ...ended, cwd: 'C:\\work\\shop\\' });
      await ask({ ...ended, cwd: '/home/anna/shop' });
      const expected = {
        ...{ origin: 'program', name: 'make', durationMs: 72_000, isAskedFor: true },
        ...{ folder: 'shop', ...notice },
      };
      assert.deepEqual(notices, [expected, expected]);
    });
  }

  for (const [taken, outcome, sentence] of [
    [{ kind: 'off' }, 'refused', /Run "Bitrix24: Reach Me on My Phone" in VS Code/],
    [{ kind: 'notDue' }, 'queued', /told a moment ago/],
    [new Error('no space left'), 'refused', /could not keep it on disk/],
  ] as const) {
    it(`says ${outcome} where the notice was ${taken instanceof Error ? 'lost' : taken.kind}`, async () => {
      const [said, message = ''] = await handler({ taken }).ask(say);
      assert.equal(said, outcome);
      assert.match(message, sentence);
    });
  }

  describe('waits for the portal when asked to', () => {
    const states: readonly [DeliveryStatus, string, RegExp][] = [
      ['accepted', 'accepted', /accepted it/],
      ['refused', 'refused', /refused it/],
      ['notSent', 'refused', /was not sent/],
      ['unknown', 'unknown', /may arrive/],
    ];
    for (const [status, outcome, sentence] of states) {
      it(`and says that the push is ${status}`, async () => {
        const push = aPush({ people: [{ id: 1, name: 'Anna', status }] });
        const { ask } = handler({ taken: kept({ kind: 'push', push }) });
        const [said, message = ''] = await ask({ ...say, isSync: true });
        assert.equal(said, outcome);
        assert.match(message, sentence);
      });
    }

    for (const [why, outcome] of [
      ['discarded', 'cancelled'],
      ['shown', 'refused'],
      ['cameBack', 'refused'],
    ] as const) {
      it(`and says that the notice is over: ${why}`, async () => {
        const { ask } = handler({ taken: kept({ kind: 'over', why }) });
        assert.equal((await ask({ ...say, isSync: true }))[0], outcome);
      });
    }
  });

  describe('lets the user be asked about a push to others', () => {
    const push = { kind: 'push', to: ['Release team', '7'], text: 'It is out' };

    for (const [outcome, expected] of [
      ['accepted', 'accepted'],
      ['partly', 'unknown'],
      ['refused', 'refused'],
      ['notSent', 'refused'],
      ['unknown', 'unknown'],
      ['cancelled', 'cancelled'],
      ['invalid', 'refused'],
    ] as const) {
      it(`and says what came of it: ${outcome}`, async () => {
        const { ask, pushes, notices } = handler({
          asked: { outcome, message: 'So.', accepted: 0 },
        });
        assert.deepEqual(await ask({ ...push, by: 'Somebody else', origin: 'tool' }), [
          expected,
          'So.',
        ]);
        assert.deepEqual(pushes, [
          { to: push.to, text: push.text, by: 'b24push', origin: 'program' },
        ]);
        assert.deepEqual(notices, []);
      });
    }

    it('ten at a time', async () => {
      let answer: (answer: AskedAnswer) => void = () => undefined;
      const asked = new Promise<AskedAnswer>((resolve) => (answer = resolve));
      const { ask } = handler({ asked });
      const waiting = Array.from({ length: 10 }, () => ask(push));
      assert.match((await ask(push))[1] ?? '', /Too many questions/);
      answer({ outcome: 'cancelled', message: 'No.', accepted: 0 });
      assert.deepEqual(
        new Set((await Promise.all(waiting)).map(([outcome]) => outcome)),
        new Set(['cancelled']),
      );
      assert.deepEqual(await ask(push), ['cancelled', 'No.']);
    });
  });

  it('hands hooks and tools to those who know them', async () => {
    const calls: unknown[] = [];
    const { ask } = handler({
      deps: {
        hook: (...args) => {
          calls.push(args);
          return Promise.resolve();
        },
        tool: (request) => {
          calls.push(request);
          return Promise.resolve({ message: 'Told.', isError: request === 7 });
        },
      },
    });
    assert.deepEqual(await ask({ kind: 'hook', agent: 'claude', payload: '{"a":' }), [
      'queued',
      '',
    ]);
    await ask({ kind: 'hook', agent: 'copilot', event: 'agentStop', payload: '' });
    assert.deepEqual(await ask({ kind: 'tool', request: { kind: 'x' } }), ['accepted', 'Told.']);
    assert.deepEqual(await ask({ kind: 'tool', request: 7 }), ['refused', 'Told.']);
    assert.deepEqual(calls, [
      ['claude', undefined, '{"a":', '/home/anna/shop'],
      ['copilot', 'agentStop', '', '/home/anna/shop'],
      { kind: 'x' },
      7,
    ]);
  });

  it('understands nothing else', async () => {
    const { handle, ask, notices, pushes } = handler({});
    for (const line of ['', '{', '[]', 'null', '{"v":1}', JSON.stringify({ ...say, v: 1 })]) {
      assert.equal((await handle(line, signal)).outcome, 'invalid');
    }
    for (const wrong of [
      { ...say, v: 2 },
      { ...say, text: 7 },
      { ...say, isSync: 'yes' },
      { kind: 'ended', name: 'x'.repeat(301), durationMs: 1, isSync: false },
      { kind: 'ended', name: 'x', durationMs: -1, isSync: false },
      { kind: 'ended', name: 'x', durationMs: 1, exitCode: 1.5, isSync: false },
      { kind: 'push', to: [], text: 'x' },
      { kind: 'push', to: 'all', text: 'x' },
      { kind: 'hook', agent: 'x'.repeat(301), payload: '' },
      { kind: 'yes' },
    ]) {
      assert.equal((await ask(wrong))[0], 'invalid');
    }
    assert.deepEqual([notices, pushes], [[], []]);
  });
});

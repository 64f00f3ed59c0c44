import assert from 'node:assert/strict';
import type { NoticeEnd, Taken } from '../../../src/automation/notice';
import { parseQuietHours } from '../../../src/automation/quietHours';
import { anError, peopleOf } from '../../support/builders';
import { Machine, ReachWindow, pushOf } from '../../support/notices';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe('reaching its user on the phone', () => {
  let machine: Machine;
  let window: ReachWindow;

  beforeEach(() => {
    machine = new Machine();
    window = new ReachWindow(machine);
  });
  afterEach(() => window.reach.dispose());

  const endOf = async (taken: Taken): Promise<NoticeEnd> => {
    assert.ok(taken.kind === 'kept');
    return await machine.clock.run(taken.end);
  };

  describe('decides what is due', () => {
    it('takes nothing without a standing yes', async () => {
      machine.account = undefined;
      assert.deepEqual(await window.take({ isAskedFor: true }), { kind: 'off' });
      assert.equal(machine.notices.size, 0);
    });

    it('takes nothing while its user is at the window, unless they asked for it', async () => {
      window.comeBack();
      assert.deepEqual(await window.take(), { kind: 'notDue' });
      const end = await endOf(await window.take({ isAskedFor: true }));
      assert.ok(end.kind === 'push');
    });

    it('takes nothing that happened before its user left, however late it is told', async () => {
      window.comeBack();
      await machine.pass(minute);
      const at = machine.clock.now();
      await machine.pass(1);
      window.leave();
      assert.deepEqual(await window.take({ at }), { kind: 'notDue' });
      assert.equal((await window.take({ at: machine.clock.now() })).kind, 'kept');
    });

    it('takes what was long enough for the rule that it comes from', async () => {
      const isKept = async (durationMs: number, minimumMs: number) =>
        (await window.take({ durationMs, minimumMs })).kind === 'kept';
      assert.deepEqual(
        [await isKept(2, 1), await isKept(90_000, 90_001), await isKept(90_000, 90_000)],
        [true, false, true],
      );
    });

    it('takes what was long enough: a minute, or half of one for an agent', async () => {
      const kinds = [
        await window.take({ durationMs: 59_999 }),
        await window.take({ durationMs: 60_000 }),
        await window.take({ durationMs: undefined }),
        await window.take({ origin: 'agent', durationMs: 29_999 }),
        await window.take({ origin: 'agent', durationMs: 30_000 }),
        await window.take({ origin: 'tool', durationMs: 1 }),
        await window.take({ origin: 'agent', result: 'waits', durationMs: 1 }),
        await window.take({ durationMs: 1, isAskedFor: true }),
      ].map(({ kind }) => kind);
      assert.deepEqual(kinds, [
        ...['notDue', 'kept', 'kept', 'notDue', 'kept', 'kept', 'kept', 'kept'],
      ]);
    });

    it('is on disk when it is taken', async () => {
      const taken = await window.take();
      assert.ok(taken.kind === 'kept');
      assert.deepEqual(
        (await window.store.list()).map(({ notice }) => [notice.id, notice.name]),
        [[taken.id, 'build']],
      );
    });

    it('rejects what the disk does not take, which may then come again', async () => {
      const broken = new ReachWindow(machine, '2');
      const add = broken.store.add.bind(broken.store);
      broken.store.add = () => Promise.reject(new Error('ENOSPC'));
      await assert.rejects(broken.take({ key: 'a' }), /ENOSPC/);
      broken.store.add = add;
      assert.equal((await broken.take({ key: 'a' })).kind, 'kept');
    });

    it('tells one event of two callers once, in any window, for five minutes', async () => {
      const other = new ReachWindow(machine, '2');
      assert.equal((await window.take({ key: 'turn 1' })).kind, 'kept');
      assert.equal((await window.take({ key: 'turn 1' })).kind, 'notDue');
      assert.equal((await other.take({ key: 'turn 1' })).kind, 'notDue');
      assert.equal((await other.take({ key: 'turn 2' })).kind, 'kept');
      await machine.pass(5 * minute);
      assert.equal((await other.take({ key: 'turn 1' })).kind, 'kept');
      assert.ok(!JSON.stringify(machine.shared.value).includes('turn'), 'no key in plain words');
      other.reach.dispose();
    });
  });

  describe('while its user has only just left', () => {
    it('sends once they have been away for a minute', async () => {
      window.leave();
      await window.take();
      assert.deepEqual(await window.reasons(), ['held notAway']);
      await machine.pass(59 * second);
      assert.deepEqual(machine.texts, []);
      await machine.pass(second);
      assert.deepEqual(machine.texts, ['build ended in 90 s']);
      assert.equal(machine.notices.size, 0);
    });

    it('is over when they come back', async () => {
      window.leave();
      const taken = await window.take();
      await machine.pass(30 * second);
      window.comeBack();
      assert.deepEqual(await endOf(taken), { kind: 'over', why: 'cameBack' });
      await machine.pass(hour);
      assert.deepEqual(machine.texts, []);
      assert.deepEqual(await window.reasons(), ['over cameBack']);
    });

    it('is not over for one that they asked for', async () => {
      await window.take({ isAskedFor: true, name: 'first' });
      await machine.pass(second);
      const taken = await window.take({ isAskedFor: true, name: 'second' });
      window.comeBack();
      assert.equal((await endOf(taken)).kind, 'push');
    });

    it('is over when they come back while the push is being made', async () => {
      let asked = (): void => undefined;
      const asking = new Promise<void>((resolve) => (asked = resolve));
      let answer: (is: boolean) => void = () => undefined;
      Object.defineProperty(window, 'isAtDesktop', {
        get: () => {
          asked();
          return new Promise<boolean>((resolve) => (answer = resolve));
        },
      });
      const taken = await window.take();
      await machine.clock.run(asking);
      window.comeBack();
      answer(false);
      assert.deepEqual(await endOf(taken), { kind: 'over', why: 'cameBack' });
      assert.deepEqual(machine.texts, []);
      assert.deepEqual(machine.shared.value?.sentAt, [], 'no leave is used up');
    });
  });

  describe('a question', () => {
    it('that is answered at once is over', async () => {
      const taken = await window.take({ origin: 'agent', result: 'waits', thread: 't' });
      assert.deepEqual(await window.reasons(), ['held noAnswerYet']);
      await machine.pass(5 * second);
      await machine.clock.run(window.reach.goesOn('t'));
      assert.deepEqual(await endOf(taken), { kind: 'over', why: 'answered' });
    });

    it('is answered by a later notice of its thread, and by no other', async () => {
      const question = { origin: 'agent', result: 'waits', durationMs: undefined } as const;
      const first = await window.take({ ...question, thread: 'a' });
      await window.take({ ...question, thread: 'b', name: 'other' });
      await window.take({ origin: 'agent', thread: 'a', name: 'done' });
      assert.deepEqual(await endOf(first), { kind: 'over', why: 'answered' });
      await machine.pass(minute);
      assert.deepEqual(machine.texts, ['2 things:\n• other waits\n• done ended in 90 s']);
    });

    it('of which two callers tell is not answered by the second one', async () => {
      const question = { origin: 'agent', result: 'waits', thread: 'a', key: 'k' } as const;
      await window.take(question);
      assert.equal((await window.take(question)).kind, 'notDue');
      await machine.pass(minute);
      assert.equal(machine.pushes.length, 1);
    });
  });

  describe('joins', () => {
    it('what happens within 20 s into one push, with a line for each', async () => {
      await window.take({ name: 'a', folder: 'shop' });
      await machine.pass(19 * second);
      await window.take({ name: 'b', result: 'failed', exitCode: 3 });
      await machine.pass(second);
      assert.deepEqual(machine.texts, [
        '2 things:\n• a ended in 90 s · shop\n• b failed (exit 3) in 90 s',
      ]);
      const things = machine.pushes[0]?.things?.map(({ text, held, origin }) => [
        text,
        held,
        origin,
      ]);
      assert.deepEqual(things, [
        ['a ended in 90 s · shop', 'gathering', 'task'],
        ['b failed (exit 3) in 90 s', 'gathering', 'task'],
      ]);
    });

    it('nothing that was asked for into a wait, unless a push has just left', async () => {
      await window.take({ name: 'a', isAskedFor: true });
      await machine.pass(1);
      assert.deepEqual(machine.texts, ['a ended in 90 s']);
      await window.take({ name: 'b', isAskedFor: true });
      await window.take({ name: 'c' });
      await machine.pass(19 * second);
      assert.equal(machine.texts.length, 1);
      await machine.pass(second);
      assert.equal(machine.texts[1], '2 things:\n• b ended in 90 s\n• c ended in 90 s');
    });

    it('what other windows send within 20 s into no push, but never two at once', async () => {
      const other = new ReachWindow(machine, '2');
      await window.take({ name: 'a', isAskedFor: true });
      await machine.pass(1);
      await other.take({ name: 'b', isAskedFor: true });
      await machine.pass(10 * second);
      assert.equal(machine.texts.length, 1);
      await machine.pass(10 * second);
      assert.deepEqual(machine.texts, ['a ended in 90 s', 'b ended in 90 s']);
      other.reach.dispose();
    });
  });

  describe('keeps to 20 pushes an hour', () => {
    it('and misses none of 100 ends in a minute', async () => {
      for (let index = 0; index < 100; index += 1) {
        await window.take({ name: `task${index}` });
        await machine.pass(600);
      }
      await machine.pass(minute);
      assert.ok(machine.pushes.length <= 4, `${machine.pushes.length} pushes`);
      const told = machine.pushes.flatMap(({ things }) => things?.map(({ text }) => text) ?? []);
      assert.deepEqual(
        told.map((text) => text.split(' ')[0]),
        Array.from({ length: 100 }, (_, index) => `task${index}`),
      );
    });

    it('and puts what is over the cap into the next one', async () => {
      for (let index = 0; index < 25; index += 1) {
        await window.take({ name: `task${index}`, isAskedFor: true });
        await machine.pass(minute);
      }
      assert.equal(machine.pushes.length, 20);
      assert.deepEqual(await window.reasons(), Array(5).fill('held cap'));
      await machine.pass(36 * minute);
      assert.equal(machine.pushes.length, 21);
      const { things = [] } = machine.pushes[20]!;
      assert.deepEqual(
        things.map(({ held, text }) => `${held} ${text}`),
        [20, 21, 22, 23, 24].map((index) => `cap task${index} ended in 90 s`),
      );
    });

    it('in all windows together', async () => {
      const other = new ReachWindow(machine, '2');
      for (let index = 0; index < 24; index += 1) {
        await (index % 2 ? window : other).take({ isAskedFor: true });
        await machine.pass(minute);
      }
      assert.equal(machine.pushes.length, 20);
      other.reach.dispose();
    });
  });

  describe('is paused', () => {
    it('until its end, and then sends one push, though its user is back', async () => {
      await machine.clock.run(window.reach.pause(machine.clock.now() + hour));
      await window.take({ name: 'a' });
      await machine.pass(minute);
      await window.take({ name: 'b', isAskedFor: true });
      await machine.pass(minute);
      assert.deepEqual(await window.reasons(), ['held paused', 'held paused']);
      window.comeBack();
      await machine.pass(57 * minute);
      assert.deepEqual(machine.texts, []);
      await machine.pass(minute);
      assert.deepEqual(machine.texts, [
        '2 things while away:\n• a ended in 90 s\n• b ended in 90 s',
      ]);
      assert.deepEqual(
        machine.pushes[0]?.things?.map(({ held }) => held),
        ['paused', 'paused'],
      );
    });

    it('in all windows, and goes on at once when it is ended', async () => {
      const other = new ReachWindow(machine, '2');
      await machine.clock.run(window.reach.pause(machine.clock.now() + hour));
      await other.take({ name: 'a', isAskedFor: true });
      await machine.pass(2 * minute);
      assert.deepEqual(machine.texts, []);
      await machine.clock.run(other.reach.resume());
      assert.deepEqual(machine.texts, ['while away: a ended in 90 s']);
      other.reach.dispose();
    });

    it('not over a look back: what they had come back for before is over', async () => {
      await machine.clock.run(window.reach.pause(machine.clock.now() + hour));
      window.leave();
      const taken = await window.take();
      window.comeBack();
      assert.deepEqual(await endOf(taken), { kind: 'over', why: 'cameBack' });
    });
  });

  describe('keeps quiet hours', () => {
    const zone = process.env['TZ'];
    before(() => (process.env['TZ'] = 'Europe/Berlin'));
    after(() => {
      if (zone === undefined) {
        delete process.env['TZ'];
      } else {
        process.env['TZ'] = zone;
      }
    });

    it('and tells at their end what came meanwhile', async () => {
      machine.clock.jump(new Date(2026, 10, 27, 23, 0).getTime() - machine.clock.now());
      window.settings.quietHours = parseQuietHours('22:00-08:00');
      window.away.since = machine.clock.now() - hour;
      await window.take({ name: 'a' });
      await machine.pass(3 * hour);
      await window.take({ name: 'b' });
      await machine.pass(6 * hour - 1);
      assert.deepEqual(machine.texts, []);
      assert.deepEqual(await window.reasons(), ['held quietHours', 'held quietHours']);
      await machine.pass(1);
      assert.deepEqual(machine.texts, [
        '2 things while away:\n• a ended in 90 s\n• b ended in 90 s',
      ]);
    });
  });

  describe('while its user works in the desktop app of Bitrix24', () => {
    it('holds, looks each minute, and sends when they stop', async () => {
      window.isAtDesktop = true;
      await window.take({ isAskedFor: true });
      await machine.pass(3 * minute);
      assert.deepEqual(await window.reasons(), ['held desktopApp']);
      window.isAtDesktop = false;
      await machine.pass(minute);
      assert.equal(machine.pushes[0]?.things?.[0]?.held, 'desktopApp');
    });

    it('sends after half an hour all the same, once', async () => {
      window.isAtDesktop = true;
      await window.take({ isAskedFor: true });
      await machine.pass(30 * minute - 1);
      assert.equal(machine.pushes.length, 0);
      await machine.pass(hour);
      assert.equal(machine.pushes.length, 1);
    });
  });

  describe('when a push fails', () => {
    it('before it is recorded, tries again later and later, and tells once', async () => {
      let tries = 0;
      machine.send = () => {
        tries += 1;
        return Promise.resolve({ kind: 'failed', error: anError({ code: 'STORAGE_FAILED' }) });
      };
      await window.take({ isAskedFor: true });
      await machine.pass(30 * second);
      assert.deepEqual([tries, await window.reasons()], [1, ['held trouble']]);
      await machine.pass(30 * minute);
      assert.deepEqual([tries, window.told.trouble.length], [5, 0]);
      await machine.pass(2 * minute);
      assert.deepEqual(
        window.told.trouble.map(([{ code }, count]) => [code, count]),
        [['STORAGE_FAILED', 1]],
      );
      await machine.pass(3 * hour);
      assert.equal(window.told.trouble.length, 1);
      assert.deepEqual(machine.shared.value?.sentAt, []);
      machine.send = (draft, options) =>
        Promise.resolve({ kind: 'push', push: pushOf(draft, options) });
      await machine.pass(30 * minute);
      assert.equal(machine.pushes[0]?.things?.[0]?.held, 'trouble');
    });

    it('for want of the account, takes the yes back and holds nothing', async () => {
      const error = anError({ kind: 'invalid', phase: 'notSent', code: 'NO_SUCH_ACCOUNT' });
      machine.send = () => Promise.resolve({ kind: 'failed', error });
      const taken = await window.take({ isAskedFor: true });
      assert.deepEqual(await endOf(taken), { kind: 'over', why: 'discarded' });
      await machine.pass(hour);
      assert.deepEqual([window.takenBack, window.told.trouble.length], [1, 1]);
      assert.equal((await window.take({ isAskedFor: true })).kind, 'off');
    });

    it('at the portal, tells of the push, and the notice is over in it', async () => {
      machine.send = (draft, options) => {
        const people = peopleOf('refused', 1);
        const error = anError({ kind: 'server', phase: 'answered', code: 'ACCESS_ERROR' });
        return Promise.resolve({ kind: 'push', push: pushOf(draft, options, { people, error }) });
      };
      const end = await endOf(await window.take({ isAskedFor: true }));
      assert.ok(end.kind === 'push');
      await machine.pass(hour);
      assert.deepEqual(
        window.told.notAccepted.map(({ id }) => id),
        [end.push.id],
      );
      assert.equal(machine.notices.size + machine.past.size, 0);
    });

    it('for want of the network, leaves it to the pushes that wait', async () => {
      machine.send = (draft, options) => {
        const people = peopleOf('notSent', 1);
        const error = anError({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
        return Promise.resolve({ kind: 'push', push: pushOf(draft, options, { people, error }) });
      };
      assert.equal((await endOf(await window.take({ isAskedFor: true }))).kind, 'push');
      assert.deepEqual(window.told.notAccepted, []);
    });

    it('by a mistake of ours, does not try without end', async () => {
      window.secret = {
        test: () => {
          throw new Error('broken');
        },
      } as unknown as RegExp;
      let tries = 0;
      machine.send = () => {
        tries += 1;
        throw new Error('broken');
      };
      await window.take({ isAskedFor: true });
      await machine.pass(4 * minute);
      assert.equal(tries, 3);
    });
  });

  describe('keeps secrets', () => {
    it('tells a line without its words, or without its name', async () => {
      window.secret = /hunter2/;
      await window.take({ name: 'a', words: 'password hunter2' });
      await window.take({ name: 'login hunter2', words: 'x', result: 'failed', exitCode: 3 });
      await window.take({ name: 'c', words: 'fine' });
      await machine.pass(minute);
      assert.deepEqual(machine.texts, [
        '3 things:\n• a ended in 90 s\n• a task failed (exit 3) in 90 s\n• c ended in 90 s\n  fine',
      ]);
    });

    it('sends with less when the whole text looks like one', async () => {
      machine.send = (draft, options) =>
        Promise.resolve(
          draft.text.includes('words')
            ? {
                kind: 'failed',
                error: anError({ kind: 'invalid', phase: 'notSent', code: 'SECRET_IN_TEXT' }),
              }
            : { kind: 'push', push: pushOf(draft, options) },
        );
      await window.take({ isAskedFor: true, words: 'words' });
      await machine.pass(second);
      assert.deepEqual(machine.texts, ['build ended in 90 s']);
    });
  });

  it('runs no timer while nothing is held', async () => {
    await window.take({ isAskedFor: true });
    await machine.pass(minute);
    const { wakeUps } = machine.clock;
    await machine.pass(24 * hour);
    assert.equal(machine.clock.wakeUps, wakeUps + 1, 'only the one who looks');
  });

  it('sends all that is held when its user says so', async () => {
    window.isAtDesktop = true;
    await machine.clock.run(window.reach.pause(machine.clock.now() + hour));
    await window.take({ name: 'a' });
    await window.take({ name: 'b' });
    await machine.clock.run(window.reach.sendNow());
    assert.deepEqual(machine.texts, ['2 things:\n• a ended in 90 s\n• b ended in 90 s']);
  });

  it('discards all that is held when its user says so, or takes the yes back', async () => {
    const first = await window.take();
    await machine.clock.run(window.reach.discard());
    assert.deepEqual(await endOf(first), { kind: 'over', why: 'discarded' });
    const second = await window.take();
    machine.account = undefined;
    window.yes.fire(undefined);
    assert.deepEqual(await endOf(second), { kind: 'over', why: 'discarded' });
  });

  it('tells what is held, and why', async () => {
    let changes = 0;
    window.reach.onDidChange(() => (changes += 1));
    const until = machine.clock.now() + hour;
    await machine.clock.run(window.reach.pause(until));
    await window.take({ isAskedFor: true });
    await machine.pass(1);
    const { pausedUntil, notices } = window.reach.held;
    assert.deepEqual([pausedUntil, notices.map(({ why }) => why)], [until, ['paused']]);
    assert.ok(changes >= 2);
    await machine.clock.run(window.reach.resume());
    assert.deepEqual(window.reach.held, { pausedUntil: undefined, notices: [] });
  });
});

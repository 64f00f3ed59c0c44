import assert from 'node:assert/strict';
import path from 'node:path';
import { storageFolder } from '../../../src/common/storageFolder';
import { edited } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { summaryOf } from '../../../src/push/push';
import { aDraft, anError, fakeClient } from '../../support/builders';
import type { CallToPortal } from '../../support/builders';
import { MemorySecrets } from '../../support/memorySecrets';
import { openScheduleWindow } from '../../support/scheduleWindow';
import type { ScheduleWindow, ScheduleWindowOptions } from '../../support/scheduleWindow';
import { temporaryFolder } from '../../support/temporaryFolder';
import { until } from '../../support/until';
import { ManualClock } from '../../support/manualClock';

const minute = 60_000;
const hour = 60 * minute;

describe('a push that is sent later', () => {
  const folder = temporaryFolder();
  let clock: ManualClock;
  let keyring: MemorySecrets;
  let windows: ScheduleWindow[];
  let window: ScheduleWindow;
  let wire: Record<string, unknown>[];
  let portal: (call: CallToPortal) => unknown;
  let asked: (number | undefined)[];
  let answer: boolean;
  let draft: Draft;

  beforeEach(async () => {
    clock = new ManualClock(Date.now());
    keyring = new MemorySecrets();
    [windows, wire, asked, answer] = [[], [], [], true];
    portal = () => true;
    draft = aDraft({ text: 'release' });
    window = await open();
  });
  afterEach(async () => {
    for (const one of windows) {
      await one.close();
    }
  });

  async function open(patch: Partial<ScheduleWindowOptions> = {}): Promise<ScheduleWindow> {
    const one = await openScheduleWindow(folder(), {
      ...{ clock, keyring, pid: windows.length + 1, time: { at: clock.now() + hour, zone: 'UTC' } },
      client: fakeClient((call) => portal(call), wire),
      confirm: ({ at }) => {
        asked.push(at);
        return Promise.resolve(answer);
      },
      ...patch,
    });
    windows.push(one);
    return one;
  }
  /** This window ends, and another one is open. */
  async function next(patch: Partial<ScheduleWindowOptions> = {}): Promise<ScheduleWindow> {
    await window.close();
    windows = windows.filter((one) => one !== window);
    window = await open({ pid: 99, ...patch });
    return window;
  }
  const disk = () => storageFolder(path.join(folder(), 'scheduled'));
  const schedule = (what = draft) => window.sendLater.ask(what, 'form');
  const texts = () => wire.map(({ TEXT }) => TEXT);
  const list = async () =>
    (await window.scheduled.list()).map(({ push, state }) => [push.draft.text, state]);
  /** Time passes by minutes, as for a computer that is awake. */
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= minute) {
      clock.advance(Math.min(left, minute));
      for (const one of windows) {
        await one.clock.look();
      }
    }
  }
  const first = async () => (await window.scheduled.list())[0]!.push;
  const isOver = () => until(() => window.told.results.length > 0, 'the end of the push');

  it('is asked about while its user is there, leaves the form, and is on disk as it was agreed to', async () => {
    window.drafts.update(draft);
    const written = window.drafts.current;
    assert.equal(await schedule(written), 'scheduled');
    assert.deepEqual([asked, wire], [[clock.now() + hour], []]);
    assert.notEqual(window.drafts.current.id, written.id);
    const [kept] = await (await next()).scheduled.list();
    assert.deepEqual(kept?.push.draft, written);
    const { host, origin, at, zone, scheduledAt, agreed } = kept.push;
    assert.deepEqual(
      { host, origin, at, zone, scheduledAt, agreed },
      {
        ...{ host: 'acme.example', origin: 'form', at: clock.now() + hour, zone: 'UTC' },
        ...{ scheduledAt: clock.now(), agreed: { by: 'Anna', people: 1 } },
      },
    );
  });

  it('is not scheduled where its user says no, chooses no time, or the draft has faults', async () => {
    answer = false;
    assert.equal(await schedule(), 'cancelled');
    window.choose(undefined);
    assert.equal(await schedule(), 'cancelled');
    window.choose({ at: clock.now() + hour, zone: 'UTC' });
    assert.equal(await schedule(aDraft({ text: '' })), 'cancelled');
    assert.deepEqual(
      window.told.results.map(({ kind }) => kind),
      ['cancelled', 'invalid'],
    );
    assert.deepEqual([await list(), wire], [[], []]);
  });

  it('is not scheduled, and stays in the form, where the disk or the keyring does not take it', async () => {
    window.drafts.update(draft);
    const written = window.drafts.current;
    keyring.broken = { get: 'fails' };
    assert.equal(await schedule(written), 'cancelled');
    const [told] = window.told.results;
    assert.equal(told?.kind === 'failed' && told.error.code, 'STORAGE_FAILED');
    assert.equal(window.drafts.current.id, written.id);
  });

  it('is sent once at its time without a question, and is in the history then', async () => {
    await schedule();
    await pass(59 * minute);
    assert.deepEqual(texts(), []);
    await pass(minute);
    await isOver();
    assert.deepEqual([texts(), asked.length], [['release'], 1]);
    await pass(5 * minute);
    assert.deepEqual([texts(), await list(), await disk().list()], [['release'], [], []]);
    const [push] = await window.history.list();
    assert.deepEqual([summaryOf(push!).state, push!.origin], ['accepted', 'form']);
  });

  it('wakes by itself at its moment, and sleeps for good once nothing is scheduled', async () => {
    await schedule(aDraft({ text: 'soon' }));
    await until(() => clock.sleeping === 1, 'a wait for the next look');
    for (let looks = 0; looks < 60; looks += 1) {
      clock.advance(minute);
      await window.clock.look();
    }
    await isOver();
    await window.clock.look();
    assert.deepEqual([texts(), clock.sleeping], [['soon'], 0]);
  });

  it('is offered and not sent where no window was open at its time', async () => {
    await schedule();
    await window.close();
    windows = [];
    clock.advance(hour + 3 * minute);
    window = await open({ pid: 7, isFocused: false });
    await window.clock.look();
    assert.deepEqual(window.told.offered, [], 'nobody is there to read it');
    await window.clock.look(true);
    await window.clock.look(true);
    assert.deepEqual([window.told.offered, wire], [[['release']], []]);
    await pass(10 * minute);
    assert.deepEqual([await list(), wire], [[['release', 'waits']], []]);
  });

  it('is sent by a window that opens within two minutes of its time', async () => {
    await schedule();
    clock.advance(hour + minute);
    await next();
    await window.clock.look(true);
    await isOver();
    assert.deepEqual([texts(), window.told.offered], [['release'], []]);
  });

  it('is offered after a sleep of the computer, or a clock that was set forward', async () => {
    await schedule();
    await pass(10 * minute);
    clock.advance(2 * hour);
    await until(() => window.told.offered.length > 0, 'the offer');
    assert.deepEqual([window.told.offered, wire], [[['release']], []]);
  });

  it('waits for its time once more where the clock was set back', async () => {
    const early = new ManualClock(clock.now() - hour);
    await schedule();
    await pass(30 * minute);
    await next({ clock: early });
    await window.clock.look(true);
    early.advance(hour);
    await window.clock.look();
    assert.deepEqual([wire, window.told.offered], [[], []]);
  });

  it('is kept by an edit of its draft as it was, and goes when the edited draft is sent', async () => {
    await schedule();
    const later = edited(draft, { text: 'release 2' });
    assert.deepEqual(await list(), [['release', 'waits']]);
    await window.service.send(later, { origin: 'form' });
    assert.deepEqual([texts(), await list()], [['release 2'], []]);
  });

  it('takes the place of what was scheduled of the same draft', async () => {
    await schedule();
    window.choose({ at: clock.now() + 2 * hour, zone: 'UTC' });
    clock.advance(1);
    await schedule(edited(draft, { text: 'release 2' }));
    assert.deepEqual(await list(), [['release 2', 'waits']]);
  });

  it('stays and is told where its account was signed out meanwhile', async () => {
    await schedule();
    await next({
      accounts: {
        current: () => Promise.resolve(undefined),
        get: () => Promise.resolve(undefined),
        client: () => Promise.reject(anError()),
      },
    });
    await pass(hour);
    await until(() => window.told.reasons.length > 0, 'that it was not sent');
    await until(() => window.told.results.length > 0, 'the result');
    assert.deepEqual([await list(), wire], [[['release', 'stays']], []]);
    await pass(hour);
    assert.equal(window.told.reasons.length, 1, 'it is not tried again');
    await next();
    await window.sends.sendNow((await first()).id);
    assert.deepEqual([texts(), await list()], [['release'], []]);
  });

  it('stays and is told where the same text went to the same people a moment before', async () => {
    await schedule();
    await pass(58 * minute);
    await window.service.send(aDraft({ text: 'release' }), { origin: 'palette' });
    await pass(2 * minute);
    await until(() => window.told.reasons.length > 0, 'that it was not sent');
    assert.deepEqual(window.told.reasons, ['failed SAME_TEXT_SENT']);
    assert.deepEqual([texts(), await list()], [['release'], [['release', 'stays']]]);
  });

  it('stays and is told where an earlier push of the same text may have been accepted', async () => {
    await schedule();
    portal = () => Promise.reject(anError());
    await window.service.send(aDraft({ text: 'release' }), { origin: 'palette' });
    await pass(hour);
    await until(() => window.told.reasons.length > 0, 'that it was not sent');
    assert.deepEqual(window.told.reasons, ['stillUnknown']);
    assert.deepEqual([texts().length, await list()], [1, [['release', 'stays']]]);
  });

  it('waits for the network like any other push where that is away at its time', async () => {
    await schedule();
    portal = () => Promise.reject(anError({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' }));
    await pass(hour);
    await isOver();
    assert.deepEqual(await list(), []);
    assert.deepEqual(
      (await window.store.open()).map((push) => summaryOf(push).state),
      ['notSent'],
    );
  });

  it('does not leave without a question where its file was written or changed by another program', async () => {
    await schedule();
    const [name = ''] = await disk().list();
    const content = (await disk().read(name)) ?? '';
    await disk().write(name, content.replace('release', 'forged!'));
    await pass(hour);
    await until(() => window.told.reasons.length > 0, 'that it was not sent');
    assert.deepEqual(window.told.reasons, ['notAgreed']);
    assert.deepEqual([await list(), wire], [[['forged!', 'stays']], []]);
    const push = await first();
    await window.sends.changeTime(push.id);
    assert.deepEqual([window.told.edited.length, await list()], [1, [['forged!', 'stays']]]);
    await window.sends.sendNow(push.id);
    assert.deepEqual([texts(), asked.length], [['forged!'], 2]);
  });

  it('does not leave as a draft that was not the one agreed to', async () => {
    const consent = { kind: 'agreed', version: 'another' } as const;
    const result = await window.service.send(draft, { origin: 'form', consent });
    assert.deepEqual([result.kind, wire], ['cancelled', []]);
  });

  it('gets another time, is cancelled, or is sent now by hand, with all questions', async () => {
    await schedule();
    const idOf = async () => (await first()).id;
    window.choose(undefined);
    await window.sends.changeTime(await idOf());
    clock.advance(1);
    window.choose({ at: clock.now() + 3 * hour, zone: 'Europe/Moscow' });
    const before = await idOf();
    await window.sends.changeTime(before);
    const push = await first();
    assert.deepEqual([push.at, push.zone], [clock.now() + 3 * hour, 'Europe/Moscow']);
    await pass(2 * hour);
    assert.deepEqual(wire, []);
    answer = false;
    await window.sends.sendNow(await idOf());
    assert.deepEqual([await list(), asked.length], [[['release', 'waits']], 2]);
    await window.sends.cancel(await idOf());
    await window.sends.cancel(before);
    assert.deepEqual([await list(), window.told.takenCareOf], [[], 1]);
    await pass(2 * hour);
    assert.deepEqual(wire, []);
  });

  it('is sent once by several windows, dozens at one moment', async () => {
    await next({ fateOf: () => 'lives' });
    for (let index = 0; index < 30; index += 1) {
      await schedule(aDraft({ text: `text ${index}` }));
    }
    await open({ fateOf: () => 'lives' });
    await open({ fateOf: () => 'lives' });
    clock.advance(hour);
    await Promise.all(windows.map((one) => one.clock.look()));
    await until(() => wire.length >= 30, 'all pushes');
    await pass(minute);
    assert.equal(new Set(texts()).size, 30);
    assert.equal(wire.length, 30);
  });

  describe('whose window ended', () => {
    it('after it had taken it goes on in the next one, which sends it', async () => {
      await schedule();
      clock.advance(hour);
      const push = await first();
      await window.scheduled.take(push.id, 'clock');
      await next();
      await window.clock.look(true);
      await isOver();
      assert.deepEqual([texts(), await list()], [['release'], []]);
    });

    it('while its user was asked is as it was before, or stays where its time has passed', async () => {
      await schedule();
      const idOf = async () => (await first()).id;
      await window.scheduled.take(await idOf(), 'hand');
      await next();
      await window.clock.look();
      assert.deepEqual(await list(), [['release', 'waits']]);
      await window.scheduled.take(await idOf(), 'hand');
      clock.advance(hour);
      await next();
      await window.clock.look();
      assert.deepEqual([await list(), wire], [[['release', 'stays']], []]);
    });

    it('after the record was written is told as a push that was not sent, and not sent again', async () => {
      await schedule();
      clock.advance(hour);
      const push = await first();
      await window.scheduled.take(push.id, 'clock');
      await window.store.create({
        ...{ draft, host: 'acme.example', origin: 'form', people: draft.recipients, replaces: [] },
        scheduled: push.id,
      });
      await next();
      await window.clock.look(true);
      assert.deepEqual([await list(), wire], [[], []]);
      assert.deepEqual(
        (await window.service.recover()).map((one) => summaryOf(one).state),
        ['notSent'],
      );
    });

    it('between two steps of a change of its time is there once', async () => {
      await schedule();
      const push = await first();
      const taken = await window.scheduled.take(push.id, 'hand');
      const [name = ''] = await disk().list();
      const before = (await disk().read(name)) ?? '';
      clock.advance(1);
      await taken?.move(clock.now() + 2 * hour, 'UTC');
      // The window ended before it took the old one out.
      await disk().write(name, before);
      await next();
      await window.clock.look();
      const all = await window.scheduled.list();
      assert.deepEqual(
        all.map(({ push: { at }, state }) => [at, state]),
        [[clock.now() + 2 * hour, 'waits']],
      );
    });
  });

  it('is left to a living window that has taken it, until that is silent for minutes', async () => {
    await schedule();
    const push = await first();
    const stopped = window;
    clock.advance(hour + minute);
    await stopped.scheduled.take(push.id, 'clock');
    window = await open({ fateOf: () => 'lives' });
    await window.clock.look();
    assert.deepEqual(await list(), [['release', 'taken']]);
    for (let looks = 0; looks < 3; looks += 1) {
      clock.advance(minute);
      await window.clock.look();
    }
    assert.deepEqual(await list(), [['release', 'waits']]);
    assert.deepEqual(
      [await stopped.scheduled.takeOut(draft, push.id), wire],
      [false, []],
      'the one that was stopped may not let it leave any more',
    );
  });

  it('that cannot be understood is set aside, and hides no other', async () => {
    await schedule();
    const [name = ''] = await disk().list();
    await disk().write(name.replace(/^./u, '1'), '{}');
    assert.deepEqual(await list(), [['release', 'waits']]);
    assert.equal((await disk().list()).filter((one) => one.endsWith('.damaged')).length, 1);
  });
});

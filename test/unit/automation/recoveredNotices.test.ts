import assert from 'node:assert/strict';
import path from 'node:path';
import { createIsRecorded } from '../../../src/automation/isRecorded';
import { storageFolder } from '../../../src/common/storageFolder';
import { newDraft } from '../../../src/push/draft';
import type { HistoryKeep } from '../../../src/push/pushHistory';
import { aDraft, fakeClient, openService } from '../../support/builders';
import { Machine, ReachWindow, pushOf } from '../../support/notices';
import { openPushHistory } from '../../support/pushStores';
import { temporaryFolder } from '../../support/temporaryFolder';

const minute = 60_000;

describe('notices of a window that ended', () => {
  let machine: Machine;
  let dead: ReachWindow;
  let next: ReachWindow;

  beforeEach(() => {
    machine = new Machine();
    dead = new ReachWindow(machine, '1');
    next = new ReachWindow(machine, '2');
  });
  afterEach(() => {
    dead.reach.dispose();
    next.reach.dispose();
  });

  const recover = () => machine.clock.run(next.reach.recover());

  it('are left alone while it lives', async () => {
    await dead.take();
    await recover();
    assert.deepEqual(next.reach.held.notices, []);
    await machine.pass(minute);
    assert.equal(machine.pushes.length, 1);
  });

  it('go on in the next one, when nobody is at that', async () => {
    await dead.take({ name: 'a' });
    dead.kill();
    await recover();
    await machine.pass(minute);
    assert.deepEqual(machine.texts, ['a ended in 90 s']);
    assert.deepEqual([machine.notices.size, machine.past.size, next.told.left], [0, 0, []]);
  });

  it('are not given up while the keyring does not tell whether there is the yes', async () => {
    await dead.take({ name: 'a' });
    dead.kill();
    machine.isKeyringLocked = true;
    await recover();
    await machine.pass(10 * minute);
    assert.deepEqual([machine.pushes.length, machine.past.size], [0, 0]);
    machine.isKeyringLocked = false;
    await machine.pass(2 * minute);
    assert.deepEqual(machine.texts, ['a ended in 90 s']);
  });

  it('are told once to the one who is at the next one, and never sent by themselves', async () => {
    await dead.take({ name: 'a', isAskedFor: true });
    await machine.pass(1);
    await dead.take({ name: 'b', isAskedFor: true });
    await dead.take({ name: 'c' });
    dead.kill();
    next.comeBack();
    await recover();
    await recover();
    assert.deepEqual(
      next.told.left.map((notices) => notices.map(({ name }) => name)),
      [['b', 'c']],
    );
    assert.deepEqual(await next.reasons(), ['over shown', 'over shown']);
    next.leave();
    await machine.pass(60 * minute);
    assert.deepEqual(machine.texts, ['a ended in 90 s']);
  });

  it('are told when their user comes back before they were due', async () => {
    await dead.take({ name: 'a' });
    dead.kill();
    next.leave();
    await recover();
    next.comeBack();
    await machine.pass(minute);
    assert.deepEqual([next.told.left.length, await next.reasons()], [1, ['over shown']]);
  });

  it('are sent when the one who was told says so, in one push', async () => {
    await dead.take({ name: 'a' });
    await dead.take({ name: 'b' });
    dead.kill();
    next.comeBack();
    await recover();
    await machine.clock.run(next.sendLeft!());
    assert.deepEqual(machine.texts, ['2 things:\n• a ended in 90 s\n• b ended in 90 s']);
    assert.deepEqual([machine.notices.size, machine.past.size], [0, 0]);
  });

  it('are discarded when the yes was taken back meanwhile', async () => {
    await dead.take();
    dead.kill();
    machine.account = undefined;
    await recover();
    assert.deepEqual(await next.reasons(), ['over discarded']);
  });

  it('go to one of two windows that look at once', async () => {
    await dead.take({ name: 'a' });
    await dead.take({ name: 'b' });
    dead.kill();
    const third = new ReachWindow(machine, '3');
    await machine.clock.run(Promise.all([next.reach.recover(), third.reach.recover()]));
    await machine.pass(5 * minute);
    const told = machine.pushes.flatMap(({ things }) => things?.map(({ text }) => text) ?? []);
    assert.deepEqual(told.toSorted(), ['a ended in 90 s', 'b ended in 90 s']);
    third.reach.dispose();
  });

  it('of a machine elsewhere are taken after minutes of silence, by looking again', async () => {
    const far = new ReachWindow(machine, 'far');
    await far.take({ name: 'a' });
    far.reach.dispose();
    const here = new ReachWindow(machine, '4', (other) =>
      other === 'far' ? 'elsewhere' : 'lives',
    );
    await machine.clock.run(here.reach.recover());
    await machine.pass(4 * minute);
    assert.deepEqual(machine.texts, []);
    await machine.pass(4 * minute);
    assert.deepEqual(machine.texts, ['a ended in 90 s']);
    here.reach.dispose();
  });

  describe('that was killed', () => {
    it('before its push was recorded: they are sent once', async () => {
      machine.send = () => {
        dead.kill();
        return new Promise(() => undefined);
      };
      await dead.take({ name: 'a', isAskedFor: true });
      await machine.pass(1);
      assert.deepEqual(
        [...machine.notices.keys()].map((name) => /\.joined~/.test(name)),
        [true],
      );
      machine.send = (draft, options) =>
        Promise.resolve({ kind: 'push', push: pushOf(draft, options) });
      await recover();
      await machine.pass(minute);
      assert.deepEqual(machine.texts, ['a ended in 90 s']);
    });

    it('after its push was recorded: they are over in it, and not sent again', async () => {
      machine.send = (draft, options) => {
        machine.pushes.push(pushOf(draft, options));
        dead.kill();
        return new Promise(() => undefined);
      };
      await dead.take({ name: 'a', isAskedFor: true });
      await machine.pass(1);
      await recover();
      await machine.pass(60 * minute);
      assert.equal(machine.pushes.length, 1);
      assert.deepEqual([machine.notices.size, machine.past.size, next.told.left], [0, 0, []]);
    });

    it('where no record can tell: they are told, though nobody is there', async () => {
      machine.send = () => {
        dead.kill();
        return new Promise(() => undefined);
      };
      await dead.take({ name: 'a', isAskedFor: true });
      await machine.pass(1);
      next.isRecorded = () => undefined;
      await recover();
      await machine.pass(60 * minute);
      assert.deepEqual([machine.pushes.length, next.told.left.length], [0, 1]);
    });

    it('between the two steps by which one is over: it stays over', async () => {
      const taken = await dead.take({ name: 'a' });
      assert.ok(taken.kind === 'kept');
      const files = new Map(machine.notices);
      await machine.clock.run(dead.reach.discard());
      files.forEach((content, name) => machine.notices.set(name, content));
      dead.kill();
      await recover();
      await machine.pass(minute);
      assert.deepEqual([machine.texts, machine.notices.size], [[], 0]);
      assert.deepEqual(await next.reasons(), ['over discarded']);
    });
  });
});

describe('whether a push of a draft was recorded', () => {
  const folder = temporaryFolder();
  const ask = (keep: HistoryKeep) =>
    createIsRecorded({
      outbox: storageFolder(path.join(folder(), 'pushes')),
      history: openPushHistory(folder()),
      keep: () => keep,
    });

  it('is told by the outbox and the history, by the name of the draft alone', async () => {
    const draft = aDraft({ recipients: [{ id: 1 }] });
    const opened = await openService(folder(), { client: fakeClient(() => true) });
    const consent = { kind: 'standing', things: [] } as const;
    await opened.service.send(draft, { origin: 'task', consent });
    await opened.close();
    assert.equal(await ask('all')(draft.id), true);
    assert.equal(await ask('all')(newDraft().id), false);
    assert.equal(await ask('none')(newDraft().id), undefined);
    for (const name of await storageFolder(path.join(folder(), 'pushes')).list()) {
      await storageFolder(path.join(folder(), 'pushes')).remove(name);
    }
    assert.equal(await ask('all')(draft.id), true);
  });

  it('is told while the push is on its way', async () => {
    const draft = aDraft({ recipients: [{ id: 1 }] });
    let isRecorded: boolean | undefined;
    const client = fakeClient(async () => {
      isRecorded = await ask('none')(draft.id);
      return true;
    });
    const opened = await openService(folder(), { client });
    const consent = { kind: 'standing', things: [] } as const;
    await opened.service.send(draft, { origin: 'task', consent });
    await opened.close();
    assert.equal(isRecorded, true);
  });
});

import assert from 'node:assert/strict';
import { window } from 'vscode';
import type { StatusBarItem } from 'vscode';
import type { HoldReason } from '../../../src/automation/notice';
import type { HeldNow } from '../../../src/automation/dueRules';
import { ReachStatus } from '../../../src/automation/reachStatus';
import { Emitter } from '../../../src/common/emitter';
import { aNotice } from '../../support/notices';

describe('the status bar item of what is held', () => {
  const changed = new Emitter<undefined>();
  const reach: { held: HeldNow; onDidChange: Emitter<undefined>['event'] } = {
    held: { pausedUntil: undefined, notices: [] },
    onDidChange: changed.event,
  };
  let items: StatusBarItem[];
  let disposed: number;
  let status: ReachStatus;

  beforeEach(() => {
    items = [];
    disposed = 0;
    status = new ReachStatus({
      reach,
      createItem: () => {
        const item = window.createStatusBarItem('test');
        items.push(item);
        return new Proxy(item, {
          get: (target, name) => {
            if (name === 'dispose') {
              disposed += 1;
            }
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          },
          set: (target, name, value) => Reflect.set(target, name, value, target),
        });
      },
    });
  });
  afterEach(() => status.dispose());

  const show = (pausedUntil: number | undefined, ...reasons: HoldReason[]) => {
    const notice = { ...aNotice(), id: 'a', at: 1 };
    reach.held = {
      pausedUntil,
      notices: reasons.map((why) => ({ notice, why, until: undefined })),
    };
    changed.fire(undefined);
  };

  it('is not there for nothing, nor for what passes within seconds', () => {
    show(undefined);
    show(undefined, 'gathering', 'notAway', 'noAnswerYet');
    assert.equal(items.length, 0);
  });

  it('tells how many things are held, and each reason once, one click from what can be done', () => {
    show(undefined, 'cap', 'cap', 'trouble', 'gathering');
    const [item] = items;
    assert.ok(item);
    assert.deepEqual(
      [item.text, item.tooltip, item.command],
      [
        '$(bell-dot) 3',
        '3 things are held for your phone\n20 pushes were sent within an hour\nThe push could not be sent',
        'bitrix24Push.reachMe',
      ],
    );
    assert.equal(
      item.accessibilityInformation?.label,
      '3 things are held for your phone. 20 pushes were sent within an hour. The push could not be sent',
    );
  });

  it('is there while a pause is on, and goes with it', () => {
    const until = new Date(2026, 10, 27, 8, 0).getTime();
    show(until);
    assert.deepEqual(
      items.map(({ text }) => text),
      ['$(bell-slash)'],
    );
    const { tooltip } = items[0]!;
    assert.ok(typeof tooltip === 'string');
    assert.match(tooltip, /^Nothing is held for your phone\nPaused until Nov 27/);
    show(until, 'paused');
    assert.deepEqual([items.map(({ text }) => text), disposed], [['$(bell-slash) 1'], 0]);
    show(undefined);
    assert.equal(disposed, 1);
  });
});

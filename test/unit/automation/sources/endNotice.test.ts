import assert from 'node:assert/strict';
import { endNotice } from '../../../../src/automation/sources/endNotice';
import type { EndSettings } from '../../../../src/automation/sources/endNotice';
import type { EndedThing } from '../../../../src/automation/sources/endedThing';
import { readEndSettings } from '../../../../src/automation/sources/endSettings';
import { silentLog } from '../../../support/silentLog';

const settingsOf = (values: Record<string, unknown> = {}): EndSettings =>
  readEndSettings((name) => values[name], silentLog);
const words = { result: (result: string) => result, duration: (ms: number) => `${ms} ms` };

const ended = (thing: Partial<EndedThing> = {}): EndedThing => ({
  ...{ execution: {}, origin: 'task', name: 'build', folder: 'shop', source: 'Workspace' },
  ...{ startedAt: 1_000, endedAt: 61_000, code: 3 },
  ...thing,
});
const noticeOf = (thing: EndedThing, values?: Record<string, unknown>, isAskedFor = false) =>
  endNotice(thing, settingsOf(values), words, isAskedFor);
const isTold = (thing: Partial<EndedThing>, values?: Record<string, unknown>) =>
  noticeOf(ended(thing), values) !== undefined;

describe('what is told of an end', () => {
  it('is name, result, exit code, duration and folder', () => {
    assert.deepEqual(noticeOf(ended()), {
      ...{ origin: 'task', result: 'failed', name: 'build', durationMs: 60_000, folder: 'shop' },
      ...{ exitCode: 3, words: undefined, at: ended().endedAt },
    });
  });

  it('is “ended” for 0 and for what was stopped, and “failed” for any other code', () => {
    for (const [code, result] of [
      [0, 'ended'],
      [129, 'ended'],
      [130, 'ended'],
      [143, 'ended'],
      [-1_073_741_510, 'ended'],
      [3_221_225_786, 'ended'],
      [1, 'failed'],
      [137, 'failed'],
      [-1, 'failed'],
    ] as const) {
      const notice = noticeOf(ended({ code }));
      assert.equal(notice?.result, result, String(code));
      assert.equal(notice.exitCode, code === 0 ? undefined : code);
    }
  });

  it('is nothing for a task that its user terminated, unless a rule or its user asks', () => {
    const terminated = ended({ code: undefined });
    assert.equal(noticeOf(terminated), undefined);
    assert.equal(noticeOf(terminated, { rules: [{ result: 'failed' }] }), undefined);
    assert.equal(noticeOf(terminated, { rules: [{ name: 'build' }] })?.result, 'ended');
    const asked = noticeOf(terminated, {}, true);
    assert.deepEqual(
      [asked?.result, asked?.exitCode, asked?.isAskedFor],
      ['ended', undefined, true],
    );
  });

  it('is nothing for what was short, but for one whose start nobody saw', () => {
    assert.ok(isTold({ startedAt: 1_000, endedAt: 61_000 }));
    assert.ok(!isTold({ startedAt: 1_000, endedAt: 60_999 }));
    assert.ok(isTold({ startedAt: 1_000, endedAt: 3_000 }, { longerThan: 2 }));
    assert.ok(isTold({ startedAt: undefined }));
    assert.equal(noticeOf(ended({ startedAt: undefined }))?.durationMs, undefined);
  });

  it('follows the setting for tasks', () => {
    for (const [setting, ok, failed] of [
      [undefined, true, true],
      ['nonsense', true, true],
      ['all', true, true],
      ['failed', false, true],
      ['off', false, false],
    ] as const) {
      assert.equal(isTold({ code: 0 }, { tasks: setting }), ok, setting);
      assert.equal(isTold({ code: 3 }, { tasks: setting }), failed, setting);
    }
  });

  it('follows the setting for commands, which are off at first', () => {
    const terminal = (code: number | undefined, commands?: string) =>
      isTold({ origin: 'terminal', code }, { commands, rules: [{ name: '*' }] });
    assert.ok(!terminal(3));
    assert.ok(terminal(0, 'all'));
    assert.ok(!terminal(undefined, 'all'));
    assert.ok(terminal(3, 'failed'));
    assert.ok(!terminal(0, 'failed'));
    assert.ok(!terminal(130, 'failed'));
  });

  it('follows the setting for debugging, where a code is not known as a rule', () => {
    assert.ok(!isTold({ origin: 'debug', code: undefined }));
    assert.ok(isTold({ origin: 'debug', code: undefined }, { debugging: true }));
    assert.equal(noticeOf(ended({ origin: 'debug' }), { debugging: true })?.result, 'failed');
  });

  it('lets the first rule that matches decide', () => {
    const rules = [
      { name: 'build', result: 'failed' },
      { name: '*', longerThan: 5 },
    ];
    assert.ok(!isTold({ code: 0 }, { rules }));
    assert.ok(isTold({ code: 3 }, { rules, tasks: 'off' }));
    const short = { name: 'lint', startedAt: 1_000, endedAt: 6_000, code: 0 };
    assert.ok(isTold(short, { rules }));
    assert.ok(!isTold({ ...short, endedAt: 5_999 }, { rules }));
    assert.equal(noticeOf(ended(short), { rules })?.minimumMs, 5_000);
    assert.ok(
      !isTold({ ...short, endedAt: 60_999 }, { rules: [{ longerThan: 60 }], longerThan: 1 }),
    );
  });

  it('says the text of a rule', () => {
    const rules = [{ text: '{name} {result} after {duration} in {folder} with {exitCode}' }];
    assert.equal(noticeOf(ended(), { rules })?.words, 'build failed after 60000 ms in shop with 3');
    assert.equal(
      noticeOf(ended({ code: 0, folder: undefined, startedAt: undefined }), { rules })?.words,
      'build ended after  in  with ',
    );
  });

  it('says a command line only where that is switched on', () => {
    const terminal = ended({ origin: 'terminal', commandLine: 'make all' });
    assert.equal(noticeOf(terminal, { commands: 'all' })?.words, undefined);
    assert.equal(noticeOf(terminal, { commands: 'all', commandLine: true })?.words, 'make all');
    assert.equal(noticeOf(terminal, {}, true)?.words, undefined);
  });

  it('tells what its user asked for, whatever the settings say', () => {
    const off = { tasks: 'off', commands: 'off', rules: [{ result: 'failed', longerThan: 900 }] };
    for (const origin of ['task', 'terminal', 'debug'] as const) {
      const notice = noticeOf(ended({ origin, code: 0, endedAt: 1_001 }), off, true);
      assert.deepEqual([notice?.isAskedFor, notice?.durationMs], [true, 1]);
    }
  });
});

import assert from 'node:assert/strict';
import { holdReasonText } from '../../../src/automation/holdReasonText';
import type { Notice } from '../../../src/automation/notice';
import { holdReasons } from '../../../src/automation/noticeFileName';
import { noticePhrases } from '../../../src/automation/noticePhrases';
import { noticeLine, pushText, wholeLine } from '../../../src/automation/noticeText';
import { problemOfLeftNotices, problemOfNoticeTrouble } from '../../../src/problems/noticeProblems';
import { anError } from '../../support/builders';

describe('the sentences of a push to oneself', () => {
  const phrases = noticePhrases();
  const lineOf = (patch: Partial<Notice>) => {
    const notice: Notice = {
      id: 'a',
      at: 1,
      origin: 'task',
      result: 'ended',
      name: 'build',
      ...patch,
    };
    return noticeLine(notice, 'all', phrases);
  };
  const told = (patch: Partial<Notice>) => wholeLine(lineOf(patch));

  it('say how a thing ended, and how long it took', () => {
    assert.equal(
      told({ result: 'failed', exitCode: 3, durationMs: 72_000, folder: 'shop' }),
      'build failed (exit 3) after 1 min 12 sec · shop',
    );
    assert.equal(told({}), 'build finished');
    assert.equal(told({ result: 'failed' }), 'build failed');
    assert.equal(told({ result: 'stopped', name: 'Codex' }), 'Codex was stopped by an error');
    assert.equal(told({ result: 'waits', name: 'Codex' }), 'Codex is waiting for you');
  });

  it('are the words of a program, or who has some', () => {
    assert.equal(told({ result: 'said', origin: 'program', words: 'done' }), 'done');
    assert.equal(told({ result: 'said', origin: 'program', name: 'sh' }), 'A message from sh');
    assert.equal(
      told({ result: 'said', origin: 'tool', name: 'Codex' }),
      'Codex has a message for you',
    );
  });

  it('name the kind of thing where its name may not be told', () => {
    const kinds = (['task', 'terminal', 'debug', 'program', 'agent', 'tool'] as const).map(
      (origin) => told({ origin, name: '' }),
    );
    assert.deepEqual(kinds, [
      ...['A task finished', 'A command finished', 'Debugging finished', 'A program finished'],
      ...['A coding agent finished', 'A coding agent finished'],
    ]);
  });

  it('count', () => {
    const lines = [lineOf({}), lineOf({ name: 'test' })];
    const text = (isForLater: boolean, fits = () => true) =>
      pushText(lines, isForLater, phrases, fits);
    assert.equal(text(false), '2 things:\n• build finished\n• test finished');
    assert.equal(text(true), '2 things while you were away:\n• build finished\n• test finished');
    assert.equal(
      text(false, () => false),
      '2 things:\nand 2 more',
    );
    assert.equal(
      pushText(lines.slice(1), true, phrases, () => true),
      'While you were away: test finished',
    );
  });

  it('have a reason for everything that is held, with its time where that is known', () => {
    const reasons = holdReasons.map((why) => holdReasonText(why));
    assert.equal(new Set(reasons).size, holdReasons.length);
    const at = new Date(2026, 10, 27, 8, 0).getTime();
    assert.equal(
      holdReasonText('quietHours', at).replace('\u202f', ' '),
      'Quiet hours until 8:00 AM',
    );
    assert.match(holdReasonText('paused', at), /^Paused until Nov 27, 2026, 8:00/);
  });

  it('tell of what was left, and of trouble', () => {
    assert.match(problemOfLeftNotices(1).message, /^1 thing was .* Send it now\?$/);
    const error = anError({ kind: 'invalid', phase: 'notSent', code: 'STORAGE_FAILED' });
    const some = problemOfNoticeTrouble(error, 2, 'acme.example');
    assert.ok(some);
    assert.match(some.message, /^2 things for your phone could not be sent yet\. \S/);
    assert.deepEqual([some.severity, some.code], ['warning', 'STORAGE_FAILED']);
    const none = problemOfNoticeTrouble(error, 0, 'acme.example');
    assert.match(none?.message ?? '', /^Nothing is sent to your phone any more\. \S/);
  });
});

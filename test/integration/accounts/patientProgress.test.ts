import assert from 'node:assert/strict';
import { CancellationTokenSource } from 'vscode';
import type { window } from 'vscode';
import { patientProgress } from '../../../src/accounts/patientProgress';

describe('progress of work that may be quick', () => {
  let shown: string[];
  let cancel: CancellationTokenSource;
  /** Resolves when the progress is shown, and ends when its work does. */
  let cameForward: Promise<void>;
  /** What the progress waits for. */
  let ended: PromiseLike<unknown>;
  let withProgress: typeof window.withProgress;

  beforeEach(() => {
    shown = [];
    cancel = new CancellationTokenSource();
    cameForward = new Promise((resolve) => {
      withProgress = (options, task) => {
        shown.push(`${options.title ?? ''}, ${options.cancellable ? 'cancellable' : 'for ever'}`);
        const result = task({ report: () => undefined }, cancel.token);
        ended = result;
        resolve();
        return result;
      };
    });
  });

  it('says nothing about quick work, so that what is told after it is seen', async () => {
    const patience = { ms: 60_000, withProgress };
    assert.equal(await patientProgress('Checking', () => Promise.resolve(7), patience), 7);
    await assert.rejects(
      patientProgress('Checking', () => Promise.reject(new Error('no')), patience),
      /no/,
    );
    assert.deepEqual(shown, []);
  });

  it('shows long work until it ends', async () => {
    const result = await patientProgress('Checking', () => cameForward.then(() => 7), {
      ms: 1,
      withProgress,
    });
    await ended;
    assert.equal(result, 7);
    assert.deepEqual(shown, ['Checking, cancellable']);
  });

  it('hands on Cancel', async () => {
    const work = async (signal: AbortSignal) => {
      await cameForward;
      cancel.cancel();
      return signal.aborted;
    };
    assert.equal(await patientProgress('Checking', work, { ms: 1, withProgress }), true);
  });
});

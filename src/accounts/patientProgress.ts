import { ProgressLocation, window } from 'vscode';

/**
 * Does the work. If it takes longer than `ms`, a notification shows it until it ends; its Cancel aborts the signal.
 * A notification that comes and goes would crowd out what is told next.
 */
export async function patientProgress<T>(
  title: string,
  work: (signal: AbortSignal) => Promise<T>,
  { ms = 1_000, withProgress = window.withProgress } = {},
): Promise<T> {
  const abort = new AbortController();
  const working = work(abort.signal);
  const timer = setTimeout(() => {
    void withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      (_, token) => {
        token.onCancellationRequested(() => abort.abort());
        return Promise.allSettled([working]);
      },
    );
  }, ms);
  try {
    return await working;
  } finally {
    clearTimeout(timer);
  }
}

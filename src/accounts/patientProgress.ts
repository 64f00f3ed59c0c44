import { ProgressLocation, window } from 'vscode';

export interface Patience {
  /** Work that takes less gets no notification: one that comes and goes crowds out what is told next. */
  ms: number;
  withProgress: typeof window.withProgress;
}

/** Does the work. If it takes long, a notification shows it until it ends; its Cancel aborts the signal. */
export async function patientProgress<T>(
  title: string,
  work: (signal: AbortSignal) => Promise<T>,
  { ms = 1_000, withProgress = window.withProgress }: Partial<Patience> = {},
): Promise<T> {
  const abort = new AbortController();
  const working = work(abort.signal);
  const timer = setTimeout(() => {
    void withProgress(
      { location: ProgressLocation.Notification, title, cancellable: true },
      (_, token) => {
        token.onCancellationRequested(() => abort.abort());
        return working.then(
          () => undefined,
          () => undefined,
        );
      },
    );
  }, ms);
  try {
    return await working;
  } finally {
    clearTimeout(timer);
  }
}

import { env } from 'vscode';

/** Returns day and time in VS Code's language; `at` is in Unix ms. */
export function dateTime(at: number): string {
  return new Intl.DateTimeFormat(env.language, { dateStyle: 'medium', timeStyle: 'short' }).format(
    at,
  );
}

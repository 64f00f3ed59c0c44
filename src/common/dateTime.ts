import { env } from 'vscode';

/** Day and time in the words of VS Code's language; `at` in Unix ms. */
export function dateTime(at: number): string {
  return new Intl.DateTimeFormat(env.language, { dateStyle: 'medium', timeStyle: 'short' }).format(
    at,
  );
}

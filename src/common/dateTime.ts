import { env } from 'vscode';

const dayAndTime: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };

/** Returns a moment (Unix ms) in VS Code's language. */
export function dateTime(at: number, options = dayAndTime): string {
  return new Intl.DateTimeFormat(env.language, options).format(at);
}

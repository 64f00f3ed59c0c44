import * as v from 'valibot';
import type { AskedAnswer, AskedPush, AskedSend } from '../automation/askedSend';
import { faultSentence, writtenPush } from '../b24push/toolRequest';
import { plainText } from '../common/plainText';

const schema = v.object({ ...writtenPush, by: v.optional(v.string()) });
const nameAtMost = 60;

/**
 * True if a command was called with a push. Menus hand over what was clicked, and an input variable of a task the list
 * of other variables; both are no push.
 */
export function isWrittenPush(argument: unknown): boolean {
  return (
    typeof argument === 'object' &&
    argument !== null &&
    !Array.isArray(argument) &&
    ('to' in argument || 'text' in argument)
  );
}

/**
 * Sends what another extension or a key binding has written, after the user's yes. `by`: who asks, if it does not say so
 * itself. Never rejects.
 */
export async function sendWritten(
  written: unknown,
  { by, askedSend, signal }: { by: string; askedSend: AskedSend; signal?: AbortSignal | undefined },
): Promise<AskedAnswer> {
  const parsed = v.safeParse(schema, written);
  if (!parsed.success) {
    return { outcome: 'invalid', message: faultSentence(parsed.issues), accepted: 0 };
  }
  const named = plainText(parsed.output.by ?? '', nameAtMost);
  const push: AskedPush = { ...parsed.output, by: named || by, origin: 'command' };
  return await askedSend(push, signal);
}

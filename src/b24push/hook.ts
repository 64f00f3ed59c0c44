import { spawn } from 'node:child_process';
import type { HookCall } from './commandLine';
import { ask } from './connect';
import { longestLine } from './protocol';
import { readInput } from './readInput';

/** An agent waits for its hook, so each step ends so many ms after our start, and not before it had `leastMs`. */
const readUntilMs = 130;
const handOverUntilMs = 190;
const detachUntilMs = 250;
const leastMs = 30;

/** The process that goes on where the window takes its time. */
const detachedName = 'B24PUSH_DETACHED';
const detachedForMs = 60_000;

/**
 * Hands over what an agent's hook was told. It resolves once the system has it for the window, and it does not wait for
 * an answer: the system keeps it for a window that is busy. Says nothing and never rejects.
 */
export async function handOver({ agent, event, payload: given }: HookCall): Promise<void> {
  const isDetached = process.env[detachedName] !== undefined;
  const enough = isDetached ? undefined : after(readUntilMs);
  const payload = given ?? (await readInput(process.stdin, longestLine, enough));
  if (payload === undefined || agent === '') {
    return;
  }
  const withdrawn = isDetached ? AbortSignal.timeout(detachedForMs) : after(handOverUntilMs);
  const isHandedOver = await new Promise<boolean>((resolve) => {
    const onHandedOver = () => resolve(true);
    const message = { kind: 'hook', agent, event, payload } as const;
    void ask(message, { signal: withdrawn, onHandedOver }).then(({ kind }) =>
      resolve(kind !== 'lost'),
    );
  });
  if (!isHandedOver && !isDetached) {
    await detach([agent, ...(event === undefined ? [] : [event])], payload);
  }
}

/** Starts this program again, in a session of its own, and gives it what is left to hand over. */
function detach(args: readonly string[], payload: string): Promise<void> {
  return new Promise((resolve) => {
    const [main = ''] = process.argv.slice(1);
    const child = spawn(process.execPath, [main, '--hook', ...args], {
      ...{ detached: true, stdio: ['pipe', 'ignore', 'ignore'], windowsHide: true },
      env: { ...process.env, [detachedName]: '1' },
    });
    child.on('error', () => resolve());
    child.unref();
    child.stdin?.on('error', () => resolve());
    child.stdin?.end(payload, () => resolve());
    after(detachUntilMs).addEventListener('abort', () => resolve());
  });
}

function after(msFromStart: number): AbortSignal {
  return AbortSignal.timeout(Math.max(leastMs, Math.round(msFromStart - performance.now())));
}

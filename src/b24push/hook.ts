import { spawn } from 'node:child_process';
import { openSync, unlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { HookCall } from './commandLine';
import { ask } from './connect';
import { longestLine } from './protocol';
import { readInput } from './readInput';

/** An agent waits for its hook, so it is not read for longer than so many ms after our start. */
const readUntilMs = 200;
/** A window takes it within a millisecond, unless it is busy and the call is large. */
const handOverMs = 60;
/** An agent may forget to close the pipe behind what it has said. */
const quietMs = 60;

/** The process that goes on where the window takes its time. */
const detachedName = 'B24PUSH_DETACHED';
const detachedForMs = 60_000;

/**
 * Hands over what an agent's hook was told. It resolves once the system has it for the window, and it does not wait for
 * an answer: the system keeps it for a window that is busy. Says nothing and never rejects.
 */
export async function handOver({ agent, event, payload: given }: HookCall): Promise<void> {
  const isDetached = process.env[detachedName] !== undefined;
  const readMs = Math.max(Math.round(readUntilMs - performance.now()), quietMs);
  const patience = isDetached ? undefined : { quietMs, signal: AbortSignal.timeout(readMs) };
  const payload = given ?? (await readInput(process.stdin, longestLine, patience));
  if (payload === undefined || agent === '') {
    return;
  }
  const withdrawn = AbortSignal.timeout(isDetached ? detachedForMs : handOverMs);
  const isHandedOver = await new Promise<boolean>((resolve) => {
    const onHandedOver = () => resolve(true);
    const message = { kind: 'hook', agent, event, payload } as const;
    void ask(message, { signal: withdrawn, onHandedOver }).then(({ kind }) =>
      resolve(kind !== 'lost'),
    );
  });
  if (!isHandedOver && !isDetached) {
    detach([agent, ...(event === undefined ? [] : [event])], payload);
  }
}

/**
 * Starts this program again, in a session of its own, and gives it what is left to hand over: as a file without a name,
 * because a pipe would have to be emptied before we may end.
 */
function detach(args: readonly string[], payload: string): void {
  const [main = ''] = process.argv.slice(1);
  const name = `b24push-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const file = path.join(os.tmpdir(), name);
  const written = openSync(file, 'wx', 0o600);
  const input = openSync(file, 'r');
  unlinkSync(file);
  writeFileSync(written, payload);
  spawn(process.execPath, [main, '--hook', ...args], {
    ...{ detached: true, stdio: [input, 'ignore', 'ignore'], windowsHide: true },
    env: { ...process.env, [detachedName]: '1' },
  }).unref();
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import type { EndedCommand } from './protocol';

/** How a command ended. `code` is for the shell: the command's own, or 128 and the number of the signal. */
export type CommandResult =
  | { kind: 'ended'; code: number; ended: EndedCommand }
  | { kind: 'notStarted'; code: number; message: string };

/** Ctrl+C and its like; the last two do not exist on Windows. */
const passedOn = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs a command on our own standard streams, and passes signals on to it. */
export function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv = process.env,
): Promise<CommandResult> {
  const start = performance.now();
  return new Promise((resolve) => {
    let isInterrupted = false;
    // A terminal sends Ctrl+C to the command as well, and a second one makes many programs give up at once.
    const hasTerminal = [process.stdin, process.stdout, process.stderr].some((one) => one.isTTY);
    const pass = (signal: NodeJS.Signals) => {
      const isKey = signal === 'SIGINT' || signal === 'SIGQUIT';
      isInterrupted ||= isKey;
      if (!(isKey && hasTerminal)) {
        child.kill(signal);
      }
    };
    // Before the command starts: from then on, Ctrl+C must not end us without a word.
    passedOn.forEach((signal) => process.on(signal, pass));
    const child = startCommand(program, args, commandEnvironment(env));
    const end = (result: CommandResult) => {
      passedOn.forEach((signal) => process.off(signal, pass));
      resolve(result);
    };
    child.on('error', (error) => end(notStarted(program, error)));
    child.on('exit', (code, signal) => {
      const name = path.basename(program).replace(/\.(exe|cmd|bat)$/i, '');
      const durationMs = Math.round(performance.now() - start);
      const isStopped = signal !== null || isInterrupted;
      end({
        kind: 'ended',
        code: signal === null ? (code ?? 1) : 128 + os.constants.signals[signal],
        ended: { name, durationMs, ...(isStopped || code === null ? {} : { exitCode: code }) },
      });
    });
  });
}

function startCommand(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): ChildProcess {
  if (process.platform !== 'win32') {
    return spawn(program, args, { stdio: 'inherit', env });
  }
  // Only its shell starts scripts such as npm.cmd.
  const line = [program, ...args].map((one) => `"${one.replaceAll('"', '""')}"`).join(' ');
  const shell = env['ComSpec'] ?? 'cmd.exe';
  return spawn(shell, ['/d', '/s', '/c', `"${line}"`], {
    ...{ stdio: 'inherit', env, windowsVerbatimArguments: true },
  });
}

/** What the script of b24push has changed for Node.js is as it was for the command. */
function commandEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { B24PUSH_NODE_OPTIONS: options, ...others } = env;
  delete others['ELECTRON_RUN_AS_NODE'];
  return options ? { ...others, NODE_OPTIONS: options } : others;
}

/** Shells use the same codes. */
function notStarted(program: string, error: Error): CommandResult {
  const isMissing = 'code' in error && error.code === 'ENOENT';
  const why = isMissing ? 'there is no such command' : error.message;
  return { kind: 'notStarted', code: isMissing ? 127 : 126, message: `${program}: ${why}.` };
}

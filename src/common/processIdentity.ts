import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';
import { hasCode } from './files';

/** `elsewhere`: another machine's, container's or boot's process, of which only its heartbeat can tell. */
export type ProcessFate = 'lives' | 'ended' | 'elsewhere';

const largestPid = 2 ** 31 - 1;
/** Linux: the first PID namespace of every boot, which is that of the machine itself. */
const machinesNamespace = 'pid:[4026531836]';

/**
 * Names this process as no other one is named: `PID-START-BOOT-MACHINE`. A process number alone is given away again,
 * and means something on one boot of one machine (in a container: of one PID namespace) only. Digits and letters.
 */
export function thisProcess(): string {
  const boot = fromSystem(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const namespace = fromSystem(() => readlinkSync('/proc/self/ns/pid'));
  const id = fromSystem(() => readFileSync('/etc/machine-id', 'utf8'));
  const isMachines = boot !== undefined && id !== undefined && namespace === machinesNamespace;
  // Only where a machine can be told for certain, an earlier boot of it is: all of its processes have ended.
  const machine = isMachines ? [id, os.hostname()] : [os.hostname(), namespace, boot ?? bootTime()];
  return [process.pid, startOf(process.pid), hash(boot ?? bootTime()), hash(machine.join())].join(
    '-',
  );
}

/** Tells what became of a process that `thisProcess` named. `me`: the name of this one. */
export function processFate(name: string, me: string): ProcessFate {
  const [pid = '', start = '', boot, machine] = name.split('-');
  const [, , myBoot, myMachine] = me.split('-');
  if (machine !== myMachine) {
    return 'elsewhere';
  }
  if (boot !== myBoot || !numberLives(Number(pid))) {
    return 'ended';
  }
  const now = startOf(Number(pid));
  return start === now || start === unknownStart || now === unknownStart ? 'lives' : 'ended';
}

/** Returns whether a process has this number. In doubt the answer is yes, because nothing is taken from a living process. */
function numberLives(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid > largestPid) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Any other code, such as EPERM, says that it is there and belongs to somebody else.
    return !hasCode(error, 'ESRCH');
  }
}

const unknownStart = '0';

/** When the process began, in the system's ticks since its boot; `unknownStart` where the system does not tell. */
function startOf(pid: number): string {
  const status = fromSystem(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? '';
  // Behind the name, which may hold anything in its brackets, the first field is the third. See proc_pid_stat(5).
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return fields[22 - 3] ?? unknownStart;
}

/** To ten minutes, since it is computed from a clock. */
function bootTime(): string {
  return String(Math.round((Date.now() / 1000 - os.uptime()) / 600));
}

function hash(text: string): string {
  return createHash('sha256').update(text.trim()).digest('hex').slice(0, 8);
}

function fromSystem(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

import { hasCode } from './files';

const largestPid = 2 ** 31 - 1;

/**
 * Returns whether a process with this number runs on this machine. In doubt it does: what belongs to a living
 * process is never taken from it. A number that no process can have belongs to nobody.
 */
export function processLives(pid: number): boolean {
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

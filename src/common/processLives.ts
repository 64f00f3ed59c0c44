import { hasCode } from './fileErrors';

/** Whether a process with this id lives on this machine. */
export function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Something that runs in this window, and whose end its user can be told of. */
export interface RunningThing {
  /** VS Code's own object for it; the same at its start and at its end. */
  execution: object;
  origin: 'task' | 'terminal' | 'debug';
  /** Never with arguments. */
  name: string;
  /** Name of the workspace folder. */
  folder: string | undefined;
  /** Unix ms; undefined where nobody saw the start. */
  startedAt: number | undefined;
}

export interface EndedThing extends RunningThing {
  /** Unix ms. */
  endedAt: number;
  /**
   * The exit code. A task that was terminated or whose terminal was closed has none, and neither has a command whose shell
   * did not tell it, nor a debugger that does not know it. 0 is no proof of success: VS Code reports it for signals too.
   */
  code: number | undefined;
  /** The command line of a terminal; it may contain secrets. */
  commandLine?: string | undefined;
  /** Who provides a task, such as "npm". */
  source?: string | undefined;
}

/** Codes of what its user or the system stopped: SIGHUP, SIGINT, SIGTERM, and Ctrl+C on Windows as either sign. */
const stopped = new Set([129, 130, 143, -1_073_741_510, 3_221_225_786]);

export function hasFailed({ code }: Pick<EndedThing, 'code'>): boolean {
  return code !== undefined && code !== 0 && !stopped.has(code);
}

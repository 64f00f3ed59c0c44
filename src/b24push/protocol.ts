/**
 * The protocol between the program b24push and a window: one connection for each call, on it the window's token, a
 * space and one line of JSON; back comes one line of JSON.
 */
export const protocolVersion = 1;

/** A window reads no more than so many bytes of a line. */
export const longestLine = 1_100_000;

/** UTF-8 bytes of a text that the program takes from its user. */
export const longestText = 1_000_000;

/** `exitCode`: absent where a signal ended the command. */
export interface EndedCommand {
  /** Name of the program, without folder and arguments. */
  name: string;
  exitCode?: number | undefined;
  durationMs: number;
}

export type Message =
  /** A text to the user's own phone. `isSync`: the answer waits for what the portal says. */
  | { kind: 'say'; text: string; isSync: boolean }
  /** The command behind `--wait` has ended. */
  | ({ kind: 'ended'; isSync: boolean } & EndedCommand)
  /** A text to others, which the window asks its user about. */
  | { kind: 'push'; to: readonly string[]; text: string }
  /** An agent's hook. `payload` is what the agent said, as it said it. */
  | { kind: 'hook'; agent: string; event?: string | undefined; payload: string }
  /** A call of an agent's tool; the tools know what is in it. */
  | { kind: 'tool'; request: unknown };

/** A line to the window. */
export type ProgramRequest = Message & {
  v: typeof protocolVersion;
  /** Working directory of the program. */
  cwd: string;
};

/**
 * `accepted`: by Bitrix24; `queued`: it is on the disk of the window; `cancelled`: the user said no; `unknown`: it may
 * have arrived; `invalid`: the window did not understand the request.
 */
export const outcomes = [
  'accepted',
  'queued',
  'refused',
  'unknown',
  'cancelled',
  'invalid',
] as const;
export type Outcome = (typeof outcomes)[number];

/** A line from the window. `message`: an English sentence for whoever called; '' where there is nothing to say. */
export interface ProgramAnswer {
  v: typeof protocolVersion;
  outcome: Outcome;
  message: string;
}

/** What the program exits with. */
export const exitCodes = {
  ...{ accepted: 0, queued: 0, refused: 3, unknown: 4, cancelled: 5, invalid: 64 },
  ...{ usage: 64, noWindow: 69 },
} as const satisfies Record<Outcome | 'usage' | 'noWindow', number>;

/** undefined where the line is no answer. */
export function parseAnswer(line: string): ProgramAnswer | undefined {
  const { v, outcome, message } = parseObject(line) ?? {};
  const known = outcomes.find((one) => one === outcome);
  return v === protocolVersion && known !== undefined && typeof message === 'string'
    ? { v, outcome: known, message }
    : undefined;
}

/** Returns the fields of a JSON object; undefined where the text is none. By hand, since the program must start fast. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined;
  } catch {
    return undefined;
  }
}

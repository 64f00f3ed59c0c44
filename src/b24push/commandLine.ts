import { parseArgs } from 'node:util';

export const completionShells = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof completionShells)[number];

/** What a command line asks for. `text` is undefined where it comes on standard input. */
export type CommandLine = { isQuiet: boolean } & (
  | { kind: 'say'; text: string | undefined; to: readonly string[]; isSync: boolean }
  | { kind: 'wait'; command: readonly [string, ...string[]]; isSync: boolean }
  | { kind: 'mcp' | 'help' | 'version' }
  | { kind: 'completion'; shell: CompletionShell }
  | { kind: 'usage'; message: string }
);

const options = {
  help: { type: 'boolean', short: 'h' },
  'print-completion': { type: 'string' },
  quiet: { type: 'boolean', short: 'q' },
  sync: { type: 'boolean' },
  to: { type: 'string', multiple: true },
  version: { type: 'boolean' },
  wait: { type: 'boolean' },
} as const;

/** Parses the arguments; those of an agent's hook are none of them, see `hookCall`. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
  } catch (error) {
    const [sentence = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return usage(sentence);
  }
  const { values, positionals, tokens } = parsed;
  const isQuiet = values.quiet === true;
  const isSync = values.sync === true;
  const to = values.to ?? [];
  const isTerminated = tokens.some(({ kind }) => kind === 'option-terminator');
  if (values.help === true || values.version === true) {
    return { kind: values.help === true ? 'help' : 'version', isQuiet };
  }
  if (values['print-completion'] !== undefined) {
    const shell = completionShells.find((one) => one === values['print-completion']);
    return shell
      ? { kind: 'completion', shell, isQuiet }
      : usage(`--print-completion takes one of: ${completionShells.join(', ')}.`);
  }
  if (values.wait === true) {
    const [program, ...rest] = positionals;
    if (
      !isTerminated ||
      program === undefined ||
      args.indexOf('--') !== args.length - 1 - positionals.length
    ) {
      return usage('--wait takes a command behind two dashes: b24push --wait -- make all');
    }
    if (to.length > 0) {
      return usage('--wait tells you alone, so it does not go together with --to.');
    }
    return { kind: 'wait', command: [program, ...rest], isSync, isQuiet };
  }
  if (to.some((one) => one.trim() === '')) {
    return usage('--to takes a name, an id, an address, or group:NAME.');
  }
  const [first, ...others] = positionals;
  if (first === 'mcp' && others.length === 0 && !isTerminated && to.length === 0) {
    return { kind: 'mcp', isQuiet };
  }
  const isStdin = first === undefined || (first === '-' && others.length === 0);
  const text = isStdin ? undefined : positionals.join(' ');
  return { kind: 'say', text, to, isSync, isQuiet };
}

const usage = (message: string): CommandLine => ({ kind: 'usage', message, isQuiet: false });

export interface HookCall {
  agent: string;
  event: string | undefined;
  /** Some agents give it as the last argument, all others on standard input. */
  payload: string | undefined;
}

/** `--hook AGENT [EVENT] [PAYLOAD]`; undefined where the command line is no hook's. */
export function hookCall(args: readonly string[]): HookCall | undefined {
  const [option, agent = '', ...rest] = args;
  if (option !== '--hook') {
    return undefined;
  }
  const isPayload = (text: string) => text.trimStart().startsWith('{');
  return {
    agent,
    event: rest.find((text) => !isPayload(text)),
    payload: rest.findLast(isPayload),
  };
}

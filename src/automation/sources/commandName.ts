/** These run another program, whose name says more. */
const runners = new Set(['sudo', 'doas', 'time', 'nohup', 'command', 'exec', 'env', 'nice']);

/**
 * Returns the name of the program that a command line runs: no path, argument or variable, since any of them can carry a
 * secret. Undefined where there are several programs, or where it is not clear.
 */
export function commandName(commandLine: string): string | undefined {
  const line = commandLine.trim();
  if (hasOperators(line)) {
    return undefined;
  }
  let runner: string | undefined;
  for (const word of line.split(/\s+/)) {
    if (/^\w+\+?=/.test(word)) {
      // The value of a variable may be quoted with spaces in it: its end is not searched for.
      if (/["'`\\]/.test(word)) {
        return runner;
      }
      continue;
    }
    const name = baseName(word.replace(/^(["'])(.*)\1$/, '$2'));
    if (name === undefined) {
      return runner;
    }
    if (!runners.has(name)) {
      return name;
    }
    runner = name;
  }
  return runner;
}

/** True if b24push is what tells of this command line, or of a part of it. */
export function runsB24push(commandLine: string): boolean {
  return /(^|[\s;&|("'`/\\])b24push(\.cmd)?(?=$|[\s;&|)"'`])|\$(env:)?\{?B24PUSH\b/.test(
    commandLine,
  );
}

/** Quoted text hides operators, and so it is left out; a quote without its end makes the line unclear. */
function hasOperators(line: string): boolean {
  const outside = line.replace(/\\.|"(?:\\.|[^"\\])*"|'[^']*'/gs, '_');
  return /[;&|\n`"'()]|\$\(|<\(/.test(outside.replace(/\s*\d*>&\d\b/g, ''));
}

function baseName(word: string): string | undefined {
  const name = /["'`$]/.test(word) ? '' : (word.split(/[/\\]/).at(-1) ?? '');
  return /^[\p{L}\p{N}_.][\p{L}\p{N}_.+@-]{0,39}$/u.test(name)
    ? name.replace(/\.(exe|cmd|bat|ps1)$/i, '')
    : undefined;
}

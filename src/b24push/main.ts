import { version } from '../../package.json';
import { hookCall, parseCommandLine } from './commandLine';
import type { CommandLine } from './commandLine';
import { ask, askTool } from './connect';
import type { Asked } from './connect';
import { completions, help } from './help';
import { handOver } from './hook';
import { exitCodes, longestText } from './protocol';
import { readInput } from './readInput';
import { runCommand } from './runCommand';

/** A window answers at once unless it is asked to wait, so this one does not. */
const answerWithinMs = 30_000;

/** `sentence` is for standard error. `isFine`: all went well, so `--quiet` keeps it back. */
interface End {
  code: number;
  sentence: string;
  isFine?: boolean;
}

async function run(line: CommandLine): Promise<End> {
  switch (line.kind) {
    case 'help':
      return print(help);
    case 'version':
      return print(`${version}\n`);
    case 'completion':
      return print(completions[line.shell]);
    case 'usage':
      return { code: exitCodes.usage, sentence: `${line.message} Try: b24push --help` };
    case 'mcp': {
      const { serveMcp } = await import('./mcp');
      await serveMcp({ ask: askTool, version });
      return { code: 0, sentence: '' };
    }
    case 'wait':
      return await wait(line);
    case 'say':
      return await say(line);
  }
}

function print(text: string): End {
  process.stdout.write(text);
  return { code: 0, sentence: '' };
}

async function say(line: CommandLine & { kind: 'say' }): Promise<End> {
  if (line.text === undefined && process.stdin.isTTY) {
    return { code: exitCodes.usage, sentence: 'There is no text. Try: b24push --help' };
  }
  const given = line.text ?? (await readInput(process.stdin, longestText));
  const text = given?.replace(/\r?\n$/, '');
  if (text === undefined || Buffer.byteLength(text) > longestText) {
    return tooLong;
  }
  if (text.trim() === '') {
    return { code: exitCodes.usage, sentence: 'The text is empty, so nothing was sent.' };
  }
  const { to, isSync } = line;
  const isToOthers = to.length > 0;
  return endOf(
    isToOthers
      ? await ask({ kind: 'push', to, text })
      : await ask(
          { kind: 'say', text, isSync },
          { timeoutMs: isSync ? undefined : answerWithinMs },
        ),
  );
}

/** The exit code is the command's, whatever became of the push. */
async function wait({ command, isSync }: CommandLine & { kind: 'wait' }): Promise<End> {
  const result = await runCommand(command);
  if (result.kind === 'notStarted') {
    return { code: result.code, sentence: result.message };
  }
  const { sentence, isFine } = endOf(
    await ask(
      { kind: 'ended', ...result.ended, isSync },
      { timeoutMs: isSync ? undefined : answerWithinMs },
    ),
  );
  return { code: result.code, sentence, ...(isFine === undefined ? {} : { isFine }) };
}

const tooLong: End = {
  code: exitCodes.usage,
  sentence: 'The text is longer than a megabyte, so nothing was sent.',
};

function endOf(asked: Asked): End {
  switch (asked.kind) {
    case 'answer': {
      const { outcome, message } = asked.answer;
      return { code: exitCodes[outcome], sentence: message, isFine: exitCodes[outcome] === 0 };
    }
    case 'noWindow':
      return { code: exitCodes.noWindow, sentence: asked.message };
    case 'tooLong':
      return tooLong;
    case 'lost':
      return {
        code: exitCodes.unknown,
        sentence: 'The VS Code window did not answer. The push may arrive; see its history there.',
      };
  }
}

async function main(args: readonly string[]): Promise<void> {
  const hook = hookCall(args);
  if (hook) {
    // Agents take any other exit code, and whatever is printed, for an order to them.
    process.on('uncaughtException', () => process.exit(0));
    await handOver(hook).catch(() => undefined);
    process.exit(0);
  }
  // A terminal that was closed takes no sentence, which is no reason to end with another code.
  process.stderr.on('error', () => undefined);
  const line = parseCommandLine(args);
  const { code, sentence, isFine = false } = await run(line);
  if (sentence !== '' && !(line.isQuiet && isFine)) {
    process.stderr.write(`b24push: ${sentence}\n`);
  }
  process.exitCode = code;
}

void main(process.argv.slice(2));

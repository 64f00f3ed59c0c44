import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { Stop } from './stop';

/** Whoever runs the tool: reads sentences and answers questions. */
export interface Person {
  tell(line: string): void;
  /** Returns what was typed, without blanks around it. Rejects when `signal` is aborted first. */
  ask(question: string, signal?: AbortSignal): Promise<string>;
  /** True once the person has pressed Ctrl+C; every question rejects then. */
  readonly stopped: boolean;
  /** Asks like `ask`, and does not show what is typed. */
  askSecret(question: string): Promise<string>;
}

/** Returns undefined when only Enter was pressed. */
export async function askYes(person: Person, question: string): Promise<boolean | undefined> {
  for (;;) {
    const answer = (await person.ask(`${question} (y/n)`)).toLowerCase();
    if (answer === '') {
      return undefined;
    }
    if (/^(?:y|yes|n|no)$/.test(answer)) {
      return answer.startsWith('y');
    }
    person.tell('  Please type y or n, or press Enter alone if you do not know.');
  }
}

/** A person at a terminal. A pipe in its place works as well, a line for each answer. */
export class TerminalPerson implements Person {
  readonly #output: NodeJS.WritableStream;
  readonly #lines: Interface;
  /** Lines of a pipe that came before they were asked for. At a terminal such a line answers nothing. */
  readonly #early: string[] = [];
  #waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
  #hidden = false;
  #closed = false;
  #stopped = false;

  constructor(input: NodeJS.ReadableStream & { isTTY?: boolean }, output: NodeJS.WritableStream) {
    this.#output = output;
    // readline itself shows what is typed, so a secret is hidden by swallowing what readline writes.
    const screen = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.#hidden) {
          output.write(chunk);
        }
        done();
      },
    });
    const terminal = input.isTTY === true;
    // Without a history, no later question gives the secret back to the arrow keys.
    this.#lines = createInterface({ input, output: screen, terminal, historySize: 0 });
    this.#lines.on('line', (line) => {
      const waiting = this.#waiting;
      // Several lines may come at once, and each of them answers one question.
      this.#waiting = undefined;
      if (waiting !== undefined) {
        waiting.resolve(line);
      } else if (!terminal) {
        this.#early.push(line);
      }
    });
    this.#lines.on('SIGINT', () => {
      this.#stopped = true;
      this.close();
    });
    this.#lines.on('close', () => {
      this.#closed = true;
      this.#waiting?.reject(new Stop('You stopped it.'));
    });
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  tell(line: string): void {
    this.#output.write(`${line}\n`);
  }

  async ask(question: string, signal?: AbortSignal): Promise<string> {
    this.#assertOpen();
    this.#prompt(`${question} `);
    return (await this.#nextLine(signal)).trim();
  }

  async askSecret(question: string): Promise<string> {
    this.#assertOpen();
    this.#output.write(`${question} `);
    this.#hidden = true;
    this.#prompt('');
    try {
      return (await this.#nextLine()).trim();
    } finally {
      this.#hidden = false;
      this.#output.write('\n');
    }
  }

  close(): void {
    this.#lines.close();
  }

  #prompt(text: string): void {
    if (!this.#closed) {
      this.#lines.setPrompt(text);
      this.#lines.prompt();
    }
  }

  /** Lines that came before a pipe ended are still answers. */
  #assertOpen(): void {
    if (this.#closed && this.#early.length === 0) {
      throw new Stop('You stopped it.');
    }
  }

  async #nextLine(signal?: AbortSignal): Promise<string> {
    const early = this.#early.shift();
    if (early !== undefined) {
      return early;
    }
    const giveUp = () => {
      this.#output.write('\n');
      this.#waiting?.reject(new Error('Nobody waits for an answer any more.'));
    };
    signal?.addEventListener('abort', giveUp);
    try {
      return await new Promise<string>((resolve, reject) => {
        this.#waiting = { resolve, reject };
      });
    } finally {
      this.#waiting = undefined;
      signal?.removeEventListener('abort', giveUp);
    }
  }
}

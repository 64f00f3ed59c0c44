// Stands in for @vscode/spdlog, VS Code's native logger: installing that one takes a compiler, and without it VS Code
// writes no log, so that Show Log has nothing to show. Same interface; files are not rotated.
const { appendFileSync, mkdirSync } = require('node:fs');
const path = require('node:path');

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  #file;
  #level = 2;
  #formatted = true;

  constructor(_type, _name, file) {
    this.#file = file;
  }

  #write(level, message) {
    if (level < this.#level) {
      return;
    }
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    const line = this.#formatted ? `${time} [${levels[level]}] ${message}\n` : message;
    try {
      appendFileSync(this.#file, line);
    } catch {
      // The folder went away with its test.
    }
  }

  trace = (message) => this.#write(0, message);
  debug = (message) => this.#write(1, message);
  info = (message) => this.#write(2, message);
  warn = (message) => this.#write(3, message);
  error = (message) => this.#write(4, message);
  critical = (message) => this.#write(5, message);
  getLevel = () => this.#level;
  setLevel = (level) => {
    this.#level = level;
  };
  clearFormatters = () => {
    this.#formatted = false;
  };
  setPattern() {}
  flush() {}
  drop() {}
}

async function createLogger(_name, file) {
  mkdirSync(path.dirname(file), { recursive: true });
  return new Logger('', '', file);
}

// One by one: VS Code imports these by name, and Node.js finds only names that are written like this.
exports.version = 0;
exports.setLevel = () => undefined;
exports.setFlushOn = () => undefined;
exports.Logger = Logger;
exports.createRotatingLogger = createLogger;
exports.createAsyncRotatingLogger = createLogger;

import { format } from 'node:util';
import Mocha from 'mocha';
import { suiteMark } from './suiteMark';

/** VS Code's entry to an extension test: resolves when all passed, rejects otherwise. */
export async function run(): Promise<void> {
  const print = (...args: unknown[]) => console.log(suiteMark + format(...args));
  Mocha.reporters.Base.consoleLog = print;
  try {
    // INTEGRATION_GREP runs some of them, for whoever works on a part.
    const { INTEGRATION_GREP: grep } = process.env;
    const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, color: false, ...(grep && { grep }) });
    // The bundle registers the suites when it is loaded, which must happen under mocha's globals.
    mocha.suite.emit('pre-require', globalThis, null, mocha);
    await import('./suites');
    const failures = await new Promise<number>((resolve) => mocha.run(resolve));
    if (failures > 0) {
      throw new Error(`${failures} tests failed.`);
    }
  } catch (error) {
    print(error instanceof Error ? (error.stack ?? error.message) : error);
    throw error;
  }
}

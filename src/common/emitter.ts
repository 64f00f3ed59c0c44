import type { Event } from 'vscode';
import type { Disposable } from './dispose';

/** Stands in for VS Code's EventEmitter in folders and tests that run without VS Code. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => unknown>();

  readonly event: Event<T> = (listener) => {
    const call = (value: T): unknown => listener(value);
    this.#listeners.add(call);
    return { dispose: () => void this.#listeners.delete(call) };
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      listener(value);
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

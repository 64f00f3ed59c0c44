import type { Event } from 'vscode';
import type { Disposable } from './dispose';

/** The same as VS Code's EventEmitter, for folders and tests that run without VS Code. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => unknown>();

  readonly event: Event<T> = (listener, thisArgs, disposables) => {
    const call = (value: T): unknown => listener.call(thisArgs, value);
    this.#listeners.add(call);
    const subscription = { dispose: () => void this.#listeners.delete(call) };
    disposables?.push(subscription);
    return subscription;
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

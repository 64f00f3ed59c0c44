import type { Memento } from 'vscode';

/** Memento in memory. */
export class MemoryMemento implements Memento {
  readonly values = new Map<string, unknown>();

  keys(): readonly string[] {
    return [...this.values.keys()];
  }

  /** VS Code's two signatures in one: without a default it may be undefined. */
  get<T>(key: string, defaultValue?: T): T {
    return (this.values.get(key) ?? defaultValue) as T;
  }

  update(key: string, value: unknown): Promise<void> {
    if (value === undefined) {
      this.values.delete(key);
    } else {
      this.values.set(key, value);
    }
    return Promise.resolve();
  }
}

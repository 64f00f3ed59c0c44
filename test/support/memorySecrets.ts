import type { SecretStorage, SecretStorageChangeEvent } from 'vscode';
import { Emitter } from '../../src/common/emitter';

/** SecretStorage in memory: what is in it, what was asked of it, and ways to break it. */
export class MemorySecrets implements SecretStorage {
  readonly values: Map<string, string>;
  readonly calls: string[] = [];
  /** Set to make the next calls of a method fail or hang. */
  broken: Partial<Record<'keys' | 'get' | 'store' | 'delete', 'fails' | 'hangs'>> = {};
  /** What the next looks at a key give instead of its value. */
  readonly odd = new Map<string, (string | undefined)[]>();
  readonly #changes = new Emitter<SecretStorageChangeEvent>();
  readonly onDidChange = this.#changes.event;

  constructor(values: Record<string, string> = {}) {
    this.values = new Map(Object.entries(values));
  }

  async keys(): Promise<string[]> {
    await this.#called('keys');
    return [...this.values.keys()];
  }

  async get(key: string): Promise<string | undefined> {
    await this.#called('get', key);
    const odd = this.odd.get(key) ?? [];
    return odd.length > 0 ? odd.shift() : this.values.get(key);
  }

  async store(key: string, value: string): Promise<void> {
    await this.#called('store', key);
    this.values.set(key, value);
    this.#changes.fire({ key });
  }

  async delete(key: string): Promise<void> {
    await this.#called('delete', key);
    if (this.values.delete(key)) {
      this.#changes.fire({ key });
    }
  }

  async #called(method: 'keys' | 'get' | 'store' | 'delete', key = ''): Promise<void> {
    this.calls.push(`${method} ${key}`.trim());
    const how = this.broken[method];
    if (how === 'hangs') {
      await new Promise(() => undefined);
    }
    if (how === 'fails') {
      throw new Error('Cannot get password');
    }
    await Promise.resolve();
  }
}

import type { Event, Memento } from 'vscode';
import * as v from 'valibot';
import { Emitter } from '../common/emitter';
import type { Push } from '../push/push';
import type { FilePushRef } from './filePushRef';

const key = 'pushFiles.lastSends';
const stored = v.fallback(v.record(v.string(), v.string()), {});
const keptAtMost = 500;

export interface LastSendsDeps {
  /** The memory of the workspace. */
  memento: Memento;
  /** Finds a push of any state; undefined once it was deleted. */
  find: (pushId: string) => Promise<Push | undefined>;
}

/** Which push each push of a file became last. The history knows the rest. */
export class LastSends {
  readonly #deps: LastSendsDeps;
  readonly #changed = new Emitter<undefined>();
  readonly onDidChange: Event<undefined> = this.#changed.event;

  constructor(deps: LastSendsDeps) {
    this.#deps = deps;
  }

  async remember(ref: FilePushRef, pushId: string): Promise<void> {
    const others = Object.entries(this.#all()).filter(([one]) => one !== keyOf(ref));
    const kept = others.slice(1 - keptAtMost);
    await this.#deps.memento.update(key, Object.fromEntries([...kept, [keyOf(ref), pushId]]));
    this.#changed.fire(undefined);
  }

  has(ref: FilePushRef): boolean {
    return keyOf(ref) in this.#all();
  }

  async of(ref: FilePushRef): Promise<Push | undefined> {
    const id = this.#all()[keyOf(ref)];
    return id === undefined ? undefined : await this.#deps.find(id);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #all(): Record<string, string> {
    return v.parse(stored, this.#deps.memento.get(key));
  }
}

function keyOf({ uri, title, place }: FilePushRef): string {
  return JSON.stringify([uri, title, place]);
}

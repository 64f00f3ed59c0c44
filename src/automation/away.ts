import type { Event } from 'vscode';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';

export interface AwayDeps {
  window: {
    /** Whether the window is in front, and whether its user has touched it lately. */
    readonly state: { readonly focused: boolean; readonly active: boolean };
    readonly onDidChangeWindowState: Event<unknown>;
  };
  now: () => number;
}

/** Tells since when nobody has been at this window. It watches from the window's start, so that it knows when asked. */
export class Away implements Disposable {
  readonly #deps: AwayDeps;
  readonly #changed = new Emitter<undefined>();
  readonly #listener: Disposable;
  #since: number | undefined;

  constructor(deps: AwayDeps) {
    this.#deps = deps;
    this.#listener = deps.window.onDidChangeWindowState(() => this.#note());
    this.#note();
  }

  /** Fires when its user has left the window or has come back. */
  get onDidChange(): Event<undefined> {
    return this.#changed.event;
  }

  /** Unix ms; undefined while its user is there. */
  get since(): number | undefined {
    return this.#since;
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changed.dispose();
  }

  #note(): void {
    const { focused, active } = this.#deps.window.state;
    const isHere = focused && active;
    if (isHere !== (this.#since === undefined)) {
      this.#since = isHere ? undefined : this.#deps.now();
      this.#changed.fire(undefined);
    }
  }
}

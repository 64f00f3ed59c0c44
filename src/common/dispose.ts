/** A thing that must be ended. Structurally the same as VS Code's Disposable. */
export interface Disposable {
  dispose(): void;
}

/** Owns disposables and ends them, the last one first. */
export class DisposableStore implements Disposable {
  readonly #items: Disposable[] = [];
  #disposed = false;

  /** Keeps the item and returns it; ends it at once when the store has already ended. */
  add<T extends Disposable>(item: T): T {
    if (this.#disposed) {
      item.dispose();
    } else {
      this.#items.push(item);
    }
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    for (const item of this.#items.splice(0).reverse()) {
      item.dispose();
    }
  }
}

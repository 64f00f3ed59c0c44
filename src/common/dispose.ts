/** What lives and must end. Structurally the same as VS Code's Disposable. */
export interface Disposable {
  dispose(): void;
}

/** Owns other disposables and ends them, last first. */
export class DisposableStore implements Disposable {
  readonly #items: Disposable[] = [];
  #disposed = false;

  /** Keeps the item; ends it at once when the store has already ended. */
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

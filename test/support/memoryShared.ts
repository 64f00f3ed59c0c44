import type { SharedFile } from '../../src/common/sharedFile';

/** A file that windows share, in memory. */
export class MemoryShared<T> implements Pick<SharedFile<T>, 'read' | 'update'> {
  value: T | undefined;

  read(): Promise<T | undefined> {
    return Promise.resolve(this.value);
  }

  update<R>(change: (current: T | undefined) => { next?: T; result: R }): Promise<R> {
    const { next, result } = change(this.value);
    this.value = next ?? this.value;
    return Promise.resolve(result);
  }
}

import type { StorageFolder } from '../../src/common/storageFolder';

/** A storage folder in memory, over files that the test sees. Each was last touched at `touchedAt`, Unix ms. */
export function memoryFolder(files: Map<string, string>, touchedAt = 7): StorageFolder {
  const write = (name: string, text: string): Promise<void> => {
    files.set(name, text);
    return Promise.resolve();
  };
  return {
    list: () => Promise.resolve([...files.keys()]),
    read: (name) => Promise.resolve(files.get(name)),
    readBytes: (name) => {
      const text = files.get(name);
      return Promise.resolve(text === undefined ? undefined : new TextEncoder().encode(text));
    },
    write,
    writeBytes: (name, parts) => write(name, Buffer.concat(parts).toString()),
    append: (name, lines) => {
      const before = files.get(name);
      if (before !== undefined) {
        // A line that was cut off goes first.
        files.set(name, before.slice(0, before.lastIndexOf('\n') + 1) + lines);
      }
      return Promise.resolve(before !== undefined);
    },
    touchedAt: (name) => Promise.resolve(files.has(name) ? touchedAt : undefined),
    touch: () => Promise.resolve(),
    rename: (name, to) => {
      const text = files.get(name);
      files.delete(name);
      if (text !== undefined) {
        files.set(to, text);
      }
      return Promise.resolve(text !== undefined);
    },
    remove: (name) => {
      files.delete(name);
      return Promise.resolve();
    },
    removeStray: () => Promise.resolve(),
    readSync: (name) => files.get(name),
    writeSync: (name, text) => void files.set(name, text),
  };
}

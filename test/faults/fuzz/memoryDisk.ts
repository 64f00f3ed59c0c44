import type { Disk } from '../../../src/push/folderDisk';

/** A folder of files in memory. */
export function memoryDisk(files: Map<string, string>): Disk {
  const done = Promise.resolve();
  return {
    list: () => Promise.resolve([...files.keys()]),
    read: (name) => Promise.resolve(files.get(name)),
    write: (name, content) => {
      files.set(name, content);
      return done;
    },
    readSync: (name) => files.get(name),
    writeSync: (name, content) => void files.set(name, content),
    rename: (name, to) => {
      const content = files.get(name);
      files.delete(name);
      if (content !== undefined) {
        files.set(to, content);
      }
      return done;
    },
    remove: (name) => {
      files.delete(name);
      return done;
    },
  };
}

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { silentLog } from '../../support/silentLog';
import { storageFolder } from '../../../src/common/storageFolder';
import { watchFolders } from '../../../src/common/watchFolders';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('watched folders', () => {
  const folder = temporaryFolder();

  it('tell of what is written, added to, renamed and removed, also where they were not there (trial 9.8)', async () => {
    const disk = storageFolder(path.join(folder(), 'b'));
    let heard = (): void => undefined;
    const watch = watchFolders(
      [path.join(folder(), 'a'), path.join(folder(), 'b')],
      () => heard(),
      silentLog,
    );
    try {
      const next = () => new Promise<void>((resolve) => (heard = resolve));
      for (const change of [
        () => disk.write('x', '1\n'),
        () => disk.append('x', '2\n'),
        () => disk.rename('x', 'y'),
        () => disk.remove('y'),
      ]) {
        const told = next();
        await change();
        await told;
      }
    } finally {
      watch.dispose();
    }
  });

  it('are a warning where one cannot be watched, and the others are watched', async () => {
    const warned: string[] = [];
    const file = path.join(folder(), 'file');
    await storageFolder(folder()).write('file', '');
    const log = { ...silentLog, warn: (line: string) => void warned.push(line) };
    let heard = (): void => undefined;
    const told = new Promise<void>((resolve) => (heard = resolve));
    const watch = watchFolders([file, path.join(folder(), 'b')], () => heard(), log);
    try {
      assert.equal(warned.length, 1);
      assert.ok(existsSync(path.join(folder(), 'b')));
      await storageFolder(path.join(folder(), 'b')).write('x', '1');
      await told;
    } finally {
      watch.dispose();
    }
  });
});

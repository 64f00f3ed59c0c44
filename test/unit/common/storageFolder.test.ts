import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { retryWhileHeld } from '../../../src/common/files';
import { storageFolder } from '../../../src/common/storageFolder';
import type { StorageFolder } from '../../../src/common/storageFolder';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('a storage folder', () => {
  const root = temporaryFolder();
  let folder: StorageFolder;
  const pathOf = (name: string) => path.join(root(), 'within', name);

  beforeEach(() => {
    folder = storageFolder(path.join(root(), 'within'));
  });

  it('is empty until something is written, and is not made by looking', async () => {
    assert.deepEqual(await folder.list(), []);
    assert.equal(await folder.read('a'), undefined);
    assert.equal(await folder.readBytes('a'), undefined);
    assert.equal(folder.readSync('a'), undefined);
    assert.equal(await folder.touchedAt('a'), undefined);
    await folder.touch('a');
    await folder.remove('a');
    await folder.removeStray(Date.now());
    assert.equal(await folder.rename('a', 'b'), false);
    assert.equal(await folder.append('a', 'line\n'), false);
    assert.deepEqual(await readdir(root()), []);
  });

  for (const durable of [true, false]) {
    it(`replaces a whole file${durable ? ', durably' : ''}, for the eyes of its user only`, async () => {
      await folder.write('a', 'old', { durable });
      await folder.write('a', 'new', { durable });
      assert.equal(await folder.read('a'), 'new');
      assert.equal(folder.readSync('a'), 'new');
      await folder.writeBytes('b', [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)], {
        durable,
      });
      assert.deepEqual(await folder.readBytes('b'), Uint8Array.of(1, 2, 3));
      folder.writeSync('c', 'at the end');
      assert.equal(await folder.read('c'), 'at the end');
      assert.deepEqual((await folder.list()).sort(), ['a', 'b', 'c'], 'no temporary file stays');
      if (process.platform !== 'win32') {
        for (const name of ['a', 'b', 'c']) {
          assert.equal((await stat(pathOf(name))).mode & 0o077, 0);
        }
      }
    });
  }

  it('leaves the old file and no temporary one when a write fails', async () => {
    await mkdir(pathOf('a'), { recursive: true });
    await writeFile(path.join(pathOf('a'), 'in the way'), '');
    await assert.rejects(folder.write('a', 'new'));
    assert.throws(() => folder.writeSync('a', 'new'));
    assert.deepEqual(await folder.list(), ['a']);
  });

  it('adds whole lines, and cuts off half a line that a crash left', async () => {
    await folder.write('a', '');
    assert.equal(await folder.append('a', 'one\n'), true);
    assert.equal(await folder.append('a', 'two\nthree\n', { durable: false }), true);
    await writeFile(pathOf('a'), 'hal', { flag: 'a' });
    assert.equal(await folder.append('a', 'four\n'), true);
    assert.equal(await folder.read('a'), 'one\ntwo\nthree\nfour\n');
    await writeFile(pathOf('a'), 'not even one line');
    assert.equal(await folder.append('a', 'first\n'), true);
    assert.equal(await folder.read('a'), 'first\n');
  });

  it('takes a line for not written when the file was renamed meanwhile, and makes no new one', async () => {
    await folder.write('a', '');
    const writing = folder.append('a', `${'x'.repeat(32_000_000)}\n`);
    while ((await stat(pathOf('a'))).size === 0) {
      // Until there is no more.
    }
    await rename(pathOf('a'), pathOf('b'));
    assert.equal(await writing, false);
    assert.equal(await folder.append('a', 'more\n'), false);
    assert.deepEqual(await folder.list(), ['b']);
  });

  it('gives a file to one of two that rename it', async () => {
    await folder.write('a', 'x');
    const got = await Promise.all([folder.rename('a', 'mine'), folder.rename('a', 'yours')]);
    assert.deepEqual([...got].sort(), [false, true]);
    assert.deepEqual(await folder.list(), [got[0] ? 'mine' : 'yours']);
  });

  it('tells when a file was written or touched last', async () => {
    const before = Date.now();
    await folder.write('a', 'x');
    assert.ok(Math.abs((await folder.touchedAt('a'))! - before) < 5_000);
    await folder.touch('a', 1_000);
    assert.equal(await folder.touchedAt('a'), 1_000);
    await folder.touch('a');
    assert.ok(Math.abs((await folder.touchedAt('a'))! - before) < 5_000);
  });

  it('removes what interrupted writes left, once it is old', async () => {
    await folder.write('a', 'x');
    await mkdir(pathOf('folder.tmp'));
    for (const name of ['old.tmp', 'new.tmp']) {
      await writeFile(pathOf(name), 'half');
    }
    for (const name of ['a', 'old.tmp', 'folder.tmp']) {
      await utimes(pathOf(name), 1, 1);
    }
    await folder.removeStray(2_000);
    assert.deepEqual((await folder.list()).sort(), ['a', 'folder.tmp', 'new.tmp']);
    assert.equal(await readFile(pathOf('new.tmp'), 'utf8'), 'half');
  });
});

describe('a file that another program holds for a moment', () => {
  const failing = (code: string, times: number) => {
    let calls = 0;
    return () => {
      calls += 1;
      return calls > times
        ? Promise.resolve(calls)
        : Promise.reject(Object.assign(new Error(code), { code }));
    };
  };

  it('is tried again, as scanners let go of it soon (trial 5.7)', async () => {
    for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
      assert.equal(await retryWhileHeld(failing(code, 7)), 8);
    }
  });

  it('is given up in the end, and at once after any other error', async () => {
    await assert.rejects(retryWhileHeld(failing('EPERM', 8)), { code: 'EPERM' });
    await assert.rejects(retryWhileHeld(failing('ENOSPC', 1)), { code: 'ENOSPC' });
  });
});

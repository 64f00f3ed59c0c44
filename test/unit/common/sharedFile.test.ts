import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SharedFile } from '../../../src/common/sharedFile';
import { temporaryFolder } from '../../support/temporaryFolder';

describe('a file that windows share', () => {
  const folder = temporaryFolder();
  let file: string;
  let warnings: string[];

  beforeEach(() => {
    file = path.join(folder(), 'value.json');
    warnings = [];
  });

  const open = (durable = true) =>
    new SharedFile<number>({
      file,
      durable,
      parse: (value) => (typeof value === 'number' ? value : undefined),
      log: {
        debug() {},
        info() {},
        error() {},
        warn: (line) => void warnings.push(line),
      },
    });

  it('is nothing at first, then what was stored last', async () => {
    assert.equal(await open().read(), undefined);
    const before = await open().update((current) => ({ next: 7, result: current }));
    assert.equal(before, undefined);
    assert.equal(await open(false).read(), 7);
  });

  it('stays as it is without a next value, and when the change fails', async () => {
    const shared = open();
    await shared.update(() => ({ next: 7, result: undefined }));
    assert.equal(await shared.update((current) => ({ result: current })), 7);
    await assert.rejects(
      shared.update(() => {
        throw new Error('no');
      }),
    );
    assert.equal(await shared.read(), 7);
  });

  it('loses no change of many at once', async () => {
    const windows = [open(), open(false), open()];
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        windows[index % 3]!.update((current = 0) => ({ next: current + 1, result: undefined })),
      ),
    );
    assert.equal(await open().read(), 60);
  });

  it('is not overwritten by a window that was stopped while it held the lock (trial 5.5)', async () => {
    await open().update(() => ({ next: 1, result: undefined }));
    let calls = 0;
    const seen = await open().update((current = 0) => {
      calls += 1;
      if (calls === 1) {
        // After the silence, another window takes the lock, changes the file and goes.
        writeFileSync(`${file}.lock.3`, '{"free":true}');
        writeFileSync(file, '10');
      }
      return { next: current + 1, result: current };
    });
    assert.deepEqual([calls, seen, await open().read()], [2, 10, 11]);
  });

  it('is set aside and told when it is damaged, never silently emptied', async () => {
    for (const text of ['{"half', '"a word"', '']) {
      await writeFile(file, text);
      assert.equal(await open().read(), undefined);
      assert.equal(await readFile(file, 'utf8'), text, 'reading changes nothing');
      await open().update((current) => ({
        next: current === undefined ? 1 : 2,
        result: undefined,
      }));
      assert.equal(await open().read(), 1);
      assert.equal(await readFile(`${file}.damaged`, 'utf8'), text);
    }
    assert.equal(warnings.length, 3);
  });
});

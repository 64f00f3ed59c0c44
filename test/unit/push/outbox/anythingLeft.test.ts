import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { anythingLeft } from '../../../../src/push/outbox/anythingLeft';

describe('a window that starts looks for pushes that were left', () => {
  let folder: string;

  beforeEach(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'outbox-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('finds nothing where nothing was ever sent', async () => {
    assert.equal(await anythingLeft(path.join(folder, 'outbox')), false);
  });

  it('finds nothing when all are over', async () => {
    assert.equal(await anythingLeft(folder), false);
  });

  it('finds whatever is there', async () => {
    await writeFile(path.join(folder, 'of-another-window.push'), '');
    assert.equal(await anythingLeft(folder), true);
  });

  it('says when it cannot look', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    await assert.rejects(anythingLeft(file), { code: 'ENOTDIR' });
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** Gives each test of the enclosing `describe` an empty folder, and removes it after the test. */
export function temporaryFolder(): () => string {
  let folder: string | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-test-'));
  });
  afterEach(async () => {
    // What the test started may be writing still.
    await rm(folder!, { recursive: true, maxRetries: 10, retryDelay: 20 });
    folder = undefined;
  });
  return () => {
    if (folder === undefined) {
      throw new Error('The folder is there while a test runs.');
    }
    return folder;
  };
}

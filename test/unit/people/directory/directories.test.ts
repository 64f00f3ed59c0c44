import { testClient } from '../../../support/testClient';
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Bitrix24Error } from '../../../../src/bitrix24/errors';
import type { HttpRequest, HttpResponse } from '../../../../src/bitrix24/transport';
import { silentLog } from '../../../support/silentLog';
import { Directories } from '../../../../src/people/directory/directories';
import { storageFolder } from '../../../../src/common/storageFolder';
import { FakeClock, FakeTokens, json } from '../../bitrix24/support';

const day = 24 * 60 * 60 * 1000;

/** A portal of people 1..count that answers as Bitrix24 does, references between commands included. */
class FakePortal {
  requests: string[] = [];
  /** Asked before each answer. */
  onRequest: (number: number) => HttpResponse | Bitrix24Error | Promise<undefined> | undefined =
    () => undefined;
  readonly #count: () => number;

  constructor(count: () => number) {
    this.#count = count;
  }

  async send({ url, body }: HttpRequest): Promise<HttpResponse> {
    const method = url.pathname.split('/').at(-1) ?? '';
    this.requests.push(method);
    const other = await this.onRequest(this.requests.length);
    if (other instanceof Bitrix24Error) {
      throw other;
    }
    if (other) {
      return other;
    }
    const { cmd } = JSON.parse(body ?? '{}') as { cmd: Record<string, string> };
    const result: Record<string, { ID: string }[]> = {};
    for (const [key, command] of Object.entries(cmd)) {
      const after = new URLSearchParams(command.split('?')[1]).get('FILTER[>ID]') ?? '';
      const [, page = ''] = /^\$result\[(\w+)\]/.exec(after) ?? [];
      result[key] = this.#page(Number(page ? result[page]?.[49]?.ID : after));
    }
    const totals = { c0: this.#count() };
    return json({ result: { result, result_error: [], result_total: totals, result_next: [] } });
  }

  #page(after: number): { ID: string }[] {
    const length = Math.max(0, Math.min(50, this.#count() - after));
    return Array.from({ length }, (_, at) => ({
      ID: String(after + at + 1),
      ACTIVE: true,
      NAME: 'Имя',
      LAST_NAME: `Номер${after + at + 1}`,
      EMAIL: 'secret@acme.example',
      PERSONAL_MOBILE: '+1 secret',
      UF_DEPARTMENT: [1],
    }));
  }
}

describe('the directories of portals', function () {
  // Thousands of people are read several times over.
  this.timeout(20_000);
  let folder: string;
  let count: number;
  let portal: FakePortal;
  let clock: FakeClock;
  let opened: Directories[];

  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'directory-')), 'people');
    count = 5_120;
    portal = new FakePortal(() => count);
    clock = new FakeClock();
    clock.time = Date.now();
    opened = [];
  });
  afterEach(async () => {
    opened.forEach((directories) => directories.dispose());
    await rm(path.dirname(folder), { recursive: true });
  });

  /** As another window, or after a restart. */
  const open = (): Directories => {
    const client = testClient({ transport: portal, tokens: new FakeTokens(), clock });
    const directories = new Directories({
      accounts: { client: () => Promise.resolve(client) },
      folder: storageFolder(folder),
      clock,
      log: silentLog,
    });
    opened.push(directories);
    return directories;
  };
  const files = async () => (await readdir(folder)).map((name) => path.join(folder, name));
  const cut = () =>
    new Bitrix24Error({ kind: 'reset', phase: 'noAnswer', code: 'ECONNRESET', host: 'x' });

  it('read everybody, keep them and open them again without the network', async () => {
    const outcome = await open().read('a');
    assert.equal(outcome.kind === 'read' && outcome.directory.count, 5_120);
    assert.deepEqual(portal.requests, ['batch', 'batch', 'batch', 'batch']);
    assert.ok(clock.slept.every((ms) => ms === 500) && clock.slept.length === 3, 'paced');

    const again = await open().open('a');
    assert.equal(again?.count, 5_120);
    assert.deepEqual(
      again.search('номер5119').people.map(({ id }) => id),
      [5_119],
    );
    assert.equal(portal.requests.length, 4);
  });

  it('keep only the listed fields, in one file that only the user may read and no name tells of', async () => {
    await open().read('member:1');
    const [file = '', ...more] = await files();
    assert.deepEqual(more, []);
    const content = await readFile(file, 'latin1');
    assert.ok(!content.includes('secret'));
    assert.doesNotMatch(path.basename(file), /member|:/);
    assert.equal((await stat(file)).mode & 0o077, process.platform === 'win32' ? 0o066 : 0);
  });

  it('go on where a reading broke off, also in another window', async () => {
    portal.onRequest = (number) => (number === 3 ? cut() : undefined);
    await assert.rejects(open().read('a'), { code: 'ECONNRESET' });
    portal.requests = [];
    portal.onRequest = () => undefined;
    const outcome = await open().read('a');
    assert.equal(outcome.kind === 'read' && outcome.directory.count, 5_120);
    assert.deepEqual(portal.requests, ['batch', 'batch']);
    assert.equal((await files()).length, 1);
  });

  it('go on from the last whole line when the process ended in the middle of one', async () => {
    portal.onRequest = (number) => (number === 3 ? cut() : undefined);
    await assert.rejects(open().read('a'));
    const [file = ''] = await files();
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, -1_000));
    await utimes(file, 0, 0);
    portal.requests = [];
    portal.onRequest = () => undefined;
    const outcome = await open().read('a');
    assert.equal(outcome.kind === 'read' && outcome.directory.count, 5_120);
    assert.deepEqual(portal.requests, ['batch', 'batch', 'batch']);
  });

  it('do not go on with what was read long ago', async () => {
    portal.onRequest = (number) => (number === 3 ? cut() : undefined);
    await assert.rejects(open().read('a'));
    portal.onRequest = () => undefined;
    portal.requests = [];
    clock.time += day;
    await open().read('a');
    assert.equal(portal.requests[0], 'batch');
  });

  it('stop when asked to, without losing what was read', async () => {
    const directories = open();
    portal.onRequest = (number) => {
      if (number === 3) {
        directories.stop('a');
      }
      return undefined;
    };
    assert.deepEqual(await directories.read('a'), { kind: 'cancelled' });
    const again = directories.read('a');
    directories.stop('a');
    assert.deepEqual(await again, { kind: 'cancelled' }, 'stopped before its first request');
    portal.requests = [];
    assert.equal((await directories.read('a')).kind, 'read');
    assert.equal(portal.requests.length, 1, 'what was answered is not asked for again');
  });

  it('go on from what was read when only keeping it failed', async () => {
    count = 60;
    const directories = open();
    directories.onDidProgress(
      (accountId) => directories.reading(accountId)?.read === 60 && directories.stop(accountId),
    );
    assert.deepEqual(await directories.read('a'), { kind: 'cancelled' });
    portal.requests = [];
    assert.equal((await open().read('a')).kind, 'read');
    assert.deepEqual(portal.requests, []);
  });

  it('read once for all who ask at the same time', async () => {
    const directories = open();
    const [one, two] = await Promise.all([directories.read('a'), directories.read('a')]);
    assert.equal(one, two);
    assert.equal(portal.requests.length, 4);
  });

  it('leave a reading to the window that is at it, and show its result', async () => {
    let inTheMiddle: Promise<unknown> | undefined;
    const other = open();
    portal.onRequest = (number) => {
      if (number !== 3) {
        return undefined;
      }
      inTheMiddle = other.read('a');
      return inTheMiddle.then(() => undefined);
    };
    await open().read('a');
    assert.deepEqual(await inTheMiddle, { kind: 'elsewhere' });
    assert.equal((await other.open('a'))?.count, 5_120);
  });

  it('ask for fewer at a time where the portal takes too long', async () => {
    portal.onRequest = (number) =>
      number === 2
        ? new Bitrix24Error({ kind: 'timeout', phase: 'noAnswer', code: 'TIMEOUT', host: 'x' })
        : undefined;
    count = 700;
    const outcome = await open().read('a');
    assert.equal(outcome.kind === 'read' && outcome.directory.count, 700);
    assert.deepEqual(portal.requests, ['batch', 'batch', 'batch', 'batch']);
  });

  it('say which scope is missing, and do not ask again by themselves', async () => {
    portal.onRequest = () => json({ error: 'insufficient_scope', error_description: '' }, 401);
    const directories = open();
    assert.deepEqual(await directories.read('a'), { kind: 'missingScope', missingScope: 'user' });
    assert.equal(directories.missingScope('a'), 'user');
    assert.equal(await directories.prepare('a'), undefined);
    assert.equal(portal.requests.length, 1);
    portal.onRequest = () => undefined;
    assert.equal((await directories.read('a')).kind, 'read');
    assert.equal(directories.missingScope('a'), undefined);
  });

  it('set a damaged file aside and read again', async () => {
    await open().read('a');
    const [file = ''] = await files();
    const bytes = await readFile(file);
    for (const damage of [
      bytes.subarray(0, 1_000),
      Buffer.from(bytes).fill(7, 5_000, 5_010),
      Buffer.from('{}'),
      Buffer.alloc(0),
    ]) {
      await writeFile(file, damage);
      const directories = open();
      assert.equal(await directories.open('a'), undefined);
      assert.deepEqual(await files(), [`${file}.damaged`]);
      const changed = new Promise((resolve) => directories.onDidChange(resolve));
      assert.equal(await directories.prepare('a'), undefined);
      assert.equal(await changed, 'a');
      assert.equal(directories.peek('a')?.count, 5_120);
      assert.deepEqual(await files(), [file]);
    }
  });

  for (const [when, laterMs] of [
    ['they are older than a day', day + 1],
    ['the clock was set back', -day],
  ] as const) {
    it(`are read again in the background when ${when}`, async () => {
      await open().read('a');
      const directories = open();
      await directories.prepare('a');
      assert.equal(portal.requests.length, 4);
      clock.time += laterMs;
      count = 60;
      const old = await directories.prepare('a');
      assert.equal(old?.count, 5_120, 'what is there serves meanwhile');
      await new Promise((resolve) => directories.onDidChange(resolve));
      assert.equal(directories.peek('a')?.count, 60);
    });
  }

  it('leave a portal alone for a minute that could not be read in the background', async () => {
    portal.onRequest = () => cut();
    const directories = open();
    const failed = async () => {
      await directories.prepare('a');
      await assert.rejects(directories.read('a'), 'joins the reading that is under way');
      await new Promise((resolve) => setImmediate(resolve));
      return portal.requests.length;
    };
    const asked = await failed();
    clock.time += 59_999;
    await directories.prepare('a');
    await directories.prepare('a');
    assert.equal(portal.requests.length, asked);
    clock.time += 1;
    assert.ok((await failed()) > asked);
  });

  it('tell whoever looks how far a reading is, and stop for the user', async () => {
    const directories = open();
    const seen: unknown[] = [];
    directories.onDidProgress((accountId) => {
      const progress = directories.reading(accountId);
      seen.push(progress);
      if (progress?.read === 2_550) {
        directories.stop(accountId);
      }
    });
    assert.deepEqual(await directories.read('a'), { kind: 'cancelled' });
    const [started, ended] = [{ read: 0, total: undefined }, undefined];
    const steps = (...read: number[]) => read.map((one) => ({ read: one, total: 5_120 }));
    assert.deepEqual(seen.splice(0), [started, ...steps(50, 2_550), ended]);
    await directories.prepare('a');
    assert.equal(directories.reading('a'), undefined, 'not at once again by itself');
    const outcome = await directories.read('a');
    assert.equal(outcome.kind === 'read' && outcome.directory.count, 5_120);
    assert.equal(portal.requests.length, 4, 'goes on where it was stopped');
    assert.deepEqual(seen, [started, ...steps(5_050, 5_120), ended]);
  });

  it('forget everything about an account and nothing about others', async () => {
    const directories = open();
    await directories.read('a');
    count = 10;
    await directories.read('b');
    portal.onRequest = () => cut();
    await assert.rejects(directories.read('a'));
    await directories.forget('a');
    assert.equal(directories.peek('a'), undefined);
    assert.equal(await directories.open('a'), undefined);
    assert.equal((await files()).length, 1);
    assert.equal((await directories.open('b'))?.count, 10);
  });

  it('forget an account in the midst of reading it, also from another window', async () => {
    for (const forgetting of [open(), undefined]) {
      const directories = open();
      let forgotten: Promise<void> | undefined;
      portal.requests = [];
      portal.onRequest = (number) => {
        if (number === 3) {
          forgotten = (forgetting ?? directories).forget('a');
        }
        return forgetting && number === 3 ? forgotten?.then(() => undefined) : undefined;
      };
      assert.deepEqual(await directories.read('a'), { kind: 'cancelled' });
      await forgotten;
      assert.deepEqual(await files(), []);
    }
  });
});

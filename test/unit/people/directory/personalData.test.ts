import { testClient } from '../../../support/testClient';
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { nodeFetchTransport } from '../../../../src/bitrix24/nodeFetchTransport';
import type { Transport } from '../../../../src/bitrix24/transport';
import { accountOf } from '../../../../src/accounts/storedAccount';
import type { Log } from '../../../../src/common/log';
import { Directories } from '../../../../src/people/directory/directories';
import { storageFolder } from '../../../../src/common/storageFolder';
import { forgetPeopleWithAccount } from '../../../../src/people/forgetPeople';
import { PeopleSearch } from '../../../../src/people/peopleSearch';
import { startSandbox, type Sandbox, type SandboxUser } from '../../../../src/sandbox/index';
import { noDirectories } from '../../../support/noDirectories';
import { MemorySecrets } from '../../../support/memorySecrets';
import { secretOf, storedAccount } from '../../../support/storedAccounts';
import { temporaryFolder } from '../../../support/temporaryFolder';
import { tokenStore } from '../../../support/tokenStores';
import { sandboxTokens } from '../../../support/sandboxClient';
import { FakeClock } from '../../bitrix24/support';

/** What rows of people carry on a portal that tells more than it was asked for. */
const canaries = {
  EMAIL: 'canary.mail@example.com',
  PERSONAL_MOBILE: '+7 900 555-01-99',
  PERSONAL_PHONE: 'canary-phone',
  WORK_PHONE: '8 (495) 555-01-98',
  PERSONAL_BIRTHDAY: '1987-06-05T00:00:00+03:00',
  PERSONAL_GENDER: 'canary-gender',
  PERSONAL_CITY: 'canary-city',
  PERSONAL_WWW: 'https://canary.example',
  LAST_LOGIN: '2026-01-02T03:04:05+03:00',
  DATE_REGISTER: '2019-08-07T00:00:00+03:00',
  TIME_ZONE: 'Canary/Zone',
  XML_ID: 'canary-xml',
  TITLE: 'canary-title',
  UF_PHONE_INNER: 'canary-inner',
  UF_EMPLOYMENT_DATE: '2018-07-06T00:00:00+03:00',
  UF_SKYPE: 'canary-skype',
  UF_USR_1234567890: 'canary-custom',
};

const listOfRows = v.array(v.looseObject({ ID: v.string() }));
const answerShape = v.looseObject({ result: v.unknown() });
const batchShape = v.looseObject({ result: v.record(v.string(), v.unknown()) });

/** A portal that overlooks SELECT: whoever is in an answer comes with everything. */
function talkative(network: Transport): Transport {
  const withCanaries = (list: unknown): unknown => {
    const rows = v.safeParse(listOfRows, list);
    return rows.success ? rows.output.map((row) => ({ ...row, ...canaries })) : list;
  };
  return {
    send: async (request) => {
      const response = await network.send(request);
      if (!request.url.pathname.startsWith('/rest/')) {
        return response;
      }
      const answer = v.parse(answerShape, JSON.parse(response.body));
      const batch = v.safeParse(batchShape, answer.result);
      const result = batch.success
        ? {
            ...batch.output,
            result: Object.fromEntries(
              Object.entries(batch.output.result).map(([key, list]) => [key, withCanaries(list)]),
            ),
          }
        : withCanaries(answer.result);
      return { ...response, body: JSON.stringify({ ...answer, result }) };
    },
  };
}

describe('the personal data of a portal’s people', () => {
  const count = 300;
  const id = `${'a'.repeat(32)}:1`;
  const other = `${'a'.repeat(32)}:2`;
  const shared = temporaryFolder();
  let storage: string;
  let sandbox: Sandbox;
  let directories: Directories;
  let search: PeopleSearch;
  let lines: string[];

  beforeEach(async () => {
    storage = await mkdtemp(path.join(os.tmpdir(), 'personal-'));
    lines = [];
    const note = (line: string) => void lines.push(line);
    const log: Log = { debug: note, info: note, warn: note, error: note };
    const clock = new FakeClock();
    sandbox = await startSandbox({ people: count, now: () => clock.now() });
    // Someone whom an address alone would name.
    sandbox.patchState({ users: [{ id: 2, firstName: '', lastName: '' }] });
    const network = nodeFetchTransport({ userAgent: 'test/1' });
    const tokens = await sandboxTokens(sandbox);
    const transport = talkative(network);
    const client = testClient({ transport, tokens, clock, log });
    const accounts = {
      client: () => Promise.resolve(client),
      get: () => Promise.resolve(accountOf(storedAccount())),
      current: () => Promise.resolve(undefined),
    };
    const folder = storageFolder(path.join(storage, 'people'));
    directories = new Directories({ accounts, folder, clock, log });
    search = new PeopleSearch({ ...noDirectories, accounts, directories, log });
  });
  afterEach(async () => {
    directories.dispose();
    await sandbox.close();
    await rm(storage, { recursive: true });
  });

  const people = (): SandboxUser[] =>
    sandbox.users(Array.from({ length: count }, (_, at) => at + 1));

  /** Every file under the storage, as text of one byte a letter and of UTF-8. */
  async function written(): Promise<Map<string, string>> {
    const entries = await readdir(storage, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const contents = await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const bytes = await readFile(path.join(parentPath, name));
        const text = `${bytes.toString('utf8')}\n${bytes.toString('latin1')}\n${bytes.toString('utf16le')}`;
        return [name, text] as const;
      }),
    );
    return new Map(contents);
  }

  function assertNoCanary(text: string, where: string): void {
    for (const [field, canary] of Object.entries(canaries)) {
      assert.ok(!text.includes(canary), `${field} in ${where}`);
    }
    assert.doesNotMatch(text, /canary/i, where);
    for (const { email } of people()) {
      assert.ok(email === '' || !text.includes(email), `an address in ${where}`);
    }
  }

  it('is on disk as far as a list needs it, and no further', async () => {
    assert.equal((await directories.read(id)).kind, 'read');
    const files = await written();
    assert.deepEqual(
      [...files.keys()].map((name) => path.extname(name)),
      ['.people'],
    );
    for (const [name, text] of files) {
      assert.ok(text.includes('Петрова'), 'names are found by this search');
      assertNoCanary(text, name);
      assert.doesNotMatch(name, /acme|bitrix24/);
    }
    assert.equal(directories.peek(id)?.person(2)?.name, '#2');
  });

  it('is on disk no further while the reading goes on, and after a cancelled one', async () => {
    directories.onDidProgress((accountId) => {
      if (directories.reading(accountId)?.read) {
        directories.stop(accountId);
      }
    });
    const outcome = await directories.read(id);
    assert.equal(outcome.kind, 'cancelled');
    const files = [...(await written())];
    assert.deepEqual(
      files.map(([name]) => path.extname(name)),
      ['.reading'],
    );
    const [[name, text]] = files as [[string, string]];
    assert.ok(text.includes('Петрова'));
    assertNoCanary(text, name);
    const page = v.parse(
      v.object({ people: v.array(v.looseObject({ id: v.number() })) }),
      JSON.parse(text.split('\n')[1] ?? ''),
    );
    const [first] = people();
    assert.deepEqual(
      page.people.find((one) => one.id === 1),
      {
        id: 1,
        firstName: first?.firstName,
        lastName: first?.lastName,
        ...(first?.secondName && { secondName: first.secondName }),
        position: first?.position,
        photo: first?.photo,
        type: 'employee',
        departments: first?.departments,
      },
    );
  });

  it('is in no line of the log, whatever is done with them and whatever fails', async () => {
    await search.search(id, 'Петрова', new AbortController().signal);
    await search.resolveIds(id, [1, 3, 999_999], new AbortController().signal);
    sandbox.addFaults(
      { method: 'user.search', action: 'status', status: 500, error: 'BROKEN' },
      { method: 'batch', action: 'html' },
    );
    await assert.rejects(search.search(id, 'Ковальчук', new AbortController().signal));
    await assert.rejects(directories.read(id));
    await sandbox.clearFaults();
    assert.equal((await directories.read(id)).kind, 'read');
    search.local(id, 'Петрова');
    assert.ok(lines.length > 3, 'there is a log');
    const log = lines.join('\n');
    assertNoCanary(log, 'the log');
    const words = people().flatMap(({ firstName, lastName, position, photo }) => [
      firstName,
      lastName,
      position,
      photo,
    ]);
    for (const word of ['Ковальчук', ...words].filter((text) => text.length > 2)) {
      assert.ok(!log.includes(word), `${word} in the log`);
    }
  });

  it('is gone from the disk with the account, all of it, and another account’s stays', async () => {
    const stored = [storedAccount(), storedAccount({ userId: 2 })];
    const secrets = new MemorySecrets(Object.fromEntries(stored.map(secretOf)));
    const note = (line: string) => void lines.push(line);
    const log: Log = { debug: note, info: note, warn: note, error: note };
    const store = tokenStore(shared(), { secrets, log });
    const listening = forgetPeopleWithAccount(store, [directories], log);
    try {
      await store.list();
      await directories.read(other);
      const kept = [...(await written()).keys()];
      await directories.read(id);
      // What a damaged file and an interrupted reading leave.
      const folder = storageFolder(path.join(storage, 'people'));
      const [own = ''] = [...(await written()).keys()].filter((name) => !kept.includes(name));
      await folder.write(`${own}.damaged`, 'Петрова');
      await folder.write(own.replace(/\.people$/, '.1.reading'), 'Петрова');
      assert.equal((await written()).size, kept.length + 3);

      const forgotten = new Promise((resolve) => directories.onDidChange(resolve));
      await store.remove(id);
      assert.equal(await forgotten, id);
      assert.deepEqual([...(await written()).keys()], kept);
      assert.equal(directories.peek(id), undefined);
    } finally {
      listening.dispose();
      store.dispose();
    }
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { newSharedSignIn, SharedTokenState } from '../../../src/accounts/sharedTokenState';
import type { StoredAccount } from '../../../src/accounts/storedAccount';
import type { Log } from '../../../src/common/log';
import { PeopleDirectory } from '../../../src/people/directory/peopleDirectory';
import { DamagedFile, encodePeople } from '../../../src/people/directory/peopleFile';
import { firstLineOf, pageLineOf, parseReading } from '../../../src/people/directory/reading';
import { storedAccount } from '../../support/storedAccounts';
import { damage, damaged } from './damage';
import type { FuzzProperty } from './property';

/** Two windows know a sign-in; one has renewed its tokens and told so. */
const tokenState: FuzzProperty = {
  name: 'damaged token states that windows share',
  weight: 1,
  open: async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-fuzz-'));
    return {
      property: fc.asyncProperty(damage, async (how) => {
        await rm(folder, { recursive: true, force: true });
        const logged: string[] = [];
        const keep = (line: string) => void logged.push(line);
        const log: Log = { debug: keep, info: keep, warn: keep, error: keep };
        const here = new SharedTokenState(folder, log);
        const there = new SharedTokenState(folder, log);
        const shared = { ...newSharedSignIn(), generation: 1 };
        const old = storedAccount({ shared });
        const renewed: StoredAccount = {
          ...storedAccount({ shared: { ...shared, generation: 2 } }),
          tokens: { ...old.tokens, accessToken: 'canary-access-2' },
        };
        assert.ok(await here.publish(renewed));
        const [name = ''] = (await readdir(folder)).filter((one) => one.endsWith('.json'));
        const file = path.join(folder, name);
        const content = damaged(await readFile(file, 'utf8'), how);
        await writeFile(file, content);

        const view = await there.view(old);
        assert.ok(view.kind !== 'ended' || isEnded(content, shared.signIn));
        if (view.kind === 'behind') {
          assert.equal(view.account.tokens.accessToken, 'canary-access-2');
        }
        // A window goes on and tells the others, and whatever could not be read is kept.
        if (view.kind !== 'ended') {
          const next = { ...renewed, shared: { ...shared, generation: 3 } };
          await here.publish(next);
          const isAside = (await readdir(folder)).includes(`${name}.damaged`);
          assert.equal(
            isAside,
            logged.some((line) => line.includes('set aside')),
          );
          if (isAside) {
            assert.equal(await readFile(`${file}.damaged`, 'utf8'), wellFormed(content));
            const repaired = await there.view(old);
            assert.ok(repaired.kind === 'behind');
            assert.equal(repaired.account.shared.generation, 3);
          }
        }
        here.dispose();
        there.dispose();
        assert.ok(!logged.join().includes('canary'), 'a secret in the log');
      }),
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

function isEnded(content: string, signIn: string): boolean {
  const { ended } = JSON.parse(content) as { ended: unknown[] };
  return ended.includes(signIn);
}

/** As a file has it: half of a surrogate pair cannot be written. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

const colleagues = Array.from({ length: 40 }, (_, at) => ({
  id: at + 1,
  firstName: 'Анна',
  lastName: `Петрова-${at}`,
  name: `Анна Петрова-${at}`,
  position: 'Инженер',
  active: true,
  departments: [1 + (at % 3)],
  type: 'employee',
}));

const directory: FuzzProperty = {
  name: 'damaged files of people',
  weight: 2,
  open: async () => {
    const whole = new Uint8Array(Buffer.concat(await encodePeople(colleagues, 7)));
    const place = fc.nat(whole.length - 1);
    const changed = fc.oneof(
      place.map((at) => whole.slice(0, at)),
      fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 9 })).map(([at, by]) => {
        const bytes = whole.slice();
        bytes.set(by.slice(0, whole.length - at), at);
        return bytes;
      }),
      fc.uint8Array({ minLength: 1 }).map((more) => new Uint8Array([...whole, ...more])),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
    );
    return {
      property: fc.asyncProperty(changed, async (bytes) => {
        if (Buffer.compare(bytes, whole) === 0) {
          assert.equal((await PeopleDirectory.open(bytes)).count, colleagues.length);
        } else {
          await assert.rejects(PeopleDirectory.open(bytes), DamagedFile);
        }
      }),
    };
  },
};

const reading: FuzzProperty = {
  name: 'torn readings of people',
  weight: 2,
  open: () => {
    const pages = [colleagues.slice(0, 20), colleagues.slice(20)];
    const whole = [
      firstLineOf({ startedAt: 7, total: colleagues.length }),
      ...pages.map((people, at) => {
        const rows = (at + 1) * 20;
        return pageLineOf(people, {
          position: { after: rows, rows, by: 'id' },
          isComplete: at === 1,
        });
      }),
    ].join('');
    const kinds = damage.filter(({ kind }) => kind !== 'field');
    return {
      property: fc.property(kinds, (how) => {
        const read = parseReading(damaged(whole, how));
        // Whole pages or none: going on from there leaves nobody out and takes nobody twice.
        assert.ok(!read || [0, 20, 40].includes(read.people.length));
        if (how.kind === 'cut' && read) {
          assert.equal(read.position.after, read.people.length);
          assert.equal(read.isComplete, read.people.length === colleagues.length);
          assert.deepEqual(
            read.people.map(({ id }) => id),
            colleagues.slice(0, read.people.length).map(({ id }) => id),
          );
        }
      }),
    };
  },
};

export const sharedStoreProperties = [tokenState, directory, reading];

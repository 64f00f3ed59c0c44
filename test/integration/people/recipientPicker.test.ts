import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { QuickPickItem } from 'vscode';
import type { Account } from '../../../src/accounts/account';
import { Emitter } from '../../../src/common/emitter';
import { silentLog } from '../../support/silentLog';
import { RecipientPicker } from '../../../src/people/recipientPicker';
import type { PickRequest, RecipientPickerDeps } from '../../../src/people/recipientPicker';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import type { SavedGroup } from '../../../src/people/groups';
import type { Recipient } from '../../../src/people/recipient';
import { WatchedInputs, active, activeAfter, goTo, press } from '../compose/watchedInputs';
import { matchByName } from '../../support/noDirectories';
import { until } from '../../support/until';

const account = {
  id: 'acme:1',
  host: 'acme.example',
  portal: 'https://acme.example',
  userId: 1,
  userName: 'Anna',
} as Account;
const ivan = { id: 3, name: 'Ivan Sidorov', position: 'CTO $(trash)' };
const maria = { id: 5, name: 'Maria' };

/** Without the separators that VS Code does not draw. */
const drawn = <T extends QuickPickItem>(items: readonly T[]): T[] =>
  items.filter(({ label }) => label !== '');

describe('the recipient picker', () => {
  let inputs: WatchedInputs;
  let recent: Recipient[];
  let search: RecipientPickerDeps['people']['search'];
  let resolveIds: RecipientPickerDeps['people']['resolveIds'];
  let local: RecipientPickerDeps['people']['local'];
  let match: RecipientPickerDeps['lists']['match'];
  let prepared: string[];
  let changed: Emitter<string>;
  let progressed: Emitter<string>;
  let reading: ReturnType<RecipientPickerDeps['directories']['reading']>;
  let refresh: RecipientPickerDeps['directories']['read'];
  let stopped: string[];
  let tree: DepartmentTree;
  let groups: SavedGroup[];
  let hints: Map<number, string>;
  let askHints: RecipientPickerDeps['askHints'];

  beforeEach(() => {
    inputs = new WatchedInputs();
    recent = [];
    search = (_, query) =>
      Promise.resolve({
        hits: [ivan, maria].filter(({ name }) => name.toLowerCase().includes(query)),
      });
    resolveIds = () => Promise.resolve({ hits: [], unknown: [], inactive: [] });
    local = () => undefined;
    match = () => Promise.reject(new Error('a list was asked for'));
    prepared = [];
    changed = new Emitter();
    progressed = new Emitter();
    reading = undefined;
    refresh = () => Promise.reject(new Error('the people were asked for'));
    stopped = [];
    tree = new DepartmentTree([]);
    groups = [];
    hints = new Map();
    askHints = () => Promise.resolve();
  });

  afterEach(() => press.escape());

  async function open(request: Partial<PickRequest> = {}) {
    const picked = new RecipientPicker({
      inputs,
      log: silentLog,
      describeError: (error) => `Trouble: ${String(error)}`,
      recents: { list: () => recent, last: () => recent.slice(0, 2) },
      departments: {
        of: () => Promise.resolve(tree),
        count: (_, { id, reach }) => id + (reach === 'tree' ? 1000 : 0),
      },
      groups: { list: (host) => (host === account.host ? groups : []) },
      lists: { match: (...all) => match(...all) },
      hints: (_, id) => hints.get(id),
      askHints: (...all) => askHints(...all),
      people: {
        prepare: (accountId) => prepared.push(accountId),
        local: (...all) => local(...all),
        known: (_, id) => [ivan, maria].find((one) => one.id === id),
        matchOf: matchByName,
        search: (...all) => search(...all),
        resolveIds: (...all) => resolveIds(...all),
      },
      directories: {
        onDidChange: changed.event,
        onDidProgress: progressed.event,
        reading: () => reading,
        read: (...all) => refresh(...all),
        stop: (accountId) => stopped.push(accountId),
      },
      delayMs: 1,
    }).pick({
      account,
      chosen: [],
      title: 'Send',
      step: 1,
      totalSteps: 4,
      canGoBack: true,
      ...request,
    });
    const pick = await inputs.nextPick();
    return { pick, picked };
  }

  const labels = (items: readonly QuickPickItem[]) =>
    drawn(items).map(({ label, description }) =>
      description ? `${label} (${description})` : label,
    );

  it('offers the last push, me and recent people; Enter takes the line it is on', async () => {
    recent = [ivan, maria, { id: 9 }];
    const { pick, picked } = await open();
    await active(pick, '$(history) Same as last time');
    assert.deepEqual(labels(pick.items), [
      'recent',
      '$(history) Same as last time (Ivan Sidorov, Maria)',
      '$(account) Me (Anna)',
      'Ivan Sidorov (CTO \\$(trash) · #3)',
      'Maria (#5)',
      'id 9',
    ]);
    await press.enter();
    assert.deepEqual(await picked, { how: 'next', recipients: [ivan, maria], departments: [] });
  });

  it('searches as one types and keeps those chosen over other searches', async () => {
    const { pick, picked } = await open();
    pick.value = 'sid';
    await active(pick, 'Ivan Sidorov');
    await press.tick();
    await until(() => pick.selectedItems.length === 1, 'the tick');
    pick.value = 'mar';
    await active(pick, 'Maria');
    assert.deepEqual(labels(pick.items), [
      'chosen',
      'Ivan Sidorov (CTO \\$(trash) · #3)',
      'found',
      'Maria (#5)',
    ]);
    await press.tick();
    await until(() => pick.selectedItems.length === 2, 'the second tick');
    await press.enter();
    assert.deepEqual(await picked, { how: 'next', recipients: [ivan, maria], departments: [] });
  });

  it('does not lose those chosen when answers come while lines change', async () => {
    const { pick, picked } = await open({ chosen: [ivan, maria] });
    for (const query of ['a', 'ab', 'a', 'ma', 'm', '']) {
      pick.value = query;
      await new Promise(setImmediate);
    }
    await active(pick, '$(account) Me');
    await press.enter();
    assert.deepEqual(await picked, { how: 'next', recipients: [ivan, maria], departments: [] });
  });

  it('lets someone chosen be unticked', async () => {
    const { pick, picked } = await open({ chosen: [ivan, maria] });
    await active(pick, '$(account) Me');
    await goTo(pick, 'Ivan Sidorov');
    await press.tick();
    await until(() => pick.selectedItems.length === 1, 'the tick to go');
    await press.enter();
    assert.deepEqual(await picked, { how: 'next', recipients: [maria], departments: [] });
  });

  it('takes typed ids at once, and names them when the portal knows them', async () => {
    resolveIds = (_, ids) =>
      Promise.resolve({ hits: [ivan], unknown: ids.filter((id) => id !== 3), inactive: [] });
    const { pick, picked } = await open();
    pick.value = '3; 17';
    await until(
      () => labels(pick.items).includes('Send to ids 3, 17 (some of these ids belong to nobody)'),
      'the ids with what the portal knows',
    );
    await active(pick, 'Send to ids 3, 17');
    await press.enter();
    assert.deepEqual(await picked, {
      how: 'next',
      recipients: [ivan, { id: 17 }],
      departments: [],
    });
  });

  it('ignores Enter while the portal is asked and nothing is ticked', async () => {
    let asked: AbortSignal | undefined;
    search = (_account, _query, signal) => {
      asked = signal;
      return new Promise(() => undefined);
    };
    const { pick, picked } = await open();
    pick.value = 'iv';
    await until(() => asked !== undefined, 'the search');
    await press.enter();
    await press.escape();
    assert.deepEqual(await picked, { how: 'cancel', recipients: [], departments: [] });
    assert.equal(asked?.aborted, true);
  });

  it('shows whom the directory knows at once, in its order, and asks nobody', async () => {
    const ivanov = { id: 4, name: 'Иван Иванов' };
    const sidorova = { id: 6, name: 'Анна Сидорова', position: 'bdfy' };
    search = () => Promise.reject(new Error('asked'));
    local = (accountId, query) =>
      accountId === account.id && query === 'bdfy' ? [ivanov, sidorova] : [];
    const { pick, picked } = await open({ canGoBack: false });
    assert.deepEqual(prepared, [account.id]);
    pick.value = 'bdfy';
    await until(() => labels(pick.items)[0] === 'found', 'those found');
    assert.equal(pick.busy, false);
    assert.deepEqual(labels(pick.items), [
      'found',
      'Иван Иванов (similar spelling · #4)',
      'Анна Сидорова (bdfy · #6)',
    ]);
    // What was typed is no beginning of a name, so Enter takes nobody until a line is chosen (trial 1.7).
    assert.deepEqual(pick.activeItems, []);
    await press.enter();
    await press.down();
    await active(pick, 'Иван Иванов');
    await press.enter();
    assert.deepEqual(await picked, { how: 'next', recipients: [ivanov], departments: [] });
  });

  it('asks the portal for whom the directory does not know', async () => {
    local = () => [];
    const { pick } = await open();
    pick.value = 'maria';
    search = () => Promise.resolve({ hits: [maria] });
    await active(pick, 'Maria');
  });

  it('answers what is typed anew when the people have been read', async () => {
    search = () => new Promise(() => undefined);
    const { pick, picked } = await open({ chosen: [maria] });
    pick.value = 'иван';
    await until(() => pick.busy, 'the search');
    const [first, second, before, after] = [
      { id: 4, name: 'Иван Иванов' },
      { id: 7, name: 'Иван Ильин' },
      { id: 8, name: 'Иван Абрамов' },
      { id: 9, name: 'Иван Яшин' },
    ] as const;
    local = () => [first, second];
    changed.fire('other:1');
    assert.ok(!labels(pick.items).join().includes('Иван'));
    changed.fire(account.id);
    await active(pick, 'Иван Иванов');
    assert.equal(pick.busy, false);
    await press.down();
    await active(pick, 'Иван Ильин');
    local = () => [before, first, second, after];
    await activeAfter(pick, 'Иван Ильин', () => changed.fire(account.id));
    assert.ok(labels(pick.items).includes('Иван Абрамов (#8)'));
    await press.down();
    await active(pick, 'Иван Яшин');
    await press.tick();
    await until(() => pick.selectedItems.length === 2, 'the tick');
    await press.enter();
    assert.deepEqual((await picked).recipients, [maria, after]);
  });

  it('puts a department with exactly this name first, and takes it by Enter (trial 1.7)', async () => {
    tree = new DepartmentTree([{ id: 2, name: 'Acme' }]);
    local = () => [
      { id: 8, name: 'Charles Thompson', position: 'Driver at Acme' },
      { id: 4, name: 'Acmena Lee' },
    ];
    const { pick, picked } = await open();
    await until(() => labels(pick.items).join().includes('Departments…'), 'the departments');
    pick.value = 'acme';
    await active(pick, '$(organization) Acme');
    assert.deepEqual(
      drawn(pick.items).flatMap(({ label, kind }) => (kind ? [] : label)),
      ['$(organization) Acme', 'Acmena Lee', 'Charles Thompson'],
    );
    await press.enter();
    assert.deepEqual((await picked).departments, [{ id: 2, name: 'Acme', reach: 'tree' }]);
  });

  it('says that nobody was found, and what to do (trial 8.10)', async () => {
    const { pick } = await open({ chosen: [maria] });
    pick.value = 'zzyzx';
    await until(() => labels(pick.items).join().includes('was found for “zzyzx”'), 'the words');
    pick.value = 'ma';
    await until(() => !labels(pick.items).join().includes('was found'), 'the words to go');
  });

  it('shows what is known while the portal pauses requests, and asks again later (trial 9.4)', async () => {
    let asked = 0;
    search = () => {
      asked += 1;
      return Promise.resolve(
        asked === 1 ? { hits: [], pausedUntil: Date.now() + 1_100 } : { hits: [maria] },
      );
    };
    groups = [{ name: 'Margarita', people: [3], departments: [], from: 'user' }];
    const { pick } = await open();
    pick.value = 'mar';
    await active(pick, '$(bookmark) Margarita');
    await until(() => labels(pick.items).join().includes('accepts no requests until'), 'the pause');
    assert.equal(pick.busy, false);
    assert.equal(asked, 1);
    await until(() => labels(pick.items).includes('Maria (#5)'), 'Maria, after the pause');
    assert.ok(!labels(pick.items).join().includes('accepts no requests'));
    assert.equal(asked, 2);
  });

  it('looks again for what of a list nobody was', async () => {
    let people: Recipient[] = [];
    match = () =>
      Promise.resolve({
        people,
        departments: [],
        unmatched: people.length > 0 ? [] : [{ text: 'bdfy', why: 'unknown' }],
      });
    const { pick } = await open();
    pick.value = 'bdfy, vfhbz';
    await active(pick, '$(warning) bdfy');
    people = [ivan, maria];
    changed.fire(account.id);
    await active(pick, 'Send to 2 people found');
  });

  it('tells how far the people are read, and reads them again when asked', async () => {
    let read: (outcome: Awaited<ReturnType<typeof refresh>>) => void = () => undefined;
    const asked: string[] = [];
    refresh = (accountId) => {
      asked.push(accountId);
      return new Promise((resolve) => (read = resolve));
    };
    const { pick, picked } = await open();
    assert.equal(pick.title, 'Send');
    const [, again] = pick.buttons;
    assert.equal(again?.tooltip, 'Refresh the list of people');
    inputs.trigger(pick, again);
    assert.deepEqual(asked, [account.id]);
    reading = { read: 12_500, total: 100_000 };
    progressed.fire(account.id);
    assert.equal(pick.title, 'Send – loading people: 12,500 of 100,000');
    assert.equal(pick.busy, true);
    const [, stop] = pick.buttons;
    assert.equal(stop?.tooltip, 'Stop loading the list of people');
    inputs.trigger(pick, stop);
    assert.deepEqual([asked, stopped], [[account.id], [account.id]]);
    reading = undefined;
    progressed.fire(account.id);
    read({ kind: 'missingScope', missingScope: 'user' });
    assert.equal(pick.title, 'Send');
    assert.equal(pick.busy, false);
    await until(() => labels(pick.items).join().includes('permission Users (user).'), 'the hint');
    await press.escape();
    assert.equal((await picked).how, 'cancel');
  });

  it('says why the people could not be read again', async () => {
    refresh = () => Promise.reject(new Error('no $(key)'));
    const { pick } = await open({ canGoBack: false });
    inputs.trigger(pick, pick.buttons[0]);
    await until(
      () => labels(pick.items).includes('$(info) Trouble: Error: no \\$(key)'),
      'the trouble',
    );
  });

  it('says which permission is missing and still takes ids', async () => {
    search = () => Promise.resolve({ hits: [], missingScope: 'user' });
    const { pick } = await open();
    pick.value = 'ivan';
    await until(() => labels(pick.items).join().includes('permission Users (user).'), 'the hint');
    pick.value = '17';
    await active(pick, 'Send to id 17');
  });

  it('says what went wrong', async () => {
    search = () => Promise.reject(new Error('no $(key)'));
    const { pick } = await open();
    pick.value = 'ivan';
    await until(
      () => labels(pick.items).includes('$(info) Trouble: Error: no \\$(key)'),
      'the trouble',
    );
  });

  it('goes back with those chosen', async () => {
    const { picked } = await open({ chosen: [maria] });
    await press.back();
    assert.deepEqual(await picked, { how: 'back', recipients: [maria], departments: [] });
  });

  for (const drawings of [1, 2, 3]) {
    it(`gives a tick to whom the user saw, with other lines on their way (${drawings})`, async () => {
      let asked = 0;
      let answer: (found: { hits: Recipient[] }) => void = () => undefined;
      search = () => {
        asked += 1;
        return new Promise((resolve) => (answer = resolve));
      };
      recent = [ivan];
      const { pick, picked } = await open();
      await active(pick, 'Ivan Sidorov');
      pick.value = 'i';
      await until(() => asked > 0, 'the search');
      answer({ hits: [ivan] });
      await active(pick, 'Ivan Sidorov');
      pick.value = 'iv';
      await until(() => asked > 1, 'the second search');
      await active(pick, 'Ivan Sidorov');
      // In the new lines Maria stands where Ivan stood.
      const ticking = press.tick();
      for (let more = 1; more < drawings; more += 1) {
        changed.fire(account.id);
      }
      answer({ hits: [maria, ivan] });
      await ticking;
      await until(() => labels(pick.items)[0] === 'chosen', 'the tick to be drawn');
      await press.enter();
      assert.deepEqual(await picked, { how: 'next', recipients: [ivan], departments: [] });
    });
  }

  it('keeps the best line first, whatever its label', async () => {
    const best = { id: 4, name: 'Яна' };
    local = () => [best, { id: 7, name: 'bdfy' }, { id: 8, name: 'Bdfyjd' }];
    const { pick, picked } = await open();
    pick.value = 'bd of somewhere else';
    await until(() => labels(pick.items)[0] === 'found', 'those found');
    // No line is active, so nothing tells when VS Code has drawn these: the key may still move in the earlier ones.
    while (pick.activeItems[0]?.label !== 'Яна') {
      await press.down();
      await setTimeout(50);
    }
    await press.down();
    await active(pick, 'bdfy');
    await press.enter();
    assert.deepEqual((await picked).recipients, [{ id: 7, name: 'bdfy' }]);
  });

  it('says what is known that speaks against a push to somebody', async () => {
    recent = [maria];
    hints.set(5, 'desktop $(x) open');
    const { pick } = await open();
    await active(pick, 'Maria');
    assert.ok(labels(pick.items).includes('Maria (#5 · $(warning) desktop \\$(x) open)'));
  });

  it('asks once for those on its lines, and stays on the line where the user is', async () => {
    recent = [{ id: 9 }, maria, ivan];
    const asked: (readonly number[])[] = [];
    let answer = (): void => {};
    askHints = (_, ids) => {
      asked.push(ids);
      return new Promise<void>((resolve) => (answer = resolve));
    };
    const { pick } = await open();
    await goTo(pick, 'Ivan Sidorov');
    await until(() => asked.length === 1, 'the question');
    hints.set(5, 'was dismissed');
    answer();
    await until(
      () => labels(pick.items).includes('Maria (#5 · $(warning) was dismissed)'),
      'the answer',
    );
    await active(pick, 'Ivan Sidorov');
    assert.equal(pick.activeItems[0]?.label, 'Ivan Sidorov');
    assert.equal(asked.length, 1);
    assert.ok(asked[0]?.includes(5));
  });

  describe('with departments', () => {
    beforeEach(() => {
      tree = new DepartmentTree([
        { id: 1, name: 'Acme' },
        { id: 2, name: 'Sales', parent: 1, head: 5 },
        { id: 3, name: 'Sales East', parent: 2 },
      ]);
      search = () => Promise.resolve({ hits: [] });
    });

    it('finds one by name, whole or its direct members only', async () => {
      const { pick, picked } = await open();
      await until(() => labels(pick.items).join().includes('Departments…'), 'the departments');
      pick.value = 'sales';
      await active(pick, '$(organization) Sales');
      assert.deepEqual(labels(pick.items), [
        'departments',
        '$(organization) Sales (with sub-departments · 1,002 people)',
        '$(organization) Sales (direct members only · 2 people)',
        '$(organization) Sales East (1,003 people)',
      ]);
      assert.deepEqual(
        drawn(pick.items).map(({ detail }) => detail),
        [undefined, 'Acme', 'Acme', 'Acme / Sales'],
      );
      await press.down();
      await press.tick();
      await until(() => pick.selectedItems.length === 1, 'the tick');
      pick.value = '';
      await until(() => labels(pick.items)[0] === 'chosen', 'the chosen department');
      await press.enter();
      assert.deepEqual(await picked, {
        how: 'next',
        recipients: [],
        departments: [{ id: 2, name: 'Sales', reach: 'direct' }],
      });
    });

    it('shows the tree with heads, and goes back from it', async () => {
      const { pick, picked } = await open();
      await until(() => labels(pick.items).join().includes('Departments…'), 'the departments');
      await goTo(pick, '$(organization) Departments…');
      await press.enter();
      await active(pick, '$(organization) Acme');
      assert.deepEqual(labels(pick.items), [
        'departments',
        '$(arrow-left) Back to people',
        '$(organization) Acme (with sub-departments · 1,001 people)',
        '\u2003$(organization) Sales (with sub-departments · 1,002 people · head: Maria)',
        '\u2003\u2003$(organization) Sales East (1,003 people)',
      ]);
      await press.down();
      await press.tick();
      await until(() => pick.selectedItems.length === 1, 'the tick');
      await press.back();
      await until(() => labels(pick.items).join().includes('Departments…'), 'the people');
      await press.enter();
      assert.deepEqual((await picked).departments, [{ id: 2, name: 'Sales', reach: 'tree' }]);
    });
  });

  it('says where the departments of a huge company end', async () => {
    tree = new DepartmentTree(
      Array.from({ length: 1_001 }, (_, at) => ({ id: at + 1, name: `Team ${at + 1}` })),
    );
    const { pick } = await open();
    await until(() => labels(pick.items).join().includes('Departments…'), 'the departments');
    await goTo(pick, '$(organization) Departments…');
    await press.enter();
    await active(pick, '$(organization) Team 1');
    assert.deepEqual(labels(pick.items).slice(-2), [
      '$(organization) Team 1000 (2,000 people)',
      '$(info) There are more departments. Type to find the others.',
    ]);
  });

  it('lets one choose which of the departments of one name a list means', async () => {
    tree = new DepartmentTree([
      { id: 1, name: 'North' },
      { id: 2, name: 'South' },
      { id: 3, name: 'Sales', parent: 1 },
      { id: 4, name: 'Sales', parent: 2 },
    ]);
    match = () =>
      Promise.resolve({
        people: [],
        departments: [],
        unmatched: [
          {
            text: 'Sales',
            why: 'ambiguous',
            departments: [3, 4].map((id) => ({ id, name: 'Sales', reach: 'tree' })),
          },
          { text: 'Nobody', why: 'unknown' },
        ],
      });
    const { pick, picked } = await open();
    await until(() => labels(pick.items).join().includes('Departments…'), 'the departments');
    pick.value = 'Sales; Nobody';
    await active(pick, '$(warning) Sales');
    assert.deepEqual(
      drawn(pick.items).map(({ label, detail }) => [label, detail]),
      [
        ['not found', undefined],
        ['$(warning) Sales', undefined],
        ['departments', undefined],
        ['$(organization) Sales', 'North'],
        ['$(organization) Sales', 'South'],
        ['not found', undefined],
        ['$(warning) Nobody', undefined],
      ],
    );
    await press.down();
    await active(pick, '$(organization) Sales');
    await press.down();
    await press.tick();
    await until(() => pick.selectedItems.length === 1, 'the tick');
    await press.enter();
    assert.deepEqual((await picked).departments, [{ id: 4, name: 'Sales', reach: 'tree' }]);
  });

  it('offers saved groups, and takes their people and departments', async () => {
    tree = new DepartmentTree([{ id: 2, name: 'Sales' }]);
    const workspaceGroup = 'Release $(team)';
    groups = [
      {
        name: workspaceGroup,
        people: [3, 17],
        departments: [{ id: 2, reach: 'tree' }],
        from: 'workspace',
      },
      { name: 'Other', people: [5], departments: [], from: 'user' },
    ];
    local = () => [];
    const { pick, picked } = await open();
    await until(() => labels(pick.items).includes('$(bookmark) Other (1 person)'), 'the groups');
    pick.value = 'rel';
    await active(pick, '$(bookmark) Release \\$(team)');
    assert.deepEqual(labels(pick.items), [
      'groups',
      '$(bookmark) Release \\$(team) (2 people, 1 department)',
    ]);
    await press.tick();
    await until(() => pick.selectedItems.length === 1, 'the tick');
    await press.enter();
    assert.deepEqual(await picked, {
      how: 'next',
      recipients: [
        { ...ivan, workspaceGroup },
        { id: 17, workspaceGroup },
      ],
      departments: [{ id: 2, name: 'Sales', reach: 'tree', workspaceGroup }],
    });
  });

  it('takes a pasted list, and keeps what was not found for correction', async () => {
    match = (_, text) =>
      Promise.resolve(
        text.includes('3')
          ? {
              people: [ivan, maria],
              departments: [{ id: 2, name: 'Sales', reach: 'tree' }],
              unmatched: [
                { text: 'Иванова', why: 'unknown' },
                { text: 'Anna', why: 'ambiguous', candidates: [{ id: 7, name: 'Anna Lee' }] },
              ],
            }
          : {
              people: [],
              departments: [],
              unmatched: [
                { text: 'Иванова', why: 'unknown' },
                { text: 'Anna', why: 'ambiguous', candidates: [{ id: 7, name: 'Anna Lee' }] },
              ],
            },
      );
    const { pick, picked } = await open();
    pick.value = '3, maria@acme.example; Sales, Иванова, Anna';
    await active(pick, 'Send to those found: 2 people, 1 department');
    assert.deepEqual(labels(pick.items), [
      'found',
      'Send to those found: 2 people, 1 department (Ivan Sidorov, Maria, Sales)',
      'not found',
      '$(warning) Иванова (nobody found)',
      '$(warning) Anna (several match: choose one, or type more of the name)',
      'found',
      'Anna Lee (#7)',
    ]);
    await press.enter();
    await active(pick, '$(warning) Иванова');
    assert.equal(pick.value, 'Иванова, Anna');
    assert.equal(pick.selectedItems.length, 3);
    await goTo(pick, 'Anna Lee');
    await press.tick();
    await until(() => pick.selectedItems.length === 4, 'the tick');
    await press.enter();
    assert.deepEqual(await picked, {
      how: 'next',
      recipients: [ivan, maria, { id: 7, name: 'Anna Lee' }],
      departments: [{ id: 2, name: 'Sales', reach: 'tree' }],
    });
  });
});

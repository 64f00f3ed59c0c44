import assert from 'node:assert/strict';
import type { QuickPickItem } from 'vscode';
import type { Account } from '../../../src/accounts/account';
import { silentLog } from '../../../src/common/log';
import { RecipientPicker } from '../../../src/recipients/recipientPicker';
import type { PickRequest, RecipientPickerDeps } from '../../../src/recipients/recipientPicker';
import type { Recipient } from '../../../src/recipients/recipient';
import { WatchedInputs, active, goTo, press, until } from '../compose/watchedInputs';

const account = {
  id: 'acme:1',
  host: 'acme.example',
  portal: 'https://acme.example',
  userId: 1,
  userName: 'Anna',
} as Account;
const ivan = { id: 3, name: 'Ivan Sidorov', position: 'CTO $(trash)' };
const maria = { id: 5, name: 'Maria' };

describe('the recipient picker', () => {
  let inputs: WatchedInputs;
  let recent: Recipient[];
  let search: RecipientPickerDeps['people']['search'];
  let resolveIds: RecipientPickerDeps['people']['resolveIds'];
  let local: RecipientPickerDeps['people']['local'];
  let prepared: string[];

  beforeEach(() => {
    inputs = new WatchedInputs();
    recent = [];
    search = (_, query) =>
      Promise.resolve({
        hits: [ivan, maria].filter(({ name }) => name.toLowerCase().includes(query)),
      });
    resolveIds = () => Promise.resolve({ hits: [], unknown: [], inactive: [] });
    local = () => undefined;
    prepared = [];
  });

  afterEach(() => press.escape());

  async function open(request: Partial<PickRequest> = {}) {
    const picked = new RecipientPicker({
      inputs,
      log: silentLog,
      describeError: (error) => `Trouble: ${String(error)}`,
      recents: { list: () => recent, last: () => recent.slice(0, 2) },
      people: {
        prepare: (accountId) => prepared.push(accountId),
        local: (...all) => local(...all),
        search: (...all) => search(...all),
        resolveIds: (...all) => resolveIds(...all),
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
    items.map(({ label, description }) => (description ? `${label} (${description})` : label));

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
    assert.deepEqual(await picked, { how: 'next', recipients: [ivan, maria] });
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
    assert.deepEqual(await picked, { how: 'next', recipients: [ivan, maria] });
  });

  it('does not lose those chosen when answers come while lines change', async () => {
    const { pick, picked } = await open({ chosen: [ivan, maria] });
    for (const query of ['a', 'ab', 'a', 'ma', 'm', '']) {
      pick.value = query;
      await new Promise(setImmediate);
    }
    await active(pick, '$(account) Me');
    await press.enter();
    assert.deepEqual(await picked, { how: 'next', recipients: [ivan, maria] });
  });

  it('lets someone chosen be unticked', async () => {
    const { pick, picked } = await open({ chosen: [ivan, maria] });
    await active(pick, '$(account) Me');
    await goTo(pick, 'Ivan Sidorov');
    await press.tick();
    await until(() => pick.selectedItems.length === 1, 'the tick to go');
    await press.enter();
    assert.deepEqual(await picked, { how: 'next', recipients: [maria] });
  });

  it('takes typed ids at once, and names them when the portal knows them', async () => {
    resolveIds = (_, ids) =>
      Promise.resolve({ hits: [ivan], unknown: ids.filter((id) => id !== 3), inactive: [] });
    const { pick, picked } = await open();
    pick.value = '3; 17';
    await until(
      () => labels(pick.items).includes('Send to ids 3, 17 (nobody found with some of these ids)'),
      'the ids with what the portal knows',
    );
    await active(pick, 'Send to ids 3, 17');
    await press.enter();
    assert.deepEqual(await picked, { how: 'next', recipients: [ivan, { id: 17 }] });
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
    assert.deepEqual(await picked, { how: 'cancel', recipients: [] });
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
    await active(pick, 'Иван Иванов');
    assert.equal(pick.busy, false);
    assert.deepEqual(labels(pick.items), [
      'found',
      'Иван Иванов (#4)',
      'Анна Сидорова (bdfy · #6)',
    ]);
    await press.enter();
    assert.deepEqual(await picked, { how: 'next', recipients: [ivanov] });
  });

  it('asks the portal for whom the directory does not know', async () => {
    local = () => [];
    const { pick } = await open();
    pick.value = 'maria';
    search = () => Promise.resolve({ hits: [maria], ranked: true });
    await active(pick, 'Maria');
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
    assert.deepEqual(await picked, { how: 'back', recipients: [maria] });
  });
});

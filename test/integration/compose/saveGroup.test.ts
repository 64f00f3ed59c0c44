import assert from 'node:assert/strict';
import { ConfigurationTarget, extensions, workspace } from 'vscode';
import type { Account } from '../../../src/accounts/account';
import { saveGroup } from '../../../src/compose/saveGroup';
import { SavedGroups } from '../../../src/people/groups';
import type { Audience } from '../../../src/people/recipient';
import type { Picked } from '../../../src/people/recipientPicker';
import { WatchedInputs, active, goTo, press } from './watchedInputs';
import { until } from '../../support/until';

const account = { id: 'acme:1', host: 'acme.example', userId: 1, userName: 'Anna' } as Account;
const host = account.host;

describe('Save Recipients as Group', () => {
  let inputs: WatchedInputs;
  let settings: Record<'user' | 'workspace', unknown>;
  let written: Audience;
  let picked: Picked;
  let hasWorkspace: boolean;
  let told: string[];
  let answer: string | undefined;

  beforeEach(() => {
    inputs = new WatchedInputs();
    settings = { user: undefined, workspace: undefined };
    written = { people: [{ id: 3, name: 'Ivan' }], departments: [{ id: 7, reach: 'tree' }] };
    picked = { how: 'cancel', recipients: [], departments: [] };
    hasWorkspace = true;
    told = [];
    answer = undefined;
  });

  afterEach(() => press.escape());

  const run = () =>
    saveGroup({
      accounts: {
        current: () => Promise.resolve(account),
        get: (id) => Promise.resolve(id === account.id ? account : undefined),
        signIn: () => Promise.resolve(undefined),
      },
      written: () => ({ accountId: account.id, ...written }),
      picker: { pick: () => Promise.resolve(picked) },
      groups: new SavedGroups({
        setting: {
          read: (from) => settings[from],
          write: (to, value) => Promise.resolve(void (settings[to] = value)),
        },
        isTrusted: () => true,
        report: () => undefined,
      }),
      hasWorkspace: () => hasWorkspace,
      inputs,
      messages: {
        ask: ({ message }) => {
          told.push(message);
          return Promise.resolve(answer);
        },
        inform: (message) => told.push(message),
      },
    });

  async function name(value: string): Promise<void> {
    const box = await inputs.nextBox();
    inputs.type(box, value);
    await press.enter();
  }

  it('asks for a name and a place, and writes there', async () => {
    const done = run();
    await name('Release team');
    const pick = await inputs.nextPick();
    await active(pick, '$(root-folder) Workspace settings');
    await press.enter();
    await done;
    assert.deepEqual(settings, {
      user: undefined,
      workspace: { [host]: { 'Release team': { people: [3], departments: [7] } } },
    });
    assert.deepEqual(told, ['The group “Release team” was saved.']);
  });

  it('writes to the settings of the user', async () => {
    const done = run();
    await name('Team');
    const pick = await inputs.nextPick();
    await goTo(pick, '$(account) User settings');
    await press.enter();
    await done;
    assert.deepEqual(settings.user, { [host]: { Team: { people: [3], departments: [7] } } });
  });

  it('asks for people where none are chosen, and for no place without a workspace', async () => {
    written = { people: [], departments: [] };
    picked = { how: 'next', recipients: [{ id: 5 }], departments: [] };
    hasWorkspace = false;
    const done = run();
    await name('Team');
    await done;
    assert.deepEqual(settings.user, { [host]: { Team: { people: [5] } } });
  });

  it('replaces a group only after a yes', async () => {
    hasWorkspace = false;
    const before = { [host]: { Team: { people: [1] } } };
    settings.user = structuredClone(before);
    let done = run();
    await name('team');
    await done;
    assert.deepEqual(settings.user, before);
    answer = 'Replace';
    done = run();
    await name('team');
    await done;
    assert.deepEqual(settings.user, { [host]: { Team: { people: [3], departments: [7] } } });
  });

  it('writes over nothing that it does not understand', async () => {
    hasWorkspace = false;
    settings.user = ['mine'];
    const done = run();
    await name('Team');
    await done;
    assert.deepEqual(settings.user, ['mine']);
    assert.match(told.join(), /was not saved/);
  });

  it('takes no name that would be read as a list', async () => {
    const done = run();
    const box = await inputs.nextBox();
    for (const bad of [' ', 'a, b', '17', 'x@acme.example', '!', 'x'.repeat(61)]) {
      inputs.type(box, bad);
      assert.notEqual(box.validationMessage, undefined, bad);
    }
    inputs.type(box, 'Good');
    assert.equal(box.validationMessage, undefined);
    await press.escape();
    await done;
    assert.deepEqual(settings, { user: undefined, workspace: undefined });
  });
});

describe('the setting of groups in VS Code', () => {
  const setting = () => workspace.getConfiguration('bitrix24Push');

  afterEach(() => setting().update('groups', undefined, ConfigurationTarget.Global));

  it('is written and read as it stands, beside what is wrong in it', async () => {
    const value = { 'acme.example': { Team: { people: [3] }, Bad: 7 } };
    await setting().update('groups', value, ConfigurationTarget.Global);
    const read = () => setting().inspect('groups')?.globalValue;
    await until(() => read() !== undefined, 'the setting');
    const groups = new SavedGroups({
      setting: {
        read: (from) => (from === 'user' ? read() : undefined),
        write: (_, changed) => setting().update('groups', changed, ConfigurationTarget.Global),
      },
      isTrusted: () => true,
      report: () => undefined,
    });
    await groups.save('acme.example', 'New', { people: [{ id: 5 }], departments: [] }, 'user');
    await until(() => JSON.stringify(read()).includes('New'), 'the new group');
    assert.deepEqual(structuredClone(read()), {
      'acme.example': { Team: { people: [3] }, Bad: 7, New: { people: [5] } },
    });
  });

  it('is one that VS Code ignores in an untrusted workspace', () => {
    const extension = extensions.getExtension<unknown>('bitrix24-push.bitrix24-push');
    const manifest = extension?.packageJSON as { capabilities?: unknown } | undefined;
    assert.match(
      JSON.stringify(manifest?.capabilities),
      /"restrictedConfigurations":\[[^\]]*"bitrix24Push\.groups"/,
    );
  });
});

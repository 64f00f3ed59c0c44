import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InputBoxValidationSeverity } from 'vscode';
import type { InputBox } from 'vscode';
import type { Account } from '../../../src/accounts/account';
import { silentLog } from '../../support/silentLog';
import { Palette } from '../../../src/compose/palette';
import { newDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import { matchByName, noDirectories } from '../../support/noDirectories';
import { RecipientPicker } from '../../../src/people/recipientPicker';
import { WatchedInputs, active, goTo, press } from './watchedInputs';
import { until } from '../../support/until';
import { contentOf } from '../../support/builders';

const anna: Account = {
  id: 'acme:1',
  portal: 'https://acme.example',
  host: 'acme.example',
  userId: 1,
  userName: 'Anna',
  administrator: true,
  clientId: 'local.1',
  integrationId: undefined,
  senderName: 'Deploy Bot',
};
const other: Account = {
  ...anna,
  id: 'other:7',
  portal: 'https://other.example',
  host: 'other.example',
};

describe('Send Bitrix24 Push in the palette', () => {
  let folder: string;
  let drafts: DraftStore;
  let inputs: WatchedInputs;
  let accounts: Account[];
  let signedIn: number;
  let sent: Draft[];
  let later: Draft[];
  let palette: Palette;
  let clipboard: string;
  let focused: number;
  let writing: boolean[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'palette-'));
    drafts = new DraftStore({
      disk: storageFolder(folder),
      key: 'w',
      clock: { now: () => 1 },
      log: silentLog,
    });
    inputs = new WatchedInputs();
    accounts = [anna];
    signedIn = 0;
    [sent, later] = [[], []];
    [clipboard, focused, writing] = ['', 0, []];
  });

  afterEach(async () => {
    await press.escape();
    drafts.dispose();
    await drafts.flush();
    await rm(folder, { recursive: true, force: true });
  });

  function run(): Promise<void> {
    palette = new Palette({
      sendLater: (draft) => Promise.resolve(later.push(draft)),
      accounts: {
        list: () => Promise.resolve(accounts),
        current: () => Promise.resolve(accounts.at(-1)),
        signIn: () => {
          signedIn += 1;
          accounts = [anna];
          return Promise.resolve(anna);
        },
      },
      drafts,
      picker: new RecipientPicker({
        inputs,
        log: silentLog,
        hints: () => undefined,
        askHints: () => Promise.resolve(),
        describeError: String,
        recents: { list: () => [], last: () => [] },
        departments: {
          of: () => Promise.resolve(new DepartmentTree([{ id: 9, name: 'Sales' }])),
          count: () => undefined,
        },
        groups: { list: () => [] },
        lists: { match: () => Promise.reject(new Error('asked')) },
        people: {
          prepare: () => undefined,
          local: () => undefined,
          known: () => undefined,
          matchOf: matchByName,
          search: () => Promise.resolve({ hits: [{ id: 3, name: 'Ivan' }] }),
          resolveIds: () => Promise.resolve({ hits: [], unknown: [], inactive: [] }),
        },
        directories: noDirectories.directories,
        delayMs: 1,
      }),
      sender: {
        send: (draft) => {
          sent.push(draft);
          return Promise.resolve({ kind: 'cancelled' });
        },
      },
      inputs,
      clipboard: { readText: () => Promise.resolve(clipboard) },
      focusForm: () => Promise.resolve((focused += 1)),
      setWriting: (isWriting) => Promise.resolve(writing.push(isWriting)),
    });
    return palette.run();
  }

  async function choosePerson(query: string, label: string): Promise<void> {
    const pick = await inputs.nextPick();
    pick.value = query;
    await active(pick, label);
    await press.enter();
  }

  async function enter(value: string): Promise<InputBox> {
    const box = await inputs.nextBox();
    inputs.type(box, value);
    await press.enter();
    return box;
  }

  async function review() {
    const pick = await inputs.nextPick();
    return {
      pick,
      lines: pick.items.map(({ label, description }) =>
        description ? `${label}: ${description}` : label,
      ),
      choose: async (label: string) => {
        await goTo(pick, label);
        await press.enter();
      },
    };
  }

  it('goes through people, text, avatar and review, and sends what was reviewed', async () => {
    const running = run();
    await choosePerson('ivan', 'Ivan');
    const text = await enter('Готово 🚀 $(trash)');
    assert.deepEqual([text.title, text.step, text.totalSteps], ['Send Bitrix24 Push', 2, 4]);
    await enter('https://acme.example/a.png');
    const { lines, choose } = await review();
    assert.deepEqual(lines, [
      '$(send) Send to 1 person: acme.example',
      '$(clock) Send Later…: tonight, tomorrow, or at any time',
      'change',
      '$(organization) Recipients: Ivan',
      '$(edit) Text: Готово 🚀 \\$(trash)',
      '$(file-media) Avatar: https://acme.example/a.png',
    ]);
    await choose('$(send) Send to 1 person');
    await running;
    assert.deepEqual(
      sent.map(({ accountId, text, mode, avatar, recipients }) => ({
        ...{ accountId, text, mode, avatar },
        to: recipients.map(({ id }) => id),
      })),
      [
        {
          accountId: 'acme:1',
          text: 'Готово 🚀 $(trash)',
          mode: 'personal',
          avatar: 'https://acme.example/a.png',
          to: [3],
        },
      ],
    );
  });

  it('sends later what was reviewed, and nothing now', async () => {
    const running = run();
    await choosePerson('ivan', 'Ivan');
    await enter('Later');
    await enter('');
    const { choose } = await review();
    await choose('$(clock) Send Later…');
    await running;
    assert.deepEqual(
      later.map(({ text, accountId }) => [text, accountId]),
      [['Later', 'acme:1']],
    );
    assert.deepEqual(sent, []);
  });

  it('signs in first, then goes on', async () => {
    accounts = [];
    const running = run();
    await choosePerson('17', 'Send to id 17');
    assert.equal(signedIn, 1);
    await inputs.nextBox();
    await press.escape();
    await running;
    assert.deepEqual(sent, []);
  });

  it('goes back with everything still there', async () => {
    const running = run();
    await choosePerson('17', 'Send to id 17');
    await enter('hello');
    await inputs.nextBox();
    await press.back();
    const text = await inputs.nextBox();
    assert.equal(text.value, 'hello');
    await press.back();
    const people = await inputs.nextPick();
    await until(() => people.selectedItems.length === 1, 'the person chosen before');
    await press.escape();
    await running;
  });

  it('makes no link of a text that cannot be filled in', async () => {
    const running = run();
    await choosePerson('17', 'Send to id 17');
    const box = await enter('{[a](command:workbench.action.quit)}');
    await until(() => typeof box.validationMessage === 'object', 'the message');
    const found = box.validationMessage;
    assert(typeof found === 'object');
    assert.match(found.message, /workbench/);
    assert.doesNotMatch(found.message, /\]\(|command:/);
    await press.escape();
    await running;
  });

  for (const [text, trouble] of [
    ['', /Write some text/u],
    ['0', /“0”/u],
    ['ж'.repeat(3_000), /iPhone [1-9].*Android [1-9]/u],
  ] as const) {
    it(`does not leave the text step with ${text === '' ? 'nothing' : `"${text.slice(0, 3)}"`}`, async () => {
      const running = run();
      await choosePerson('17', 'Send to id 17');
      const box = await enter(text);
      await until(() => typeof box.validationMessage === 'object', 'the message');
      const found = box.validationMessage;
      assert(typeof found === 'object');
      assert.equal(found.severity, InputBoxValidationSeverity.Error);
      assert.match(found.message, trouble);
      inputs.type(box, 'better');
      assert.equal(box.validationMessage, undefined);
      await press.enter();
      const avatar = await enter('ftp://acme.example/a.png');
      await until(() => typeof avatar.validationMessage === 'object', 'the message');
      await press.escape();
      await running;
    });
  }

  it('remembers what was typed when it is left, also in another window', async () => {
    const running = run();
    await choosePerson('17', 'Send to id 17');
    inputs.type(await inputs.nextBox(), 'half a sentence');
    await press.escape();
    await running;
    assert.deepEqual(contentOf(drafts.current), contentOf(newDraft()));
    await drafts.flush();
    drafts.dispose();
    drafts = new DraftStore({
      disk: storageFolder(folder),
      key: 'w',
      clock: { now: () => 2 },
      log: silentLog,
    });
    const again = run();
    await until(() => drafts.palette !== undefined, 'what was left');
    const people = await inputs.nextPick();
    await until(() => people.selectedItems.length === 1, 'the person chosen before');
    await press.enter();
    assert.equal((await inputs.nextBox()).value, 'half a sentence');
    await press.escape();
    await again;
  });

  it('asks for the portal when there are several, and keeps people of one portal there', async () => {
    accounts = [anna, other];
    const running = run();
    const portals = await inputs.nextPick();
    assert.deepEqual(
      portals.items.map(({ label }) => label),
      ['acme.example', 'other.example'],
    );
    await active(portals, 'other.example');
    await press.enter();
    await choosePerson('17', 'Send to id 17');
    await enter('hello');
    await enter('');
    const first = await review();
    await first.choose('$(globe) Portal');
    const again = await inputs.nextPick();
    await active(again, 'other.example');
    await goTo(again, 'acme.example');
    await press.enter();
    // Id 17 is somebody else there.
    await choosePerson('18', 'Send to id 18');
    const second = await review();
    await second.choose('$(send) Send to 1 person');
    await running;
    assert.deepEqual(
      sent.map(({ accountId, recipients }) => [accountId, recipients]),
      [['acme:1', [{ id: 18 }]]],
    );
  });

  it('names each portal once, and who may send from there (trial 8.12)', async () => {
    const two = { ...anna, id: 'acme:2', userName: 'Boris', administrator: false };
    accounts = [anna, two, { ...other, administrator: undefined }];
    const running = run();
    const portals = await inputs.nextPick();
    assert.deepEqual(
      portals.items.map(({ label, description }) => [label, description]),
      [
        ['acme.example', undefined],
        ['Anna', 'administrator'],
        ['Boris', 'not an administrator, so cannot send pushes'],
        ['other.example', undefined],
        ['Anna', ''],
      ],
    );
    await press.escape();
    await running;
  });

  for (const [what, raw, shown, expected] of [
    ['with spaces', 'one\ntwo\n\nthree', 'say: one two  three!', 'say: one\ntwo\n\nthree!'],
    ['of Windows', 'one\r\ntwo\r\n', 'one two ', 'one\ntwo '],
    ['left out', 'one\ntwo', 'onetwo', 'one\ntwo'],
    ['with signs', '$& a+\n(b)', '$& a+ (b)', '$& a+\n(b)'],
  ] as const) {
    it(`says that pasted line breaks are lost, and goes to the form with them (trial 8.6): ${what}`, async () => {
      drafts.update({ text: 'in the form' });
      const running = run();
      await choosePerson('17', 'Send to id 17');
      const box = await inputs.nextBox();
      clipboard = raw;
      inputs.type(box, shown);
      await until(() => typeof box.validationMessage === 'object', 'the warning');
      const said = box.validationMessage;
      assert(typeof said === 'object');
      assert.equal(said.severity, InputBoxValidationSeverity.Warning);
      assert.match(said.message, /several lines.*Shift\+Enter/u);
      assert.deepEqual(writing, [true]);
      await palette.writeInForm();
      await running;
      assert.deepEqual(
        [drafts.current.text, drafts.current.recipients, drafts.palette, focused, sent],
        [expected, [{ id: 17 }], undefined, 1, []],
      );
      assert.deepEqual(writing, [true, false]);
      assert.deepEqual(
        drafts.kept.map(({ text }) => text),
        ['in the form'],
      );
    });
  }

  it('says nothing of a clipboard that was not pasted (trial 8.6)', async () => {
    const running = run();
    await choosePerson('17', 'Send to id 17');
    const box = await inputs.nextBox();
    clipboard = 'one\ntwo';
    inputs.type(box, 'another text');
    inputs.type(box, 'another text, longer');
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(box.validationMessage, undefined);
    await palette.writeInForm();
    await running;
    assert.equal(drafts.current.text, 'another text, longer');
    await palette.writeInForm();
    assert.equal(focused, 1, 'the key does nothing elsewhere');
  });

  it('comes back to the review after a change there', async () => {
    const running = run();
    await choosePerson('17', 'Send to id 17');
    await enter('hello');
    await enter('');
    const first = await review();
    await first.choose('$(edit) Text');
    await enter('hello again');
    const second = await review();
    assert(second.lines.includes('$(edit) Text: hello again'));
    await second.choose('$(file-media) Avatar');
    await inputs.nextBox();
    await press.back();
    const third = await review();
    await third.choose('$(send) Send to 1 person');
    await running;
    assert.deepEqual(
      sent.map(({ text }) => text),
      ['hello again'],
    );
  });
});

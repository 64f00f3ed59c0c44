import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Uri } from 'vscode';
import type { Account } from '../../../src/accounts/account';
import { silentLog } from '../../support/silentLog';
import type { Question } from '../../../src/common/messages';
import { ComposeLinkHandler } from '../../../src/compose/composeLinkHandler';
import { newDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import type { IdsResolved } from '../../../src/people/peopleSearch';
import { DraftStore } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';
import { contentOf } from '../../support/builders';

const anna: Account = {
  id: 'acme:1',
  portal: 'https://acme.bitrix24.com',
  host: 'acme.bitrix24.com',
  userId: 1,
  userName: 'Anna',
  administrator: true,
  clientId: 'local.1',
  integrationId: undefined,
  senderName: undefined,
};
const boris: Account = { ...anna, id: 'zeta:7', host: 'zeta.bitrix24.com', userId: 7 };

describe('a link into the form', () => {
  let folder: string;
  let drafts: DraftStore;
  let list: Account[];
  let asked: Question[];
  let said: string[];
  let yes: boolean;
  let focused: number;
  let link: ComposeLinkHandler;
  let resolved: string[];
  let resolve: (ids: readonly number[]) => Promise<IdsResolved>;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'link-'));
    drafts = new DraftStore({
      disk: storageFolder(folder),
      key: 'w',
      clock: { now: () => 1 },
      log: silentLog,
    });
    [list, asked, said, yes, focused] = [[anna], [], [], true, 0];
    resolved = [];
    // A portal that tells no names.
    resolve = () => Promise.resolve({ hits: [], unknown: [], inactive: [] });
    link = new ComposeLinkHandler({
      drafts,
      accounts: {
        list: () => Promise.resolve(list),
        current: () => Promise.resolve(list[0]),
      },
      people: {
        resolveIds: (accountId, ids) => {
          resolved.push(`${accountId} ${ids.join()}`);
          return resolve(ids);
        },
      },
      messages: {
        ask: (question) => {
          asked.push(question);
          return Promise.resolve(yes ? question.answers[0] : undefined);
        },
        inform: (message) => said.push(message),
      },
      focusForm: () => Promise.resolve((focused += 1)),
      log: silentLog,
    });
  });

  afterEach(async () => {
    drafts.dispose();
    await drafts.flush();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (query: string) =>
    link.handleUri(Uri.parse(`vscode://bitrix24-push.bitrix24-push/compose?${query}`, true));

  it('fills it after a yes, literally, without a place to begin with (trial 9.13)', async () => {
    await open(`to=3,5&text=${encodeURIComponent('R&D {name} 100% + $(bell)')}`);
    assert.deepEqual(contentOf(drafts.current), {
      ...contentOf(newDraft()),
      accountId: 'acme:1',
      recipients: [{ id: 3 }, { id: 5 }],
      text: 'R&D {name} 100% + $(bell)',
      mode: 'literal',
    });
    assert.equal(asked.length, 1);
    assert.match(asked[0]?.detail ?? '', /R&D \{name\} 100% \+ \$\(bell\)/);
    assert.match(asked[0]?.detail ?? '', /2 people on acme\.bitrix24\.com: id 3, id 5/);
    assert.deepEqual([focused, said], [1, []]);
  });

  it('names the people in its question and in the form (trial 9.3)', async () => {
    const ivan = { id: 3, name: 'Иван Сидоров', position: 'Tester' };
    resolve = () =>
      Promise.resolve({
        hits: [ivan, { id: 8, name: 'Old Anna' }],
        unknown: [9],
        inactive: [8],
      });
    await open('to=3,5,8,9&text=x');
    const detail = asked[0]?.detail ?? '';
    assert.match(detail, /2 people on acme\.bitrix24\.com: Иван Сидоров, id 5\n/);
    assert.match(detail, /Left out, because they are not on .* or have left: id 9, Old Anna$/);
    assert.deepEqual(drafts.current.recipients, [ivan, { id: 5 }]);
    assert.deepEqual(resolved, ['acme:1 3,5,8,9']);
  });

  it('shows many people as so many, the first by name (trial 9.3)', async () => {
    resolve = (ids) =>
      Promise.resolve({
        hits: ids.map((id) => ({ id, name: `Person ${id}` })),
        unknown: [],
        inactive: [],
      });
    const ids = Array.from({ length: 1_000 }, (_, at) => at + 1);
    await open(`to=${ids.join()}&text=x`);
    assert.match(
      asked[0]?.detail ?? '',
      /1,000 people on acme\.bitrix24\.com: Person 1, .*Person 30 and 970 more/,
    );
    assert.equal(drafts.current.recipients.length, 1_000);
  });

  it('asks all the same when the portal tells no names (trial 9.3)', async () => {
    resolve = () => Promise.reject(new Error('offline'));
    await open('to=3,5&text=x');
    assert.match(asked[0]?.detail ?? '', /2 people on acme\.bitrix24\.com: id 3, id 5/);
    assert.deepEqual(drafts.current.recipients, [{ id: 3 }, { id: 5 }]);
  });

  it('fills in nobody when nobody is left (trial 9.3)', async () => {
    resolve = (ids) => Promise.resolve({ hits: [], unknown: [...ids], inactive: [] });
    await open('to=3,5&text=x');
    assert.ok(!/people on/.test(asked[0]?.detail ?? ''));
    assert.deepEqual([drafts.current.recipients, drafts.current.text], [[], 'x']);
    drafts.update({ recipients: [{ id: 8 }] });
    await open('to=3');
    assert.match(said[0] ?? '', /Left out, .*: id 3$/);
    assert.deepEqual([asked.length, drafts.current.recipients], [1, [{ id: 8 }]]);
  });

  it('changes nothing without the yes', async () => {
    drafts.update({ text: 'mine' });
    yes = false;
    await open('to=3&text=theirs');
    assert.deepEqual([drafts.current.text, drafts.current.recipients, focused], ['mine', [], 0]);
    assert.deepEqual(drafts.kept, []);
  });

  it('keeps what was being written, its people too', async () => {
    const mine = newDraft({ accountId: 'acme:1', recipients: [{ id: 8 }], text: 'mine' });
    drafts.update(mine);
    await open('to=3&text=theirs');
    assert.deepEqual(
      drafts.kept.map(({ text, recipients }) => [text, recipients]),
      [['mine', [{ id: 8 }]]],
    );
    await open('to=3&text=theirs');
    assert.equal(drafts.kept.length, 1);
  });

  it('goes to nobody but whom it names: what was chosen before stays with the draft before', async () => {
    const departments: Draft['departments'] = [{ id: 7, reach: 'tree' }];
    const mine = newDraft({ accountId: 'acme:1', recipients: [{ id: 8 }], departments });
    drafts.update({ ...mine, text: 'mine' });
    await open('to=3&text=theirs');
    assert.deepEqual([drafts.current.recipients, drafts.current.departments], [[{ id: 3 }], []]);
    drafts.update({ ...mine, text: '' });
    await open('text=more');
    assert.deepEqual([drafts.current.recipients, drafts.current.departments], [[], []]);
    assert.deepEqual(
      drafts.kept.map(({ text, ...kept }) => [text, kept.recipients, kept.departments]),
      [
        ['mine', [{ id: 8 }], departments],
        ['', [{ id: 8 }], departments],
      ],
    );
  });

  it('keeps people that were chosen for a text still to come', async () => {
    drafts.update({ recipients: [{ id: 8 }] });
    await open('to=3');
    assert.deepEqual(
      drafts.kept.map(({ recipients }) => recipients),
      [[{ id: 8 }]],
    );
  });

  it('never chooses among portals: people without one are left out, and that is said', async () => {
    list = [anna, boris];
    await open('to=3&text=x');
    assert.match(asked[0]?.detail ?? '', /not their portal/);
    assert.deepEqual([drafts.current.text, drafts.current.recipients], ['x', []]);
    assert.equal(drafts.current.accountId, undefined);
  });

  it('takes the portal that the link names, and shows it', async () => {
    list = [anna, boris];
    await open('to=3&portal=zeta.bitrix24.com&text=x');
    assert.match(asked[0]?.detail ?? '', /1 person on zeta\.bitrix24\.com/);
    assert.deepEqual(
      [drafts.current.accountId, drafts.current.recipients],
      ['zeta:7', [{ id: 3 }]],
    );
  });

  it('leaves out people of a portal that the user is not on', async () => {
    await open('to=3&portal=evil.example&text=x');
    assert.match(asked[0]?.detail ?? '', /evil\.example, where you are not signed in/);
    assert.deepEqual([drafts.current.text, drafts.current.recipients], ['x', []]);
    await open('to=3&portal=evil.example');
    assert.equal(asked.length, 1);
    assert.match(said[0] ?? '', /where you are not signed in/);
  });

  it('makes no link of what it brings', async () => {
    await open(`text=${encodeURIComponent('[Sign in](command:evil) \u202e')}`);
    assert.ok(!/\]\(|command:|\u202e/.test(asked[0]?.detail ?? ''), asked[0]?.detail);
  });

  for (const query of ['', 'to=bob&text=x', 'to=1&to=2&text=x', 'portal=http://x.example&text=x']) {
    it(`says what is wrong with ${JSON.stringify(query)}, and changes nothing`, async () => {
      drafts.update({ text: 'mine' });
      await open(query);
      assert.deepEqual([asked.length, said.length, drafts.current.text], [0, 1, 'mine']);
    });
  }

  it('does nothing on other paths', async () => {
    await link.handleUri(Uri.parse('vscode://bitrix24-push.bitrix24-push/send?text=x&to=3', true));
    assert.deepEqual([asked.length, said.length, drafts.current.text], [0, 1, '']);
  });

  it('asks one thing at a time, however many links are opened', async () => {
    await Promise.all([open('text=one'), open('text=two'), open('text=three')]);
    assert.deepEqual([asked.length, drafts.current.text], [1, 'one']);
  });
});

import assert from 'node:assert/strict';
import { Position, Selection } from 'vscode';
import type { TextDocument, TextEditor } from 'vscode';
import type { Account } from '../../../src/accounts/account';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import type { ListMatch } from '../../../src/people/listMatcher';
import type { Draft } from '../../../src/push/draft';
import type { SendOptions, SendResult } from '../../../src/push/pushService';
import { FilePushes } from '../../../src/pushFiles/filePushes';
import type { FilePushesDeps } from '../../../src/pushFiles/filePushes';
import type { FilePushRef } from '../../../src/pushFiles/filePushRef';
import { aPush, anAccount } from '../../support/builders';
import { silentLog } from '../../support/silentLog';

const anna = anAccount();
const uri = 'file:///home/anna/release.b24push';
const ref: FilePushRef = { uri, title: 'To QA', place: 0 };

const nobody: ListMatch = { people: [], departments: [], unmatched: [] };
const known: Record<string, Partial<ListMatch>> = {
  me: { people: [{ id: anna.userId, name: anna.userName }] },
  Ivan: { people: [{ id: 3, name: 'Ivan Sidorov' }] },
  Smith: { unmatched: [{ text: 'Smith', why: 'ambiguous' }] },
};

describe('sending a push of a file', () => {
  let source: string;
  let accounts: Account[];
  let sent: { draft: Draft; options: SendOptions }[];
  let later: Draft[];
  let said: string[];
  let marked: string[];
  let remembered: [FilePushRef, string][];
  let answer: (question: string) => string | undefined;
  let result: () => Promise<SendResult>;

  beforeEach(() => {
    accounts = [anna];
    [sent, later, said, marked, remembered] = [[], [], [], [], []];
    answer = () => undefined;
    result = () => Promise.resolve({ kind: 'push', push: aPush({ id: 'p1' }) });
    source = [
      '@version = 2.4.1',
      '### To QA',
      'to: me, Ivan',
      'avatar: https://acme.example/{{version}}.png',
      '',
      'Hi {name}, {{version}} is on {{branch}}.',
    ].join('\n');
  });

  const pushes = (patch: Partial<FilePushesDeps> = {}) => {
    const document = {
      uri: { path: '/home/anna/release.b24push', toString: () => uri },
      getText: () => source,
      positionAt: (offset: number) => new Position(0, offset),
    } as unknown as TextDocument;
    const editor = {
      set selection({ start, end }: Selection) {
        marked.push(source.slice(start.character, end.character));
      },
      get selection() {
        return new Selection(0, 0, 0, 0);
      },
      revealRange: () => undefined,
    } as unknown as TextEditor;
    return new FilePushes({
      accounts: {
        current: () => Promise.resolve(accounts[0]),
        list: () => Promise.resolve(accounts),
        signIn: () => Promise.resolve(undefined),
      },
      sender: {
        send: (draft, options) => {
          sent.push({ draft, options });
          return result();
        },
      },
      sendLater: (draft) => Promise.resolve(void later.push(draft)),
      lastSends: { remember: (one, id) => Promise.resolve(void remembered.push([one, id])) },
      messages: { ask: () => Promise.resolve(undefined), inform: (text) => void said.push(text) },
      isTrusted: () => true,
      openDocument: () => Promise.resolve(document),
      showDocument: () => Promise.resolve(editor),
      lists: {
        match: (_, text) => Promise.resolve({ ...nobody, ...known[text] }),
      },
      groups: { list: () => [] },
      departments: { of: () => Promise.resolve(new DepartmentTree([])) },
      people: { resolveIds: () => Promise.resolve({ hits: [], unknown: [], inactive: [] }) },
      clock: { now: () => 0 },
      lastEditor: () => undefined,
      git: () => Promise.resolve({ branch: 'main', tag: undefined }),
      ask: (question) => Promise.resolve(answer(question)),
      log: silentLog,
      ...patch,
    });
  };

  it('sends what the file says, and has its user asked in the name of the file', async () => {
    await pushes().send(ref, 'recipients');
    const [{ draft, options }] = sent as [(typeof sent)[number]];
    assert.deepEqual(
      draft.recipients.map(({ id }) => id),
      [anna.userId, 3],
    );
    const { text, mode, avatar, accountId } = draft;
    assert.deepEqual(
      { text, mode, avatar, accountId },
      {
        ...{ text: 'Hi {name}, 2.4.1 is on main.', mode: 'personal' },
        ...{ avatar: 'https://acme.example/2.4.1.png', accountId: anna.id },
      },
    );
    assert.deepEqual(options, {
      origin: 'file',
      consent: { kind: 'asked', by: 'release.b24push' },
    });
    assert.deepEqual(remembered, [[ref, 'p1']]);
    assert.deepEqual(said, []);
  });

  it('sends to its user alone without a question of its own', async () => {
    await pushes().send(ref, 'me');
    assert.deepEqual(
      sent[0]?.draft.recipients.map(({ id }) => id),
      [anna.userId],
    );
    assert.deepEqual(
      sent.map(({ options }) => options),
      [{ origin: 'file' }],
    );
  });

  it('is kept for later with the people that it names', async () => {
    await pushes().send(ref, 'later');
    assert.deepEqual(
      later.map(({ recipients }) => recipients.map(({ id }) => id)),
      [[anna.userId, 3]],
    );
    assert.deepEqual(sent, []);
  });

  it('is one push for a double click', async () => {
    let done = (): void => undefined;
    result = () =>
      new Promise((resolve) => {
        done = () => resolve({ kind: 'cancelled' });
      });
    const one = pushes();
    const both = [one.send(ref, 'recipients'), one.send(ref, 'recipients')];
    while (sent.length === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    done();
    await Promise.all(both);
    assert.equal(sent.length, 1);
    assert.deepEqual(remembered, []);
  });

  it('sends nothing from a folder that is not trusted', async () => {
    await pushes({ isTrusted: () => false }).send(ref, 'me');
    assert.deepEqual(sent, []);
    assert.match(said[0] ?? '', /not trusted/);
  });

  for (const [name, change, complaint, place] of [
    ['a recipient in doubt', ['Ivan', 'Smith'], /not certain whom “Smith” means/, 'Smith'],
    ['an unknown variable', ['{{branch}}', '{{brunch}}'], /\{\{brunch\}\}/, '{{brunch}}'],
    ['a header that is not known', ['avatar:', 'picture:'], /not understood/, 'picture'],
    ['a mistake at the top', ['@version = 2.4.1', 'version'], /not understood/, 'version'],
    [
      'a portal of nobody',
      ['to: me', 'portal: other.example\nto: me'],
      /No account on other.example/,
      'other.example',
    ],
    ['an unknown variable among the recipients', ['Ivan', '{{who}}'], /\{\{who\}\}/, '{{who}}'],
  ] as const) {
    it(`sends nothing with ${name}, and marks it`, async () => {
      source = source.replace(change[0], change[1]);
      await pushes().send(ref, 'recipients');
      assert.deepEqual(sent, []);
      assert.match(said.join('\n'), complaint);
      assert.deepEqual(marked, [place]);
    });
  }

  it('is not kept from sending by a mistake in another push', async () => {
    source += '\n### Another\nNo header\n\nText';
    await pushes().send(ref, 'recipients');
    assert.equal(sent.length, 1);
  });

  it('asks what the text asks for, and sends nothing if nobody answers', async () => {
    source = source.replace('{{branch}}', '{{input:What is new?}}');
    const questions: string[] = [];
    answer = (question) => {
      questions.push(question);
      return questions.length > 1 ? 'a {new} thing' : undefined;
    };
    const one = pushes();
    await one.send(ref, 'recipients');
    assert.deepEqual([sent, said], [[], []]);
    await one.send(ref, 'recipients');
    assert.equal(sent[0]?.draft.text, 'Hi {name}, 2.4.1 is on a {{new}} thing.');
    assert.deepEqual(questions, ['What is new?', 'What is new?']);
  });

  it('goes from the account on the portal that the file names', async () => {
    const other = anAccount({ id: 'beta:7', host: 'beta.example', userId: 7 });
    accounts = [anna, other];
    source = source.replace('to: me', 'portal: https://Beta.example/\nto: me');
    await pushes().send(ref, 'me');
    assert.equal(sent[0]?.draft.accountId, other.id);
  });

  it('signs in first where nobody has', async () => {
    accounts = [];
    const signIn = () => {
      accounts = [anna];
      return Promise.resolve(anna);
    };
    await pushes().send(ref, 'me');
    assert.deepEqual(sent, []);
    const current = () => Promise.resolve(accounts[0]);
    const list = () => Promise.resolve(accounts);
    await pushes({ accounts: { current, list, signIn } }).send(ref, 'me');
    assert.equal(sent.length, 1);
  });

  it('says that the push is not in the file any more', async () => {
    await pushes().send({ ...ref, place: 1 }, 'me');
    assert.deepEqual(said, ['This push is not in the file any more.']);
  });
});

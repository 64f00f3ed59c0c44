import assert from 'node:assert/strict';
import { CancellationTokenSource, EventEmitter, workspace } from 'vscode';
import type { Command, Disposable } from 'vscode';
import { fileCommands } from '../../../src/common/commands';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import type { ListMatch } from '../../../src/people/listMatcher';
import type { Push } from '../../../src/push/push';
import { KnownPeople } from '../../../src/pushFiles/fileKnowledge';
import { parseFilePushRef } from '../../../src/pushFiles/filePushRef';
import { pushFileLanguage } from '../../../src/pushFiles/pushFileLanguage';
import { PushFileLenses } from '../../../src/pushFiles/pushFileLenses';
import type { PushFileLensesDeps } from '../../../src/pushFiles/pushFileLenses';
import { aPush, anAccount } from '../../support/builders';
import { silentLog } from '../../support/silentLog';

const anna = anAccount({ host: 'acme.bitrix24.com' });
const matches: Record<string, Partial<ListMatch>> = {
  me: { people: [{ id: 1 }] },
  Ivan: { people: [{ id: 3 }] },
  Smith: { unmatched: [{ text: 'Smith', why: 'ambiguous' }] },
};

describe('the lenses of a push file', () => {
  let owned: Disposable[];
  let last: Push | undefined;
  let changed: EventEmitter<undefined>;
  let looked: number;
  let commandsOfLenses: (Command | undefined)[];

  beforeEach(() => {
    owned = [];
    last = undefined;
    looked = 0;
    changed = new EventEmitter();
  });
  afterEach(() => owned.forEach((one) => void one.dispose()));

  const titles = async (content: string, patch: Partial<PushFileLensesDeps> = {}) => {
    const known = new KnownPeople({
      accounts: {
        current: () => Promise.resolve(anna),
        list: () => Promise.resolve([anna]),
        onDidChange: changed.event,
      },
      lists: {
        matchKnown: (_, text) => {
          looked += 1;
          const found = matches[text] ?? { unchecked: [text] };
          const nobody = { people: [], departments: [], unmatched: [], unchecked: [] };
          return Promise.resolve({ ...nobody, ...found });
        },
      },
      groups: { list: () => [] },
      departments: { peek: () => new DepartmentTree([{ id: 7, name: 'Sales' }]) },
      directories: { peek: () => undefined },
      findSecrets: () => Promise.resolve([]),
      onDidChangePeople: changed.event,
      log: silentLog,
    });
    const lenses = new PushFileLenses({
      ...{ known, departments: { count: () => 12 } },
      lastSends: {
        has: () => last !== undefined,
        of: () => Promise.resolve(last),
        onDidChange: changed.event,
      },
      isTrusted: () => true,
      ...patch,
    });
    owned.push(lenses, known);
    const document = await workspace.openTextDocument({ language: pushFileLanguage, content });
    const { token } = new CancellationTokenSource();
    const found = lenses
      .provideCodeLenses(document)
      .map((lens) => lenses.resolveCodeLens(lens, token));
    commandsOfLenses = (await Promise.all(found)).map(({ command }) => command);
    return commandsOfLenses.map((command) => command?.title);
  };

  it('say to how many each push goes, and from which portal', async () => {
    assert.deepEqual(await titles('### A\nto: me, Ivan\n\nx\n### B\nto: anna@acme.com\n\ny'), [
      ...['$(send) Send to 2 · acme', 'Send to Me', 'Send Later…', 'Preview'],
      ...['$(send) Send to 1 · acme', 'Send to Me', 'Send Later…', 'Preview'],
    ]);
  });

  it('count the people of departments by what was read last', async () => {
    const [first] = await titles('### A\nto: me, department:Sales\n\nx');
    assert.equal(first, '$(send) Send to about 13 · acme');
  });

  for (const [name, content, title] of [
    ['who is in doubt', '### A\nto: me, Smith\n\nx', '$(warning) Check Recipients · acme'],
    ['that nobody is chosen', '### A\n\nx', '$(warning) Nobody Chosen · acme'],
    [
      'that nobody is signed in on the portal',
      '### A\nportal: other.example\nto: me\n\nx',
      '$(warning) Send… · other.example: not signed in',
    ],
  ] as const) {
    it(`say ${name}`, async () => {
      assert.equal((await titles(content))[0], title);
    });
  }

  it('offer nothing but the preview where the folder is not trusted', async () => {
    assert.deepEqual(await titles('### A\nto: me\n\nx', { isTrusted: () => false }), [
      ...['$(workspace-untrusted) Not Trusted: Nothing Is Sent', 'Preview'],
    ]);
  });

  it('say what became of the push the last time', async () => {
    last = aPush({ at: new Date(2026, 0, 5, 14, 5).getTime() });
    const [, , , , outcome] = await titles('### A\nto: me\n\nx');
    assert.match(outcome ?? '', /^\$\(check\) Jan 5, 2026: accepted for \d+$/);
  });

  it('look each entry up once until something about people changes', async () => {
    await titles('### A\nto: me\n\nx\n### B\nto: me\n\ny');
    assert.equal(looked, 1);
  });

  it('name their push to the command', async () => {
    await titles('### A\nto: me\n\nx\n### A\nto: me\n\ny');
    const refs = commandsOfLenses.flatMap((command) =>
      command?.command === fileCommands.sendToMe ? [parseFilePushRef(command.arguments?.[0])] : [],
    );
    assert.deepEqual(
      refs.map((ref) => [ref?.title, ref?.place]),
      [
        ['A', 0],
        ['A', 1],
      ],
    );
  });
});

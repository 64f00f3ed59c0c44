import assert from 'node:assert/strict';
import type { DoubtfulEntry, EntryMeaning } from '../../../src/people/namedRecipients';
import { FileChecker } from '../../../src/pushFiles/fileDiagnostics';
import type { FileFinding, FileKnowledge } from '../../../src/pushFiles/fileDiagnostics';
import { fixesOf } from '../../../src/pushFiles/fileFixes';
import type { FileFix } from '../../../src/pushFiles/fileFixes';
import { anAccount } from '../../support/builders';

const anna = anAccount({ host: 'acme.bitrix24.com' });
const { signal } = new AbortController();

const doubts: Record<string, Omit<DoubtfulEntry, 'text'>> = {
  Smith: {
    why: 'ambiguous',
    candidates: [
      { id: 3, name: 'Anna Smith' },
      { id: 4, name: 'Smith, Oleg' },
    ],
  },
  'department:Sales': {
    why: 'ambiguous',
    departments: [
      { id: 7, name: 'Sales', reach: 'tree' },
      { id: 8, name: 'Sales, East', reach: 'direct' },
    ],
  },
  Nobody: { why: 'unknown' },
};
const nobody: EntryMeaning = {
  audience: { people: [], departments: [] },
  doubtful: [],
  unchecked: false,
};

describe('the check of a push file', () => {
  let looked: string[];
  let knowledge: FileKnowledge;

  beforeEach(() => {
    looked = [];
    knowledge = {
      accounts: { current: () => Promise.resolve(anna), list: () => Promise.resolve([anna]) },
      meaningOf: (_, entry) => {
        looked.push(entry);
        const doubt = doubts[entry];
        const people = entry === 'Long' ? [{ id: 5, name: 'Long' }] : [];
        return Promise.resolve({
          ...nobody,
          audience: { people, departments: [] },
          doubtful: doubt ? [{ text: entry, ...doubt }] : [],
        });
      },
      factsOf: (_, { id }) => ({ id, firstName: id === 5 ? 'x'.repeat(300) : undefined }),
      findSecrets: (text) => {
        const start = text.indexOf('hunter2');
        return Promise.resolve(start < 0 ? [] : [{ kind: 'password', start, end: start + 7 }]);
      },
    };
  });

  const check = async (source: string) => {
    const { findings, file } = await new FileChecker(knowledge).check(source, signal);
    return { findings, file };
  };
  const codes = async (source: string) => (await check(source)).findings.map(({ code }) => code);
  const applied = (source: string, { edits }: FileFix) =>
    edits.reduceRight(
      (text, { start, end, text: by }) => text.slice(0, start) + by + text.slice(end),
      source,
    );
  const fixed = async (source: string) => {
    const { findings, file } = await check(source);
    return findings.flatMap((one) => fixesOf(one, source, file).map((fix) => applied(source, fix)));
  };

  it('finds nothing in a file that is right', async () => {
    const source = [
      '# Notes',
      '@version = 2.4.1',
      '@whole = v{{version}} of {{date}}',
      '### Team',
      'to: me, "Petrova, Anna"',
      'portal: https://acme.bitrix24.com/',
      'avatar: https://acme.bitrix24.com/{{version}}.png',
      '',
      'Hi {name|colleague}, {{whole}}: {{input:What is new?}} {{selection}}',
    ].join('\n');
    assert.deepEqual((await check(source)).findings, []);
    assert.deepEqual(looked, ['me', 'Petrova, Anna']);
  });

  const marked: [what: string, source: string, code: FileFinding['code'], at: string][] = [
    ['a line above the first push', 'Hello\n### A\nto: me\n\nx', 'STRAY_LINE', 'Hello'],
    ['a line that is no header', '### A\nto: me\nHello\n\nx', 'NOT_A_HEADER', 'Hello'],
    ['an unknown header', '### A\nto: me\nfrom: me\n\nx', 'UNKNOWN_HEADER', 'from'],
    ['an unknown mode', '### A\nto: me\nmode: big\n\nx', 'UNKNOWN_MODE', 'big'],
    ['a name in doubt', '### A\nto: me, Smith\n\nx', 'RECIPIENT', 'Smith'],
    ['nobody', '### A\n\nx', 'NOBODY', '### A'],
    ['an unknown variable', '### A\nto: me\n\nx {{brunch}}', 'UNKNOWN_VARIABLE', '{{brunch}}'],
    ['one in quotes', '### A\nto: "a, {{who}}"\n\nx', 'UNKNOWN_VARIABLE', '{{who}}'],
    [
      'one in an avatar',
      '### A\nto: me\navatar: https://a.b/{{c}}\n\nx',
      'UNKNOWN_VARIABLE',
      '{{c}}',
    ],
    [
      'a variable that is defined below',
      '@a = {{b}}\n@b = 1\n### A\nto: me\n\n{{a}}',
      'UNKNOWN_VARIABLE',
      '{{b}}',
    ],
    [
      'a portal without an account',
      '### A\nto: me\nportal: other.example\n\nx',
      'UNKNOWN_PORTAL',
      'other.example',
    ],
    ['a push without a text', '### A\nto: me\n\n \n', 'TEXT_EMPTY', '### A'],
    ['a blank text', '### A\nto: me\n\n\u2800', 'TEXT_EMPTY', '\u2800'],
    ['the text 0', '@zero = 0\n### A\nto: me\n\n{{zero}}', 'TEXT_ZERO', '{{zero}}'],
    [
      'an unknown placeholder',
      '@v = 1\n### A\nto: me\n\n{{v}} {nam} {{v}}',
      'PLACEHOLDER_UNKNOWN',
      '{nam}',
    ],
    ['a brace without its partner', '### A\nto: me\n\na } b', 'PLACEHOLDER_OPEN', '}'],
    [
      'an avatar that is no address',
      '### A\nto: me\navatar: a.png\n\nx',
      'AVATAR_NOT_HTTP',
      'a.png',
    ],
    ['a secret in a text', '### A\nto: me\n\nIt is hunter2', 'SECRET', 'hunter2'],
    ['a secret in a variable', '@pass = hunter2\n### A\nto: me\n\nx', 'SECRET', 'hunter2'],
  ];
  for (const [what, source, code, at] of marked) {
    it(`marks ${what}`, async () => {
      for (const text of [source, source.replaceAll('\n', '\r\n')]) {
        const { findings } = await check(text);
        assert.deepEqual(
          findings.map((one) => [one.code, text.slice(one.start, one.end)]),
          [[code, at]],
        );
        assert.equal(findings[0]?.severity, code === 'SECRET' ? 'warning' : 'error');
      }
    });
  }

  it('judges neither who is unchecked nor portals before anybody signed in', async () => {
    const unchecked = { ...nobody, unchecked: true };
    knowledge = { ...knowledge, meaningOf: () => Promise.resolve(unchecked) };
    assert.deepEqual(await codes('### A\nto: anna@acme.com\n\nx'), []);
    const accounts = { current: () => Promise.resolve(undefined), list: () => Promise.resolve([]) };
    knowledge = { ...knowledge, accounts };
    assert.deepEqual(await codes('### A\nto: Smith\nportal: other.example\n\nx'), []);
  });

  it('marks a text from where each phone cuts it, for whom it is longest', async () => {
    const text = `{name} ${'word '.repeat(900)}`;
    const [forNobody, forLong] = await Promise.all(
      ['me', 'Long'].map(async (to) => {
        const source = `@v = 1\n### A\nto: ${to}\n\n${text}`;
        const { findings, file } = await check(source);
        const end = file.pushes[0]?.text.end;
        assert.deepEqual(
          findings.map((one) => [one.code, 'platform' in one && one.platform, one.end]),
          [
            ['TEXT_TOO_LONG', 'ios', end],
            ['TEXT_TOO_LONG', 'android', end],
          ],
        );
        const start = file.pushes[0]?.text.start ?? 0;
        return findings.map((one) => one.start - start);
      }),
    );
    const [ios, android] = forNobody ?? [];
    assert.ok(ios && android && ios > android);
    const [iosOfLong] = forLong ?? [];
    const earlier = ios - (iosOfLong ?? 0);
    // The name takes 300 bytes of the text's.
    assert.equal(earlier, 300);
  });

  for (const [what, text] of [
    ['of words', 'word "word" '.repeat(600)],
    ['of one long word', 'ab'.repeat(4000)],
    ['of emoji', '👩‍👩‍👧'.repeat(600)],
    ['of placeholders', '{name|dear colleague of mine} '.repeat(400)],
    ['of variables', '{{ v }} '.repeat(4000)],
  ] as const) {
    it(`shortens a text ${what} so that it fits, and not much more`, async () => {
      const source = `@v = 1\n### A\nto: me\n\n${text.trim()}\n\n### B\nto: me\n\nx`;
      const [first, second] = await fixed(source);
      assert.ok(first !== undefined);
      assert.equal(second, first);
      const { findings, file } = await check(first);
      assert.deepEqual(findings, []);
      const shortened = file.pushes[0]?.text.text ?? '';
      assert.match(shortened, /[^\s\u200d]…$/u);
      assert.ok(text.startsWith(shortened.slice(0, -1)));
      assert.equal(file.pushes.length, 2);
      const longer = first.replace('…\n', `${text.slice(shortened.length - 1).slice(0, 200)}\n`);
      assert.ok((await codes(longer)).includes('TEXT_TOO_LONG'), 'it was cut too early');
    });
  }

  it('offers candidates as entries that mean nobody else', async () => {
    assert.deepEqual(await fixed('### A\nto: me, Smith\n\nx'), [
      '### A\nto: me, Anna Smith #3\n\nx',
      '### A\nto: me, #4\n\nx',
    ]);
    assert.deepEqual(await fixed('### A\nto: "department:Sales", me\n\nx'), [
      '### A\nto: department:Sales #7, me\n\nx',
      '### A\nto: "department:Sales, East #8 (direct)", me\n\nx',
    ]);
    assert.deepEqual(await fixed('### A\nto: Nobody\n\nx'), []);
  });

  it('offers to define an unknown variable above its use, or to send its braces', async () => {
    assert.deepEqual(await fixed('# C\n### A\nto: me\n\n{{v}}'), [
      '# C\n@v = \n\n### A\nto: me\n\n{{v}}',
      '# C\n### A\nto: me\n\n\\{{v}}',
    ]);
    assert.deepEqual(await fixed('@a = {{v}}\r\n### A\r\nto: me\r\n\r\nx'), [
      '@v = \r\n@a = {{v}}\r\n### A\r\nto: me\r\n\r\nx',
      '@a = \\{{v}}\r\n### A\r\nto: me\r\n\r\nx',
    ]);
    assert.deepEqual(await fixed('@a = {{b}}\n@b = 1\n### A\nto: me\n\nx'), [
      '@a = \\{{b}}\n@b = 1\n### A\nto: me\n\nx',
    ]);
    assert.deepEqual(await fixed('@a = 1\n\n### A\nto: me\n\n{{v}}'), [
      '@a = 1\n@v = \n\n### A\nto: me\n\n{{v}}',
      '@a = 1\n\n### A\nto: me\n\n\\{{v}}',
    ]);
  });

  it('offers to send braces as they are', async () => {
    assert.deepEqual(await fixed('### A\nto: me\n\nx {nam}'), [
      '### A\nmode: literal\nto: me\n\nx {nam}',
    ]);
    assert.deepEqual(await fixed('### A\r\nmode: personal\r\nto: me\r\n\r\nx }'), [
      '### A\r\nmode: personal\r\nto: me\r\n\r\nx }}',
      '### A\r\nmode: literal\r\nto: me\r\n\r\nx }',
    ]);
    // Doubled, it would end a variable.
    assert.deepEqual(await fixed('### A\nto: me\n\nx {{ y }'), [
      '### A\nmode: literal\nto: me\n\nx {{ y }',
    ]);
  });

  it('offers to add me, and to remove a header that does not count', async () => {
    assert.deepEqual(await fixed('### A\nto:\n\nto: x'), ['### A\nto: me\n\nto: x']);
    assert.deepEqual(await fixed('### A'), ['### A\nto: me']);
    assert.deepEqual(await fixed('### A\nto: me\nfrom: me\n\nx'), ['### A\nto: me\n\nx']);
    assert.deepEqual(await fixed('### A\nmode: literal\nto: me\nmode: personal\n\nx'), [
      '### A\nmode: literal\nto: me\n\nx',
    ]);
  });

  it('leaves nothing to find after each fix but what the user has to decide', async () => {
    const faulty = marked.map(([, source]) => source);
    for (const source of faulty) {
      const [before] = await codes(source);
      for (const text of await fixed(source)) {
        assert.ok(!(await codes(text)).includes(before ?? 'NOBODY'), text);
      }
    }
  });

  it('checks a push again only if it, the variables or the people change', async () => {
    const checker = new FileChecker(knowledge);
    const a = '### A\nto: Smith\n\nx';
    const b = '### B\nto: Nobody\n\nx';
    await checker.check(`${a}\n${b}`, signal);
    const { findings } = await checker.check(`# Moved\n${a}y\n${b}`, signal);
    assert.deepEqual(looked, ['Smith', 'Nobody', 'Smith']);
    const source = `# Moved\n${a}y\n${b}`;
    assert.deepEqual(
      findings.map(({ start, end }) => source.slice(start, end)),
      ['Smith', 'Nobody'],
    );
    await checker.check(`@v = 1\n${b}`, signal);
    assert.deepEqual(looked.slice(3), ['Nobody']);
    checker.forget();
    await checker.check(`@v = 1\n${b}`, signal);
    assert.deepEqual(looked.slice(4), ['Nobody']);
  });

  it('ends when the file was changed meanwhile', async () => {
    const checking = new FileChecker(knowledge).check(
      '### A\nto: me\n\nx',
      AbortSignal.abort('new'),
    );
    await assert.rejects(checking, (error) => error === 'new');
    assert.deepEqual(looked, []);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyEdits, modify, parse } from 'jsonc-parser';
import { parse as parseToml, stringify } from 'smol-toml';
import type { AgentFile } from '../../../src/agents/connect/connectable';
import { planToConnect, planToDisconnect } from '../../../src/agents/connect/filePlan';
import type { FilePlan } from '../../../src/agents/connect/filePlan';

const hook = { hooks: [{ type: 'command', command: '/bin/b24push --hook claude' }] };
const server = { command: '/bin/b24push', args: ['mcp'] };
const wanted = {
  hooks: { Stop: [hook], Notification: [hook] },
  mcpServers: { bitrix24: server },
};
const jsonFile = (format: 'json' | 'jsonc'): AgentFile => ({ format, path: '/f', wanted });
const tomlFile: AgentFile = {
  format: 'toml',
  path: '/f',
  wanted: { notify: ['/bin/b24push', '--hook', 'codex'], mcp_servers: { bitrix24: server } },
};

const connect = (file: AgentFile, text: string | undefined): FilePlan =>
  planToConnect(file, '/f', { text }, undefined);
const disconnect = (file: AgentFile, text: string | undefined, from: FilePlan): FilePlan =>
  planToDisconnect(file, '/f', { text }, from.receipt);

/** A text of JSON as somebody may have written it. */
const lines = fc.constantFrom('\n', '\r\n');
const settings = fc
  .record(
    {
      model: fc.string(),
      env: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string(), { maxKeys: 3 }),
      hooks: fc.record(
        {
          Stop: fc.array(fc.constant({ hooks: [{ type: 'command', command: 'other' }] }), {
            maxLength: 2,
          }),
          Other: fc.constant([]),
        },
        { requiredKeys: [] },
      ),
      mcpServers: fc.dictionary(fc.constantFrom('a', 'b'), fc.constant({ command: 'x' })),
    },
    { requiredKeys: [] },
  )
  .chain((value) =>
    fc.record({
      value: fc.constant(value),
      indent: fc.constantFrom(0, 2, 4, '\t'),
      lineBreak: lines,
      bom: fc.constantFrom('', '\ufeff'),
      end: fc.constantFrom('', '\n', '\r\n', '\n\n  '),
    }),
  )
  .map(({ value, indent, lineBreak, bom, end }) => ({
    // Without the objects of no prototype that are generated as well.
    value: structuredClone(value),
    text: bom + JSON.stringify(value, undefined, indent).replaceAll('\n', lineBreak) + end,
  }));
/** The same with comments and commas at every place where a line ends. */
const commented = fc
  .tuple(
    settings,
    fc.array(fc.constantFrom('', ' // note, {"a": 1}', ' /* n */'), { minLength: 1 }),
  )
  .map(([{ value, text }, notes]) => {
    let count = 0;
    return {
      value,
      text: text.replaceAll(
        /[^\n\r](?=\r?\n)/g,
        (last) => last + (notes[count++ % notes.length] ?? ''),
      ),
    };
  });

describe('plans for files of agents', () => {
  for (const [name, format, texts] of [
    ['JSON', 'json', settings],
    ['JSON with comments', 'jsonc', commented],
  ] as const) {
    it(`adds to ${name} what is wanted, keeps all else, and takes it out byte for byte`, () => {
      fc.assert(
        fc.property(texts, ({ value, text }) => {
          const file = jsonFile(format);
          const plan = connect(file, text);
          assert.equal(plan.fault, undefined);
          const after = parse(plan.after!.replace('\ufeff', '')) as typeof value & typeof wanted;
          assert.deepEqual(after.mcpServers, { ...value.mcpServers, bitrix24: server });
          assert.deepEqual(after.hooks, {
            ...value.hooks,
            Stop: [...(value.hooks?.Stop ?? []), hook],
            Notification: [hook],
          });
          assert.deepEqual([after.model, after.env], [value.model, value.env]);
          assert.equal(disconnect(file, plan.after, plan).after, text);
        }),
        { numRuns: 400 },
      );
    });

    it(`takes it out of ${name} that somebody has changed meanwhile, and keeps the change`, () => {
      fc.assert(
        fc.property(texts, fc.boolean(), ({ value, text }, isWithinHooks) => {
          const file = jsonFile(format);
          const plan = connect(file, text);
          const path = isWithinHooks ? ['hooks', 'Later'] : ['$version'];
          const formattingOptions = { tabSize: 2, insertSpaces: true };
          const bom = text.startsWith('\ufeff') ? '\ufeff' : '';
          const bare = plan.after!.replace('\ufeff', '');
          const changed = bom + applyEdits(bare, modify(bare, path, [7], { formattingOptions }));
          const { after, fault } = disconnect(file, changed, plan);
          assert.equal(fault, undefined);
          assert.deepEqual(
            parse(after!.replace('\ufeff', '')),
            isWithinHooks
              ? { ...value, hooks: { ...value.hooks, Later: [7] } }
              : { ...value, $version: [7] },
          );
        }),
        { numRuns: 200 },
      );
    });
  }

  it('takes it out of a file that its agent has written anew', () => {
    fc.assert(
      fc.property(settings, ({ value, text }) => {
        const plan = connect(jsonFile('json'), text);
        const anew = JSON.stringify({
          first: 1,
          ...(parse(plan.after!.replace('\ufeff', '')) as object),
        });
        const { after } = disconnect(jsonFile('json'), anew, plan);
        assert.deepEqual(JSON.parse(after!), { first: 1, ...value });
      }),
    );
  });

  const shapes: [string, string, string][] = [
    [
      'lines, with the indentation of the file',
      '{\n    "model": "x" // note\n}\n',
      '{\n    "model": "x", // note\n    "mcpServers": {\n        "bitrix24": {\n            "command": "/bin/b24push"\n        }\n    }\n}\n',
    ],
    [
      'one line',
      '{"model":"x"}',
      '{"model":"x", "mcpServers":{"bitrix24":{"command":"/bin/b24push"}}}',
    ],
    [
      'an empty object',
      '{}',
      '{\n  "mcpServers": {\n    "bitrix24": {\n      "command": "/bin/b24push"\n    }\n  }\n}',
    ],
    [
      'an empty file',
      '',
      '{\n  "mcpServers": {\n    "bitrix24": {\n      "command": "/bin/b24push"\n    }\n  }\n}\n',
    ],
    [
      'a trailing comma',
      '{\n  "model": "x",\n}',
      '{\n  "model": "x",\n  "mcpServers": {\n    "bitrix24": {\n      "command": "/bin/b24push"\n    }\n  }\n}',
    ],
  ];
  for (const [title, before, after] of shapes) {
    it(`writes as the file is written: ${title}`, () => {
      const small = { mcpServers: { bitrix24: { command: '/bin/b24push' } } };
      const file: AgentFile = { format: 'jsonc', path: '/f', wanted: small };
      const plan = connect(file, before);
      assert.equal(plan.after, after);
      assert.equal(disconnect(file, after, plan).after, before);
    });
  }

  const faults: [string, AgentFile, string, string][] = [
    ['comments where they switch all hooks off', jsonFile('json'), '{ // note\n}', 'comments'],
    ['half a file', jsonFile('json'), '{"hooks":', 'damaged'],
    ['a list', jsonFile('json'), '[]', 'damaged'],
    ['a trailing comma where it is a fault', jsonFile('json'), '{"a":1,}', 'damaged'],
    ['a key that stands there twice', jsonFile('json'), '{"hooks":{},"hooks":{"a":[]}}', 'damaged'],
    ['hooks that are no object', jsonFile('json'), '{"hooks":7}', 'taken'],
    ['an event that is no list', jsonFile('json'), '{"hooks":{"Stop":{}}}', 'taken'],
    ['hooks that are null', jsonFile('json'), '{"hooks":null}', 'taken'],
    ['another server of our name', jsonFile('json'), '{"mcpServers":{"bitrix24":{}}}', 'taken'],
    ['half a TOML file', tomlFile, 'a = [', 'damaged'],
    ['tables that cannot be added to', tomlFile, 'mcp_servers = {}\n', 'damaged'],
    ['another server in TOML', tomlFile, '[mcp_servers.bitrix24]\ncommand = "x"\n', 'taken'],
  ];
  for (const [title, file, text, fault] of faults) {
    it(`leaves a file alone that has ${title}`, () => {
      const plan = connect(file, text);
      assert.equal(plan.fault, fault);
      assert.equal(plan.after, text);
    });
  }

  it('adds nothing where all is there, and does not take out what was there before', () => {
    const text = JSON.stringify({ mcpServers: { bitrix24: server } });
    const plan = connect(jsonFile('json'), text);
    assert.deepEqual(Object.keys(plan.receipt!.added), ['hooks']);
    assert.equal(disconnect(jsonFile('json'), plan.after, plan).after, text);
    const whole = JSON.stringify(wanted);
    assert.equal(connect(jsonFile('json'), whole).after, whole);
  });

  it('finds what is ours without a receipt', () => {
    const plan = connect(jsonFile('json'), '{\n  "a": 1\n}\n');
    const { after } = planToDisconnect(jsonFile('json'), '/f', { text: plan.after }, undefined);
    assert.deepEqual(JSON.parse(after!), {
      a: 1,
      hooks: { Stop: [], Notification: [] },
      mcpServers: {},
    });
    const toml = connect(tomlFile, 'a = 1\n');
    const bare = planToDisconnect(tomlFile, '/f', { text: toml.after }, undefined);
    assert.deepEqual({ ...parseToml(bare.after!) }, { a: 1 });
  });

  it('leaves what its user has changed, takes out the rest, and says so', () => {
    const plan = connect(tomlFile, 'a = 1\n');
    const changed = plan.after!.replace('args = [ "mcp" ]', 'args = [ "mcp", "x" ]');
    const toml = disconnect(tomlFile, changed, plan);
    assert.equal(toml.fault, 'changedByHand');
    assert.deepEqual(Object.keys(parseToml(toml.after!)), ['a', 'mcp_servers']);
    const json = connect(jsonFile('json'), '{\n  "a": 1\n}\n');
    const hooked = json.after!.replace('"command": "/bin/b24push --hook', '"x": 1, $&');
    const left = disconnect(jsonFile('json'), hooked, json);
    assert.equal(left.fault, 'changedByHand');
    assert.deepEqual(JSON.parse(left.after!), {
      a: 1,
      hooks: { Stop: [{ hooks: [{ ...hook.hooks[0], x: 1 }] }] },
    });
  });

  it('connects anew what an earlier version has connected, from what the file was before', () => {
    const before = '{\n  "a": 1\n}\n';
    const old: AgentFile = {
      format: 'json',
      path: '/f',
      wanted: { mcpServers: { bitrix24: { command: '/old' } } },
    };
    const first = connect(old, before);
    const second = planToConnect(jsonFile('json'), '/f', { text: first.after }, first.receipt);
    assert.equal(second.after, connect(jsonFile('json'), before).after);
    assert.equal(disconnect(jsonFile('json'), second.after, second).after, before);
  });

  it('plans no change to connect what is connected', () => {
    for (const [file, before] of [
      [jsonFile('json'), '{\n  "a": 1\n}\n'],
      [tomlFile, 'a = 1'],
    ] as const) {
      const plan = connect(file, before);
      const again = planToConnect(file, '/f', { text: plan.after }, plan.receipt);
      assert.equal(again.after, plan.after);
      assert.deepEqual(again.receipt, plan.receipt);
    }
  });

  const toml = fc
    .record({
      value: fc.record(
        {
          model: fc.string(),
          big: fc.constant(9007199254740993n),
          tui: fc.record({ theme: fc.string(), sizes: fc.array(fc.integer()) }),
          mcp_servers: fc.dictionary(fc.constantFrom('a', 'b'), fc.constant({ command: 'x' }), {
            minKeys: 1,
          }),
        },
        { requiredKeys: [] },
      ),
      note: fc.constantFrom('', '# note = [\n', '\n\n', '# [table]\n'),
      lineBreak: lines,
      bom: fc.constantFrom('', '\ufeff'),
      isCut: fc.boolean(),
    })
    .map(({ value, note, lineBreak, bom, isCut }) => {
      const text = (note + stringify(value)).replaceAll('\n', lineBreak);
      return { value, text: bom + (isCut ? text.trimEnd() : text) };
    });

  it('adds to TOML what is wanted, and takes it out byte for byte', () => {
    fc.assert(
      fc.property(toml, ({ value, text }) => {
        const plan = connect(tomlFile, text);
        assert.equal(plan.fault, undefined);
        const after = parseToml(plan.after!.replace('\ufeff', ''), {
          integersAsBigInt: 'asNeeded',
        });
        assert.deepEqual(after['notify'], ['/bin/b24push', '--hook', 'codex']);
        assert.deepEqual(after['model'], value.model);
        assert.equal(disconnect(tomlFile, plan.after, plan).after, text);
      }),
      { numRuns: 300 },
    );
  });

  it('takes it out of TOML to which its agent has added tables', () => {
    fc.assert(
      fc.property(toml, fc.constantFrom('', '\n'), ({ text }, gap) => {
        const plan = connect(tomlFile, text);
        const later = `${gap}[projects."/x"]\ntrust_level = "trusted"\n`;
        const { after, fault } = disconnect(tomlFile, plan.after! + later, plan);
        assert.equal(fault, undefined);
        assert.ok(after!.startsWith(text) && after!.endsWith(later), after);
        parseToml(after!.replace('\ufeff', ''), { integersAsBigInt: 'asNeeded' });
      }),
    );
  });

  it('leaves a notify program of somebody else, and says so', () => {
    const text = 'notify = ["mine"]\n';
    const plan = connect(tomlFile, text);
    assert.deepEqual(plan.left, ['notify']);
    assert.deepEqual(parseToml(plan.after!)['notify'], ['mine']);
    assert.equal(disconnect(tomlFile, plan.after, plan).after, text);
  });

  describe('of a file that is ours as a whole', () => {
    const own: AgentFile = { format: 'own', path: '/f', content: 'ours' };

    it('makes it and deletes it', () => {
      const plan = connect(own, undefined);
      assert.equal(plan.after, 'ours');
      assert.equal(disconnect(own, 'ours', plan).after, undefined);
    });

    it('deletes the one of an earlier version', () => {
      const plan = connect({ ...own, content: 'older' }, undefined);
      assert.equal(disconnect(own, 'older', plan).after, undefined);
    });

    it('leaves one that its user has changed', () => {
      const plan = connect(own, undefined);
      const left = disconnect(own, 'mine', plan);
      assert.deepEqual([left.after, left.fault], ['mine', 'changedByHand']);
    });

    it('never takes the place of somebody else', () => {
      const plan = connect(own, 'theirs');
      assert.deepEqual([plan.after, plan.fault], ['theirs', 'taken']);
    });
  });
});

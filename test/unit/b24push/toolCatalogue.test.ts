import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { toolCatalogue } from '../../../src/b24push/toolCatalogue';
import { toolRequest } from '../../../src/b24push/toolRequest';
import type { ToolName } from '../../../src/b24push/toolRequest';

const manifest = v.parse(
  v.object({
    contributes: v.object({
      languageModelTools: v.array(
        v.object({
          name: v.string(),
          toolReferenceName: v.string(),
          modelDescription: v.string(),
          inputSchema: v.unknown(),
        }),
      ),
    }),
  }),
  JSON.parse(readFileSync(path.join(__dirname, '../../../package.json'), 'utf8')),
);

describe('the tools for agents', () => {
  it('are in the manifest word for word', () => {
    assert.deepEqual(
      manifest.contributes.languageModelTools.map(
        ({ name, toolReferenceName, modelDescription, inputSchema }) => ({
          ...{ name, toolReferenceName, modelDescription, inputSchema },
        }),
      ),
      Object.entries(toolCatalogue).map(([name, { description, inputSchema }]) => ({
        ...{ name: `bitrix24_${name}`, toolReferenceName: name },
        ...{ modelDescription: description, inputSchema },
      })),
    );
  });

  it('tell the program which of them reach others', () => {
    const readOnly = Object.entries(toolCatalogue).map(([name, { annotations }]) => [
      name,
      annotations.readOnlyHint,
    ]);
    assert.deepEqual(Object.fromEntries(readOnly), {
      ...{ notify_me: true, send_push: false, find_people: true },
    });
  });

  const examples: Record<ToolName, Record<string, unknown>> = {
    notify_me: { text: 'Done.' },
    send_push: { to: ['Anna'], text: 'Hi', avatar: 'https://a.example', portal: 'acme.example' },
    find_people: { query: 'anna' },
  };
  for (const name of ['notify_me', 'send_push', 'find_people'] as const) {
    it(`accept what their schema names, and need what it needs: ${name}`, () => {
      const { properties, required } = toolCatalogue[name].inputSchema;
      assert.deepEqual(Object.keys(properties), Object.keys(examples[name]));
      assert.ok(toolRequest(name, examples[name], 'x').request);
      for (const property of Object.keys(properties)) {
        const without = { ...examples[name], [property]: undefined };
        assert.equal(
          toolRequest(name, without, 'x').request === undefined,
          required.includes(property),
          property,
        );
      }
    });
  }
});

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import * as v from 'valibot';
import { toolLimits, toolRequest, toolRequestSchema } from '../../../src/b24push/toolRequest';
import type { ToolName } from '../../../src/b24push/toolRequest';

const requestOf = (name: ToolName, input: unknown) => toolRequest(name, input, 'Claude Code');
const by = 'Claude Code';

describe('the input of a tool', () => {
  it('becomes a request that says who asks', () => {
    assert.deepEqual(requestOf('notify_me', { text: 'Done.' }), {
      request: { kind: 'notify', text: 'Done.', by },
    });
    assert.deepEqual(requestOf('find_people', { query: 'anna' }), {
      request: { kind: 'findPeople', query: 'anna', by },
    });
    const push = { to: ['Anna', 'group:QA'], text: 'Hi', avatar: 'https://acme.example/a.png' };
    assert.deepEqual(requestOf('send_push', { ...push, portal: 'acme.example' }), {
      request: { kind: 'send', ...push, from: 'acme.example', by },
    });
  });

  it('may be written as models write it: one name, a number, null for nothing', () => {
    assert.deepEqual(requestOf('send_push', { to: 17, text: 'Hi', avatar: null, portal: null }), {
      request: { kind: 'send', to: ['17'], text: 'Hi', by },
    });
    assert.deepEqual(requestOf('send_push', { to: ['Anna', 3], text: 'Hi', avatar: '' }), {
      request: { kind: 'send', to: ['Anna', '3'], text: 'Hi', by },
    });
  });

  it('is stripped of everything else: nothing in it can be a yes or another name', () => {
    const more = { by: 'The user', yes: true, confirmed: true, consent: { kind: 'standing' } };
    const kinds = { kind: 'notify', origin: 'form', from: 'evil.example' };
    assert.deepEqual(requestOf('send_push', { to: ['Anna'], text: 'Hi', ...more, ...kinds }), {
      request: { kind: 'send', to: ['Anna'], text: 'Hi', by },
    });
  });

  const faults: [ToolName, unknown, RegExp][] = [
    ['notify_me', { txt: 'Done.' }, /^notify_me did nothing\. "text" is not valid: .*undefined\.$/],
    ['notify_me', { text: ' \n' }, /"text" is not valid: it is empty\.$/],
    ['notify_me', { text: 'x'.repeat(toolLimits.text + 1) }, /"text" is not valid: /],
    ['notify_me', undefined, /^notify_me did nothing\. The input is not valid: /],
    ['notify_me', 'Done.', /The input is not valid: /],
    ['notify_me', [{ text: 'Done.' }], /is not valid: /],
    ['send_push', { text: 'Hi' }, /^send_push did nothing\. "to" is not valid: /],
    ['send_push', { to: [], text: 'Hi' }, /"to" is not valid: /],
    ['send_push', { to: [''], text: 'Hi' }, /"to.0" is not valid: /],
    ['send_push', { to: [{ id: 3 }], text: 'Hi' }, /"to.*" is not valid: /],
    ['send_push', { to: ['x'.repeat(toolLimits.line + 1)], text: 'Hi' }, /"to.0" is not valid/],
    ['send_push', { to: Array(toolLimits.to + 1).fill('Anna'), text: 'Hi' }, /"to" is not valid/],
    ['send_push', { to: ['Anna'], text: 7 }, /"text" is not valid: /],
    ['send_push', { to: ['Anna'], text: 'Hi', avatar: {} }, /"avatar" is not valid: /],
    ['send_push', { to: ['Anna'], text: 'Hi', portal: 3 }, /"portal" is not valid: /],
    ['find_people', { query: '' }, /^find_people did nothing\. "query" is not valid: /],
  ];
  for (const [name, input, sentence] of faults) {
    it(`is answered where it is wrong: ${name} ${inspect(input).slice(0, 50)}`, () => {
      const { request, fault } = requestOf(name, input);
      assert.equal(request, undefined);
      assert.ok(fault.isError);
      assert.match(fault.message, sentence);
    });
  }

  it('may be as long as its limits', () => {
    const text = 'x'.repeat(toolLimits.text);
    const to = Array<string>(toolLimits.to).fill('y'.repeat(toolLimits.line));
    assert.ok(requestOf('send_push', { to, text }).request);
  });

  it('is the same request on the other side of the wire', () => {
    const calls: [ToolName, unknown][] = [
      ['notify_me', { text: 'Done.' }],
      ['send_push', { to: ['Anna'], text: 'Hi', avatar: 'https://a.example', portal: 'b' }],
      ['find_people', { query: 'anna' }],
    ];
    for (const [name, input] of calls) {
      const { request } = requestOf(name, input);
      assert.deepEqual(v.parse(toolRequestSchema, JSON.parse(JSON.stringify(request))), request);
    }
  });
});

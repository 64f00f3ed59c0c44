import assert from 'node:assert/strict';
import type { FormState } from '../../../src/form/protocol';
import { textFaultOf } from '../../../src/form/textFault';
import type { PageDraft } from '../../../src/webview/pageModel';
import { preview } from '../../../src/webview/preview';
import { faultSentence } from '../../../src/webview/textField';
import { Words } from '../../../src/webview/words';

const words = new Words('en', {
  issuePlaceholder: '{0} at {1}:{2}, not one of {3}',
  issueBrace: '{0} at {1}:{2}',
});

function stateOf(draft: Partial<FormState['draft']> = {}): FormState {
  return {
    accounts: 1,
    draft: {
      generation: 1,
      edit: 0,
      recipients: [],
      departments: [],
      text: '',
      mode: 'personal',
      avatar: '',
      ...draft,
    },
    issues: [],
    kept: [],
    otherPortal: false,
    phase: { kind: 'idle' },
  };
}

describe('a fault that has a place in the text', () => {
  it('is found where the textarea has it, counted in lines and characters', () => {
    const text = 'one\r\n🚀 {nmae}!';
    const issue = { field: 'text' as const, code: 'PLACEHOLDER_UNKNOWN', offset: 8, length: 6 };
    const fault = textFaultOf(issue, text);
    assert.ok(fault);
    assert.equal('one\n🚀 {nmae}!'.slice(fault.start, fault.end), '{nmae}');
    assert.equal(
      faultSentence(fault, words),
      '{nmae} at 2:3, not one of name, last_name, full_name, position, department',
    );
  });

  it('may be a single brace, or an endless one that is told shortened', () => {
    const open = { field: 'text' as const, code: 'PLACEHOLDER_OPEN', offset: 2, length: 1 };
    const brace = textFaultOf(open, 'a {');
    assert.equal(brace && faultSentence(brace, words), '{ at 1:3');
    const long = { ...open, code: 'PLACEHOLDER_UNKNOWN', offset: 0, length: 502 };
    const fault = textFaultOf(long, `{${'x'.repeat(500)}}`);
    assert.ok(fault && faultSentence(fault, words).startsWith(`{${'x'.repeat(39)}… at 1:1`));
  });

  it('is none without a place, or when the text has become shorter since', () => {
    assert.equal(textFaultOf(undefined, 'a'), undefined);
    assert.equal(textFaultOf({ field: 'text', code: 'TEXT_ZERO' }, '0'), undefined);
    const late = { field: 'text' as const, code: 'PLACEHOLDER_OPEN', offset: 9, length: 1 };
    assert.equal(textFaultOf(late, 'short'), undefined);
  });
});

describe('the preview of a personal text', () => {
  const ivan = { id: 3, firstName: 'Ivan' };
  const olga = { id: 4, firstName: 'Olga-Alexandra' };
  const written: PageDraft = {
    recipients: [ivan, olga],
    departments: [],
    text: 'Hi {name|you} {{}}',
    mode: 'personal',
    avatar: '',
  };

  it('is the version of the person whose phone is drawn; the meter has the longest', () => {
    const ivans = preview(stateOf(), written, ivan);
    const olgas = preview(stateOf(), written, olga);
    assert.deepEqual([ivans.text, olgas.text], ['Hi Ivan {}', 'Hi Olga-Alexandra {}']);
    assert.equal(preview(stateOf(), written, { id: 5 }).text, 'Hi you {}');
    assert.deepEqual(ivans.longest, olgas.budget);
    assert.ok(ivans.budget.ios.usedBytes < ivans.longest.ios.usedBytes);
  });

  it('leaves a literal text as it is, with its place before it', () => {
    const location = { label: 'a.ts:1', included: true };
    const drawn = preview(stateOf({ location }), { ...written, mode: 'literal' }, ivan);
    assert.equal(drawn.text, 'a.ts:1\nHi {name|you} {{}}');
    assert.deepEqual(drawn.longest, drawn.budget);
  });
});

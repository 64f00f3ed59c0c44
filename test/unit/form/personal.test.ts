import assert from 'node:assert/strict';
import type { FormState } from '../../../src/form/protocol';
import type { PageDraft } from '../../../src/webview/pageModel';
import { preview } from '../../../src/webview/preview';

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
    const literal = { ...written, mode: 'literal' as const, locationIncluded: true };
    const drawn = preview(stateOf({ location }), literal, ivan);
    assert.equal(drawn.text, 'a.ts:1\nHi {name|you} {{}}');
    assert.deepEqual(drawn.longest, drawn.budget);
  });
});

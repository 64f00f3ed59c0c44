import assert from 'node:assert/strict';
import type { FormState, FromForm } from '../../../src/form/protocol';
import { PageModel } from '../../../src/webview/pageModel';

function stateOf(draft: Partial<FormState['draft']>): FormState {
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

describe('the draft in the page', () => {
  let posted: FromForm[];
  let due: (() => void) | undefined;
  let model: PageModel;

  beforeEach(() => {
    posted = [];
    due = undefined;
    model = new PageModel({
      post: (message) => posted.push(message),
      later: (run) => {
        due = run;
        return () => (due = undefined);
      },
    });
    model.accept(stateOf({ text: 'from disk', recipients: [{ id: 3, name: 'Ivan' }] }));
  });

  it('begins with what the host has', () => {
    assert.deepEqual(model.written, {
      recipients: [{ id: 3, name: 'Ivan' }],
      departments: [],
      text: 'from disk',
      mode: 'personal',
      avatar: '',
    });
  });

  it('gives the host people as ids, and only until it has confirmed them (trial 9.12)', () => {
    const idsIn = () => {
      const message = posted.at(-1);
      return message?.type === 'edit' ? message.written.recipients : undefined;
    };
    model.change({ recipients: [{ id: 3 }, { id: 5 }] });
    assert.deepEqual(idsIn(), [3, 5]);
    // The host may have dropped that one.
    model.change({ text: 'a' });
    assert.deepEqual(idsIn(), [3, 5]);
    model.checked({ generation: 1, edit: 2 }, { issues: [] });
    model.change({ text: 'ab' });
    assert.equal(idsIn(), undefined);
    model.change({ recipients: [{ id: 5 }] });
    assert.deepEqual(idsIn(), [5]);
    model.checked({ generation: 1, edit: 3 }, { issues: [] });
    model.change({ text: 'abc' });
    assert.deepEqual(idsIn(), [5]);
    assert.deepEqual(model.forSend().written.recipients, [5], 'a send always says to whom');
  });

  it('is drawn anew only for news (trial 9.12)', () => {
    model.change({ text: 'a' });
    assert.equal(model.checked({ generation: 1, edit: 1 }, { issues: [] }), false);
    const issues = [{ field: 'text' as const, message: 'no' }];
    assert.equal(model.checked({ generation: 1, edit: 1 }, { issues }), true);
    assert.equal(model.checked({ generation: 1, edit: 1 }, { issues }), false);
  });

  it('gives the host every key at once', () => {
    model.change({ text: 'a' });
    model.change({ text: 'ab' });
    const edit = (number: number, text: string) => ({
      type: 'edit',
      generation: 1,
      edit: number,
      written: { text, mode: 'personal', avatar: '' },
    });
    assert.deepEqual(posted, [edit(1, 'a'), edit(2, 'ab')]);
    model.flush();
    assert.equal(posted.length, 2);
  });

  it('gives the host a huge text once typing pauses', () => {
    const huge = 'x'.repeat(50_000);
    model.change({ text: huge });
    model.change({ text: `${huge}y` });
    assert.deepEqual(posted, []);
    due?.();
    assert.deepEqual(posted, [
      {
        type: 'edit',
        generation: 1,
        edit: 2,
        written: {
          text: `${huge}y`,
          mode: 'personal',
          avatar: '',
        },
      },
    ]);
    model.flush();
    assert.equal(posted.length, 1);
  });

  it('is not undone by a snapshot from before the last key', () => {
    model.change({ text: 'ab' });
    model.accept(stateOf({ text: 'from disk', edit: 0 }));
    assert.equal(model.written.text, 'ab');
  });

  it('takes names that the host found for what it has seen', () => {
    model.change({ recipients: [{ id: 5 }] });
    model.accept(stateOf({ edit: 1, recipients: [{ id: 5, name: 'Olga' }] }));
    assert.deepEqual(model.written.recipients, [{ id: 5, name: 'Olga' }]);
  });

  it('gives way to a draft that the host put in its place, and posts the old one no more', () => {
    model.change({ text: 'x'.repeat(50_000) });
    model.accept(stateOf({ generation: 2, text: 'a selection' }));
    assert.equal(model.written.text, 'a selection');
    due?.();
    model.flush();
    assert.deepEqual(posted, []);
  });

  it('sends with the last key, which needs no edit of its own', () => {
    const text = 'x'.repeat(50_000);
    model.change({ text });
    assert.deepEqual(model.forSend(), {
      generation: 1,
      edit: 1,
      written: { text, mode: 'personal', avatar: '', recipients: [3], departments: [] },
    });
    model.flush();
    assert.deepEqual(posted, []);
  });

  it('passes over faults of an edit that is not the last one', () => {
    const issues = [{ field: 'text' as const, message: 'TEXT_EMPTY' }];
    model.change({ text: '' });
    model.change({ text: 'a' });
    assert.equal(model.checked({ generation: 1, edit: 1 }, { issues }), false);
    assert.deepEqual(model.issues, []);
    assert.equal(model.checked({ generation: 1, edit: 2 }, { issues }), true);
    assert.deepEqual(model.issues, issues);
  });

  it('has departments with all that is drawn of them, and gives the host ids and reach', () => {
    const support = {
      id: 7,
      name: 'Support',
      reach: 'tree' as const,
      parent: true,
      counts: { tree: 14, direct: 5 },
    };
    model.accept({ ...stateOf({ generation: 2, departments: [support] }), approximatePeople: 14 });
    assert.deepEqual([model.written.departments, model.approximatePeople], [[support], 14]);
    model.change({ departments: [{ ...support, reach: 'direct' }] });
    const message = posted.at(-1);
    assert.ok(message?.type === 'edit');
    assert.deepEqual(message.written.departments, [{ id: 7, reach: 'direct' }]);
    model.checked({ generation: 2, edit: 1 }, { issues: [], approximatePeople: 5 });
    assert.equal(model.approximatePeople, 5);
    model.change({ departments: [] });
    assert.deepEqual(model.forSend().written.departments, []);
  });

  it('may be edited only while no push is on its way', () => {
    assert.equal(model.isReadOnly, false);
    model.moved({ kind: 'sending' });
    assert.equal(model.isReadOnly, true);
    model.moved({ kind: 'idle' });
    assert.equal(model.isReadOnly, false);
    // From the click on, before the host has heard of it.
    model.isSending = true;
    assert.equal(model.isReadOnly, true);
  });

  it('has the newest hints only', () => {
    const late = { id: 3, words: 'online', weight: 'late' as const };
    model.hinted([late], 100);
    assert.deepEqual([model.hints.get(3), model.hintsOfFirst], [late, 100]);
    model.hinted([]);
    assert.deepEqual([model.hints.size, model.hintsOfFirst], [0, undefined]);
  });

  it('keeps the plan of what the host last saw, and how far a push has come', () => {
    const plan = { people: 3, texts: 2, requests: 1, blanks: 0 };
    model.accept({ ...stateOf({ text: 'from disk' }), plan });
    assert.deepEqual(model.plan, plan);
    model.change({ text: 'a' });
    model.checked({ generation: 1, edit: 1 }, { issues: [] });
    assert.equal(model.plan, undefined);
    const progress = { accepted: 1, left: 1, failed: 1, unknown: 0, total: 3 };
    model.moved({ kind: 'sending', progress });
    assert.deepEqual(model.state?.phase, { kind: 'sending', progress });
    assert.equal(model.written.text, 'a');
  });
});

import assert from 'node:assert/strict';
import { limits, parseFromForm, parseToForm } from '../../../src/form/protocol';

const written = { recipients: [1, 2], departments: [], text: 'hi', mode: 'personal', avatar: '' };
const edit = { type: 'edit', generation: 1, edit: 2, written };

describe('the messages of the form', () => {
  it('takes every message that the page sends', () => {
    const messages = [
      { type: 'ready' },
      edit,
      { ...edit, written: { ...written, locationIncluded: true } },
      { type: 'send', id: 1, generation: 1, edit: 2, written, to: 'me' },
      { type: 'cancel' },
      { type: 'search', id: 2, query: 'Ив' },
      { type: 'kept', id: 3, action: 'restore', draftId: '5f0c-1' },
      { type: 'fix', id: 4, fix: 'tryAgain' },
      { type: 'command', id: 5, command: 'signIn' },
      { type: 'command', id: 6, command: 'whyNotDelivered', person: 3 },
      { type: 'match', id: 7, text: '3, 5, ivanov@acme.example\nПетрова' },
      { ...edit, written: { ...written, departments: [{ id: 7, reach: 'direct' }] } },
      { type: 'fault', where: '1:20' },
    ];
    for (const message of messages) {
      assert.deepEqual(parseFromForm(message), message);
    }
  });

  const dropped: [string, unknown][] = [
    ['nothing', undefined],
    ['a text', 'ready'],
    ['an unknown type', { type: 'signOut' }],
    ['a command outside the list', { type: 'command', id: 1, command: 'workbench.action.quit' }],
    ['a command with arguments', { type: 'command', id: 1, command: 'signIn', arguments: ['x'] }],
    ['a request without a number', { type: 'search', query: 'a' }],
    ['a negative number', { type: 'search', id: -1, query: 'a' }],
    ['a kept draft by a number', { type: 'kept', id: 1, action: 'forget', draftId: 1 }],
    ['a query too long', { type: 'search', id: 1, query: 'a'.repeat(limits.query + 1) }],
    ['a text too long', { ...edit, written: { ...written, text: 'a'.repeat(limits.text + 1) } }],
    [
      'an avatar too long',
      { ...edit, written: { ...written, avatar: 'a'.repeat(limits.avatar + 1) } },
    ],
    [
      'too many people',
      {
        ...edit,
        written: {
          ...written,
          recipients: Array.from({ length: limits.recipients + 1 }, (_, i) => i + 1),
        },
      },
    ],
    ['a list too long', { type: 'match', id: 1, text: 'a'.repeat(limits.list + 1) }],
    [
      'a reach that is none',
      { ...edit, written: { ...written, departments: [{ id: 7, reach: 'all' }] } },
    ],
    [
      'a department with a name of its own',
      { ...edit, written: { ...written, departments: [{ id: 7, reach: 'tree', name: 'x' }] } },
    ],
    [
      'too many departments',
      {
        ...edit,
        written: {
          ...written,
          departments: Array.from({ length: limits.departments + 1 }, (_, i) => ({
            id: i + 1,
            reach: 'tree',
          })),
        },
      },
    ],
    ['a mode that is none', { ...edit, written: { ...written, mode: 'html' } }],
    ['an id that is none', { ...edit, written: { ...written, recipients: [0] } }],
    ['an id as a text', { ...edit, written: { ...written, recipients: ['1'] } }],
    [
      'people with names of the page',
      { ...edit, written: { ...written, recipients: [{ id: 1 }] } },
    ],
    [
      'an addressee that is none',
      { type: 'send', id: 1, generation: 1, edit: 2, written, to: 'all' },
    ],
  ];
  for (const [what, message] of dropped) {
    it(`drops ${what}`, () => {
      assert.equal(parseFromForm(message), undefined);
    });
  }

  it('drops what a stranger posts to the page', () => {
    assert.equal(parseToForm({ type: 'state', state: { account: 'x' } }), undefined);
    assert.equal(parseToForm({ type: 'run' }), undefined);
    assert.deepEqual(parseToForm({ type: 'focus', field: 'text' }), {
      type: 'focus',
      field: 'text',
    });
  });
});

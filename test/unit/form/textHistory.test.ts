import assert from 'node:assert/strict';
import { TextHistory } from '../../../src/form/textHistory';

/** Records these states one after the other. */
function historyOf(...texts: string[]): TextHistory {
  const history = new TextHistory();
  texts.slice(1).forEach((text, index) => history.record(texts[index] ?? '', text));
  return history;
}

describe('undo of the text (trial 8.13)', () => {
  it('takes a word that was typed, or deleted, in one step', () => {
    const typed = historyOf('', 'o', 'on', 'on ', 'on t', 'on to');
    assert.deepEqual(typed.past, ['', 'on']);
    const deleted = historyOf('abc', 'ab', 'a', '');
    assert.deepEqual(deleted.past, ['abc']);
    const mixed = historyOf('a', 'ab', 'a🚀b', 'a🚀bc', 'pasted');
    assert.deepEqual(mixed.past, ['a', 'ab', 'a🚀b', 'a🚀bc']);
  });

  it('goes back and forth, and forgets what was undone once something else is typed', () => {
    const history = historyOf('', 'one', 'one two');
    assert.equal(history.undo('one two'), 'one');
    assert.equal(history.undo('one'), '');
    assert.equal(history.undo(''), undefined);
    assert.equal(history.redo(''), 'one');
    history.record('one', 'one!');
    assert.equal(history.redo('one!'), undefined);
    assert.equal(history.undo('one!'), 'one');
  });

  it('sees that a text was taken back, where only the texts are known', () => {
    const history = historyOf('', 'one', 'one two three', 'one');
    assert.deepEqual(history.past, ['']);
  });

  it('goes on from what another one has recorded', () => {
    const history = new TextHistory(historyOf('', 'one', 'one two three').past);
    assert.equal(history.undo('one two three'), 'one');
  });

  it('keeps a hundred steps, and not much more than a long text', () => {
    const many = historyOf(...Array.from({ length: 200 }, (_, index) => `text ${index * 1_000}`));
    assert.equal(many.past.length, 100);
    assert.equal(many.past.at(-1), 'text 198000');
    const huge = historyOf('', 'a'.repeat(200_000), 'b'.repeat(200_000), 'c'.repeat(50_000));
    assert.deepEqual(
      huge.past.map(({ length }) => length),
      [200_000],
    );
  });
});

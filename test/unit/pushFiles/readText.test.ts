import assert from 'node:assert/strict';
import { parseTemplate, fillTemplate } from '../../../src/push/personalText';
import { parsePushFile } from '../../../src/pushFiles/pushFile';
import {
  definitionOf,
  fileValues,
  isBuiltIn,
  questionOf,
  readText,
  variableUses,
} from '../../../src/pushFiles/readText';

const written = (text: string, start = 0) => ({ text, start, end: start + text.length });
const version = (name: string) => (name === 'version' ? '2.4.1' : undefined);

describe('the text of a push file', () => {
  it('has its variables filled in', () => {
    const { text, unknown } = readText(written('v{{version}}, {{ version }}!'), 'literal', version);
    assert.equal(text, 'v2.4.1, 2.4.1!');
    assert.deepEqual(unknown, []);
  });

  it('keeps and tells what is not known', () => {
    const { text, unknown } = readText(written('A {{brunch}}', 10), 'personal', version);
    assert.equal(fillTemplate(parseTemplate(text, 'personal')), 'A {{brunch}}');
    assert.deepEqual(unknown, [{ name: 'brunch', start: 12, end: 22 }]);
  });

  it('keeps braces behind a backslash, and a heading behind one', () => {
    const source = '\\{{version}}\n\\### A\n\\\\### B';
    for (const mode of ['personal', 'literal'] as const) {
      const { text, unknown } = readText(written(source), mode, version);
      assert.equal(fillTemplate(parseTemplate(text, mode)), '{{version}}\n### A\n\\### B');
      assert.deepEqual(unknown, []);
    }
    assert.deepEqual(variableUses(written(source)), []);
  });

  it('never makes a placeholder of a value', () => {
    const { text } = readText(written('{{a}}'), 'personal', () => '{name} }}{{');
    const template = parseTemplate(text, 'personal');
    assert.deepEqual(template.faults, []);
    assert.equal(fillTemplate(template, { id: 1, firstName: 'Anna' }), '{name} }}{{');
  });

  it('ends lines as a draft does', () => {
    assert.equal(readText(written('a\r\nb\rc'), 'literal', version).text, 'a\nb\nc');
    assert.equal(readText(written('{{a}}'), 'literal', () => 'x\r\ny').text, 'x\ny');
  });

  it('knows from where in the file each part comes', () => {
    const source = 'Hi {name}\r\n\\### {{version}} {nam}';
    const { text, sourceOf } = readText(written(source, 100), 'personal', version);
    assert.equal(text, 'Hi {name}\n### 2.4.1 {nam}');
    assert.equal(sourceOf(text.indexOf('{name')), 100 + source.indexOf('{name'));
    assert.equal(sourceOf(text.indexOf('{nam}')), 100 + source.indexOf('{nam}'));
    assert.equal(sourceOf(text.indexOf('4.1')), 100 + source.indexOf('{{version'));
    assert.equal(readText(written('', 7), 'literal', version).sourceOf(0), 7);
  });

  it('has values that name variables above them, and no others', () => {
    const file = parsePushFile('@a = 1\n@b = {{a}}.{{date}}\n@c = {{d}}\n@d = {{c}}');
    const values = fileValues(file, (name) => (name === 'date' ? 'today' : undefined));
    assert.equal(values('b'), '1.today');
    assert.equal(values('c'), undefined);
    assert.equal(values('d'), undefined);
    assert.equal(values('date'), 'today');
    assert.equal(definitionOf(file, 'b')?.value.text, '{{a}}.{{date}}');
  });

  it('may ask a question', () => {
    assert.equal(questionOf('input: What is new?'), 'What is new?');
    assert.equal(questionOf('inputs'), undefined);
    assert.ok(isBuiltIn('branch') && isBuiltIn('input:x') && !isBuiltIn('version'));
  });
});

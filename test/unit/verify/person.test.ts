import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { askYes, TerminalPerson } from '../../verify/person';
import { ScriptedPerson } from './stage';

describe('verify-portal: terminal', () => {
  let input: PassThrough & { isTTY?: boolean };
  let shown: string;
  let person: TerminalPerson;

  function open(isTTY: boolean): void {
    input = Object.assign(new PassThrough(), { isTTY });
    const output = new PassThrough();
    shown = '';
    output.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
    person = new TerminalPerson(input, output);
  }
  afterEach(() => {
    person.close();
  });

  it('shows what is typed, except a secret', async () => {
    open(true);
    const asked = person.ask('Name?');
    input.write('visible\r');
    assert.equal(await asked, 'visible');
    assert.match(shown, /visible/);
    const secret = person.askSecret('Key?');
    input.write('s3cret\r');
    assert.equal(await secret, 's3cret');
    const again = person.ask('Name?');
    input.write('\x1b[Amore\r');
    assert.equal(await again, 'more');
    assert.match(shown, /Key\?[^]*more/);
    assert.doesNotMatch(shown, /s3cret|s3|3cr/);
  });

  it('takes the lines of a pipe, also those that came early', async () => {
    open(false);
    const first = person.ask('First?');
    input.write('one\ntwo\nthree\n');
    assert.equal(await first, 'one');
    assert.equal(await person.askSecret('Second?'), 'two');
    assert.equal(await person.ask('Third?'), 'three');
  });

  it('takes no line that was typed before it asked', async () => {
    open(true);
    input.write('y\r');
    const asked = person.ask('Shall it be sent?');
    input.write('n\r');
    assert.equal(await asked, 'n');
  });

  it('stops at Ctrl+C', async () => {
    open(true);
    const asked = person.ask('Name?');
    assert.equal(person.stopped, false);
    input.write('\x03');
    await assert.rejects(asked, /You stopped it/);
    assert.equal(person.stopped, true);
  });

  it('stops a question when nobody will answer it', async () => {
    open(false);
    const stop = new AbortController();
    const asked = person.ask('Address?', stop.signal);
    stop.abort();
    await assert.rejects(asked, /Nobody waits/);
    const next = person.ask('Next?');
    input.write('yes\n');
    assert.equal(await next, 'yes');
  });

  it('says that it was stopped when the input ends', async () => {
    open(false);
    const asked = person.ask('Name?');
    input.end();
    await assert.rejects(asked, /You stopped it/);
    await assert.rejects(person.ask('Name?'), /You stopped it/);
  });

  it('takes y, n and Enter for an answer, and asks again for anything else', async () => {
    open(false);
    const answers = ['maybe', 'yes', 'N', ''];
    const scripted = new ScriptedPerson(() => answers.shift() ?? '');
    assert.equal(await askYes(scripted, 'Sure?'), true);
    assert.equal(await askYes(scripted, 'Sure?'), false);
    assert.equal(await askYes(scripted, 'Sure?'), undefined);
    assert.equal(scripted.told.length, 1);
  });
});

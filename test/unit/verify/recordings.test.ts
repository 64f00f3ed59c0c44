import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { replay } from '../../verify/mirror';
import { readRecording, writeRecording, type Recording } from '../../verify/recording';
import { temporaryFolder } from '../../support/temporaryFolder';

const recordings = path.join(__dirname, '../../fidelity/recordings');

describe('recordings of portals', () => {
  const folder = temporaryFolder();
  const file = () => path.join(folder(), 'recording.json');
  const sandboxRecording = () => readRecording(path.join(recordings, 'sandbox.json'));

  for (const name of readdirSync(recordings)) {
    it(`find the sandbox to answer as in ${name}`, async () => {
      const recording = await readRecording(path.join(recordings, name));
      assert.deepEqual(await replay(recording), []);
    });
  }

  it('are found to differ where an answer was another one', async () => {
    const recording = await sandboxRecording();
    const step = recording.steps.find(({ id }) => id === 'unknown-method')!;
    step.exchanges[0]!.answer.status = 405;
    const found = await replay(recording);
    assert.deepEqual(
      found.map(({ step: id, found: [first] }) => `${id}: ${first?.sentence}`),
      ['unknown-method: status: 405 from the portal, 404 from the sandbox'],
    );
  });

  it('name a request that the sandbox cannot be sent', async () => {
    const recording = await sandboxRecording();
    recording.steps = recording.steps.filter(({ id }) => id === 'user-admin');
    const params = { auth: '{{access_token}}' };
    assert.deepEqual(recording.steps[0]?.exchanges[0]?.request, {
      ...{ to: 'portal', method: 'user.admin', params },
    });
    const [step] = await replay(recording);
    assert.match(step?.found[0]?.sentence ?? '', /cannot be asked: The request needs access_token/);
  });

  it('come back from disk as they were written', async () => {
    const recording = await sandboxRecording();
    assert.equal(await writeRecording(file(), recording, []), 0);
    assert.deepEqual(await readRecording(file()), recording);
  });

  it('lose at the last look what must not be in them', async () => {
    const recording = await sandboxRecording();
    const answers = { 'post-code': 'Анна "the admin" signed in' };
    const leaky: Recording = { ...recording, answers };
    assert.equal(await writeRecording(file(), leaky, ['Анна "the admin"', 'нет']), 1);
    assert.ok(!(await readFile(file(), 'utf8')).includes('Анна'));
    assert.equal((await readRecording(file())).answers['post-code'], '<removed> signed in');
  });

  it('are refused when they are none, with the place', async () => {
    const recording = await sandboxRecording();
    await writeFile(file(), JSON.stringify({ ...recording, day: 'today' }));
    await assert.rejects(readRecording(file()), /recording\.json: day /);
  });

  it('send no method outside of REST, whoever made them', async () => {
    const recording = await sandboxRecording();
    const request = { to: 'portal', method: '../sandbox/api/reset', params: {} };
    const answer = { status: 200, headers: {}, kind: 'json', body: {} };
    const steps = [{ id: 'x', exchanges: [{ request, answer }] }];
    await writeFile(file(), JSON.stringify({ ...recording, steps }));
    await assert.rejects(readRecording(file()), /steps\.0\.exchanges\.0\.request\.method/);
  });
});

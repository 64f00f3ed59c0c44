import assert from 'node:assert/strict';
import * as v from 'valibot';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { ask, Client, refusal, type HttpAnswer } from './client';

const PUSH = 'pull.application.push.add';

const Collection = v.union([v.array(v.unknown()), v.record(v.string(), v.unknown())]);
const BatchResult = v.object({
  result: Collection,
  result_error: Collection,
  result_total: Collection,
  result_next: Collection,
  result_time: Collection,
});

function resultOf(answer: HttpAnswer): v.InferOutput<typeof BatchResult> {
  assert.equal(answer.status, 200);
  return v.parse(BatchResult, answer.json['result']);
}

describe('sandbox: batch', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  it('merges equal pushes, so that everybody gets one', async () => {
    const answer = await client.json('batch', {
      cmd: {
        a: `${PUSH}?USER_ID[0]=1&USER_ID[1]=2&TEXT=hi`,
        b: `${PUSH}?USER_ID=[2,5]&TEXT=hi`,
        c: `${PUSH}?USER_ID=1&TEXT=other`,
      },
    });
    const { result, result_error } = resultOf(answer);
    assert.deepEqual(result, { a: true, b: true, c: true });
    assert.deepEqual(result_error, []);
    assert.deepEqual(client.recipients(), [[1, 2, 5], [1]]);
  });

  it('answers with lists for lists, and with [] for nothing', async () => {
    const listed = resultOf(await client.json('batch', { cmd: ['server.time', 'user.admin'] }));
    assert.ok(Array.isArray(listed.result) && listed.result[1] === true);
    const nothing = resultOf(await client.json('batch'));
    assert.deepEqual(Object.values(nothing), [[], [], [], [], []]);
  });

  it('keeps keys where a command failed, gives each its error, and is 200 all the same', async () => {
    const { result, result_error, result_time } = resultOf(
      await client.json('batch', {
        cmd: { a: 'nope', b: `${PUSH}?USER_ID=1&TEXT=`, c: 'user.admin', d: 7, e: 'batch?cmd[]=x' },
      }),
    );
    assert.deepEqual(result, { c: true });
    assert.deepEqual(result_error, {
      a: { error: 'ERROR_METHOD_NOT_FOUND', error_description: 'Method not found!' },
      b: { error: 'TEXT_ERROR', error_description: "Text can't be empty" },
      e: {
        error: 'ERROR_BATCH_METHOD_NOT_ALLOWED',
        error_description: 'Method is not allowed for batch usage',
      },
    });
    assert.deepEqual(Object.keys(result_time), ['c']);
  });

  it('stops at the first error with halt', async () => {
    const cmd = { a: 'user.admin', b: 'nope', c: 'user.admin' };
    assert.deepEqual(resultOf(await client.json('batch', { halt: 1, cmd })).result, { a: true });
    const all = resultOf(await client.json('batch', { halt: 0, cmd }));
    assert.deepEqual(all.result, { a: true, c: true });
  });

  it('takes 50 commands', async () => {
    const { result, result_error } = resultOf(
      await client.json('batch', { cmd: Array.from({ length: 52 }, () => 'user.admin') }),
    );
    assert.equal(Object.keys(result).length, 50);
    assert.deepEqual(result_error, {
      50: {
        error: 'ERROR_BATCH_LENGTH_EXCEEDED',
        error_description: 'Max batch length exceeded',
      },
      51: {
        error: 'ERROR_BATCH_LENGTH_EXCEEDED',
        error_description: 'Max batch length exceeded',
      },
    });
  });

  it('tells a missing scope without a description', async () => {
    sandbox.patchState({ scopes: ['user'] });
    const { result_error } = resultOf(
      await client.json('batch', { cmd: { a: `${PUSH}?TEXT=x`, b: 'user.current' } }),
    );
    assert.deepEqual(result_error, { a: { error: 'insufficient_scope', error_description: '' } });
  });

  it('puts earlier answers into later commands', async () => {
    const { result, result_error } = resultOf(
      await client.json('batch', {
        cmd: {
          me: 'user.current',
          found: 'user.search?FIND=Сидоров',
          push: `${PUSH}?USER_ID=$result[found][0][ID]&TEXT=${encodeURIComponent('Hi, $result[me][NAME]')}`,
          whole: 'department.get?ID=$result[me][UF_DEPARTMENT]',
        },
      }),
    );
    assert.deepEqual(result_error, []);
    assert.ok(!Array.isArray(result));
    const [push] = sandbox.snapshot().pushes;
    assert.deepEqual([push?.recipients, push?.text], [[2], 'Hi, Анна']);
    assert.match(JSON.stringify(result['whole']), /^\[\{"ID":"1","NAME":"Acme"/);
  });

  it('collects totals and next offsets', async () => {
    const { result_total, result_next } = resultOf(
      await client.json('batch', {
        cmd: { people: 'user.get', nobody: 'user.get?NAME=xyz', me: 'user.current' },
      }),
    );
    assert.deepEqual([result_total, result_next], [{ people: 12 }, []]);
  });

  it('reads forms as well', async () => {
    const cmd = encodeURIComponent(`${PUSH}?USER_ID=1&TEXT=a%26b`);
    const answer = await client.form('batch', `cmd[x]=${cmd}&halt=0`);
    assert.deepEqual(resultOf(answer).result, { x: true });
    assert.equal(sandbox.snapshot().pushes[0]?.text, 'a&b');
  });

  it('is refused as a whole when the token is', async () => {
    const answer = await ask(`${client.url('batch')}?auth=junk&cmd[]=profile`);
    assert.equal(refusal(answer), '401 | invalid_token | Unable to get application by token');
  });

  it('plays faults of single commands', async () => {
    sandbox.addFaults({
      method: PUSH,
      call: 2,
      action: 'status',
      status: 429,
      error: 'OPERATION_TIME_LIMIT',
    });
    const { result, result_error } = resultOf(
      await client.json('batch', {
        cmd: {
          a: `${PUSH}?USER_ID=1&TEXT=1`,
          b: `${PUSH}?USER_ID=1&TEXT=2`,
          c: `${PUSH}?USER_ID=1&TEXT=3`,
        },
      }),
    );
    assert.deepEqual(result, { a: true, c: true });
    assert.deepEqual(result_error, {
      b: { error: 'OPERATION_TIME_LIMIT', error_description: '' },
    });
  });
});

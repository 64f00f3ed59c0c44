import assert from 'node:assert/strict';
import * as v from 'valibot';
import { phpQuery } from '../../../src/bitrix24/phpQuery';
import { testClient } from '../../support/testClient';
import {
  failureOf,
  FakeClock,
  FakeTokens,
  html,
  json,
  ScriptedTransport,
  type Step,
} from './support';

const connect = (...steps: Step[]) => {
  const transport = new ScriptedTransport(...steps);
  return {
    transport,
    client: testClient({ transport, tokens: new FakeTokens(), clock: new FakeClock() }),
  };
};
const commands = [1, 2, 3].map((id) => ({
  method: 'pull.application.push.add',
  params: { USER_ID: [id], TEXT: `Hi & bye ${id}` },
}));

describe('phpQuery', () => {
  it('writes what PHP reads', () => {
    assert.equal(
      phpQuery({
        USER_ID: [1, 2],
        FILTER: { ACTIVE: true, '!ID': [3] },
        TEXT: 'a&b=c ы',
        NO: null,
        ALSO: undefined,
        OFF: false,
      }),
      'USER_ID%5B0%5D=1&USER_ID%5B1%5D=2&FILTER%5BACTIVE%5D=1&FILTER%5B!ID%5D%5B0%5D=3&TEXT=a%26b%3Dc%20%D1%8B&OFF=0',
    );
  });
});

describe('half of a surrogate pair (trial 2.5)', () => {
  const half = { FIND: 'a\ud83d', FILTER: { NAME: ['\ude00', 'ы😀'] } };

  it('does not stop a batch', async () => {
    const { transport, client } = connect(json({ result: { result: { c0: [] } } }));
    await client.batch([{ method: 'user.search', params: half }]);
    const cmd = transport.bodies[0]?.['cmd'] as Record<string, string>;
    assert.equal(
      decodeURIComponent(cmd['c0'] ?? ''),
      'user.search?FIND=a\ufffd&FILTER[NAME][0]=\ufffd&FILTER[NAME][1]=ы😀',
    );
  });

  it('does not make a call unreadable', async () => {
    const { transport, client } = connect(json({ result: [] }));
    await client.call('user.search', half, { schema: v.unknown() });
    const { auth, ...params } = transport.bodies[0] ?? {};
    assert.ok(auth);
    assert.deepEqual(params, { FIND: 'a\ufffd', FILTER: { NAME: ['\ufffd', 'ы😀'] } });
  });
});

describe('PortalClient.batch', () => {
  it('sends one request with keys of its own', async () => {
    const { transport, client } = connect(
      json({ result: { result: { c0: true, c1: true, c2: true } } }),
    );
    const outcomes = await client.batch(commands);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['answered', 'answered', 'answered'],
    );
    const [body] = transport.bodies;
    assert.deepEqual(Object.keys(body ?? {}), ['halt', 'cmd', 'auth']);
    assert.equal(body?.['halt'], 0);
    assert.equal(
      (body['cmd'] as Record<string, string>)['c1'],
      'pull.application.push.add?USER_ID%5B0%5D=2&TEXT=Hi%20%26%20bye%202',
    );
  });

  it('tells which command failed; empty lists stand for empty maps', async () => {
    const result = {
      result: { c0: true, c2: true },
      result_error: { c1: { error: 'TEXT_ERROR', error_description: "Text can't be empty" } },
      result_total: [],
      result_next: [],
    };
    const outcomes = await connect(json({ result })).client.batch(commands);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['answered', 'failed', 'answered'],
    );
    assert.ok(outcomes[1]?.kind === 'failed' && outcomes[1].error.is('text_error'));
  });

  it('tells what was not run after a halt', async () => {
    const result = { result: { c0: true }, result_error: { c1: { error: 'X' } } };
    const outcomes = await connect(json({ result })).client.batch(commands, { halt: true });
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['answered', 'failed', 'notRun'],
    );
  });

  it('takes nothing for done or undone that the answer does not name', async () => {
    const outcomes = await connect(json({ result: { result: [], result_error: [] } })).client.batch(
      commands,
    );
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['unknown', 'unknown', 'unknown'],
    );
  });

  it('takes a command for unknown that is named in both lists (trial 5.11)', async () => {
    const result = {
      result: { c0: true, c1: true, c2: null },
      result_error: { c0: { error: 'TEXT_ERROR' }, c1: [], c2: { error: 'TEXT_ERROR' } },
    };
    const outcomes = await connect(json({ result })).client.batch(commands);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['unknown', 'unknown', 'failed'],
    );
  });

  it('sends no half of a character (trial 2.5)', async () => {
    const { transport, client } = connect(json({ result: { result: { c0: true } } }));
    await client.batch([{ method: 'x', params: { TEXT: 'a\ud83d', LIST: ['\ude00'] } }]);
    assert.deepEqual(transport.bodies[0]?.['cmd'], {
      c0: 'x?TEXT=a%EF%BF%BD&LIST%5B0%5D=%EF%BF%BD',
    });
  });

  it('refuses what a batch would garble', async () => {
    const { transport, client } = connect();
    const reference = [{ method: 'x', params: { TEXT: 'see $result[c0][NAME]' } }];
    assert.equal((await failureOf(client.batch(reference))).code, 'BATCH_REFERENCE');
    const many = Array.from({ length: 51 }, () => ({ method: 'x', params: {} }));
    assert.equal((await failureOf(client.batch(many))).code, 'BATCH_TOO_LONG');
    assert.equal(transport.requests.length, 0);
  });

  it('is never sent again when its answer is lost', async () => {
    const { transport, client } = connect(html(504));
    assert.equal((await failureOf(client.batch(commands))).phase, 'noAnswer');
    assert.equal(transport.requests.length, 1);
  });
});

import assert from 'node:assert/strict';
import * as v from 'valibot';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { Client, refusal } from './client';

const EVENT = 'pull.application.event.add';

describe('sandbox: channels of the application', () => {
  let sandbox: Sandbox;
  let admin: Client;
  let plain: Client;

  before(async () => {
    sandbox = await startSandbox();
    admin = await Client.signedIn(sandbox, 1);
    plain = await Client.signedIn(sandbox, 2);
  });
  after(() => sandbox.close());

  const own = 'Only admin can send notifications to other channels';
  const events: [who: 'admin' | 'plain', params: Record<string, unknown>, expected: string][] = [
    ['admin', { COMMAND: 'c' }, '200'],
    ['admin', { COMMAND: 'c:d_e|f.g-1', USER_ID: [1, 2], PARAMS: { a: 1 } }, '200'],
    ['admin', { COMMAND: 'c', PARAMS: '{"a":1}' }, '200'],
    ['plain', { COMMAND: 'c' }, '200'],
    ['plain', { COMMAND: 'c', USER_ID: '2' }, '200'],
    ['plain', { COMMAND: 'c', USER_ID: 2 }, `400 | USER_ID_ACCESS_ERROR | ${own}`],
    ['plain', { COMMAND: '', USER_ID: '1' }, `400 | USER_ID_ACCESS_ERROR | ${own}`],
    ['admin', { MODULE_ID: 'My Module' }, '400 | MODULE_ID_ERROR | Module ID format error'],
    ['admin', {}, '400 | COMMAND_ERROR | Command format error'],
    ['admin', { COMMAND: 'a b', PARAMS: 5 }, '400 | COMMAND_ERROR | Command format error'],
    ['admin', { COMMAND: 'c', PARAMS: 'abc' }, '400 | PARAMS_ERROR | Params format error'],
    ['admin', { COMMAND: 'c', PARAMS: 5 }, '400 | PARAMS_ERROR | Params format error'],
  ];
  for (const [who, params, expected] of events) {
    it(`${EVENT} ${JSON.stringify(params)} by ${who}: ${expected}`, async () => {
      const answer = await (who === 'admin' ? admin : plain).json(EVENT, params);
      assert.equal(refusal(answer), expected);
    });
  }

  it('pull.application.config.get gives everybody their own channel and one for all', async () => {
    const Channel = v.looseObject({ id: v.string(), type: v.string() });
    const Config = v.looseObject({
      result: v.looseObject({
        server: v.looseObject({ websocket_enabled: v.boolean() }),
        api: v.object({ revision_web: v.literal(19), revision_mobile: v.literal(3) }),
        channels: v.object({ shared: Channel, private: Channel }),
      }),
    });
    const configs = await Promise.all(
      [admin, plain].map(async (client) =>
        v.parse(Config, (await client.json('pull.application.config.get')).json),
      ),
    );
    const [a, b] = configs.map(({ result }) => result.channels);
    assert.equal(a?.shared.id, b?.shared.id);
    assert.notEqual(a?.private.id, b?.private.id);
    assert.equal(a?.private.type, sandbox.info.clientId);
  });
});

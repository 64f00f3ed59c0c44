import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { Client } from './client';

describe('sandbox: answers', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox({ now: () => Date.parse('2026-11-27T10:20:30.400Z') });
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  const resultOf = async (method: string) => (await client.json(method)).json['result'];

  it('app.info of the portal describes the application, without its name', async () => {
    assert.deepEqual(await resultOf('app.info'), {
      ID: sandbox.info.integrationId,
      CODE: sandbox.info.clientId,
      VERSION: 1,
      STATUS: 'L',
      INSTALLED: true,
      PAYMENT_EXPIRED: 'N',
      DAYS: null,
      LANGUAGE_ID: 'en',
      LICENSE: 'en_pro100',
      LICENSE_TYPE: 'pro100',
      LICENSE_FAMILY: 'pro',
    });
  });

  it('server.time is a date with its zone', async () => {
    assert.equal(await resultOf('server.time'), '2026-11-27T10:20:30+00:00');
  });

  it('department.fields names the five fields', async () => {
    assert.deepEqual(await resultOf('department.fields'), {
      ID: 'ID',
      NAME: 'Name',
      SORT: 'Sorting',
      PARENT: 'Parent department',
      UF_HEAD: 'Head',
    });
  });
});

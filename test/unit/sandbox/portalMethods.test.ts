import assert from 'node:assert/strict';
import * as v from 'valibot';
import { allMethods } from '../../../src/sandbox/methods/allMethods';
import {
  portalMethods,
  portalMethodsOfRest3,
  unfold,
} from '../../../src/sandbox/methods/portalMethods';
import { SCOPES } from '../../../src/sandbox/scopes';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { ask, Client, refusal } from './client';

const Rest3Refusal = v.object({ error: v.strictObject({ code: v.string(), message: v.string() }) });

describe('sandbox: methods that a portal has', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    sandbox.patchState({ scopes: ['pull', 'user', 'crm', 'task'] });
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  const notHere = (method: string) =>
    `501 | ERROR_METHOD_NOT_IN_SANDBOX | A portal has the method ${method}, but this sandbox does not carry it out.`;
  const lacksScope = (token: string) =>
    `401 | insufficient_scope | The request requires higher privileges than provided by the ${token} token`;

  describe('and the sandbox does not carry out', () => {
    it('ask for credentials, then for the scope, and then say that they are not here', async () => {
      const without = await ask(client.url('crm.deal.list'));
      assert.equal(refusal(without), '401 | NO_AUTH_FOUND | Wrong authorization data');
      assert.equal(refusal(await client.json('disk.file.get')), lacksScope('access'));
      assert.equal(refusal(await client.json('crm.deal.list')), notHere('crm.deal.list'));
      assert.equal(refusal(await client.json('CRM.Deal.List')), notHere('crm.deal.list'));
      const unknown = await client.json('crm.deal.lost');
      assert.equal(refusal(unknown), '404 | ERROR_METHOD_NOT_FOUND | Method not found!');
    });

    it('need a scope of the webhook too', async () => {
      const answer = await ask(`${sandbox.info.webhook}/crm.deal.list`);
      assert.equal(refusal(answer), lacksScope('webhook'));
    });

    it('are noted in the log', async () => {
      await client.json('crm.deal.list');
      const last = sandbox.snapshot().requests.at(-1);
      assert.deepEqual(
        [last?.error, last?.note],
        ['ERROR_METHOD_NOT_IN_SANDBOX', 'crm.deal.list is not in this sandbox; a portal has it'],
      );
    });

    it('answer in the same way in a batch, and the log names them', async () => {
      const cmd = { here: 'profile', deal: 'crm.deal.list', disk: 'disk.file.get', no: 'x.y' };
      const { json } = await client.json('batch', { cmd });
      const { result, result_error: errors } = v.parse(
        v.looseObject({
          result: v.looseObject({}),
          result_error: v.record(v.string(), v.looseObject({ error: v.string() })),
        }),
        json['result'],
      );
      assert.deepEqual(Object.keys(result), ['here']);
      assert.deepEqual(
        Object.entries(errors).map(([key, { error }]) => [key, error]),
        [
          ['deal', 'ERROR_METHOD_NOT_IN_SANDBOX'],
          ['disk', 'insufficient_scope'],
          ['no', 'ERROR_METHOD_NOT_FOUND'],
        ],
      );
      assert.match(sandbox.snapshot().requests.at(-1)?.note ?? '', /^crm\.deal\.list is not in/);
    });

    it('exist for method.get and methods', async () => {
      const get = async (name: string) =>
        (await client.json('method.get', { name })).json['result'];
      assert.deepEqual(await get('crm.deal.list'), { isExisting: true, isAvailable: true });
      assert.deepEqual(await get('disk.file.get'), { isExisting: true, isAvailable: false });
      assert.deepEqual(await get('app.info1'), { isExisting: false, isAvailable: false });
      const mine = (await client.json('methods')).json['result'];
      assert.ok(Array.isArray(mine) && mine.includes('crm.deal.list'));
      assert.ok(!mine.includes('disk.file.get') && mine.includes('event.bind'));
    });

    it('are open to every token where the documentation says so', async () => {
      assert.equal(refusal(await client.json('event.bind')), notHere('event.bind'));
    });
  });

  describe('of REST 3', () => {
    const rest3 = async (path: string, params: Record<string, unknown> = {}) => {
      const answer = await client.json(`api/${path}`, params);
      return [answer.status, v.parse(Rest3Refusal, answer.json).error.code];
    };

    it('refuse in its own shape', async () => {
      assert.deepEqual(await rest3('tasks.task.get'), [501, 'ERROR_METHOD_NOT_IN_SANDBOX']);
      assert.deepEqual(await rest3('note.document.get'), [
        403,
        'BITRIX_REST_V3_EXCEPTION_INSUFFICIENTSCOPEEXCEPTION',
      ]);
      assert.deepEqual(await rest3('pull.application.push.add'), [
        404,
        'BITRIX_REST_V3_EXCEPTION_METHODNOTFOUNDEXCEPTION',
      ]);
    });

    it('need credentials', async () => {
      const answer = await ask(client.url('api/tasks.task.get'));
      assert.equal(refusal(answer), '401 | NO_AUTH_FOUND | Wrong authorization data');
    });

    it('are not found below the address of REST 2 where they are in REST 3 only', async () => {
      const answer = await client.json('note.document.get');
      assert.equal(refusal(answer), '404 | ERROR_METHOD_NOT_FOUND | Method not found!');
      assert.equal(refusal(await client.json('tasks.task.get')), notHere('tasks.task.get'));
    });

    it('are called through the webhook below /rest/api/USER/KEY/', async () => {
      const webhook = sandbox.info.webhook.replace('/rest/', '/rest/api/');
      const known = await ask(`${webhook}/rest.scope.list`);
      assert.equal(known.status, 501);
      const lacking = v.parse(Rest3Refusal, (await ask(`${webhook}/tasks.task.get`)).json);
      assert.match(lacking.error.code, /INSUFFICIENTSCOPE/);
      const wrong = await ask(`${webhook.slice(0, -1)}_/rest.scope.list`);
      assert.equal(refusal(wrong), '401 | INVALID_CREDENTIALS | Invalid request credentials');
      assert.equal(sandbox.snapshot().requests.at(-1)?.method, 'rest.scope.list');
    });

    it('are refused by a portal that was deleted, and write their answers for browsers', async () => {
      sandbox.patchState({ deleted: true });
      const answer = await client.json('api/tasks.task.get');
      assert.equal(refusal(answer), '403 | PORTAL_DELETED | Portal was deleted');
      assert.equal(answer.headers['access-control-allow-origin'], '*');
    });
  });

  describe('in the data', () => {
    it('are read from their short form', () => {
      assert.deepEqual(unfold('a(b c c(d e_1) f) g'), [
        'a.b',
        'a.c',
        'a.c.d',
        'a.c.e_1',
        'a.f',
        'g',
      ]);
    });

    it('are as many as the documentation has pages, and lower case', () => {
      const names = Object.keys(portalMethods);
      assert.ok(names.length > 1500 && Object.keys(portalMethodsOfRest3).length > 100);
      assert.deepEqual(
        names.filter((name) => !/^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*$/.test(name)),
        [],
      );
    });

    it('need only scopes that an application can get', () => {
      const codes = new Set(SCOPES.map(({ code }) => code));
      assert.equal(codes.size, SCOPES.length);
      const needed = [portalMethods, portalMethodsOfRest3].flatMap((table) =>
        Object.values(table).flatMap(({ scopes }) => scopes ?? []),
      );
      assert.deepEqual(
        [...new Set(needed)].filter((code) => !codes.has(code)),
        [],
      );
    });

    it('name the scopes that the methods of the sandbox need', () => {
      const own = Object.entries(allMethods).filter(
        ([name, method]) => portalMethods[name] !== method,
      );
      assert.ok(own.length > 15);
      for (const [name, { scopes }] of own) {
        const documented = portalMethods[name];
        if (documented !== undefined) {
          assert.deepEqual(new Set(documented.scopes ?? []), new Set(scopes ?? []), name);
        }
      }
    });
  });
});

import assert from 'node:assert/strict';
import { loopbackOnly } from '../../../src/bitrix24/loopbackTransport';
import type { HttpResponse, Transport } from '../../../src/bitrix24/transport';
import { isSandbox } from '../../../src/accounts/sandboxProbe';

function transportWith(answer: Partial<HttpResponse> = {}) {
  const sent: string[] = [];
  const transport: Transport = {
    send: ({ url }) => {
      sent.push(url.href);
      return Promise.resolve({ status: 200, headers: new Map(), body: '', ...answer });
    },
  };
  return { sent, transport };
}

describe('a transport for this computer only', () => {
  it('sends nothing to any other host', async () => {
    const { sent, transport } = transportWith();
    const here = ['http://127.0.0.1:1/', 'http://localhost:2/', 'http://[::1]:3/'];
    const elsewhere = [
      'https://acme.bitrix24.com/rest/',
      'https://oauth.bitrix.info/oauth/token/',
      'http://127.0.0.1.evil.test/',
      'http://localhost.evil.test/',
      'http://127.0.0.1@evil.test/',
      'http://10.0.0.1/',
    ];
    const only = loopbackOnly(transport);
    for (const address of here) {
      await only.send({ method: 'GET', url: new URL(address) });
    }
    for (const address of elsewhere) {
      const url = new URL(address);
      await assert.rejects(only.send({ method: 'POST', url }), {
        ...{ code: 'SANDBOX_ONLY', phase: 'notSent', host: url.host },
      });
    }
    assert.deepEqual(sent, here);
  });
});

describe('a portal on this computer', () => {
  it('is the sandbox if it says the version of its control API', async () => {
    const { sent, transport } = transportWith({ body: '{"version":1}' });
    assert.equal(await isSandbox(transport, 'http://127.0.0.1:1'), true);
    assert.deepEqual(sent, ['http://127.0.0.1:1/sandbox/api/version']);
  });

  it('is none if it answers otherwise or not at all', async () => {
    const answers = [{ body: '<html>' }, { body: '{}' }, { status: 404, body: '{"version":1}' }];
    for (const answer of answers) {
      assert.equal(await isSandbox(transportWith(answer).transport, 'http://localhost:1'), false);
    }
    const dead: Transport = { send: () => Promise.reject(new Error('refused')) };
    assert.equal(await isSandbox(dead, 'http://localhost:1'), false);
  });

  it('is not looked for on another computer', async () => {
    const { sent, transport } = transportWith({ body: '{"version":1}' });
    assert.equal(await isSandbox(transport, 'https://acme.bitrix24.com'), false);
    assert.deepEqual(sent, []);
  });
});

import assert from 'node:assert/strict';
import { askForPortal, authServerOriginFor, portalOf } from '../../verify/portal';
import { ScriptedPerson } from './stage';

describe('verify-portal: where it may send secrets', () => {
  it('takes a portal by https only, except on this computer', () => {
    assert.equal(
      portalOf('https://acme.bitrix24.com/stream/')?.origin,
      'https://acme.bitrix24.com',
    );
    assert.equal(portalOf('acme.bitrix24.com')?.origin, 'https://acme.bitrix24.com');
    assert.equal(portalOf('http://127.0.0.1:8080')?.origin, 'http://127.0.0.1:8080');
    assert.equal(portalOf('http://acme.bitrix24.com'), undefined);
    assert.equal(portalOf('http://127.0.0.1.example.com'), undefined);
    assert.equal(portalOf('ftp://acme.bitrix24.com'), undefined);
    assert.equal(portalOf(''), undefined);
  });

  it('takes only the two authorization servers of Bitrix24', () => {
    const originOf = authServerOriginFor(new URL('https://acme.bitrix24.com'));
    assert.equal(originOf('oauth.bitrix.info'), 'https://oauth.bitrix.info');
    assert.equal(originOf('oauth.bitrix24.tech'), 'https://oauth.bitrix24.tech');
    for (const other of [
      'oauth.bitrix.info.example.com',
      '127.0.0.1:80',
      'x@oauth.bitrix.info',
      '',
    ]) {
      assert.throws(() => originOf(other), /application’s key is not sent there/, other);
    }
  });

  it('takes an authorization server on this computer for a portal on this computer', () => {
    const originOf = authServerOriginFor(new URL('http://127.0.0.1:8080'));
    assert.equal(originOf('127.0.0.1:9090'), 'http://127.0.0.1:9090');
    assert.throws(() => originOf('evil.example'), /not sent there/);
  });

  it('asks again for what cannot be used, and for the secret in secret', async () => {
    const given = ['http://acme.bitrix24.com', 'acme.bitrix24.com', 'local.1.2', 'key', ''];
    const person = new ScriptedPerson(() => given.shift() ?? '');
    const access = await askForPortal(person, {});
    assert.equal(access.portal.origin, 'https://acme.bitrix24.com');
    assert.equal(access.clientId, 'local.1.2');
    assert.equal(access.clientSecret, 'key');
    assert.equal(access.handler.href, 'http://localhost:24042/bitrix24-push');
    assert.equal(person.told.length, 1);
  });
});

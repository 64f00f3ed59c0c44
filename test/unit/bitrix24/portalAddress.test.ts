import assert from 'node:assert/strict';
import {
  authServerFor,
  isKnownAuthServer,
  isLoopback,
  parsePortalAddress,
} from '../../../src/bitrix24/portalAddress';

describe('parsePortalAddress', () => {
  const understood: [input: string, origin: string, integrationId?: number][] = [
    ['acme', 'https://acme.bitrix24.com'],
    [' Acme ', 'https://acme.bitrix24.com'],
    ['acme/', 'https://acme.bitrix24.com'],
    ['acme-2', 'https://acme-2.bitrix24.com'],
    ['24', 'https://24.bitrix24.com'],
    ['acme.bitrix24.com', 'https://acme.bitrix24.com'],
    ['acme.bitrix24.com.', 'https://acme.bitrix24.com'],
    ['ACME.Bitrix24.RU', 'https://acme.bitrix24.ru'],
    ['https://acme.bitrix24.de/', 'https://acme.bitrix24.de'],
    ['"https://acme.bitrix24.com/company/personal/user/1/"', 'https://acme.bitrix24.com'],
    ['<https://acme.bitrix24.com/stream/?a=b#c>', 'https://acme.bitrix24.com'],
    ['«acme.bitrix24.ru»', 'https://acme.bitrix24.ru'],
    ['\u200Bacme.bitrix24.com\n', 'https://acme.bitrix24.com'],
    ['https://acme.bitrix24.com:443', 'https://acme.bitrix24.com'],
    ['acme.bitrix24.com:8443/x', 'https://acme.bitrix24.com:8443'],
    ['https://portal', 'https://portal'],
    ['портал.рф', 'https://xn--80awhdgm.xn--p1ai'],
    ['https://acme.bitrix24.com/rest/1/s3cret/', 'https://acme.bitrix24.com'],
    ['https://acme.bitrix24.com/devops/edit/application/5/', 'https://acme.bitrix24.com', 5],
    ['acme.bitrix24.com/devops/edit/application/17', 'https://acme.bitrix24.com', 17],
    ['https://acme.bitrix24.com/devops/edit/application/0/', 'https://acme.bitrix24.com'],
    ['https://acme.bitrix24.com/devops/edit/application/5x/', 'https://acme.bitrix24.com'],
    ['http://127.0.0.1:4000/devops/list/', 'http://127.0.0.1:4000'],
    ['http://localhost:4000', 'http://localhost:4000'],
    ['localhost:4000', 'http://localhost:4000'],
    ['127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['http://[::1]:4000/', 'http://[::1]:4000'],
    ['https://localhost:4000', 'https://localhost:4000'],
  ];
  for (const [input, origin, integrationId] of understood) {
    it(`takes ${JSON.stringify(input)} for ${origin}`, () => {
      assert.deepEqual(parsePortalAddress(input), {
        ok: true,
        origin,
        host: new URL(origin).host,
        ...(integrationId === undefined ? {} : { integrationId }),
      });
    });
  }

  const refused: [input: string, reason: string][] = [
    ['', 'empty'],
    [' "" ', 'empty'],
    ['http://acme.bitrix24.com', 'notHttps'],
    ['http://10.0.0.1', 'notHttps'],
    ['http://127.0.0.1.evil.example', 'notHttps'],
    ['ftp://acme.bitrix24.com', 'notAnAddress'],
    ['javascript:alert(1)', 'notAnAddress'],
    ['file:///etc/passwd', 'notAnAddress'],
    ['acme corp', 'notAnAddress'],
    ['https://', 'notAnAddress'],
    ['компания', 'notAnAddress'],
    ['https://acme .bitrix24.com', 'notAnAddress'],
    ['https://ann:secret@acme.bitrix24.com', 'hasCredentials'],
    ['https://acme.bitrix24.com@evil.example/', 'hasCredentials'],
    ['ann@acme.com', 'hasCredentials'],
  ];
  for (const [input, reason] of refused) {
    it(`refuses ${JSON.stringify(input)}: ${reason}`, () => {
      assert.deepEqual(parsePortalAddress(input), { ok: false, reason });
    });
  }
});

describe('isLoopback', () => {
  for (const host of [
    'localhost',
    'LOCALHOST:80',
    '127.0.0.1',
    '127.0.0.1:4000',
    '127.9.9.9',
    '[::1]',
    '[::1]:80',
  ]) {
    it(`is true for ${host}`, () => assert.equal(isLoopback(host), true));
  }
  // prettier-ignore
  const others = ['', 'acme.bitrix24.com', '127.0.0.1.nip.io', 'localhost.evil.example', '128.0.0.1', '0.0.0.0',
    '192.168.0.1', 'evil.example#@127.0.0.1', '127.0.0.1@evil.example', 'evil.example/127.0.0.1', '[::2]'];
  for (const host of others) {
    it(`is false for ${host || 'nothing'}`, () => assert.equal(isLoopback(host), false));
  }
});

describe('the authorization server', () => {
  for (const zone of ['ru', 'by', 'kz', 'uz', 'kg', 'am', 'az', 'ge']) {
    it(`of .${zone} is in the east`, () =>
      assert.equal(authServerFor(`acme.bitrix24.${zone}`), 'oauth.bitrix24.tech'));
  }
  for (const host of [
    'acme.bitrix24.com',
    'acme.bitrix24.de',
    'ru.bitrix24.com',
    'portal.example:8443',
    '127.0.0.1:80',
  ]) {
    it(`of ${host} is in the west`, () => assert.equal(authServerFor(host), 'oauth.bitrix.info'));
  }

  const known: [host: string, portal: string, known: boolean][] = [
    ['oauth.bitrix.info', 'acme.bitrix24.ru', true],
    ['oauth.bitrix24.tech', 'acme.bitrix24.com', true],
    ['OAUTH.Bitrix24.tech:443', 'acme.bitrix24.com', true],
    ['oauth.bitrix24.tech:8443', 'acme.bitrix24.com', false],
    ['oauth.bitrix24.tech.evil.example', 'acme.bitrix24.com', false],
    ['evil.example/oauth.bitrix24.tech', 'acme.bitrix24.com', false],
    ['oauth.bitrix24.tech@evil.example', 'acme.bitrix24.com', false],
    ['acme.bitrix24.com', 'acme.bitrix24.com', false],
    ['127.0.0.1:5000', 'acme.bitrix24.com', false],
    ['127.0.0.1:5000', '127.0.0.1:4000', true],
    ['localhost:5000', '127.0.0.1:4000', true],
    ['', 'acme.bitrix24.com', false],
  ];
  for (const [host, portal, expected] of known) {
    it(`${host || 'nothing'} may ${expected ? '' : 'not '}get the secret of ${portal}`, () => {
      assert.equal(isKnownAuthServer(host, portal), expected);
    });
  }
});

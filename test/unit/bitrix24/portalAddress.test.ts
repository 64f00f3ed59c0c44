import assert from 'node:assert/strict';
import {
  authServerFor,
  isKnownAuthServer,
  isLoopback,
  likelyZones,
  parsePortalAddress,
} from '../../../src/bitrix24/portalAddress';

describe('parsePortalAddress', () => {
  const understood: [input: string, origin: string, integrationId?: number][] = [
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

describe('a portal as people type it', () => {
  const ru = 'https://acme.bitrix24.ru';
  const meant: [input: string, origin: string][] = [
    ['https//acme.bitrix24.ru', ru],
    ['http//acme.bitrix24.ru', 'notHttps'],
    ['https:/acme.bitrix24.ru', ru],
    ['https:acme.bitrix24.ru', ru],
    ['https;//acme.bitrix24.ru', ru],
    ['https,//acme.bitrix24.ru/company/', ru],
    ['https:\\\\acme.bitrix24.ru', ru],
    ['https:///acme.bitrix24.ru', ru],
    ['https/acme.bitrix24.ru', ru],
    ['HTTPS//ACME.BITRIX24.RU', ru],
    ['https://https://acme.bitrix24.ru/', ru],
    ['http://https://acme.bitrix24.ru/', ru],
    ['https://https//acme.bitrix24.ru/', ru],
    ['https://http://acme.bitrix24.ru/', 'notHttps'],
    ['//acme.bitrix24.ru', ru],
    ['/acme.bitrix24.ru/', ru],
    ['\\\\acme.bitrix24.ru', ru],
    ['https//acme.bitrix24.ru:8443/x?y#z', `${ru}:8443`],
    ['https//acme.bitrix24.ru/company/personal/user/3/', ru],
    ['acme.bitrix24.ru?text=1', ru],
    ['acme.bitrix24.ru#top', ru],
    ['acme.bitrix24.ru\\stream', ru],
    ['acme.bitrix24.ru:', ru],
    ['(acme.bitrix24.ru)', 'notAnAddress'],
    ['acme.bitrix24.ru,', ru],
    ['; acme.bitrix24.ru ;', ru],
    ['acme.bitrix24.com.br', 'https://acme.bitrix24.com.br'],
    ['b24-a0kwy2.bitrix24.de', 'https://b24-a0kwy2.bitrix24.de'],
    ['bx_1.corp.example', 'https://bx_1.corp.example'],
    ['10.0.0.7', 'https://10.0.0.7'],
    ['https://10.0.0.7:8443', 'https://10.0.0.7:8443'],
    ['https:/portal', 'https://portal'],
    ['portal:8443', 'https://portal:8443'],
    ['http//localhost:4000', 'http://localhost:4000'],
    ['ａｃｍｅ.bitrix24.ru', ru],
    ['acme。bitrix24。ru', ru],
    ['http:/acme', 'notHttps'],
    ['http:acme', 'notHttps'],
    ['acme,bitrix24.ru', 'notAnAddress'],
    ['acme.bitrix24,ru', 'notAnAddress'],
    ['acme;bitrix24.ru', 'notAnAddress'],
    ['acme bitrix24.ru', 'notAnAddress'],
    ['acme. bitrix24.ru', 'notAnAddress'],
    ['acme .bitrix24.ru', 'notAnAddress'],
    ['acme..bitrix24.ru', 'notAnAddress'],
    ['.bitrix24.ru', 'notAnAddress'],
    ['acme.bitrix24ru', 'notAnAddress'],
    ['acme.bitrix24/ru', 'nameOnly'],
    ['-acme.bitrix24.ru', 'notAnAddress'],
    ['acme*.bitrix24.ru', 'notAnAddress'],
    ['acme%2Ebitrix24.ru', 'notAnAddress'],
    ['acme%00.bitrix24.ru', 'notAnAddress'],
    ['acme!bitrix24.ru', 'notAnAddress'],
    ['acme=bitrix24.ru', 'notAnAddress'],
    ['portal=acme.bitrix24.ru', 'notAnAddress'],
    ['[acme](https://acme.bitrix24.ru)', 'notAnAddress'],
    ['Portal: acme.bitrix24.ru', 'notAnAddress'],
    ['acme.bitrix24.ru Anna', 'notAnAddress'],
    ['acme.bitrix24.ru\nzeta.bitrix24.ru', 'notAnAddress'],
    ['acme.bitrix24.ru,zeta.bitrix24.ru', 'notAnAddress'],
    ['acme.bitrix24.ru:99999', 'notAnAddress'],
    ['acme.bitrix24.ru:abc', 'notAnAddress'],
    ['htps://acme.bitrix24.ru', 'notAnAddress'],
    ['ttps//acme.bitrix24.ru', 'nameOnly'],
    ['https', 'notAnAddress'],
    ['https://', 'notAnAddress'],
    ['https//', 'notAnAddress'],
    ['http', 'notAnAddress'],
    ['www', 'notAnAddress'],
    ['localhost.', 'notAnAddress'],
    ['acme\u00a0', 'nameOnly'],
    ['acme\u200b.bitrix24.ru', ru],
    ['192.168.1', 'notAnAddress'],
    ['acme@', 'hasCredentials'],
    ['https://https', 'notAnAddress'],
    ['https://www', 'notAnAddress'],
    ['bitrix24.ru', 'notAnAddress'],
    ['https://www.bitrix24.com.br/', 'notAnAddress'],
    ['1.5', 'notAnAddress'],
    ['2026.11', 'notAnAddress'],
    ['https://3232235777', 'notAnAddress'],
    ['0x7f.1', 'notAnAddress'],
    ['１.５', 'notAnAddress'],
    ['ann:s3cret@acme.bitrix24.ru', 'hasCredentials'],
    ['https//ann:s3cret@acme.bitrix24.ru/', 'hasCredentials'],
    ['mailto:ann@acme.ru', 'hasCredentials'],
    [`${'a'.repeat(64)}.bitrix24.ru`, 'notAnAddress'],
    [`${'a.'.repeat(130)}ru`, 'notAnAddress'],
  ];
  for (const [input, expected] of meant) {
    it(`is the address that is meant, or none (trial 1.5): ${JSON.stringify(input.slice(0, 60))}`, () => {
      const address = parsePortalAddress(input);
      assert.equal(address.ok ? address.origin : address.reason, expected);
    });
  }

  for (const [input, name] of [
    ['acme', 'acme'],
    [' Acme ', 'acme'],
    ['acme/', 'acme'],
    ['/acme/company/', 'acme'],
    ['acme.', 'acme'],
    ['acme.bitrix24', 'acme'],
    ['acme.bitrix24.', 'acme'],
    ['acme-2', 'acme-2'],
    ['24', '24'],
  ] as const) {
    it(`is a name whose zone only the user knows (trial 6.4): ${JSON.stringify(input)}`, () => {
      assert.deepEqual(parsePortalAddress(input), { ok: false, reason: 'nameOnly', name });
    });
  }

  const long: [what: string, text: (length: number) => string][] = [
    ['spaces', (length) => ' '.repeat(length)],
    ['spaces between', (length) => `acme${' '.repeat(length)}x`],
    ['commas between', (length) => `acme${','.repeat(length)}x`],
    ['quotes between', (length) => `a${`" '`.repeat(length / 3)}b`],
    ['letters', (length) => 'a'.repeat(length)],
    ['hyphens', (length) => `a${'-'.repeat(length)}.ru`],
    ['labels', (length) => 'a.'.repeat(length / 2)],
    ['schemes', (length) => 'https://'.repeat(length / 8)],
    ['a path', (length) => `https://acme.bitrix24.ru/${'x'.repeat(length)}`],
    ['digits', (length) => `acme.bitrix24.ru:${'1'.repeat(length)}`],
  ];
  for (const [what, text] of long) {
    it(`takes no time, however long it is (trial 6.6): ${what}`, () => {
      const input = text(400_000);
      const began = performance.now();
      parsePortalAddress(input);
      // The regular expression that was here took 39 s.
      assert.ok(performance.now() - began < 2_000);
    });
  }
});

describe('the zones that are offered for a name', () => {
  const cases: [language: string, known: string[], first: string[]][] = [
    ['ru', [], ['ru', 'by', 'kz', 'com']],
    ['ru', ['acme.bitrix24.com'], ['ru', 'com', 'by', 'kz']],
    ['ru-RU', [], ['ru', 'by', 'kz', 'com']],
    ['en', [], ['com', 'eu', 'ru']],
    ['en-gb', ['acme.bitrix24.ru', 'zeta.bitrix24.ru'], ['ru', 'com', 'eu']],
    ['en', ['portal.example', '127.0.0.1:4000'], ['com', 'eu']],
    ['de', [], ['de', 'com']],
    ['pt-br', [], ['com.br', 'com']],
    ['pt-br', ['a.bitrix24.com.br', 'b.bitrix24.eu'], ['com.br', 'eu', 'com']],
    ['zh-cn', [], ['cn', 'com']],
    ['kk', [], ['kz', 'com']],
    ['', [], ['com', 'eu']],
  ];
  for (const [language, known, first] of cases) {
    it(`begin with ${first.join()} (trial 6.4): ${language} ${known.join()}`, () => {
      const zones = likelyZones(language, known);
      assert.deepEqual(zones.slice(0, first.length), first);
      assert.equal(new Set(zones).size, zones.length);
      assert.ok(zones.includes('ru') && zones.includes('com'));
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

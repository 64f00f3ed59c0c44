import assert from 'node:assert/strict';
import type { RawBody } from '../../verify/answers';
import { Redactor, type Seen } from '../../verify/redactor';

const portal = 'https://acme.bitrix24.com';
const clientId = 'local.66e1e3c2affe68.65190392';
const clientSecret = 'K'.repeat(49) + '7';

describe('verify-portal: redactor', () => {
  let redactor: Redactor;
  beforeEach(() => {
    redactor = new Redactor({ portal, clientId, clientSecret });
    redactor.nameAddress('https://oauth.bitrix.info', 'authorization server');
  });

  function see(value: unknown, keepsTexts = false): Seen | undefined {
    const body: RawBody = { kind: 'json', value };
    return redactor.answer({ status: 200, headers: new Headers(), body }, keepsTexts).body;
  }

  const hex = (digit: string, length: number) => digit.repeat(length);

  it('gives the same token the same placeholder, with its length', () => {
    assert.deepEqual(
      see({ one: hex('a', 70), other: hex('b', 32), again: hex('a', 70), word: 'Aa1'.repeat(10) }),
      {
        one: '<hex 70 no. 1>',
        other: '<hex 32 no. 2>',
        again: '<hex 70 no. 1>',
        word: '<letters and digits 30 no. 3>',
      },
    );
  });

  it('names the addresses of both servers, and knows no other', () => {
    assert.deepEqual(
      see({
        client_endpoint: `${portal}/rest/`,
        domain: 'acme.bitrix24.com',
        server_endpoint: 'https://oauth.bitrix.info/rest/',
        uri: 'https://other.example/handler.php',
        folder: `${portal}/bitrix/rest/`,
      }),
      {
        client_endpoint: '<portal>/rest/',
        domain: '<portal host>',
        server_endpoint: '<authorization server>/rest/',
        uri: '<address>',
        folder: '<address>',
      },
    );
  });

  it('tells of texts only what kind they are', () => {
    assert.deepEqual(
      see({
        NAME: 'Анна',
        EMAIL: 'anna@acme.example',
        PERSONAL_MOBILE: '+1 555 0101',
        LAST_LOGIN: '2026-11-27T10:00:00+03:00',
        LAST_ACTIVITY_DATE: '2026-11-27 10:00:00',
        PERSONAL_BIRTHDAY: '1990-01-01',
        PERSONAL_GENDER: 'F',
        STATUS: 'L',
        TITLE: '',
        scope: 'app',
      }),
      {
        NAME: '<text>',
        EMAIL: '<e-mail>',
        PERSONAL_MOBILE: '<phone>',
        LAST_LOGIN: '<date>',
        LAST_ACTIVITY_DATE: '<date without zone>',
        PERSONAL_BIRTHDAY: '<day>',
        PERSONAL_GENDER: '<text>',
        STATUS: 'L',
        TITLE: '',
        scope: 'app',
      },
    );
  });

  it('numbers ids as they come, the caller first, and keeps no other number', () => {
    redactor.nameMe(4711);
    assert.deepEqual(
      see({ ID: '815', user_id: 4711, OWNER_ID: '4711', total: 33, expires_in: 3600 }),
      {
        ID: '<id 2>',
        user_id: 1,
        OWNER_ID: '<id 1>',
        total: 0,
        expires_in: 3600,
      },
    );
  });

  it('makes one member of a list, so that nobody is counted or described', () => {
    const rows = [
      { ID: '1', NAME: 'Anna', ACTIVE: true, IS_ONLINE: 'Y', UF_DEPARTMENT: [3, 5] },
      { ID: '2', NAME: '', ACTIVE: false, IS_ONLINE: 'N', PHONE: '5550101', idle: false },
      { ID: '3', idle: '2026-11-27T10:00:00+03:00' },
    ];
    assert.deepEqual(see({ result: rows }), {
      result: [
        {
          ID: '<number>',
          NAME: '<text>',
          ACTIVE: true,
          IS_ONLINE: '<text>',
          UF_DEPARTMENT: [0],
          PHONE: '<number>',
          idle: { '<either>': [false, '<date>'] },
        },
      ],
    });
  });

  it('hides members that are named by ids or by a company', () => {
    assert.deepEqual(see({ 4711: { id: 4711 }, 815: { id: 815, bot: true } }), {
      '<id>': { id: 0, bot: true },
    });
    assert.deepEqual(see({ UF_DEPARTMENT: [], UF_ACME_BADGE: '', UF_ACME_ROOM: '', 'Ж ж': '' }), {
      UF_DEPARTMENT: [],
      UF_CUSTOM_1: '',
      UF_CUSTOM_2: '',
      '<key>': '',
    });
  });

  it('keeps lists of codes where they are asked for', () => {
    assert.deepEqual(see({ result: ['pull', 'Anna'] }, true), { result: ['pull', '<text>'] });
    assert.deepEqual(see({ result: ['pull', 'im'] }), { result: ['<text>'] });
  });

  it('keeps error texts without what they tell of the portal', () => {
    see({ NAME: 'Ёлкин' });
    const sentence = (text: string) => see({ error: 'X', error_description: text });
    const same = 'The request requires higher privileges than provided by the access token';
    assert.deepEqual(sentence(same), { error: 'X', error_description: same });
    const texts: readonly (readonly [string, string])[] = [
      ['Moved to https://new.example/x?y=1 now', 'Moved to <address> now'],
      ['Portal acme.bitrix24.com was deleted', 'Portal <portal host> was deleted'],
      ['Portal old.bitrix24.de was deleted', 'Portal <host> was deleted'],
      ['Ask anna@acme.example', 'Ask <e-mail>'],
      [`Client ${clientId} is wrong`, 'Client <client id> is wrong'],
      [`Client local.00112233445566.12345678 is wrong`, 'Client <client id> is wrong'],
      [`Token ${hex('a1', 35)} is wrong`, 'Token <secret> is wrong'],
      ['User Ёлкин has no access, Ёлкина has', 'User <text> has no access, Ёлкина has'],
    ];
    for (const [given, kept] of texts) {
      assert.deepEqual(sentence(given), { error: 'X', error_description: kept });
    }
  });

  it('keeps no error code that is none', () => {
    assert.deepEqual(see({ error: 'Anna is away' }), { error: '<text>' });
    assert.deepEqual(see({ error: hex('a1', 35) }), { error: '<text>' });
  });

  it('keeps only headers that say nothing about the portal', () => {
    const headers = new Headers({
      'content-type': 'text/html; charset=utf-8',
      location: 'https://new.example/',
      'set-cookie': 'PHPSESSID=secret',
      'x-powered-cms': 'Bitrix Site Manager (0123456789abcdef)',
      'x-bitrix-rest-application': clientId,
    });
    const seen = redactor.answer({ status: 302, headers, body: { kind: 'html' } }, false);
    assert.deepEqual(seen, {
      status: 302,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        location: '<present>',
        'x-bitrix-rest-application': '<present>',
      },
      kind: 'html',
    });
  });

  it('keeps names and order of what the browser brought back', () => {
    redactor.nameSecret('s-1', 'state');
    const params: (readonly [string, string])[] = [
      ['code', hex('c', 70)],
      ['state', 's-1'],
      ['scope', 'pull,user_basic'],
      ['domain', 'acme.bitrix24.com'],
    ];
    const body: RawBody = { kind: 'arrival', params };
    const seen = redactor.answer({ status: null, headers: new Headers(), body }, false);
    assert.deepEqual(seen.body, [
      ['code', '<hex 70 no. 1>'],
      ['state', '<state>'],
      ['scope', 'pull,user_basic'],
      ['domain', '<portal host>'],
    ]);
  });

  it('knows everything that it has replaced, except plain words and small numbers', () => {
    see({ NAME: 'Анна', LANGUAGE: 'english', ID: '7', EMAIL: 'anna@acme.example' });
    const secrets = redactor.secrets();
    for (const secret of ['Анна', 'anna@acme.example', clientSecret, portal, 'acme.bitrix24.com']) {
      assert.ok(secrets.includes(secret), secret);
    }
    assert.ok(!secrets.includes('english') && !secrets.includes('7'));
  });
});

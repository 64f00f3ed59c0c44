import assert from 'node:assert/strict';
import { parseCallback, parseRefusal } from '../../../src/bitrix24/callback';

describe('parseCallback', () => {
  const code = '0a1b2c'.repeat(11);
  const query =
    `code=${code}&state=s-1_x&domain=acme.bitrix24.com&member_id=a223c6b3710f85df22e9377d6c4f7553` +
    '&scope=pull%2Cuser_brief&server_domain=oauth.bitrix.info';
  const whole = {
    code,
    state: 's-1_x',
    domain: 'acme.bitrix24.com',
    memberId: 'a223c6b3710f85df22e9377d6c4f7553',
    scopes: ['pull', 'user_brief'],
    serverDomain: 'oauth.bitrix.info',
  };
  const bare = {
    code,
    state: undefined,
    domain: undefined,
    memberId: undefined,
    scopes: undefined,
    serverDomain: undefined,
  };
  const address = `http://localhost:24042/bitrix24-push?${query}`;

  const cases: [what: string, input: string | URL, expected: unknown][] = [
    ['a URL', new URL(address), whole],
    ['the address as text', address, whole],
    ['quotes and spaces around', `  "${address}"\n`, whole],
    [
      'an address that a terminal wrapped',
      `${address.slice(0, 60)}\n  ${address.slice(60)}`,
      whole,
    ],
    ['an address copied from HTML', address.replaceAll('&', '&amp;'), whole],
    ['a fragment behind', `${address}#_=_`, whole],
    ['a handler path with its own query', address.replace('?', '?x=1&'), whole],
    ['the path and query that a listener gets', `/bitrix24-push?${query}`, whole],
    ['the query', `?${query}`, whole],
    ['the query without its mark', query, whole],
    ['the bare code', code, bare],
    ['the bare code in quotes', `'${code}'\r\n`, bare],
    ['a six-digit code', ' 123456 ', { ...bare, code: '123456' }],
    ['only a code in the query', `?code=${code}`, bare],
    ['empty values', `code=${code}&state=&domain=&scope=`, bare],
    ['a host that is none', `code=${code}&domain=evil.example/x&server_domain=a@b`, bare],
    [
      'a server on loopback',
      `code=${code}&server_domain=127.0.0.1:4001`,
      { ...bare, serverDomain: '127.0.0.1:4001' },
    ],
  ];
  for (const [what, input, expected] of cases) {
    it(`understands ${what}`, () =>
      assert.deepEqual({ ...bare, ...parseCallback(input) }, expected));
  }

  const nothing = [
    '',
    '   ',
    '""',
    'http://localhost:24042/bitrix24-push',
    '?state=x',
    '?code=',
    'code=<script>x</script>',
    'два слова',
    '?error=access_denied',
  ];
  for (const input of nothing) {
    it(`finds no code in ${JSON.stringify(input)}`, () =>
      assert.equal(parseCallback(input), undefined));
  }
});

describe('parseRefusal', () => {
  const denied = { error: 'access_denied', description: '', state: 's' };
  const cases: [input: string | URL, expected: unknown][] = [
    ['?error=access_denied&state=s', denied],
    [new URL('http://localhost:24042/bitrix24-push?error=access_denied&state=s#_'), denied],
    [' "error=access_denied&amp;state=s" ', denied],
    ['?error=access_denied&code=&state=s', denied],
    [
      '?error=invalid_scope&error_description=No+such+scope',
      { error: 'invalid_scope', description: 'No such scope', state: undefined },
    ],
    ['?error=access_denied&code=abcdef&state=s', undefined],
    ['?error=&state=s', undefined],
    ['access_denied', undefined],
    ['', undefined],
  ];
  for (const [input, expected] of cases) {
    it(`reads ${JSON.stringify(input)} (trial 6.2)`, () => {
      assert.deepEqual(parseRefusal(input), expected);
    });
  }

  it('keeps what a stranger wrote short', () => {
    const { error, description } =
      parseRefusal(`?error=${'x'.repeat(9_000)}&error_description=${'y'.repeat(9_000)}`) ?? {};
    assert.deepEqual([error?.length, description?.length], [100, 500]);
  });
});

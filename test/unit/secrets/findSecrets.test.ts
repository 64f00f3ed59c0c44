import assert from 'node:assert/strict';
import { findSecrets } from '../../../src/secrets/findSecrets';

/** Put together here, so that no scanner takes this file for a leak. */
const join = (...parts: string[]) => parts.join('');
const key = join('-----BEGIN RSA PRIV', 'ATE KEY-----');

const secrets: Record<string, [text: string, kind: string]> = {
  'a private key': [
    join(
      key,
      '\n',
      'MIIEpAIBAAKCAQEA1c7z9z5Pad7OejecsQ0buLSY0TkTsRQZT1p2z8Jj8Q\n'.repeat(3),
      key.replace('BEGIN', 'END'),
    ),
    'key',
  ],
  'the beginning of one': [key, 'key'],
  'a GitHub token': [join('use gh', 'p_wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx please'), 'token'],
  'a Slack webhook': [
    join('https://hooks.slack.com/serv', 'ices/T00000000/B00000000/Xa9Xb8Xc7Xd6Xe5Xf4Xg3Xh2'),
    'token',
  ],
  'a JSON web token': [
    join('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4'),
    'token',
  ],
  'a bearer token': ['Authorization: Bearer 0a1b2c3d4e5f60718293a4b5', 'token'],
  'a Bitrix24 webhook': ['https://acme.bitrix24.com/rest/1/abcdef0123456789/', 'token'],
  'an assigned API key': ['api_key = "9f8e7d6c5b4a3928"', 'token'],
  'an assigned password': ['password = "hunter2hunter2"', 'password'],
  'a password in YAML': ['db_password: S3cr3t!pw99', 'password'],
  'a password in the environment': ['export DB_PASSWORD=S3cr3t!pw99', 'password'],
  'a password in JSON': ['{"password": "S3cr3t!pw99"}', 'password'],
  'a password in Russian': ['Пароль: S3cr3t!pw99', 'password'],
  'a password in an address': ['https://bob:s3cr3tpw@example.com/a', 'password'],
  'a connection string': [
    'postgres://user:s3cr3tpw@db.example.com:5432/app',
    'connection|password',
  ],
  'a connection string without a user': ['redis://:p4ssw0rdxx@cache:6379/0', 'password'],
  'a connection string in words': [
    'Server=tcp:db.example.com;User Id=sa;Password=S3cr3t!pw99;',
    'password',
  ],
};

const harmless = [
  'Deploy finished, see https://example.com/a?b=c at 12:30',
  'Пароль от стенда спроси у Ивана',
  'password: see the wiki',
  'const password: string = readPassword();',
  'password=$DB_PASSWORD',
  'token: ${{ secrets.TOKEN }}',
  'api_key = process.env.API_KEY1',
  'password = "<your password>"',
  'The token expired_token came back at 401',
  'if (token === other.token1) {',
];

describe('the search for secrets', () => {
  for (const [what, [text, kind]] of Object.entries(secrets)) {
    it(`finds ${what}`, async () => {
      const found = await findSecrets(`before\n${text}\nafter`);
      assert.equal(found.length, 1);
      assert.match(found[0]!.kind, new RegExp(`^(${kind})$`));
      const [{ start, end } = { start: 0, end: 0 }] = found;
      assert.ok(start >= 7 && end > start && end <= 7 + text.length, `${start}-${end}`);
    });
  }

  for (const text of harmless) {
    it(`lets pass: ${text}`, async () => {
      assert.deepEqual(await findSecrets(text), []);
    });
  }

  it('is not switched off by a comment', async () => {
    const [text] = secrets['a GitHub token']!;
    assert.equal((await findSecrets(`/* secretlint-disable */\n${text}`)).length, 1);
  });

  it('is done soon with a text that is made to take long', async () => {
    assert.deepEqual(await findSecrets('password='.repeat(2_000) + 'eyJ'.repeat(2_000)), []);
  });
});

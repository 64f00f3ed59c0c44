import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { ask, Client, refusal } from './client';

const METHOD = 'pull.application.push.add';

describe('sandbox: pull.application.push.add', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  describe('USER_ID', () => {
    /** What a JSON body carries, and whom the server takes it for. */
    const jsonVectors: [userId: unknown, recipients: number[]][] = [
      [5, [5]],
      ['5', [5]],
      ['"5"', [5]],
      [
        [1, 2, 2, '3'],
        [1, 2, 3],
      ],
      ['[1,2]', [1, 2]],
      ['{"a":1,"b":2}', [1, 2]],
      [{ a: 1, b: 2 }, [1, 2]],
      ['1,2', [1]],
      ['1e3', [1000]],
      ['01', [1]],
      ['abc', []],
      ['null', []],
      ['false', []],
      ['', []],
      [null, []],
      [undefined, []],
      [0, []],
      [-5, []],
      [[0, -1], []],
      [[], []],
      ['[]', []],
      ['{}', []],
      [true, [1]],
      ['true', [1]],
      [false, []],
      [1.9, [1]],
      ['1.9', [1]],
      ['[1,2', []],
      [
        ['7abc', 'abc', null, true, [], [9]],
        [7, 1],
      ],
      [999_999, [999_999]],
      // What only the lenient reader of JavaScript literals understands.
      ["'5'", [5]],
      ["['1', '2']", [1, 2]],
      ['{a: 1, b: 2}', [1, 2]],
      ['[1,,2]', [1, 2]],
      ['[1,2,]', [1, 2]],
      [' 7 ', [7]],
      ['+5', [5]],
      ['TRUE', [1]],
      // Keys that JavaScript would sort.
      ['{"2":5,"1":6}', [5, 6]],
    ];
    for (const [userId, recipients] of jsonVectors) {
      const sent = userId === undefined ? 'nothing' : JSON.stringify(userId);
      it(`${sent} is for ${recipients.join(', ') || 'nobody'}`, async () => {
        const answer = await client.json(METHOD, { USER_ID: userId, TEXT: 'hi' });
        assert.equal(answer.status, 200);
        assert.equal(answer.json['result'], true);
        assert.deepEqual(client.recipients(), recipients.length === 0 ? [] : [recipients]);
      });
    }

    const formVectors: [body: string, recipients: number[]][] = [
      ['USER_ID=1&TEXT=hi', [1]],
      ['USER_ID[]=1&USER_ID[]=2&TEXT=hi', [1, 2]],
      ['USER_ID%5B0%5D=1&USER_ID%5B1%5D=2&TEXT=hi', [1, 2]],
      ['USER_ID[a][b]=3&USER_ID[c]=4&TEXT=hi', [1, 4]],
      ['USER_ID=1&USER_ID=2&TEXT=hi', [2]],
      ['USER_ID=[1,2]&TEXT=hi', [1, 2]],
      ['USER_ID=1,2&TEXT=hi', [1]],
      ['USER.ID=2&TEXT=hi', [2]],
      ['user_id=3&text=hi', [3]],
      ['USER_ID=1&user_id=2&TEXT=hi', [2]],
      ['USER_ID=true&TEXT=hi', [1]],
    ];
    for (const [body, recipients] of formVectors) {
      it(`form ${body} is for ${recipients.join(', ')}`, async () => {
        const answer = await client.form(METHOD, body);
        assert.equal(answer.json['result'], true);
        assert.deepEqual(client.recipients(), [recipients]);
      });
    }

    it('has no cap on the number of recipients', async () => {
      const everybody = Array.from({ length: 5000 }, (_, index) => index + 1);
      await client.json(METHOD, { USER_ID: everybody, TEXT: 'hi' });
      assert.deepEqual(client.recipients(), [everybody]);
    });
  });

  describe('TEXT', () => {
    const empty = "400 | TEXT_ERROR | Text can't be empty";
    for (const text of [undefined, null, '', 0, '0', 0.0, false, []]) {
      const sent = text === undefined ? 'nothing' : JSON.stringify(text);
      it(`${sent} is empty`, async () => {
        assert.equal(refusal(await client.json(METHOD, { USER_ID: 1, TEXT: text })), empty);
        assert.deepEqual(client.recipients(), []);
      });
    }

    const accepted: [text: unknown, arrives: string][] = [
      [' ', ' '],
      ['\n', '\n'],
      ['00', '00'],
      ['0.0', '0.0'],
      ['false', 'false'],
      [7, '7'],
      [1.5, '1.5'],
      [true, '1'],
      ['<b>&amp;</b> [b]x[/b] 😀', '<b>&amp;</b> [b]x[/b] 😀'],
    ];
    for (const [text, arrives] of accepted) {
      it(`${JSON.stringify(text)} arrives as ${JSON.stringify(arrives)}`, async () => {
        const answer = await client.json(METHOD, { USER_ID: 1, TEXT: text });
        assert.equal(answer.json['result'], true);
        assert.deepEqual(
          sandbox.snapshot().pushes.map((push) => push.text),
          [arrives],
        );
      });
    }

    it('a list is accepted and never sent', async () => {
      const answer = await client.json(METHOD, { USER_ID: 1, TEXT: ['a'] });
      assert.equal(answer.json['result'], true);
      assert.deepEqual(client.recipients(), []);
    });
  });

  describe('AVATAR', () => {
    const vectors: [avatar: unknown, arrives: string][] = [
      ['https://Example.COM/A.png', 'https://example.com/A.png'],
      ['HTTPS://example.com', 'https://example.com/'],
      ['https://example.com:443/a?b=c#d', 'https://example.com/a?b=c#d'],
      ['http://example.com:8080/a', 'http://example.com:8080/a'],
      ['/upload/a.png', '/upload/a.png'],
      ['//example.com/a.png', '/example.com/a.png'],
      ['a.png', 'a.png'],
      ['http:///a', ''],
      ['0', ''],
      [null, ''],
      [[], ''],
    ];
    for (const [avatar, arrives] of vectors) {
      it(`${JSON.stringify(avatar)} arrives as ${JSON.stringify(arrives)}`, async () => {
        await client.json(METHOD, { USER_ID: 1, TEXT: 'hi', AVATAR: avatar });
        assert.deepEqual(
          sandbox.snapshot().pushes.map((push) => push.avatar),
          [arrives],
        );
      });
    }

    it('a list breaks the portal, and nothing is sent', async () => {
      const answer = await client.json(METHOD, { USER_ID: 1, TEXT: 'hi', AVATAR: ['a'] });
      assert.equal(answer.status, 500);
      assert.match(answer.headers['content-type'] ?? '', /text\/html/);
      assert.deepEqual(client.recipients(), []);
    });
  });

  describe('order of checks', () => {
    it('an unknown method is told before any authorisation', async () => {
      const answer = await ask(client.url(`${METHOD}d`));
      assert.equal(refusal(answer), '404 | ERROR_METHOD_NOT_FOUND | Method not found!');
    });

    it('no token', async () => {
      const answer = await ask(client.url(METHOD));
      assert.equal(refusal(answer), '401 | NO_AUTH_FOUND | Wrong authorization data');
    });

    it('a junk token', async () => {
      const answer = await ask(`${client.url(METHOD)}?auth=${'a'.repeat(70)}`);
      assert.equal(refusal(answer), '401 | invalid_token | Unable to get application by token');
    });

    it('an expired token', async () => {
      sandbox.patchState({ clockOffset: 3601 });
      const answer = await client.json(METHOD, { USER_ID: 1, TEXT: 'hi' });
      const text = 'The access token provided has expired.';
      assert.equal(refusal(answer), `401 | expired_token | ${text}`);
    });

    it('a missing scope, before the method looks at anything', async () => {
      sandbox.patchState({ scopes: ['user'] });
      const text = 'The request requires higher privileges than provided by the access token';
      assert.equal(refusal(await client.json(METHOD)), `401 | insufficient_scope | ${text}`);
    });

    it('the operating time limit, before the method looks at anything', async () => {
      sandbox.patchState({ operationLimitUntil: Date.now() + 60_000 });
      const text = 'Method is blocked due to operation time limit.';
      assert.equal(refusal(await client.json(METHOD)), `429 | OPERATION_TIME_LIMIT | ${text}`);
      sandbox.patchState({ clockOffset: 61 });
      assert.equal((await client.json(METHOD, { TEXT: 'hi' })).status, 200);
    });

    it('a webhook', async () => {
      const answer = await ask(`${sandbox.info.webhook}/${METHOD}?USER_ID=1&TEXT=hi`);
      const text = 'Send push notifications available only for application authorization.';
      assert.equal(refusal(answer), `403 | WRONG_AUTH_TYPE | ${text}`);
    });

    it('not an administrator, before the text', async () => {
      const other = await Client.signedIn(sandbox, 2);
      const text = 'You do not have access to send push notifications';
      assert.equal(refusal(await other.json(METHOD, { TEXT: '' })), `400 | ACCESS_ERROR | ${text}`);
    });

    it('the text, before the name', async () => {
      sandbox.patchState({ appName: '' });
      const answer = await client.json(METHOD, { USER_ID: 1, TEXT: '' });
      assert.equal(refusal(answer), "400 | TEXT_ERROR | Text can't be empty");
    });

    for (const appName of ['', '0']) {
      it(`the name "${appName}" is empty, even without recipients`, async () => {
        sandbox.patchState({ appName });
        const text = "For send push-notification application name can't be empty";
        const expected = `400 | EMPTY_APP_NAME | ${text}`;
        assert.equal(refusal(await client.json(METHOD, { USER_ID: 0, TEXT: 'hi' })), expected);
        assert.deepEqual(client.recipients(), []);
      });
    }

    it('a check without recipients says yes and notifies nobody', async () => {
      const answer = await client.json(METHOD, { USER_ID: 0, TEXT: 'hi' });
      assert.equal(answer.json['result'], true);
      assert.deepEqual(client.recipients(), []);
    });
  });
});
